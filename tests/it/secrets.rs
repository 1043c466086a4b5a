//! A stolen database, a stolen key file, a dump that lies around, a log: none of them says a secret.

use std::{collections::BTreeMap, path::Path, process::Stdio};

use pretty_assertions::assert_eq;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};
use switchboard_domain::{channel::ChannelKind, clock::Clock, id::AccountId};
use switchboard_platform::{
    accounts::{Accounts, Origin},
    passwords::{HashCost, Passwords},
    signup::{self, SignUpForm},
};
use switchboard_store::{
    MigrateError, StoreError, TenantScope, needed_keys,
    tenant::{accounts::ChatAccount, panels::Panel},
    vault::{
        ChatAccountBotToken, DataKey, KeyOwner, KeyRing, KeySource, PanelApiKey, PlatformLoginSecret,
        ProvisionerLoginSecret, Sealed, SlotLoginSecret, Vault, VaultError, WrappedDataKey,
    },
};
use switchboard_testkit::{TestDb, db::OwnedDb};

const TOKEN: &str = "7000000001:marked-token-QmVhY29uIG9mIGEgYm90";
const API_KEY: &str = "marked-panel-key-QmVhY29uIG9mIGEgcGFuZWw";
const SIGN_UP_KEY: &str = "marked-sign-up-key-QmVhY29uIG9mIGEga2V5";
const PASSWORD: &str = "marked-password-QmVhY29uIG9mIGEgd29yZA";

/// Columns of bytes that hold no secret, sealed or not: hashes, and answers that were given to who asked.
const NOT_SEALED: [&str; 5] = [
    "platform.migration.checksum",
    "platform.admin_link.token_hash",
    "platform.idempotency.body",
    "platform.idempotency.request_hash",
    "platform.session.token_hash",
];

async fn fill(test: &TestDb, scope: &TenantScope) -> (ChatAccount, Panel) {
    let key = test.db.data_key(scope.tenant()).await.unwrap();
    let id = AccountId::from_uuid(test.clock.uuid());
    let account = ChatAccount {
        id,
        channel: ChannelKind::parse("telegram_bot").unwrap(),
        name: "helper".to_owned(),
        network_id: "7000000001".to_owned(),
        username: "helper_bot".to_owned(),
        secret: Sealed::seal(&key, id.uuid(), &SecretString::from(TOKEN)).unwrap(),
        state: "connecting".to_owned(),
        state_text: String::new(),
        reads_groups: false,
        created_at: test.clock.now(),
        is_disconnected: false,
    };
    let id = test.clock.uuid();
    let panel = Panel {
        id,
        kind: "perfect_panel_admin_v2".to_owned(),
        name: "shop".to_owned(),
        base_url: "https://shop.example".to_owned(),
        secret: Sealed::seal(&key, id, &SecretString::from(API_KEY)).unwrap(),
        abilities: serde_json::json!({}),
        min_gap_ms: 0,
        time_zone: "UTC".to_owned(),
        version: 1,
        created_at: test.clock.now(),
    };
    let mut tx = test.db.begin(scope).await.unwrap();
    tx.accounts().insert(&account).await.unwrap();
    tx.panels().insert(&panel).await.unwrap();
    tx.commit().await.unwrap();
    (account, panel)
}

/// A sign-up that nobody has worked on yet; the token of its session.
async fn sign_up(test: &TestDb) -> String {
    let accounts = Accounts::new(test.db.clone(), Passwords::new(HashCost::CHEAP).unwrap());
    let form = || SignUpForm {
        username: "asha".to_owned(),
        password: PASSWORD.to_owned().into(),
        whatsapp_number: "+9779800000001".to_owned(),
        telegram_username: "asha_shop".to_owned(),
        panel_url: "https://panel.example".to_owned(),
        panel_kind: None,
        panel_key: SIGN_UP_KEY.to_owned().into(),
        panel_name: None,
        accept_terms: true,
        locale: None,
        time_zone: None,
    };
    let origin = Origin {
        ip: [127, 0, 0, 1].into(),
        agent: "test".to_owned(),
    };
    let done = async || {
        let form = form().check().unwrap();
        signup::sign_up(&test.db, &accounts, &test.tenants(), form, &origin).await
    };
    let session = done().await.unwrap();
    let again = done().await.err().unwrap();
    assert!(!format!("{:?} {again:?} {again}", form()).contains("marked-"));
    session.token.expose_secret().to_owned()
}

async fn platform_key(conn: &mut PgConnection, vault: &Vault) -> DataKey {
    let wrapped: WrappedDataKey =
        sqlx::query_scalar("SELECT wrapped FROM platform.data_key WHERE tenant_id IS NULL")
            .fetch_one(conn)
            .await
            .unwrap();
    vault.unwrap_data_key(KeyOwner::Platform, &wrapped).unwrap()
}

/// What each sealed column holds, opened. A column that is missing here fails the test: it is not looked for.
async fn opened(test: &TestDb, scope: &TenantScope) -> BTreeMap<String, Vec<String>> {
    let mut conn = test.admin_connection().await;
    let platform = platform_key(&mut conn, &test.vault()).await;
    let key = test.db.data_key(scope.tenant()).await.unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();

    let logins: Vec<(uuid::Uuid, String, Vec<u8>)> =
        sqlx::query_as("SELECT id, kind, secret FROM platform.login")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    for (id, kind, sealed) in logins {
        let secret = match kind.as_str() {
            "platform" => Sealed::<PlatformLoginSecret>::from_bytes(sealed)
                .unwrap()
                .open(&platform, id),
            "provisioner" => Sealed::<ProvisionerLoginSecret>::from_bytes(sealed)
                .unwrap()
                .open(&platform, id),
            "slot" => Sealed::<SlotLoginSecret>::from_bytes(sealed)
                .unwrap()
                .open(&platform, id),
            other => panic!("a login of kind {other}"),
        };
        let secret = secret.unwrap().expose_secret().to_owned();
        found
            .entry("platform.login.secret".to_owned())
            .or_default()
            .push(secret);
    }
    let mut tx = test.db.begin(scope).await.unwrap();
    for account in tx.accounts().list().await.unwrap() {
        let secret = Sealed::<ChatAccountBotToken>::open(&account.secret, &key, account.id.uuid()).unwrap();
        found
            .entry("chat_account.secret".to_owned())
            .or_default()
            .push(secret.expose_secret().to_owned());
    }
    for panel in tx.panels().list().await.unwrap() {
        let secret = Sealed::<PanelApiKey>::open(&panel.secret, &key, panel.id).unwrap();
        found
            .entry("panel.secret".to_owned())
            .or_default()
            .push(secret.expose_secret().to_owned());
    }
    // A data key itself is never a text of ours; that it opens with its key only is the vault's own test.
    found.entry("platform.data_key.wrapped".to_owned()).or_default();
    let waiting: Vec<(uuid::Uuid, uuid::Uuid, Vec<u8>)> =
        sqlx::query_as("SELECT tenant_id, panel_id, panel_key FROM platform.sign_up")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    for (tenant, panel, sealed) in waiting {
        let key = test.db.data_key(tenant.into()).await.unwrap();
        let secret = Sealed::<PanelApiKey>::from_bytes(sealed)
            .unwrap()
            .open(&key, panel);
        found
            .entry("platform.sign_up.panel_key".to_owned())
            .or_default()
            .push(secret.unwrap().expose_secret().to_owned());
    }
    found
}

async fn dump(test: &TestDb) -> Vec<u8> {
    let mut conn = test.admin_connection().await;
    let version: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let password = std::fs::read_to_string(test.server_log().with_file_name("pg.password")).unwrap();
    let output =
        tokio::process::Command::new(format!("/usr/lib/postgresql/{}/bin/pg_dump", version / 10_000))
            .args(["--dbname", &test.name, "--username", test.admin.get_username()])
            .arg("--host")
            .arg(test.admin.get_socket().unwrap())
            .env("PGPASSWORD", password.trim())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// In plain, or in hexadecimal, which is how a dump writes bytes.
fn says(text: &[u8], secret: &str) -> bool {
    assert!(secret.len() > 15, "too short to mean anything");
    let hex = hex::encode(secret);
    [secret, &hex, &hex.to_uppercase()]
        .into_iter()
        .any(|form| text.windows(form.len()).any(|window| window == form.as_bytes()))
}

#[tokio::test]
async fn no_secret_is_said_by_a_dump_or_by_the_servers_log() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let (account, panel) = fill(&test, &scope).await;
    let session = sign_up(&test).await;
    let mut secrets = opened(&test, &scope).await;

    let mut conn = test.admin_connection().await;
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT CASE n.nspname WHEN $1 THEN '' ELSE n.nspname || '.' END || c.relname || '.' || a.attname
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE a.atttypid IN ('bytea'::regtype, 'bytea[]'::regtype) AND c.relkind = 'r' AND a.attnum > 0
            AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
          ORDER BY 1",
    )
    .bind(scope.role().as_str())
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let sealed: Vec<&String> = columns
        .iter()
        .filter(|column| !NOT_SEALED.contains(&column.as_str()))
        .collect();
    assert_eq!(
        sealed,
        secrets.keys().collect::<Vec<_>>(),
        "every column of bytes is looked into"
    );

    // What is kept as a hash only is looked for like the rest.
    secrets.insert(
        "password and session".to_owned(),
        vec![PASSWORD.to_owned(), session],
    );

    // Errors too: a doubled row, a broken statement, a check that fails, all with secrets at hand.
    let mut tx = test.db.begin(&scope).await.unwrap();
    tx.accounts().insert(&account).await.unwrap_err();
    drop(tx);
    let mut tx = test.db.begin(&scope).await.unwrap();
    tx.panels().insert(&panel).await.unwrap_err();
    drop(tx);
    let mut tx = test.db.begin(&scope).await.unwrap();
    for statement in [
        "INSERT INTO chat_account (id, channel, name, network_id, secret, state, created_at, state_at)
         VALUES (gen_random_uuid(), 'no such', $1, $1, '', '', now(), now())",
        "INSERT INTO setting (key, value, updated_at) SELECT $1, '{}', now() FROM generate_series(1, 2)",
        "SELECT 1 / length(left($1, 0))",
    ] {
        let mut attempt = tx.connection_for_tests().begin().await.unwrap();
        sqlx::query(statement)
            .bind(TOKEN)
            .execute(&mut *attempt)
            .await
            .unwrap_err();
        attempt.rollback().await.unwrap();
    }
    drop(tx);

    let dump = dump(&test).await;
    assert!(
        says(&dump, &scope.role().to_string()),
        "it is this database's dump"
    );
    assert!(says(&dump, "https://shop.example"), "and has the rows");
    let log = std::fs::read(test.server_log()).unwrap();
    assert!(
        says(&log, "violates check constraint"),
        "and the log has the errors"
    );
    let mut looked_for = 0;
    for (column, values) in &secrets {
        for value in values {
            assert!(!says(&dump, value), "the dump says what {column} holds");
            assert!(!says(&log, value), "the server's log says what {column} holds");
            looked_for += 1;
        }
    }
    assert!(looked_for >= 4 + 2, "logins, a token and a key: {looked_for}");
    assert!(secrets["chat_account.secret"].contains(&TOKEN.to_owned()));
    assert!(secrets["panel.secret"].contains(&API_KEY.to_owned()));
    assert!(secrets["platform.sign_up.panel_key"].contains(&SIGN_UP_KEY.to_owned()));
}

#[tokio::test]
async fn a_database_without_its_key_file_refuses_to_start_and_names_the_key() {
    let own = OwnedDb::new().await;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        needed_keys(&own.admin).await.unwrap(),
        [],
        "nothing is sealed yet"
    );
    let load = |dir: &Path| KeyRing::load(&KeySource::dir(dir));
    let created = KeyRing::create(folder.path().join("keys")).unwrap();
    let db = own
        .open_with(Vault::new(load(&folder.path().join("keys")).unwrap()))
        .await
        .unwrap();
    db.close().await;

    // With another key: the start itself refuses.
    let other = folder.path().join("other");
    KeyRing::create(&other).unwrap();
    let error = own.open_with(Vault::new(load(&other).unwrap())).await.err();
    let Some(MigrateError::Store(StoreError::Vault(error @ VaultError::MissingKey { key_id, .. }))) = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(key_id, created.key_id);
    assert!(error.to_string().contains(&created.key_id.to_string()), "{error}");

    // With none: no fresh one is made in its place.
    let gone = folder.path().join("gone");
    let needed = needed_keys(&own.admin).await.unwrap();
    let error = KeyRing::load_or_create(&KeySource::dir(&gone), &needed).unwrap_err();
    assert!(error.to_string().contains(&created.key_id.to_string()), "{error}");
    assert!(!gone.exists());

    // Back in its place, all is well.
    let (ring, made) = KeyRing::load_or_create(&KeySource::dir(folder.path().join("keys")), &needed).unwrap();
    assert!(made.is_none());
    own.open_with(Vault::new(ring)).await.unwrap().close().await;
}

/// The thief of the key file has the very key, and a database of his own making: nothing that was sealed opens.
#[tokio::test]
async fn a_key_file_alone_opens_nothing() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let (account, panel) = fill(&test, &scope).await;
    let thiefs = OwnedDb::new().await;
    thiefs.open_with(test.vault()).await.unwrap().close().await;
    let vault = test.vault();
    let mut conn = PgConnection::connect_with(&thiefs.admin).await.unwrap();
    let keys = [
        platform_key(&mut conn, &vault).await,
        vault.new_data_key(KeyOwner::Tenant(scope.tenant())).unwrap().0,
        vault.new_data_key(KeyOwner::Platform).unwrap().0,
    ];
    for key in &keys {
        assert!(matches!(
            account.secret.open(key, account.id.uuid()),
            Err(VaultError::OtherDataKey { .. })
        ));
        assert!(matches!(
            panel.secret.open(key, panel.id),
            Err(VaultError::OtherDataKey { .. })
        ));
    }
    // And the database alone: its wrapped keys stay shut under another key.
    let folder = tempfile::tempdir().unwrap();
    KeyRing::create(folder.path().join("keys")).unwrap();
    let other = Vault::new(KeyRing::load(&KeySource::dir(folder.path().join("keys"))).unwrap());
    let mut conn = test.admin_connection().await;
    let wrapped: Vec<(Option<uuid::Uuid>, WrappedDataKey)> =
        sqlx::query_as("SELECT tenant_id, wrapped FROM platform.data_key")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(wrapped.len(), 2);
    for (tenant, wrapped) in wrapped {
        let owner = tenant.map_or(KeyOwner::Platform, |id| KeyOwner::Tenant(id.into()));
        assert!(other.unwrap_data_key(owner, &wrapped).is_err());
        assert!(vault.unwrap_data_key(owner, &wrapped).is_ok());
        // A wrapped key moved to another owner's row is refused even with the right key.
        let foreign = match owner {
            KeyOwner::Platform => KeyOwner::Tenant(scope.tenant()),
            KeyOwner::Tenant(_) => KeyOwner::Platform,
        };
        assert!(vault.unwrap_data_key(foreign, &wrapped).is_err());
    }
}
