//! What can go wrong between us and the database.

use std::borrow::Cow;

/// Tells apart: the database cannot be reached now, somebody else was faster, a row does not fit its type, a stale worker.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is wrong with the request; the database is not there now.
    #[error("the database cannot be reached")]
    Unavailable(#[source] sqlx::Error),
    /// A named constraint refused the write.
    #[error("the database refused the change by its rule `{constraint}`")]
    Conflict {
        constraint: String,
        #[source]
        source: sqlx::Error,
    },
    /// The lease of the running job was lost: another worker has it. The whole transaction is undone.
    #[error("the job's lease was lost, its outcome is discarded")]
    LeaseLost,
    /// A row that does not fit its type: a bug or a foreign hand.
    #[error("a stored `{what}` cannot be read: {problem}")]
    Unreadable {
        what: &'static str,
        problem: Cow<'static, str>,
    },
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
    #[error("the database answered with an error")]
    Driver(#[source] sqlx::Error),
}

impl StoreError {
    pub fn unreadable(what: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Unreadable {
            what,
            problem: problem.into(),
        }
    }

    /// The name of the constraint that refused, if one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Conflict { constraint, .. } => Some(constraint),
            _ => None,
        }
    }

    /// Whether a value was of no use to the database: out of range, or text that it cannot hold. Not a bug of ours, but of who
    /// made it up (a cursor, a time in the year 200,000).
    pub fn is_bad_input(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else {
            return false;
        };
        matches!(
            error.code().as_deref(),
            Some("22003" | "22008" | "22021" | "22P05")
        )
    }

    /// Whether waiting can help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Driver(sqlx::Error::Database(error)) => {
                // Serialisation failure, deadlock, lock not available, too many connections.
                matches!(
                    error.code().as_deref(),
                    Some("40001" | "40P01" | "55P03" | "53300")
                )
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            sqlx::Error::Database(database) => {
                // 57P01..57P03: the server shuts down, crashed, or starts up.
                if matches!(
                    database.code().as_deref(),
                    Some("57P01" | "57P02" | "57P03" | "08006" | "08003")
                ) {
                    return Self::Unavailable(error);
                }
                if database.code().as_deref() == Some("SB001") {
                    return Self::LeaseLost;
                }
                match database.constraint().map(str::to_owned) {
                    Some(constraint) => Self::Conflict {
                        constraint,
                        source: error,
                    },
                    None => Self::Driver(error),
                }
            }
            _ => Self::Driver(error),
        }
    }
}

impl From<crate::queue::QueueError> for StoreError {
    fn from(error: crate::queue::QueueError) -> Self {
        match error {
            crate::queue::QueueError::LeaseLost => Self::LeaseLost,
            crate::queue::QueueError::Database(error) => error.into(),
            other => Self::unreadable("queue", other.to_string()),
        }
    }
}
