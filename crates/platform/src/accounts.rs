//! People's accounts: made, signed in, out, and what they may change themselves.
//!
//! Invariants: an unknown name and a wrong password get the same answer after the same work, and both leave a row in the
//! login history; a suspension is told only to who knows the password; tokens and passwords are stored as hashes.

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use switchboard_domain::{
    access::Role,
    clock::Clock,
    id::{SessionId, TenantId, UserId},
};
use switchboard_store::{
    Db, PlatformTx, SignedIn, StoreError,
    platform::{
        accounts::{AccountRow, NewAccount},
        admin_links::LinkPurpose,
        logins::LoginRow,
        sessions::{NewSession, SessionRow},
    },
};

use crate::{
    Actor,
    passwords::{PasswordError, Passwords},
    sessions::{IDLE, LONGEST, SEEN_EVERY, fresh_token, token_hash},
};

/// How long the link lives that makes the first master admin.
const SETUP_LINK: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// How long a link lives that signs somebody in.
const LOGIN_LINK: chrono::TimeDelta = chrono::TimeDelta::minutes(15);

/// Where a request comes from, for histories.
#[derive(Debug, Clone)]
pub struct Origin {
    pub ip: IpAddr,
    pub agent: String,
}

/// A session that has just begun: the token goes into the cookie and nowhere else.
pub struct Session {
    pub token: SecretString,
    pub expires_at: DateTime<Utc>,
    pub user: UserId,
}

#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("the name or the password is wrong")]
    Wrong,
    #[error("the account is suspended: {reason}")]
    Suspended { reason: String },
    #[error("the account is banned: {reason}")]
    Banned { reason: String },
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the store did not answer")]
    Store(#[from] StoreError),
}

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("that name is taken")]
    UsernameTaken,
    #[error("the current password is another one")]
    WrongPassword,
    #[error("the link is not valid any more")]
    LinkUsed,
    #[error("there is nothing of that id")]
    NotFound,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the store did not answer")]
    Store(#[from] StoreError),
}

/// A name and a password, checked by [`crate::signup`]'s rules before.
#[derive(Debug)]
pub struct NewPerson<'a> {
    pub username: &'a str,
    pub password: &'a SecretString,
    pub whatsapp_number: &'a str,
    pub telegram_username: &'a str,
    pub locale: &'a str,
    pub time_zone: &'a str,
    pub terms_version: &'a str,
}

impl<'a> NewPerson<'a> {
    /// With nothing but a name and a password.
    pub fn named(username: &'a str, password: &'a SecretString) -> Self {
        Self {
            username,
            password,
            whatsapp_number: "",
            telegram_username: "",
            locale: "en",
            time_zone: "UTC",
            terms_version: "",
        }
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
}

impl Accounts {
    pub fn new(db: Db, passwords: Passwords) -> Self {
        Self {
            clock: db.clock().clone(),
            db,
            passwords,
        }
    }

    /// Makes an account that belongs somewhere. Used by the operator and by tests; owners come through sign-up.
    pub async fn create(
        &self,
        actor: &Actor,
        person: &NewPerson<'_>,
        origin: &Origin,
        tenant: Option<TenantId>,
        role: Role,
    ) -> Result<UserId, AccountError> {
        let hash = self.passwords.hash(person.password).await?;
        let (id, now) = (UserId::from_uuid(self.clock.uuid()), self.clock.now());
        let mut tx = self.db.begin_platform().await?;
        insert(&mut tx, id, person, &hash, origin, now).await?;
        self.join(&mut tx, actor, id, tenant, role, now).await?;
        tx.commit().await?;
        Ok(id)
    }

    pub(crate) async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        self.passwords.hash(password).await
    }

    /// Gives an account a role, or another one in place of the one it has there.
    pub async fn set_role(
        &self,
        actor: &Actor,
        user: UserId,
        tenant: Option<TenantId>,
        role: Role,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        self.join(&mut tx, actor, user, tenant, role, now).await?;
        tx.commit().await?;
        self.db.forget_people();
        Ok(())
    }

    pub(crate) async fn join(
        &self,
        tx: &mut PlatformTx,
        actor: &Actor,
        user: UserId,
        tenant: Option<TenantId>,
        role: Role,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        tx.memberships()
            .put(self.clock.uuid(), user, tenant, role, now)
            .await?;
        let detail = serde_json::json!({ "user": user.uuid(), "role": role.as_str() });
        tx.audit()
            .append_about(
                &Actor::user(user).to_string(),
                actor.as_str(),
                "member.role",
                tenant,
                detail,
                now,
            )
            .await
    }

    /// Begins a session for an account that has just proved who it is.
    pub(crate) async fn begin_session(
        &self,
        tx: &mut PlatformTx,
        user: UserId,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> Result<Session, StoreError> {
        let (token, token_hash) = fresh_token()?;
        let session = NewSession {
            id: SessionId::from_uuid(self.clock.uuid()),
            token_hash,
            account: user,
            expires_at: now + IDLE,
            ip: origin.ip,
            agent: &origin.agent,
        };
        tx.sessions().insert(&session, now).await?;
        tx.logins()
            .append(
                self.clock.uuid(),
                Some(user),
                origin.ip,
                &origin.agent,
                "success",
                now,
            )
            .await?;
        Ok(Session {
            token,
            expires_at: now + LONGEST,
            user,
        })
    }

    pub async fn login(
        &self,
        username: &str,
        password: &SecretString,
        origin: &Origin,
    ) -> Result<Session, LoginError> {
        let found = self
            .db
            .begin_platform()
            .await?
            .accounts()
            .find_for_login(username.trim())
            .await?;
        let hash = found.as_ref().map(|(_, hash)| hash.as_str());
        let right = self.passwords.matches(password, hash).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        let (account, outcome) = match &found {
            None => (None, "unknown"),
            Some((account, _)) if !right => (Some(account), "wrong_password"),
            Some((account, _)) => match account.state.as_str() {
                "suspended" => (Some(account), "suspended"),
                "banned" => (Some(account), "banned"),
                _ => (Some(account), "success"),
            },
        };
        if let (Some(account), "success") = (account, outcome) {
            let session = self
                .begin_session(&mut tx, account.id.into(), origin, now)
                .await?;
            tx.commit().await?;
            return Ok(session);
        }
        tx.logins()
            .append(
                self.clock.uuid(),
                account.map(|account| account.id.into()),
                origin.ip,
                &origin.agent,
                outcome,
                now,
            )
            .await?;
        tx.commit().await?;
        let reason = account
            .map(|account| account.state_reason.clone())
            .unwrap_or_default();
        Err(match outcome {
            "suspended" => LoginError::Suspended { reason },
            "banned" => LoginError::Banned { reason },
            _ => LoginError::Wrong,
        })
    }

    /// Ends the session with this token, if there is one.
    pub async fn logout(&self, token: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin_platform().await?;
        tx.sessions()
            .revoke_by_token(token_hash(token), self.clock.now())
            .await?;
        tx.commit().await?;
        self.db.forget_people();
        Ok(())
    }

    /// Who holds this token. Notes, at most once a minute, that they were seen.
    pub async fn signed_in(&self, token: &str) -> Result<Option<Arc<SignedIn>>, StoreError> {
        let Some(who) = self.db.signed_in(token_hash(token)).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        if now - who.last_seen_at() >= SEEN_EVERY {
            let mut tx = self.db.begin_platform().await?;
            tx.sessions()
                .touch(who.session(), now, now + IDLE, LONGEST)
                .await?;
            tx.commit().await?;
        }
        Ok(Some(who))
    }

    pub async fn sessions(&self, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
        let now = self.clock.now();
        self.db.begin_platform().await?.sessions().list(user, now).await
    }

    pub async fn revoke_session(&self, user: UserId, session: SessionId) -> Result<(), AccountError> {
        let mut tx = self.db.begin_platform().await?;
        if !tx.sessions().revoke(user, session, self.clock.now()).await? {
            return Err(AccountError::NotFound);
        }
        tx.commit().await?;
        self.db.forget_people();
        Ok(())
    }

    /// Ends every session but `keep`.
    pub async fn revoke_others(&self, user: UserId, keep: SessionId) -> Result<(), StoreError> {
        let mut tx = self.db.begin_platform().await?;
        tx.sessions()
            .revoke_others(user, Some(keep), self.clock.now())
            .await?;
        tx.commit().await?;
        self.db.forget_people();
        Ok(())
    }

    pub async fn logins(
        &self,
        user: UserId,
        after: Option<(DateTime<Utc>, uuid::Uuid)>,
        limit: i64,
    ) -> Result<Vec<LoginRow>, StoreError> {
        self.db
            .begin_platform()
            .await?
            .logins()
            .list(user, after, limit)
            .await
    }

    /// Other sessions end: whoever else knew the old password is out.
    pub async fn change_password(
        &self,
        who: &SignedIn,
        current: &SecretString,
        new: &SecretString,
    ) -> Result<(), AccountError> {
        let found = self
            .db
            .begin_platform()
            .await?
            .accounts()
            .find_for_login(&who.account().username)
            .await?;
        let hash = found.as_ref().map(|(_, hash)| hash.as_str());
        if !self.passwords.matches(current, hash).await? {
            return Err(AccountError::WrongPassword);
        }
        let (hash, now) = (self.passwords.hash(new).await?, self.clock.now());
        let mut tx = self.db.begin_platform().await?;
        tx.accounts().set_password(who.user(), &hash, now).await?;
        tx.sessions()
            .revoke_others(who.user(), Some(who.session()), now)
            .await?;
        let actor = Actor::user(who.user());
        tx.audit()
            .append_about(
                actor.as_str(),
                actor.as_str(),
                "account.password",
                None,
                serde_json::json!({}),
                now,
            )
            .await?;
        tx.commit().await?;
        self.db.forget_people();
        Ok(())
    }

    pub async fn set_profile(&self, row: &AccountRow) -> Result<(), StoreError> {
        let mut tx = self.db.begin_platform().await?;
        tx.accounts().set_profile(row, self.clock.now()).await?;
        tx.commit().await?;
        self.db.forget_people();
        Ok(())
    }

    /// The token of a link that signs one account in, once. For the operator at the machine.
    pub async fn login_link(&self, actor: &Actor, username: &str) -> Result<SecretString, AccountError> {
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        let (account, _) = tx
            .accounts()
            .find_for_login(username.trim())
            .await?
            .ok_or(AccountError::NotFound)?;
        let (token, hash) = fresh_token()?;
        let user = UserId::from_uuid(account.id);
        tx.admin_links()
            .replace(LinkPurpose::Login(user), hash, now + LOGIN_LINK, now)
            .await?;
        let about = Actor::user(user);
        tx.audit()
            .append_about(
                about.as_str(),
                actor.as_str(),
                "account.login_link",
                None,
                serde_json::json!({}),
                now,
            )
            .await?;
        tx.commit().await?;
        Ok(token)
    }

    pub async fn login_with_link(&self, token: &str, origin: &Origin) -> Result<Session, AccountError> {
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        let user = tx
            .admin_links()
            .use_login(token_hash(token), now)
            .await?
            .ok_or(AccountError::LinkUsed)?;
        let session = self.begin_session(&mut tx, user, origin, now).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The token of a link that makes the first master admin; `None`: there is one.
    pub async fn setup_link(&self) -> Result<Option<SecretString>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        if tx.memberships().somebody_is(Role::MasterAdmin).await? {
            return Ok(None);
        }
        let (token, hash) = fresh_token()?;
        tx.admin_links()
            .replace(LinkPurpose::Setup, hash, now + SETUP_LINK, now)
            .await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    pub async fn setup_link_is_valid(&self, token: &str) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.db
            .begin_platform()
            .await?
            .admin_links()
            .is_valid(token_hash(token), now)
            .await
    }

    /// Uses the link up: its account is the master admin.
    pub async fn set_up(
        &self,
        token: &str,
        person: &NewPerson<'_>,
        origin: &Origin,
    ) -> Result<Session, AccountError> {
        if !self.setup_link_is_valid(token).await? {
            return Err(AccountError::LinkUsed);
        }
        let hash = self.passwords.hash(person.password).await?;
        let (id, now) = (UserId::from_uuid(self.clock.uuid()), self.clock.now());
        let mut tx = self.db.begin_platform().await?;
        if !tx.admin_links().use_setup(token_hash(token), now).await? {
            return Err(AccountError::LinkUsed);
        }
        insert(&mut tx, id, person, &hash, origin, now).await?;
        self.join(&mut tx, &Actor::user(id), id, None, Role::MasterAdmin, now)
            .await?;
        let session = self.begin_session(&mut tx, id, origin, now).await?;
        tx.commit().await?;
        Ok(session)
    }
}

pub(crate) async fn insert(
    tx: &mut PlatformTx,
    id: UserId,
    person: &NewPerson<'_>,
    password_hash: &str,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let new = NewAccount {
        id,
        username: person.username,
        password_hash,
        whatsapp_number: person.whatsapp_number,
        telegram_username: person.telegram_username,
        locale: person.locale,
        time_zone: person.time_zone,
        terms_version: person.terms_version,
        ip: origin.ip,
    };
    tx.accounts()
        .insert(&new, now)
        .await
        .map_err(|error| match error.constraint() {
            Some("account_username_key") => AccountError::UsernameTaken,
            _ => error.into(),
        })
}
