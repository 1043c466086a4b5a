//! Users and groups.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bodies;

pub struct User {
    pub id: i64,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub deactivated: bool,
}

impl User {
    pub fn values(&self) -> Value {
        json!({
            "id": self.id, "first_name": self.first_name, "last_name": self.last_name, "username": self.username,
            "active_usernames": self.username.as_ref().map(|name| vec![name]),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Creator,
    Administrator,
    Member,
    Left,
    Kicked,
}

impl Standing {
    pub fn body(self) -> &'static Value {
        match self {
            Self::Creator => &bodies::MEMBER_CREATOR,
            Self::Administrator => &bodies::MEMBER_ADMINISTRATOR,
            Self::Member => &bodies::MEMBER_MEMBER,
            Self::Left => &bodies::MEMBER_LEFT,
            Self::Kicked => &bodies::MEMBER_KICKED,
        }
    }

    pub fn is_inside(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator | Self::Member)
    }

    pub fn is_admin(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator)
    }
}

pub struct Topic {
    pub name: String,
    pub closed: bool,
}

pub struct Group {
    pub title: String,
    pub username: Option<String>,
    pub is_supergroup: bool,
    pub is_forum: bool,
    /// Users and bots; who left or was kicked stays listed as such.
    pub members: BTreeMap<i64, Standing>,
    pub migrated_to: Option<i64>,
    /// The bot that wrote last: bare commands go to it.
    pub last_bot: Option<i64>,
    pub topics: BTreeMap<i64, Topic>,
    pub next_message: i64,
}

impl Group {
    pub fn standing(&self, id: i64) -> Option<Standing> {
        self.members.get(&id).copied()
    }
}
