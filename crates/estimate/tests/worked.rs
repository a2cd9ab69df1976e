//! Examples that were worked out by hand. The arithmetic is beside each.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use aizuchi_estimate::{
    Answer, Cause, Costs, Date, Freshness, Item, Key, Reason, Remark, Thousand, answer, day,
};

fn today() -> Date {
    day("2026-11-24").unwrap()
}

fn ask(query: &str) -> Answer {
    answer(query, today()).unwrap()
}

fn option<'a>(answer: &'a Answer, id: &str) -> &'a Costs {
    answer.options.iter().find(|option| option.id.as_str() == id).unwrap()
}

/// How much of an item, and USD.
fn item(costs: &Costs, item: Item) -> (f64, f64) {
    let found = costs.items.iter().find(|one| one.item == item);
    found.map_or((0.0, 0.0), |one| (one.quantity, one.usd))
}

fn cause(costs: &Costs, cause: Cause) -> f64 {
    costs.causes.iter().find(|one| one.cause == cause).map_or(0.0, |one| one.usd)
}

fn thousand(answer: &Answer, of: Thousand) -> f64 {
    answer.unit_costs.iter().find(|one| one.thousand == of).unwrap().usd
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 2e-6, "{found} is not {expected}");
}

#[track_caller]
fn about(found: f64, expected: f64, digits: i32) {
    let unit = 10_f64.powi(digits);
    close((found * unit).round() / unit, expected);
}

/// One person in Tokyo who is always there and never says anything.
const ALWAYS: &str = "region=ap-northeast-1&users=1&online=1&hours=24&messages=0&visits=0";

#[test]
fn a_socket_that_is_always_on() {
    let answer = ask(&format!("{ALWAYS}&days=30"));
    // 30 days of 24 hours of 60 minutes are 43,200 minutes;
    // 43,200 × 0.315 / 1,000,000 = 0.013608.
    let (minutes, usd) = item(option(&answer, "serverless"), Item::ConnectionMinutes);
    close(minutes, 43_200.0);
    close(usd, 0.013_608);
    about(usd, 0.0136, 4);
    close(cause(option(&answer, "serverless"), Cause::Staying), 0.013_608);
}

#[test]
fn a_poll_every_ten_seconds_through_the_http_api() {
    // A month of 730 hours, as bills count: 730 × 360 = 262,800 polls;
    // 262,800 × 1.29 / 1,000,000 = 0.339012. Another 730 requests are for tokens:
    // 263,530 × 1.29 / 1,000,000 = 0.339954.
    let answer = ask(&format!("{ALWAYS}&poll=10&days={}", 730.0 / 24.0));
    let (requests, usd) = item(option(&answer, "polling"), Item::HttpRequests);
    close(requests, 263_530.0);
    close(usd, 0.339_954);
    about(usd, 0.34, 2);
    // Of 30 days it is 259,200 polls and 720 tokens: 259,920 × 1.29 / 1,000,000.
    let answer = ask(&format!("{ALWAYS}&poll=10&days=30"));
    close(item(option(&answer, "polling"), Item::HttpRequests).1, 0.335_297);
    // All of it, for the polls alone, a thousand hours of 360:
    //   requests   360,000 × 1.29 / 1,000,000                                 0.4644
    //   functions  360,000 × 0.20 / 1,000,000                                 0.072
    //   their time 360,000 × (67 + 0.02 × 447) / 1,000 × 0.125 × 0.0000166667 0.056955
    //   reads      360,000 × 4 × 0.1425 / 1,000,000                           0.2052
    //   logs       360,000 × 600 / 1,000,000,000 × 0.76                       0.16416
    //   egress     360,000 × 150 / 1,000,000,000 × 0.114                      0.006156
    close(thousand(&answer, Thousand::PollingHours), 0.968_871);
}

#[test]
fn a_small_machine_with_an_address() {
    // 20,000 who are all there at once are too many for 1 GiB and fit into 2 GiB.
    let answer = ask("region=tokyo&users=20000&online=1&hours=8&messages=0&visits=0");
    let costs = option(&answer, "one-box");
    assert_eq!(costs.machine, Some(Item::T4gSmall));
    // 730 × 0.0216 = 15.768, 730 × 0.005 = 3.65: 19.418.
    close(item(costs, Item::T4gSmall).1, 15.768);
    close(item(costs, Item::Ipv4).1, 3.65);
    close(cause(costs, Cause::Machine), 19.418);
    about(cause(costs, Cause::Machine), 19.4, 1);
    // us-east-1: 730 × (0.0168 + 0.005) = 15.914.
    let answer = ask("region=us-east-1&users=20000&online=1&hours=8&messages=0&visits=0");
    close(cause(option(&answer, "one-box"), Cause::Machine), 15.914);
}

#[test]
fn a_thousand_messages() {
    // Stored, acknowledged, and brought to one connection; Tokyo:
    //   frames     1,000 × (1 in + 1 ACK + 1 out) × 1.26 / 1,000,000          0.00378
    //   writes     1,000 × 4 × 0.715 / 1,000,000                              0.00286
    //   reads      1,000 × 3 × 0.1425 / 1,000,000                             0.0004275
    //   functions  1,000 × 0.20 / 1,000,000                                   0.0002
    //   their time 1,000 × (60.2 + 0.1 + 0.02 × 66.2) / 1,000 × 0.5 × 0.0000166667
    //                                                                         0.000513534
    //   logs       1,000 × 600 / 1,000,000,000 × 0.76                         0.000456
    //   egress     1,000 × (150 + 850) / 1,000,000,000 × 0.114                0.000114
    close(thousand(&ask("region=tokyo"), Thousand::Messages), 0.008_351);
    // us-east-1: 0.003 + 0.0025 + 0.000375 + 0.0002 + 0.000513534 + 0.0003 + 0.00009.
    close(thousand(&ask("region=us-east-1"), Thousand::Messages), 0.006_979);
    // Of 32,000 bytes: the entry is 32 units (32,200 by 1,024), so 35 in all; a
    // delivery of 32,250 bytes is still one message of API Gateway's.
    //   0.00378 + 1,000 × 35 × 0.715 / 1,000,000 + 0.0004275 + 0.0002 + 0.000513534
    //   + 0.000456 + 1,000 × (150 + 32,250) / 1,000,000,000 × 0.114 = 0.034096
    close(thousand(&ask("region=tokyo&bytes=32000"), Thousand::Messages), 0.034_096);
    // To ten: 12 frames, no lists, 12 reads, 0.9 ms more of time, 8,650 bytes.
    //   0.01512 + 0.00143 + 0.00171 + 0.0002 + 0.000521034 + 0.000456 + 0.0009861
    close(thousand(&ask("region=tokyo&recipients=10"), Thousand::Messages), 0.020_423);
}

#[test]
fn a_thousand_hours_of_a_socket() {
    let answer = ask("region=tokyo&keep-alive=240");
    // 60,000 × 0.315 / 1,000,000.
    close(thousand(&answer, Thousand::ConnectionHours), 0.0189);
    // Signs of life, 15 an hour, each two frames in and two out:
    //   15,000 × (4 × 1.26 + 2 × 0.20 + 6 × 0.1425) / 1,000,000               0.094425
    //   15,000 × (24.1 + 29.5 + 2 × 0.02 × 66.2) / 1,000 × 0.5 × 0.0000166667 0.007031
    //   15,000 × 2 × (600 × 0.76 + 150 × 0.114) / 1,000,000,000               0.014193
    // and the lease, which is renewed every five minutes: 12,000 × 0.715 / 1,000,000.
    let (signs, lease) = (0.115_649, 0.008_58);
    close(thousand(&answer, Thousand::ConnectionHoursAway), 0.0189 + signs + lease);
    close(thousand(&answer, Thousand::ConnectionHoursLooking), 0.0189 + signs + lease);
    // Every 25 seconds in sight: 9.6 times as many signs.
    let answer = ask("region=tokyo&keep-alive=25");
    let often = thousand(&answer, Thousand::ConnectionHoursLooking);
    close(often, 0.0189 + 9.6 * signs + lease);
}

#[test]
fn letting_idle_sockets_go() {
    // Of eight hours he looks at two; after each of six visits it is kept for five minutes.
    let query = "region=tokyo&users=1000&online=0.5&hours=8&looking=0.25&visits=6&release=300";
    let answer = ask(query);
    let minutes = |id| item(option(&answer, id), Item::ConnectionMinutes).0;
    // 1,000 × 0.5 × 30 days: 15,000 days of 8 and of 2.5 hours.
    close(minutes("serverless"), 15_000.0 * 480.0);
    close(minutes("released"), 15_000.0 * 150.0);
    assert!(option(&answer, "released").usd < option(&answer, "serverless").usd);
    // One who comes back all the time pays more for coming than for staying.
    let often = ask("visits=300&looking=0.1&release=30");
    assert!(option(&often, "released").usd > option(&often, "serverless").usd);
}

#[test]
fn what_is_kept_costs_every_month() {
    // 1,000 people, all there, 100 messages on each of 30 days, for 10 months:
    // 30,000,000 messages of 600 + 300 and 300 bytes: 36 GB at 0.285.
    let query = "region=tokyo&online=1&messages=100&months=10&days=30";
    let keeping = |query: &str| cause(option(&ask(query), "serverless"), Cause::Keeping);
    close(keeping(query), 10.26);
    // 25 of them are free where that is asked for.
    close(keeping(&format!("{query}&free-tiers=on")), 11.0 * 0.285);
}

#[test]
fn accounts() {
    let of = |query: &str| cause(option(&ask(query), "serverless"), Cause::Accounts);
    // 12,000 × 0.0055, 12,000 × 0.015; and beyond the 10,000 that are free.
    close(of("users=12000"), 66.0);
    close(of("users=12000&cognito=essentials"), 180.0);
    close(of("users=12000&free-tiers=on"), 11.0);
    assert_eq!(cause(option(&ask("users=12000"), "one-box"), Cause::Accounts), 0.0);
}

#[test]
fn managed_chat_at_its_list_price() {
    let answer = ask("users=1000&online=0.02");
    for (id, usd) in [
        ("sendbird-starter", 399.0),
        ("sendbird-pro", 599.0),
        // 200 cost nothing: 800 × 0.05.
        ("twilio-conversations", 40.0),
        ("talkjs", 279.0),
        ("stream", 499.0),
    ] {
        assert_eq!(option(&answer, id).usd, Some(usd), "{id}");
    }
    assert_eq!(option(&answer, "talkjs").remarks, []);
    assert_eq!(option(&answer, "stream").remarks, [Remark::Unconfirmed]);
    // 5,000 people and 5 %: 250 at once. Of 5,000 half are there in the busiest hour.
    let answer = ask("users=5000&online=0.5&hours=8");
    let most = Remark::PeakConnections { most: 250.0, expected: 2_500.0 };
    assert_eq!(option(&answer, "sendbird-pro").remarks, [most]);
    // One more, and the list says nothing.
    let answer = ask("users=5001");
    let beyond = option(&answer, "sendbird-starter");
    assert_eq!(beyond.usd, None);
    assert_eq!(beyond.reason, Some(Reason::BeyondPlan { users: 5_000.0 }));
    // No machine carries a million who are all there.
    let answer = ask("users=1000000&online=1");
    assert_eq!(option(&answer, "one-box").reason, Some(Reason::BeyondMachines));
}

#[test]
fn where_ways_cross() {
    // Nobody comes: the box is a t4g.micro, 730 × (0.0108 + 0.005) = 11.534, and the
    // page, 150,000 bytes a month each. Twilio's 0.05 each after 200 passes that at
    // 431: 231 × 0.05 = 11.55 against 11.534 + 0.00737; at 430 it is 11.50.
    let answer = ask("region=tokyo&online=0");
    let crossing = answer
        .crossings
        .iter()
        .find(|one| {
            one.than == Key::Vendor("twilio-conversations".into()) && one.cheaper == Key::OneBox
        })
        .unwrap();
    assert_eq!(crossing.users, 431);
    // Serverless costs 0.0055 for an account and as much for the page: it passes
    // 11.534 with the 2,098th: 2,097.09 people.
    let crossing = answer
        .crossings
        .iter()
        .find(|one| one.than == Key::Serverless && one.cheaper == Key::OneBox)
        .unwrap();
    assert_eq!(crossing.users, 2_098);
    // What crosses is cheaper from there on, and dearer with one person less.
    let answer = ask("");
    assert!(!answer.crossings.is_empty());
    for crossing in &answer.crossings {
        for (users, holds) in [(crossing.users, true), (crossing.users - 1, false)] {
            let at = ask(&format!("users={users}"));
            let usd = |key: &Key| option(&at, key.as_str()).usd.unwrap();
            // Rounded figures may meet where exact ones do not.
            let (cheaper, than) = (usd(&crossing.cheaper), usd(&crossing.than));
            assert!((cheaper - than).abs() < 2e-6 || (cheaper < than) == holds, "{crossing:?}");
        }
    }
}

#[test]
fn every_figure_is_the_sum_of_its_parts() {
    for query in ["", "region=us-east-1&users=70000&free-tiers=on&architecture=arm64&recipients=20"]
    {
        let answer = ask(query);
        for option in &answer.options {
            let Some(usd) = option.usd else { continue };
            let causes: f64 = option.causes.iter().map(|one| one.usd).sum();
            let items: f64 = option.items.iter().map(|one| one.usd).sum();
            assert!((causes - usd).abs() < 1e-4, "{option:?}");
            assert!(option.items.is_empty() || (items - usd).abs() < 1e-4, "{option:?}");
            assert!(option.causes.is_sorted_by(|one, other| one.usd >= other.usd));
            assert!(option.items.is_sorted_by(|one, other| one.usd >= other.usd));
            let each = option.usd_each.unwrap();
            close(each, usd / answer.usage.users);
        }
    }
}

#[test]
fn curves_go_through_the_figures() {
    let answer = ask("users=1000");
    let at = answer.curves.users.iter().position(|users| *users == 1_000).unwrap();
    for (series, option) in answer.curves.series.iter().zip(&answer.options) {
        assert_eq!(series.id, option.id);
        assert_eq!(series.usd[at], option.usd);
        assert_eq!(series.usd.len(), answer.curves.users.len());
    }
    assert_eq!(answer.curves.users.last(), Some(&1_000_000));
    assert_eq!(ask("users=2000000").curves.users.last(), Some(&10_000_000));
}

#[test]
fn an_old_price_is_said_to_be_old() {
    let answer = ask("region=tokyo&price=egress=0.1");
    let freshness = |id: &str| answer.prices.iter().find(|one| one.id == id).unwrap().freshness;
    assert_eq!(freshness("websocket-messages"), Freshness::Old, "2020-01");
    assert_eq!(freshness("dynamodb-writes"), Freshness::Current, "2026-09");
    assert_eq!(freshness("lambda-requests"), Freshness::Undated);
    assert_eq!(freshness("egress"), Freshness::Given);
    assert_eq!(freshness("talkjs"), Freshness::Current, "2026-06");
    let later = aizuchi_estimate::answer("", day("2027-11-24").unwrap()).unwrap();
    let talkjs = later.prices.iter().find(|one| one.id == "talkjs").unwrap();
    assert_eq!(talkjs.freshness, Freshness::Old);
}

#[test]
fn a_price_of_ones_own_is_used() {
    let minutes = |query: &str| item(option(&ask(query), "serverless"), Item::ConnectionMinutes).1;
    close(minutes("price=connection-minutes=0.63"), 2.0 * minutes(""));
}
