//! The form of a bot token.

use secrecy::{ExposeSecret, SecretString};
use switchboard_channels::login::LoginError;

/// The field in which an owner types the token.
pub const FIELD: &str = "token";

/// Takes a token as typed or pasted; says in which way it is not one, never the token.
pub fn parse(typed: &SecretString) -> Result<SecretString, LoginError> {
    let malformed = |why| LoginError::Malformed { field: FIELD, why };
    let token = typed.expose_secret().trim();
    if token.is_empty() {
        return Err(malformed("it is empty"));
    }
    let (id, key) = token
        .split_once(':')
        .ok_or(malformed("a bot token is a number, a colon and 35 characters"))?;
    if id.is_empty() || id.len() > 16 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed("the part before the colon is a number"));
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if key.len() != 35 || !key.bytes().all(fits) {
        return Err(malformed(
            "the part after the colon is 35 letters, digits, `_` or `-`",
        ));
    }
    Ok(SecretString::from(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_a_token_passes() {
        let key = "AAabcdefghijklmnopqrstuvwxyz0123_-9";
        for (typed, passes) in [
            (format!("123456789:{key}"), true),
            (format!(" 123456789:{key}\n"), true),
            (String::new(), false),
            (key.to_owned(), false),
            (format!("12a:{key}"), false),
            (format!(":{key}"), false),
            (format!("123456789:{key}x"), false),
            (format!("123456789:{}", &key[1..]), false),
            (format!("123456789:{}/", &key[1..]), false),
            (format!("123456789:{}\u{e9}", &key[2..]), false),
        ] {
            let parsed = parse(&SecretString::from(typed.clone()));
            assert_eq!(parsed.is_ok(), passes, "{typed}");
            if let Err(error) = parsed {
                assert!(!error.to_string().contains(&key[5..20]));
            }
        }
    }
}
