//! The names of the grammar's rules, and the set of those that are on.
//!
//! Invariant: every rule changes the reading of at least one message in `data/messages.tsv`; a test switches each one
//! off in turn. The names are printed to owners ("why") and stay as they are.

use std::fmt;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// One rule of the grammar.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RuleName {
            $($(#[$doc])* $variant,)*
        }

        impl RuleName {
            pub const ALL: &'static [RuleName] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

rules! {
    // Characters.
    /// Zero-width characters, text direction marks and the like are dropped.
    Invisible = "invisible_marks",
    /// Letters are compared without their dress: full-width, bold, circled, accents, case.
    FancyLetters = "fancy_letters",
    /// Digits of every script (category Nd) count as ASCII digits.
    DigitScripts = "digit_scripts",
    /// Superscripts, circled numbers, fractions beside digits: ask.
    OddDigits = "odd_digits",
    /// Digits of two scripts in one number: ask.
    MixedScripts = "mixed_scripts",
    /// Letters that look like digits inside a number: ask.
    Lookalike = "lookalike_letters",
    // What is cut out before ids are looked for.
    LinkCut = "link_cut",
    /// A link of the panel's own order page gives its id.
    OrderLink = "order_link",
    /// A command with the link of a post instead of an id: ask for the id.
    PostLink = "post_link",
    MentionCut = "mention_cut",
    Hashtag = "hashtag",
    // Numbers.
    PlainId = "id",
    /// Hexadecimal and prefixed ids, where the panel uses them.
    ShapedId = "shaped_id",
    /// One to three digits are ids only where nothing else stands in the message.
    ShortIds = "short_ids",
    /// A command or label glued to an id.
    Glued = "glued",
    ListMarker = "list_marker",
    Quantity = "quantity",
    Duration = "duration",
    Money = "money",
    /// Dates, decimals, clock times, addresses.
    NumberChain = "number_chain",
    Phone = "phone",
    /// Numbers of transactions, services, tickets, codes.
    Reference = "reference",
    /// A short round number or a year beside long ids.
    RoundNumber = "round_number",
    /// `481 799 696` or `10,000`: one number or several: ask.
    GroupedDigits = "grouped_digits",
    Range = "range",
    /// A command with numbers none of which is an id: ask, and take no ids from elsewhere.
    BrokenNumber = "broken_number",
    Limit = "limit",
    TooLong = "too_long",
    // Words.
    Word = "word",
    Typo = "typo",
    Stretched = "stretched",
    Joined = "joined_words",
    Alias = "alias",
    /// A word that only describes (drop, slow, fast) yields to a plain command.
    Weak = "weak_yields",
    Unreviewed = "unreviewed",
    // What must not act.
    Negation = "negation",
    /// "Don't cancel, refill 1": the forbidden command is dropped, the harmless one acts.
    Contrast = "contrast",
    /// "Not received", "don't worry": no negation of the command.
    Harmless = "harmless_phrase",
    Question = "question",
    Existence = "existence_question",
    Report = "report",
    /// "Refill slow", "refill not started".
    Stalled = "stalled_command",
    Condition = "condition",
    /// "Start hi nahi hua": a denied beginning asks for speed.
    NotStarted = "not_started",
    /// Nepali and Turkish negate inside the word.
    NegatedVerb = "negated_verb",
    /// "30 Days Refill" in a pasted service name yields to the command.
    ServiceName = "service_name",
    /// "Status: In progress" in pasted order details is no command.
    PastedField = "pasted_field",
    // Pairing.
    OneCommand = "one_command",
    PairedInTurn = "paired_in_turn",
    PairedByClause = "paired_by_clause",
    CancelWithRefund = "cancel_with_refund",
    TwoCommands = "two_commands",
    SameOrderTwice = "same_order_twice",
    // Context.
    Quoted = "quoted_ids",
    Recent = "recent_ids",
    // Readings without an action.
    IdsOnly = "ids_only",
    CommandOnly = "command_only",
    Help = "help",
    /// A command word in ordinary talk.
    Talk = "talk",
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which rules are on. Always all of them in the product; tests switch single rules off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules(u64);

impl Rules {
    pub const ALL: Rules = Rules(u64::MAX);

    #[must_use]
    pub const fn without(self, rule: RuleName) -> Self {
        Self(self.0 & !(1 << rule as u64))
    }

    pub const fn on(self, rule: RuleName) -> bool {
        self.0 & (1 << rule as u64) != 0
    }
}

/// The rules that fired, in order, each once.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) rules: Rules,
    pub(super) fired: Vec<RuleName>,
}

impl Trace {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            fired: Vec::new(),
        }
    }

    /// Whether the rule is on; if so it is noted as fired. Call it only where its condition holds.
    pub(super) fn fire(&mut self, rule: RuleName) -> bool {
        let on = self.rules.on(rule);
        if on && !self.fired.contains(&rule) {
            self.fired.push(rule);
        }
        on
    }
}

const _: () = assert!(RuleName::ALL.len() <= 64, "the bit set is full");
