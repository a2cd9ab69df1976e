//! A session's rules, one by one.

use std::time::Duration;

use aizuchi_wire::{CloseCode, ErrorCode};
use serde_json::{Value, json};

use super::*;
use crate::event::Message;

const START: Duration = Duration::from_secs(1);

fn ms(ms: u64) -> Duration {
    START + Duration::from_millis(ms)
}

fn effects(session: &mut Session) -> Vec<Effect> {
    std::iter::from_fn(|| session.next_effect()).collect()
}

fn sent(session: &mut Session) -> Vec<Value> {
    let text = |effect| match effect {
        Effect::Send(text) => serde_json::from_str(&text).ok(),
        _ => None,
    };
    effects(session).into_iter().filter_map(text).collect()
}

fn events(session: &mut Session) -> Vec<Event> {
    let event = |effect| match effect {
        Effect::Event(event) => Some(event),
        _ => None,
    };
    effects(session).into_iter().filter_map(event).collect()
}

fn seqs(session: &mut Session) -> Vec<u64> {
    let seq = |event| match event {
        Event::Message(Message { seq, .. }) => Some(seq),
        _ => None,
    };
    events(session).into_iter().filter_map(seq).collect()
}

fn say(client_msg_id: &str, text: &str) -> Command {
    Command::Send {
        client_msg_id: client_msg_id.to_owned(),
        to: To::Person("b".to_owned()),
        text: text.to_owned(),
        reply_to: None,
        sent_at: None,
    }
}

fn sync(last_seq: u64, reset: bool) -> String {
    json!({"action": "SYNC", "requestId": "sync", "since": "s1", "more": false, "entries": [],
        "conversations": [{"conversationId": "d:a:b", "members": [], "lastSeq": last_seq,
            "unread": 0, "reads": {}, "reset": reset}]})
    .to_string()
}

fn push(seq: u64) -> String {
    json!({"action": "SENDMSG", "conversationId": "d:a:b", "messageId": format!("m{seq}"),
        "seq": seq, "message": "hi", "fromSub": "b", "toSub": "a", "timestamp": 1})
    .to_string()
}

fn ack(client_msg_id: &str, seq: u64) -> String {
    json!({"action": "ACK", "clientMsgId": client_msg_id, "conversationId": "d:a:b",
        "messageId": "m", "seq": seq, "timestamp": 1})
    .to_string()
}

/// A session of `a` that is online, in a conversation with `b` that has 10 entries.
fn online() -> Session {
    let mut session = Session::new("a".to_owned(), 1);
    assert_eq!(session.next_effect(), Some(Effect::Open));
    session.opened(START);
    session.text(START, &sync(10, false));
    assert!(effects(&mut session).contains(&Effect::Event(Event::Link(Link::Online))));
    session
}

#[test]
fn a_new_device_begins_at_the_end_and_the_rest_is_history() {
    let mut session = online();
    session.text(ms(0), &push(10));
    session.text(ms(0), &push(11));
    session.text(ms(0), &push(11));
    assert_eq!(seqs(&mut session), [11]);
}

#[test]
fn what_comes_early_is_held_and_the_gap_is_asked_for_after_300_ms() {
    let mut session = online();
    session.text(ms(0), &push(12));
    session.text(ms(0), &push(13));
    assert_eq!(effects(&mut session), []);
    assert_eq!(session.deadline(), Some(ms(300)));
    session.timer(ms(299));
    assert_eq!(effects(&mut session), []);
    session.timer(ms(300));
    let asked = sent(&mut session);
    assert_eq!(asked[0]["action"], "SYNC");
    assert_eq!(asked[0]["cursors"], json!({"d:a:b": 10}));
    assert_eq!(asked[0]["since"], "s1");
    session.text(ms(310), &push(11));
    assert_eq!(seqs(&mut session), [11, 12, 13]);
}

#[test]
fn a_gap_that_closes_by_itself_asks_for_nothing() {
    let mut session = online();
    session.text(ms(0), &push(12));
    session.text(ms(100), &push(11));
    assert_eq!(seqs(&mut session), [11, 12]);
    session.timer(ms(300));
    assert_eq!(effects(&mut session), []);
}

#[test]
fn one_message_at_a_time_and_the_same_frame_after_a_drop() {
    let mut session = online();
    session.command(ms(0), say("c1", "one"));
    session.command(ms(0), say("c2", "two"));
    let first = sent(&mut session);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0]["clientMsgId"], "c1");

    session.closed(ms(10), Closed::Lost);
    let Some(Effect::Event(Event::Link(Link::Offline { retry_in }))) = session.next_effect() else {
        panic!("expected to be told")
    };
    session.timer(ms(10) + retry_in);
    assert_eq!(session.next_effect(), Some(Effect::Open));
    session.opened(ms(900));
    let again = sent(&mut session);
    assert_eq!(again[0]["action"], "SYNC");
    assert_eq!(again[0]["cursors"], json!({"d:a:b": 10}));
    assert_eq!(again[1], first[0]);

    session.text(ms(900), &ack("c1", 11));
    let next: Vec<Effect> = effects(&mut session);
    assert!(matches!(&next[0], Effect::Event(Event::Sent { seq: 11, .. })));
    assert!(matches!(&next[1], Effect::Event(Event::Message(own)) if own.text == "one"));
    assert!(matches!(&next[2], Effect::Send(frame) if frame.contains("\"c2\"")));
    session.text(ms(900), &ack("c1", 11));
    assert_eq!(effects(&mut session), []);
}

#[test]
fn a_refusal_that_passes_is_tried_again_and_one_that_does_not_is_told() {
    let mut session = online();
    session.command(ms(0), say("c1", "one"));
    let first = sent(&mut session);
    let refusal = |code: &str| {
        json!({"action": "ERROR", "code": code, "error": "No.", "clientMsgId": "c1",
            "retryAfterMs": 700})
        .to_string()
    };
    session.text(ms(0), &refusal("rate_limited"));
    assert_eq!(session.deadline(), Some(ms(700)));
    session.timer(ms(700));
    assert_eq!(sent(&mut session), first);
    session.text(ms(800), &refusal("not_found"));
    assert_eq!(
        events(&mut session),
        [Event::Refused {
            client_msg_id: "c1".to_owned(),
            code: ErrorCode::NotFound,
            error: "No.".to_owned()
        }]
    );
}

#[test]
fn a_text_that_fits_in_no_frame_is_refused_without_a_server() {
    let mut session = online();
    session.command(ms(0), say("c1", &"x".repeat(INBOUND_BYTES)));
    let told = events(&mut session);
    assert!(matches!(&told[..], [Event::Refused { code: ErrorCode::TooLarge, .. }]));
}

#[test]
fn too_wide_a_gap_is_told_and_what_follows_continues() {
    let mut session = online();
    session.closed(ms(0), Closed::Code(CloseCode::GoingAway.number()));
    session.timer(ms(60_000));
    session.opened(ms(60_000));
    session.text(ms(60_000), &sync(5_000, true));
    let told = events(&mut session);
    let reset = Event::Reset { conversation_id: "d:a:b".to_owned(), last_seq: 5_000 };
    assert!(told.contains(&reset));
    session.text(ms(60_000), &push(5_001));
    assert_eq!(seqs(&mut session), [5_001]);
}

#[test]
fn a_log_that_was_put_back_from_a_backup_is_begun_anew() {
    let mut session = online();
    session.text(ms(0), &push(1));
    session.text(ms(0), &push(2));
    session.closed(ms(0), Closed::Code(CloseCode::GoingAway.number()));
    session.timer(ms(60_000));
    session.opened(ms(60_000));
    session.text(ms(60_000), &sync(1, true));
    events(&mut session);
    session.text(ms(60_000), &push(2));
    assert_eq!(seqs(&mut session), [2], "another second message than the one before");
}

#[test]
fn a_question_is_asked_again_after_a_drop_until_it_is_answered() {
    let mut session = online();
    let question =
        Command::History { conversation_id: "d:a:b".to_owned(), before: Some(5), limit: 50 };
    session.command(ms(0), question);
    let first = sent(&mut session);
    session.closed(ms(0), Closed::Lost);
    session.timer(ms(60_000));
    session.opened(ms(60_000));
    assert_eq!(sent(&mut session)[1], first[0]);
    let page = json!({"action": "GETMSG", "conversationId": "d:a:b", "messages": [],
        "hasMore": false, "requestId": first[0]["requestId"]});
    session.text(ms(60_000), &page.to_string());
    session.closed(ms(61_000), Closed::Lost);
    session.timer(ms(200_000));
    session.opened(ms(200_000));
    assert_eq!(sent(&mut session).len(), 1);
}

#[test]
fn a_quiet_client_asks_and_a_server_that_says_nothing_is_left() {
    let mut session = online();
    let ask_at = START + Keep::default().ask_every;
    assert_eq!(session.deadline(), Some(ask_at));
    session.timer(ask_at);
    let asked = sent(&mut session);
    assert_eq!(asked[0]["action"], "SYNC");
    assert_eq!(asked[0]["cursors"], json!({}));
    assert_eq!(session.deadline(), Some(ask_at + DEAD_AFTER));
    session.timer(ask_at + DEAD_AFTER);
    assert_eq!(session.next_effect(), Some(Effect::Close));
    assert!(matches!(session.state, State::Waiting { .. }));
}

#[test]
fn an_ended_session_stays_away_and_a_flooding_one_pauses() {
    for (code, why) in [
        (CloseCode::SessionEnded, Ended::Session),
        (CloseCode::TooManyConnections, Ended::TooManyConnections),
    ] {
        let mut session = online();
        session.closed(ms(0), Closed::Code(code.number()));
        assert_eq!(events(&mut session), [Event::Link(Link::Ended(why))]);
        assert_eq!(session.deadline(), None);
        session.timer(ms(1_000_000));
        assert_eq!(effects(&mut session), []);
    }
    let mut session = online();
    session.closed(ms(0), Closed::Code(CloseCode::Flooding.number()));
    assert!(session.deadline().is_some_and(|at| at >= ms(0) + FLOOD_PAUSE));
}

#[test]
fn an_old_connection_is_replaced_while_it_holds() {
    let keep = Keep { watch_again: true, ..Keep::default() };
    let mut session = Session::new("a".to_owned(), 1).keeping(keep);
    session.command(START, Command::Watch { subs: vec!["b".to_owned()] });
    session.opened(START);
    session.text(START, &sync(0, false));
    effects(&mut session);

    let age = keep.renew_after + keep.renew_after / 10;
    let mut now;
    let mut asked = 0;
    loop {
        now = session.deadline().unwrap();
        session.timer(now);
        let effects = effects(&mut session);
        if effects.contains(&Effect::Renew) {
            break;
        }
        asked += 1;
        session.text(now, &sync(0, false));
    }
    assert!(now >= START + keep.renew_after && now <= START + age);
    assert!(asked >= 100, "it was asked meanwhile");

    // Nothing else changes until the next one is there.
    assert_eq!(effects(&mut session), []);
    session.not_renewed(now, Closed::Lost);
    session.timer(now + Duration::from_secs(30));
    assert!(!effects(&mut session).contains(&Effect::Renew));
    now += Duration::from_secs(120);
    session.text(now, &sync(0, false));
    session.timer(now);
    assert!(effects(&mut session).contains(&Effect::Renew));

    // Room is made for it by closing this one: no reason to stay away.
    session.closed(now, Closed::Code(CloseCode::TooManyConnections.number()));
    assert!(matches!(events(&mut session)[..], [Event::Link(Link::Offline { .. })]));
    session.renewed(now);
    assert_eq!(effects(&mut session), [], "it comes too late");
}

#[test]
fn the_next_connection_is_synced_and_watches_at_once() {
    let mut session = Session::new("a".to_owned(), 1);
    session.command(START, Command::Watch { subs: vec!["b".to_owned()] });
    session.opened(START);
    session.text(START, &sync(0, false));
    let mut now = START;
    while !effects(&mut session).contains(&Effect::Renew) {
        session.text(now, &sync(0, false));
        now = session.deadline().unwrap();
        session.timer(now);
    }
    session.text(now, &sync(0, false));
    session.renewed(now);
    let sent = sent(&mut session);
    let actions: Vec<_> = sent.iter().map(|frame| frame["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["SYNC", "WATCH"]);
    // Its age is counted anew.
    session.text(now, &sync(0, false));
    session.timer(now + Duration::from_secs(1));
    assert!(!effects(&mut session).contains(&Effect::Renew));
}

#[test]
fn those_who_are_watched_are_named_again_where_presence_is_a_lease() {
    for watch_again in [false, true] {
        let keep = Keep { watch_again, ..Keep::default() };
        let mut session = Session::new("a".to_owned(), 1).keeping(keep);
        session.command(START, Command::Watch { subs: vec!["b".to_owned()] });
        session.opened(START);
        session.text(START, &sync(0, false));
        effects(&mut session);
        session.timer(START + keep.ask_every);
        let again = sent(&mut session).iter().any(|frame| frame["action"] == "WATCH");
        assert_eq!(again, watch_again);
    }
}

#[test]
fn a_question_that_comes_too_soon_is_asked_again_in_its_time() {
    let mut session = online();
    let (conversation_id, limit) = ("d:a:b".to_owned(), 50);
    session.command(ms(0), Command::History { conversation_id, before: Some(5), limit });
    let asked = sent(&mut session);
    let id = asked[0]["requestId"].as_str().unwrap().to_owned();
    let refusal = |code: &str| {
        json!({"action": "ERROR", "code": code, "error": "No.", "requestId": id,
            "retryAfterMs": 2_000})
        .to_string()
    };
    session.text(ms(10), &refusal("rate_limited"));
    assert_eq!(effects(&mut session), []);
    assert_eq!(session.deadline(), Some(ms(2_010)), "nothing else is awaited");
    session.timer(ms(2_009));
    assert_eq!(effects(&mut session), []);
    session.timer(ms(2_010));
    assert_eq!(sent(&mut session), asked);
    assert_eq!(session.deadline(), Some(ms(2_010) + DEAD_AFTER));

    // After a drop it is asked at once.
    session.text(ms(2_020), &refusal("unavailable"));
    session.closed(ms(2_030), Closed::Lost);
    let back = session.deadline().unwrap();
    session.timer(back);
    session.opened(back);
    assert!(sent(&mut session).contains(&asked[0]));

    // What will never be answered is told.
    session.text(back, &refusal("forbidden"));
    let (code, error) = (ErrorCode::Forbidden, "No.".to_owned());
    assert!(events(&mut session).contains(&Event::Failed { code, error }));
    session.text(back, &sync(10, false));
    session.timer(back + Duration::from_secs(5));
    assert_eq!(sent(&mut session), Vec::<Value>::new());
}
