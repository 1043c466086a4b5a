//! A chat account as the panel shows it.

use crate::words::ChannelState;
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_store::tenant::channels::Channel;
use switchboard_tenant::channels;
use utoipa::ToSchema;
use uuid::Uuid;

/// One number or bot: its true state in words, its traffic of the owner's day, and what to do next.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelCard {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = crate::words::Channel)]
    pub channel: String,
    pub username: String,
    #[schema(value_type = ChannelState)]
    pub state: String,
    pub state_text: String,
    /// Another program receives this account's messages: `take-over` ends that.
    pub received_elsewhere: bool,
    pub next: String,
    pub since: DateTime<Utc>,
    pub last_in_at: Option<DateTime<Utc>>,
    pub last_out_at: Option<DateTime<Utc>>,
    pub queued: i64,
    pub today: Traffic,
    pub reads_groups: bool,
    /// Set when the bot cannot read groups, with what to do.
    pub privacy_warning: Option<String>,
    pub groups: GroupCounts,
    /// How it was lately, newest first.
    pub history: Vec<StateChange>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StateChange {
    pub at: DateTime<Utc>,
    #[schema(value_type = ChannelState)]
    pub state: String,
    pub text: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Traffic {
    pub r#in: i64,
    pub out: i64,
    pub refused: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupCounts {
    pub support: i64,
    pub silent: i64,
    pub off: i64,
}

impl From<Channel> for ChannelCard {
    fn from(channel: Channel) -> Self {
        Self {
            next: channels::next_step(&channel),
            state_text: channels::state_words(&channel),
            received_elsewhere: channels::is_received_elsewhere(&channel),
            id: channel.id,
            name: channel.name,
            channel: channel.channel,
            username: channel.username,
            state: channel.state,
            since: channel.state_at,
            last_in_at: channel.last_in_at,
            last_out_at: channel.last_out_at,
            queued: channel.queued,
            today: Traffic {
                r#in: channel.came_in,
                out: channel.went_out,
                refused: channel.refused,
            },
            reads_groups: channel.reads_groups,
            privacy_warning: (!channel.reads_groups).then(|| channels::PRIVACY.to_owned()),
            groups: GroupCounts {
                support: channel.support,
                silent: channel.silent,
                off: channel.off,
            },
            history: channel
                .history
                .0
                .into_iter()
                .rev()
                .map(|change| StateChange {
                    text: channels::change_words(&change),
                    at: change.at,
                    state: change.state,
                })
                .collect(),
        }
    }
}
