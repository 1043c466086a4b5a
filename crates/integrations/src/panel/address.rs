//! What owners paste as "my panel's address", made the base of its API.

use url::{Host, Url};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPanelUrl {
    #[error("enter the address of the panel, such as https://panel.example")]
    Empty,
    #[error("this is not a web address; enter it like https://panel.example")]
    NotAnAddress,
    #[error("the address must begin with https://")]
    Scheme,
    #[error("the address must not hold a user name, password or key")]
    Credentials,
}

/// Path segments at which the panel itself ends and its pages or APIs begin.
const PAGES: &[&str] = &[
    "admin",
    "adminapi",
    "api",
    "orders",
    "order",
    "neworder",
    "services",
    "account",
    "dashboard",
    "login",
    "signin",
    "signup",
    "tickets",
    "addfunds",
    "users",
    "index.php",
];

/// Strips what is not the panel: `/admin`, `/adminapi/v2`, `/api/v2`, doubled slashes, pages, query, fragment.
/// The result ends in a slash. Plain `http` stays only where it was typed with a port or a literal host (an operator's
/// exception); whether such an address may be called is for the HTTP client to say.
pub fn normalise_base_url(text: &str) -> Result<Url, BadPanelUrl> {
    let text = text
        .trim()
        .trim_matches(|c: char| matches!(c, '<' | '>' | '"' | '\'' | '`' | ',' | ';'))
        .trim();
    if text.is_empty() {
        return Err(BadPanelUrl::Empty);
    }
    let with_scheme = match text.split_once("://") {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") =>
        {
            format!(
                "{}://{}",
                scheme.to_ascii_lowercase(),
                rest.trim_start_matches('/')
            )
        }
        Some(_) => return Err(BadPanelUrl::Scheme),
        None => format!("https://{}", text.trim_start_matches('/')),
    };
    let mut url = Url::parse(&with_scheme).map_err(|_| BadPanelUrl::NotAnAddress)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadPanelUrl::Credentials);
    }
    let host = match url.host().ok_or(BadPanelUrl::NotAnAddress)? {
        Host::Domain(name) => Some(name.trim_end_matches('.').to_owned()),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    };
    if let Some(name) = host {
        // A word without a dot is a name only inside somebody's network: then its port is typed too.
        if name.is_empty() || (!name.contains('.') && url.port().is_none()) {
            return Err(BadPanelUrl::NotAnAddress);
        }
        url.set_host(Some(&name)).map_err(|_| BadPanelUrl::NotAnAddress)?;
        if url.scheme() == "http" && url.port().is_none() {
            url.set_scheme("https").map_err(|()| BadPanelUrl::Scheme)?;
        }
    }
    let kept: Vec<String> = url
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .take_while(|segment| !PAGES.contains(&segment.to_ascii_lowercase().as_str()))
        .map(str::to_owned)
        .collect();
    let path = if kept.is_empty() {
        "/".to_owned()
    } else {
        format!("/{}/", kept.join("/"))
    };
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messy_input() {
        for (text, base) in [
            ("panel.example", "https://panel.example/"),
            ("  https://Panel.Example/ ", "https://panel.example/"),
            ("https://panel.example//", "https://panel.example/"),
            ("https://panel.example/admin", "https://panel.example/"),
            (
                "https://panel.example/admin/adminapi/v2/",
                "https://panel.example/",
            ),
            ("https://panel.example//adminapi//v1", "https://panel.example/"),
            (
                "https://panel.example/adminapi/v2/orders?ids=1&apikey=abc#x",
                "https://panel.example/",
            ),
            ("panel.example/api/v2", "https://panel.example/"),
            ("http://panel.example/api", "https://panel.example/"),
            ("HTTPS://panel.example./Admin/orders", "https://panel.example/"),
            ("https://panel.example/shop/api/v2", "https://panel.example/shop/"),
            ("<https://panel.example>", "https://panel.example/"),
            ("http://127.0.0.1:8080/admin", "http://127.0.0.1:8080/"),
            ("http://localhost:8080", "http://localhost:8080/"),
            (
                "https://panel.example:8443/services",
                "https://panel.example:8443/",
            ),
        ] {
            assert_eq!(normalise_base_url(text).unwrap().as_str(), base, "{text}");
        }
        for (text, error) in [
            ("", BadPanelUrl::Empty),
            (" <> ", BadPanelUrl::Empty),
            ("ftp://panel.example", BadPanelUrl::Scheme),
            ("javascript://x", BadPanelUrl::Scheme),
            ("https://me:pw@panel.example", BadPanelUrl::Credentials),
            ("https://", BadPanelUrl::NotAnAddress),
            ("mypanel", BadPanelUrl::NotAnAddress),
            ("a b c", BadPanelUrl::NotAnAddress),
        ] {
            assert_eq!(normalise_base_url(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_came_out_goes_in_unchanged(text in "[a-z]{1,8}(\\.[a-z]{2,5}){1,2}(:[0-9]{2,4})?(/[a-zA-Z0-9]{0,8}){0,4}") {
            if let Ok(base) = normalise_base_url(&text) {
                prop_assert_eq!(normalise_base_url(base.as_str()), Ok(base));
            }
        }
    }
}
