//! Those whose network lets no socket through.

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    directory::{Directory, Profile},
};
use aizuchi_gateway::local::{Rate, Rates};
use serde_json::{Value, json};
use tokio::task::{JoinHandle, yield_now};

use crate::support::{Server, direct, message, run, user};

/// Longer than a line stays without a poll.
const AWAY: u64 = 10_000;

/// Somebody who polls.
#[derive(Clone)]
struct Poller {
    server: Arc<Server>,
    token: &'static str,
    after: String,
}

impl Poller {
    /// Opens a line from now on.
    async fn open(server: &Arc<Server>, token: &'static str) -> Self {
        let mut poller = Self { server: Arc::clone(server), token, after: "now".into() };
        let opened = poller.polls().await;
        assert_eq!((&opened["opened"], &opened["events"]), (&json!(true), &json!([])));
        poller
    }

    fn asks(&self, wait: u8) -> reqwest::RequestBuilder {
        let path = format!("/api/events?after={}&wait={wait}", self.after);
        self.server.call("GET", &path).bearer_auth(self.token)
    }

    /// Waits as long as it may, and comes to where the answer ends.
    async fn polls(&mut self) -> Value {
        let answer = self.asks(25).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        self.after = answer["after"].as_str().unwrap().to_owned();
        answer
    }

    /// The next events.
    async fn hears(&mut self) -> Vec<Value> {
        let mut answer = self.polls().await;
        assert!(answer.get("opened").is_none() && answer.get("closed").is_none(), "{answer}");
        answer["events"].as_array_mut().unwrap().drain(..).collect()
    }

    /// Begins a poll that waits, and gives it when the server holds it.
    async fn waits(&self) -> JoinHandle<Value> {
        let gate = &self.server.token_gate;
        let before = gate.came();
        let call = self.asks(25);
        let waiting = tokio::spawn(async move { call.send().await.unwrap().json().await.unwrap() });
        gate.reached(before + 1).await;
        // All in one thread: what is ready to run has run after some turns.
        for _ in 0..100 {
            yield_now().await;
        }
        waiting
    }

    async fn posts(&self, frame: &Value) -> reqwest::Response {
        let call = self.server.call("POST", &format!("/api/frames?over={}", self.after));
        call.bearer_auth(self.token).body(frame.to_string()).send().await.unwrap()
    }

    async fn says(&self, frame: &Value) {
        let answer = self.posts(frame).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.json::<Value>().await.unwrap()["events"], json!([]));
    }
}

async fn start() -> Arc<Server> {
    Arc::new(Server::start().await)
}

#[test]
fn a_poll_brings_what_a_socket_would_have_brought() {
    run(async || {
        let server = start().await;
        let (mut bob, mut phone) = (server.socket("bob").await, server.socket("ada").await);
        let mut ada = Poller::open(&server, "ada").await;
        bob.asks(&message("ada", 1, "hello")).await;
        let at_phone = phone.hears().await;
        assert_eq!(at_phone["message"], "hello");
        assert_eq!(ada.hears().await, [at_phone]);
        let id = direct("ada", "bob");
        bob.says(&json!({ "action": "TYPING", "conversationId": id, "on": true })).await;
        assert_eq!(ada.hears().await, [phone.hears().await]);
    });
}

#[test]
fn a_poll_waits_for_something_to_bring() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        let mut ada = Poller::open(&server, "ada").await;
        let waiting = ada.waits().await;
        assert!(!waiting.is_finished());
        bob.asks(&message("ada", 1, "hello")).await;
        let brought = waiting.await.unwrap();
        assert_eq!(brought["events"][0]["message"], "hello");
        ada.after = brought["after"].as_str().unwrap().to_owned();
        tokio::time::pause();
        assert_eq!(ada.hears().await, [] as [Value; 0], "and not for ever");
    });
}

#[test]
fn what_is_lost_on_its_way_is_brought_again() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        let mut ada = Poller::open(&server, "ada").await;
        for number in 1..=2 {
            bob.asks(&message("ada", number, "hello")).await;
        }
        let before = ada.after.clone();
        let once = ada.hears().await;
        ada.after = before;
        assert_eq!(ada.hears().await, once);
        bob.asks(&message("ada", 3, "again")).await;
        let next = ada.hears().await;
        assert_eq!((next.len(), &next[0]["seq"]), (1, &json!(3)), "and no more when it arrived");
    });
}

#[test]
fn whoever_polls_is_there_until_he_polls_no_more() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        let watch = json!({ "action": "WATCH", "subs": ["ada"] });
        assert_eq!(bob.asks(&watch).await["value"], "0");
        let ada = Poller::open(&server, "ada").await;
        assert_eq!(bob.hears().await["value"], "1");
        // His client goes while a poll waits, which is given up then.
        let waiting = ada.waits().await;
        server.ports().clock.advance(AWAY);
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        bob.lives().await;
        server.ports().clock.advance(AWAY);
        tokio::time::pause();
        assert_eq!(bob.hears().await["value"], "0");
        assert_eq!(server.hub().lines_of(&user("ada")).len(), 0);
    });
}

#[test]
fn a_frame_over_a_line_is_one_of_its_connection() {
    run(async || {
        let server = start().await;
        let (mut bob, mut phone) = (server.socket("bob").await, server.socket("ada").await);
        let mut ada = Poller::open(&server, "ada").await;
        ada.says(&message("bob", 1, "hello")).await;
        assert_eq!(bob.hears().await["message"], "hello");
        assert_eq!(phone.hears().await["message"], "hello");
        let answers = ada.hears().await;
        assert_eq!((answers.len(), &answers[0]["action"]), (1, &json!("ACK")), "and no echo");
        ada.says(&json!({ "action": "WATCH", "subs": ["cyd"] })).await;
        assert_eq!(ada.hears().await[0]["value"], "0");
        let _cyd = server.socket("cyd").await;
        assert_eq!(ada.hears().await[0]["value"], "1");
        ada.says(&json!({ "action": "READ", "conversationId": "nowhere", "seq": 1 })).await;
        assert_eq!(ada.hears().await[0]["code"], "invalid_request");
    });
}

#[test]
fn a_sync_over_a_line_waits_for_its_reader() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        for number in 1..=20 {
            bob.asks(&message("ada", number, &"x".repeat(30_000))).await;
        }
        let mut ada = Poller::open(&server, "ada").await;
        let cursors = json!({ direct("ada", "bob"): 0 });
        let sync = json!({ "action": "SYNC", "cursors": cursors });
        let (mut seqs, mut answers) = (Vec::new(), 0);
        let asker = ada.clone();
        let asking = async {
            while seqs.len() < 20 {
                for frame in ada.hears().await {
                    answers += 1;
                    let entries = frame["entries"].as_array().unwrap().clone();
                    seqs.extend(entries.iter().map(|entry| entry["seq"].as_u64().unwrap()));
                }
            }
        };
        let ((), ()) = tokio::join!(asker.says(&sync), asking);
        assert_eq!(seqs, (1..=20).collect::<Vec<_>>());
        assert!(answers > 4, "more than may wait for one");
    });
}

#[test]
fn of_two_polls_of_a_line_the_newer_is_held() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        let mut ada = Poller::open(&server, "ada").await;
        let older = ada.waits().await;
        let newer = ada.waits().await;
        assert_eq!(older.await.unwrap()["events"], json!([]));
        bob.asks(&message("ada", 1, "hello")).await;
        assert_eq!(newer.await.unwrap()["events"][0]["message"], "hello");
        assert_eq!(ada.hears().await[0]["message"], "hello");
    });
}

#[test]
fn whoever_comes_back_late_is_told_what_changed() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        bob.asks(&json!({ "action": "WATCH", "subs": ["ada"] })).await;
        let mut ada = Poller::open(&server, "ada").await;
        assert_eq!(bob.hears().await["value"], "1");
        server.ports().clock.advance(AWAY);
        tokio::time::pause();
        assert_eq!(bob.hears().await["value"], "0");
        tokio::time::resume();
        bob.asks(&message("ada", 1, "hello")).await;
        let gone = ada.posts(&json!({ "action": "PING" })).await;
        assert_eq!(gone.status(), 404);
        let back = ada.polls().await;
        assert_eq!(back["opened"], true);
        assert_eq!(back["events"][0]["conversations"][0]["lastSeq"], 1, "{back}");
        bob.asks(&message("ada", 2, "again")).await;
        let ended = ada.hears().await;
        assert_eq!(ended[0]["message"], "again");
    });
}

#[test]
fn nobody_polls_the_line_of_somebody_else() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        let mut ada = Poller::open(&server, "ada.7").await;
        bob.asks(&message("ada", 1, "for ada")).await;
        for token in ["cyd", "ada.8"] {
            let mut thief = Poller { server: server.clone(), token, after: ada.after.clone() };
            assert_eq!(thief.posts(&message("bob", 9, "as ada")).await.status(), 404, "{token}");
            let answer = thief.polls().await;
            assert_eq!(answer["opened"], true, "{token} gets a line of his own");
            assert_eq!(answer["events"][0]["action"], "SYNC", "{token}");
        }
        assert_eq!(ada.hears().await[0]["message"], "for ada");
    });
}

#[test]
fn a_cursor_that_no_answer_had_misses_nothing() {
    run(async || {
        let server = start().await;
        let mut bob = server.socket("bob").await;
        let mut ada = Poller::open(&server, "ada").await;
        bob.asks(&message("ada", 1, "hello")).await;
        let line = ada.after.rsplit_once('.').unwrap().0.to_owned();
        ada.after = format!("{line}.7");
        let told = ada.hears().await;
        assert_eq!(told[0]["conversations"][0]["lastSeq"], 1);
        assert_eq!(ada.hears().await[0]["message"], "hello");
        for after in ["yesterday", "1.2.3", "-1", "%00", &format!("{line}.x")] {
            let path = format!("/api/events?wait=25&after={after}");
            let answer = server.call("GET", &path).bearer_auth("ada").send().await.unwrap();
            assert_eq!(answer.status(), 400, "{after}");
            let path = format!("/api/frames?over={after}");
            let call = server.call("POST", &path).bearer_auth("ada").body("{}");
            assert_eq!(call.send().await.unwrap().status(), 400, "{after}");
        }
        for wait in ["26", "256", "-1", "x"] {
            let path = format!("/api/events?wait={wait}");
            let answer = server.call("GET", &path).bearer_auth("ada").send().await.unwrap();
            assert_eq!(answer.status(), 400, "{wait}");
        }
        for path in ["/api/events?wait=25", "/api/frames"] {
            let method = if path.contains("frames") { "POST" } else { "GET" };
            assert_eq!(server.call(method, path).send().await.unwrap().status(), 401);
        }
    });
}

#[test]
fn changes_of_many_conversations_come_before_the_lines_own_events() {
    run(async || {
        let server = start().await;
        let mut ada = server.socket("ada").await;
        for n in 0..70 {
            let profile = Profile { user: user(&format!("p{n}")), username: "P".into() };
            server.ports().directory.remember(&profile).await.unwrap();
            ada.asks(&message(&format!("p{n}"), n, "hello")).await;
        }
        let mut polls = Poller { server: server.clone(), token: "ada", after: String::new() };
        let first = polls.polls().await;
        assert_eq!((&first["opened"], &first["more"]), (&json!(true), &json!(true)));
        ada.asks(&message("bob", 99, "meanwhile")).await;
        let second = polls.polls().await;
        assert_eq!(second["more"], false);
        let many = |answer: &Value| answer["events"][0]["conversations"].as_array().unwrap().len();
        assert_eq!(many(&first) + many(&second), 71);
        assert_eq!(polls.hears().await[0]["message"], "meanwhile");
    });
}

#[test]
fn whoever_does_not_wait_has_no_line() {
    run(async || {
        let server = start().await;
        server.socket("bob").await.asks(&message("ada", 1, "hello")).await;
        let ada = Poller { server: server.clone(), token: "ada", after: String::new() };
        let answer: Value = ada.asks(0).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["events"][0]["conversations"][0]["lastSeq"], 1);
        assert_eq!((&answer["wait"], answer.get("opened")), (&json!(0), None));
        assert!(answer["after"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(server.hub().lines_of(&user("ada")).len(), 0);
    });
}

#[test]
fn lines_are_counted_as_sockets_are() {
    run(async || {
        let server = Arc::new(
            Server::with(|options| {
                options.settings.max_connections_per_user = 2;
                options.settings.max_connections = 5;
            })
            .await,
        );
        let mut first = Poller::open(&server, "ada").await;
        let mut second = Poller::open(&server, "ada").await;
        let mut third = Poller::open(&server, "ada").await;
        let closed = first.polls().await;
        assert_eq!((&closed["closed"], &closed["events"]), (&json!(4005), &json!([])));
        let mut bob = Poller::open(&server, "bob").await;
        bob.says(&message("ada", 1, "hello")).await;
        assert_eq!(bob.hears().await[0]["action"], "ACK");
        for poller in [&mut second, &mut third] {
            assert_eq!(poller.hears().await[0]["message"], "hello");
        }
        for token in ["bob", "cyd"] {
            Poller::open(&server, token).await;
        }
        let full = Poller { server: server.clone(), token: "cyd", after: "now".into() };
        assert_eq!(full.asks(25).send().await.unwrap().status(), 503);
    });
}

#[test]
fn polls_are_limited_in_their_rate() {
    run(async || {
        let request = Rate { every_ms: 1_000, burst: 4 };
        let rates = Rates { request, ..Rates::default() };
        let server = Arc::new(Server::with(|options| options.rates = Some(rates)).await);
        // It costs two: a connection, and where it begins.
        let mut ada = Poller::open(&server, "ada").await;
        tokio::time::pause();
        ada.hears().await;
        ada.hears().await;
        let answer = ada.asks(25).send().await.unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.json::<Value>().await.unwrap()["retryAfterMs"], 1_000);
    });
}

#[test]
fn a_line_ends_as_a_socket_does() {
    run(async || {
        let server = start().await;
        let of_seven = Poller::open(&server, "ada.7").await.waits().await;
        let mut bob = Poller::open(&server, "bob").await;
        server.hub().close_sessions(&user("ada"), Some(SessionId(7)));
        assert_eq!(of_seven.await.unwrap()["closed"], 4001);
        bob.says(&json!({ "action": "WATCH", "subs": ["ada"] })).await;
        assert_eq!(bob.hears().await[0]["value"], "0");
        let waiting = bob.waits().await;
        server.shut_down();
        assert_eq!(waiting.await.unwrap()["closed"], 1001);
    });
}
