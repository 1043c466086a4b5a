use pretty_assertions::assert_eq;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn panel(n: u128) -> PanelId {
    PanelId::from_uuid(Uuid::from_u128(n))
}

fn customer(n: u128) -> CustomerId {
    CustomerId::from_uuid(Uuid::from_u128(n))
}

/// Two panels; rina with a username and a Telegram id, deepak with a username and an order.
fn known() -> Known {
    Known {
        panels: vec![(panel(1), "Main".to_owned()), (panel(2), "Second".to_owned())],
        customers: [
            ("rina".to_owned(), customer(1)),
            ("deepak".to_owned(), customer(2)),
        ]
        .into(),
        links: [
            ((panel(1), "rina_media".to_owned()), customer(1)),
            ((panel(1), "deepak.smm".to_owned()), customer(2)),
        ]
        .into(),
        telegram: [("700000001".to_owned(), customer(1))].into(),
        orders: [((panel(2), OrderId::new("5001").unwrap()), customer(2))].into(),
    }
}

fn planned(csv: &str) -> Plan {
    plan(read(csv).unwrap(), &known())
}

fn shown(plan: &Plan) -> Vec<String> {
    let effects = plan.effects.iter().map(|effect| {
        format!(
            "{} {:?} {}: {} -> {}",
            effect.line,
            effect.kind,
            effect.name,
            effect.before.as_deref().unwrap_or("-"),
            effect.after
        )
    });
    let rejected = plan
        .rejected
        .iter()
        .map(|rejected| format!("{} left out: {}", rejected.line, rejected.why));
    effects.chain(rejected).collect()
}

#[test]
fn every_kind_of_line() {
    let csv = "\u{feff}Telegram ID;Panel;User name;Customer;memo\n\
        700000002;main;toko_andini;toko;x\n\
        700000001;;;rina;\n\
        ;Main;rina_media;rina & co;\n\
        700000003;;;rina;\n\
        ;Second;deepak.smm;;\n\
        ;Main;deepak.smm;toko;\n\
        700000001;Main;deepak.smm;;\n\
        @rina;Main;x;y;\n\
        ;Nowhere;x;y;\n\
        ;;z;y;\n\
        ;Main;a;b\n\
        ;Main;;nobody;\n\
        700000002;main;toko_andini;toko;again\n\
        700000001;;;somebody;\n";
    assert_eq!(
        shown(&planned(csv)),
        [
            "2 Add toko: - -> toko_andini on Main, Telegram 700000002",
            "3 Same rina: - -> Telegram 700000001",
            "4 Change rina & co: rina -> rina & co, rina_media on Main",
            "5 Add rina: - -> Telegram 700000003",
            "6 Add deepak.smm: - -> deepak.smm on Second",
            "7 left out: it belongs to deepak. Unlink it there first.",
            "8 left out: the username belongs to deepak, the Telegram id to rina",
            "9 left out: telegram_id is the number of the account, such as 700000001, never an @name, which can change hands",
            "10 left out: there is no panel `Nowhere`",
            "11 left out: name the panel: there is more than one, or none yet",
            "12 left out: 4 cells instead of 5. A cell with the separator in it stands in quotes.",
            "13 left out: there is no username, telegram_id or order_id",
            "14 left out: the same as line 2; that one counts",
            "15 left out: line 4 gives rina another name; that one counts",
        ]
    );
}

#[test]
fn an_order_list_gives_orders_to_customers_and_the_newest_word_counts() {
    let csv = "customer,panel,order_id\nrina,Second,5001\nrina,Second,5002\ndeepak,Second,5002\nnew one,Second,5003\nrina,Second,bad id!\n";
    let plan = planned(csv);
    assert_eq!(
        shown(&plan),
        [
            "2 Change rina: order 5001 of deepak -> order 5001 on Second",
            "3 Add rina: - -> order 5002 on Second",
            "5 Add new one: - -> order 5003 on Second",
            "4 left out: line 3 says otherwise; that one counts",
            "6 left out: `bad id!` is no order id",
        ]
    );
    assert_eq!(plan.customers, ["new one"]);
    assert_eq!(plan.orders.len(), 3);
}

#[test]
fn separators_quotes_and_headers_in_any_order() {
    for csv in [
        "customer,panel,username\n\"Doe, Jane\",Main,jane\n",
        "username;panel;customer\njane;Main;\"Doe, Jane\"\n",
        "panel\tcustomer\tusername\r\nMain\tDoe, Jane\tjane\r\n",
        "\u{feff}\"name\",\"PANEL\",\"Panel username\"\n\"Doe, Jane\",Main,jane",
    ] {
        assert_eq!(
            shown(&planned(csv)),
            ["2 Add Doe, Jane: - -> jane on Main"],
            "{csv:?}"
        );
    }
    let csv = "customer,panel,username\n\"two\nlines\",Main,a\nb,Main,b\n";
    assert_eq!(
        shown(&planned(csv)),
        [
            "4 Add b: - -> b on Main",
            "2 left out: customer holds a character that cannot be seen"
        ]
    );
}

#[test]
fn files_that_cannot_be_used() {
    for (csv, error) in [
        (String::new(), UnreadableFile::Empty),
        ("a,b\n1,2\n".to_owned(), UnreadableFile::NoColumns),
        ("customer,panel\nx,y\n".to_owned(), UnreadableFile::NothingToLink),
        (
            "user,username\nx,y\n".to_owned(),
            UnreadableFile::ColumnTwice("username"),
        ),
        (
            format!("username\n{}", "x\n".repeat(MAX_LINES + 1)),
            UnreadableFile::TooManyLines,
        ),
        ("x".repeat(MAX_BYTES + 1), UnreadableFile::TooLarge),
    ] {
        assert_eq!(read(&csv), Err(error));
    }
    assert!(read(&format!("username\n{}", "x\n".repeat(MAX_LINES))).is_ok());
}

#[test]
fn the_digest_covers_the_file_and_what_is_there() {
    let csv = "customer,panel,username\ntoko,Main,toko_andini\n";
    let before = planned(csv).digest();
    assert_eq!(planned(csv).digest(), before);
    let mut changed = known();
    changed
        .links
        .insert((panel(1), "toko_andini".to_owned()), customer(2));
    assert_ne!(plan(read(csv).unwrap(), &changed).digest(), before);
    assert_ne!(
        planned("customer,panel,username\ntoko,Main,toko2\n").digest(),
        before
    );
}

#[test]
fn a_name_that_a_rename_takes_is_not_made_again() {
    let csv = "customer,panel,username\nrina & co,Main,rina_media\nrina & co,Second,rina.m\n";
    let plan = planned(csv);
    assert_eq!(plan.customers, Vec::<String>::new());
    assert_eq!(
        plan.links,
        [(panel(2), "rina.m".to_owned(), Whose::Known(customer(1)))]
    );
}

#[test]
fn what_an_export_escapes_comes_back_as_it_was() {
    for name in [
        "=1+1",
        "+977 1",
        "-x",
        "@user",
        "＝1",
        "rina",
        "'quoted'",
        "a=b",
        "Doe, Jane",
    ] {
        let line = crate::csv::line(&[name, "Main", "user", ""]);
        let file = read(&format!("customer,panel,username,telegram_id\n{line}")).unwrap();
        assert_eq!(file.lines[0].customer.as_deref(), Some(name), "{line}");
    }
}

proptest! {
    /// Whatever is uploaded: no panic, and every line that holds something is either planned or left out.
    #[test]
    fn any_file_is_read_or_refused(body in "[a-z0-9,;\t\"'\n\r =@é]{0,200}") {
        if let Ok(file) = read(&format!("customer,panel,username,order_id,telegram_id\n{body}")) {
            let lines = file.lines.len() + file.rejected.len();
            let plan = plan(file, &known());
            prop_assert_eq!(plan.effects.len() + plan.rejected.len(), lines);
        }
    }
}
