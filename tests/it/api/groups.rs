//! Groups: bound by a code, one kind for good, and acting as one customer.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::{TestApp, User};
use uuid::Uuid;

use super::shop::{RINA, Shop};

const CUSTOMERS: i64 = -100_222;
const PROVIDERS: i64 = -100_333;
const OWNER: i64 = 700_000_900;
const STRANGER: i64 = 700_000_077;

async fn code(owner: &User, shop: &Shop<'_>, purpose: &str) -> Value {
    let body = json!({
        "purpose": purpose, "account": shop.account.uuid(),
        "provider": (purpose == "provider_group").then(|| shop.provider.uuid()),
    });
    owner.post(&owner.at("/bind-codes"), body).await.expect(201)
}

async fn state(owner: &User, code: &Value) -> Value {
    let path = format!("/bind-codes/{}", code["code"].as_str().unwrap());
    owner.get(&owner.at(&path)).await.expect(200)
}

async fn last(shop: &Shop<'_>) -> String {
    shop.outbox()
        .await
        .pop()
        .map(|(_, _, text)| text)
        .unwrap_or_default()
}

async fn group(owner: &User, network: i64) -> Value {
    let title = format!("Group {network}");
    let channels = owner.get(&owner.at("/channels")).await.expect(200);
    let path = format!("/channels/{}/groups", channels[0]["id"].as_str().unwrap());
    let groups = owner.get(&owner.at(&path)).await.expect(200);
    let groups = groups["items"].as_array().unwrap();
    groups
        .iter()
        .find(|group| group["title"] == title)
        .cloned()
        .unwrap()
}

#[tokio::test]
async fn a_customers_group_is_bound_once_by_its_code() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    let made = code(&asha, &shop, "customer_group").await;
    let text = made["code"].as_str().unwrap();
    assert_eq!(
        made["link"],
        json!(format!("https://t.me/support_bot?startgroup={text}"))
    );
    assert_eq!(made["state"], json!("waiting"));
    assert!(
        made["words"]
            .as_str()
            .unwrap()
            .contains(&format!("/start@support_bot {text}"))
    );

    shop.says_in(CUSTOMERS, OWNER, &format!("/start@support_bot {text}"))
        .await;
    let bound = state(&asha, &made).await;
    assert_eq!(bound["state"], json!("bound"));
    assert_eq!(bound["chat"]["title"], json!(format!("Group {CUSTOMERS}")));
    assert!(last(&shop).await.starts_with("This group is connected."));
    let row = group(&asha, CUSTOMERS).await;
    assert_eq!(
        (&row["mode"], &row["party"]),
        (&json!("support"), &json!("customer"))
    );

    // Said a second time, there or elsewhere, it binds nothing.
    shop.says_in(-100_444, STRANGER, &format!("/start {text}")).await;
    assert_eq!(
        last(&shop).await,
        "This code has been used. Make a new one in the panel."
    );
    assert_eq!(group(&asha, -100_444).await["party"], json!("none"));

    shop.order("481799696", "Completed");
    shop.says_in(CUSTOMERS, RINA, "481799696 refill").await;
    assert!(last(&shop).await.contains("481799696"), "the group is answered");
}

#[tokio::test]
async fn a_group_is_never_both_kinds() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    let provider = code(&asha, &shop, "provider_group").await;
    let text = provider["code"].as_str().unwrap();
    // In a forum the topic where it is said is where requests go.
    shop.receives(json!({
        "text": format!("/start@support_bot {text}"), "message_thread_id": 42, "is_topic_message": true,
        "chat": {"id": PROVIDERS, "type": "supergroup", "title": format!("Group {PROVIDERS}"), "is_forum": true},
        "from": {"id": OWNER, "is_bot": false, "first_name": "Asha"},
    }))
    .await;
    shop.run_jobs().await;
    assert_eq!(state(&asha, &provider).await["state"], json!("bound"));
    shop.sql("SELECT 1/count(*) FROM provider_route WHERE topic = '42'")
        .await;
    let row = group(&asha, PROVIDERS).await;
    assert_eq!((&row["mode"], &row["party"]), (&json!("off"), &json!("provider")));

    let customer = code(&asha, &shop, "customer_group").await;
    let text = customer["code"].as_str().unwrap();
    shop.says_in(PROVIDERS, STRANGER, &format!("/start {text}")).await;
    let refused = state(&asha, &customer).await;
    assert_eq!(refused["state"], json!("refused"));
    assert!(
        refused["refused_why"].as_str().unwrap().contains("never both"),
        "{refused}"
    );
    assert!(last(&shop).await.contains("never both"));
    assert_eq!(group(&asha, PROVIDERS).await["party"], json!("provider"));
    // It still serves for the right group.
    shop.says_in(CUSTOMERS, OWNER, &format!("/start {text}")).await;
    assert_eq!(state(&asha, &customer).await["state"], json!("bound"));
}

#[tokio::test]
async fn codes_end_and_belong_to_their_shop() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let shop = Shop::open(&app, &asha).await;
    let made = code(&asha, &shop, "customer_group").await;
    let text = made["code"].as_str().unwrap().to_owned();
    binod
        .get(&binod.at(&format!("/bind-codes/{text}")))
        .await
        .problem(404, "not-found");
    shop.says_in(CUSTOMERS, STRANGER, "/start somethingelse").await;
    assert_eq!(
        shop.outbox().await,
        [],
        "nobody makes the bot talk with codes that nobody made"
    );
    app.db.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(state(&asha, &made).await["state"], json!("expired"));
    shop.says_in(CUSTOMERS, OWNER, &format!("/start {text}")).await;
    assert_eq!(
        last(&shop).await,
        "This code is over. Make a new one in the panel."
    );
    assert_eq!(group(&asha, CUSTOMERS).await["party"], json!("none"));
    let mut conn = app.db.admin_connection().await;
    let role = format!("t_{}", asha.scope().tenant().uuid().simple());
    let kept: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT string_agg(s::text, '') FROM {role}.setting s WHERE starts_with(s.key, 'bind:')"
    )))
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert!(!kept.contains(&text), "only a hash is kept");
    for (body, errors) in [
        (
            json!({"purpose": "x", "account": shop.account.uuid()}),
            "purpose: unknown",
        ),
        (
            json!({"purpose": "customer_group", "account": Uuid::nil()}),
            "account: unknown",
        ),
        (
            json!({"purpose": "provider_group", "account": shop.account.uuid()}),
            "provider: required",
        ),
        (
            json!({"purpose": "customer_group", "account": shop.account.uuid(), "topic": "general"}),
            "topic: malformed",
        ),
    ] {
        assert_eq!(
            asha.post(&asha.at("/bind-codes"), body).await.field_errors(),
            [errors]
        );
    }
}

#[tokio::test]
async fn a_group_acts_as_one_customer_and_late_joiners_confirm() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    let made = code(&asha, &shop, "customer_group").await;
    shop.says_in(
        CUSTOMERS,
        OWNER,
        &format!("/start {}", made["code"].as_str().unwrap()),
    )
    .await;
    shop.order("481799190", "In progress");
    let before = shop.outbox().await.len();
    shop.says_in(CUSTOMERS, STRANGER, "481799190 cancel").await;
    assert_eq!(
        shop.outbox().await.len(),
        before,
        "a stranger in the group inherits nothing"
    );

    let row = group(&asha, CUSTOMERS).await;
    let at = asha.at(&format!("/chats/{}/acts-as", row["id"].as_str().unwrap()));
    app.db.clock.advance(Duration::from_secs(60));
    let members = asha
        .put(&at, json!({"customer": shop.customer.uuid()}))
        .await
        .expect(200);
    let names: Vec<_> = members["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["network_id"].clone())
        .collect();
    assert_eq!(members["acts_as_one"], json!(true));
    assert!(names.contains(&json!(STRANGER.to_string())), "{members}");
    assert_eq!(
        group(&asha, CUSTOMERS).await["customer"]["name"],
        json!("Rina Media")
    );

    // Who comes by the invite link afterwards is asked first.
    app.db.clock.advance(Duration::from_secs(60));
    let late = 700_000_555;
    shop.says_in(CUSTOMERS, late, "481799190 cancel").await;
    assert!(last(&shop).await.contains("reply yes"), "{}", last(&shop).await);
    assert_eq!(shop.acts(), 0);
    let members = asha.get(&at.replace("acts-as", "members")).await.expect(200);
    let is_late = |id: i64| {
        let members = members["members"].as_array().unwrap();
        members
            .iter()
            .find(|m| m["network_id"] == json!(id.to_string()))
            .unwrap()["is_late"]
            .clone()
    };
    assert_eq!((is_late(late), is_late(STRANGER)), (json!(true), json!(false)));
    shop.says_in(CUSTOMERS, late, "yes").await;
    assert_eq!(shop.acts(), 1, "{}", last(&shop).await);
    // A member from before is not asked.
    shop.order("481799191", "In progress");
    shop.says_in(CUSTOMERS, STRANGER, "481799191 cancel").await;
    assert_eq!(shop.acts(), 2);

    asha.put(&at, json!({"customer": null})).await.expect(200);
    shop.order("481799192", "In progress");
    shop.says_in(CUSTOMERS, STRANGER, "481799192 cancel").await;
    assert_eq!(shop.acts(), 2, "each for himself again");
    let unknown = asha.put(&at, json!({"customer": Uuid::nil()})).await;
    assert_eq!(unknown.field_errors(), ["customer: unknown"]);
}
