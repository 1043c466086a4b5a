//! JSON as panels send it: any field may be a text, a number, an object or absent, and an id is digits, not a float.
//!
//! Invariant: a number stays the text that came. `serde_json::Value` would make a float of `1.10` and of long ids.

use serde_json::value::RawValue;

/// Deeper than any panel's answer; a bomb ends here.
const MAX_DEPTH: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// In the order in which it came; a repeated name stays repeated.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// `None` for what is no JSON at all.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let raw: &RawValue = serde_json::from_slice(body).ok()?;
        Self::read(raw, MAX_DEPTH)
    }

    fn read(raw: &RawValue, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(
                    items
                        .into_iter()
                        .map(|item| Self::read(item, depth))
                        .collect::<Option<_>>()?,
                )
            }
            b'{' => {
                let Entries(entries) = serde_json::from_str(text).ok()?;
                let read = |(name, value): (String, &RawValue)| Some((name, Self::read(value, depth)?));
                Self::Object(entries.into_iter().map(read).collect::<Option<_>>()?)
            }
            _ => Self::Number(text.to_owned()),
        })
    }

    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(entries) => entries
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The first of several names that is there and not null.
    pub fn any(&self, names: &[&str]) -> Option<&Json> {
        names
            .iter()
            .find_map(|name| self.get(name).filter(|value| **value != Json::Null))
    }

    /// A text or a number, as text, trimmed; `None` for an empty one.
    pub fn scalar(&self) -> Option<String> {
        match self {
            Self::Number(text) | Self::Text(text) => {
                Some(text.trim().to_owned()).filter(|text| !text.is_empty())
            }
            _ => None,
        }
    }

    pub fn scalar_at(&self, names: &[&str]) -> Option<String> {
        self.any(names).and_then(Json::scalar)
    }

    /// A whole number, whether it came as number or text.
    pub fn integer(&self) -> Option<i64> {
        self.scalar()?.parse().ok()
    }

    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Number(text) | Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" => Some(true),
                "0" | "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn list(&self) -> Option<&[Json]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }
}

/// An object's entries in their order.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Visitor).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_stay_the_texts_that_came() {
        let json = Json::parse(b"\xef\xbb\xbf {\"a\": 1.10, \"b\": \" 0.90 \", \"c\": 123456789012345678901234567890, \"d\": -3, \"e\": \"\\u00e9\"} ").unwrap();
        assert_eq!(json.scalar_at(&["a"]).unwrap(), "1.10");
        assert_eq!(json.scalar_at(&["b"]).unwrap(), "0.90");
        assert_eq!(
            json.scalar_at(&["zzz", "c"]).unwrap(),
            "123456789012345678901234567890"
        );
        assert_eq!(json.get("d").unwrap().integer(), Some(-3));
        assert_eq!(json.scalar_at(&["e"]).unwrap(), "é");
    }

    #[test]
    fn bombs_and_rubbish_are_none() {
        for bad in [
            &b""[..],
            b"{",
            b"<html>",
            b"nul",
            b"{\"a\":}",
            b"{} {}",
            b"\xff\xfe",
        ] {
            assert_eq!(Json::parse(bad), None);
        }
        assert_eq!(
            Json::parse(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes()),
            None
        );
        assert_eq!(
            Json::parse(format!("{}1{}", "{\"a\":".repeat(30), "}".repeat(30)).as_bytes()),
            None
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = Json::parse(&bytes);
        }
    }
}
