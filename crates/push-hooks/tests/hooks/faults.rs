//! Back ends that do not take what they are sent.

use aizuchi_core::{
    directory::{Directory as _, Profile},
    hooks::{HookState, Hooks as _, Webhook},
};
use aizuchi_outbound::Outbound;
use aizuchi_testkit::logged;

use crate::world::{Answer, BackEnd, World, user};

const DAY: u64 = 24 * 60 * 60 * 1_000;

#[tokio::test]
async fn what_is_not_taken_is_sent_again_and_holds_back_what_follows() {
    for answers in [
        vec![Answer::Status(500), Answer::Status(503), Answer::Status(429), Answer::Status(400)],
        vec![Answer::Never],
        vec![Answer::Redirect, Answer::Redirect],
    ] {
        let (world, back_end) = (World::new().await, BackEnd::start().await);
        world.set(&back_end.url(), 1).await;
        let running = world.run();
        world.begun().await;
        back_end.answers(&answers);
        world.say("ada", "bot", "one").await;
        world.say("ada", "bot", "two").await;
        let first = back_end.next().await;
        for _ in &answers {
            let again = back_end.next().await;
            assert_eq!(
                (again.path.as_str(), again.text().as_str()),
                ("hook", "one"),
                "{answers:?}"
            );
            assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
        }
        assert_eq!(back_end.next().await.text(), "two");
        world.until(async |world: &World| world.state().await == HookState::Well).await;
        assert_eq!(running.1.failed.get(), answers.len() as u64);
    }
}

/// What follows in other conversations comes meanwhile.
#[tokio::test]
async fn one_conversation_does_not_hold_up_another() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    world.say("ada", "bot", "before").await;
    let running = world.run();
    world.begun().await;
    back_end.answers(&[Answer::Status(500); 10_000]);
    world.say("ada", "bot", "refused").await;
    assert_eq!(back_end.next().await.text(), "refused");
    world.say("cyd", "bot", "another").await;
    while back_end.next().await.text() != "another" {}
    assert!(running.1.delivered.get() == 0, "neither was taken");
}

#[tokio::test]
async fn an_answer_without_an_end_is_read_to_a_limit() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let running = world.run();
    world.begun().await;
    back_end.answers(&[Answer::Endless]);
    world.say("ada", "bot", "one").await;
    world.say("ada", "bot", "two").await;
    assert_eq!(back_end.next().await.text(), "one");
    assert_eq!(back_end.next().await.text(), "two", "it was taken");
    assert_eq!(running.1.failed.get(), 0);
}

#[tokio::test]
async fn a_back_end_that_wants_no_more_is_disabled_at_once() {
    logged::begin();
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let running = world.run();
    world.begun().await;
    back_end.answers(&[Answer::Status(410)]);
    world.say("ada", "bot", "one").await;
    assert_eq!(back_end.next().await.text(), "one");
    world
        .until(async |world: &World| {
            world.state().await == HookState::DisabledAt(1_700_000_000_000)
        })
        .await;
    assert_eq!(running.1.disabled.get(), 1);
    let log = logged::end();
    assert!(log.contains("ERROR") && log.contains("aizuchi user hook set"), "{log}");
    assert!(!log.contains("/hook"), "no address in it: {log}");
    // Whoever sets it again has what came meanwhile.
    world.say("ada", "bot", "two").await;
    assert!(back_end.is_quiet());
    world.set(&back_end.url(), 2).await;
    assert_eq!(back_end.next().await.text(), "one");
    assert_eq!(back_end.next().await.text(), "two");
}

#[tokio::test]
async fn whoever_takes_nothing_for_three_days_is_given_up() {
    logged::begin();
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let _running = world.run();
    world.begun().await;
    back_end.answers(&[Answer::Status(500); 100_000]);
    world.say("ada", "bot", "one").await;
    let began = 1_700_000_000_000;
    world.until(async |world: &World| world.state().await == HookState::FailingSince(began)).await;
    world.clock.advance(3 * DAY - 1);
    back_end.next().await;
    assert_eq!(world.state().await, HookState::FailingSince(began));
    world.clock.advance(1);
    let over = HookState::DisabledAt(began + 3 * DAY);
    world.until(async |world: &World| world.state().await == over).await;
    assert!(logged::end().contains("a webhook is disabled"));
}

/// With the guard that a server has.
#[tokio::test]
async fn the_inside_of_the_network_is_never_posted_to() {
    logged::begin();
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    let allowed = vec!["10.0.0.0/8".parse().unwrap()];
    let running = world.run_by(Outbound::new(allowed));
    let port = back_end.port;
    for (at, url) in (1..).zip([
        format!("http://127.0.0.1:{port}/hook"),
        format!("http://localhost:{port}/hook"),
        format!("https://[::1]:{port}/hook"),
        "http://169.254.169.254/hook".to_owned(),
        "https://192.168.0.1/hook".to_owned(),
        "ftp://host.example/hook".to_owned(),
        "no address".to_owned(),
    ]) {
        let before = running.1.failed.get();
        world.set(&url, at).await;
        world.begun().await;
        world.say("ada", "bot", "one").await;
        world.until(async |_: &World| running.1.failed.get() > before).await;
        assert!(matches!(world.state().await, HookState::FailingSince(_)), "{url}");
    }
    assert!(back_end.is_quiet());
    assert_eq!(running.1.delivered.get(), 0);
    assert!(!logged::end().contains("/hook"));
}

#[tokio::test]
async fn whoever_is_deleted_is_told_nothing() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    let aid = Profile { user: user("aid"), username: "Aid".into() };
    world.people.remember(&aid).await.unwrap();
    let hook = world.set(&back_end.url(), 1).await;
    world.hooks.set_hook(&Webhook { user: user("aid"), ..hook }).await.unwrap();
    world.people.delete(&user("bot"), 5).await.unwrap();
    let _running = world.run();
    let begun = async |world: &World| world.hooks.heard(&user("aid")).await.unwrap().is_some();
    world.until(begun).await;
    world.say("ada", "bot", "to nobody").await;
    world.say("ada", "aid", "to somebody").await;
    assert_eq!(back_end.next().await.text(), "to somebody");
    assert_eq!(world.hooks.heard(&user("bot")).await.unwrap(), None, "nobody serves it");
}
