//! What PostgreSQL cannot hold, kept away from it: it would answer with an error that is nobody's fault but the sender's.

use chrono::{DateTime, TimeZone, Utc};

/// A text without NUL, which no text column takes.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.contains('\0')
}

/// A time that a column can hold; years of five digits mean "ever".
pub(crate) fn in_range(at: DateTime<Utc>) -> DateTime<Utc> {
    let year = |year| {
        Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0)
            .single()
            .expect("a new year's midnight in UTC")
    };
    at.clamp(year(1), year(9999))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stay_where_columns_reach() {
        let now = Utc.with_ymd_and_hms(2026, 11, 24, 12, 0, 0).unwrap();
        assert_eq!(in_range(now), now);
        assert!(
            in_range(DateTime::<Utc>::MAX_UTC)
                .to_rfc3339()
                .starts_with("9999")
        );
        assert!(
            in_range(DateTime::<Utc>::MIN_UTC)
                .to_rfc3339()
                .starts_with("0001")
        );
        assert!(is_plain("अर्डर 1") && !is_plain("a\0b"));
    }
}
