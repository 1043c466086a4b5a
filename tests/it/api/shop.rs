//! A shop with a bot, a panel in memory, a customer and a provider's group, whose messages go the whole way in this process. Nobody
//! listens at the chat network, so what is to be sent stays in the outbox.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::json;
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    id::{AccountId, ChatId, CustomerId, PanelId, ProviderId},
};
use switchboard_integrations::panel::{contract::StageOrder, fake::FakePanel};
use switchboard_store::{
    queue::{Handler, NodeName, Outcome, Queue},
    tenant::{
        accounts::ChatAccount,
        chats::{ChatMode, ChatParty, NewChat},
        panels::Panel,
    },
    vault::Sealed,
};
use switchboard_tenant::{TenantJobs, customers, network::Peeked};
use switchboard_testkit::{TestApp, User};
use uuid::Uuid;

pub struct Shop<'a> {
    pub app: &'a TestApp,
    pub owner: &'a User,
    pub account: AccountId,
    pub panel_id: PanelId,
    pub panel: Arc<FakePanel>,
    pub customer: CustomerId,
    pub provider: ProviderId,
    queue: Queue,
}

/// Telegram's number of the customer.
pub const RINA: i64 = 700_000_001;

impl<'a> Shop<'a> {
    pub async fn open(app: &'a TestApp, owner: &'a User) -> Self {
        let (hub, scope) = (&app.app.hub, owner.scope());
        let now = hub.clock.now();
        let key = hub.db.data_key(scope.tenant()).await.unwrap();
        let account = AccountId::from_uuid(hub.clock.uuid());
        let panel_id = PanelId::from_uuid(hub.clock.uuid());
        let bot = i64::try_from(hub.clock.uuid().as_u128() % 1_000_000_000).unwrap() + 1;
        let token = SecretString::from(format!("{bot}:{}", "x".repeat(35)));
        let mut tx = hub.db.begin(scope).await.unwrap();
        tx.accounts()
            .insert(&ChatAccount {
                id: account,
                channel: ChannelKind::TelegramBot,
                name: "Support".to_owned(),
                network_id: bot.to_string(),
                username: "support_bot".to_owned(),
                secret: Sealed::seal(&key, account.uuid(), &token).unwrap(),
                state: "online".to_owned(),
                state_text: String::new(),
                reads_groups: true,
                created_at: now,
                is_disconnected: false,
            })
            .await
            .unwrap();
        tx.panels()
            .insert(&Panel {
                id: panel_id.uuid(),
                kind: "perfect_panel_admin_v2".to_owned(),
                name: "Himal Boost".to_owned(),
                base_url: "https://panel.example/".to_owned(),
                secret: Sealed::seal(&key, panel_id.uuid(), &SecretString::from("k")).unwrap(),
                abilities: json!({}),
                min_gap_ms: 0,
                time_zone: "UTC".to_owned(),
                version: 1,
                created_at: now,
            })
            .await
            .unwrap();
        let group = tx
            .chats()
            .upsert(
                &NewChat {
                    id: ChatId::from_uuid(hub.clock.uuid()),
                    account_id: account,
                    network_id: "-1001".to_owned(),
                    kind: ChatKind::Group,
                    title: "Kite / Himal Boost".to_owned(),
                    mode: ChatMode::Off,
                },
                now,
            )
            .await
            .unwrap();
        tx.chats().set_party(group.id, ChatParty::Provider).await.unwrap();
        let provider = tx
            .providers()
            .alias(
                ProviderId::from_uuid(hub.clock.uuid()),
                "Kite",
                "first.example",
                now,
            )
            .await
            .unwrap();
        tx.providers()
            .route(hub.clock.uuid(), provider, group.id, "", None, 100, 0, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let panel = Arc::new(FakePanel::admin());
        hub.desks.open(panel_id, 1, panel.clone());
        let customer = customers::link(
            hub,
            scope,
            &customers::NewLink {
                customer: "Rina Media",
                panel: Some("Himal Boost"),
                username: Some("customer1"),
                telegram_id: Some(&RINA.to_string()),
                orders: &[],
            },
        )
        .await
        .unwrap();
        let node = NodeName::new("driven").unwrap();
        let queue = Queue::new(
            hub.db.queue_pool().clone(),
            node,
            hub.clock.uuid(),
            hub.clock.clone(),
        );
        Self {
            app,
            owner,
            account,
            panel_id,
            panel,
            customer,
            provider,
            queue,
        }
    }

    pub fn order(&self, id: &str, status: &str) {
        self.panel.put_order(StageOrder {
            status: status.to_owned(),
            ..StageOrder::new(id)
        });
    }

    pub fn foreign_order(&self, id: &str) {
        self.panel.put_order(StageOrder {
            username: "somebody".to_owned(),
            ..StageOrder::new(id)
        });
    }

    /// Rina writes in private; all that is due is done.
    pub async fn says(&self, text: &str) {
        self.hears(text).await;
        self.run_jobs().await;
    }

    /// Rina writes in private; nothing is done yet.
    pub async fn hears(&self, text: &str) {
        self.receives(json!({
            "text": text,
            "chat": {"id": RINA, "type": "private", "first_name": "Rina"},
            "from": {"id": RINA, "is_bot": false, "first_name": "Rina"},
        }))
        .await;
    }

    /// Somebody writes in a group; all that is due is done.
    pub async fn says_in(&self, group: i64, from: i64, text: &str) {
        self.receives(json!({
            "text": text,
            "chat": {"id": group, "type": "supergroup", "title": format!("Group {group}")},
            "from": {"id": from, "is_bot": false, "first_name": format!("Person {from}")},
        }))
        .await;
        self.run_jobs().await;
    }

    /// The network delivers a message; its number and time are added.
    pub async fn receives(&self, mut message: serde_json::Value) {
        let hub = &self.app.app.hub;
        let number = hub.clock.uuid().as_u128() % 1_000_000_000;
        message["message_id"] = json!(number % 1_000_000);
        message["date"] = json!(hub.clock.now().timestamp());
        let chat = message["chat"]["id"].to_string();
        let raw = json!({"update_id": number, "message": message});
        let peeked = Peeked {
            dedupe_key: format!("u{number}"),
            chat: Some(chat),
        };
        hub.intake()
            .accept(self.owner.scope(), self.account, &peeked, &raw.to_string())
            .await
            .unwrap();
    }

    /// Runs what is due until nothing is; what is to be tried again is left for later.
    pub async fn run_jobs(&self) {
        let kinds: Vec<String> = ["message.handle", "panel.act", "forward.gather"]
            .map(str::to_owned)
            .into();
        let handler = TenantJobs(self.app.app.hub.clone());
        let day = Duration::from_secs(86_400);
        loop {
            let jobs = self.queue.claim(10, 10, Some(&kinds)).await.unwrap();
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                let copy = job.clone();
                match handler.run(copy).await {
                    Outcome::Done => self.queue.forget(job.fence),
                    Outcome::Retry { error, .. } => self.queue.retry(&job, day, &error).await.unwrap(),
                    Outcome::Later { reason, .. } => self.queue.postpone(&job, day, &reason).await.unwrap(),
                    Outcome::Fail { error } => panic!("{}: {error}", job.kind),
                }
            }
        }
    }

    /// Purpose, state and text of everything to be sent, in its order.
    pub async fn outbox(&self) -> Vec<(String, String, String)> {
        let role = format!("t_{}", self.owner.scope().tenant().uuid().simple());
        let mut conn = self.app.db.admin_connection().await;
        sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT purpose, state, text FROM {role}.outbox ORDER BY created_at, id"
        )))
        .fetch_all(&mut conn)
        .await
        .unwrap()
    }

    /// A statement in the tenant's schema, for states that only time or a broken network would bring.
    pub async fn sql(&self, text: &str) {
        let role = format!("t_{}", self.owner.scope().tenant().uuid().simple());
        let mut conn = self.app.db.admin_connection().await;
        let text = format!("SET search_path = {role}; {text}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut conn)
            .await
            .unwrap();
    }

    /// The cancels and refills that reached the panel.
    pub fn acts(&self) -> usize {
        self.panel.acts().len()
    }
}

/// The only request of an order.
pub async fn request_of(owner: &User, order: &str) -> Uuid {
    let list = owner
        .get(&owner.at(&format!("/requests?ids={order}")))
        .await
        .expect(200);
    let id = list["items"][0]["id"].as_str().expect("a request");
    id.parse().unwrap()
}
