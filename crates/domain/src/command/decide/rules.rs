//! The owner's rules: data, with our defaults beneath and limits that no data can pass.
//!
//! Invariant: [`Rules::choice`] never returns a choice that its cell does not allow, whatever was stored. The last
//! row (unknown status) allows staff alone.

use std::{collections::BTreeMap, fmt};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::ServiceRule;
use crate::{command::CommandKind, order::OrderStatus};

/// A row of the table status × command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusRow {
    Awaiting,
    Pending,
    Processing,
    InProgress,
    Completed,
    Partial,
    Canceled,
    Refunded,
    Fail,
    Active,
    Paused,
    Expired,
    Unknown,
}

impl StatusRow {
    pub const ALL: [StatusRow; 13] = [
        Self::Awaiting,
        Self::Pending,
        Self::Processing,
        Self::InProgress,
        Self::Completed,
        Self::Partial,
        Self::Canceled,
        Self::Refunded,
        Self::Fail,
        Self::Active,
        Self::Paused,
        Self::Expired,
        Self::Unknown,
    ];

    pub fn of(status: &OrderStatus) -> Self {
        match status {
            OrderStatus::Awaiting => Self::Awaiting,
            OrderStatus::Pending => Self::Pending,
            OrderStatus::Processing => Self::Processing,
            OrderStatus::InProgress => Self::InProgress,
            OrderStatus::Completed => Self::Completed,
            OrderStatus::Partial => Self::Partial,
            OrderStatus::Canceled => Self::Canceled,
            OrderStatus::Refunded => Self::Refunded,
            OrderStatus::Fail => Self::Fail,
            OrderStatus::Active => Self::Active,
            OrderStatus::Paused => Self::Paused,
            OrderStatus::Expired => Self::Expired,
            OrderStatus::Unknown(_) => Self::Unknown,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Canceled => "canceled",
            Self::Refunded => "refunded",
            Self::Fail => "fail",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for StatusRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a cell does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Do what was asked: panel and provider.
    Act,
    /// Say that it still runs, and ask the provider to push.
    SpeedUp,
    /// Say why not.
    Refuse,
    /// "Recorded, under review", and staff.
    Review,
    /// "Received", and staff.
    Staff,
    /// Say how it stands.
    Tell,
}

impl Choice {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::SpeedUp => "speed_up",
            Self::Refuse => "refuse",
            Self::Review => "review",
            Self::Staff => "staff",
            Self::Tell => "tell",
        }
    }
}

/// What holds where neither override, panel nor name says anything on refills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefillDefault {
    #[default]
    Allow,
    AskStaff,
    Days(u32),
}

/// Who is asked for a refill where the panel can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefillWay {
    /// The panel passes it to the provider itself; where it cannot be asked, the provider's group is.
    #[default]
    PanelElseProvider,
    Both,
    ProviderOnly,
}

/// One tenant's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Changed cells only; the rest are our defaults.
    pub cells: BTreeMap<StatusRow, BTreeMap<CommandKind, Choice>>,
    /// How long after a request closed the same one may be made again.
    pub cooldown_hours: u32,
    pub refill_default: RefillDefault,
    pub refill_way: RefillWay,
    /// The owner's own word on a service, by service id. Beats everything.
    pub services: BTreeMap<String, ServiceRule>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cells: BTreeMap::new(),
            cooldown_hours: 12,
            refill_default: RefillDefault::default(),
            refill_way: RefillWay::default(),
            services: BTreeMap::new(),
        }
    }
}

/// Rules that cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("status `{row}` × command `{command}` cannot be `{choice}`; choose one of: {allowed}")]
    NotAllowed {
        row: StatusRow,
        command: CommandKind,
        choice: &'static str,
        allowed: String,
    },
    #[error("the cooldown is 0 to {MAX_COOLDOWN_HOURS} hours, not {0}")]
    Cooldown(u32),
    #[error("a refill period is 1 to {MAX_DAYS} days, not {0}")]
    Days(u32),
}

const MAX_COOLDOWN_HOURS: u32 = 24 * 30;
const MAX_DAYS: u32 = 3_650;

impl Rules {
    /// The choice of a cell: the owner's where it is allowed, else our default.
    pub fn choice(&self, row: StatusRow, command: CommandKind) -> Choice {
        let allowed = Self::allowed(row, command);
        self.cells
            .get(&row)
            .and_then(|cells| cells.get(&command))
            .copied()
            .filter(|choice| allowed.contains(choice))
            .unwrap_or(allowed[0])
    }

    /// What a cell may be set to; the first is the default.
    pub const fn allowed(row: StatusRow, command: CommandKind) -> &'static [Choice] {
        use Choice as D;
        use CommandKind as C;
        use StatusRow as S;
        match (row, command) {
            (S::Unknown, _) => &[D::Staff],
            (S::Fail, C::Refill) => &[D::Staff],
            (S::Fail, C::Status) => &[D::Staff, D::Tell],
            (S::Fail, _) => &[D::Staff, D::Act],
            (_, C::Status) => &[D::Tell, D::Staff],
            (S::Active | S::Paused | S::Expired, _) => &[D::Staff, D::Refuse],
            (S::Awaiting | S::Pending | S::InProgress | S::Processing, C::Refill) => {
                &[D::SpeedUp, D::Refuse, D::Staff]
            }
            (S::Awaiting | S::Pending | S::InProgress | S::Processing, _) => {
                &[D::Act, D::Review, D::Staff, D::Refuse]
            }
            (S::Completed, C::Refill) => &[D::Act, D::Staff, D::Refuse],
            (S::Completed, C::Refund) => &[D::Staff, D::Refuse],
            (S::Partial, C::Refill) => &[D::Refuse, D::Act, D::Staff],
            (S::Completed | S::Partial | S::Canceled | S::Refunded, _) => &[D::Refuse, D::Staff],
        }
    }

    pub fn cooldown(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.cooldown_hours.min(MAX_COOLDOWN_HOURS)))
    }

    /// Everything that is wrong, for the moment of saving.
    pub fn validate(&self) -> Result<(), Vec<RuleError>> {
        let cells = self.cells.iter().flat_map(|(row, cells)| {
            cells.iter().filter_map(|(command, choice)| {
                let allowed = Self::allowed(*row, *command);
                (!allowed.contains(choice)).then(|| RuleError::NotAllowed {
                    row: *row,
                    command: *command,
                    choice: choice.as_str(),
                    allowed: allowed
                        .iter()
                        .map(|choice| choice.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                })
            })
        });
        let cooldown =
            (self.cooldown_hours > MAX_COOLDOWN_HOURS).then_some(RuleError::Cooldown(self.cooldown_hours));
        let default = match self.refill_default {
            RefillDefault::Days(days) => Some(days),
            RefillDefault::Allow | RefillDefault::AskStaff => None,
        };
        let services = self.services.values().filter_map(|rule| match rule {
            ServiceRule::Days(days) => Some(*days),
            _ => None,
        });
        let days = default
            .into_iter()
            .chain(services)
            .filter(|days| !(1..=MAX_DAYS).contains(days))
            .map(RuleError::Days);
        let problems: Vec<RuleError> = cells.chain(cooldown).chain(days).collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}
