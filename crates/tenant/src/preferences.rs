//! The settings page: how replies are grouped and what that costs, silent mode, language, zone, names and times.

use chrono_tz::Tz;
use serde_json::json;
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    command::{
        CommandKind,
        compose::{ACK_ABOVE, ReplyStyle, compose},
        decide::{Outcome, Refusal, Verdict},
        texts::{CustomerView, Details, LANGUAGES, ReplyKey, TextBook},
    },
    credit::{Credits, MessagePurpose},
    order::OrderId,
};
use switchboard_store::{StoreError, TenantScope};

use crate::{
    Hub,
    settings::{GENERAL, General, REPLY_STYLE, TEXTS},
};

/// Telegram takes about one message a second in a chat.
const SECONDS_A_REPLY: i64 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Auto,
    PerOrder,
    Grouped,
}

impl Style {
    pub const ALL: [Style; 3] = [Self::Auto, Self::PerOrder, Self::Grouped];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::PerOrder => "per_order",
            Self::Grouped => "grouped",
        }
    }

    fn of(style: ReplyStyle) -> Self {
        match style {
            ReplyStyle::PerOrder { .. } => Self::Auto,
            ReplyStyle::AlwaysPerOrder => Self::PerOrder,
            ReplyStyle::Grouped => Self::Grouped,
        }
    }

    fn rule(self) -> ReplyStyle {
        match self {
            Self::Auto => ReplyStyle::default(),
            Self::PerOrder => ReplyStyle::AlwaysPerOrder,
            Self::Grouped => ReplyStyle::Grouped,
        }
    }
}

/// What a message of 100 orders gets under a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StyleCost {
    pub style: Style,
    /// "Got it" included.
    pub replies: i64,
    pub cost: Credits,
    pub seconds: i64,
}

#[derive(Debug, Clone)]
pub struct Preferences {
    pub style: Style,
    pub general: General,
    pub language: String,
    pub shop_name: String,
    pub costs: Vec<StyleCost>,
}

/// `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    pub style: Option<Style>,
    pub silent_mode: Option<bool>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    pub pause_minutes: Option<u32>,
    pub retention_days: Option<u32>,
    pub shop_name: Option<String>,
}

/// A field that cannot be so, with what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    pub field: &'static str,
    pub code: &'static str,
    pub message: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error("some fields cannot be so")]
    Wrong(Vec<Wrong>),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

pub async fn get(hub: &Hub, scope: &TenantScope) -> Result<Preferences, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let general: General = tx.settings().find(GENERAL).await?.unwrap_or_default();
    let style: ReplyStyle = tx.settings().find(REPLY_STYLE).await?.unwrap_or_default();
    let texts: TextBook = tx.settings().find(TEXTS).await?.unwrap_or_default();
    drop(tx);
    let price = hub.shops.get(&hub.db, scope).await?.prices.price(
        ChannelKind::TelegramBot,
        ChatKind::Direct,
        MessagePurpose::Reply,
    );
    let shop_name = if general.shop_name.is_empty() {
        let mut platform = hub.db.begin_platform().await?;
        let tenant = platform.tenants().find(scope.tenant()).await?;
        tenant.map(|tenant| tenant.name).unwrap_or_default()
    } else {
        general.shop_name.clone()
    };
    Ok(Preferences {
        style: Style::of(style),
        general,
        language: texts.language,
        shop_name,
        costs: Style::ALL.map(|style| cost(style, price)).to_vec(),
    })
}

pub async fn change(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    edit: Edit,
) -> Result<Preferences, EditError> {
    let wrong = wrong(&edit);
    if !wrong.is_empty() {
        return Err(EditError::Wrong(wrong));
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    for key in [GENERAL, REPLY_STYLE, TEXTS] {
        tx.settings().lock(key).await?;
    }
    let before: General = tx.settings().find(GENERAL).await?.unwrap_or_default();
    let mut changed = serde_json::Map::new();
    let general = General {
        silent_mode: edit.silent_mode.unwrap_or(before.silent_mode),
        pause_minutes: edit.pause_minutes.unwrap_or(before.pause_minutes),
        retention_days: edit.retention_days.unwrap_or(before.retention_days),
        shop_name: edit
            .shop_name
            .map_or_else(|| before.shop_name.clone(), |name| name.trim().to_owned()),
        time_zone: edit.time_zone.unwrap_or_else(|| before.time_zone.clone()),
    };
    if general != before {
        let (old, new) = (json!(before), json!(general));
        for (field, value) in new.as_object().into_iter().flatten() {
            if old[field] != *value {
                changed.insert(field.clone(), json!({ "from": old[field], "to": value }));
            }
        }
        tx.settings().put(GENERAL, &general, now).await?;
    }
    if let Some(style) = edit.style {
        let before: ReplyStyle = tx.settings().find(REPLY_STYLE).await?.unwrap_or_default();
        if Style::of(before) != style {
            tx.settings().put(REPLY_STYLE, &style.rule(), now).await?;
            let from = Style::of(before).as_str();
            changed.insert(
                "reply_style".to_owned(),
                json!({ "from": from, "to": style.as_str() }),
            );
        }
    }
    if let Some(language) = edit.language {
        let mut texts: TextBook = tx.settings().find(TEXTS).await?.unwrap_or_default();
        if texts.language != language {
            changed.insert(
                "language".to_owned(),
                json!({ "from": texts.language, "to": language }),
            );
            texts.language = language;
            tx.settings().put(TEXTS, &texts, now).await?;
        }
    }
    if !changed.is_empty() {
        tx.audit()
            .append(actor, "settings.change", "", changed.into(), now)
            .await?;
    }
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    Ok(get(hub, scope).await?)
}

fn wrong(edit: &Edit) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut check = |right: bool, field, code, message| {
        if !right {
            wrong.push(Wrong { field, code, message });
        }
    };
    let language = edit.language.as_deref();
    check(
        language.is_none_or(|language| LANGUAGES.contains(&language)),
        "language",
        "not-offered",
        "This language has no texts yet.",
    );
    check(
        edit.time_zone
            .as_deref()
            .is_none_or(|zone| zone.parse::<Tz>().is_ok()),
        "time_zone",
        "unknown",
        "There is no such time zone. Write it like Asia/Kathmandu.",
    );
    check(
        edit.pause_minutes
            .is_none_or(|minutes| General::PAUSE_MINUTES.contains(&minutes)),
        "pause_minutes",
        "out-of-range",
        "A pause is 1 minute to 24 hours.",
    );
    check(
        edit.retention_days
            .is_none_or(|days| General::RETENTION_DAYS.contains(&days)),
        "retention_days",
        "out-of-range",
        "Chats are kept for 7 days to 10 years.",
    );
    let name = edit.shop_name.as_deref().unwrap_or_default();
    check(
        name.chars().count() <= 60 && !name.chars().any(char::is_control),
        "shop_name",
        "invalid",
        "At most 60 characters in one line.",
    );
    wrong
}

/// A message of 100 orders as such messages are: most accepted, some refused, and one of another's.
fn sample() -> Vec<(OrderId, Verdict, CustomerView)> {
    let kinds: [(usize, ReplyKey, Outcome); 5] = [
        (70, ReplyKey::RefillRequested, Outcome::RefillRequested),
        (12, ReplyKey::StillPendingSpeedUp, Outcome::StillPendingSpeedUp),
        (
            8,
            ReplyKey::RefillWindowOver,
            Outcome::NotEligible(Refusal::RefillWindowOver),
        ),
        (5, ReplyKey::AlreadyOpen, Outcome::AlreadyOpen),
        (5, ReplyKey::NotYours, Outcome::NotYours),
    ];
    let kinds = kinds
        .into_iter()
        .flat_map(|(n, reply, outcome)| std::iter::repeat_n((reply, outcome), n));
    kinds
        .enumerate()
        .map(|(n, (reply, outcome))| {
            let order = OrderId::new((481_700_000 + n).to_string()).expect("digits are an order id");
            let verdict = Verdict {
                command: CommandKind::Refill,
                outcome,
                reply,
                details: Details {
                    command: Some(CommandKind::Refill),
                    state: Some("sent".to_owned()),
                    ..Details::default()
                },
                act: None,
                forward: None,
                staff: None,
                opens: None,
                miss: false,
                why: String::new(),
            };
            (order.clone(), verdict, CustomerView::bare(order))
        })
        .collect()
}

fn cost(style: Style, price: Credits) -> StyleCost {
    let (sample, texts) = (sample(), TextBook::default());
    let replies = compose(&sample, &[], style.rule(), &texts, &texts.language).len()
        + usize::from(sample.len() > ACK_ABOVE);
    let replies = i64::try_from(replies).unwrap_or(i64::MAX);
    StyleCost {
        style,
        replies,
        cost: Credits::from_micros(price.micros().saturating_mul(replies)),
        seconds: replies * SECONDS_A_REPLY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_cost_is_what_the_replies_of_100_orders_cost() {
        let costs = Style::ALL
            .map(|style| cost(style, Credits::whole(1).unwrap()))
            .map(|cost| (cost.style, cost.replies, cost.cost.micros(), cost.seconds));
        assert_eq!(
            costs,
            [
                (Style::Auto, 6, 6_000_000, 6),
                (Style::PerOrder, 101, 101_000_000, 101),
                (Style::Grouped, 6, 6_000_000, 6),
            ]
        );
    }

    #[test]
    fn every_wrong_field_is_named() {
        let edit = Edit {
            language: Some("xx".into()),
            time_zone: Some("Mars/Base".into()),
            pause_minutes: Some(0),
            retention_days: Some(1),
            shop_name: Some("a\nb".into()),
            ..Edit::default()
        };
        let fields: Vec<&str> = wrong(&edit).iter().map(|wrong| wrong.field).collect();
        assert_eq!(
            fields,
            [
                "language",
                "time_zone",
                "pause_minutes",
                "retention_days",
                "shop_name"
            ]
        );
        assert!(wrong(&Edit::default()).is_empty());
    }
}
