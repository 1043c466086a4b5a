//! What customers read, as the owner edits it: every text in each language, with its variables and a preview.
//!
//! A text for several orders is an entry of its own: its key ends in `.many`.

mod catalog;

use serde_json::json;
use switchboard_domain::{
    command::texts::{CustomerView, Form, LANGUAGES, ReplyKey, TextBook, TextError, default_text},
    id::PanelId,
    order::{OrderId, OrderLookup},
};
use switchboard_store::{StoreError, TenantScope};

use crate::{Hub, panels, settings::TEXTS};

pub use catalog::{Variable, variables};

const MANY: &str = ".many";

/// One text that can be changed.
#[derive(Debug, Clone)]
pub struct Text {
    pub key: String,
    pub lang: String,
    pub title: String,
    /// When it is said.
    pub when: &'static str,
    pub group: &'static str,
    /// What counts now.
    pub text: String,
    /// Our words.
    pub default_text: String,
    pub changed: bool,
    pub variables: Vec<Variable>,
    /// What counts now, on sample orders.
    pub preview: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    #[error("there is no text of that key")]
    NoKey,
    #[error("there are no texts in that language")]
    NoLanguage,
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("there is no such panel")]
    NoPanel,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// Key and form of an entry's name.
fn parse(name: &str) -> Option<(ReplyKey, Form)> {
    let (key, form) = match name.strip_suffix(MANY) {
        Some(key) => (key, Form::Many),
        None => (name, Form::One),
    };
    let key = ReplyKey::parse(key)?;
    default_text(key, form, "en").map(|_| (key, form))
}

fn known_language(lang: &str) -> Result<&'static str, ReplyError> {
    LANGUAGES
        .iter()
        .copied()
        .find(|known| *known == lang)
        .ok_or(ReplyError::NoLanguage)
}

fn entry(book: &TextBook, key: ReplyKey, form: Form, lang: &str) -> Text {
    let words = catalog::words(key);
    let default = default_text(key, form, lang).unwrap_or_default();
    let own = book.own(key, form, lang);
    let text = own.unwrap_or(default);
    let (suffix, addition) = match form {
        Form::One => ("", ""),
        Form::Many => (MANY, ", for several orders"),
    };
    Text {
        key: format!("{key}{suffix}"),
        lang: lang.to_owned(),
        title: format!("{}{addition}", words.title),
        when: words.when,
        group: words.group,
        preview: TextBook::preview(key, form, text)
            .or_else(|_| TextBook::preview(key, form, default))
            .unwrap_or_default(),
        text: text.to_owned(),
        default_text: default.to_owned(),
        changed: own.is_some_and(|own| own != default),
        variables: variables(key),
    }
}

async fn book(hub: &Hub, scope: &TenantScope) -> Result<TextBook, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    Ok(tx.settings().find(TEXTS).await?.unwrap_or_default())
}

/// Everything that can be said, in the order of [`ReplyKey::ALL`].
pub async fn list(hub: &Hub, scope: &TenantScope, lang: &str) -> Result<Vec<Text>, ReplyError> {
    let lang = known_language(lang)?;
    let book = book(hub, scope).await?;
    let forms = ReplyKey::ALL
        .iter()
        .flat_map(|key| [(*key, Form::One), (*key, Form::Many)]);
    Ok(forms
        .filter(|(key, form)| default_text(*key, *form, "en").is_some())
        .map(|(key, form)| entry(&book, key, form, lang))
        .collect())
}

/// Puts the owner's words in place; `None` goes back to ours.
pub async fn set(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    name: &str,
    lang: &str,
    text: Option<&str>,
) -> Result<Text, ReplyError> {
    let (key, form) = parse(name).ok_or(ReplyError::NoKey)?;
    let lang = known_language(lang)?;
    if let Some(text) = text {
        TextBook::check(key, form, text)?;
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    // Two people who edit two texts at once must not undo each other: all texts are one document.
    tx.settings().lock(TEXTS).await?;
    let mut book: TextBook = tx.settings().find(TEXTS).await?.unwrap_or_default();
    let before = book.own(key, form, lang).map(str::to_owned);
    book.set(key, form, lang, text.map(str::to_owned));
    if before.as_deref() != text {
        tx.settings().put(TEXTS, &book, now).await?;
        let action = if text.is_some() {
            "reply.set"
        } else {
            "reply.reset"
        };
        let detail = json!({ "lang": lang, "from": before, "to": text });
        tx.audit().append(actor, action, name, detail, now).await?;
    }
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    Ok(entry(&book, key, form, lang))
}

/// A text as it would read, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub text: String,
    /// On which order.
    pub order: String,
    pub problems: Vec<String>,
}

/// Tries a text on sample orders, or on one of a panel, which is only read.
pub async fn preview(
    hub: &Hub,
    scope: &TenantScope,
    name: &str,
    lang: &str,
    text: &str,
    order: Option<(PanelId, OrderId)>,
) -> Result<Preview, ReplyError> {
    let (key, form) = parse(name).ok_or(ReplyError::NoKey)?;
    known_language(lang)?;
    if let Err(problem) = TextBook::check(key, form, text) {
        return Ok(Preview {
            text: String::new(),
            order: order.map_or_else(|| "sample".to_owned(), |(_, order)| order.to_string()),
            problems: vec![problem.to_string()],
        });
    }
    let sample = |problems| {
        Ok(Preview {
            text: TextBook::preview(key, form, text)?,
            order: "sample".to_owned(),
            problems,
        })
    };
    let Some((panel, order)) = order else {
        return sample(Vec::new());
    };
    let desk = panels::desk(hub, scope, panel)
        .await?
        .ok_or(ReplyError::NoPanel)?;
    let found = match desk.orders(std::slice::from_ref(&order)).await {
        Ok(mut found) => found.remove(&order),
        Err(error) => {
            return sample(vec![format!(
                "The panel did not answer: {error}. This is a sample."
            )]);
        }
    };
    match found {
        Some(OrderLookup::Found(found)) => {
            let names = hub.shops.get(&hub.db, scope).await?.provider_names.clone();
            let view = CustomerView::of(&found, &names);
            Ok(Preview {
                text: TextBook::preview_on(key, form, text, &view)?,
                order: order.to_string(),
                problems: Vec::new(),
            })
        }
        Some(OrderLookup::Unreadable(_)) => sample(vec![
            "The panel's answer for this order cannot be read. This is a sample.".to_owned(),
        ]),
        Some(OrderLookup::NotFound) | None => {
            sample(vec!["The panel has no such order. This is a sample.".to_owned()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_an_entry_with_words_and_a_preview() {
        let book = TextBook::default();
        for key in ReplyKey::ALL {
            for lang in LANGUAGES {
                let text = entry(&book, *key, Form::One, lang);
                assert!(!text.title.is_empty() && !text.when.is_empty() && !text.preview.is_empty());
                assert!(!text.changed);
                assert_eq!(parse(&text.key), Some((*key, Form::One)));
            }
        }
        assert_eq!(
            parse("refill_requested.many"),
            Some((ReplyKey::RefillRequested, Form::Many))
        );
        for name in ["", "many", "help.many", "nonsense", "refill_requested.many.many"] {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
