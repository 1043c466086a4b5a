//! Defaults, owners' templates, and what strips a service name.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    command::{CommandKind, decide::fixtures},
    order::{OrderId, OrderStatus},
};

fn said<'a>(views: &'a [CustomerView], details: &'a Details) -> Vec<Said<'a>> {
    views
        .iter()
        .map(|view| Said {
            view: Some(view),
            details,
        })
        .collect()
}

fn view() -> CustomerView {
    CustomerView::of(&fixtures::order(OrderStatus::InProgress), &[])
}

fn details() -> Details {
    Details {
        command: Some(CommandKind::Refill),
        days_left: Some(3),
        state: Some("sent".into()),
        wait_minutes: Some(125),
    }
}

fn one(book: &TextBook, key: ReplyKey, language: &str) -> Rendered {
    book.render(key, &said(&[view()], &details()), language)
}

fn owner(key: ReplyKey, text: &str) -> TextBook {
    let texts = BTreeMap::from([(key, OwnerText::One(text.to_owned()))]);
    TextBook {
        texts: BTreeMap::from([("en".to_owned(), texts)]),
        ..TextBook::default()
    }
}

#[test]
fn the_sentences_that_were_promised_stand_word_for_word() {
    let book = TextBook::default();
    for (key, text) in [
        (
            ReplyKey::StillPendingSpeedUp,
            "481799696 is still pending. Speed-up request has been added.",
        ),
        (
            ReplyKey::CancelQueued,
            "These orders are added to refund support queue:\n481799696",
        ),
        (ReplyKey::NotYours, "Order ID does not belong to your account"),
        (
            ReplyKey::NotYoursListed,
            "Order ID does not belong to your account: 481799696",
        ),
        (
            ReplyKey::StatusTold,
            "481799696: in progress, 157 remaining (Likes fast)",
        ),
        (ReplyKey::StatusToldInGroup, "481799696: in progress"),
        (
            ReplyKey::CoolingDown,
            "481799696: a refill request was closed a short while ago. You can ask again in 2 h 5 min.",
        ),
        (
            ReplyKey::AlreadyOpen,
            "481799696: your refill request is already sent.",
        ),
    ] {
        assert_eq!(one(&book, key, "en").text, text);
    }
}

#[test]
fn every_default_passes_the_check_that_owners_pass() {
    for key in ReplyKey::ALL {
        for form in [Form::One, Form::Many] {
            if let Some(text) = defaults::text(*key, form) {
                TextBook::check(*key, form, text).unwrap_or_else(|error| panic!("{key} {form:?}: {error}"));
            }
        }
        assert_eq!(ReplyKey::parse(key.as_str()), Some(*key));
    }
    for variable in Variable::ALL {
        assert_eq!(Variable::parse(variable.as_str()), Some(variable));
    }
}

#[test]
fn both_ways_of_writing_variables() {
    for (template, text) in [
        ("{ORDERID} {STATUS}", "481799696 in progress"),
        ("{{ORDERID}} {{ STATUS }}", "481799696 in progress"),
        (
            "{% if STATUS == 'in progress' %}wait{% else %}done{% endif %}",
            "wait",
        ),
        ("{{ STATUS | upper }}", "IN PROGRESS"),
        ("{ not one } {ORDERID", "{ not one } {ORDERID"),
        ("{{ '{ORDERID}' }}", "{ORDERID}"),
        ("<b>{SERVICE}</b>", "<b>Likes fast</b>"),
    ] {
        let rendered = one(&owner(ReplyKey::StatusTold, template), ReplyKey::StatusTold, "en");
        assert_eq!(
            (rendered.text.as_str(), rendered.fell_back),
            (text, false),
            "{template}"
        );
        assert_eq!(TextBook::check(ReplyKey::StatusTold, Form::One, template), Ok(()));
    }
}

#[test]
fn broken_templates_are_refused_when_saved_and_survived_when_sent() {
    let bomb_of_loops = "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}";
    for (template, error) in [
        ("", "the text is empty"),
        ("{# nothing #}", "the text is empty"),
        ("{PROVIDER}", "`PROVIDER` is not a variable; there are ORDERID"),
        ("{{ provider }}", "`provider` is not a variable"),
        ("{{ EXTERNAL_ID }}", "`EXTERNAL_ID` is not a variable"),
        ("{DAYS_LEFT}", "`DAYS_LEFT` cannot be used here"),
        ("{{ ORDERID", "line 1: "),
        ("a\n{% if %}", "line 2: "),
        ("{% include 'x' %}", "line 1: "),
        ("{{ debug() }}", "`debug` is not a variable"),
        (bomb_of_loops, "the text takes too long"),
        ("{{ 'x' * 100000000 }}", "the text takes too long"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ""),
        ("{{ 'x' * 5000 }}", "the finished text has more than 4000"),
        (&"x".repeat(4_001), "the text has more than 4000"),
    ] {
        let book = owner(ReplyKey::StatusToldInGroup, template);
        let problems = book.validate().unwrap_err();
        let told = problems[0].problem.to_string();
        assert!(told.starts_with(error), "{template:.60}: {told}");
        assert!(problems[0].to_string().contains("status_told_in_group"));
    }
    // What passed once, or was written past the check, still costs no reply.
    for template in [
        "{PROVIDER}",
        bomb_of_loops,
        "{{ 'x' * 100000000 }}",
        "{{ ORDERID",
        "{{ STATUS.nope.nope }}",
    ] {
        let rendered = one(
            &owner(ReplyKey::StatusToldInGroup, template),
            ReplyKey::StatusToldInGroup,
            "en",
        );
        assert_eq!(
            (rendered.text.as_str(), rendered.fell_back),
            ("481799696: in progress", true)
        );
    }
}

#[test]
fn a_text_for_strangers_has_nothing_of_the_order() {
    for key in ReplyKey::ALL.iter().filter(|key| !key.shows_order()) {
        for variable in ["STATUS", "SERVICE", "REMAINS", "DAYS_LEFT", "STATE", "ORDERS"] {
            // How the asker's own request stands is ours to tell, and nothing of the order.
            if (*key, variable) == (ReplyKey::OpenRequest, "STATE") {
                continue;
            }
            let template = format!("{{{variable}}}");
            assert!(matches!(
                TextBook::check(*key, Form::One, &template),
                Err(TextError::NotHere(_))
            ));
            // And if it stands in the database all the same, our words go out.
            let rendered = one(&owner(*key, &template), *key, "en");
            assert!(rendered.fell_back && !rendered.text.contains("progress"), "{key}");
        }
    }
}

#[test]
fn languages_fall_back_to_the_owners_and_then_to_ours() {
    let mut book = owner(ReplyKey::NotYours, "not yours");
    book.texts.insert(
        "pt".into(),
        BTreeMap::from([(ReplyKey::NotYours, OwnerText::One("não é seu".into()))]),
    );
    for (language, text) in [
        ("pt", "não é seu"),
        ("pt-BR", "não é seu"),
        ("en", "not yours"),
        ("hi", "not yours"),
    ] {
        assert_eq!(one(&book, ReplyKey::NotYours, language).text, text);
    }
    assert_eq!(
        one(&book, ReplyKey::StillPendingSpeedUp, "pt").text,
        "481799696 is still pending. Speed-up request has been added."
    );
}

#[test]
fn groups_use_the_text_for_many_or_one_line_each() {
    let views: Vec<CustomerView> = ["1", "2"]
        .map(|id| {
            let mut order = fixtures::order(OrderStatus::Pending);
            order.id = OrderId::new(id).unwrap();
            CustomerView::of(&order, &[])
        })
        .into();
    let details = details();
    let many = |book: &TextBook, key| book.render(key, &said(&views, &details), "en").text;
    let key = ReplyKey::RefillRequested;
    assert_eq!(
        many(&TextBook::default(), key),
        "Refill request has been added for these orders:\n1\n2"
    );
    assert_eq!(
        many(&TextBook::default(), ReplyKey::StatusToldInGroup),
        "1: pending\n2: pending"
    );
    assert_eq!(many(&owner(key, "{ORDERID} ok"), key), "1 ok\n2 ok");
    let forms: TextBook = serde_json::from_str(
        r#"{"texts":{"en":{"refill_requested":{"many":
            "{COUNT} {COMMAND}: {% for o in ORDERS %}{{ o.ORDERID }}={{ o.STATUS }};{% endfor %}"}}}}"#,
    )
    .unwrap();
    assert_eq!(forms.validate(), Ok(()));
    assert_eq!(many(&forms, key), "2 refill: 1=pending;2=pending;");
    assert_eq!(
        one(&forms, key, "en").text,
        "481799696: refill request has been added."
    );
}

#[test]
fn values_are_values_and_never_templates() {
    let mut order = fixtures::order(OrderStatus::Pending);
    order.service_name = Some("{{ 7 * 7 }} {ORDERID}\n\nPAID: yes".into());
    let views = [CustomerView::of(&order, &[])];
    let details = details();
    let text = TextBook::default()
        .render(ReplyKey::StatusTold, &said(&views, &details), "en")
        .text;
    assert_eq!(
        text,
        "481799696: pending, 157 remaining ({{ 7 * 7 }} {ORDERID} PAID: yes)"
    );
}

#[test]
fn service_names_lose_the_owners_providers() {
    let names = [
        "BamProvider".to_owned(),
        "JAP".to_owned(),
        "zorblax.example".to_owned(),
    ];
    for (name, shown) in [
        ("Likes | BamProvider | 30D", "Likes | | 30D"),
        ("bamprovider likes", "likes"),
        ("Bam Provider Likes", "Likes"),
        ("b.a.m-provider Likes", "Likes"),
        ("𝗕𝗮𝗺𝗣𝗿𝗼𝘃𝗶𝗱𝗲𝗿 Likes", "Likes"),
        ("ʙᴀᴍᴘʀᴏᴠɪᴅᴇʀ Likes", "Likes"),
        ("BamBamProviderProvider Likes", "Likes"),
        ("Likes from JAP", "Likes from"),
        ("Japan Likes", "Japan Likes"),
        ("zorblax.example views", "views"),
        ("Zorblax views", "views"),
        ("views https://zorb.example/a?b=1 fast", "views fast"),
        ("views t.me/somebody @some_body fast", "views fast"),
        ("plain ♻️ 30D", "plain ♻️ 30D"),
    ] {
        assert_eq!(redact(name, &names), shown, "{name}");
    }
}

#[test]
fn a_view_takes_no_secret_from_an_order() {
    let mut order = fixtures::order(OrderStatus::Unknown("HiddenSource queue".into()));
    order.service_name = Some("Likes HiddenSource 7450284".into());
    order.remains = Some("7450284".into());
    let view = CustomerView::of(&order, &[]);
    assert_eq!(view.service(), Some("Likes"));
    assert_eq!(view.remains(), None);
    assert_eq!(view.status(), Some("under review"));
    order.remains = Some("ask HiddenSource".into());
    assert_eq!(CustomerView::of(&order, &[]).remains(), None);
}

#[test]
fn every_language_has_words_for_everything_and_they_render() {
    for language in LANGUAGES {
        let book = TextBook {
            language: (*language).to_owned(),
            ..TextBook::default()
        };
        for key in ReplyKey::ALL {
            for form in [Form::One, Form::Many] {
                let english = default_text(*key, form, DEFAULT_LANGUAGE);
                let own = default_text(*key, form, language);
                assert_eq!(english.is_some(), own.is_some(), "{language} {key} {form:?}");
                if let Some(text) = own {
                    TextBook::check(*key, form, text)
                        .unwrap_or_else(|error| panic!("{language} {key}: {error}"));
                    if key.variables().contains(&Variable::Status) || *language == DEFAULT_LANGUAGE {
                        continue;
                    }
                    assert_ne!(Some(text), english, "{language} {key} is not translated");
                }
            }
            let rendered = one(&book, *key, language);
            assert!(!rendered.fell_back && !rendered.text.is_empty());
        }
    }
}

#[test]
fn the_language_of_our_words_is_the_asked_one_then_the_owners_then_english() {
    let with = |language: &str| TextBook {
        language: language.to_owned(),
        ..TextBook::default()
    };
    let english = one(&with("en"), ReplyKey::NotYours, "en").text;
    let nepali = one(&with("ne"), ReplyKey::NotYours, "ne").text;
    assert_ne!(english, nepali);
    assert_eq!(one(&with("en"), ReplyKey::NotYours, "ne-NP").text, nepali);
    assert_eq!(one(&with("ne"), ReplyKey::NotYours, "fr").text, nepali);
    assert_eq!(one(&with("fr"), ReplyKey::NotYours, "de").text, english);
}

#[test]
fn a_text_is_put_in_place_and_taken_back() {
    let mut book = TextBook::default();
    let key = ReplyKey::RefillRequested;
    book.set(key, Form::Many, "ne", Some("{COUNT}".to_owned()));
    book.set(key, Form::One, "ne", Some("{ORDERID}!".to_owned()));
    assert_eq!(book.own(key, Form::One, "ne"), Some("{ORDERID}!"));
    assert_eq!(book.own(key, Form::One, "en"), None);
    assert_eq!(one(&book, key, "ne").text, "481799696!");
    book.set(key, Form::One, "ne", None);
    assert_eq!(book.own(key, Form::One, "ne"), None);
    assert_eq!(book.own(key, Form::Many, "ne"), Some("{COUNT}"));
    book.set(key, Form::Many, "ne", None);
    assert_eq!(book, TextBook::default());
}

#[test]
fn a_preview_on_an_order_shows_that_order() {
    let text = TextBook::preview_on(ReplyKey::StatusTold, Form::One, "{ORDERID} is {STATUS}", &view());
    assert_eq!(text.as_deref(), Ok("481799696 is in progress"));
    let text = TextBook::preview_on(ReplyKey::NotYours, Form::One, "{STATUS}", &view());
    assert!(matches!(text, Err(TextError::NotHere(_))));
}
