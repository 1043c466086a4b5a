//! Passwords: argon2id, off the async threads, a few at a time.
//!
//! Invariant: a wrong password and an unknown name cost the same work.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// How much work one hash is.
#[derive(Debug, Clone, Copy)]
pub struct HashCost {
    pub memory_kib: u32,
    pub rounds: u32,
    /// How many run at once; each holds its memory.
    pub at_once: usize,
}

impl HashCost {
    /// 19 MiB, two rounds: about 25 ms.
    pub const DEFAULT: Self = Self {
        memory_kib: 19 * 1024,
        rounds: 2,
        at_once: 2,
    };
    /// For tests, whose passwords protect nothing.
    pub const CHEAP: Self = Self {
        memory_kib: 16,
        rounds: 1,
        at_once: 4,
    };
}

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password could not be hashed")]
    Hash(#[from] argon2::password_hash::Error),
    #[error("the hashing thread ended early")]
    Ended,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    argon: Argon2<'static>,
    turn: Arc<Semaphore>,
    /// Of a password that nobody has; compared with where there is no account.
    dummy: Arc<str>,
}

impl Passwords {
    pub fn new(cost: HashCost) -> Result<Self, PasswordError> {
        let params = Params::new(cost.memory_kib, cost.rounds, 1, None)
            .map_err(|_| argon2::password_hash::Error::ParamsInvalid)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = argon.hash_password(b"nobody has this one")?.to_string();
        Ok(Self {
            argon,
            turn: Arc::new(Semaphore::new(cost.at_once)),
            dummy: dummy.into(),
        })
    }

    pub async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        let (argon, password) = (self.argon.clone(), password.clone());
        self.run(move || {
            Ok(argon
                .hash_password(password.expose_secret().as_bytes())?
                .to_string())
        })
        .await
    }

    /// Whether it is the password of `hash`; without one, the same work for nothing.
    pub async fn matches(&self, password: &SecretString, hash: Option<&str>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.map_or_else(|| self.dummy.clone(), Arc::from);
        let (argon, password) = (self.argon.clone(), password.clone());
        self.run(move || {
            let matches = argon
                .verify_password(password.expose_secret().as_bytes(), hash.as_ref())
                .is_ok();
            Ok(matches && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = self
            .turn
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Ended)?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(|_| PasswordError::Ended)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_hash_matches() {
        let passwords = Passwords::new(HashCost::CHEAP).unwrap();
        let right = SecretString::from("correct horse");
        let hash = passwords.hash(&right).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert_ne!(
            hash,
            passwords.hash(&right).await.unwrap(),
            "each has its own salt"
        );
        assert!(passwords.matches(&right, Some(&hash)).await.unwrap());
        assert!(!passwords.matches(&"wrong".into(), Some(&hash)).await.unwrap());
        assert!(
            !passwords
                .matches(&"nobody has this one".into(), None)
                .await
                .unwrap()
        );
    }
}
