//! A text as clients see it, and the query that names its language.

use serde::{Deserialize, Serialize};
use switchboard_tenant::replies::{ReplyError, Text};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Problem,
    words::{Locale, word},
};

/// What a text may name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyVariable {
    /// Written as `{NAME}`.
    pub name: &'static str,
    pub meaning: &'static str,
    pub sample: &'static str,
}

/// One thing that can be said to a customer. A key that ends in `.many` is the text for several orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyText {
    pub key: String,
    pub lang: String,
    pub title: String,
    /// When it is said.
    pub when: &'static str,
    /// What counts now.
    pub text: String,
    pub default_text: String,
    pub changed: bool,
    pub variables: Vec<ReplyVariable>,
    /// On sample orders.
    pub preview: String,
    /// Under which heading it stands.
    pub group: &'static str,
}

impl From<Text> for ReplyText {
    fn from(text: Text) -> Self {
        Self {
            key: text.key,
            lang: text.lang,
            title: text.title,
            when: text.when,
            text: text.text,
            default_text: text.default_text,
            changed: text.changed,
            variables: text
                .variables
                .into_iter()
                .map(|variable| ReplyVariable {
                    name: variable.name,
                    meaning: variable.meaning,
                    sample: variable.sample,
                })
                .collect(),
            preview: text.preview,
            group: text.group,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReplyLanguage {
    /// English unless told.
    #[param(inline, value_type = Option<Locale>)]
    #[serde(default, deserialize_with = "word::<Locale, _>")]
    pub lang: Option<String>,
}

impl ReplyLanguage {
    pub fn lang(&self) -> &str {
        self.lang.as_deref().unwrap_or("en")
    }
}

impl From<ReplyError> for Problem {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::NoKey => Self::not_found(),
            ReplyError::NoLanguage => Self::field("lang", "not-offered", "This language has no texts yet."),
            ReplyError::Text(problem) => Self::field("text", "not-usable", sentence(&problem.to_string())),
            ReplyError::NoPanel => Self::field("order.panel", "unknown", "There is no such panel."),
            ReplyError::Store(error) => error.into(),
        }
    }
}

/// With a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
