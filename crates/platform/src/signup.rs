//! Signing up: the form's rules, and the one transaction from which everything else follows.
//!
//! The account, its tenant's row, the job that makes its workspace, the role of owner, and the panel with its key sealed are
//! committed together. Everything behind that ([`crate::setup`]) is done by the job, step by step, and resumed after a crash.
//! Whether the panel answers makes no difference to whether one can sign up.

use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{
    access::Role,
    id::{PanelId, TenantId, UserId},
};
use switchboard_integrations::panel::{BadPanelUrl, PanelKind, normalise_base_url};
use switchboard_store::{
    Db, StoreError,
    platform::sign_ups::SignUpRow,
    vault::{PanelApiKey, Sealed},
};
use url::Url;

use crate::{
    Actor,
    accounts::{AccountError, Accounts, NewPerson, Origin, Session, insert},
    passwords::PasswordError,
    tenants::{TenantError, Tenants},
};

/// The terms that are accepted at present. They say what the recovery backup holds.
pub const TERMS: &str = "2026-11-24";
pub const LOCALES: [&str; 2] = ["en", "ne"];
pub const THEMES: [&str; 3] = ["system", "light", "dark"];

/// A field that does not fit, with a sentence to show at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongField {
    pub field: &'static str,
    pub code: &'static str,
    pub message: String,
}

fn wrong(field: &'static str, code: &'static str, message: impl Into<String>) -> WrongField {
    WrongField {
        field,
        code,
        message: message.into(),
    }
}

/// The form as it was filled in.
#[derive(Debug)]
pub struct SignUpForm {
    pub username: String,
    pub password: SecretString,
    pub whatsapp_number: String,
    pub telegram_username: String,
    pub panel_url: String,
    pub panel_kind: Option<PanelKind>,
    pub panel_key: SecretString,
    pub panel_name: Option<String>,
    pub accept_terms: bool,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
}

/// The form, checked.
#[derive(Debug)]
pub struct CheckedForm {
    username: String,
    password: SecretString,
    whatsapp_number: String,
    telegram_username: String,
    panel_url: Url,
    panel_kind: Option<PanelKind>,
    panel_key: SecretString,
    panel_name: String,
    locale: String,
    time_zone: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    #[error("that name is taken")]
    UsernameTaken,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the account could not be made")]
    Store(#[from] StoreError),
}

impl SignUpForm {
    /// Everything that is wrong with it, all at once.
    pub fn check(self) -> Result<CheckedForm, Vec<WrongField>> {
        let mut all = Vec::new();
        let mut keep = |result: Result<String, WrongField>| {
            result.unwrap_or_else(|error| {
                all.push(error);
                String::new()
            })
        };
        let username = keep(username(&self.username));
        let whatsapp_number = keep(whatsapp_number(&self.whatsapp_number));
        let telegram_username = keep(telegram_username(&self.telegram_username));
        let locale = keep(locale(self.locale.as_deref().unwrap_or("en")));
        let time_zone = keep(time_zone(self.time_zone.as_deref().unwrap_or("UTC")));
        if let Err(error) = password(&self.password, &self.username) {
            all.push(error);
        }
        let panel_url = normalise_base_url(&self.panel_url).map_err(|error| all.push(wrong_url(&error)));
        let key = self.panel_key.expose_secret().trim().to_owned();
        if key.is_empty() {
            all.push(wrong(
                "panel_key",
                "required",
                "Paste the panel's API key. We say at once what it can do.",
            ));
        } else if key.len() > 500
            || key
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control())
        {
            all.push(wrong(
                "panel_key",
                "invalid",
                "A key has no spaces and is one line. Copy it again.",
            ));
        }
        let panel_name = self.panel_name.unwrap_or_default().trim().to_owned();
        if panel_name.chars().count() > 60 || panel_name.chars().any(char::is_control) {
            all.push(wrong(
                "panel_name",
                "too-long",
                "A name has at most 60 characters, in one line.",
            ));
        }
        if !self.accept_terms {
            all.push(wrong(
                "accept_terms",
                "required",
                "Read and accept the terms to go on.",
            ));
        }
        match panel_url {
            Ok(panel_url) if all.is_empty() => Ok(CheckedForm {
                panel_name: if panel_name.is_empty() {
                    panel_url
                        .host_str()
                        .unwrap_or("My panel")
                        .chars()
                        .take(60)
                        .collect()
                } else {
                    panel_name
                },
                username,
                password: self.password,
                whatsapp_number,
                telegram_username,
                panel_url,
                panel_kind: self.panel_kind,
                panel_key: key.into(),
                locale,
                time_zone,
            }),
            _ => Err(all),
        }
    }
}

/// 3 to 32 letters, digits, `.`, `_`, `-`.
pub fn username(text: &str) -> Result<String, WrongField> {
    let text = text.trim();
    let (field, count) = ("username", text.chars().count());
    if count == 0 {
        return Err(wrong(field, "required", "Choose a name to sign in with."));
    }
    if !text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-'))
    {
        return Err(wrong(
            field,
            "invalid",
            "Use letters a to z, digits, and . _ - only.",
        ));
    }
    if !(3..=32).contains(&count) {
        return Err(wrong(field, "length", "Use 3 to 32 characters."));
    }
    Ok(text.to_owned())
}

/// At least 10 characters, and not the name itself.
pub fn password(password: &SecretString, username: &str) -> Result<(), WrongField> {
    let (field, text) = ("password", password.expose_secret());
    let count = text.chars().count();
    if count == 0 {
        return Err(wrong(field, "required", "Choose a password."));
    }
    if count < 10 {
        return Err(wrong(
            field,
            "too-short",
            "Use at least 10 characters. A few words in a row are easy to remember.",
        ));
    }
    if text.len() > 256 {
        return Err(wrong(field, "too-long", "Use at most 256 characters."));
    }
    let folded = text.to_lowercase();
    let name = username.trim().to_lowercase();
    let one_letter = text.chars().all(|letter| text.starts_with(letter));
    let common = ["password", "1234567890", "qwertyuiop"]
        .iter()
        .any(|common| folded.starts_with(common));
    if one_letter || common || (name.len() >= 3 && folded.replace(&name, "").chars().count() < 4) {
        return Err(wrong(
            field,
            "too-easy",
            "This is one of the first that somebody would try. Choose another one.",
        ));
    }
    Ok(())
}

/// With its country's code; kept as `+9779800000001`.
pub fn whatsapp_number(text: &str) -> Result<String, WrongField> {
    let field = "whatsapp_number";
    if text.trim().is_empty() {
        return Err(wrong(field, "required", "Enter your WhatsApp number."));
    }
    let bare: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '.' | '\u{a0}'))
        .collect();
    let digits = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
    match digits {
        None => Err(wrong(
            field,
            "no-country",
            "Begin with + and the country's code, such as +977.",
        )),
        Some(digits)
            if (8..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && !digits.starts_with('0') =>
        {
            Ok(format!("+{digits}"))
        }
        Some(_) => Err(wrong(
            field,
            "invalid",
            "A number has 8 to 15 digits with its country's code.",
        )),
    }
}

/// Kept without the `@`.
pub fn telegram_username(text: &str) -> Result<String, WrongField> {
    let field = "telegram_username";
    let text = text.trim();
    if text.is_empty() {
        return Err(wrong(field, "required", "Enter your Telegram username."));
    }
    let bare = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .unwrap_or(text);
    let bare = bare
        .strip_prefix("t.me/")
        .unwrap_or(bare)
        .trim_start_matches('@')
        .trim_end_matches('/');
    let fits = (5..=32).contains(&bare.len())
        && bare.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && bare
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if fits {
        Ok(bare.to_owned())
    } else {
        Err(wrong(
            field,
            "invalid",
            "A Telegram username has 5 to 32 letters, digits or _, and begins with a letter. You find it in Telegram's settings.",
        ))
    }
}

pub fn locale(text: &str) -> Result<String, WrongField> {
    if LOCALES.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(wrong("locale", "not-offered", "This language is not offered."))
    }
}

pub fn time_zone(text: &str) -> Result<String, WrongField> {
    text.trim()
        .parse::<Tz>()
        .map(|zone| zone.name().to_owned())
        .map_err(|_| {
            wrong(
                "time_zone",
                "invalid",
                "This is no time zone; write it like Asia/Kathmandu.",
            )
        })
}

pub fn theme(text: &str) -> Result<String, WrongField> {
    if THEMES.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(wrong("theme", "not-offered", "This theme is not offered."))
    }
}

/// What is wrong with a panel's address.
pub fn wrong_url(error: &BadPanelUrl) -> WrongField {
    let code = match error {
        BadPanelUrl::Empty => "required",
        _ => "invalid",
    };
    wrong("panel_url", code, sentence(&error.to_string()))
}

/// An error's text as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// Makes the account and everything that its workspace will be made from.
pub async fn sign_up(
    db: &Db,
    accounts: &Accounts,
    tenants: &Tenants,
    form: CheckedForm,
    origin: &Origin,
) -> Result<Session, SignUpError> {
    let clock = db.clock();
    // Told before the costly part; the index below says it for certain.
    let taken = db
        .begin_platform()
        .await?
        .accounts()
        .find_for_login(&form.username)
        .await?
        .is_some();
    if taken {
        return Err(SignUpError::UsernameTaken);
    }
    let hash = accounts.hash(&form.password).await?;
    let (user, tenant, panel) = (
        UserId::from_uuid(clock.uuid()),
        TenantId::from_uuid(clock.uuid()),
        PanelId::from_uuid(clock.uuid()),
    );
    db.ensure_data_key(tenant).await?;
    let key = db.data_key(tenant).await?;
    let sealed: Sealed<PanelApiKey> =
        Sealed::seal(&key, panel.uuid(), &form.panel_key).map_err(StoreError::from)?;
    let (actor, now) = (Actor::user(user), clock.now());

    let mut tx = db.begin_platform().await?;
    let person = NewPerson {
        username: &form.username,
        password: &form.password,
        whatsapp_number: &form.whatsapp_number,
        telegram_username: &form.telegram_username,
        locale: &form.locale,
        time_zone: &form.time_zone,
        terms_version: TERMS,
    };
    insert(&mut tx, user, &person, &hash, origin, now)
        .await
        .map_err(|error| match error {
            AccountError::UsernameTaken => SignUpError::UsernameTaken,
            AccountError::Store(error) => error.into(),
            other => StoreError::unreadable("account", other.to_string()).into(),
        })?;
    // The operator may have made a tenant of that name.
    let mut name = form.username.clone();
    if tx.tenants().find_by_name(&name).await?.is_some() {
        name = format!("{name} {}", &user.uuid().simple().to_string()[26..]);
    }
    tenants
        .create_in(&mut tx, &actor, tenant, &name)
        .await
        .map_err(|error| match error {
            TenantError::Store(error) => SignUpError::Store(error),
            other => StoreError::unreadable("tenant", other.to_string()).into(),
        })?;
    accounts
        .join(&mut tx, &actor, user, Some(tenant), Role::Owner, now)
        .await?;
    tx.sign_ups()
        .insert(&SignUpRow {
            account_id: user.uuid(),
            tenant_id: tenant.uuid(),
            panel_id: panel.uuid(),
            panel_name: form.panel_name,
            panel_url: form.panel_url.to_string(),
            panel_kind: form.panel_kind.map(|kind| kind.as_str().to_owned()),
            panel_key: Some(sealed),
            panel_report: None,
            schema_at: None,
            credits_at: None,
            panel_at: None,
            created_at: now,
        })
        .await?;
    let session = accounts.begin_session(&mut tx, user, origin, now).await?;
    tx.commit().await?;
    Ok(session)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn form() -> SignUpForm {
        SignUpForm {
            username: "asha".into(),
            password: "correct-horse-9".to_owned().into(),
            whatsapp_number: "+977 98-0000 0001".into(),
            telegram_username: "@asha_shop".into(),
            panel_url: "panel.example".into(),
            panel_kind: None,
            panel_key: " abcdef0123456789 ".to_owned().into(),
            panel_name: None,
            accept_terms: true,
            locale: None,
            time_zone: Some("Asia/Kathmandu".into()),
        }
    }

    #[test]
    fn a_form_is_kept_in_one_spelling() {
        let checked = form().check().unwrap();
        assert_eq!(checked.whatsapp_number, "+9779800000001");
        assert_eq!(checked.telegram_username, "asha_shop");
        assert_eq!(checked.panel_url.as_str(), "https://panel.example/");
        assert_eq!(checked.panel_name, "panel.example");
        assert_eq!(checked.panel_key.expose_secret(), "abcdef0123456789");
        assert_eq!(
            (checked.locale.as_str(), checked.time_zone.as_str()),
            ("en", "Asia/Kathmandu")
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once_and_at_its_field() {
        let form = SignUpForm {
            username: "a b".into(),
            password: "short".to_owned().into(),
            whatsapp_number: "9800000001".into(),
            telegram_username: "@x".into(),
            panel_url: "ftp://panel.example".into(),
            panel_kind: None,
            panel_key: "two words".to_owned().into(),
            panel_name: Some("x".repeat(61)),
            accept_terms: false,
            locale: Some("xx".into()),
            time_zone: Some("Mars/Olympus".into()),
        };
        let errors = form.check().unwrap_err();
        let mut told: Vec<_> = errors.iter().map(|error| (error.field, error.code)).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("accept_terms", "required"),
                ("locale", "not-offered"),
                ("panel_key", "invalid"),
                ("panel_name", "too-long"),
                ("panel_url", "invalid"),
                ("password", "too-short"),
                ("telegram_username", "invalid"),
                ("time_zone", "invalid"),
                ("username", "invalid"),
                ("whatsapp_number", "no-country"),
            ]
        );
        assert!(
            errors.iter().all(|error| error.message.ends_with('.')),
            "{errors:?}"
        );
    }

    #[test]
    fn fields_one_by_one() {
        for (text, kept) in [
            ("+9779800000001", Some("+9779800000001")),
            ("00977 9800000001", Some("+9779800000001")),
            ("(+977) 980.000.0001", Some("+9779800000001")),
            ("+0779800000001", None),
            ("+1234567", None),
            ("+1234567890123456", None),
            ("+97798000x0001", None),
            ("+९७७९८००००००१", None),
        ] {
            assert_eq!(whatsapp_number(text).ok().as_deref(), kept, "{text}");
        }
        for (text, kept) in [
            ("asha_shop", Some("asha_shop")),
            ("https://t.me/asha_shop/", Some("asha_shop")),
            ("t.me/asha_shop", Some("asha_shop")),
            ("asha", None),
            ("1asha_shop", None),
            ("asha-shop", None),
        ] {
            assert_eq!(telegram_username(text).ok().as_deref(), kept, "{text}");
        }
        for (text, fits) in [
            ("aaaaaaaaaaaa", false),
            ("password123456", false),
            ("asha-asha-9", false),
            ("चार शब्द एकै साथ", true),
            ("correct-horse-9", true),
        ] {
            assert_eq!(password(&text.to_owned().into(), "asha").is_ok(), fits, "{text}");
        }
        for (text, fits) in [
            ("ab", false),
            ("a.b-c_9", true),
            ("ашa", false),
            (&"x".repeat(33), false),
        ] {
            assert_eq!(username(text).is_ok(), fits, "{text}");
        }
    }
}
