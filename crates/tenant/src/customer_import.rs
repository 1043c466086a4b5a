//! A file of customers: read, compared with what is there, and told before anything is saved. Pure.
//!
//! Invariants: a line that cannot be used is left out with its number and the reason, never guessed at; nothing that belongs to
//! one customer is given to another, except an order in the owner's order list, where the newest word counts; the digest covers
//! all that a plan would do, so that what is saved is what was shown.
//!
//! Columns, in any order: `customer` (or `name`), `panel`, `username`, `telegram_id`, `order_id`. Separated by `,` `;` or TAB.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use switchboard_domain::{
    id::{CustomerId, PanelId},
    order::OrderId,
};

pub const MAX_BYTES: usize = 5 * 1024 * 1024;
pub const MAX_LINES: usize = 50_000;
const MAX_CELL: usize = 80;

/// The file as a whole cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableFile {
    #[error("the file is larger than 5 MB")]
    TooLarge,
    #[error("the file has more than 50,000 lines; split it")]
    TooManyLines,
    #[error("the file is empty")]
    Empty,
    #[error(
        "the first line names no column that we know. Name them customer, panel, username, telegram_id or order_id"
    )]
    NoColumns,
    #[error("the column {0} stands twice in the first line")]
    ColumnTwice(&'static str),
    #[error("with these columns nobody could be found: add username, telegram_id or order_id")]
    NothingToLink,
}

/// Where a cell belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Customer,
    Panel,
    Username,
    Telegram,
    Order,
}

impl Column {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Panel => "panel",
            Self::Username => "username",
            Self::Telegram => "telegram_id",
            Self::Order => "order_id",
        }
    }

    fn of(header: &str) -> Option<Self> {
        let folded: String = header
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        Some(match folded.as_str() {
            "customer" | "name" | "customername" => Self::Customer,
            "panel" | "panelname" => Self::Panel,
            "username" | "user" | "panelusername" | "login" => Self::Username,
            "telegramid" | "telegram" | "chatid" => Self::Telegram,
            "orderid" | "order" => Self::Order,
            _ => return None,
        })
    }
}

/// One line, cell by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub text: String,
    pub customer: Option<String>,
    pub panel: Option<String>,
    pub username: Option<String>,
    pub telegram: Option<String>,
    pub order: Option<OrderId>,
}

/// A line that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    pub line: usize,
    pub text: String,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Recognised, in the file's order.
    pub columns: Vec<&'static str>,
    pub lines: Vec<Line>,
    pub rejected: Vec<Rejected>,
}

/// Reads the file. What stands in no column that we know is ignored.
pub fn read(csv: &str) -> Result<File, UnreadableFile> {
    if csv.len() > MAX_BYTES {
        return Err(UnreadableFile::TooLarge);
    }
    let csv = csv.strip_prefix('\u{feff}').unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(csv))
        .flexible(true)
        .has_headers(false)
        .from_reader(csv.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        return Err(UnreadableFile::Empty);
    };
    let columns: Vec<Option<Column>> = header.iter().map(Column::of).collect();
    let known: Vec<Column> = columns.iter().flatten().copied().collect();
    if known.is_empty() {
        return Err(UnreadableFile::NoColumns);
    }
    for (at, column) in known.iter().enumerate() {
        if known[..at].contains(column) {
            return Err(UnreadableFile::ColumnTwice(column.as_str()));
        }
    }
    if !known
        .iter()
        .any(|column| matches!(column, Column::Username | Column::Telegram | Column::Order))
    {
        return Err(UnreadableFile::NothingToLink);
    }
    let mut file = File {
        columns: known.iter().map(|column| column.as_str()).collect(),
        lines: Vec::new(),
        rejected: Vec::new(),
    };
    let mut place = Place::default();
    for (at, record) in records.enumerate() {
        if at >= MAX_LINES {
            return Err(UnreadableFile::TooManyLines);
        }
        // Only reading can fail, and a text does not.
        let Ok(record) = record else { continue };
        let byte = record.position().map_or(0, csv::Position::byte);
        let number = place.line_of(csv.as_bytes(), usize::try_from(byte).unwrap_or(0));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match line(number, &record, &columns) {
            Ok(line) => file.lines.push(line),
            Err(why) => file.rejected.push(Rejected {
                line: number,
                text: shown(&record),
                why,
            }),
        }
    }
    Ok(file)
}

/// Counts lines as an editor does; the reader miscounts where lines end in two characters.
#[derive(Default)]
struct Place {
    byte: usize,
    lines: usize,
}

impl Place {
    fn line_of(&mut self, text: &[u8], byte: usize) -> usize {
        let byte = byte.min(text.len());
        for at in self.byte..byte {
            let ends = match text[at] {
                b'\n' => true,
                b'\r' => text.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.lines += usize::from(ends);
        }
        self.byte = self.byte.max(byte);
        // A record may begin at the second character of the line end before it.
        self.lines + 1 + usize::from(text.get(byte) == Some(&b'\n'))
    }
}

/// What stands most often in the first line, outside of quotes.
fn separator(csv: &str) -> u8 {
    let first = csv.lines().next().unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts
            .iter_mut()
            .find(|(separator, _)| *separator == byte && !quoted)
        {
            *count += 1;
        }
    }
    // The first of equals: a file of one column has none of them.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(separator, _)| *separator)
}

fn shown(record: &csv::StringRecord) -> String {
    let cells: Vec<&str> = record.iter().collect();
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    cells.join(", ").chars().map(clean).take(200).collect()
}

fn line(number: usize, record: &csv::StringRecord, columns: &[Option<Column>]) -> Result<Line, String> {
    if record.len() != columns.len() {
        return Err(format!(
            "{} cells instead of {}. A cell with the separator in it stands in quotes.",
            record.len(),
            columns.len()
        ));
    }
    let cell = |wanted: Column| -> Result<Option<String>, String> {
        let Some(at) = columns.iter().position(|column| *column == Some(wanted)) else {
            return Ok(None);
        };
        let text = unescaped(record[at].trim());
        if text.chars().count() > MAX_CELL {
            return Err(format!("{} has more than {MAX_CELL} characters", wanted.as_str()));
        }
        if text.chars().any(char::is_control) {
            return Err(format!(
                "{} holds a character that cannot be seen",
                wanted.as_str()
            ));
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    };
    let order = match cell(Column::Order)? {
        Some(text) => Some(OrderId::new(&text).map_err(|_| format!("`{text}` is no order id"))?),
        None => None,
    };
    let telegram = cell(Column::Telegram)?;
    if let Some(id) = &telegram
        && !(id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(
            "telegram_id is the number of the account, such as 700000001, never an @name, which can change hands"
                .to_owned(),
        );
    }
    let line = Line {
        number,
        text: shown(record),
        customer: cell(Column::Customer)?,
        panel: cell(Column::Panel)?,
        username: cell(Column::Username)?,
        telegram,
        order,
    };
    if line.username.is_none() && line.telegram.is_none() && line.order.is_none() {
        return Err("there is no username, telegram_id or order_id".to_owned());
    }
    if line.customer.is_none() && line.username.is_none() {
        return Err("there is neither a customer nor a username".to_owned());
    }
    Ok(line)
}

/// Without the sign that our own exports put before what a spreadsheet would take for a formula.
fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest)
            if rest
                .trim_start()
                .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) =>
        {
            rest.trim()
        }
        _ => cell,
    }
}

/// What is there before the import.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub panels: Vec<(PanelId, String)>,
    /// By name.
    pub customers: HashMap<String, CustomerId>,
    pub links: HashMap<(PanelId, String), CustomerId>,
    pub telegram: HashMap<String, CustomerId>,
    /// Of the orders in the file.
    pub orders: HashMap<(PanelId, OrderId), CustomerId>,
}

/// A customer of the plan: there already, or the n-th that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    Known(CustomerId),
    New(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Add,
    Change,
    Same,
}

/// What would become of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub line: usize,
    pub name: String,
    pub before: Option<String>,
    pub after: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub effects: Vec<Effect>,
    pub rejected: Vec<Rejected>,
    /// Names of customers to be made; [`Whose::New`] counts here.
    pub customers: Vec<String>,
    pub renames: Vec<(CustomerId, String)>,
    pub links: Vec<(PanelId, String, Whose)>,
    pub telegram: Vec<(String, Whose)>,
    pub orders: Vec<(PanelId, OrderId, Whose)>,
}

impl Plan {
    pub fn count(&self, kind: Kind) -> usize {
        self.effects.iter().filter(|effect| effect.kind == kind).count()
    }

    /// Stands for all that this plan would do.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for effect in &self.effects {
            let kind = match effect.kind {
                Kind::Add => "add",
                Kind::Change => "change",
                Kind::Same => "same",
            };
            let before = effect.before.as_deref().unwrap_or("\u{0}");
            let line = effect.line.to_string();
            for part in [kind, &line, &effect.name, before, &effect.after] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        for rejected in &self.rejected {
            hash.update(rejected.line.to_be_bytes());
            hash.update(&rejected.why);
        }
        hex::encode(hash.finalize())
    }
}

/// Compares a file with what is there.
pub fn plan(file: File, known: &Known) -> Plan {
    let mut planner = Planner {
        known,
        names: known
            .customers
            .iter()
            .map(|(name, id)| (*id, name.as_str()))
            .collect(),
        plan: Plan {
            rejected: file.rejected,
            ..Plan::default()
        },
        new: HashMap::new(),
        renamed: HashMap::new(),
        said: HashMap::new(),
    };
    for line in &file.lines {
        match planner.line(line) {
            Ok(effect) => planner.plan.effects.push(effect),
            Err(why) => planner.plan.rejected.push(Rejected {
                line: line.number,
                text: line.text.clone(),
                why,
            }),
        }
    }
    let mut plan = planner.plan;
    plan.rejected.sort_by_key(|rejected| rejected.line);
    plan
}

/// What a line says something about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Link(PanelId, String),
    Telegram(String),
    Order(PanelId, OrderId),
}

struct Planner<'k> {
    known: &'k Known,
    names: HashMap<CustomerId, &'k str>,
    plan: Plan,
    new: HashMap<String, usize>,
    renamed: HashMap<CustomerId, (usize, String)>,
    /// The line that spoke of a subject first, and whose it made it.
    said: HashMap<Subject, (usize, Whose)>,
}

impl Planner<'_> {
    fn line(&mut self, line: &Line) -> Result<Effect, String> {
        let panel = self.panel(line)?;
        let link = match (&line.username, panel) {
            (Some(username), Some(panel)) => Some((panel, username.clone())),
            (Some(_), None) if line.telegram.is_none() => return Err(NO_PANEL.to_owned()),
            _ => None,
        };
        let order = match (&line.order, panel) {
            (Some(order), Some(panel)) => Some((panel, order.clone())),
            (Some(_), None) => return Err(NO_PANEL.to_owned()),
            (None, _) => None,
        };
        let linked = link.as_ref().and_then(|link| self.known.links.get(link)).copied();
        let by_telegram = line
            .telegram
            .as_ref()
            .and_then(|id| self.known.telegram.get(id))
            .copied();
        if let (Some(one), Some(other)) = (linked, by_telegram)
            && one != other
        {
            return Err(format!(
                "the username belongs to {}, the Telegram id to {}",
                self.name(one),
                self.name(other)
            ));
        }
        let owner = linked.or(by_telegram);
        let (whose, name, rename) = self.whose(line, owner)?;
        // All checks before anything is noted: a line counts whole or not at all.
        let subjects = [
            link.clone()
                .map(|(panel, username)| Subject::Link(panel, username)),
            line.telegram.clone().map(Subject::Telegram),
            order.clone().map(|(panel, order)| Subject::Order(panel, order)),
        ];
        let mut again = Vec::new();
        for subject in subjects.iter().flatten() {
            match self.said.get(subject) {
                Some((first, said)) if *said == whose => again.push(*first),
                Some((first, _)) => return Err(format!("line {first} says otherwise; that one counts")),
                None => {}
            }
        }
        if rename.is_some()
            && let Some(first) = again.first()
        {
            return Err(format!("line {first} says otherwise; that one counts"));
        }
        if again.len() == subjects.iter().flatten().count()
            && let Some(first) = again.first()
        {
            return Err(format!("the same as line {first}; that one counts"));
        }
        let whose = self.settle(whose, &name);
        for subject in subjects.into_iter().flatten() {
            self.said.entry(subject).or_insert((line.number, whose));
        }

        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut kind = Kind::Same;
        if let Some(old) = rename {
            before.push(old);
            after.push(name.clone());
            kind = Kind::Change;
            if let Whose::Known(id) = whose {
                self.renamed.insert(id, (line.number, name.clone()));
                self.plan.renames.push((id, name.clone()));
            }
        }
        if let Some((panel, username)) = link {
            after.push(format!("{username} on {}", self.panel_name(panel)));
            if linked.is_none() {
                self.plan.links.push((panel, username, whose));
                kind = raised(kind, Kind::Add);
            }
        }
        if let Some(id) = &line.telegram {
            after.push(format!("Telegram {id}"));
            if by_telegram.is_none() {
                self.plan.telegram.push((id.clone(), whose));
                kind = raised(kind, Kind::Add);
            }
        }
        if let Some((panel, order)) = order {
            let owner = self.known.orders.get(&(panel, order.clone())).copied();
            after.push(format!("order {order} on {}", self.panel_name(panel)));
            match owner {
                Some(owner) if Whose::Known(owner) == whose => {}
                Some(owner) => {
                    before.push(format!("order {order} of {}", self.name(owner)));
                    kind = Kind::Change;
                    self.plan.orders.push((panel, order, whose));
                }
                None => {
                    kind = raised(kind, Kind::Add);
                    self.plan.orders.push((panel, order, whose));
                }
            }
        }
        Ok(Effect {
            line: line.number,
            name,
            before: (!before.is_empty()).then(|| before.join(", ")),
            after: after.join(", "),
            kind,
        })
    }

    /// The line's panel; `None`: it needs none, or there are several to choose from.
    fn panel(&self, line: &Line) -> Result<Option<PanelId>, String> {
        let panels = &self.known.panels;
        match &line.panel {
            Some(name) => {
                let found = panels.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
                let found = found.map(|(id, _)| Some(*id));
                found.ok_or_else(|| format!("there is no panel `{name}`"))
            }
            None if panels.len() == 1 => Ok(Some(panels[0].0)),
            None => Ok(None),
        }
    }

    /// Whose the line is, under which name, and the name that this replaces.
    fn whose(
        &self,
        line: &Line,
        owner: Option<CustomerId>,
    ) -> Result<(Whose, String, Option<String>), String> {
        let named = line.customer.as_deref();
        let Some(owner) = owner else {
            let name = named.or(line.username.as_deref()).unwrap_or_default();
            let renamed = self.renamed.iter().find(|(_, (_, now))| now == name);
            let known = self.known.customers.get(name).or(renamed.map(|(id, _)| id));
            let whose = match known {
                Some(id) => Whose::Known(*id),
                None => Whose::New(self.new.get(name).copied().unwrap_or(self.plan.customers.len())),
            };
            return Ok((whose, name.to_owned(), None));
        };
        let old = self.name(owner);
        let Some(name) = named else {
            return Ok((Whose::Known(owner), old, None));
        };
        let now = self.renamed.get(&owner).map(|(_, name)| name.clone());
        if name == now.as_deref().unwrap_or(&old) {
            return Ok((Whose::Known(owner), name.to_owned(), None));
        }
        if let Some((line, _)) = self.renamed.get(&owner) {
            return Err(format!("line {line} gives {old} another name; that one counts"));
        }
        if self.known.customers.contains_key(name) || self.new.contains_key(name) {
            return Err(format!("it belongs to {old}. Unlink it there first."));
        }
        let taken = self.renamed.values().any(|(_, taken)| taken == name);
        if taken {
            return Err(format!("another customer gets the name {name} from this file"));
        }
        Ok((Whose::Known(owner), name.to_owned(), Some(old)))
    }

    /// Gives a new customer its place.
    fn settle(&mut self, whose: Whose, name: &str) -> Whose {
        if let Whose::New(at) = whose
            && at == self.plan.customers.len()
        {
            self.plan.customers.push(name.to_owned());
            self.new.insert(name.to_owned(), at);
        }
        whose
    }

    fn name(&self, id: CustomerId) -> String {
        self.names
            .get(&id)
            .map_or_else(String::new, |name| (*name).to_owned())
    }

    fn panel_name(&self, id: PanelId) -> &str {
        let panel = self.known.panels.iter().find(|(known, _)| *known == id);
        panel.map_or("", |(_, name)| name)
    }
}

const NO_PANEL: &str = "name the panel: there is more than one, or none yet";

/// A line that would change something stays a change.
fn raised(kind: Kind, to: Kind) -> Kind {
    match kind {
        Kind::Same => to,
        Kind::Add | Kind::Change => kind,
    }
}

#[cfg(test)]
#[path = "customer_import/tests.rs"]
mod tests;
