//! The words that fields of answers are limited to, for the document: a field stays the text that is stored, and says with
//! `#[schema(value_type = …)]` which words it takes.
//!
//! Invariant: each list is that of the code or table which writes the words; the tests compare, and the fuzzer looks at answers.

use serde::{
    Deserialize, Deserializer,
    de::{IntoDeserializer, value::StringDeserializer},
};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$note:meta])* $name:ident { $($(#[$word_note:meta])* $word:ident),* $(,)? })*) => {
        $(
            $(#[$note])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
            #[serde(rename_all = "snake_case")]
            pub enum $name { $($(#[$word_note])* $word),* }
        )*
    };
}

words! {
    AccountState { Active, Suspended, Banned }
    TenantState { Provisioning, Active, Suspended }
    Locale { En, Ne }
    Theme { System, Light, Dark }
    LoginOutcome { Success, WrongPassword, Suspended, Banned }
    SetupStepKey { Account, Schema, Credits, Panel }
    ChecklistKey { Panel, Bot, Customer, Try, Group, Provider }

    /// `setup`: something is still to be set up. `person`: something waits for a person.
    HomeState { Ok, Person, Failed, Setup }
    /// `unknown`: no order was looked up there lately.
    PanelHealthState { Ok, Down, Unknown }

    Channel { TelegramBot, TelegramAccount, WhatsApp, TestRoom }
    ChannelState { Connecting, Online, BackingOff, LoggedOut, Disabled }
    ChatKind { Direct, Group }
    /// `support`: answered. `silent`: worked through and logged, nothing is said. `off`: left alone.
    ChatMode { Support, Silent, Off }
    /// Whose chat it is.
    Party { None, Customer, Provider }
    Direction { In, Out }
    Speaker { Customer, Bot, Person }
    /// `received`; all others are of what goes out.
    MessageState { Received, Queued, Sending, Sent, Refused, Unknown, Silent }
    MessagePurpose { Reply, Forward }

    BindPurpose { CustomerGroup, ProviderGroup }
    /// `refused`: tried where it could not be; it can be tried in another group.
    BindState { Waiting, Bound, Expired, Refused }

    /// What was decided.
    Outcome {
        RefillRequested, StillPendingSpeedUp, CancelRequested, SpeedUpRequested, StatusTold, RefundQueued, NotYours, NotEligible,
        AlreadyOpen, CoolingDown, StillWanted, ConfirmFirst, Staff, PanelUnavailable,
    }
    TimelineKey { Message, Parsed, Owner, Status, Rule, Panel, Reply, Forward, Cost, Closed, Note }
    TimelineState { Done, Refused, Person, Failed, UnderWay, Waiting }

    /// `hello` comes first; `resync`: look at everything again.
    LiveTopic { Hello, Resync, Requests, Chats, Channels, Panels, Wallet, Setup, Providers, Customers }
}

/// A field that is used as text and takes only the words of `T`.
pub(crate) fn word<'de, T, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let text = Option::<String>::deserialize(deserializer)?;
    if let Some(text) = &text {
        let word: StringDeserializer<D::Error> = text.clone().into_deserializer();
        T::deserialize(word)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use switchboard_domain::{
        channel::{ChannelKind, ChatKind as Kind},
        command::texts::LANGUAGES,
        credit::MessagePurpose as Purpose,
    };
    use switchboard_tenant::{bind, live::Topic};

    use super::*;

    /// As the document writes them.
    fn written<T: ToSchema>() -> Vec<String> {
        let schema = serde_json::to_value(T::schema()).unwrap();
        let words = schema["enum"].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn words_are_those_of_the_code() {
        let mut channels: Vec<_> = ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect();
        channels.push("test_room");
        assert_eq!(written::<Channel>(), texts(&channels));
        assert_eq!(
            written::<ChatKind>(),
            texts(&[Kind::Direct.as_str(), Kind::Group.as_str()])
        );
        let topics = Topic::ALL.iter().map(|topic| topic.as_str());
        let mut topics: Vec<_> = ["hello", "resync"].into_iter().chain(topics).collect();
        let mut shown = written::<LiveTopic>();
        topics.sort_unstable();
        shown.sort_unstable();
        assert_eq!(shown, texts(&topics));
        assert_eq!(written::<Locale>(), texts(LANGUAGES));
        for word in written::<BindPurpose>() {
            assert!(bind::Purpose::parse(&word).is_some(), "{word}");
        }
        for word in written::<MessagePurpose>() {
            assert!(
                serde_json::from_value::<Purpose>(word.clone().into()).is_ok(),
                "{word}"
            );
        }
    }

    const ACCESS: &str = "platform-migrations/20261124120000_access.sql";
    const PLATFORM: &str = "platform-migrations/20261124090000_platform.sql";
    const TENANT: &str = "tenant-migrations/20261124091000_foundation.sql";

    /// The words that a column takes, read from the migration that makes it.
    fn column(file: &str, table: &str, column: &str) -> Vec<String> {
        let sql = std::fs::read_to_string(format!("{}/../../{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let mut sql = sql.as_str();
        for place in [format!(" {table} ("), format!(" CHECK ({column} IN (")] {
            sql = sql.split_once(&place).expect("it is made there").1;
        }
        let words = sql.split(')').next().unwrap().split(", ");
        words.map(|word| word.trim_matches('\'').to_owned()).collect()
    }

    #[test]
    fn words_are_those_of_the_tables() {
        let more = |mut words: Vec<String>, word: &str| {
            words.push(word.to_owned());
            words
        };
        let less = |mut words: Vec<String>, word: &str| {
            words.retain(|found| found != word);
            words
        };
        for (mut document, mut table) in [
            (
                written::<AccountState>(),
                column(ACCESS, "platform.account", "state"),
            ),
            (written::<Theme>(), column(ACCESS, "platform.account", "theme")),
            (
                // Tries at a name that nobody has are nobody's to see.
                more(written::<LoginOutcome>(), "unknown"),
                column(ACCESS, "platform.login_event", "outcome"),
            ),
            (
                written::<TenantState>(),
                column(PLATFORM, "platform.tenant", "state"),
            ),
            // The test room stands in no table of accounts.
            (
                less(written::<Channel>(), "test_room"),
                column(TENANT, "chat_account", "channel"),
            ),
            (written::<ChannelState>(), column(TENANT, "chat_account", "state")),
            (written::<ChatKind>(), column(TENANT, "chat", "kind")),
            (written::<ChatMode>(), column(TENANT, "chat", "mode")),
            (written::<Party>(), column(TENANT, "chat", "party")),
            (
                // What still gathers is not shown, and what came in stands in another table.
                more(less(written::<MessageState>(), "received"), "gathering"),
                column(TENANT, "outbox", "state"),
            ),
        ] {
            document.sort_unstable();
            table.sort_unstable();
            assert_eq!(document, table);
        }
    }
}
