//! Whether a new owner has done each of the first steps.

use sqlx::FromRow;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, Copy, FromRow)]
pub struct There {
    pub panels: bool,
    pub bots: bool,
    pub links: bool,
    pub played: bool,
    /// A group that is switched on.
    pub groups: bool,
    pub routes: bool,
}

repository!(Checklist);

impl Checklist<'_> {
    pub async fn there(&mut self) -> Result<There, StoreError> {
        Ok(sqlx::query_as(
            "SELECT EXISTS (SELECT FROM panel) AS panels, EXISTS (SELECT FROM chat_account) AS bots,
                    EXISTS (SELECT FROM customer_link) AS links, EXISTS (SELECT FROM setting WHERE key = 'test_room_played') AS played,
                    EXISTS (SELECT FROM chat WHERE kind = 'group' AND mode <> 'off') AS groups,
                    EXISTS (SELECT FROM provider_route) AS routes",
        )
        .fetch_one(&mut *self.conn)
        .await?)
    }
}
