//! From a file's text to its lines, cell by cell.

use switchboard_domain::order::OrderId;

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
