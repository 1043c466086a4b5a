//! How a played message and its examples look to clients.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_domain::channel::ChatKind as Kind;
use switchboard_tenant::test_room::{
    self, StepKey, StepState, TestRoomError, Verdict,
    examples::{self, Named},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Code, Problem,
    routes::tenant::requests::view::{Command, CustomerRef},
};

/// Where the message is played.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlayedIn {
    Direct,
    Group,
}

impl From<PlayedIn> for Kind {
    fn from(kind: PlayedIn) -> Self {
        match kind {
            PlayedIn::Direct => Self::Direct,
            PlayedIn::Group => Self::Group,
        }
    }
}

impl From<Kind> for PlayedIn {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Direct => Self::Direct,
            Kind::Group => Self::Group,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TestRun {
    pub id: Uuid,
    pub text: String,
    pub replies: Vec<String>,
    /// Messages that providers would get.
    pub forwards: Vec<TestForward>,
    pub steps: Vec<TestStep>,
    pub orders: Vec<TestOrder>,
    /// What it would cost, in micro-credits.
    pub cost: i64,
    /// Always `false`.
    pub charged: bool,
    pub took_ms: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TestForward {
    pub provider_alias: String,
    /// The group's title.
    pub to: String,
    pub text: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TestStep {
    pub key: TestStepKey,
    pub state: TestStepState,
    pub title: String,
    pub detail: String,
    pub ms: f64,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestStepKey {
    Parsed,
    Owner,
    Status,
    Rule,
    Reply,
    Forward,
    Cost,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestStepState {
    Done,
    Refused,
    Person,
    Failed,
    Waiting,
}

/// One order of the message.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestOrder {
    pub order_id: String,
    pub command: Command,
    pub verdict: TestVerdict,
    pub sentence: String,
    pub steps: Vec<TestStep>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestVerdict {
    Acts,
    Answers,
    Person,
}

/// A message with the replies that are expected of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Example {
    pub id: Uuid,
    pub name: String,
    pub text: String,
    pub customer: Option<CustomerRef>,
    pub kind: PlayedIn,
    pub expect_replies: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub last: Option<LastRun>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LastRun {
    pub at: DateTime<Utc>,
    pub passed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExampleResult {
    pub id: Uuid,
    pub passed: bool,
    pub got: Vec<String>,
    pub expected: Vec<String>,
}

impl From<test_room::TestRun> for TestRun {
    fn from(run: test_room::TestRun) -> Self {
        Self {
            id: run.id,
            text: run.text,
            replies: run.replies,
            forwards: run
                .forwards
                .into_iter()
                .map(|forward| TestForward {
                    provider_alias: forward.provider_alias,
                    to: forward.to,
                    text: forward.text,
                })
                .collect(),
            steps: run.steps.into_iter().map(TestStep::from).collect(),
            orders: run
                .orders
                .into_iter()
                .map(|order| TestOrder {
                    order_id: order.order_id,
                    command: Command::of(order.command.as_str()),
                    verdict: match order.verdict {
                        Verdict::Acts => TestVerdict::Acts,
                        Verdict::Answers => TestVerdict::Answers,
                        Verdict::Person => TestVerdict::Person,
                    },
                    sentence: order.sentence,
                    steps: order.steps.into_iter().map(TestStep::from).collect(),
                })
                .collect(),
            cost: run.cost.micros(),
            charged: false,
            took_ms: run.took_ms,
        }
    }
}

impl From<test_room::TestStep> for TestStep {
    fn from(step: test_room::TestStep) -> Self {
        Self {
            key: match step.key {
                StepKey::Parsed => TestStepKey::Parsed,
                StepKey::Owner => TestStepKey::Owner,
                StepKey::Status => TestStepKey::Status,
                StepKey::Rule => TestStepKey::Rule,
                StepKey::Reply => TestStepKey::Reply,
                StepKey::Forward => TestStepKey::Forward,
                StepKey::Cost => TestStepKey::Cost,
            },
            state: match step.state {
                StepState::Done => TestStepState::Done,
                StepState::Refused => TestStepState::Refused,
                StepState::Person => TestStepState::Person,
                StepState::Failed => TestStepState::Failed,
                StepState::Waiting => TestStepState::Waiting,
            },
            title: step.title,
            detail: step.detail,
            ms: step.ms,
        }
    }
}

impl From<Named> for Example {
    fn from((example, customer): Named) -> Self {
        Self {
            id: example.id,
            name: example.name,
            text: example.text,
            customer: example
                .customer
                .zip(customer)
                .map(|(id, name)| CustomerRef { id: id.uuid(), name }),
            kind: example.kind.into(),
            expect_replies: example.expect_replies,
            created_at: example.created_at,
            last: example.last.map(|last| LastRun {
                at: last.at,
                passed: last.passed,
            }),
        }
    }
}

impl From<examples::ExampleResult> for ExampleResult {
    fn from(result: examples::ExampleResult) -> Self {
        Self {
            id: result.id,
            passed: result.passed,
            got: result.got,
            expected: result.expected,
        }
    }
}

impl From<TestRoomError> for Problem {
    fn from(error: TestRoomError) -> Self {
        match error {
            TestRoomError::BadText => {
                Self::field("text", "invalid", "Write a message of at most 4,096 characters.")
            }
            TestRoomError::BadPrevious => Self::field(
                "previous",
                "too-long",
                "The message before has at most 4,096 characters.",
            ),
            TestRoomError::NoCustomer => Self::field("customer", "unknown", "There is no such customer."),
            TestRoomError::BadName => {
                Self::field("name", "invalid", "A name has 1 to 80 characters in one line.")
            }
            TestRoomError::TooMuch => Self::field(
                "expect_replies",
                "too-long",
                "An example holds at most 50 replies of 4,000 characters together.",
            ),
            TestRoomError::TooMany => {
                Self::new(Code::WrongState).detail("There are 100 examples already. Remove one first.")
            }
            TestRoomError::NotFound => Self::not_found(),
            TestRoomError::Store(error) => error.into(),
        }
    }
}
