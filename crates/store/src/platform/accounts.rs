//! Accounts of people.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::UserId;
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// Without the password's hash, which only [`Accounts::find_for_login`] reads.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AccountRow {
    pub id: Uuid,
    pub username: String,
    pub whatsapp_number: String,
    pub telegram_username: String,
    pub state: String,
    pub state_reason: String,
    pub locale: String,
    pub time_zone: String,
    pub theme: String,
    pub created_at: DateTime<Utc>,
}

macro_rules! columns {
    ($a:literal) => {
        concat!(
            $a,
            "id, ",
            $a,
            "username, ",
            $a,
            "whatsapp_number, ",
            $a,
            "telegram_username, ",
            $a,
            "state, ",
            $a,
            "state_reason, ",
            $a,
            "locale, ",
            $a,
            "time_zone, ",
            $a,
            "theme, ",
            $a,
            "created_at"
        )
    };
}
pub(crate) use columns;

/// A new account's row.
#[derive(Debug)]
pub struct NewAccount<'a> {
    pub id: UserId,
    pub username: &'a str,
    pub password_hash: &'a str,
    pub whatsapp_number: &'a str,
    pub telegram_username: &'a str,
    pub locale: &'a str,
    pub time_zone: &'a str,
    /// Empty: made without accepting any (the operator's own).
    pub terms_version: &'a str,
    pub ip: IpAddr,
}

repository!(Accounts);

impl Accounts<'_> {
    /// A conflict on `account_username_key` means that the name is taken, in any case of its letters.
    pub async fn insert(&mut self, new: &NewAccount<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.account (id, username, password_hash, whatsapp_number, telegram_username, locale, time_zone,
                                           terms_version, terms_at, signup_ip, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8 = '' THEN NULL ELSE $10 END, $9, $10, $10)",
        )
        .bind(new.id.uuid())
        .bind(new.username)
        .bind(new.password_hash)
        .bind(new.whatsapp_number)
        .bind(new.telegram_username)
        .bind(new.locale)
        .bind(new.time_zone)
        .bind(new.terms_version)
        .bind(ipnet_of(new.ip))
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn find(&mut self, id: UserId) -> Result<Option<AccountRow>, StoreError> {
        Ok(sqlx::query_as(concat!(
            "SELECT ",
            columns!(""),
            " FROM platform.account WHERE id = $1"
        ))
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// With the hash of the password.
    pub async fn find_for_login(
        &mut self,
        username: &str,
    ) -> Result<Option<(AccountRow, String)>, StoreError> {
        #[derive(FromRow)]
        struct Row {
            #[sqlx(flatten)]
            account: AccountRow,
            password_hash: String,
        }
        let row: Option<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(""),
            ", password_hash FROM platform.account WHERE lower(username) = lower($1)"
        ))
        .bind(username)
        .fetch_optional(&mut *self.conn)
        .await?;
        Ok(row.map(|row| (row.account, row.password_hash)))
    }

    pub async fn set_password(
        &mut self,
        id: UserId,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE platform.account SET password_hash = $2, updated_at = $3 WHERE id = $1")
            .bind(id.uuid())
            .bind(password_hash)
            .bind(now)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Writes what a person may change themselves.
    pub async fn set_profile(&mut self, row: &AccountRow, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE platform.account SET whatsapp_number = $2, telegram_username = $3, locale = $4, time_zone = $5, theme = $6,
                    updated_at = $7 WHERE id = $1",
        )
        .bind(row.id)
        .bind(&row.whatsapp_number)
        .bind(&row.telegram_username)
        .bind(&row.locale)
        .bind(&row.time_zone)
        .bind(&row.theme)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Moves an account between states; false if it was not in `from`.
    pub async fn set_state(
        &mut self,
        id: UserId,
        from: &[&str],
        to: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE platform.account SET state = $3, state_reason = $4, updated_at = $5 WHERE id = $1 AND state = ANY($2)",
        )
        .bind(id.uuid())
        .bind(from)
        .bind(to)
        .bind(reason)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// An address as `inet` takes it.
pub(crate) fn ipnet_of(ip: IpAddr) -> sqlx::types::ipnet::IpNet {
    sqlx::types::ipnet::IpNet::from(ip)
}
