//! A file of customers: read, compared with what is there, and told before anything is saved. Pure.
//!
//! Invariants: a line that cannot be used is left out with its number and the reason, never guessed at; nothing that belongs to
//! one customer is given to another, except an order in the owner's order list, where the newest word counts; the digest covers
//! all that a plan would do, so that what is saved is what was shown.
//!
//! Columns, in any order: `customer` (or `name`), `panel`, `username`, `telegram_id`, `order_id`. Separated by `,` `;` or TAB.

mod read;

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use switchboard_domain::{
    id::{CustomerId, PanelId},
    order::OrderId,
};

pub use read::{File, Line, MAX_BYTES, MAX_LINES, Rejected, UnreadableFile, read};

/// What is there before the import.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub panels: Vec<(PanelId, String)>,
    /// By name.
    pub customers: HashMap<String, CustomerId>,
    pub links: HashMap<(PanelId, String), CustomerId>,
    pub telegram: HashMap<String, CustomerId>,
    /// Of the orders in the file.
    pub orders: HashMap<(PanelId, OrderId), CustomerId>,
}

/// A customer of the plan: there already, or the n-th that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    Known(CustomerId),
    New(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Add,
    Change,
    Same,
}

/// What would become of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub line: usize,
    pub name: String,
    pub before: Option<String>,
    pub after: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub effects: Vec<Effect>,
    pub rejected: Vec<Rejected>,
    /// Names of customers to be made; [`Whose::New`] counts here.
    pub customers: Vec<String>,
    pub renames: Vec<(CustomerId, String)>,
    pub links: Vec<(PanelId, String, Whose)>,
    pub telegram: Vec<(String, Whose)>,
    pub orders: Vec<(PanelId, OrderId, Whose)>,
}

impl Plan {
    pub fn count(&self, kind: Kind) -> usize {
        self.effects.iter().filter(|effect| effect.kind == kind).count()
    }

    /// Stands for all that this plan would do.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for effect in &self.effects {
            let kind = match effect.kind {
                Kind::Add => "add",
                Kind::Change => "change",
                Kind::Same => "same",
            };
            let before = effect.before.as_deref().unwrap_or("\u{0}");
            let line = effect.line.to_string();
            for part in [kind, &line, &effect.name, before, &effect.after] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        for rejected in &self.rejected {
            hash.update(rejected.line.to_be_bytes());
            hash.update(&rejected.why);
        }
        hex::encode(hash.finalize())
    }
}

/// Compares a file with what is there.
pub fn plan(file: File, known: &Known) -> Plan {
    let mut planner = Planner {
        known,
        names: known
            .customers
            .iter()
            .map(|(name, id)| (*id, name.as_str()))
            .collect(),
        plan: Plan {
            rejected: file.rejected,
            ..Plan::default()
        },
        new: HashMap::new(),
        renamed: HashMap::new(),
        said: HashMap::new(),
    };
    for line in &file.lines {
        match planner.line(line) {
            Ok(effect) => planner.plan.effects.push(effect),
            Err(why) => planner.plan.rejected.push(Rejected {
                line: line.number,
                text: line.text.clone(),
                why,
            }),
        }
    }
    let mut plan = planner.plan;
    plan.rejected.sort_by_key(|rejected| rejected.line);
    plan
}

/// What a line says something about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Link(PanelId, String),
    Telegram(String),
    Order(PanelId, OrderId),
}

struct Planner<'k> {
    known: &'k Known,
    names: HashMap<CustomerId, &'k str>,
    plan: Plan,
    new: HashMap<String, usize>,
    renamed: HashMap<CustomerId, (usize, String)>,
    /// The line that spoke of a subject first, and whose it made it.
    said: HashMap<Subject, (usize, Whose)>,
}

impl Planner<'_> {
    fn line(&mut self, line: &Line) -> Result<Effect, String> {
        let panel = self.panel(line)?;
        let link = match (&line.username, panel) {
            (Some(username), Some(panel)) => Some((panel, username.clone())),
            (Some(_), None) if line.telegram.is_none() => return Err(NO_PANEL.to_owned()),
            _ => None,
        };
        let order = match (&line.order, panel) {
            (Some(order), Some(panel)) => Some((panel, order.clone())),
            (Some(_), None) => return Err(NO_PANEL.to_owned()),
            (None, _) => None,
        };
        let linked = link.as_ref().and_then(|link| self.known.links.get(link)).copied();
        let by_telegram = line
            .telegram
            .as_ref()
            .and_then(|id| self.known.telegram.get(id))
            .copied();
        if let (Some(one), Some(other)) = (linked, by_telegram)
            && one != other
        {
            return Err(format!(
                "the username belongs to {}, the Telegram id to {}",
                self.name(one),
                self.name(other)
            ));
        }
        let owner = linked.or(by_telegram);
        let (whose, name, rename) = self.whose(line, owner)?;
        // All checks before anything is noted: a line counts whole or not at all.
        let subjects = [
            link.clone()
                .map(|(panel, username)| Subject::Link(panel, username)),
            line.telegram.clone().map(Subject::Telegram),
            order.clone().map(|(panel, order)| Subject::Order(panel, order)),
        ];
        let mut again = Vec::new();
        for subject in subjects.iter().flatten() {
            match self.said.get(subject) {
                Some((first, said)) if *said == whose => again.push(*first),
                Some((first, _)) => return Err(format!("line {first} says otherwise; that one counts")),
                None => {}
            }
        }
        if rename.is_some()
            && let Some(first) = again.first()
        {
            return Err(format!("line {first} says otherwise; that one counts"));
        }
        if again.len() == subjects.iter().flatten().count()
            && let Some(first) = again.first()
        {
            return Err(format!("the same as line {first}; that one counts"));
        }
        let whose = self.settle(whose, &name);
        for subject in subjects.into_iter().flatten() {
            self.said.entry(subject).or_insert((line.number, whose));
        }

        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut kind = Kind::Same;
        if let Some(old) = rename {
            before.push(old);
            after.push(name.clone());
            kind = Kind::Change;
            if let Whose::Known(id) = whose {
                self.renamed.insert(id, (line.number, name.clone()));
                self.plan.renames.push((id, name.clone()));
            }
        }
        if let Some((panel, username)) = link {
            after.push(format!("{username} on {}", self.panel_name(panel)));
            if linked.is_none() {
                self.plan.links.push((panel, username, whose));
                kind = raised(kind, Kind::Add);
            }
        }
        if let Some(id) = &line.telegram {
            after.push(format!("Telegram {id}"));
            if by_telegram.is_none() {
                self.plan.telegram.push((id.clone(), whose));
                kind = raised(kind, Kind::Add);
            }
        }
        if let Some((panel, order)) = order {
            let owner = self.known.orders.get(&(panel, order.clone())).copied();
            after.push(format!("order {order} on {}", self.panel_name(panel)));
            match owner {
                Some(owner) if Whose::Known(owner) == whose => {}
                Some(owner) => {
                    before.push(format!("order {order} of {}", self.name(owner)));
                    kind = Kind::Change;
                    self.plan.orders.push((panel, order, whose));
                }
                None => {
                    kind = raised(kind, Kind::Add);
                    self.plan.orders.push((panel, order, whose));
                }
            }
        }
        Ok(Effect {
            line: line.number,
            name,
            before: (!before.is_empty()).then(|| before.join(", ")),
            after: after.join(", "),
            kind,
        })
    }

    /// The line's panel; `None`: it needs none, or there are several to choose from.
    fn panel(&self, line: &Line) -> Result<Option<PanelId>, String> {
        let panels = &self.known.panels;
        match &line.panel {
            Some(name) => {
                let found = panels.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
                let found = found.map(|(id, _)| Some(*id));
                found.ok_or_else(|| format!("there is no panel `{name}`"))
            }
            None if panels.len() == 1 => Ok(Some(panels[0].0)),
            None => Ok(None),
        }
    }

    /// Whose the line is, under which name, and the name that this replaces.
    fn whose(
        &self,
        line: &Line,
        owner: Option<CustomerId>,
    ) -> Result<(Whose, String, Option<String>), String> {
        let named = line.customer.as_deref();
        let Some(owner) = owner else {
            let name = named.or(line.username.as_deref()).unwrap_or_default();
            let renamed = self.renamed.iter().find(|(_, (_, now))| now == name);
            let known = self.known.customers.get(name).or(renamed.map(|(id, _)| id));
            let whose = match known {
                Some(id) => Whose::Known(*id),
                None => Whose::New(self.new.get(name).copied().unwrap_or(self.plan.customers.len())),
            };
            return Ok((whose, name.to_owned(), None));
        };
        let old = self.name(owner);
        let Some(name) = named else {
            return Ok((Whose::Known(owner), old, None));
        };
        let now = self.renamed.get(&owner).map(|(_, name)| name.clone());
        if name == now.as_deref().unwrap_or(&old) {
            return Ok((Whose::Known(owner), name.to_owned(), None));
        }
        if let Some((line, _)) = self.renamed.get(&owner) {
            return Err(format!("line {line} gives {old} another name; that one counts"));
        }
        if self.known.customers.contains_key(name) || self.new.contains_key(name) {
            return Err(format!("it belongs to {old}. Unlink it there first."));
        }
        let taken = self.renamed.values().any(|(_, taken)| taken == name);
        if taken {
            return Err(format!("another customer gets the name {name} from this file"));
        }
        Ok((Whose::Known(owner), name.to_owned(), Some(old)))
    }

    /// Gives a new customer its place.
    fn settle(&mut self, whose: Whose, name: &str) -> Whose {
        if let Whose::New(at) = whose
            && at == self.plan.customers.len()
        {
            self.plan.customers.push(name.to_owned());
            self.new.insert(name.to_owned(), at);
        }
        whose
    }

    fn name(&self, id: CustomerId) -> String {
        self.names
            .get(&id)
            .map_or_else(String::new, |name| (*name).to_owned())
    }

    fn panel_name(&self, id: PanelId) -> &str {
        let panel = self.known.panels.iter().find(|(known, _)| *known == id);
        panel.map_or("", |(_, name)| name)
    }
}

const NO_PANEL: &str = "name the panel: there is more than one, or none yet";

/// A line that would change something stays a change.
fn raised(kind: Kind, to: Kind) -> Kind {
    match kind {
        Kind::Same => to,
        Kind::Add | Kind::Change => kind,
    }
}

#[cfg(test)]
#[path = "customer_import/tests.rs"]
mod tests;
