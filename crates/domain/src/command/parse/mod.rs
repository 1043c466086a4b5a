//! The command grammar: a chat text in, what it asks for out, with the name of every rule that fired.
//!
//! Owns what customers may type. Pure: no clock, no store; the ids of earlier messages come in by [`Context`].
//!
//! Invariants: it never panics; it names at most [`MAX_ORDERS`](crate::order::MAX_ORDERS) orders, each once, in the order typed; whoever is asked
//! gets no group (what would be done stands in `proposed`); a negated command never acts. Runs in linear time on texts of
//! at most [`MAX_TEXT`] bytes. The words and the examples are data: `data/README.md`.

mod act;
mod guard;
mod ids;
pub mod jsonl;
mod links;
mod normalize;
mod pair;
mod read;
mod rules;
mod shape;
mod token;
mod vocabulary;

use act::{finish, limit, with_ids};
use guard::Guard;
use read::What;
use rules::Trace;
pub use rules::{RuleName, Rules};
pub use shape::IdShape;
use vocabulary::{Flags, Strength, Use};
pub use vocabulary::{Vocabulary, VocabularyError};

use crate::command::CommandKind;
use crate::order::{OrderId, OrderIds};

/// The longest text that is read, in bytes.
pub const MAX_TEXT: usize = 16 * 1024;

/// A message of more words than this is talk, not a mistaken command, if it names no order.
const MOST_WORDS_OF_A_MISTAKE: usize = 8;

/// What the grammar knows besides the text.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    pub vocabulary: &'a Vocabulary,
    pub ids: IdShape,
    /// The text that the message replies to; its ids are used only if the message has none.
    pub quoted: Option<&'a str>,
    /// Ids that the same sender wrote shortly before; used only if message and quote have none.
    pub recent_ids: Option<&'a OrderIds>,
    #[doc(hidden)]
    pub rules: Rules,
}

impl Default for Context<'static> {
    fn default() -> Self {
        Self::new(Vocabulary::built_in())
    }
}

impl<'a> Context<'a> {
    pub fn new(vocabulary: &'a Vocabulary) -> Self {
        Self {
            vocabulary,
            ids: IdShape::default(),
            quoted: None,
            recent_ids: None,
            rules: Rules::ALL,
        }
    }
}

/// One command and its orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub command: CommandKind,
    pub orders: OrderIds,
}

/// Why nothing is done and the customer is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Ids without a command.
    WhichCommand,
    /// A command without ids.
    WhichOrders,
    /// A cancel or refund in a word that nobody who speaks the language has reviewed.
    Confirm(CommandKind),
    /// "Don't cancel", "no refill".
    Negated,
    /// "Why refill", "refill slow": about a command, no command.
    Complaint,
    /// "Refill done", "already cancelled".
    Report,
    /// "Is there refill for 1?"
    Existence,
    /// "If it drops, refill".
    Condition,
    /// Several commands, and which order goes with which is not clear.
    TwoCommands,
    /// A number that may or may not be an id.
    UnclearNumber,
    /// "1 to 9": first and last, or all between?
    Range,
    /// The link of a post stands where an id is needed.
    LinkInsteadOfId,
    /// More text than is read.
    TooLong,
}

impl Ask {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WhichCommand => "which_command",
            Self::WhichOrders => "which_orders",
            Self::Confirm(_) => "confirm",
            Self::Negated => "negated",
            Self::Complaint => "complaint",
            Self::Report => "report",
            Self::Existence => "existence",
            Self::Condition => "condition",
            Self::TwoCommands => "two_commands",
            Self::UnclearNumber => "unclear_number",
            Self::Range => "range",
            Self::LinkInsteadOfId => "link_instead_of_id",
            Self::TooLong => "too_long",
        }
    }
}

/// What a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// `groups` say what to do.
    Commands,
    /// Ids without a command: a short question in private, silence in groups; keep them for the next message.
    IdsOnly(OrderIds),
    /// A command, and no ids anywhere.
    CommandOnly(CommandKind),
    /// Do nothing and ask.
    Ask(Ask),
    Help,
    /// Ordinary talk: silence.
    Chatter,
}

/// A message, read.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub reading: Reading,
    /// What to do; empty unless the reading is [`Reading::Commands`].
    pub groups: Vec<Group>,
    /// What would be done if the customer confirms ([`Ask::Confirm`]).
    pub proposed: Vec<Group>,
    /// Ids past [`MAX_ORDERS`](crate::order::MAX_ORDERS), to be named in the answer.
    pub cut: Vec<OrderId>,
    /// Set whenever the customer has to be asked: also for ids or a command alone.
    pub ask: Option<Ask>,
    /// The rules that fired, in order.
    pub why: Vec<RuleName>,
}

impl Parsed {
    /// Whether anything at all is to be done.
    pub fn acts(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The rules that fired, joined by `+`.
    pub fn why_text(&self) -> String {
        let names: Vec<&str> = self.why.iter().map(|rule| rule.as_str()).collect();
        names.join("+")
    }

    /// All ids that the message itself named or referred to.
    pub fn orders(&self) -> Option<OrderIds> {
        let named = match &self.reading {
            Reading::IdsOnly(ids) => ids.as_slice().to_vec(),
            _ => self
                .groups
                .iter()
                .chain(&self.proposed)
                .flat_map(|group| group.orders.iter().cloned())
                .collect(),
        };
        OrderIds::collect(named).map(|(ids, _)| ids)
    }
}

/// The ids that a text names, read without its commands: for quotes and for remembering.
pub fn ids_in(text: &str, shape: &IdShape) -> Option<OrderIds> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut trace = Trace::new(Rules::ALL);
    let message = Message::read(text, Vocabulary::built_in(), shape, &mut trace);
    OrderIds::collect(message.ids()).map(|(ids, _)| ids)
}

/// Reads a message.
pub fn parse(text: &str, context: &Context<'_>) -> Parsed {
    let mut trace = Trace::new(context.rules);
    if text.len() > MAX_TEXT && trace.fire(RuleName::TooLong) {
        return ask(Ask::TooLong, trace);
    }
    let text = head(text);
    let message = Message::read(text, context.vocabulary, &context.ids, &mut trace);
    if help(text, &message) && trace.fire(RuleName::Help) {
        return reading(Reading::Help, None, trace);
    }
    let guard = message.guard();
    let ids = message.ids();
    let (mut commands, stalled) = guard.effective(&mut trace);
    if let Some(rule) = guard.unclear()
        && (!commands.is_empty() || !ids.is_empty() || guard.talk() <= 2)
    {
        trace.fire(rule);
        return ask(
            if rule == RuleName::Range {
                Ask::Range
            } else {
                Ask::UnclearNumber
            },
            trace,
        );
    }
    let blocked = guard.blocks(&mut commands, stalled, &mut trace);
    if ids.is_empty() {
        return without_ids(&message, &commands, blocked, context, trace);
    }
    if commands.is_empty() {
        return ids_only(ids, trace);
    }
    match blocked {
        Some(reason) => ask(reason, trace),
        None => with_ids(&message, commands, trace),
    }
}

/// The text up to the limit; only a test with the limit switched off comes here with more.
fn head(text: &str) -> &str {
    text.get(..MAX_TEXT).unwrap_or(text)
}

fn reading(reading: Reading, ask: Option<Ask>, trace: Trace) -> Parsed {
    Parsed {
        reading,
        groups: Vec::new(),
        proposed: Vec::new(),
        cut: Vec::new(),
        ask,
        why: trace.fired,
    }
}

fn ask(reason: Ask, trace: Trace) -> Parsed {
    reading(Reading::Ask(reason), Some(reason), trace)
}

fn chatter(trace: Trace) -> Parsed {
    reading(Reading::Chatter, None, trace)
}

/// A text taken apart.
struct Message {
    tokens: Vec<token::Token>,
    classes: Vec<ids::Class>,
    pieces: read::Pieces,
    other_link: bool,
}

impl Message {
    fn read(text: &str, vocabulary: &Vocabulary, shape: &IdShape, trace: &mut Trace) -> Self {
        let mut glyphs = normalize::glyphs(text, &vocabulary.symbols, trace);
        let cuts = links::cut(&mut glyphs, shape, trace);
        let (tokens, tail) = token::tokens(&glyphs, &cuts, shape, vocabulary, trace);
        let marks = read::marks(&tokens, &tail, vocabulary, trace);
        let classes = ids::classify(&tokens, &marks, &tail, shape, trace);
        let mut pieces = read::pieces(&tokens, &tail, &marks, &classes);
        pieces.settle(&tokens, trace);
        Self {
            tokens,
            classes,
            pieces,
            other_link: cuts.other_link,
        }
    }

    fn guard(&self) -> Guard<'_> {
        Guard {
            tokens: &self.tokens,
            classes: &self.classes,
            pieces: &self.pieces,
        }
    }

    fn id(&self, piece: usize) -> Option<OrderId> {
        let piece = &self.pieces.list[piece];
        (piece.what == What::Id)
            .then(|| OrderId::new(&*self.tokens[piece.token].text).ok())
            .flatten()
    }

    fn ids(&self) -> Vec<OrderId> {
        (0..self.pieces.list.len()).filter_map(|i| self.id(i)).collect()
    }

    fn command(&self, piece: usize) -> Option<Use> {
        self.pieces.list[piece].command
    }
}

fn help(text: &str, message: &Message) -> bool {
    let list = &message.pieces.list;
    let start = matches!(text.trim(), "/start" | "/help" | "/menu");
    let asked = list.iter().any(|piece| piece.flags.any(Flags::Help));
    start
        || (asked
            && list
                .iter()
                .all(|piece| piece.flags.any(Flags::Help) || piece.filler()))
}

fn ids_only(ids: Vec<OrderId>, mut trace: Trace) -> Parsed {
    match OrderIds::collect(ids) {
        Some((ids, cut)) if trace.fire(RuleName::IdsOnly) => {
            let cut = limit(cut, &mut trace);
            Parsed {
                cut,
                ..reading(Reading::IdsOnly(ids), Some(Ask::WhichCommand), trace)
            }
        }
        _ => chatter(trace),
    }
}

/// A message that names no order: its ids may stand in the quoted or the last message.
fn without_ids(
    message: &Message,
    commands: &[usize],
    blocked: Option<Ask>,
    context: &Context<'_>,
    mut trace: Trace,
) -> Parsed {
    let guard = message.guard();
    let list = &message.pieces.list;
    let uses: Vec<Use> = commands.iter().filter_map(|i| message.command(*i)).collect();
    let Some(top) = uses.iter().map(|command| command.strength).max() else {
        return chatter(trace);
    };
    // "Pending" or "fast" alone is talk, unless it follows ids.
    let telling = top == Strength::Plain
        || commands
            .iter()
            .any(|i| list[*i].is(Strength::Weak) && list[*i].words > 1);
    let short = guard.words() <= MOST_WORDS_OF_A_MISTAKE;
    let talk = guard.talk();
    match blocked {
        Some(Ask::Existence | Ask::Report) => return chatter(trace),
        Some(reason) if short && telling && talk <= 3 => return ask(reason, trace),
        Some(_) => return chatter(trace),
        None => {}
    }
    if message.other_link && talk <= 2 && telling && trace.fire(RuleName::PostLink) {
        return ask(Ask::LinkInsteadOfId, trace);
    }
    if guard.loose_numbers() && talk <= 3 && short && telling && trace.fire(RuleName::BrokenNumber) {
        return ask(Ask::UnclearNumber, trace);
    }
    let quoted = context.quoted.and_then(|quoted| ids_in(quoted, &context.ids));
    let allowed = if quoted.is_some() { 2 } else { 0 };
    if talk > allowed && trace.fire(RuleName::Talk) {
        return chatter(trace);
    }
    let mut kinds: Vec<CommandKind> = uses.iter().map(|command| command.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds == [CommandKind::Cancel, CommandKind::Refund] && trace.fire(RuleName::CancelWithRefund) {
        kinds.pop();
    }
    let &[kind] = kinds.as_slice() else {
        return if trace.fire(RuleName::TwoCommands) {
            ask(Ask::TwoCommands, trace)
        } else {
            chatter(trace)
        };
    };
    let faint = top == Strength::Faint;
    let from_quote = quoted.filter(|_| trace.fire(RuleName::Quoted));
    let recent = || context.recent_ids.filter(|_| !faint).cloned();
    let ids = match from_quote {
        Some(ids) => Some(ids),
        None => recent().filter(|_| trace.fire(RuleName::Recent)),
    };
    match ids {
        Some(ids) => finish(ids.iter().map(|id| (kind, id.clone())).collect(), &uses, trace),
        None if telling && trace.fire(RuleName::CommandOnly) => {
            reading(Reading::CommandOnly(kind), Some(Ask::WhichOrders), trace)
        }
        None => chatter(trace),
    }
}
