//! Whether the bot hears what is said in its groups.
//!
//! With privacy mode on, Telegram's default, a bot in a group gets commands and answers to itself only, so that
//! `481799696 refill` never arrives. An administrator hears everything.

use switchboard_channels::status::Notice;

use crate::client::Me;

/// What the owner should know before using groups. `administrator` is the bot's standing in one group, when asked
/// about one.
pub fn privacy_notice(me: &Me, administrator: Option<bool>) -> Option<Notice> {
    if me.can_read_all_group_messages || administrator == Some(true) {
        return None;
    }
    Some(Notice {
        code: "privacy-mode-on",
        words: "Telegram's privacy mode is on for this bot: in groups it receives only commands and answers to its own \
                messages, so a customer's `481799696 refill` does not arrive."
            .into(),
        to_do: "Make the bot an administrator of the group. Or turn privacy off in BotFather (Bot Settings, Group \
                Privacy) and add the bot to its groups again."
            .into(),
    })
}

/// The bot cannot be added to groups at all.
pub fn groups_notice(me: &Me) -> Option<Notice> {
    (!me.can_join_groups).then(|| Notice {
        code: "groups-not-allowed",
        words: "This bot may not be added to groups, so it cannot forward to a provider's group.".into(),
        to_do: "Allow groups in BotFather (Bot Settings, Allow Groups).".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_that_hears_everything_gets_no_warning() {
        let me = |all| Me {
            id: 1,
            first_name: "Help".into(),
            username: None,
            can_join_groups: true,
            can_read_all_group_messages: all,
        };
        for (all, administrator, warned) in [
            (false, None, true),
            (false, Some(false), true),
            (false, Some(true), false),
            (true, None, false),
            (true, Some(false), false),
        ] {
            assert_eq!(privacy_notice(&me(all), administrator).is_some(), warned);
        }
        assert_eq!(groups_notice(&me(true)), None);
    }
}
