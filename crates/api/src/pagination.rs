//! Lists that are read on from where the last page ended, whatever was added meanwhile.
//!
//! A cursor is the sort key of the last row, opaque to clients.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};
use utoipa::{IntoParams, ToSchema};

use crate::{Code, Problem, extract::OUT_OF_RANGE};

/// One page. `next` is given back as `after` for the one behind it; `null`: this was the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// `limit` and `after` of a list's query. To be `#[serde(flatten)]`ed is not possible in a query: take it as an argument of its
/// own beside the endpoint's [`crate::Query`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows of a page; 50 unless told, at most 200.
    #[param(minimum = 1, maximum = 200)]
    #[serde(default, deserialize_with = "page_size")]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// What is out of range is told, so that nobody takes a shorter page for the whole.
pub(crate) fn page_size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match Option::deserialize(deserializer)? {
        Some(size) if !(1..=200).contains(&size) => Err(D::Error::custom(format_args!(
            "{OUT_OF_RANGE}A page has 1 to 200 rows."
        ))),
        size => Ok(size),
    }
}

impl PageQuery {
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(50).clamp(1, 200) as usize
    }

    /// What to ask the store for: one more than the page, to know whether there is a next one.
    pub fn fetch(&self) -> i64 {
        self.limit() as i64 + 1
    }

    /// The sort key after which the page begins.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        self.after.as_deref().map(read_cursor).transpose()
    }

    /// A page of what [`PageQuery::fetch`] rows were asked for; `key` is the sort key of a row.
    pub fn page<R, K: Serialize, T>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        view: impl FnMut(R) -> T,
    ) -> Page<T> {
        let more = rows.len() > self.limit();
        rows.truncate(self.limit());
        let next = rows.last().filter(|_| more).map(|row| write_cursor(&key(row)));
        Page {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }
}

pub fn write_cursor<K: Serialize>(key: &K) -> String {
    let json = serde_json::to_vec(key).expect("a sort key is plain data");
    URL_SAFE_NO_PAD.encode(json)
}

pub fn read_cursor<K: DeserializeOwned>(text: &str) -> Result<K, Problem> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| Code::BadCursor.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let rows: Vec<u32> = (0..25).collect();
        let mut query = PageQuery {
            limit: Some(10),
            after: None,
        };
        let mut seen = Vec::new();
        loop {
            let after: Option<u32> = query.after().unwrap();
            let found = rows
                .iter()
                .copied()
                .filter(|row| after.is_none_or(|after| *row > after))
                .take(query.fetch() as usize)
                .collect();
            let page = query.page(found, |row| *row, |row| row);
            seen.extend(page.items);
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn a_foreign_cursor_is_refused_and_limits_are_bounded() {
        for (text, limit) in [
            ("", Some(None)),
            ("limit=200", Some(Some(200))),
            ("limit=0", None),
            ("limit=201", None),
            ("limit=-1", None),
        ] {
            let read = serde_urlencoded::from_str::<PageQuery>(text)
                .ok()
                .map(|query| query.limit);
            assert_eq!(read, limit, "{text}");
        }
        for text in ["", "x", "bnVsbA!", &write_cursor(&"a text")] {
            assert!(read_cursor::<u32>(text).is_err(), "{text}");
        }
        for (limit, shown) in [(None, 50), (Some(0), 1), (Some(7), 7), (Some(9999), 200)] {
            let query = PageQuery { limit, after: None };
            assert_eq!(query.limit(), shown);
        }
    }
}
