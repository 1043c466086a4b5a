//! How a chat account is, in words for its owner.
//!
//! Invariant: `code` is stable (tables, API, alerts); every state says what to do, if only "nothing".

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Not heard from the network yet.
    Connecting,
    Online,
    /// The network is out of reach or refuses for now; tried again by itself.
    BackingOff,
    /// The network cannot deliver to us.
    HookFailing,
    /// Another program takes this account's messages.
    HookTakenElsewhere,
    TokenRevoked,
    /// Ended by this process: it shuts down, or gave the account to another.
    Stopped,
    /// Switched off by the owner or the operator.
    Disabled,
}

impl AccountState {
    pub const ALL: [AccountState; 8] = [
        Self::Connecting,
        Self::Online,
        Self::BackingOff,
        Self::HookFailing,
        Self::HookTakenElsewhere,
        Self::TokenRevoked,
        Self::Stopped,
        Self::Disabled,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Online => "online",
            Self::BackingOff => "backing_off",
            Self::HookFailing => "hook_failing",
            Self::HookTakenElsewhere => "hook_taken_elsewhere",
            Self::TokenRevoked => "token_revoked",
            Self::Stopped => "stopped",
            Self::Disabled => "disabled",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What it means.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Connecting => "Connecting to the chat network.",
            Self::Online => "Connected: messages arrive and are answered.",
            Self::BackingOff => "The chat network cannot be reached, or asks us to wait.",
            Self::HookFailing => "The chat network cannot deliver messages to this server.",
            Self::HookTakenElsewhere => {
                "Another program receives this account's messages, so they do not arrive here."
            }
            Self::TokenRevoked => "The chat network no longer accepts this account's token.",
            Self::Stopped => "Being handed over to another server process.",
            Self::Disabled => "Switched off.",
        }
    }

    /// What the owner can do about it.
    pub const fn to_do(self) -> &'static str {
        match self {
            Self::Connecting | Self::Online | Self::Stopped => "Nothing.",
            Self::BackingOff => {
                "Nothing: it is tried again by itself. If it lasts, check the network's status page."
            }
            Self::HookFailing => {
                "Check that the server's public address is reachable from the internet over HTTPS with a valid certificate."
            }
            Self::HookTakenElsewhere => {
                "Stop the other program, then connect the account again and choose to take over."
            }
            Self::TokenRevoked => "Get a new token where the account was made, then connect it again.",
            Self::Disabled => "Switch it on when it should work again.",
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::Online => Tone::Good,
            Self::Connecting | Self::Stopped | Self::Disabled => Tone::Quiet,
            Self::BackingOff => Tone::Warning,
            Self::HookFailing | Self::HookTakenElsewhere | Self::TokenRevoked => Tone::Bad,
        }
    }

    /// Whether trying again without a person is pointless.
    pub const fn needs_person(self) -> bool {
        matches!(
            self,
            Self::HookTakenElsewhere | Self::TokenRevoked | Self::Disabled
        )
    }
}

/// How much a state should catch the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Good,
    Quiet,
    Warning,
    Bad,
}

/// The one form in which a state travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateReport {
    pub state: AccountState,
    pub code: &'static str,
    pub words: &'static str,
    pub to_do: &'static str,
    /// What the network said, if it did. Holds no secret.
    pub detail: Option<String>,
}

impl StateReport {
    pub fn new(state: AccountState, detail: Option<String>) -> Self {
        Self {
            state,
            code: state.code(),
            words: state.words(),
            to_do: state.to_do(),
            detail,
        }
    }
}

/// Something that works, but not as the owner would expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Stable name.
    pub code: &'static str,
    pub words: String,
    pub to_do: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_own_code_and_says_what_to_do() {
        for state in AccountState::ALL {
            assert_eq!(AccountState::parse(state.code()), Some(state));
            assert_eq!(
                serde_json::to_value(state).unwrap(),
                serde_json::Value::from(state.code())
            );
            assert!(state.words().ends_with('.') && state.to_do().ends_with('.'));
        }
    }
}
