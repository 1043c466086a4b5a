use serde_json::{Value, json};

use super::*;

fn own() -> OwnBot {
    OwnBot {
        id: 5_000_000_001,
        username: Some("Shop_Help_Bot".into()),
    }
}

fn event(update: &Value) -> Event {
    convert(update.to_string().as_bytes(), &own()).unwrap().event
}

fn update(message: Value) -> Value {
    let mut full = json!({
        "message_id": 11, "date": 1_760_000_000,
        "chat": {"id": 42, "type": "private", "first_name": "Asha", "last_name": "Rai"},
        "from": {"id": 42, "is_bot": false, "first_name": "Asha", "last_name": "Rai", "username": "asha", "language_code": "ne"},
    });
    for (key, value) in message.as_object().unwrap() {
        full[key] = value.clone();
    }
    json!({"update_id": 3_000_000_000_u64, "message": full})
}

fn inbound(message: Value) -> Inbound {
    match event(&update(message)) {
        Event::Message(inbound) => inbound,
        other => panic!("expected a message, got {other:?}"),
    }
}

fn group() -> Value {
    json!({"id": -1_001_234_567_890_i64, "type": "supergroup", "title": "Orders", "is_forum": true})
}

#[test]
fn a_direct_message_in_full() {
    let converted = convert(
        update(json!({"text": "481799696 refill"})).to_string().as_bytes(),
        &own(),
    )
    .unwrap();
    assert_eq!(converted.update_id, 3_000_000_000);
    assert_eq!(
        converted.event,
        Event::Message(Inbound {
            dedupe_key: "u3000000000".into(),
            message_id: MessageRef::new("11"),
            chat: NetworkChat {
                id: ChatRef::new("42"),
                kind: ChatKind::Direct,
                title: Some("Asha Rai".into()),
                topic: None,
            },
            sender: Some(NetworkSender {
                id: SenderRef::new("42"),
                is_bot: false,
                display_name: Some("Asha Rai".into()),
                username: Some("asha".into()),
            }),
            reply_to: None,
            sent_at: DateTime::from_timestamp(1_760_000_000, 0).unwrap(),
            body: Body::Text {
                text: "481799696 refill".into()
            },
            edited: false,
            forwarded: false,
        })
    );
}

#[test]
fn a_text_survives_whatever_stands_beside_it() {
    for beside in [
        json!({"entities": [{"type": "hologram", "offset": 0, "length": 3}]}),
        json!({"entities": "not a list"}),
        json!({"reply_markup": {"inline_keyboard": [[{"text": "x", "teleport": {}}]]}}),
        json!({"forward_origin": {"type": "from_the_future"}}),
        json!({"reply_to_message": {"message_id": "not a number"}}),
        json!({"reply_to_message": {"message_id": 3, "hologram": {"depth": 4}}}),
        json!({"contact": {"phone": 1}}),
        json!({"quote": 7}),
        json!({"new_field": [1, 2, {"a": null}], "is_topic_message": "yes", "message_thread_id": []}),
        json!({"new_chat_members": {}}),
        json!({"migrate_to_chat_id": null}),
    ] {
        let mut message = beside.clone();
        message["text"] = json!("481799696 refill");
        assert_eq!(inbound(message).text(), Some("481799696 refill"), "{beside}");
    }
}

#[test]
fn bodies() {
    for (message, expected) in [
        (json!({"text": "a\u{0}b"}), Body::Text { text: "ab".into() }),
        (
            json!({"photo": [], "caption": "481799696 refill"}),
            Body::Media {
                kind: MediaKind::Photo,
                caption: Some("481799696 refill".into()),
            },
        ),
        (
            json!({"voice": {"duration": 3}}),
            Body::Media {
                kind: MediaKind::Voice,
                caption: None,
            },
        ),
        (
            json!({"hologram": {}, "caption": "481799696 refill"}),
            Body::Media {
                kind: MediaKind::Other,
                caption: Some("481799696 refill".into()),
            },
        ),
        (
            json!({"contact": {"phone_number": "9779800000000", "first_name": "Asha", "user_id": 42}}),
            Body::Contact {
                phone: "9779800000000".into(),
                of: Some(SenderRef::new("42")),
                name: Some("Asha".into()),
            },
        ),
        (
            json!({"contact": {"phone_number": "+9779800000000"}}),
            Body::Contact {
                phone: "+9779800000000".into(),
                of: None,
                name: None,
            },
        ),
    ] {
        assert_eq!(inbound(message.clone()).body, expected, "{message}");
    }
}

#[test]
fn commands() {
    let start = |payload: Option<&str>| Body::Start {
        payload: payload.map(str::to_owned),
    };
    let text = |text: &str| Body::Text { text: text.into() };
    for (said, expected) in [
        ("/start", Some(start(None))),
        ("/start AbC_-9", Some(start(Some("AbC_-9")))),
        ("/start@shop_help_bot AbC", Some(start(Some("AbC")))),
        ("/start two words", Some(text("/start two words"))),
        ("/start no!", Some(text("/start no!"))),
        ("/starter AbC", Some(text("/starter AbC"))),
        ("/refill 123456", Some(text("/refill 123456"))),
        ("/refill@SHOP_help_bot\n123456", Some(text("/refill\n123456"))),
        ("/refill@other_bot 123456", None),
        ("refill @other_bot 123456", Some(text("refill @other_bot 123456"))),
        ("/", Some(text("/"))),
    ] {
        let event = event(&update(json!({"text": said})));
        match expected {
            Some(body) => assert!(
                matches!(&event, Event::Message(m) if m.body == body),
                "{said}: {event:?}"
            ),
            None => assert_eq!(event, ignored(IgnoredWhy::ForAnotherBot), "{said}"),
        }
    }
}

#[test]
fn what_is_answered_is_carried() {
    let reply = |reply: Value| inbound(json!({"text": "refill", "reply_to_message": reply})).reply_to;
    let bot = json!({"id": 5_000_000_001_i64, "is_bot": true, "first_name": "Help"});
    let quoted = reply(json!({"message_id": 9, "from": bot, "text": "481799696: done"})).unwrap();
    assert!(quoted.from_own_account);
    assert_eq!(quoted.text.as_deref(), Some("481799696: done"));
    let caption = json!({"message_id": 9, "from": {"id": 42, "is_bot": false}, "caption": "481799696"});
    let quoted = reply(caption).unwrap();
    assert!(!quoted.from_own_account);
    assert_eq!(quoted.text.as_deref(), Some("481799696"));

    let replied = json!({"message_id": 9, "text": "481799696\n481799190"});
    let marked = json!({"text": "refill", "reply_to_message": replied, "quote": {"text": "481799190", "position": 10, "is_manual": true}});
    assert_eq!(
        inbound(marked).reply_to.unwrap().text.as_deref(),
        Some("481799190")
    );
}

#[test]
fn topics_are_addresses_and_reply_threads_are_not() {
    let opened = json!({"message_id": 77, "forum_topic_created": {"name": "Refills", "icon_color": 1}});
    let in_topic = inbound(
        json!({"chat": group(), "text": "123456 refill", "message_thread_id": 77,
        "is_topic_message": true, "reply_to_message": opened}),
    );
    assert_eq!(in_topic.chat.topic, Some(TopicRef::new("77")));
    assert_eq!(in_topic.chat.id, ChatRef::new("-1001234567890"));
    assert_eq!(in_topic.chat.title.as_deref(), Some("Orders"));
    assert_eq!(
        in_topic.reply_to, None,
        "the notice that opened the topic is no question"
    );
    let in_thread = inbound(json!({"chat": group(), "text": "123456 refill", "message_thread_id": 77}));
    assert_eq!(in_thread.chat.topic, None);
}

#[test]
fn edits_and_forwards_say_so() {
    let mut edited = update(json!({"text": "123456 cancel", "edit_date": 1_760_000_100}));
    edited["edited_message"] = edited.as_object_mut().unwrap().remove("message").unwrap();
    assert!(matches!(event(&edited), Event::Message(m) if m.edited && m.text() == Some("123456 cancel")));
    assert!(inbound(json!({"text": "x", "forward_origin": {"type": "hidden_user"}})).forwarded);
    assert!(inbound(json!({"text": "x", "forward_date": 1_700_000_000})).forwarded);
}

#[test]
fn senders_who_are_nobody() {
    for message in [
        json!({"from": null}),
        json!({"from": {"id": 1_087_968_824, "is_bot": true, "username": "GroupAnonymousBot"}, "sender_chat": group()}),
        json!({"from": {"id": 136_817_688, "is_bot": true}, "sender_chat": {"id": -1001, "type": "channel"}}),
        json!({"from": {"id": 777_000, "is_bot": false}}),
        json!({"from": {"id": 42, "is_bot": false}, "sender_chat": {"id": -1001, "type": "channel"}}),
        json!({"from": {"id": 42}}),
        json!({"from": {"id": "42", "is_bot": false}}),
    ] {
        let mut said = message.clone();
        said["text"] = json!("123456 cancel");
        said["chat"] = group();
        assert_eq!(inbound(said).sender, None, "{message}");
    }
}

#[test]
fn what_is_ignored_and_why() {
    let update_of = |message: Value| event(&update(message));
    for (event, why) in [
        (
            update_of(json!({"text": "123456 refill", "from": {"id": 9, "is_bot": true}})),
            IgnoredWhy::FromBot,
        ),
        (
            update_of(json!({"text": "123456 refill", "from": {"id": 5_000_000_001_i64, "is_bot": true}})),
            IgnoredWhy::Own,
        ),
        (
            update_of(json!({"pinned_message": {"message_id": 4}})),
            IgnoredWhy::Service,
        ),
        (
            update_of(
                json!({"chat": group(), "new_chat_members": [{"id": 5_000_000_001_i64, "is_bot": true}]}),
            ),
            IgnoredWhy::Service,
        ),
        (
            update_of(json!({"text": "x", "chat": {"id": -1001, "type": "channel", "title": "News"}})),
            IgnoredWhy::NotAConversation,
        ),
        (
            update_of(json!({"text": "x", "chat": {"id": 1, "type": "hologram"}})),
            IgnoredWhy::UnknownKind,
        ),
        (
            event(&json!({"update_id": 1, "hologram": {}})),
            IgnoredWhy::UnknownKind,
        ),
        (event(&json!({"update_id": 1})), IgnoredWhy::UnknownKind),
    ] {
        assert_eq!(event, ignored(why));
    }
}

#[test]
fn a_moved_group_is_told_from_both_sides() {
    let moved = Event::Migrated {
        from: ChatRef::new("-500"),
        to: ChatRef::new("-1001234567890"),
    };
    let old = json!({"chat": {"id": -500, "type": "group", "title": "Orders"}, "migrate_to_chat_id": -1_001_234_567_890_i64});
    assert_eq!(event(&update(old)), moved);
    let anonymous = json!({"id": 1_087_968_824, "is_bot": true});
    let new =
        json!({"chat": group(), "from": anonymous, "sender_chat": group(), "migrate_from_chat_id": -500});
    assert_eq!(event(&update(new)), moved);
}

#[test]
fn joining_and_leaving() {
    let change = |chat: Value, old: Value, new: Value| {
        event(
            &json!({"update_id": 5, "my_chat_member": {"chat": chat, "date": 1_760_000_000,
            "from": {"id": 42, "is_bot": false, "first_name": "Asha"},
            "old_chat_member": old, "new_chat_member": new}}),
        )
    };
    let status = |status: &str| json!({"user": {"id": 5_000_000_001_i64, "is_bot": true}, "status": status});
    let direct = || json!({"id": 42, "type": "private", "first_name": "Asha"});
    let member = Role {
        administrator: false,
        can_send: true,
    };
    let admin = Role {
        administrator: true,
        can_send: true,
    };

    match change(group(), status("left"), status("member")) {
        Event::ChatFound { chat, by, role } => {
            assert_eq!((chat.id.as_str(), chat.kind), ("-1001234567890", ChatKind::Group));
            assert_eq!(by.unwrap().id, SenderRef::new("42"));
            assert_eq!(role, member);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        change(group(), status("member"), status("administrator")),
        Event::MembershipChanged { role, .. } if role == admin
    ));
    let mute = json!({"status": "restricted", "is_member": true, "can_send_messages": false});
    assert!(matches!(
        change(group(), status("member"), mute),
        Event::MembershipChanged { role, .. } if !role.can_send
    ));
    for (chat, new, expected) in [
        (group(), status("kicked"), LostWhy::Removed),
        (group(), status("left"), LostWhy::Left),
        (
            group(),
            json!({"status": "restricted", "is_member": false}),
            LostWhy::Removed,
        ),
        (group(), status("hologram"), LostWhy::Removed),
        (direct(), status("kicked"), LostWhy::Blocked),
    ] {
        let event = change(chat, status("member"), new);
        assert!(
            matches!(event, Event::ChatLost { why, .. } if why == expected),
            "{event:?}"
        );
    }
    assert!(matches!(
        change(direct(), status("kicked"), status("member")),
        Event::ChatFound { .. }
    ));
    let joined = json!({"chat": group(), "new_chat_members": [
        {"id": 43, "is_bot": false, "first_name": "Bina"}, {"id": 5_000_000_001_i64, "is_bot": true}]});
    match event(&update(joined)) {
        Event::MembersJoined { members, .. } => {
            assert_eq!(members.len(), 1);
            assert_eq!(members[0].id, SenderRef::new("43"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pressed_button() {
    let pressed = json!({"update_id": 8, "callback_query": {"id": "900", "chat_instance": "1", "data": "again:7",
        "from": {"id": 42, "is_bot": false},
        "message": {"message_id": 12, "date": 0, "chat": {"id": 42, "type": "private"}}}});
    match event(&pressed) {
        Event::Button {
            callback_id,
            chat,
            sender,
            message_id,
            data,
        } => {
            assert_eq!((callback_id.as_str(), data.as_deref()), ("900", Some("again:7")));
            assert_eq!(chat.unwrap().id, ChatRef::new("42"));
            assert_eq!(sender.id, SenderRef::new("42"));
            assert_eq!(message_id, Some(MessageRef::new("12")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unreadable_update_is_an_error_without_its_content() {
    for raw in [
        "",
        "<html>secret words</html>",
        "[]",
        r#"{"message":{"text":"secret words"}}"#,
        r#"{"update_id":1,"message":{"text":"secret words"}}"#,
        r#"{"update_id":1,"message":{"message_id":1,"date":"secret words","chat":{"id":1,"type":"private"},"text":"x"}}"#,
        r#"{"update_id":1,"message":{"message_id":1,"date":9223372036854775807,"chat":{"id":1,"type":"private"},"text":"secret words"}}"#,
    ] {
        let error = convert(raw.as_bytes(), &own()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}
