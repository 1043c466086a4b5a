//! What holds for every text, not only for the examples.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use switchboard_domain::command::CommandKind;
use switchboard_domain::command::parse::{Context, Parsed, parse};
use switchboard_domain::order::MAX_ORDERS;

/// Each command in every reviewed spelling worth the name, and in other languages.
const COMMANDS: &[(&str, CommandKind)] = &[
    ("refill", CommandKind::Refill),
    ("refil", CommandKind::Refill),
    ("rf", CommandKind::Refill),
    ("reffill", CommandKind::Refill),
    ("telafi", CommandKind::Refill),
    ("isi ulang", CommandKind::Refill),
    ("cancel", CommandKind::Cancel),
    ("cancle", CommandKind::Cancel),
    ("batalkan", CommandKind::Cancel),
    ("iptal", CommandKind::Cancel),
    ("speed up", CommandKind::SpeedUp),
    ("speedup", CommandKind::SpeedUp),
    ("boost", CommandKind::SpeedUp),
    ("status", CommandKind::Status),
    ("refund", CommandKind::Refund),
    ("money back", CommandKind::Refund),
];

/// `@` stands for the command, `#` for the id.
const NEGATIONS: &[&str] = &[
    "don't @ #",
    "dont @ #",
    "don’t @ my order #",
    "do not @ #",
    "pls do not @ #",
    "DONT @ #",
    "never @ #",
    "not @ #",
    "no @ #",
    "# no @",
    "# no @?",
    "no need to @ #",
    "no need @ #",
    "# @ not",
    "# don't @",
    "# do not @ it",
    "@ # no",
    "please don't ever @ #",
    "i don't want @ #",
    "i dont need @ for #",
    "did not @ #",
    "didn't @ #",
    "can't @ #",
    "cannot @ #",
    "won't @ #",
    "will not @ #",
    "shouldn't @ #",
    "must not @ #",
    "without @ #",
    "@ # not done",
    "# @ not working",
    "# @ not received",
    "@ #? no",
    "@ #\nno don't",
    "do not, please, @ #",
    "never ever @ #",
    "donot @ #",
    "dnt @ #",
    "avoid @ #",
    "don't you @ #",
    "why no @ #",
    "not yet @ #",
    "still no @ #",
    "stop the @ #",
    "# @ mat karo",
    "# @ mat karna",
    "mat @ karo #",
    "@ mat kro #",
    "# @ nahi",
    "# @ nahi karna",
    "@ nahi karo #",
    "# @ nhi chahiye",
    "# @ nahi hua",
    "# @ nahi mila",
    "# @ na karo",
    "na @ karo #",
    "bina @ #",
    "# ka @ mat karo bhai",
    "# @ nagarnu",
    "# @ nagarnus",
    "# @ na garnu",
    "# @ nagara",
    "@ nagarnu hai #",
    "# @ nagardinu",
    "# @ garnu hudaina",
    "# @ garnu pardaina",
    "# @ chaina",
    "# @ bhayena",
    "# @ vayena",
    "# @ gareko chaina",
    "# @ koiren na",
    "# @ koro na",
    "# @ korben na",
    "# @ hoy nai",
    "# @ dorkar nai",
    "# @ করবেন না",
    "# @ হয়নি",
    "jangan @ #",
    "jgn @ #",
    "# jangan di @",
    "tidak @ #",
    "# ga usah @",
    "# belum @",
    "# @ etme",
    "# @ etmeyin",
    "# @ yapma",
    "# @ olmadı",
    "# @ istemiyorum",
    "لا @ #",
    "# بدون @",
    "не @ #",
    "# не надо @",
    "# @ मत करो",
    "# @ नहीं हुआ",
    "# @ नगर्नु",
    "no quiero @ #",
    "sin @ #",
    "não @ #",
    "❌ @ #",
    "# @ 🚫",
];

fn read(text: &str) -> Parsed {
    parse(text, &Context::default())
}

fn ids(parsed: &Parsed) -> Vec<String> {
    parsed
        .groups
        .iter()
        .flat_map(|group| group.orders.iter())
        .map(|id| id.as_str().to_owned())
        .collect()
}

/// What stands around commands and is no id.
const NOISE: &[&str] = &[
    "bro",
    "pls",
    "sir",
    "hello",
    "🙏",
    "!!",
    "my order",
    "asap",
    "@shop_owner",
    "my client is angry",
    "https://instagram.com/p/481700001",
    "5000 likes",
    "24h",
    "$50",
    "thanks",
    "12/05/2025",
    "user99999x",
    "since 3 days",
];

/// A number that no rule takes for anything but an id.
fn id() -> impl Strategy<Value = String> {
    (100_000_000u32..999_999_999).prop_map(|n| if n % 1000 == 0 { n + 1 } else { n }.to_string())
}

/// Bits that once were, or may become, trouble.
const RUBBLE: &[&str] = &[
    "refill",
    "cancel",
    "don't",
    "not",
    "481799696",
    "1,2",
    "٤٨١",
    "²",
    "①",
    "@a",
    "https://t.me/1",
    "panel.example/orders/481799696",
    "+",
    "-",
    "..",
    "\n",
    "#",
    "$",
    "?",
    "to",
    "\u{200b}",
    "1000 likes",
    "12/05/2025",
    "rf481799696",
    "i̇",
    "ﷺ",
    "ß",
    "no",
    "4817O9",
];

/// Pieces that messages are made of, in any order.
fn rubble() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(RUBBLE).prop_map(str::to_owned),
        any::<String>(),
        "[0-9 ,.\\-/+@#]{0,40}",
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.join(" "))
}

/// Every negation, every command: all of them, not a sample.
#[test]
fn no_negated_command_acts() {
    let mut acted = Vec::new();
    for form in NEGATIONS {
        for (command, _) in COMMANDS {
            for id in ["481799696", "5523", "#481799696", "481799696,481799190"] {
                let text = form.replace('#', id).replace('@', command);
                if read(&text).acts() {
                    acted.push(text);
                }
            }
        }
    }
    assert!(
        acted.is_empty(),
        "{} negated messages act:\n{}",
        acted.len(),
        acted.join("\n")
    );
}

/// The table above proves nothing about commands that never act at all.
#[test]
fn the_same_commands_act_without_a_negation() {
    for (command, kind) in COMMANDS {
        let parsed = read(&format!("{command} 481799696"));
        let asks = ["batalkan", "iptal"].contains(command);
        assert_eq!(parsed.acts(), !asks, "{command}");
        let groups = if asks { &parsed.proposed } else { &parsed.groups };
        assert_eq!(groups[0].command, *kind, "{command}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_never_panics_and_keeps_its_limits(text in rubble(), quoted in proptest::option::of(rubble())) {
        let parsed = parse(&text, &Context { quoted: quoted.as_deref(), ..Context::default() });
        let ids = ids(&parsed);
        prop_assert!(ids.len() <= MAX_ORDERS);
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), ids.len());
        prop_assert!(parsed.ask.is_none() || parsed.groups.is_empty());
    }

    #[test]
    fn ids_are_ascii_and_stand_in_the_text(text in rubble()) {
        for id in ids(&read(&text)) {
            prop_assert!(id.is_ascii());
            prop_assert!(ascii_digits(&text).contains(&id), "{} not in {}", id, text);
        }
    }

    #[test]
    fn all_ids_are_found_in_order(
        found in vec(id(), 1..180),
        separator in select(&[",", " ", "\n", ", ", " | ", ";", "\n#", ",,", "،"][..]),
        first in any::<bool>(),
    ) {
        let list = found.join(separator);
        let text = if first { format!("refill {list}") } else { format!("{list} refill") };
        let parsed = read(&text);
        let mut unique: Vec<String> = Vec::new();
        found.into_iter().for_each(|id| if !unique.contains(&id) { unique.push(id) });
        let cut: Vec<String> = parsed.cut.iter().map(ToString::to_string).collect();
        prop_assert_eq!(ids(&parsed), &unique[..unique.len().min(MAX_ORDERS)]);
        prop_assert_eq!(cut, &unique[unique.len().min(MAX_ORDERS)..]);
    }

    #[test]
    fn noise_changes_no_ids(
        found in vec(id(), 1..6),
        noise in vec(select(NOISE), 0..5),
        at in vec(any::<Index>(), 5),
    ) {
        let mut parts: Vec<String> = vec![format!("refill {}", found.join(" "))];
        for (noise, at) in noise.iter().zip(at) {
            let place = at.index(parts.len() + 1);
            parts.insert(place, (*noise).to_owned());
        }
        let text = parts.join(" ");
        let mut unique: Vec<String> = Vec::new();
        found.into_iter().for_each(|id| if !unique.contains(&id) { unique.push(id) });
        prop_assert_eq!(ids(&read(&text)), unique, "{}", text);
    }

    #[test]
    fn digits_of_any_script_are_the_same_id(
        id in id(),
        zero in select(&['٠', '۰', '०', '০', '０', '๐', '𝟎', '၀'][..]),
    ) {
        let other: String = id.bytes().map(|b| char::from_u32(zero as u32 + u32::from(b - b'0')).unwrap()).collect();
        prop_assert_eq!(ids(&read(&format!("{other} refill"))), vec![id.clone()]);
        let mixed = format!("{}{} refill", &id[..4], other.chars().skip(4).collect::<String>());
        prop_assert!(!read(&mixed).acts());
        prop_assert!(read(&mixed).ask.is_some());
    }

    #[test]
    fn a_superscript_in_an_id_asks(
        id in id(),
        odd in select(&['²', '³', '¹', '⁴', '①', '❷', '½', 'Ⅷ', '₅', '㉑'][..]),
        at in 0usize..=9,
    ) {
        let text = format!("refill {}{odd}{}", &id[..at], &id[at..]);
        prop_assert!(!read(&text).acts(), "{}", text);
        prop_assert!(read(&text).ask.is_some(), "{}", text);
    }

    #[test]
    fn no_slip_turns_one_command_into_another(
        word in select(&["refill", "cancel", "status", "refund", "speedup", "telafi", "iptal"][..]),
        at in any::<Index>(),
        letter in "[a-z]",
        kind in 0..4,
    ) {
        let mut letters: Vec<char> = word.chars().collect();
        let at = at.index(letters.len());
        match kind {
            0 => { letters.remove(at); }
            1 => letters.insert(at, letter.chars().next().unwrap()),
            2 => letters[at] = letter.chars().next().unwrap(),
            _ => if at > 0 { letters.swap(at, at - 1) },
        }
        let typed: String = letters.into_iter().collect();
        let meant = COMMANDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind).unwrap_or(CommandKind::SpeedUp);
        let parsed = read(&format!("{typed} 481799696"));
        for group in parsed.groups.iter().chain(&parsed.proposed) {
            prop_assert_eq!(group.command, meant, "{}", typed);
        }
    }
}

/// The text with every decimal digit as ASCII and what cannot be seen left out.
fn ascii_digits(text: &str) -> String {
    text.chars()
        .filter(|c| (c.is_whitespace() || !c.is_control()) && !unseen(*c))
        .map(|c| {
            let zero = |c: char| {
                (0..10)
                    .rev()
                    .filter_map(|n| char::from_u32(c as u32 - n.min(c as u32)))
                    .find(|z| is_zero(*z))
            };
            match c {
                '0'..='9' => c,
                _ if c.is_numeric() => zero(c)
                    .and_then(|z| char::from_digit(c as u32 - z as u32, 10))
                    .unwrap_or(c),
                _ => c,
            }
        })
        .collect()
}

fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether the ten characters from here on are numeric and the one before is not of the same run.
fn is_zero(c: char) -> bool {
    (0..10).all(|n| char::from_u32(c as u32 + n).is_some_and(char::is_numeric))
}
