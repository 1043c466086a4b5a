//! A stream of messages while the server is killed again and again, at random and at named points, and the database under it too.
//! Afterwards everything is counted from the panels' and the network's own records.
//!
//! `CHAOS_MESSAGES` says how many (300 without it), `CHAOS_SEED` repeats a run.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use switchboard_testkit::world::{Receiving, Sent, Setup, Shop, World, ids};
use uuid::Uuid;

use crate::chaos_plan::{self as plan, CAST, CHATS, Dice, Message, PROVIDERS, Plan, Wanted};

/// Before and after each commit and each call, as the product names them.
const POINTS: [&str; 18] = [
    "intake.before_commit",
    "intake.after_commit",
    "pipeline.after_read",
    "pipeline.before_commit",
    "pipeline.after_commit",
    "act.before_mark",
    "act.before_call",
    "act.after_call",
    "act.before_outcome",
    "act.after_outcome",
    "gather.before_commit",
    "gather.after_commit",
    "send.before_mark",
    "send.before_call",
    "send.after_call",
    "send.before_outcome",
    "send.after_outcome",
    "send.after_call",
];
const RANDOM_KILLS: usize = 6;
const DATABASE_KILLS: usize = 4;
const NOT_YOURS: &str = "Order ID does not belong to your account";

#[derive(Debug, Clone, Copy)]
enum Kill {
    At(&'static str),
    Random,
    Database,
}

#[derive(Debug, Default)]
struct Tally {
    kills_at_points: usize,
    points_not_reached: Vec<&'static str>,
    kills_at_random: usize,
    database_kills: usize,
    /// Every send that was under way when something was killed: (row, its try) → (forward, text).
    in_flight: HashMap<(Uuid, i32), (bool, String)>,
    slowest_start: Duration,
}

struct Stage {
    world: World,
    shops: Vec<Shop>,
    /// Per shop and provider.
    groups: Vec<i64>,
}

fn seed() -> u64 {
    if let Some(seed) = std::env::var("CHAOS_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
    {
        return seed;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "another seed each time, printed to repeat it"
    )]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64
}

fn person(shop: usize, chat: usize) -> i64 {
    710_000_000 + (shop * 100 + chat) as i64
}

async fn stage(plan: &Plan) -> Stage {
    let world = Setup::new(Receiving::Webhook)
        .panel("North panel", json!({}))
        .panel("South panel", json!({"cancel_hides_skipped": true}))
        .panel(
            "West panel",
            json!({"kind": "user_v2", "user": "west-key-account"}),
        )
        .start()
        .await;
    let (mut shops, mut groups) = (Vec::new(), Vec::new());
    for (at, cast) in CAST.iter().enumerate() {
        let shop = world.shop(cast.name, &world.panels[cast.panel]).await;
        world.credits(&shop, "100000").await;
        if cast.routed {
            for (n, provider) in PROVIDERS.iter().enumerate() {
                groups.push(
                    world
                        .provider(&shop, &format!("Alias{n}"), provider, 12_000)
                        .await,
                );
            }
        }
        let linked = (0..CHATS).map(|chat| link(&world, plan, &shop, at, chat));
        join_all(linked).await;
        shops.push(shop);
    }
    for (panel, orders) in world.panels.iter().zip(&plan.orders) {
        let mut orders = orders.clone();
        if panel.kind == "user_v2" {
            // The key sees the orders of its own account; whose they are among our customers, our map says.
            for order in &mut orders {
                order["user"] = json!("west-key-account");
            }
        }
        panel.orders(Value::Array(orders)).await;
    }
    Stage { world, shops, groups }
}

async fn link(world: &World, plan: &Plan, shop: &Shop, at: usize, chat: usize) {
    let (id, name) = (person(at, chat), plan::customer(at, chat));
    if CAST[at].routed {
        world.customer(shop, id, &name, &name).await;
        return;
    }
    let owns = orders_of(plan, at, chat);
    world.bots.user(id, &name).await;
    let id = id.to_string();
    let mut link = vec![
        "customer",
        "link",
        "--tenant",
        &shop.name,
        "--name",
        &name,
        "--telegram-id",
        &id,
    ];
    if !owns.is_empty() {
        link.extend(["--panel", &shop.panel, "--orders", &owns]);
    }
    world.cli(&link).await;
}

/// Orders of one chat, as the command line takes them.
fn orders_of(plan: &Plan, shop: usize, chat: usize) -> String {
    let mine = plan
        .messages
        .iter()
        .filter(|message| message.shop == shop && message.chat == chat && message.wanted == Wanted::Orders);
    let orders: Vec<&str> = mine
        .flat_map(|message| message.orders.iter().map(String::as_str))
        .collect();
    orders.join(",")
}

/// Marked as being sent, and no outcome written: (row, try, purpose, text).
async fn in_flight(world: &World) -> Vec<(Uuid, i32, String, String)> {
    world
        .until("the database says what is in flight", async || {
            let mut conn = world.database().await?;
            let schemas: Vec<String> = sqlx::query_scalar(
                "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^t_[0-9a-f]{32}$'",
            )
            .fetch_all(&mut conn)
            .await
            .ok()?;
            let mut all = Vec::new();
            for schema in schemas {
                let sql = format!(
                    "SELECT id, attempts, purpose, text FROM {schema}.outbox WHERE state = 'sending'"
                );
                let rows: Vec<(Uuid, i32, String, String)> = sqlx::query_as(AssertSqlSafe(sql))
                    .fetch_all(&mut conn)
                    .await
                    .ok()?;
                all.extend(rows);
            }
            Some(all)
        })
        .await
}

async fn say(stage: &Stage, messages: &[Message]) {
    let said: Vec<Value> = messages
        .iter()
        .map(|message| {
            json!({
                "bot": stage.shops[message.shop].bot, "from": person(message.shop, message.chat), "text": message.text,
            })
        })
        .collect();
    stage.world.bots.post("/sim/say_many", Value::Array(said)).await;
}

async fn start(world: &mut World, point: Option<&str>, tally: &mut Tally) -> bool {
    let begun = Instant::now();
    let serves = world.try_serve(point).await;
    tally.slowest_start = tally.slowest_start.max(begun.elapsed());
    serves
}

/// One round: the product runs, some messages come, something is killed.
async fn round(stage: &mut Stage, kill: Kill, messages: &[Message], dice: &mut Dice, tally: &mut Tally) {
    match kill {
        Kill::At(name) => {
            stage.world.kill9().await;
            note(stage, tally).await;
            let point = format!("{name}:{}", 1 + dice.below(4));
            let serves = start(&mut stage.world, Some(&point), tally).await;
            say(stage, messages).await;
            if serves && !dies_within(&mut stage.world, Duration::from_secs(8)).await {
                tally.points_not_reached.push(name);
                stage.world.kill9().await;
                tally.kills_at_random += 1;
            } else {
                tally.kills_at_points += 1;
            }
            note(stage, tally).await;
            start(&mut stage.world, None, tally).await;
        }
        Kill::Random => {
            say(stage, messages).await;
            tokio::time::sleep(Duration::from_millis(50 + dice.below(1_500))).await;
            stage.world.kill9().await;
            tally.kills_at_random += 1;
            note(stage, tally).await;
            start(&mut stage.world, None, tally).await;
        }
        Kill::Database => {
            say(stage, messages).await;
            tokio::time::sleep(Duration::from_millis(50 + dice.below(1_500))).await;
            // Held still, so that what is in flight can be counted while nothing moves.
            stage.world.freeze();
            note(stage, tally).await;
            assert!(stage.world.kill_postgres(), "no database to kill");
            stage.world.thaw();
            tally.database_kills += 1;
            stage
                .world
                .until("the database is back", async || stage.world.database().await)
                .await;
        }
    }
}

async fn note(stage: &Stage, tally: &mut Tally) {
    for (id, attempt, purpose, text) in in_flight(&stage.world).await {
        tally
            .in_flight
            .insert((id, attempt), (purpose == "forward", text));
    }
}

async fn dies_within(world: &mut World, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if world.has_died() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// Texts that one chat read more often than they were due, as far as texts can tell it.
fn doubled(sent: &[Sent], messages: &[&Message]) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for sent in sent {
        *counts.entry(&sent.text).or_default() += 1;
    }
    let foreign = messages
        .iter()
        .filter(|message| message.wanted == Wanted::Foreign)
        .count();
    let excess = counts.into_iter().map(|(text, count)| {
        let once = if text == NOT_YOURS {
            foreign
        } else if let Some(rest) = text.strip_prefix("Got it, ") {
            let size = rest.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            messages
                .iter()
                .filter(|message| message.orders.len() == size)
                .count()
        } else {
            1
        };
        (text.to_owned(), count.saturating_sub(once.max(1)))
    });
    excess.filter(|(_, count)| *count > 0).collect()
}

/// Messages without their answers, in words.
fn unanswered(sent: &[Sent], messages: &[&Message]) -> Vec<String> {
    let mut missing = Vec::new();
    let texts: HashSet<&str> = sent.iter().map(|sent| sent.text.as_str()).collect();
    for message in messages {
        let fine = match message.wanted {
            Wanted::Orders => message
                .orders
                .iter()
                .all(|order| texts.iter().any(|text| text.contains(order.as_str()))),
            Wanted::Again => {
                texts
                    .iter()
                    .filter(|text| text.contains(message.orders[0].as_str()))
                    .count()
                    >= 2
            }
            // A panel that does not tell whose an order is leaves it to a person.
            Wanted::Foreign => {
                texts.contains(NOT_YOURS)
                    || (!CAST[message.shop].routed
                        && texts.iter().any(|text| text.contains(message.orders[0].as_str())))
            }
            Wanted::Silence => true,
        };
        if !fine {
            missing.push(format!("{:?}: {:?}", message.wanted, message.text));
        }
    }
    missing
}

/// Orders for which a panel was asked twice without having been read in between.
fn asked_blindly(calls: &[Value]) -> Vec<String> {
    let mut asked: HashSet<String> = HashSet::new();
    let mut blind = Vec::new();
    for call in calls {
        for id in ids(call) {
            if call["write"] != true {
                asked.remove(&id);
            } else if !asked.insert(id.clone()) {
                blind.push(id);
            }
        }
    }
    blind
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_done_twice_when_processes_are_killed() {
    let begun = Instant::now();
    let count: usize = std::env::var("CHAOS_MESSAGES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(300);
    let seed = seed();
    println!("chaos: seed {seed}, {count} messages (repeat with CHAOS_SEED={seed} CHAOS_MESSAGES={count})");
    let mut dice = Dice(seed);
    let plan = plan::plan(count, &mut dice);
    let mut stage = stage(&plan).await;
    println!("chaos: the stage is set after {:?}", begun.elapsed());

    let mut kills: Vec<Kill> = POINTS.iter().map(|point| Kill::At(point)).collect();
    kills.extend([Kill::Random; RANDOM_KILLS]);
    kills.extend([Kill::Database; DATABASE_KILLS]);
    for at in (1..kills.len()).rev() {
        kills.swap(at, dice.below(at as u64 + 1) as usize);
    }
    let mut tally = Tally::default();
    let share = count.div_ceil(kills.len());
    let mut rest = plan.messages.as_slice();
    for kill in kills {
        let (now, later) = rest.split_at(share.min(rest.len()));
        rest = later;
        round(&mut stage, kill, now, &mut dice, &mut tally).await;
    }
    say(&stage, rest).await;
    println!("chaos: all is said after {:?}", begun.elapsed());
    stage.world.settle_within(Duration::from_secs(150)).await;
    println!("chaos: all is done after {:?}", begun.elapsed());
    account(&stage, &plan, &tally).await;
    println!("chaos: {:?} in all", begun.elapsed());
}

async fn account(stage: &Stage, plan: &Plan, tally: &Tally) {
    let world = &stage.world;
    let mut wrong: Vec<String> = Vec::new();

    let undelivered = world
        .bots
        .deliveries("since=0")
        .await
        .into_iter()
        .filter(|delivery| delivery["acknowledged"] != true)
        .count();
    if undelivered > 0 {
        wrong.push(format!("{undelivered} updates were never acknowledged"));
    }

    let (mut doubles, mut replies, mut missing) = (Vec::new(), 0, Vec::new());
    for (at, shop) in stage.shops.iter().enumerate() {
        for chat in 0..CHATS {
            let sent = world
                .bots
                .sent(&format!("bot={}&chat={}", shop.bot, person(at, chat)))
                .await;
            let messages: Vec<&Message> = plan
                .messages
                .iter()
                .filter(|message| message.shop == at && message.chat == chat)
                .collect();
            replies += sent.len();
            doubles.extend(doubled(&sent, &messages));
            missing.extend(unanswered(&sent, &messages));
        }
    }
    if !missing.is_empty() {
        wrong.push(format!(
            "{} messages without an answer: {missing:#?}",
            missing.len()
        ));
    }
    let flying: Vec<&(bool, String)> = tally.in_flight.values().collect();
    for (text, count) in &doubles {
        let times = flying
            .iter()
            .filter(|(forward, flying)| !forward && flying == text)
            .count();
        if *count > times {
            wrong.push(format!(
                "doubled {count} times, in flight at a kill {times} times: {text:?}"
            ));
        }
    }
    let replies_in_flight = flying.iter().filter(|(forward, _)| !forward).count();
    let forwards_in_flight = flying.len() - replies_in_flight;
    let doubles: usize = doubles.iter().map(|(_, count)| count).sum();

    let (mut acts, mut never_asked) = (0, Vec::new());
    for (at, cast) in CAST.iter().enumerate() {
        let panel = &world.panels[cast.panel];
        let calls = panel.calls().await;
        acts += calls.iter().filter(|call| call["write"] == true).count();
        let blind = asked_blindly(&calls);
        if !blind.is_empty() {
            wrong.push(format!(
                "{}: asked twice without a look between: {blind:?}",
                cast.name
            ));
        }
        let asked: HashSet<String> = calls
            .iter()
            .filter(|call| call["write"] == true)
            .flat_map(ids)
            .collect();
        let with_staff = staff_orders(world, &stage.shops[at]).await;
        let wanted = plan
            .messages
            .iter()
            .filter(|message| message.shop == at && message.acted);
        never_asked.extend(
            wanted
                .flat_map(|message| &message.orders)
                .filter(|order| !asked.contains(*order) && !with_staff.contains(*order))
                .cloned(),
        );
    }
    if !never_asked.is_empty() {
        wrong.push(format!(
            "the panel was never asked for {never_asked:?}, and staff do not know"
        ));
    }

    let (forwarded, unknown) = forwards(stage, plan, &mut wrong).await;

    let stats = world.cli(&["jobs", "stats"]).await;
    if stats["dead"] != 0 || stats["stuck"] != json!([]) {
        wrong.push(format!("the queue is not clean: {stats}"));
        wrong.push(world.cli(&["jobs", "dead"]).await.to_string());
    }

    println!(
        "chaos: {} kill -9 of the server ({} at named points, {} at random), {} of PostgreSQL; {} starts, the slowest took {:?}",
        tally.kills_at_points + tally.kills_at_random,
        tally.kills_at_points,
        tally.kills_at_random,
        tally.database_kills,
        world.starts(),
        tally.slowest_start
    );
    println!(
        "chaos: points that were not reached in time: {:?}",
        tally.points_not_reached
    );
    println!(
        "chaos: {} messages, {replies} replies, {doubles} doubled with {} in flight at kills",
        plan.messages.len(),
        replies_in_flight
    );
    println!(
        "chaos: {acts} calls asked panels for something, none of them blindly repeated: {}",
        wrong.iter().all(|line| !line.contains("asked twice"))
    );
    println!(
        "chaos: {forwarded} orders reached their provider's group once, {unknown} did not and are listed as unknown ({} forwards were in flight at kills)",
        forwards_in_flight
    );
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.join(
            "
"
        )
    );
    assert!(
        tally.kills_at_points + tally.kills_at_random >= 20,
        "too few kills"
    );
    world.adds_up().await;
    println!("chaos: every ledger adds up, no lane is stuck, no job is dead");
}

async fn staff_orders(world: &World, shop: &Shop) -> HashSet<String> {
    let staff = world
        .cli(&["staff-list", "--tenant", &shop.name, "--limit", "1000"])
        .await;
    staff["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["order_id"].as_str().unwrap().to_owned())
        .collect()
}

/// Every forwarded order stands once in its provider's group, or is listed as unknown: (once, listed).
async fn forwards(stage: &Stage, plan: &Plan, wrong: &mut Vec<String>) -> (usize, usize) {
    let mut written: HashMap<String, usize> = HashMap::new();
    for &group in &stage.groups {
        for sent in stage.world.bots.sent_to(group, 0).await {
            let first = sent.text.lines().next().unwrap_or_default();
            for id in first.split(' ').next().unwrap_or_default().split(',') {
                *written.entry(id.to_owned()).or_default() += 1;
            }
        }
    }
    let (mut listed, mut lines) = (String::new(), 0);
    for shop in &stage.shops {
        let staff = stage
            .world
            .cli(&["staff-list", "--tenant", &shop.name, "--limit", "1000"])
            .await;
        listed.push_str(&staff["unknown_sends"].to_string());
        lines += staff["unknown_sends"].as_array().unwrap().len();
    }
    println!("chaos: {lines} sends are listed as unknown, for a person");
    let (mut once, mut unknown) = (0, 0);
    for order in plan
        .messages
        .iter()
        .filter(|message| message.forwarded)
        .flat_map(|message| &message.orders)
    {
        let external = plan::external(order);
        match written.get(&external).copied().unwrap_or(0) {
            1 => once += 1,
            0 if listed.contains(&external) => unknown += 1,
            n => wrong.push(format!("order {order} stands {n} times in its provider's group")),
        }
    }
    (once, unknown)
}
