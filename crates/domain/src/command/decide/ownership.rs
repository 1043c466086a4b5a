//! Whose order it is.
//!
//! Invariant: only [`Whose::Theirs`] hands out the order, so nothing further on can look at an order of somebody else.

use super::{Facts, MapRow, PanelRead, StaffReason, asked_order};
use crate::order::{OrderLookup, OrderOwner, PanelOrder};

pub(super) enum Whose<'a> {
    Theirs(&'a PanelOrder),
    /// Foreign, unknown, or the asker has nothing on this panel at all. The sentence is for the owner.
    NotTheirs(&'static str),
    Unsure(StaffReason),
    PanelDown(&'static str),
}

pub(super) fn whose<'a>(facts: &Facts<'a>) -> Whose<'a> {
    // Holds without an answer of the panel, and so does not differ with it.
    if facts.panel.tells_owner && facts.asker.usernames.is_empty() {
        return Whose::NotTheirs("the sender is not linked to an account of this panel");
    }
    let lookup = match facts.read {
        PanelRead::Answer(lookup) => lookup,
        PanelRead::Down(class) => return Whose::PanelDown(class),
    };
    match lookup {
        OrderLookup::NotFound if facts.asker.mapped == MapRow::Mine && !facts.panel.tells_owner => {
            Whose::Unsure(StaffReason::MissingOnPanel)
        }
        OrderLookup::NotFound => Whose::NotTheirs("the panel knows no such order"),
        OrderLookup::Unreadable(_) => Whose::Unsure(StaffReason::Unreadable),
        OrderLookup::Found(_) => match asked_order(facts) {
            Some(order) => of_found(facts, order),
            None => Whose::Unsure(StaffReason::Unreadable),
        },
    }
}

fn of_found<'a>(facts: &Facts<'a>, order: &'a PanelOrder) -> Whose<'a> {
    match &order.owner {
        OrderOwner::Username(owner) => {
            if is_one_of(owner, facts) {
                Whose::Theirs(order)
            } else {
                Whose::NotTheirs("the order belongs to another account")
            }
        }
        OrderOwner::NotToldByPanel => match facts.asker.mapped {
            MapRow::Mine => Whose::Theirs(order),
            MapRow::SomeoneElses => Whose::NotTheirs("the order is mapped to another customer"),
            MapRow::NoRow => Whose::Unsure(StaffReason::NoOwnerRow),
        },
    }
}

/// Exact after trimming; another case only where the panel shows that just one such user exists.
fn is_one_of(owner: &str, facts: &Facts<'_>) -> bool {
    let owner = owner.trim();
    !owner.is_empty()
        && facts.asker.usernames.iter().map(|name| name.trim()).any(|name| {
            name == owner
                || (facts.asker.one_user_ignoring_case && caseless::default_caseless_match_str(name, owner))
        })
}
