//! "Is everything working?" in one look, and until set-up is done, what is left of it.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
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

/// Over how many days before today "the usual" is taken.
const USUAL: u64 = 7;

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
    /// Requests until this time of day, on the mean of the last week; `None` in the first days.
    pub usual: Option<i64>,
    pub silent: bool,
}

pub async fn overview(hub: &Hub, scope: &TenantScope) -> Result<Overview, StoreError> {
    let now = hub.clock.now();
    let shop = hub.shops.get(&hub.db, scope).await?;
    let zone = shop.general.zone();
    let today = midnight(zone, now, 0);
    let spans: Vec<_> = (1..=USUAL)
        .map(|days| midnight(zone, now, days))
        .map(|begins| (begins, begins + (now - today)))
        .collect();
    let checklist = checklist::of(hub, scope).await?;
    let wallet = wallet::state(hub, scope).await?;
    let mut tx = hub.db.begin(scope).await?;
    let channels = tx.channels().list(today, None).await?;
    let panels = tx.home().panels().await?;
    let (need_person, oldest) = tx.home().need_person().await?;
    let by_outcome = tx.home().outcomes(today, now).await?;
    let usual = tx.home().usual(&spans).await?;
    drop(tx);
    let open = checklist.iter().any(|item| !item.done);
    Ok(Overview {
        verdict: verdict(&channels, &panels, &wallet, need_person, open),
        checklist: open.then_some(checklist),
        channels,
        panels,
        wallet,
        need_person,
        oldest,
        today: by_outcome,
        usual,
        silent: shop.general.silent_mode,
    })
}

/// The beginning of the day, `days` ago, where the shop is.
pub(crate) fn midnight(zone: Tz, now: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    let day = now.with_timezone(&zone).date_naive();
    let day = day.checked_sub_days(Days::new(days)).unwrap_or(day);
    // Where a clock change skips midnight, the day begins at the next time that exists.
    (0..4)
        .find_map(|hour| {
            let time = NaiveTime::from_hms_opt(hour, 0, 0)?;
            zone.from_local_datetime(&day.and_time(time)).earliest()
        })
        .map_or(now, |at| at.with_timezone(&Utc))
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
            history: Default::default(),
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
    fn a_day_begins_at_the_shops_midnight() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let kathmandu = chrono_tz::Asia::Kathmandu;
        let now = at("2026-11-24T20:00:00Z");
        assert_eq!(midnight(kathmandu, now, 0), at("2026-11-24T18:15:00Z"));
        assert_eq!(midnight(kathmandu, now, 1), at("2026-11-23T18:15:00Z"));
        // Clocks went from 00:00 to 01:00.
        let beirut = chrono_tz::Asia::Beirut;
        let now = at("2024-03-31T12:00:00Z");
        assert_eq!(midnight(beirut, now, 0), at("2024-03-30T22:00:00Z"));
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
