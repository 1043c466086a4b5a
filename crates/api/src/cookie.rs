//! The session's cookie.
//!
//! Invariant: under https it is `__Host-switchboard` (secure, this host only, whole site); the plain name is used on the
//! machine itself, where there is no https, and nowhere else.

use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use crate::ApiSettings;

const SECURE: &str = "__Host-switchboard";
const PLAIN: &str = "switchboard";

fn name(settings: &ApiSettings) -> &'static str {
    if settings.is_https() { SECURE } else { PLAIN }
}

/// The token in the request's cookie. The right-most of several of the same name is ignored like all but the first.
pub fn read<'h>(headers: &'h HeaderMap, settings: &ApiSettings) -> Option<&'h str> {
    let name = name(settings);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|token| token.len() == 64)
}

pub fn set(token: &SecretString, max_age_s: i64, settings: &ApiSettings) -> HeaderValue {
    write(token.expose_secret(), max_age_s, settings)
}

pub fn clear(settings: &ApiSettings) -> HeaderValue {
    write("", 0, settings)
}

fn write(value: &str, max_age_s: i64, settings: &ApiSettings) -> HeaderValue {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}",
        name(settings)
    );
    let mut value = HeaderValue::try_from(text).expect("a name, hex digits and attributes are visible ASCII");
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> ApiSettings {
        ApiSettings {
            public_url: (!url.is_empty()).then(|| url.parse().unwrap()),
            ..ApiSettings::default()
        }
    }

    #[test]
    fn a_cookie_reads_back_under_its_own_name_only() {
        let token = "a".repeat(64);
        let secret = SecretString::from(token.clone());
        let https = settings("https://panel.example");
        let set = set(&secret, 60, &https);
        let text = set.to_str().unwrap();
        assert!(text.starts_with("__Host-switchboard="));
        for part in [
            "; Secure",
            "; HttpOnly",
            "; SameSite=Lax",
            "; Path=/",
            "; Max-Age=60",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Domain"));
        assert!(!format!("{set:?}").contains(&token));

        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_str(&format!("x=1; __Host-switchboard={token}; y=2")).unwrap(),
        );
        assert_eq!(read(&headers, &https), Some(token.as_str()));
        assert_eq!(
            read(&headers, &settings("")),
            None,
            "the plain name is another cookie"
        );
        let plain = set_plain(&token);
        assert_eq!(
            read(&plain, &https),
            None,
            "what any page of the host can set is not believed"
        );
        assert_eq!(read(&plain, &settings("")), Some(token.as_str()));
        assert!(!clear(&settings("")).to_str().unwrap().contains("Secure"));
    }

    fn set_plain(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(&format!("switchboard={token}")).unwrap();
        headers.append(header::COOKIE, value);
        headers
    }
}
