//! What customers read: one key per thing that can be said, our default words, and the owner's words over them.
//!
//! Owns [`ReplyKey`], [`TextBook`] and rendering. Invariants:
//! - a text is made from a [`CustomerView`], which has no field for provider, external id or another person's name;
//! - keys that are said before ownership is known may use no variable that comes from the order, so that an owner's
//!   template cannot tell a stranger what an order looks like;
//! - a broken owner template never costs a reply: the default stands in ([`Rendered::fell_back`] tells).
//!
//! Absent on purpose: splitting at a network's length limit (channels do it).

mod defaults;
mod keys;
mod nepali;
mod render;
mod view;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use keys::{ReplyKey, Variable};
pub use render::{FUEL, MAX_OUTPUT_CHARS, MAX_TEMPLATE_CHARS, TextError};
pub(in crate::command) use view::plain_letter;
pub use view::{CustomerView, redact};

use render::Context;

/// The language that our defaults are written in, and the last resort.
pub const DEFAULT_LANGUAGE: &str = "en";

/// The languages that have words of ours.
pub const LANGUAGES: &[&str] = &[DEFAULT_LANGUAGE, "ne"];

/// Our words in a language; in English where it has none of ours.
pub fn default_text(key: ReplyKey, form: Form, language: &str) -> Option<&'static str> {
    let own = match base_of(language) {
        "ne" => nepali::text(key, form),
        _ => None,
    };
    own.or_else(|| defaults::text(key, form))
}

/// `ne` of `ne-NP`.
fn base_of(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// Whether a text speaks of one order or of a group of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    One,
    Many,
}

/// An owner's words for one key. A plain string is the text for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OwnerText {
    One(String),
    Forms(OwnerForms),
}

/// Both forms of an owner's text. Without `many`, a group is the text for one, once per order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerForms {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<String>,
}

impl OwnerText {
    fn form(&self, form: Form) -> Option<&str> {
        match (self, form) {
            (Self::One(text), Form::One) => Some(text),
            (Self::One(_), Form::Many) => None,
            (Self::Forms(forms), Form::One) => forms.one.as_deref(),
            (Self::Forms(forms), Form::Many) => forms.many.as_deref(),
        }
    }
}

/// All texts of one tenant: the owner's words by language and key, our defaults beneath.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextBook {
    /// Used where the language of the question has no text of the owner's.
    pub language: String,
    pub texts: BTreeMap<String, BTreeMap<ReplyKey, OwnerText>>,
}

impl Default for TextBook {
    fn default() -> Self {
        Self {
            language: DEFAULT_LANGUAGE.to_owned(),
            texts: BTreeMap::new(),
        }
    }
}

/// A template that cannot be saved, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("text `{key}` ({language}) cannot be used: {problem}")]
pub struct TextProblem {
    pub language: String,
    pub key: ReplyKey,
    pub problem: TextError,
}

/// A finished text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    /// The owner's template failed on this message and our default stood in: the owner should be told.
    pub fell_back: bool,
}

impl TextBook {
    /// Everything that is wrong with the owner's texts, for the moment of saving.
    pub fn validate(&self) -> Result<(), Vec<TextProblem>> {
        let mut problems = Vec::new();
        for (language, texts) in &self.texts {
            for (key, text) in texts {
                for form in [Form::One, Form::Many] {
                    if let Some(source) = text.form(form)
                        && let Err(problem) = render::check(*key, form, source)
                    {
                        problems.push(TextProblem {
                            language: language.clone(),
                            key: *key,
                            problem,
                        });
                    }
                }
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// Checks one template as the editor saves it.
    pub fn check(key: ReplyKey, form: Form, source: &str) -> Result<(), TextError> {
        render::check(key, form, source)
    }

    /// What a template would look like with sample orders.
    pub fn preview(key: ReplyKey, form: Form, source: &str) -> Result<String, TextError> {
        render::preview(key, form, source)
    }

    /// The same on an order as it is.
    pub fn preview_on(
        key: ReplyKey,
        form: Form,
        source: &str,
        view: &CustomerView,
    ) -> Result<String, TextError> {
        render::preview_on(key, form, source, view)
    }

    /// The owner's own text in exactly this language.
    pub fn own(&self, key: ReplyKey, form: Form, language: &str) -> Option<&str> {
        self.texts.get(language)?.get(&key)?.form(form)
    }

    /// Puts the owner's text in place; `None` goes back to our words.
    pub fn set(&mut self, key: ReplyKey, form: Form, language: &str, text: Option<String>) {
        let texts = self.texts.entry(language.to_owned()).or_default();
        let mut forms = match texts.remove(&key) {
            Some(OwnerText::One(one)) => OwnerForms {
                one: Some(one),
                many: None,
            },
            Some(OwnerText::Forms(forms)) => forms,
            None => OwnerForms::default(),
        };
        match form {
            Form::One => forms.one = text,
            Form::Many => forms.many = text,
        }
        if forms != OwnerForms::default() {
            texts.insert(key, OwnerText::Forms(forms));
        }
        if texts.is_empty() {
            self.texts.remove(language);
        }
    }

    /// Renders `key` for these orders. One order takes the text for one, several the text for many; where there is
    /// no text for many, the text for one stands once per order.
    pub fn render(&self, key: ReplyKey, said: &[Said<'_>], language: &str) -> Rendered {
        let form = if said.len() > 1 { Form::Many } else { Form::One };
        self.render_as(key, form, said, language)
    }

    /// As [`Self::render`] with the form chosen by the caller.
    pub fn render_as(&self, key: ReplyKey, form: Form, said: &[Said<'_>], language: &str) -> Rendered {
        let mut fell_back = false;
        if let Some(text) = self.owners(key, language) {
            match render_forms(key, form, said, &|form| text.form(form)) {
                Some(Ok(text)) => return Rendered { text, fell_back },
                Some(Err(_)) => fell_back = true,
                None => {}
            }
        }
        let ours = self.language_of_defaults(language);
        let text = render_forms(key, form, said, &|form| default_text(key, form, ours))
            .and_then(Result::ok)
            .unwrap_or_else(|| defaults::LAST_RESORT.to_owned());
        Rendered { text, fell_back }
    }

    /// The asked language where it has words of ours, else the owner's, else English.
    fn language_of_defaults<'l>(&'l self, language: &'l str) -> &'l str {
        [language, self.language.as_str()]
            .into_iter()
            .map(base_of)
            .find(|language| LANGUAGES.contains(language))
            .unwrap_or(DEFAULT_LANGUAGE)
    }

    /// The owner's text for the asked language, its base language, or the owner's own language.
    fn owners(&self, key: ReplyKey, language: &str) -> Option<&OwnerText> {
        [language, base_of(language), self.language.as_str()]
            .into_iter()
            .find_map(|language| self.texts.get(language)?.get(&key))
    }
}

/// `None` where the source has words for neither form that could serve.
fn render_forms<'t>(
    key: ReplyKey,
    form: Form,
    said: &[Said<'_>],
    source: &dyn Fn(Form) -> Option<&'t str>,
) -> Option<Result<String, TextError>> {
    match (form, source(form)) {
        (_, Some(template)) => Some(render::render(template, &Context::new(key, said))),
        (Form::One, None) => None,
        (Form::Many, None) => {
            let template = source(Form::One)?;
            // The cap holds for each line: the list itself grows with the orders of the message, which are bounded.
            let lines: Result<Vec<String>, TextError> = said
                .iter()
                .map(|one| render::render(template, &Context::new(key, std::slice::from_ref(one))))
                .collect();
            Some(lines.map(|lines| lines.join("\n")))
        }
    }
}

/// One order as a text speaks of it: what the customer may see, and what the verdict adds.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// `None` where a text speaks of no order at all.
    pub view: Option<&'a CustomerView>,
    pub details: &'a Details,
}

/// What a verdict adds to the order's own data. None of it comes from the panel's free text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The command that the text speaks of: the one that was opened or refused, which may differ from the one asked.
    pub command: Option<super::CommandKind>,
    pub days_left: Option<i64>,
    /// How an earlier request stands, in words for customers.
    pub state: Option<String>,
    pub wait_minutes: Option<i64>,
}
