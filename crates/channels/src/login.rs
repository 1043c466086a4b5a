//! Connecting an account, step by step.
//!
//! Invariant: what a login ends with is enough to open a session at any later time; nothing of the attempt is kept.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_domain::{channel::ChannelKind, id::AccountId};

use crate::{session::Session, status::Notice};

/// What a network's accounts can do, as data: nobody calls a method to learn that it is unsupported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    pub kind: ChannelKind,
    /// UTF-16 units of one message; longer texts are split.
    pub text_units: usize,
    /// The network drops a repeated send by its key, so that `Outcome::Unknown` may be sent again without a double.
    pub repeats_are_dropped: bool,
    pub topics: bool,
}

/// One chat network. Cheap to share; made once at start.
#[async_trait]
pub trait Connector: Send + Sync {
    fn capabilities(&self) -> Capabilities;

    /// Begins an attempt to connect an account.
    fn login(&self) -> Box<dyn Login>;

    /// Opens a connected account from what its login ended with. Does not wait for the network: the session begins as
    /// `connecting`.
    fn open(&self, account: AccountId, secret: SecretString) -> Result<Arc<dyn Session>, LoginError>;
}

/// One attempt. Dropping it gives it up.
#[async_trait]
pub trait Login: Send {
    /// Called with no answers first, then with the answers to the fields last asked for. May wait for the network.
    /// After an error the same step can be tried again.
    async fn step(&mut self, answers: Answers) -> Result<Step, LoginError>;
}

/// What the owner typed, by `Field::name`.
pub type Answers = BTreeMap<String, SecretString>;

#[derive(Debug)]
pub enum Step {
    AskFor(Vec<Field>),
    Done(Box<Connected>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub secret: bool,
}

/// A working account.
#[derive(Debug)]
pub struct Connected {
    /// The account's id on its network: unique over all tenants.
    pub network_id: String,
    pub display_name: String,
    pub username: Option<String>,
    /// To be sealed, and given to `Connector::open`.
    pub secret: SecretString,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    #[error("`{field}` is not as expected: {why}")]
    Malformed { field: &'static str, why: &'static str },
    #[error("the chat network does not accept it; get a new one and try again")]
    Rejected,
    #[error("the chat network did not answer; try again")]
    Unreachable,
}
