//! How customers look to clients.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_domain::channel::ChannelKind;
use switchboard_tenant::{
    customer_book::{self, CustomerBookError},
    customer_import::UnreadableFile,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::words::Channel;
use crate::{
    Code, Problem,
    routes::tenant::{panels::view::sentence, requests::view::CustomerRef},
};

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerRow {
    pub id: Uuid,
    pub name: String,
    pub links: Vec<CustomerLink>,
    pub identities: Vec<IdentityRow>,
    pub open_requests: u64,
    pub last_seen_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A panel username that is theirs.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerLink {
    pub panel: Uuid,
    pub panel_name: String,
    pub username: String,
}

/// A sender as the network knows them.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityRow {
    pub id: Uuid,
    #[schema(value_type = Channel)]
    pub channel: ChannelKind,
    pub network_id: String,
    pub display_name: String,
    pub customer: Option<CustomerRef>,
    /// What the link rests on: `owner`, `import`, …
    pub proof: Option<String>,
    pub linked_at: Option<DateTime<Utc>>,
    pub last_seen_at: DateTime<Utc>,
    /// Tries at other people's orders.
    pub misses: u32,
    pub muted_until: Option<DateTime<Utc>>,
}

impl From<customer_book::CustomerRow> for CustomerRow {
    fn from(row: customer_book::CustomerRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            links: row
                .links
                .into_iter()
                .map(|link| CustomerLink {
                    panel: link.panel_id,
                    panel_name: link.panel_name,
                    username: link.username,
                })
                .collect(),
            identities: row.identities.into_iter().map(IdentityRow::from).collect(),
            open_requests: row.open_requests,
            last_seen_at: row.last_seen_at,
            created_at: row.created_at,
        }
    }
}

impl From<customer_book::IdentityRow> for IdentityRow {
    fn from(row: customer_book::IdentityRow) -> Self {
        Self {
            id: row.id.uuid(),
            channel: row.channel,
            network_id: row.network_id,
            display_name: row.display_name,
            customer: row.customer.map(|(id, name)| CustomerRef { id: id.uuid(), name }),
            proof: row.proof,
            linked_at: row.linked_at,
            last_seen_at: row.last_seen_at,
            misses: row.misses,
            muted_until: row.muted_until,
        }
    }
}

impl From<CustomerBookError> for Problem {
    fn from(error: CustomerBookError) -> Self {
        match error {
            CustomerBookError::BadName => {
                Self::field("name", "invalid", "A name has 1 to 80 characters in one line.")
            }
            CustomerBookError::NameTaken => Self::field(
                "name",
                "taken",
                "You have a customer of this name. Choose another.",
            ),
            CustomerBookError::BadUsername { at } => Self::field(
                format!("links[{at}].username"),
                "invalid",
                "A username has 1 to 80 characters, as the panel writes it.",
            ),
            CustomerBookError::NoPanel { at } => {
                Self::field(format!("links[{at}].panel"), "unknown", "There is no such panel.")
            }
            CustomerBookError::UsernameTaken { at, owner } => Self::field(
                format!("links[{at}].username"),
                "taken",
                format!("This username belongs to {owner}. Unlink it there first."),
            ),
            CustomerBookError::NotFound => Self::not_found(),
            CustomerBookError::NoCustomer => Self::field("customer", "unknown", "There is no such customer."),
            CustomerBookError::LinkedElsewhere(_) => Self::new(Code::WrongState).detail(error.to_string()),
            CustomerBookError::InUse(_) => Self::new(Code::InUse).detail(error.to_string()),
            CustomerBookError::File(UnreadableFile::TooLarge) => Self::too_large(),
            CustomerBookError::File(file) => Self::field("csv", "unreadable", sentence(&file.to_string())),
            CustomerBookError::Changed => Code::Changed.into(),
            CustomerBookError::Store(error) => error.into(),
        }
    }
}

/// With one link there is no list to count in: its fields stand by themselves.
pub fn of_one_link(error: CustomerBookError) -> Problem {
    match error {
        CustomerBookError::BadUsername { .. } => Problem::field(
            "username",
            "invalid",
            "A username has 1 to 80 characters, as the panel writes it.",
        ),
        CustomerBookError::NoPanel { .. } => Problem::field("panel", "unknown", "There is no such panel."),
        CustomerBookError::UsernameTaken { owner, .. } => Problem::field(
            "username",
            "taken",
            format!("This username belongs to {owner}. Unlink it there first."),
        ),
        error => error.into(),
    }
}
