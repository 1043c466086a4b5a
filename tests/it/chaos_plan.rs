//! What is said during the chaos test, all of it drawn from one seed.
//!
//! Invariant: an order is named by one message, or by that message and one that asks the same again; so every reply tells by its
//! text which message it answers.

use serde_json::{Value, json};

/// Small, repeatable, and the same on every machine (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).expect("a small number")]
    }
}

/// One shop of the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    pub name: &'static str,
    pub panel: usize,
    /// Its panel tells providers, and they have groups.
    pub routed: bool,
}

pub const CAST: [Cast; 3] = [
    Cast {
        name: "North",
        panel: 0,
        routed: true,
    },
    Cast {
        name: "South",
        panel: 1,
        routed: true,
    },
    // A customer's key: refills and cancellations are calls, nothing is known of providers.
    Cast {
        name: "West",
        panel: 2,
        routed: false,
    },
];
pub const CHATS: usize = 8;
pub const PROVIDERS: [&str; 2] = ["first.example", "second.example"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Every order is named in a reply once.
    Orders,
    /// One order, asked for a second time.
    Again,
    /// Somebody else's: a sentence without the id.
    Foreign,
    /// Nothing at all is answered.
    Silence,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub shop: usize,
    pub chat: usize,
    pub text: String,
    pub orders: Vec<String>,
    pub wanted: Wanted,
    /// Whether it goes to a provider's group.
    pub forwarded: bool,
    /// Whether the panel is asked for something.
    pub acted: bool,
}

pub struct Plan {
    pub messages: Vec<Message>,
    /// Orders of each panel, ready for the simulator.
    pub orders: Vec<Vec<Value>>,
}

pub fn customer(shop: usize, chat: usize) -> String {
    format!("customer-{shop}-{chat}")
}

/// The provider's number of an order: every order has one of its own.
pub fn external(order: &str) -> String {
    format!("9{order}")
}

pub fn plan(count: usize, dice: &mut Dice) -> Plan {
    let mut plan = Plan {
        messages: Vec::with_capacity(count),
        orders: vec![Vec::new(); CAST.len()],
    };
    let mut next = 481_000_000_u64;
    // Orders that may be asked for again, each once.
    let mut asked: Vec<Message> = Vec::new();
    for _ in 0..count {
        let (shop, chat) = (dice.one_of(&[0, 1, 2]), dice.below(CHATS as u64) as usize);
        let luck = dice.below(100);
        if luck < 8 && !asked.is_empty() {
            let at = dice.below(asked.len() as u64) as usize;
            let before = asked.swap_remove(at);
            plan.messages.push(Message {
                wanted: Wanted::Again,
                forwarded: false,
                acted: false,
                ..before
            });
            continue;
        }
        if luck < 11 {
            let text = dice
                .one_of(&["good morning", "thanks a lot", "how are you"])
                .to_owned();
            plan.messages.push(Message {
                shop,
                chat,
                text,
                orders: vec![],
                wanted: Wanted::Silence,
                forwarded: false,
                acted: false,
            });
            continue;
        }
        let size = match dice.below(20) {
            0 => 12,
            1..4 => 3,
            _ => 1,
        };
        let orders: Vec<String> = (0..size).map(|n| (next + n).to_string()).collect();
        next += size;
        let foreign = luck < 13 && size == 1;
        let (words, status) = dice.one_of(&[
            ("refill", "completed"),
            ("refill", "completed"),
            ("refil pls", "pending"),
            ("cancel", "in_progress"),
            ("cancel", "pending"),
            ("speed up", "in_progress"),
            ("status", "completed"),
            ("refund", "completed"),
        ]);
        let provider = dice.one_of(&PROVIDERS);
        let owner = if foreign {
            "somebody-else".to_owned()
        } else {
            customer(shop, chat)
        };
        for order in &orders {
            plan.orders[CAST[shop].panel].push(json!({
                "id": order, "user": owner, "status": status, "provider": provider, "external_ids": [external(order)],
                "service_name": "Followers", "refill_allowed": true, "cancel_allowed": true,
            }));
        }
        let text = if dice.below(2) == 0 {
            format!("{} {words}", orders.join(","))
        } else {
            format!("{words} {}", orders.join("\n"))
        };
        let moves = matches!(words, "refill" | "refil pls" | "cancel" | "speed up");
        let cancels = words == "cancel";
        let refills = words == "refill" && !CAST[shop].routed;
        let message = Message {
            shop,
            chat,
            text,
            orders,
            wanted: if foreign { Wanted::Foreign } else { Wanted::Orders },
            forwarded: moves && CAST[shop].routed && !foreign,
            acted: (cancels || refills) && !foreign,
        };
        if moves && size == 1 && !foreign {
            asked.push(message.clone());
        }
        plan.messages.push(message);
    }
    plan
}
