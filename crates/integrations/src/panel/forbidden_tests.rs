//! The calls that refund, force or claim must not exist: neither sent nor mentioned.

use std::{fs, path::Path};

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Put together from pieces, so that this file does not find itself.
fn forbidden() -> Vec<String> {
    [
        ("orders/", "cancel"),
        ("set", "canceled"),
        ("set", "partial"),
        ("set-", "partial"),
        ("set", "completed"),
        ("set", "inprogress"),
        ("set", "remains"),
        ("set", "startcount"),
        ("orders/", "resend"),
        ("orders/", "update"),
        ("orders/", "pull"),
        ("refill/", "pull"),
        ("cancel/", "pull"),
        ("change-", "status"),
        ("edit-", "link"),
        ("update", "orders"),
        ("add", "payment"),
        ("deduct", "payment"),
        ("payments/", "add"),
        ("cancel/", "reject"),
    ]
    .iter()
    .map(|(left, right)| format!("{left}{right}"))
    .collect()
}

#[test]
fn no_forbidden_call_is_in_the_source() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 10, "the search must see the crate");
    for (path, text) in &files {
        let text = text.to_lowercase();
        for word in forbidden() {
            assert!(!text.contains(&word), "{path} mentions {word}");
        }
        // The queue calls of the older Admin API; only the read by id may begin with their name.
        let claim = ["get", "order"].concat();
        for (at, _) in text.match_indices(&claim) {
            assert!(
                text[at + claim.len()..].starts_with("s-by-id"),
                "{path} mentions a call that claims work"
            );
        }
    }
}
