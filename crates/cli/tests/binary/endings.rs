//! The server ends under load, in order or not. What it acknowledged is there
//! afterwards, once, in order.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::Arc,
};

use aizuchi_client::Account;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

use crate::{
    server::{PATIENCE, Place, Server},
    socket::Socket,
};

const ROUNDS: usize = 5;
const IN_FLIGHT: usize = 16;
const NAMES: [&str; 4] = ["ann", "bob", "cleo", "dan"];

/// Whoever sends, and what became of it.
#[derive(Default)]
struct Sender {
    /// How many messages were ever begun.
    begun: usize,
    /// Begun and not acknowledged, oldest first.
    open: VecDeque<usize>,
    /// The acknowledgements, by message.
    acknowledged: BTreeMap<usize, Value>,
}

impl Sender {
    /// Sends as fast as it is let, until the connection is gone. What was not
    /// acknowledged on the last connection goes first, under its old name.
    async fn talk(mut self, mut socket: Socket, to: String, heard: Arc<Semaphore>) -> Self {
        let frame = |number: usize| {
            let id = number.to_string();
            json!({ "action": "SENDMSG", "toSub": to, "message": "…", "clientMsgId": id })
        };
        for number in &self.open {
            if socket.try_send(frame(*number)).await.is_err() {
                return self;
            }
        }
        loop {
            while self.open.len() < IN_FLIGHT {
                self.open.push_back(self.begun);
                self.begun += 1;
                if socket.try_send(frame(self.begun - 1)).await.is_err() {
                    return self;
                }
            }
            let Ok(answer) = socket.next().await else { return self };
            if answer["action"] == "ACK" {
                let number = answer["clientMsgId"].as_str().unwrap().parse().unwrap();
                self.open.retain(|open| *open != number);
                self.acknowledged.insert(number, answer);
                heard.add_permits(1);
            } else {
                assert_eq!(answer["action"], "SENDMSG", "{answer}");
            }
        }
    }

    /// What the log holds of this sender against what he was told.
    fn check(&self, sub: &str, log: &[Value]) {
        let mine: Vec<&Value> = log.iter().filter(|entry| entry["fromSub"] == sub).collect();
        let number = |entry: &Value| entry["clientMsgId"].as_str().unwrap().parse().unwrap();
        let numbers: Vec<usize> = mine.iter().map(|entry| number(entry)).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "out of order, or twice: {numbers:?}");
        for (number, ack) in &self.acknowledged {
            let at = numbers.binary_search(number).unwrap_or_else(|_| panic!("lost: {ack}"));
            assert_eq!(mine[at]["seq"], ack["seq"]);
            assert_eq!(mine[at]["messageId"], ack["messageId"]);
        }
    }
}

/// Everybody talks to his neighbour, both ways, until `enough` is acknowledged
/// and the server ends.
async fn load(
    server: Server,
    senders: Vec<Sender>,
    enough: usize,
    end: impl FnOnce(Server),
) -> Vec<Sender> {
    let people = sign_in(&server).await;
    let heard = Arc::new(Semaphore::new(0));
    let mut talking = JoinSet::new();
    for (index, sender) in senders.into_iter().enumerate() {
        let socket = Socket::open(&server, &people[index]).await;
        let to = people[index ^ 1].me().sub.clone();
        let heard = Arc::clone(&heard);
        talking.spawn(async move { (index, sender.talk(socket, to, heard).await) });
    }
    let acknowledged = heard.acquire_many(u32::try_from(enough).unwrap());
    let _acknowledged = timeout(PATIENCE, acknowledged).await.expect("acknowledgements").unwrap();
    end(server);
    let mut senders = talking.join_all().await;
    senders.sort_by_key(|(index, _)| *index);
    senders.into_iter().map(|(_, sender)| sender).collect()
}

async fn sign_in(server: &Server) -> Vec<Account> {
    let mut people = Vec::new();
    for name in NAMES {
        people.push(server.sign_in(name).await);
    }
    people
}

async fn check(server: &Server, senders: &[Sender]) {
    let people = sign_in(server).await;
    for (account, sender) in people.iter().zip(senders) {
        let mut socket = Socket::open(server, account).await;
        let conversation = &sender.acknowledged.first_key_value().unwrap().1["conversationId"];
        let log = socket.history(conversation).await;
        let seqs: Vec<u64> = log.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
        assert!(seqs.iter().copied().eq(1..=log.len() as u64), "not dense: {seqs:?}");
        let ids: HashSet<&str> = log.iter().map(|e| e["messageId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), log.len());
        sender.check(&account.me().sub, &log);
    }
}

async fn newcomers(server: &Server) -> Vec<Sender> {
    for name in NAMES {
        server.sign_up(name).await;
    }
    NAMES.iter().map(|_| Sender::default()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let place = Place::new();
    let serve = || place.serve(&["--rate-limits", "off"]);
    let mut server = serve();
    let mut senders = newcomers(&server).await;
    for round in 1..=ROUNDS {
        let random = getrandom::u32().unwrap() as usize % 500;
        let enough = 100 * round + random;
        senders = load(server, senders, enough, Server::kill).await;
        server = serve();
        check(&server, &senders).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_stop() {
    let place = Place::new();
    let server = place.serve(&["--rate-limits", "off"]);
    let senders = newcomers(&server).await;
    let stop = |server: Server| {
        server.terminate();
        assert!(server.wait().success());
    };
    let senders = load(server, senders, 500, stop).await;
    check(&place.serve(&["--rate-limits", "off"]), &senders).await;
}
