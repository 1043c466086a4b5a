//! How long it takes to read a message.

use divan::{Bencher, black_box};
use switchboard_domain::command::parse::{Context, MAX_TEXT, parse};

fn main() {
    divan::main();
}

fn read(bencher: Bencher<'_, '_>, text: &str) {
    let context = Context::default();
    bencher.bench(|| parse(black_box(text), &context));
}

#[divan::bench]
fn short_command(bencher: Bencher<'_, '_>) {
    read(bencher, "481799696,481799190 refill");
}

#[divan::bench]
fn command_in_a_sentence(bencher: Bencher<'_, '_>) {
    read(bencher, "bro pls cancel my order 481799696 fast");
}

#[divan::bench]
fn hundred_ids(bencher: Bencher<'_, '_>) {
    let ids: Vec<String> = (0..100).map(|n| (481_799_000 + n * 7).to_string()).collect();
    read(bencher, &format!("refill\n{}", ids.join("\n")));
}

#[divan::bench]
fn chatter(bencher: Bencher<'_, '_>) {
    read(
        bencher,
        "good morning everyone, the new services are really nice, thank you for your work",
    );
}

#[divan::bench]
fn garbage_of_16_kib(bencher: Bencher<'_, '_>) {
    let piece = "rofil 4817-99 @x https://a.example/p/1 ①२٣ not don't ... cancl ";
    let mut text = piece.repeat(MAX_TEXT / piece.len() + 1);
    while text.len() > MAX_TEXT {
        text.pop();
    }
    read(bencher, &text);
}
