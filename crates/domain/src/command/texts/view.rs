//! What a customer may see of an order.
//!
//! Invariant: [`CustomerView`] has no field for provider, external id, link, charge or another account's name, and
//! no way in but [`CustomerView::of`], which strips the free text that a panel sends.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::order::{OrderId, OrderStatus, PanelOrder};

const MAX_SERVICE_CHARS: usize = 160;
/// Shorter names are removed only as whole words: three letters stand in too many innocent ones.
const SHORTEST_INSIDE_A_WORD: usize = 5;

/// An order as its owner may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    order_id: OrderId,
    status: Option<String>,
    service: Option<String>,
    remains: Option<String>,
}

impl CustomerView {
    /// Nothing but the id that the customer typed.
    pub fn bare(order_id: OrderId) -> Self {
        Self {
            order_id,
            status: None,
            service: None,
            remains: None,
        }
    }

    /// `provider_names`: every name that the owner's providers go by (alias, real name, domain).
    pub fn of(order: &PanelOrder, provider_names: &[String]) -> Self {
        let mut secrets: Vec<&str> = provider_names.iter().map(String::as_str).collect();
        secrets.extend(order.provider.as_deref());
        secrets.extend(order.external_ids.iter().map(String::as_str));
        let strip = |text: &String| strip(text, &secrets);
        Self {
            order_id: order.id.clone(),
            status: Some(status_word(&order.status).to_owned()),
            service: order
                .service_name
                .as_ref()
                .map(strip)
                .filter(|name| !name.is_empty()),
            remains: order
                .remains
                .as_ref()
                .filter(|text| is_number(text) && !secrets.contains(&text.trim()))
                .map(|text| text.trim().to_owned()),
        }
    }

    pub fn order_id(&self) -> &OrderId {
        &self.order_id
    }

    pub fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }

    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    pub fn remains(&self) -> Option<&str> {
        self.remains.as_deref()
    }
}

/// Our word for a status. A panel's unknown word is never passed on: it may say anything.
fn status_word(status: &OrderStatus) -> &'static str {
    match status {
        OrderStatus::Awaiting => "awaiting",
        OrderStatus::Pending => "pending",
        OrderStatus::Processing => "processing",
        OrderStatus::InProgress => "in progress",
        OrderStatus::Completed => "completed",
        OrderStatus::Partial => "partial",
        OrderStatus::Canceled => "canceled",
        OrderStatus::Refunded => "refunded",
        OrderStatus::Active => "active",
        OrderStatus::Paused => "paused",
        OrderStatus::Expired => "expired",
        OrderStatus::Fail | OrderStatus::Unknown(_) => "under review",
    }
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    (1..=20).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'))
}

/// A service name without the names of the owner's providers, links and @names.
pub fn redact(service_name: &str, provider_names: &[String]) -> String {
    let names: Vec<&str> = provider_names.iter().map(String::as_str).collect();
    strip(service_name, &names)
}

fn strip(text: &str, secrets: &[&str]) -> String {
    static LINKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)[a-z][a-z0-9+.-]*://\S*|\bwww\.\S*|\b(?:t|wa)\.me/\S*|@[\w.]{3,}")
            .expect("the pattern is a constant that a test compiles")
    });
    // Line breaks and control marks would let a service name pose as another line of the reply.
    let one_line: String = text
        .chars()
        .map(|c| {
            if c.is_control() || c.is_whitespace() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let mut text = LINKS.replace_all(&one_line, " ").into_owned();
    let mut names: Vec<Folded> = secrets.iter().flat_map(|name| spellings(name)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.letters.len()));
    // Removing one name can join the halves of another, so this runs until nothing is found; each round is shorter.
    loop {
        let letters = letters(&text);
        let Some(range) = names.iter().find_map(|name| find(&text, &letters, name)) else {
            break;
        };
        text.replace_range(range, "");
    }
    let short: String = text.chars().take(MAX_SERVICE_CHARS).collect();
    short.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name reduced to its letters and digits in one case, as people recognise it.
struct Folded {
    letters: Vec<char>,
}

/// The name itself and, of a domain, the part before the ending.
fn spellings(name: &str) -> Vec<Folded> {
    let stem = name
        .rsplit_once('.')
        .map(|(stem, _)| stem)
        .filter(|stem| fold(stem).len() >= 4);
    [Some(name), stem]
        .into_iter()
        .flatten()
        .map(|name| Folded { letters: fold(name) })
        .filter(|folded| folded.letters.len() >= 2)
        .collect()
}

fn fold(text: &str) -> Vec<char> {
    text.chars().flat_map(fold_char).collect()
}

/// Fancy letters, case, spaces and punctuation do not hide a name.
fn fold_char(c: char) -> Vec<char> {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() {
            vec![c.to_ascii_lowercase()]
        } else {
            Vec::new()
        };
    }
    let compat: String = c.nfkc().map(plain_letter).collect();
    caseless::default_case_fold_str(&compat)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// Small capitals, which owners decorate names with and which compatibility forms do not touch.
pub(in crate::command) fn plain_letter(c: char) -> char {
    const SMALL: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
    const PLAIN: &str = "abcdefghijklmnoprstuvwyz";
    SMALL
        .chars()
        .zip(PLAIN.chars())
        .find_map(|(small, plain)| (small == c).then_some(plain))
        .unwrap_or(c)
}

/// A folded letter, with the byte range of the character that it came from.
type Letter = (char, usize, usize);

fn letters(text: &str) -> Vec<Letter> {
    text.char_indices()
        .flat_map(|(at, c)| {
            fold_char(c)
                .into_iter()
                .map(move |folded| (folded, at, at + c.len_utf8()))
        })
        .collect()
}

/// The byte range of the first place where `name` stands in `text`.
fn find(text: &str, letters: &[Letter], name: &Folded) -> Option<std::ops::Range<usize>> {
    let whole_words =
        name.letters.len() < SHORTEST_INSIDE_A_WORD || name.letters.iter().all(char::is_ascii_digit);
    letters.windows(name.letters.len()).find_map(|window| {
        let same = window.iter().map(|(c, ..)| c).eq(name.letters.iter());
        let (start, end) = (window.first()?.1, window.last()?.2);
        let inside = text[..start]
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
            || text[end..].chars().next().is_some_and(char::is_alphanumeric);
        (same && !(whole_words && inside)).then_some(start..end)
    })
}
