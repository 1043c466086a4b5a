//! From the verdicts of one message to the replies of one message.
//!
//! Owns grouping, and nothing of wording ([`super::texts`]). Invariants: every order of the message stands in exactly
//! one reply, in the order in which it was typed; what is said of an order that is not the asker's does not depend on
//! that order.
//!
//! Absent on purpose: splitting at a network's length limit, and credits.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{
    CommandKind,
    decide::Verdict,
    open::OpenLine,
    texts::{CustomerView, Details, Form, ReplyKey, Said, TextBook},
};
use crate::order::OrderId;

/// With more orders than this, [`acknowledge`] is said before the panel is asked.
pub const ACK_ABOVE: usize = 10;

/// How many replies a message gets. The owner's setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "style")]
pub enum ReplyStyle {
    /// A reply per order up to so many; above, one per outcome.
    PerOrder {
        up_to: usize,
    },
    AlwaysPerOrder,
    Grouped,
}

impl Default for ReplyStyle {
    fn default() -> Self {
        Self::PerOrder { up_to: 5 }
    }
}

/// One message to the customer. One charge, however many parts a network's limit makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub key: ReplyKey,
    pub text: String,
    /// The orders that it speaks of, as typed.
    pub orders: Vec<OrderId>,
    /// Names of the outcomes that it tells, each once. For the owner's reports, not for the customer.
    pub outcomes: Vec<String>,
    /// The owner's template failed here and our words stood in.
    pub fell_back: bool,
}

/// Replies for the verdicts on one message. `cut` are the ids past the limit, which nobody looked at.
pub fn compose(
    verdicts: &[(OrderId, Verdict, CustomerView)],
    cut: &[OrderId],
    style: ReplyStyle,
    texts: &TextBook,
    language: &str,
) -> Vec<Reply> {
    let lines: Vec<Line<'_>> = verdicts.iter().map(Line::new).collect();
    let alone = lines.len() == 1 && cut.is_empty();
    let mut groups: Vec<Vec<&Line<'_>>> = Vec::new();
    for line in &lines {
        let joins = groups
            .iter_mut()
            .find(|group| group[0].same_group(line) && together(line.key, style, lines.len()));
        match joins {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    let mut replies: Vec<Reply> = groups
        .iter()
        .map(|group| reply(group, alone, texts, language))
        .collect();
    if !cut.is_empty() {
        replies.push(notice(ReplyKey::CutOff, None, cut, texts, language));
    }
    replies
}

/// Whether orders with this text share one reply.
fn together(key: ReplyKey, style: ReplyStyle, orders: usize) -> bool {
    match key {
        // A question is asked once, whatever the style: nobody answers yes a hundred times.
        ReplyKey::StillWanted | ReplyKey::ConfirmFirst => true,
        // Their sentences are made for a list.
        ReplyKey::CancelQueued | ReplyKey::NotYours | ReplyKey::PanelUnavailable => {
            style != ReplyStyle::AlwaysPerOrder
        }
        _ => match style {
            ReplyStyle::PerOrder { up_to } => orders > up_to,
            ReplyStyle::AlwaysPerOrder => false,
            ReplyStyle::Grouped => true,
        },
    }
}

struct Line<'a> {
    id: &'a OrderId,
    key: ReplyKey,
    details: Details,
    outcome: &'static str,
    view: CustomerView,
}

impl<'a> Line<'a> {
    fn new((id, verdict, view): &'a (OrderId, Verdict, CustomerView)) -> Self {
        let key = verdict.reply;
        // What is said before ownership is known is made without the order.
        let (view, details) = if key.shows_order() {
            (view.clone(), verdict.details.clone())
        } else {
            let details = Details {
                command: verdict.details.command,
                ..Details::default()
            };
            (CustomerView::bare(id.clone()), details)
        };
        Self {
            id,
            key,
            details,
            outcome: verdict.outcome.as_str(),
            view,
        }
    }

    fn same_group(&self, other: &Self) -> bool {
        self.key == other.key && (!self.key.names_command() || self.details.command == other.details.command)
    }
}

fn reply(group: &[&Line<'_>], alone: bool, texts: &TextBook, language: &str) -> Reply {
    let said: Vec<Said<'_>> = group
        .iter()
        .map(|line| Said {
            view: Some(&line.view),
            details: &line.details,
        })
        .collect();
    let key = match group[0].key {
        // Of several orders the customer must see which.
        ReplyKey::NotYours if !alone => ReplyKey::NotYoursListed,
        key => key,
    };
    let rendered = texts.render(key, &said, language);
    let mut outcomes: Vec<String> = Vec::new();
    for line in group {
        if !outcomes.iter().any(|name| name == line.outcome) {
            outcomes.push(line.outcome.to_owned());
        }
    }
    Reply {
        key,
        text: rendered.text,
        orders: group.iter().map(|line| line.id.clone()).collect(),
        outcomes,
        fell_back: rendered.fell_back,
    }
}

/// How the asker's open requests stand, a line each. Made from our own rows, not from the orders.
pub fn open_requests(open: &[OpenLine], texts: &TextBook, language: &str) -> Reply {
    let views: Vec<CustomerView> = open
        .iter()
        .map(|line| CustomerView::bare(line.order.clone()))
        .collect();
    let details: Vec<Details> = open
        .iter()
        .map(|line| Details {
            command: Some(line.command),
            state: Some(line.state.words().to_owned()),
            ..Details::default()
        })
        .collect();
    let said: Vec<Said<'_>> = views
        .iter()
        .zip(&details)
        .map(|(view, details)| Said {
            view: Some(view),
            details,
        })
        .collect();
    let rendered = texts.render(ReplyKey::OpenRequest, &said, language);
    Reply {
        key: ReplyKey::OpenRequest,
        text: rendered.text,
        orders: open.iter().map(|line| line.order.clone()).collect(),
        outcomes: vec![ReplyKey::OpenRequest.as_str().to_owned()],
        fell_back: rendered.fell_back,
    }
}

/// "Got it, N orders": committed before the panel is called.
pub fn acknowledge(command: CommandKind, ids: &[OrderId], texts: &TextBook, language: &str) -> Reply {
    notice(ReplyKey::Ack, Some(command), ids, texts, language)
}

/// A text about a message rather than about verdicts: [`ReplyKey::AskCommand`], [`ReplyKey::AskIds`],
/// [`ReplyKey::NotLinked`], [`ReplyKey::Help`], [`ReplyKey::Received`], [`ReplyKey::StillWanted`], … It is made from
/// ids alone, so under a key that speaks of the order itself it has nothing to show.
pub fn notice(
    key: ReplyKey,
    command: Option<CommandKind>,
    ids: &[OrderId],
    texts: &TextBook,
    language: &str,
) -> Reply {
    let views: Vec<CustomerView> = ids.iter().cloned().map(CustomerView::bare).collect();
    let details = Details {
        command,
        ..Details::default()
    };
    let mut said: Vec<Said<'_>> = views
        .iter()
        .map(|view| Said {
            view: Some(view),
            details: &details,
        })
        .collect();
    if said.is_empty() {
        said.push(Said {
            view: None,
            details: &details,
        });
    }
    let form = if ids.len() > 1 { Form::Many } else { Form::One };
    let rendered = texts.render_as(key, form, &said, language);
    Reply {
        key,
        text: rendered.text,
        orders: ids.to_vec(),
        outcomes: vec![key.as_str().to_owned()],
        fell_back: rendered.fell_back,
    }
}
