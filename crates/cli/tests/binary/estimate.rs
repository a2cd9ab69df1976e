//! `aizuchi estimate`.

use serde_json::Value;

use crate::server::{Place, aizuchi, run, text};

fn estimate(arguments: &[&str]) -> std::process::Output {
    let mut command = aizuchi(["estimate"]);
    command.args(arguments);
    run(command, "")
}

fn json(arguments: &[&str]) -> Value {
    let output = estimate(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_table_for_people() {
    let output = estimate(&["--region", "tokyo", "--users", "2000", "--today", "2026-11-24"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    for words in [
        "ap-northeast-1: 2,000 people",
        "serverless, idle sockets let go",
        "one box (t4g.micro)",
        "Sendbird Starter",
        "people on, one box is cheaper than serverless",
        "websocket-messages",
        "OLD",
        "undated",
        "Not counted: taxes",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn json_for_programs() {
    let always = ["--users=1", "--online=1", "--hours=24", "--messages=0", "--visits=0"];
    let answer = json(&always);
    let items = answer["options"][0]["items"].as_array().unwrap();
    let minutes = items.iter().find(|item| item["item"] == "connection-minutes").unwrap();
    // 43,200 × 0.315 / 1,000,000.
    assert_eq!(minutes["usd"], 0.013_608);
    let answer = json(&[&always[..], &["--price=connection-minutes=1"]].concat());
    let told = answer["prices"].as_array().unwrap();
    let price = told.iter().find(|price| price["id"] == "connection-minutes").unwrap();
    assert_eq!((&price["usd"], &price["freshness"]), (&Value::from(1.0), &Value::from("given")));
}

#[test]
fn prices_from_a_file() {
    let place = Place::new();
    let path = place.file(
        "prices.toml",
        "[items.ipv4]\nap-northeast-1 = { usd = 9, date = \"2020-01\", source = \"a bill\" }\n",
    );
    let answer = json(&["--prices", path.to_str().unwrap(), "--today", "2026-11-24"]);
    let told = answer["prices"].as_array().unwrap();
    let price = told.iter().find(|price| price["id"] == "ipv4").unwrap();
    assert_eq!(price["source"], "a bill");
    assert_eq!(price["freshness"], "old");
}

#[test]
fn what_is_wrong_is_said_with_what_would_be_right() {
    let place = Place::new();
    let file = place.file("prices.toml", "[items.stamps]\nusd = 1\n");
    for (argument, words, status) in [
        ("--users=0", "write a whole number from 1 to 10000000", 2),
        ("--online=30", "from 0 to 1", 2),
        ("--region=mars", "us-east-1 or ap-northeast-1", 2),
        ("--price=stamps=1", "there are websocket-messages", 2),
        ("--today=tomorrow", "as in 2026-11-24", 2),
        ("--prices=/nowhere.toml", "--prices /nowhere.toml: the file cannot be read: ", 1),
        (&format!("--prices={}", file.display()), "stamps", 1),
    ] {
        let output = estimate(&[argument]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{told}");
        assert!(output.stdout.is_empty());
        assert!(told.contains(words), "{argument}: {told}");
    }
}
