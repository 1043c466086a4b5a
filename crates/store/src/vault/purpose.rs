//! What a sealed value is for.
//!
//! The name is bound into every value of that purpose: **it must never change**, even if the table or column does.

mod closed {
    pub trait Closed {}
}

/// The meaning of a sealed value, as a type: a panel's key cannot be opened where a bot's token is expected, and the
/// compiler says so.
///
/// ```compile_fail
/// use switchboard_store::vault::{ChatAccountBotToken, PanelApiKey, Sealed};
/// fn connect_bot(token: &Sealed<ChatAccountBotToken>) {}
/// fn mistaken(key: &Sealed<PanelApiKey>) { connect_bot(key) }
/// ```
///
/// ```
/// use switchboard_store::vault::{ChatAccountBotToken, PanelApiKey, Sealed};
/// fn connect_bot(token: &Sealed<ChatAccountBotToken>) {}
/// fn right(token: &Sealed<ChatAccountBotToken>) { connect_bot(token) }
/// ```
pub trait Purpose: closed::Closed + Send + Sync + 'static {
    const NAME: &'static str;
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $type:ident = $name:literal),+ $(,)?) => {
        $(
            $(#[$doc])*
            pub enum $type {}

            impl closed::Closed for $type {}

            impl Purpose for $type {
                const NAME: &'static str = $name;
            }
        )+

        #[cfg(test)]
        pub(super) const ALL: &[&str] = &[$($name),+];
    };
}

purposes! {
    /// A panel's Admin or user API key.
    PanelApiKey = "panel.api_key",
    /// The owner's own key at a provider.
    ProviderApiKey = "provider.api_key",
    /// The token of a chat network's bot.
    ChatAccountBotToken = "chat_account.bot_token",
    /// What a chat network must say with each delivery to us.
    ChatAccountHookSecret = "chat_account.hook_secret",
    /// What we sign the owner's outbound webhooks with.
    WebhookSigningSecret = "webhook.signing_secret",
    /// Password of the database login that serves the platform's own tables and the queue. Platform data key.
    PlatformLoginSecret = "platform.login_secret",
    /// Password of a slot's database login. Platform data key.
    SlotLoginSecret = "slot.login_secret",
    /// Password of the database login that makes schemas. Platform data key.
    ProvisionerLoginSecret = "provisioner.login_secret",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn no_two_purposes_share_a_name() {
        assert_eq!(super::ALL.iter().collect::<HashSet<_>>().len(), super::ALL.len());
    }

    #[test]
    fn names_in_use_never_change() {
        // Rows sealed under these names exist; a new purpose is added here, none is edited.
        assert_eq!(
            super::ALL,
            [
                "panel.api_key",
                "provider.api_key",
                "chat_account.bot_token",
                "chat_account.hook_secret",
                "webhook.signing_secret",
                "platform.login_secret",
                "slot.login_secret",
                "provisioner.login_secret",
            ]
        );
    }
}
