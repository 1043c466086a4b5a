//! Every example of `data/messages.tsv` reads as it says, and every rule of the grammar is needed by at least one of them.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fmt::Write as _;

use switchboard_domain::command::CommandKind;
use switchboard_domain::command::parse::{Context, Parsed, RuleName, Rules, Vocabulary, ids_in, parse};
use switchboard_domain::order::OrderIds;

const MESSAGES: &str = include_str!("../data/messages.tsv");
const HEADER: &str = "text\tgroups\task\trule\tquoted\trecent";

struct Example {
    line: usize,
    text: String,
    groups: String,
    ask: bool,
    rules: Vec<String>,
    quoted: Option<String>,
    recent: Option<OrderIds>,
}

fn examples() -> Vec<Example> {
    let mut lines = MESSAGES
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with("# ") && !line.is_empty());
    assert_eq!(lines.next().map(|(_, line)| line), Some(HEADER));
    lines.map(|(index, line)| example(index + 1, line)).collect()
}

fn example(line: usize, text: &str) -> Example {
    let mut cells = text.split('\t').map(str::to_owned).collect::<Vec<_>>();
    assert!(
        (4..=6).contains(&cells.len()),
        "line {line} of messages.tsv has {} cells",
        cells.len()
    );
    cells.resize(6, String::new());
    let [text, groups, ask, rules, quoted, recent] = <[String; 6]>::try_from(cells).unwrap();
    let ask = match ask.as_str() {
        "yes" => true,
        "no" => false,
        other => panic!("line {line} of messages.tsv: ask is yes or no, not `{other}`"),
    };
    let context = Context::default();
    let recent = (!recent.is_empty()).then(|| ids_in(&recent, &context.ids).unwrap());
    Example {
        line,
        text: expand(&text),
        groups: expand(&groups),
        ask,
        rules: rules
            .split('+')
            .filter(|rule| !rule.is_empty())
            .map(str::to_owned)
            .collect(),
        quoted: (!quoted.is_empty()).then(|| expand(&quoted)),
        recent,
    }
}

/// `\n` is a line break, `\u200b` a character by its number, `{ids:3}` three ids, `{pad:9}` nine letters.
fn expand(cell: &str) -> String {
    let mut out = String::new();
    let mut rest = cell;
    while let Some(at) = rest.find(['\\', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("\\n") {
            out.push('\n');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\\u") {
            let code = u32::from_str_radix(&after[..4], 16).unwrap();
            out.push(char::from_u32(code).unwrap());
            rest = &after[4..];
        } else if let Some((command, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            let (name, count) = command.split_once(':').unwrap();
            let count: usize = count.parse().unwrap();
            match name {
                "ids" => out.push_str(&ids(count)),
                "pad" => out.push_str(&"ab ".repeat(count / 3 + 1)),
                other => panic!("unknown shorthand `{other}`"),
            }
            rest = after;
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out + rest
}

fn ids(count: usize) -> String {
    (0..count)
        .map(|n| (481_700_001 + n * 3001).to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn read(example: &Example, rules: Rules) -> Parsed {
    // The owner of the examples calls a refill "topi".
    let vocabulary = Vocabulary::built_in()
        .with_aliases([("topi", CommandKind::Refill)])
        .unwrap();
    let mut context = Context::new(&vocabulary);
    context.ids = context.ids.with_hex24().with_prefix("ord_");
    context.quoted = example.quoted.as_deref();
    context.recent_ids = example.recent.as_ref();
    context.rules = rules;
    parse(&example.text, &context)
}

fn groups(parsed: &Parsed) -> String {
    let group = |group: &switchboard_domain::command::parse::Group| {
        let ids: Vec<&str> = group.orders.iter().map(|id| id.as_str()).collect();
        format!("{} {}", group.command, ids.join(" "))
    };
    parsed.groups.iter().map(group).collect::<Vec<_>>().join("; ")
}

fn as_expected(example: &Example, parsed: &Parsed) -> bool {
    groups(parsed) == example.groups && parsed.ask.is_some() == example.ask
}

#[test]
fn every_example_reads_as_it_says() {
    let examples = examples();
    assert!(examples.len() >= 320, "only {} examples", examples.len());
    let mut failures = String::new();
    for example in &examples {
        let parsed = read(example, Rules::ALL);
        let fired: Vec<&str> = parsed.why.iter().map(|rule| rule.as_str()).collect();
        let rules =
            !example.rules.is_empty() && example.rules.iter().all(|rule| fired.contains(&rule.as_str()));
        if !as_expected(example, &parsed) || !rules {
            let _ = writeln!(
                failures,
                "line {}: {:?}\n   expected [{}] ask {} by {}\n   read     [{}] ask {:?} by {}",
                example.line,
                example.text.chars().take(120).collect::<String>(),
                example.groups,
                example.ask,
                example.rules.join("+"),
                groups(&parsed),
                parsed.ask,
                parsed.why_text(),
            );
        }
    }
    let count = failures.matches("\nline ").count() + usize::from(!failures.is_empty());
    assert!(
        failures.is_empty(),
        "{count} of {} examples:\n{failures}",
        examples.len()
    );
}

/// Compares what is done and what was cut off, not the list of rules: that would be red by itself.
#[test]
fn every_rule_is_needed_by_an_example() {
    let examples = examples();
    let outcome = |parsed: &Parsed| (groups(parsed), format!("{:?}", parsed.reading), parsed.cut.len());
    let mut needless = Vec::new();
    for rule in RuleName::ALL {
        let needed = examples
            .iter()
            .filter(|example| example.rules.iter().any(|name| name == rule.as_str()))
            .any(|example| {
                outcome(&read(example, Rules::ALL.without(*rule))) != outcome(&read(example, Rules::ALL))
            });
        if !needed {
            needless.push(rule.as_str());
        }
    }
    assert!(needless.is_empty(), "no example turns red without: {needless:?}");
}
