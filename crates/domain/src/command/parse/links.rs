//! Links, e-mail addresses and @names: cut out before ids are looked for.
//!
//! Invariant: a link gives an id only if it is the panel's own order page (`/orders/1`, `?search=1`, `?order=1`); the
//! numbers in links of posts, chats and e-mail addresses never do.

use std::ops::Range;

use super::normalize::{Glyph, Kind};
use super::rules::{RuleName, Trace};
use super::shape::IdShape;

/// What was cut out of a text.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    /// Ids of order pages, with the place of the link.
    pub(super) ids: Vec<(usize, String)>,
    /// Whether a link that gives no id was there.
    pub(super) other_link: bool,
}

/// Hosts whose links are never order pages.
const SOCIAL: [&str; 28] = [
    "instagram.com",
    "instagr.am",
    "facebook.com",
    "fb.com",
    "fb.watch",
    "youtube.com",
    "youtu.be",
    "tiktok.com",
    "twitter.com",
    "x.com",
    "t.me",
    "telegram.me",
    "threads.net",
    "threads.com",
    "wa.me",
    "whatsapp.com",
    "linkedin.com",
    "spotify.com",
    "soundcloud.com",
    "twitch.tv",
    "pinterest.com",
    "snapchat.com",
    "reddit.com",
    "vk.com",
    "likee.video",
    "google.com",
    "goo.gl",
    "discord.gg",
];

/// Endings by which a name without `http://` is known for a link.
const ENDINGS: [&str; 26] = [
    "com", "net", "org", "info", "shop", "store", "site", "online", "app", "xyz", "link", "club", "live",
    "pro", "top", "vip", "dev", "biz", "page", "tech", "example", "test", "gg", "tv", "be", "ly",
];

/// Endings that are words as well: only before a `/`.
const WORDY_ENDINGS: [&str; 24] = [
    "me", "in", "io", "co", "id", "to", "is", "it", "ru", "us", "uk", "np", "bd", "pk", "tr", "br", "es",
    "ae", "am", "cc", "eu", "de", "fr", "ai",
];

const QUERY_KEYS: [&str; 9] = [
    "order", "orders", "order_id", "orderid", "order-id", "oid", "search", "query", "ids",
];

/// Marks what is cut as [`Kind::Cut`].
pub(super) fn cut(glyphs: &mut [Glyph], shape: &IdShape, trace: &mut Trace) -> Cuts {
    let mut cuts = Cuts::default();
    let mut start = 0;
    while start < glyphs.len() {
        if matches!(glyphs[start].kind, Kind::Space | Kind::Newline) {
            start += 1;
            continue;
        }
        let end = (start..glyphs.len())
            .find(|i| matches!(glyphs[*i].kind, Kind::Space | Kind::Newline))
            .unwrap_or(glyphs.len());
        cut_chunk(glyphs, start..end, shape, trace, &mut cuts);
        start = end;
    }
    cuts
}

fn cut_chunk(glyphs: &mut [Glyph], chunk: Range<usize>, shape: &IdShape, trace: &mut Trace, cuts: &mut Cuts) {
    if !glyphs[chunk.clone()]
        .iter()
        .any(|g| matches!(g.c, '.' | '@' | ':'))
    {
        return;
    }
    let text: Vec<char> = glyphs[chunk.clone()].iter().map(|g| g.c).collect();
    let schemes = schemes(&text);
    let mut from = 0;
    while let Some(start) = link_start(&text, from, &schemes) {
        let end = schemes
            .iter()
            .copied()
            .find(|scheme| *scheme > start)
            .unwrap_or(text.len());
        let mut to = end;
        while to > start
            && matches!(
                text[to - 1],
                ')' | ']' | '}' | '.' | ',' | ';' | '!' | '?' | '"' | '\'' | '*' | '>'
            )
        {
            to -= 1;
        }
        let link: String = text[start..to].iter().collect();
        let ids = order_page(&link, shape);
        let ids = if !ids.is_empty() && trace.fire(RuleName::OrderLink) {
            ids
        } else {
            Vec::new()
        };
        if ids.is_empty() {
            cuts.other_link = true;
            // What follows a comma is no part of a post's address.
            let comma = text[start..to]
                .iter()
                .position(|c| matches!(c, ',' | '|' | '"' | '<'));
            to = comma.map_or(to, |comma| start + comma);
        }
        cuts.ids
            .extend(ids.into_iter().map(|id| (chunk.start + start, id)));
        cut_names(glyphs, chunk.start + from, &text[from..start], trace);
        if trace.fire(RuleName::LinkCut) {
            for glyph in &mut glyphs[chunk.start + start..chunk.start + to] {
                glyph.kind = Kind::Cut;
            }
        }
        from = to.max(start + 1);
    }
    cut_names(glyphs, chunk.start + from, &text[from..], trace);
}

/// Where the schemes (`https`) of links begin in a piece of text without spaces.
fn schemes(text: &[char]) -> Vec<usize> {
    let colons = text
        .windows(3)
        .enumerate()
        .filter(|(_, window)| *window == [':', '/', '/']);
    colons
        .map(|(colon, _)| {
            let before = &text[..colon];
            let http = ["https", "http"].into_iter().find(|scheme| {
                before.len() >= scheme.len()
                    && before[colon - scheme.len()..].iter().copied().eq(scheme.chars())
            });
            let letters = || {
                before
                    .iter()
                    .rev()
                    .take(12)
                    .take_while(|c| c.is_ascii_alphabetic())
                    .count()
            };
            colon - http.map_or_else(letters, str::len)
        })
        .collect()
}

/// Where the first link from `from` on begins.
fn link_start(text: &[char], from: usize, schemes: &[usize]) -> Option<usize> {
    let scheme = schemes.iter().copied().find(|scheme| *scheme >= from);
    let limit = scheme.unwrap_or(text.len());
    let mut at = from;
    while at < limit {
        if !host_char(text[at]) {
            at += 1;
            continue;
        }
        let end = (at..limit).find(|i| !host_char(text[*i])).unwrap_or(limit);
        let host: String = text[at..end].iter().collect();
        let before_at = at > 0 && text[at - 1] == '@' || text.get(end) == Some(&'@');
        if !before_at && is_host(host.trim_matches('.'), text.get(end).copied(), &text[end..]) {
            return Some(at);
        }
        at = end;
    }
    scheme
}

fn host_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '-'
}

fn is_host(host: &str, next: Option<char>, rest: &[char]) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let [head @ .., ending] = labels.as_slice() else {
        return false;
    };
    let named = head
        .iter()
        .any(|label| label.chars().any(|c| c.is_ascii_alphabetic()))
        && head.iter().all(|label| !label.is_empty());
    if !named || ending.len() < 2 || !ending.chars().all(|c| c.is_ascii_alphabetic()) {
        return false;
    }
    if head[0] == "www" {
        return true;
    }
    let order_path = rest.iter().take(6).collect::<String>() == "/order";
    ENDINGS.contains(ending)
        || (WORDY_ENDINGS.contains(ending) && matches!(next, Some('/' | '?')))
        || order_path
}

/// The ids that an order page's link names; none for any other link.
fn order_page(link: &str, shape: &IdShape) -> Vec<String> {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let split = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(split);
    let host = host.split(':').next().unwrap_or(host).trim_start_matches("www.");
    if SOCIAL
        .iter()
        .any(|social| host == *social || host.ends_with(&format!(".{social}")))
    {
        return Vec::new();
    }
    let mut orders_page = false;
    for part in path.split(['/', '#']).filter(|part| !part.is_empty()) {
        let (segment, query) = part.split_once('?').unwrap_or((part, ""));
        if orders_page && let Some(ids) = id_list(segment, shape) {
            return ids;
        }
        orders_page |= matches!(
            segment,
            "order" | "orders" | "my-orders" | "order-details" | "orders.php" | "order.php"
        );
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if (QUERY_KEYS.contains(&key) || (orders_page && key == "id"))
                && let Some(ids) = id_list(value, shape)
            {
                return ids;
            }
        }
    }
    Vec::new()
}

fn id_list(text: &str, shape: &IdShape) -> Option<Vec<String>> {
    let text = text.replace("%2c", ",").replace("%20", ",");
    let ids: Vec<String> = text
        .split([',', '+', ';', '|'])
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let fits = !ids.is_empty() && ids.iter().all(|id| shape.fits_digits(id));
    fits.then_some(ids)
}

/// E-mail addresses and @names in `text`, which begins at `start`.
fn cut_names(glyphs: &mut [Glyph], start: usize, text: &[char], trace: &mut Trace) {
    let name = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|c| *c == '@').map(|i| from + i) {
        let after = text[at + 1..].iter().take_while(|c| name(c)).count();
        let end = at + 1 + after;
        let domain = &text[at + 1..end];
        let mail = domain
            .iter()
            .rposition(|c| *c != '.')
            .is_some_and(|last| domain[..last].contains(&'.'));
        let before = if mail {
            text[from..at].iter().rev().take_while(|c| name(c)).count()
        } else {
            0
        };
        if after > 0 && trace.fire(RuleName::MentionCut) {
            for glyph in &mut glyphs[start + at - before..start + end] {
                glyph.kind = Kind::Cut;
            }
        }
        from = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_pages_and_others() {
        let shape = IdShape::default();
        for (link, ids) in [
            ("https://panel.example/orders/481799696", vec!["481799696"]),
            (
                "https://panel.example/admin/orders?search=481799696,481799190",
                vec!["481799696", "481799190"],
            ),
            (
                "panel.example/orders/completed/481799696?page=2",
                vec!["481799696"],
            ),
            ("https://panel.example/?order=481799696", vec!["481799696"]),
            (
                "https://panel.example/orders/view?id=481799696",
                vec!["481799696"],
            ),
            ("https://panel.example/orders?page=481799696", vec![]),
            ("https://instagram.com/orders/481799696", vec![]),
            ("https://www.tiktok.com/@x/video/7212345678", vec![]),
            ("https://facebook.com/permalink.php?id=100012345678", vec![]),
            ("https://panel.example/services/481799696", vec![]),
        ] {
            assert_eq!(order_page(link, &shape), ids, "{link}");
        }
    }
}
