//! The owner's rules: how far they count, and how they are stored.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn the_owners_cells_count_as_far_as_they_may() {
    let set = |status: OrderStatus, command, choice| {
        let mut case = Case::new(status.clone(), command);
        case.rules
            .cells
            .entry(StatusRow::of(&status))
            .or_default()
            .insert(command, choice);
        case
    };
    for (status, command, choice, expected) in [
        (
            OrderStatus::Processing,
            Cancel,
            Choice::Review,
            "staff - - owners_rule cancel",
        ),
        (
            OrderStatus::Pending,
            Refill,
            Choice::Refuse,
            "not_eligible:not_finished - - - -",
        ),
        (
            OrderStatus::Pending,
            Cancel,
            Choice::Refuse,
            "not_eligible:not_offered - - - -",
        ),
        (
            OrderStatus::Partial,
            Refill,
            Choice::Act,
            "refill_requested - refill - refill",
        ),
        (
            OrderStatus::Completed,
            Refill,
            Choice::Staff,
            "staff - - owners_rule refill",
        ),
        (
            OrderStatus::Completed,
            Refund,
            Choice::Refuse,
            "not_eligible:not_offered - - - -",
        ),
    ] {
        let case = set(status, command, choice);
        assert_eq!(case.rules.validate(), Ok(()));
        assert_eq!(row(&case.decide()), expected);
    }
    assert_eq!(
        set(OrderStatus::Processing, Cancel, Choice::Review)
            .decide()
            .reply,
        ReplyKey::UnderReview
    );
    // The last row cannot be loosened, not even by what stands in the database.
    for command in CommandKind::ALL {
        for choice in [
            Choice::Act,
            Choice::SpeedUp,
            Choice::Refuse,
            Choice::Review,
            Choice::Tell,
        ] {
            let case = set(OrderStatus::Unknown("Bekliyor".into()), command, choice);
            assert!(case.rules.validate().is_err());
            assert_eq!(case.decide().outcome, Outcome::Staff);
            assert_eq!(case.decide().act, None);
        }
    }
}

#[test]
fn rules_are_plain_data_with_clear_errors() {
    let rules: Rules = serde_json::from_str("{}").unwrap();
    assert_eq!(rules, Rules::default());
    let text = r#"{"cells":{"processing":{"cancel":"review"}},"cooldown_hours":6,
        "refill_default":{"days":30},"services":{"88":{"days":60},"89":"denied"}}"#;
    let rules: Rules = serde_json::from_str(text).unwrap();
    assert_eq!(rules.choice(StatusRow::Processing, Cancel), Choice::Review);
    let again: Rules = serde_json::from_str(&serde_json::to_string(&rules).unwrap()).unwrap();
    assert_eq!(again, rules);

    let rules: Rules = serde_json::from_str(
        r#"{"cells":{"unknown":{"refill":"act"}},"cooldown_hours":9999,"refill_default":{"days":0}}"#,
    )
    .unwrap();
    let errors: Vec<String> = rules
        .validate()
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        errors,
        [
            "status `unknown` × command `refill` cannot be `act`; choose one of: staff",
            "the cooldown is 0 to 720 hours, not 9999",
            "a refill period is 1 to 3650 days, not 0",
        ]
    );
    assert!(serde_json::from_str::<Rules>(r#"{"cooldown":3}"#).is_err());
}
