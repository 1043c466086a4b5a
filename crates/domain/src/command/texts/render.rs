//! Templates: `{ORDERID}` for owners who write texts, `{{ … }}` and `{% … %}` for those who want more.
//!
//! Invariant: an owner's template costs bounded time and memory (fuel), yields a bounded text, and sees nothing but
//! the variables of its key.

use std::{collections::BTreeMap, sync::LazyLock};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use super::{CustomerView, Details, Form, ReplyKey, Said, Variable};
use crate::order::OrderId;

/// Bounds time, and memory to about a megabyte. A loop over 100 orders costs some 3,000.
pub const FUEL: u64 = 20_000;
pub const MAX_OUTPUT_CHARS: usize = 4_000;
pub const MAX_TEMPLATE_CHARS: usize = 4_000;
/// How much of a list of ids is named in one text.
const MAX_IDS_CHARS: usize = 3_500;
/// Stands where the panel did not say.
const NOT_SAID: &str = "-";

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("the text is empty")]
    Empty,
    #[error("the text has more than {MAX_TEMPLATE_CHARS} characters")]
    TooLong,
    #[error("`{0}` is not a variable; there are {1}")]
    UnknownVariable(String, String),
    #[error("`{0}` cannot be used here: it is not known, or must not be told, when this text is sent")]
    NotHere(String),
    #[error("line {line}: {problem}")]
    Syntax { line: usize, problem: String },
    #[error("the text takes too long to make, or becomes too large")]
    TooCostly,
    #[error("the finished text has more than {MAX_OUTPUT_CHARS} characters")]
    OutputTooLong,
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(32);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    // It prints the whole context, names of ours included.
    environment.remove_global("debug");
    environment
});

/// The values of one text.
pub(super) struct Context(BTreeMap<&'static str, Value>);

impl Context {
    pub(super) fn new(key: ReplyKey, said: &[Said<'_>]) -> Self {
        let mut values = BTreeMap::new();
        let ids: Vec<&OrderId> = said
            .iter()
            .filter_map(|one| one.view)
            .map(CustomerView::order_id)
            .collect();
        for variable in key.variables() {
            let value = match variable {
                Variable::OrderId => Value::from(list(&ids, ", ")),
                Variable::Ids => Value::from(list(&ids, ids_joiner(key))),
                Variable::Count => Value::from(ids.len()),
                Variable::Orders => Value::from(
                    said.iter()
                        .map(|one| {
                            let fields: BTreeMap<&str, Value> = key
                                .variables()
                                .iter()
                                .filter(|v| !matches!(v, Variable::Ids | Variable::Count | Variable::Orders))
                                .map(|v| (v.as_str(), Value::from(field(*v, one))))
                                .collect();
                            Value::from_pairs(fields)
                        })
                        .collect::<Vec<Value>>(),
                ),
                other => Value::from(common(*other, said)),
            };
            values.insert(variable.as_str(), value);
        }
        Self(values)
    }
}

/// Refusals are one sentence; elsewhere ids stand in lines, to be copied.
fn ids_joiner(key: ReplyKey) -> &'static str {
    match key {
        ReplyKey::NotYours | ReplyKey::NotYoursListed => ", ",
        _ => "\n",
    }
}

/// Names as many ids as a text can hold, and how many more there are.
fn list(ids: &[&OrderId], joiner: &str) -> String {
    let mut text = String::new();
    for (index, id) in ids.iter().enumerate() {
        if text.len() + id.as_str().len() > MAX_IDS_CHARS {
            return format!("{text}{joiner}… and {} more", ids.len() - index);
        }
        if index > 0 {
            text.push_str(joiner);
        }
        text.push_str(id.as_str());
    }
    text
}

/// The value that all orders share, or nothing that could be wrong for one of them.
fn common(variable: Variable, said: &[Said<'_>]) -> String {
    let mut values = said.iter().map(|one| field(variable, one));
    match values.next() {
        Some(first) if values.all(|value| value == first) => first,
        _ => NOT_SAID.to_owned(),
    }
}

fn field(variable: Variable, one: &Said<'_>) -> String {
    let (view, details) = (one.view, one.details);
    let value = match variable {
        Variable::OrderId | Variable::Ids => view.map(|view| view.order_id().to_string()),
        Variable::Command => details.command.map(|command| command.to_string()),
        Variable::Status => view.and_then(CustomerView::status).map(str::to_owned),
        Variable::Service => view.and_then(CustomerView::service).map(str::to_owned),
        Variable::Remains => view.and_then(CustomerView::remains).map(str::to_owned),
        Variable::DaysLeft => details.days_left.map(|days| days.to_string()),
        Variable::State => details.state.clone(),
        Variable::Wait => details.wait_minutes.map(wait_words),
        Variable::Count | Variable::Orders => None,
    };
    value.unwrap_or_else(|| NOT_SAID.to_owned())
}

fn wait_words(minutes: i64) -> String {
    match (minutes.max(1) / 60, minutes.max(1) % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

pub(super) fn render(source: &str, context: &Context) -> Result<String, TextError> {
    let source = to_jinja(source)?;
    let template = ENVIRONMENT.template_from_str(&source).map_err(from_jinja)?;
    let text = template
        .render(Value::from_pairs(
            context.0.iter().map(|(name, value)| (*name, value.clone())),
        ))
        .map_err(from_jinja)?;
    let text = text.trim();
    match text.chars().count() {
        0 => Err(TextError::Empty),
        n if n > MAX_OUTPUT_CHARS => Err(TextError::OutputTooLong),
        _ => Ok(text.to_owned()),
    }
}

/// As the editor saves it: every variable belongs to the key, and it renders for short and for full messages.
pub(super) fn check(key: ReplyKey, form: Form, source: &str) -> Result<(), TextError> {
    preview(key, form, source)?;
    if form == Form::Many {
        with_samples(key, crate::order::MAX_ORDERS, |context| render(source, context))?;
    }
    Ok(())
}

pub(super) fn preview(key: ReplyKey, form: Form, source: &str) -> Result<String, TextError> {
    if source.chars().count() > MAX_TEMPLATE_CHARS {
        return Err(TextError::TooLong);
    }
    let jinja = to_jinja(source)?;
    let template = ENVIRONMENT.template_from_str(&jinja).map_err(from_jinja)?;
    let globals: Vec<&str> = ENVIRONMENT.globals().map(|(name, _)| name).collect();
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort();
    for name in names {
        match Variable::parse(&name) {
            Some(variable) if key.variables().contains(&variable) => {}
            Some(_) => return Err(TextError::NotHere(name)),
            None if globals.contains(&name.as_str()) => {}
            None => return Err(unknown(&name)),
        }
    }
    let count = match form {
        Form::One => 1,
        Form::Many => 3,
    };
    with_samples(key, count, |context| render(source, context))
}

/// As [`preview`], on an order as it is; what a verdict would add stays a sample.
pub(super) fn preview_on(
    key: ReplyKey,
    form: Form,
    source: &str,
    view: &CustomerView,
) -> Result<String, TextError> {
    preview(key, form, source)?;
    let details = sample_details();
    let said = [Said {
        view: Some(view),
        details: &details,
    }];
    render(source, &Context::new(key, &said))
}

fn with_samples<T>(key: ReplyKey, count: usize, then: impl FnOnce(&Context) -> T) -> T {
    let views: Vec<CustomerView> = (0..count).map(sample).collect();
    let details = sample_details();
    let said: Vec<Said<'_>> = views
        .iter()
        .map(|view| Said {
            view: Some(view),
            details: &details,
        })
        .collect();
    then(&Context::new(key, &said))
}

fn sample_details() -> Details {
    Details {
        command: Some(crate::command::CommandKind::Refill),
        days_left: Some(12),
        state: Some("sent".to_owned()),
        wait_minutes: Some(90),
    }
}

fn sample(index: usize) -> CustomerView {
    let order = crate::order::PanelOrder {
        id: OrderId::new((12_345_678 + index).to_string()).expect("digits are an order id"),
        owner: crate::order::OrderOwner::NotToldByPanel,
        status: crate::order::OrderStatus::Completed,
        external_ids: Vec::new(),
        provider: None,
        service_id: None,
        service_name: Some("Sample likes, 30 days refill".to_owned()),
        link: None,
        quantity: None,
        start_count: None,
        remains: Some("0".to_owned()),
        charge: None,
        currency: None,
        created_at: None,
        updated_at: None,
        panel_now: None,
        panel_allows_refill: None,
        panel_allows_cancel: None,
    };
    CustomerView::of(&order, &[])
}

/// Turns `{NAME}` into `{{ NAME }}` and leaves the rest, jinja included, as it is.
fn to_jinja(source: &str) -> Result<String, TextError> {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let close = match rest.as_bytes().get(1) {
            Some(b'{') => Some("}}"),
            Some(b'%') => Some("%}"),
            Some(b'#') => Some("#}"),
            _ => None,
        };
        if let Some(close) = close {
            let end = rest.find(close).map_or(rest.len(), |end| end + close.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let name = rest[1..]
            .split_once('}')
            .map(|(name, _)| name)
            .unwrap_or_default();
        let looks_like_one = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        if looks_like_one {
            let variable = Variable::parse(name).ok_or_else(|| unknown(name))?;
            out.push_str("{{ ");
            out.push_str(variable.as_str());
            out.push_str(" }}");
            rest = &rest[name.len() + 2..];
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn unknown(name: &str) -> TextError {
    let all: Vec<&str> = Variable::ALL.into_iter().map(Variable::as_str).collect();
    TextError::UnknownVariable(name.to_owned(), all.join(", "))
}

fn from_jinja(error: minijinja::Error) -> TextError {
    match error.kind() {
        ErrorKind::OutOfFuel => TextError::TooCostly,
        kind => TextError::Syntax {
            line: error.line().unwrap_or(1),
            problem: error.detail().map_or_else(|| kind.to_string(), str::to_owned),
        },
    }
}
