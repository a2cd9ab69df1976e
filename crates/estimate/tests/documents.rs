//! What docs/costs.md says is what is computed.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use aizuchi_estimate::{Answer, Thousand, answer, day};

const COSTS: &str = include_str!("../../../docs/costs.md");

fn ask(query: &str) -> Answer {
    answer(query, day("2026-11-24").unwrap()).unwrap()
}

#[track_caller]
fn says(words: &str) {
    assert!(COSTS.contains(words), "docs/costs.md does not say: {words}");
}

#[test]
fn by_the_thousand() {
    for (what, query, thousand) in [
        ("messages of 600 bytes, stored and brought to one connection", "", Thousand::Messages),
        ("the same with typing and receipts", "", Thousand::MessagesTalked),
        ("connection hours, nothing sent", "", Thousand::ConnectionHours),
        (
            "connection hours, kept alive by the page every 240 s",
            "&keep-alive=240",
            Thousand::ConnectionHoursLooking,
        ),
        (
            "the same, every 25 s while somebody looks",
            "&keep-alive=25",
            Thousand::ConnectionHoursLooking,
        ),
        ("times connecting: token, connect, `SYNC`, disconnect", "", Thousand::Comings),
        ("hours of polling every 10 s in a socket's place", "&poll=10", Thousand::PollingHours),
    ] {
        let [tokyo, virginia] = ["ap-northeast-1", "us-east-1"].map(|region| {
            let answer = ask(&format!("region={region}{query}"));
            answer.unit_costs.iter().find(|one| one.thousand == thousand).unwrap().usd
        });
        says(&format!("| {what} | {tokyo:.4} | {virginia:.4} |"));
    }
}

#[test]
fn a_month() {
    let answer = ask("");
    for (option, name) in answer.options.iter().zip([
        "serverless",
        "serverless, idle sockets let go",
        "serverless, polling every 10 s",
        "one box (t4g.micro)",
    ]) {
        says(&format!("| {name} | {:.2} | ", option.usd.unwrap()));
        for cause in option.causes.iter().take(2) {
            says(&format!(" {:.0} %", cause.share * 100.0));
        }
    }
    let crossing = answer.crossings.iter().find(|one| one.than.as_str() == "released").unwrap();
    says(&format!("one box is cheaper from {} people on", crossing.users));
}
