//! When a sender has asked too often: tries at other people's orders, and one text over and over.
//!
//! Pure: the caller keeps the times and the mutes, and tells the owner.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The limits, editable by the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbuseRules {
    /// So many misses ([`super::Verdict::miss`]) within the window mute the sender.
    pub misses: u32,
    pub miss_window_minutes: u32,
    /// So many times the same text within the window mute the sender.
    pub repeats: u32,
    pub repeat_window_minutes: u32,
    pub mute_minutes: u32,
}

impl Default for AbuseRules {
    fn default() -> Self {
        Self {
            misses: 8,
            miss_window_minutes: 10,
            repeats: 3,
            repeat_window_minutes: 5,
            mute_minutes: 60,
        }
    }
}

/// Limits that cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AbuseRuleError {
    #[error("a sender is muted after 2 or more misses or repeats, not after {0}")]
    Count(u32),
    #[error("windows and mutes last 1 minute to 7 days, not {0} minutes")]
    Minutes(u32),
}

const MAX_MINUTES: u32 = 7 * 24 * 60;

/// Why a sender is muted. Stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MuteCause {
    Misses,
    Repeats,
}

impl MuteCause {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Misses => "misses",
            Self::Repeats => "repeats",
        }
    }
}

/// A mute that begins now. The sender is told once ([`crate::command::texts::ReplyKey::Muted`]), the owner too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mute {
    pub cause: MuteCause,
    pub until: DateTime<Utc>,
}

impl AbuseRules {
    pub fn validate(&self) -> Result<(), AbuseRuleError> {
        for count in [self.misses, self.repeats] {
            if count < 2 {
                return Err(AbuseRuleError::Count(count));
            }
        }
        for minutes in [
            self.miss_window_minutes,
            self.repeat_window_minutes,
            self.mute_minutes,
        ] {
            if !(1..=MAX_MINUTES).contains(&minutes) {
                return Err(AbuseRuleError::Minutes(minutes));
            }
        }
        Ok(())
    }

    /// `misses`: times of this sender's misses, the newest included, in any order; one per order, not per message.
    pub fn after_misses(&self, misses: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Mute> {
        let window = self.miss_window_minutes;
        self.judge(MuteCause::Misses, misses, self.misses, window, now)
    }

    /// `times`: when this sender sent this very text, the newest included, in any order.
    pub fn after_repeats(&self, times: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Mute> {
        let window = self.repeat_window_minutes;
        self.judge(MuteCause::Repeats, times, self.repeats, window, now)
    }

    fn judge(
        &self,
        cause: MuteCause,
        times: &[DateTime<Utc>],
        limit: u32,
        window_minutes: u32,
        now: DateTime<Utc>,
    ) -> Option<Mute> {
        let since = now - minutes(window_minutes);
        let recent = times.iter().filter(|at| **at > since && **at <= now).count();
        (recent >= limit.max(2) as usize).then(|| Mute {
            cause,
            until: now + minutes(self.mute_minutes),
        })
    }
}

fn minutes(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes.min(MAX_MINUTES)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64, second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(minute * 60 + second)
    }

    #[test]
    fn the_eighth_miss_in_ten_minutes_mutes_for_an_hour() {
        let rules = AbuseRules::default();
        let misses: Vec<_> = (0..8).map(|n| at(n, 0)).collect();
        assert_eq!(rules.after_misses(&misses[..7], at(7, 0)), None);
        assert_eq!(
            rules.after_misses(&misses, at(7, 0)),
            Some(Mute {
                cause: MuteCause::Misses,
                until: at(67, 0)
            })
        );
        assert_eq!(
            rules.after_misses(&misses, at(10, 0)),
            None,
            "the first is outside the window"
        );
    }

    #[test]
    fn the_third_same_text_in_five_minutes_mutes() {
        let rules = AbuseRules::default();
        let times = [at(0, 1), at(2, 0), at(5, 0)];
        assert_eq!(rules.after_repeats(&times[..2], at(2, 0)), None);
        assert!(rules.after_repeats(&times, at(5, 0)).is_some());
        assert_eq!(
            rules.after_repeats(&[at(0, 0), at(2, 0), at(5, 0)], at(5, 0)),
            None
        );
    }

    #[test]
    fn limits_that_would_mute_everybody_are_refused() {
        let rules = AbuseRules {
            misses: 1,
            ..AbuseRules::default()
        };
        assert_eq!(rules.validate(), Err(AbuseRuleError::Count(1)));
        let rules = AbuseRules {
            mute_minutes: 0,
            ..AbuseRules::default()
        };
        assert_eq!(rules.validate(), Err(AbuseRuleError::Minutes(0)));
        assert_eq!(AbuseRules::default().validate(), Ok(()));
    }
}
