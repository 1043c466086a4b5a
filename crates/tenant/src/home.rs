//! "Is everything working?" in one look, and until set-up is done, what is left of it.

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_store::{
    StoreError, TenantScope,
    tenant::{
        channels::Channel,
        home::{OutcomeCount, PanelSeen},
    },
};

use crate::{
    Hub, channels,
    checklist::{self, Item},
    wallet::{self, WalletState},
};

/// Over how many days "the usual" is taken.
const USUAL: i64 = 7;
const SILENT_MODE: &str = "silent_mode";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    /// Something waits for a person.
    Person,
    Failed,
    /// The shop is not set up yet.
    Setup,
}

#[derive(Debug)]
pub struct Overview {
    pub verdict: (Verdict, String),
    /// `None` once all of it is done.
    pub checklist: Option<Vec<Item>>,
    pub channels: Vec<Channel>,
    pub panels: Vec<PanelSeen>,
    pub wallet: WalletState,
    pub need_person: i64,
    pub oldest: Option<DateTime<Utc>>,
    pub today: Vec<OutcomeCount>,
    /// Requests of a day, over the last week; `None` without any.
    pub usual: Option<i64>,
    pub silent: bool,
}

pub async fn overview(hub: &Hub, scope: &TenantScope) -> Result<Overview, StoreError> {
    let now = hub.clock.now();
    let day = now - TimeDelta::hours(24);
    let checklist = checklist::of(hub, scope).await?;
    let channels = channels::list(hub, scope).await?;
    let wallet = wallet::state(hub, scope).await?;
    let mut tx = hub.db.begin(scope).await?;
    let panels = tx.home().panels().await?;
    let (need_person, oldest) = tx.home().need_person().await?;
    let today = tx.home().outcomes(day, now).await?;
    let before = tx.home().outcomes(day - TimeDelta::days(USUAL), day).await?;
    let silent = tx
        .settings()
        .all()
        .await?
        .get(SILENT_MODE)
        .is_some_and(|value| value == &serde_json::Value::Bool(true));
    drop(tx);
    let earlier: i64 = before.iter().map(|line| line.count).sum();
    let open = checklist.iter().any(|item| !item.done);
    Ok(Overview {
        verdict: verdict(&channels, &panels, &wallet, need_person, open),
        checklist: open.then_some(checklist),
        channels,
        panels,
        wallet,
        need_person,
        oldest,
        today,
        usual: (earlier > 0).then_some(earlier / USUAL),
        silent,
    })
}

/// The worst that is true, in one sentence that says what to do.
fn verdict(
    channels: &[Channel],
    panels: &[PanelSeen],
    wallet: &WalletState,
    need_person: i64,
    open: bool,
) -> (Verdict, String) {
    let cut = channels
        .iter()
        .find(|channel| matches!(channel.state.as_str(), "backing_off" | "logged_out"));
    if let Some(channel) = cut {
        let sentence = format!(
            "{} is not connected. {}",
            channel.name,
            channels::next_step(channel)
        );
        return (Verdict::Failed, sentence);
    }
    if let Some(panel) = panels.iter().find(|panel| is_down(panel)) {
        let sentence = format!(
            "{} did not answer lately. Requests wait and go on by themselves when it is back.",
            panel.name
        );
        return (Verdict::Failed, sentence);
    }
    if wallet.messages_left == 0 || wallet.held_messages > 0 {
        return (
            Verdict::Failed,
            "There is no credit left: messages are kept and not answered.".to_owned(),
        );
    }
    match (need_person, open) {
        (1, _) => (Verdict::Person, "One request needs a person.".to_owned()),
        (n, _) if n > 1 => (Verdict::Person, format!("{n} requests need a person.")),
        (_, true) => (
            Verdict::Setup,
            "Your shop is being set up. The next step is below.".to_owned(),
        ),
        _ => (Verdict::Ok, "Everything is working.".to_owned()),
    }
}

/// The last that was heard of it is that it could not be reached.
pub fn is_down(panel: &PanelSeen) -> bool {
    panel
        .missed_at
        .is_some_and(|missed| panel.answered_at.is_none_or(|answered| missed > answered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(state: &str) -> Channel {
        Channel {
            id: uuid::Uuid::nil(),
            name: "Support".to_owned(),
            channel: "telegram_bot".to_owned(),
            username: "HimalSupportBot".to_owned(),
            state: state.to_owned(),
            state_text: String::new(),
            state_at: DateTime::UNIX_EPOCH,
            reads_groups: true,
            last_in_at: None,
            last_out_at: None,
            queued: 0,
            came_in: 0,
            went_out: 0,
            refused: 0,
            support: 0,
            silent: 0,
            off: 0,
        }
    }

    fn panel(answered: Option<i64>, missed: Option<i64>) -> PanelSeen {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        PanelSeen {
            id: uuid::Uuid::nil(),
            name: "Himal".to_owned(),
            answered_at: answered.map(at),
            missed_at: missed.map(at),
        }
    }

    fn wallet(messages_left: i64, held_messages: usize) -> WalletState {
        WalletState {
            balance: Default::default(),
            held: Default::default(),
            messages_left,
            per_day: Default::default(),
            days_left: None,
            prices: Vec::new(),
            held_messages,
        }
    }

    #[test]
    fn the_worst_is_said_first() {
        let table = [
            (
                "online",
                panel(Some(2), Some(1)),
                wallet(9, 0),
                0,
                false,
                Verdict::Ok,
            ),
            ("online", panel(None, None), wallet(9, 0), 0, true, Verdict::Setup),
            (
                "online",
                panel(Some(1), None),
                wallet(9, 0),
                2,
                true,
                Verdict::Person,
            ),
            (
                "online",
                panel(Some(1), Some(2)),
                wallet(9, 0),
                2,
                true,
                Verdict::Failed,
            ),
            (
                "online",
                panel(None, Some(2)),
                wallet(9, 0),
                0,
                false,
                Verdict::Failed,
            ),
            (
                "logged_out",
                panel(None, None),
                wallet(9, 0),
                2,
                true,
                Verdict::Failed,
            ),
            (
                "online",
                panel(None, None),
                wallet(0, 0),
                0,
                false,
                Verdict::Failed,
            ),
            (
                "online",
                panel(None, None),
                wallet(9, 1),
                0,
                false,
                Verdict::Failed,
            ),
            ("disabled", panel(None, None), wallet(9, 0), 0, false, Verdict::Ok),
        ];
        for (state, panel, wallet, need_person, open, expected) in table {
            let said = verdict(&[channel(state)], &[panel], &wallet, need_person, open);
            assert_eq!(said.0, expected, "{state}: {}", said.1);
        }
    }
}
