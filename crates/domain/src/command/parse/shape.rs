//! What the order ids of a panel look like.
//!
//! Invariant: only ASCII; a number of nothing but zeros is no id.

/// What ids of a panel look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdShape {
    pub(super) min: usize,
    max: usize,
    /// Whether one to three digits may be an id where nothing else stands in the message.
    short: bool,
    hex24: bool,
    prefixes: Vec<String>,
}

impl Default for IdShape {
    /// Four to twelve digits: what panels that nobody has measured yet use.
    fn default() -> Self {
        Self {
            min: 4,
            max: 12,
            short: true,
            hex24: false,
            prefixes: Vec::new(),
        }
    }
}

/// The longest run of digits that any panel is believed to use for an id.
const MOST_DIGITS: usize = 18;

impl IdShape {
    /// Ids of `min` to `max` digits; one to three digits alone in a message count only where `min` allows them.
    pub fn digits(min: usize, max: usize) -> Self {
        let min = min.clamp(1, MOST_DIGITS);
        Self {
            min: min.max(4),
            max: max.clamp(min, MOST_DIGITS),
            short: min <= 3,
            ..Self::default()
        }
    }

    /// Learns the shape from ids that the panel has shown: one digit of room above, as ids grow. The default for none.
    pub fn learn<'a>(seen: impl IntoIterator<Item = &'a str>) -> Self {
        let mut lengths: Option<(usize, usize)> = None;
        let mut hex24 = false;
        for id in seen {
            if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
                let (min, max) = lengths.unwrap_or((id.len(), id.len()));
                lengths = Some((min.min(id.len()), max.max(id.len())));
            } else {
                hex24 |= is_hex24(id);
            }
        }
        let shape = lengths.map_or_else(Self::default, |(min, max)| Self::digits(min, max + 1));
        Self { hex24, ..shape }
    }

    /// Also ids of 24 hexadecimal digits.
    #[must_use]
    pub fn with_hex24(mut self) -> Self {
        self.hex24 = true;
        self
    }

    /// Also ids like `ord_8f3k2`, here with the prefix `ord_`. The prefix's case does not matter.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        if !prefix.is_empty() {
            self.prefixes.push(prefix.to_ascii_lowercase());
        }
        self
    }

    pub(super) fn fits_digits(&self, text: &str) -> bool {
        (self.min..=self.max).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.bytes().any(|b| b != b'0')
    }

    pub(super) fn fits_short(&self, text: &str) -> bool {
        self.short && (1..self.min).contains(&text.len()) && text.bytes().any(|b| b != b'0')
    }

    pub(super) fn has_letters(&self) -> bool {
        self.hex24 || !self.prefixes.is_empty()
    }

    pub(super) fn fits_letters(&self, text: &str) -> bool {
        let prefixed = self.prefixes.iter().any(|prefix| {
            text.len() <= 40
                && text
                    .get(..prefix.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
                && text.len() >= prefix.len() + 3
                && text[prefix.len()..]
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && text[prefix.len()..].bytes().any(|b| b.is_ascii_digit())
        });
        prefixed || (self.hex24 && is_hex24(text))
    }
}

fn is_hex24(text: &str) -> bool {
    text.len() == 24
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let shape = IdShape::default();
        assert!(shape.fits_digits("0481") && !shape.fits_digits("481") && !shape.fits_digits("0000"));
        let learned = IdShape::learn(["481799696", "481799190"]);
        assert!(
            learned.fits_digits("481799696")
                && learned.fits_digits("1481799696")
                && !learned.fits_digits("5000")
        );
        assert!(!learned.fits_short("5"));
        assert!(IdShape::learn(["7", "12"]).fits_short("13"));
        let letters = IdShape::default().with_hex24().with_prefix("ord_");
        assert!(letters.fits_letters("65f0c2a9e4b0a1b2c3d4e5f6") && letters.fits_letters("ORD_8f3k2"));
        assert!(!letters.fits_letters("ordinary") && !letters.fits_letters("65f0"));
    }
}
