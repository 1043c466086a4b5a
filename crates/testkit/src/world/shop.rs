//! A tenant as an operator sets it up: bot, panel, customers, provider groups.

use std::time::Duration;

use serde_json::Value;

use super::{Said, SimPanel, World};

/// A tenant with one bot and one panel.
#[derive(Debug, Clone)]
pub struct Shop {
    pub name: String,
    pub bot: i64,
    pub token: String,
    pub panel: String,
}

impl World {
    /// A tenant with a bot of its own on one of this world's panels.
    pub async fn shop(&self, name: &str, panel: &SimPanel) -> Shop {
        let username = format!("{}_bot", name.to_lowercase().replace(' ', "_"));
        let (bot, token) = self.bots.bot(&username).await;
        self.cli(&["tenant", "create", name]).await;
        let shop = Shop {
            name: name.to_owned(),
            bot,
            token,
            panel: panel.name.clone(),
        };
        self.connect_bot(&shop).await;
        self.connect_panel(name, panel).await;
        shop
    }

    pub async fn connect_bot(&self, shop: &Shop) -> Value {
        let file = self.file(&format!("token-{}", shop.bot), &shop.token);
        self.cli(&[
            "bot",
            "connect",
            "--tenant",
            &shop.name,
            "--name",
            "Support",
            "--token-file",
            &file,
        ])
        .await
    }

    pub async fn connect_panel(&self, tenant: &str, panel: &SimPanel) -> Value {
        let file = self.file("panel-key", &panel.key);
        self.cli(&[
            "panel",
            "connect",
            "--tenant",
            tenant,
            "--name",
            &panel.name,
            "--url",
            &panel.url,
            "--key-file",
            &file,
            "--kind",
            panel.product_kind(),
            "--min-gap-ms",
            "1",
        ])
        .await
    }

    /// A person with a chat identity, linked to a username of the shop's panel.
    pub async fn customer(&self, shop: &Shop, id: i64, name: &str, username: &str) -> i64 {
        self.bots.user(id, name).await;
        self.cli(&[
            "customer",
            "link",
            "--tenant",
            &shop.name,
            "--name",
            name,
            "--panel",
            &shop.panel,
            "--username",
            username,
            "--telegram-id",
            &id.to_string(),
        ])
        .await;
        id
    }

    /// A provider with an alias and a group of its own; the group's id.
    pub async fn provider(&self, shop: &Shop, alias: &str, provider: &str, join_ms: u32) -> i64 {
        let agent = self
            .bots
            .user(800_000_000 + i64::from(std::process::id() % 1000), "Agent")
            .await;
        let group = self
            .bots
            .group(&format!("{} with {alias}", shop.name), &[agent], &[shop.bot])
            .await;
        self.known_chat(shop, group).await;
        self.cli(&[
            "provider",
            "alias",
            "--tenant",
            &shop.name,
            alias,
            "--provider",
            provider,
        ])
        .await;
        self.cli(&[
            "provider",
            "route",
            "--tenant",
            &shop.name,
            alias,
            "--chat",
            &group.to_string(),
            "--join-ms",
            &join_ms.to_string(),
        ])
        .await;
        self.remembered().await;
        group
    }

    /// Waits until the product has forgotten a shop's earlier settings, which it remembers for a second.
    pub async fn remembered(&self) {
        tokio::time::sleep(Duration::from_millis(1_050)).await;
    }

    /// Waits until the product knows a chat.
    pub async fn known_chat(&self, shop: &Shop, chat: i64) {
        self.until(&format!("{} knows chat {chat}", shop.name), async || {
            let chats = self.cli(&["chat", "list", "--tenant", &shop.name]).await;
            let wanted = chat.to_string();
            chats
                .as_array()?
                .iter()
                .any(|chat| chat["network_id"] == wanted)
                .then_some(())
        })
        .await;
    }

    pub async fn chat_mode(&self, shop: &Shop, chat: i64, mode: &str) {
        self.cli(&[
            "chat",
            "mode",
            "--tenant",
            &shop.name,
            "--chat",
            &chat.to_string(),
            mode,
        ])
        .await;
    }

    pub async fn credits(&self, shop: &Shop, amount: &str) {
        self.cli(&[
            "credits",
            "add",
            "--tenant",
            &shop.name,
            "--reason",
            "a test needs it",
            "--",
            amount,
        ])
        .await;
    }

    /// What the wallet says: balance and held, in credits as text.
    pub async fn wallet(&self, shop: &Shop) -> (String, String) {
        let shown = self.cli(&["credits", "show", "--tenant", &shop.name]).await;
        let text = |field: &str| shown[field].as_str().expect("an amount").to_owned();
        (text("balance"), text("held"))
    }

    pub async fn staff(&self, shop: &Shop) -> Value {
        self.cli(&["staff-list", "--tenant", &shop.name]).await
    }

    pub async fn requests(&self, shop: &Shop, order: &str) -> Vec<Value> {
        let list = self
            .cli(&["requests", "list", "--tenant", &shop.name, "--order", order])
            .await;
        list.as_array().expect("a list").clone()
    }

    /// Somebody writes in private; the bot's next `n` messages to them.
    pub async fn ask(&self, shop: &Shop, from: i64, text: &str, n: usize) -> Vec<String> {
        let (_, replies) = self.ask_said(shop, from, text, n).await;
        replies
    }

    pub async fn ask_said(&self, shop: &Shop, from: i64, text: &str, n: usize) -> (Said, Vec<String>) {
        let since = self.bots.now().await;
        let said = self.bots.say(shop.bot, from, text).await;
        let sent = self
            .bots
            .wait(&format!("bot={}&chat={from}&since={since}", shop.bot), n)
            .await;
        (said, sent.into_iter().map(|sent| sent.text).collect())
    }
}
