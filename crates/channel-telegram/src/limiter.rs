//! When the next message of a chat may go out. Pure: the caller says what time it is.
//!
//! Telegram allows about 30 messages a second over a whole bot, one a second in a chat with short bursts, and 20 a
//! minute in a group; who keeps on gets waits of hours. The limits here stay a little below.
//!
//! Invariant: a message takes from the bot's allowance only once its chat lets it go, so a backlog in one chat never
//! holds up another.
//! Invariant: "too many" for one chat pauses that chat; a second chat told so within seconds pauses the bot.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use switchboard_channels::session::Scope;
use tokio::time::Instant;

#[derive(Debug, Clone)]
pub struct Limits {
    pub bot_interval: Duration,
    pub bot_burst: u32,
    pub chat_interval: Duration,
    pub chat_burst: u32,
    pub group_window: Duration,
    pub group_max: usize,
    /// Two chats told "too many" within this time mean the whole bot.
    pub spread: Duration,
    /// A longer wait for one's turn is given back to the caller.
    pub max_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bot_interval: Duration::from_millis(40),
            bot_burst: 5,
            chat_interval: Duration::from_secs(1),
            chat_burst: 3,
            group_window: Duration::from_secs(60),
            group_max: 18,
            spread: Duration::from_secs(5),
            max_wait: Duration::from_secs(10),
        }
    }
}

/// How many chats are remembered before those with nothing to remember are dropped.
const SWEEP_AT: usize = 1024;

pub struct Limiter {
    limits: Limits,
    bot: Bucket,
    bot_paused: Option<Instant>,
    last_too_many: Option<(i64, Instant)>,
    chats: HashMap<i64, Chat>,
}

#[derive(Default)]
struct Chat {
    bucket: Bucket,
    recent: VecDeque<Instant>,
    paused: Option<Instant>,
}

/// Allows one per interval, and `burst` at once after a rest. Holds when the allowance would be full again.
#[derive(Default)]
struct Bucket(Option<Instant>);

impl Bucket {
    fn ready(&self, now: Instant, interval: Duration, burst: u32) -> Instant {
        let full = self.0.unwrap_or(now).max(now);
        let ahead = interval * burst.saturating_sub(1);
        full.checked_sub(ahead).unwrap_or(now).max(now)
    }

    fn take(&mut self, now: Instant, interval: Duration) {
        self.0 = Some(self.0.unwrap_or(now).max(now) + interval);
    }
}

/// One message on its way out. Asks `turn` until told to go.
#[derive(Debug)]
pub struct Ticket {
    chat: i64,
    /// The bot's allowance was taken, for this time.
    slot: Option<Instant>,
}

impl Ticket {
    pub fn new(chat: i64) -> Self {
        Self { chat, slot: None }
    }

    /// Groups have negative ids.
    fn is_group(&self) -> bool {
        self.chat < 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Go,
    /// Ask again then.
    Wait(Instant),
}

impl Limiter {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            bot: Bucket::default(),
            bot_paused: None,
            last_too_many: None,
            chats: HashMap::new(),
        }
    }

    /// Only the first in line of a chat may ask: the order within a chat is the caller's.
    pub fn turn(&mut self, ticket: &mut Ticket, now: Instant) -> Turn {
        if self.chats.len() >= SWEEP_AT {
            self.sweep(now);
        }
        let limits = &self.limits;
        let chat = self.chats.entry(ticket.chat).or_default();
        let paused = self.bot_paused.max(chat.paused);
        if let Some(until) = paused.filter(|until| *until > now) {
            return Turn::Wait(until);
        }
        let mut ready = chat.bucket.ready(now, limits.chat_interval, limits.chat_burst);
        if ticket.is_group() {
            while chat
                .recent
                .front()
                .is_some_and(|at| *at + limits.group_window <= now)
            {
                chat.recent.pop_front();
            }
            if chat.recent.len() >= limits.group_max
                && let Some(oldest) = chat.recent.front()
            {
                ready = ready.max(*oldest + limits.group_window);
            }
        }
        if ready > now {
            return Turn::Wait(ready);
        }
        let slot = *ticket.slot.get_or_insert_with(|| {
            let slot = self.bot.ready(now, limits.bot_interval, limits.bot_burst);
            self.bot.take(now, limits.bot_interval);
            slot
        });
        if slot > now {
            return Turn::Wait(slot);
        }
        chat.bucket.take(now, limits.chat_interval);
        if ticket.is_group() {
            chat.recent.push_back(now);
        }
        Turn::Go
    }

    /// Telegram said "too many" for a chat. Answers how far it reaches.
    pub fn too_many(&mut self, chat: i64, after: Duration, now: Instant) -> Scope {
        // An hour-long wait is real; a wait beyond a day is a broken answer.
        let until = now + after.min(Duration::from_secs(86_400));
        let state = self.chats.entry(chat).or_default();
        state.paused = state.paused.max(Some(until));
        let spreads = self
            .last_too_many
            .is_some_and(|(other, at)| other != chat && now.duration_since(at) <= self.limits.spread);
        self.last_too_many = Some((chat, now));
        if spreads {
            self.bot_paused = self.bot_paused.max(Some(until));
            return Scope::Account;
        }
        Scope::Chat
    }

    fn sweep(&mut self, now: Instant) {
        let window = self.limits.group_window;
        self.chats.retain(|_, chat| {
            chat.bucket.0.is_some_and(|full| full > now)
                || chat.paused.is_some_and(|until| until > now)
                || chat.recent.back().is_some_and(|at| *at + window > now)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends from several chats at once, each in order, as fast as allowed; when each message went out.
    fn run(limiter: &mut Limiter, start: Instant, queues: &[(i64, usize)]) -> Vec<(i64, Duration)> {
        struct Line(i64, usize, Option<Ticket>, Instant);
        let mut lines: Vec<Line> = queues
            .iter()
            .map(|&(chat, n)| Line(chat, n, None, start))
            .collect();
        let mut sent = Vec::new();
        while let Some(line) = lines
            .iter_mut()
            .filter(|line| line.1 > 0)
            .min_by_key(|line| line.3)
        {
            let now = line.3;
            let ticket = line.2.get_or_insert_with(|| Ticket::new(line.0));
            match limiter.turn(ticket, now) {
                Turn::Wait(until) => {
                    assert!(until > now, "a wait that does not wait would spin");
                    line.3 = until;
                }
                Turn::Go => {
                    sent.push((line.0, now - start));
                    line.1 -= 1;
                    line.2 = None;
                }
            }
        }
        sent
    }

    fn most_within(times: &[Duration], window: Duration) -> usize {
        (0..times.len())
            .map(|from| {
                times[from..]
                    .iter()
                    .take_while(|at| **at < times[from] + window)
                    .count()
            })
            .max()
            .unwrap_or(0)
    }

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_direct_chat_gets_three_at_once_then_one_a_second() {
        let sent = run(&mut Limiter::new(Limits::default()), Instant::now(), &[(42, 6)]);
        let times: Vec<_> = sent.iter().map(|(_, at)| *at).collect();
        assert_eq!(times, [0, 0, 0, 1, 2, 3].map(secs));
    }

    #[test]
    fn a_group_gets_at_most_eighteen_in_any_minute() {
        let sent = run(
            &mut Limiter::new(Limits::default()),
            Instant::now(),
            &[(-1001, 60)],
        );
        let times: Vec<_> = sent.iter().map(|(_, at)| *at).collect();
        assert_eq!(most_within(&times, secs(60)), 18);
        assert!(
            *times.last().unwrap() < secs(200),
            "and not needlessly slower: {times:?}"
        );
    }

    #[test]
    fn a_bot_stays_under_thirty_a_second_over_all_chats() {
        let queues: Vec<_> = (1..=200).map(|chat| (chat, 3)).collect();
        let sent = run(&mut Limiter::new(Limits::default()), Instant::now(), &queues);
        let times: Vec<_> = sent.iter().map(|(_, at)| *at).collect();
        assert!(most_within(&times, secs(1)) < 30);
        assert!(*times.last().unwrap() <= secs(25), "600 at 25 a second");
    }

    #[test]
    fn a_backlog_in_one_chat_delays_no_other() {
        let mut limiter = Limiter::new(Limits::default());
        let start = Instant::now();
        let sent = run(&mut limiter, start, &[(-1001, 40), (42, 1), (43, 2)]);
        for (chat, at) in sent.iter().filter(|(chat, _)| *chat > 0) {
            assert!(*at < Duration::from_millis(250), "chat {chat} waited {at:?}");
        }
        // The same with a backlog in many chats: each asks the bot's allowance only when its own chat is ready.
        let mut limiter = Limiter::new(Limits::default());
        let mut queues: Vec<_> = (1..=20).map(|n| (-n, 40)).collect();
        run(
            &mut limiter,
            start,
            &queues.iter().map(|&(chat, _)| (chat, 18)).collect::<Vec<_>>(),
        );
        queues.push((42, 1));
        let sent = run(&mut limiter, start + secs(40), &queues);
        let at = sent.iter().find(|(chat, _)| *chat == 42).unwrap().1;
        assert!(at < secs(1), "waited {at:?}");
    }

    #[test]
    fn too_many_pauses_the_chat_and_a_second_chat_the_bot() {
        let start = Instant::now();
        let mut limiter = Limiter::new(Limits::default());
        assert_eq!(limiter.too_many(42, secs(30), start), Scope::Chat);
        assert_eq!(
            limiter.turn(&mut Ticket::new(42), start),
            Turn::Wait(start + secs(30))
        );
        assert_eq!(limiter.turn(&mut Ticket::new(43), start), Turn::Go);
        assert_eq!(
            limiter.too_many(42, secs(10), start + secs(1)),
            Scope::Chat,
            "the same again"
        );
        assert_eq!(
            limiter.turn(&mut Ticket::new(42), start + secs(12)),
            Turn::Wait(start + secs(30)),
            "a shorter wait does not cut a longer one"
        );
        assert_eq!(limiter.too_many(43, secs(7), start + secs(3)), Scope::Account);
        assert_eq!(
            limiter.turn(&mut Ticket::new(44), start + secs(4)),
            Turn::Wait(start + secs(10))
        );
        assert_eq!(limiter.turn(&mut Ticket::new(44), start + secs(10)), Turn::Go);
        assert_eq!(limiter.turn(&mut Ticket::new(42), start + secs(31)), Turn::Go);
        assert_eq!(
            limiter.too_many(45, secs(7), start + secs(60)),
            Scope::Chat,
            "much later"
        );
    }

    #[test]
    fn chats_at_rest_are_forgotten() {
        let start = Instant::now();
        let mut limiter = Limiter::new(Limits::default());
        limiter.too_many(-7, secs(7200), start);
        for chat in 1..5000 {
            limiter.turn(&mut Ticket::new(chat), start + secs(chat.unsigned_abs()));
        }
        assert!(limiter.chats.len() <= SWEEP_AT);
        assert_eq!(
            limiter.turn(&mut Ticket::new(-7), start + secs(6000)),
            Turn::Wait(start + secs(7200))
        );
    }
}
