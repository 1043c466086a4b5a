//! Message credits: how they are counted, and what a message costs.
//!
//! Invariant: integers only. One credit is 1,000,000 micro-credits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::channel::{ChannelKind, ChatKind};

/// An amount of credits in micro-credits; may be negative in a ledger line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credits(i64);

impl Credits {
    pub const ZERO: Credits = Credits(0);
    pub const MICRO: i64 = 1_000_000;

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Whole credits; `None` past what fits.
    pub const fn whole(credits: i64) -> Option<Self> {
        match credits.checked_mul(Self::MICRO) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }
}

impl fmt::Display for Credits {
    /// `12`, `0.5`, `-3.25`: as few digits as say it exactly.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
        if part == 0 {
            write!(f, "{sign}{whole}")
        } else {
            let digits = format!("{part:06}");
            write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
        }
    }
}

/// A text that is not an amount of credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an amount of credits such as `100` or `0.5`, with at most six decimals")]
pub struct InvalidCredits;

impl FromStr for Credits {
    type Err = InvalidCredits;

    fn from_str(text: &str) -> Result<Self, InvalidCredits> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(part)
            || part.len() > 6
            || digits.ends_with('.')
        {
            return Err(InvalidCredits);
        }
        let micros = format!("{whole}{part:0<6}")
            .parse::<i64>()
            .map_err(|_| InvalidCredits)?;
        Ok(Self(if negative { -micros } else { micros }))
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessagePurpose {
    /// To a customer: an answer, an acknowledgement, a question.
    Reply,
    /// To a provider's group.
    Forward,
}

/// Price per message by channel × direct/group × reply/forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    /// Used where no exact line stands.
    pub default: Credits,
    pub lines: Vec<PriceLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLine {
    pub channel: ChannelKind,
    pub chat: ChatKind,
    pub purpose: MessagePurpose,
    pub price: Credits,
}

impl PriceBook {
    /// The price of one message, however many parts the network's length limit makes of it.
    pub fn price(&self, channel: ChannelKind, chat: ChatKind, purpose: MessagePurpose) -> Credits {
        self.lines
            .iter()
            .find(|line| line.channel == channel && line.chat == chat && line.purpose == purpose)
            .map_or(self.default, |line| line.price)
    }
}

impl Default for PriceBook {
    /// One credit a message on every channel.
    fn default() -> Self {
        Self {
            default: Credits(Credits::MICRO),
            lines: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_read_back_from_their_text() {
        for (text, micros) in [
            ("0", 0),
            ("12", 12_000_000),
            ("0.5", 500_000),
            ("-3.25", -3_250_000),
            ("0.000001", 1),
        ] {
            assert_eq!(text.parse::<Credits>(), Ok(Credits(micros)));
            assert_eq!(Credits(micros).to_string(), text);
        }
        for bad in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "1.0000001",
            "1,5",
            "９",
            "99999999999999999999",
        ] {
            assert_eq!(bad.parse::<Credits>(), Err(InvalidCredits), "{bad}");
        }
    }

    #[test]
    fn the_exact_line_beats_the_default() {
        let book = PriceBook {
            default: Credits(10),
            lines: vec![PriceLine {
                channel: ChannelKind::WhatsApp,
                chat: ChatKind::Group,
                purpose: MessagePurpose::Forward,
                price: Credits(3),
            }],
        };
        assert_eq!(
            book.price(ChannelKind::WhatsApp, ChatKind::Group, MessagePurpose::Forward),
            Credits(3)
        );
        assert_eq!(
            book.price(ChannelKind::WhatsApp, ChatKind::Group, MessagePurpose::Reply),
            Credits(10)
        );
    }
}
