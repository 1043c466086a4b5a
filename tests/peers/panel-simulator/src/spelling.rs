//! Owns how a status is printed by each API. The control API stores what it was told; a word known here is spelled
//! the panel's way, any other is printed as it stands, so that a test can invent one.

/// Lower case, without spaces, `_` and `-`.
pub fn key(status: &str) -> String {
    status
        .chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// `(key, Admin v2, everywhere else)`
const KNOWN: &[(&str, &str, &str)] = &[
    ("awaiting", "awaiting", "Awaiting"),
    ("pending", "pending", "Pending"),
    ("processing", "processing", "Processing"),
    ("inprogress", "in_progress", "In progress"),
    ("completed", "completed", "Completed"),
    ("partial", "partial", "Partial"),
    ("canceled", "canceled", "Canceled"),
    ("refunded", "refunded", "Refunded"),
    ("fail", "fail", "Fail"),
    ("error", "error", "Error"),
    ("active", "active", "Active"),
    ("paused", "paused", "Paused"),
    ("expired", "expired", "Expired"),
];

pub fn snake(status: &str) -> &str {
    let key = key(status);
    KNOWN
        .iter()
        .find(|known| known.0 == key)
        .map_or(status, |known| known.1)
}

pub fn title(status: &str) -> &str {
    let key = key(status);
    KNOWN
        .iter()
        .find(|known| known.0 == key)
        .map_or(status, |known| known.2)
}

/// Whether a panel lets its customer press "cancel" on such an order.
pub fn may_cancel(status: &str) -> bool {
    matches!(
        key(status).as_str(),
        "awaiting" | "pending" | "processing" | "inprogress"
    )
}

/// Whether a panel lets its customer press "refill" on such an order.
pub fn may_refill(status: &str) -> bool {
    matches!(key(status).as_str(), "completed" | "partial")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_spelled_per_api_and_others_pass() {
        for (given, v2, other) in [
            ("in_progress", "in_progress", "In progress"),
            ("Inprogress", "in_progress", "In progress"),
            ("COMPLETED", "completed", "Completed"),
            ("On hold", "On hold", "On hold"),
        ] {
            assert_eq!((snake(given), title(given)), (v2, other));
        }
    }
}
