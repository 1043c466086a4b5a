//! Telegram's sending limits: 30/s a bot, 1/s a private chat with a short burst, 20/min a group.
//!
//! Invariant: a refused message counts against nothing.

use std::collections::{HashMap, VecDeque};

use crate::world::ChatKey;

/// (messages, milliseconds): at most so many in any window of that length.
const BOT: (usize, i64) = (30, 1_000);
const GROUP: (usize, i64) = (20, 60_000);
/// A bucket of this many messages that regains one a second.
const PRIVATE_BURST: usize = 3;
const PRIVATE_EACH_MS: i64 = 1_000;

#[derive(Default)]
pub struct Limits {
    bot: VecDeque<i64>,
    groups: HashMap<i64, VecDeque<i64>>,
    /// When the bucket will be full again.
    private: HashMap<i64, i64>,
}

impl Limits {
    /// Counts one message, or says after how many seconds to come back.
    pub fn admit(&mut self, chat: ChatKey, now_ms: i64) -> Result<(), i64> {
        let mut wait_ms = wait(&mut self.bot, BOT, now_ms);
        match chat {
            ChatKey::Group(id) => {
                wait_ms = wait_ms.max(wait(self.groups.entry(id).or_default(), GROUP, now_ms));
            }
            ChatKey::Private { user, .. } => {
                let full_at = self.private.get(&user).copied().unwrap_or(now_ms).max(now_ms);
                let room = PRIVATE_BURST as i64 * PRIVATE_EACH_MS - (full_at - now_ms);
                wait_ms = wait_ms.max(PRIVATE_EACH_MS - room);
            }
        }
        if wait_ms > 0 {
            return Err((wait_ms + 999) / 1_000);
        }
        self.bot.push_back(now_ms);
        match chat {
            ChatKey::Group(id) => self.groups.entry(id).or_default().push_back(now_ms),
            ChatKey::Private { user, .. } => {
                let full_at = self.private.entry(user).or_insert(now_ms);
                *full_at = (*full_at).max(now_ms) + PRIVATE_EACH_MS;
            }
        }
        Ok(())
    }
}

/// Milliseconds until the window has room; 0 or less: now.
fn wait(sent: &mut VecDeque<i64>, (most, window_ms): (usize, i64), now_ms: i64) -> i64 {
    while sent.front().is_some_and(|at| at + window_ms <= now_ms) {
        sent.pop_front();
    }
    match sent.front() {
        Some(oldest) if sent.len() >= most => oldest + window_ms - now_ms,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: ChatKey = ChatKey::Private { bot: 1, user: 7 };

    #[test]
    fn a_private_chat_has_a_burst_of_three_and_then_one_a_second() {
        let mut limits = Limits::default();
        assert_eq!(
            (0..4).map(|_| limits.admit(ANN, 0)).collect::<Vec<_>>(),
            [Ok(()), Ok(()), Ok(()), Err(1)]
        );
        assert_eq!(limits.admit(ANN, 999), Err(1));
        assert_eq!(limits.admit(ANN, 1_000), Ok(()));
        assert_eq!(limits.admit(ANN, 1_000), Err(1));
        assert_eq!((0..4).filter(|_| limits.admit(ANN, 60_000).is_ok()).count(), 3);
    }

    #[test]
    fn a_group_takes_twenty_a_minute_and_a_bot_thirty_a_second() {
        let mut limits = Limits::default();
        assert!((0..20).all(|n| limits.admit(ChatKey::Group(-5), n * 100).is_ok()));
        assert_eq!(limits.admit(ChatKey::Group(-5), 2_000), Err(58));
        assert_eq!(limits.admit(ChatKey::Group(-6), 2_000), Ok(()));
        assert_eq!(limits.admit(ChatKey::Group(-5), 60_000), Ok(()));

        let mut limits = Limits::default();
        let to = |user| ChatKey::Private { bot: 1, user };
        assert!((0..30).all(|user| limits.admit(to(user), 0).is_ok()));
        assert_eq!(limits.admit(to(99), 500), Err(1));
        assert_eq!(limits.admit(to(99), 1_000), Ok(()));
    }
}
