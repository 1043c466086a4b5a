//! `GET /api/v1/admin/users`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use switchboard_platform::users::{self, Filter};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::AdminUser;
use crate::words::{AccountState, word};
use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserSearch {
    /// The beginning of a username or Telegram name, or a part of a WhatsApp number.
    q: Option<String>,
    #[param(inline, value_type = Option<AccountState>)]
    #[serde(default, deserialize_with = "word::<AccountState, _>")]
    state: Option<String>,
}

/// Everybody who has an account, newest first.
#[utoipa::path(get, path = "/api/v1/admin/users", operation_id = "list_users", tag = "admin", security(("session" = [])),
    params(PageQuery, UserSearch), responses((status = 200, body = Page<AdminUser>)))]
pub async fn list_users(
    _permit: Permit<may::UsersRead>,
    Query(page): Query<PageQuery>,
    Query(search): Query<UserSearch>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<AdminUser>>, Problem> {
    let filter = Filter {
        search: search.q.as_deref(),
        state: search.state.as_deref(),
        after: page.after::<(DateTime<Utc>, Uuid)>()?,
    };
    let found = users::list(&app.db, filter, page.fetch()).await?;
    Ok(Json(page.page(
        found,
        |user| (user.row.created_at, user.row.id),
        AdminUser::from,
    )))
}
