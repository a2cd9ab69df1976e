//! A store whose process is killed in the middle of its work, again and again:
//! every answered append is there afterwards, once, in its place.
//!
//! This program is both sides: started by itself with a directory in
//! [`DIRECTORY`], it is the one that is killed.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]
#![expect(clippy::print_stdout, reason = "answers are told over a pipe")]

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    env,
    io::{BufRead, BufReader, Write, stdout},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, Ids, MessageId, Seq, SystemIds, UserId},
    log::{Body, Entry, LogStore, NewEntry, PageSize, Span},
};
use aizuchi_store_sqlite::{DataDir, Database};
use pollster::block_on;

const DIRECTORY: &str = "AIZUCHI_KILL_TEST_DIRECTORY";
const ROUNDS: usize = 6;
const WRITERS: u64 = 4;
const CONVERSATIONS: u64 = 5;
/// Appends that each writer has under way.
const IN_FLIGHT: usize = 25;

fn main() {
    match env::var(DIRECTORY) {
        Ok(directory) => write_until_killed(Path::new(&directory)),
        Err(_) => kill_and_look(),
    }
}

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn conversation(number: u64) -> ConversationId {
    ConversationId::direct(&user("ada"), &user(&format!("friend {number}"))).unwrap()
}

fn entry(number: u64, client_id: &str) -> NewEntry {
    NewEntry {
        conversation: conversation(number),
        author: user("ada"),
        client_msg_id: Some(ClientMsgId::parse(client_id).unwrap()),
        message_id: MessageId::new(0, SystemIds::default().random()),
        timestamp: 0,
        sent_at: None,
        body: Body::text(client_id),
    }
}

/// Appends without end, and says of each answer: conversation, id, place.
fn write_until_killed(directory: &Path) {
    let database = Database::open(&DataDir::create(directory).unwrap()).unwrap();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let ids = SystemIds::default();
                let mut waiting = VecDeque::new();
                loop {
                    let number = ids.random() as u64 % CONVERSATIONS;
                    let client_id = MessageId::new(0, ids.random()).to_string();
                    let answer = database.append(entry(number, &client_id));
                    waiting.push_back((number, client_id, answer));
                    if waiting.len() < IN_FLIGHT {
                        continue;
                    }
                    let (number, client_id, answer) = waiting.pop_front().unwrap();
                    let seq = block_on(answer).unwrap().seq;
                    // One write a line, so that lines of several threads stay whole.
                    let line = format!("{number} {client_id} {seq}\n");
                    stdout().lock().write_all(line.as_bytes()).unwrap();
                    if seq.is_multiple_of(10) {
                        let reader = user(&format!("friend {number}"));
                        block_on(database.read(&conversation(number), &reader, seq)).unwrap();
                    }
                }
            });
        }
    });
}

/// What was answered: by conversation, the place of each client's id.
type Answered = BTreeMap<u64, HashMap<String, Seq>>;

fn kill_and_look() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("data");
    let mut answered = Answered::new();
    for round in 1..=ROUNDS {
        let mut child = Command::new(env::current_exe().unwrap())
            .env(DIRECTORY, &directory)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = 1 + SystemIds::default().random() as usize % 3_000;
        listen_and_kill(&mut child, answers, &mut answered);
        look(&directory, &answered);
        let all: usize = answered.values().map(HashMap::len).sum();
        println!("round {round}: killed after {answers} answers; all of {all} are there");
    }
}

/// Kills a writer after so many answers, and notes all that it had given.
fn listen_and_kill(child: &mut Child, answers: usize, answered: &mut Answered) {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut heard = 0;
    let mut line = String::new();
    // A last line without its end was not said to the end.
    while output.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
        let mut words = line.split_whitespace();
        let number = words.next().unwrap().parse().unwrap();
        let id = words.next().unwrap().to_owned();
        let seq = words.next().unwrap().parse().unwrap();
        assert_eq!(answered.entry(number).or_default().insert(id, seq), None);
        line.clear();
        heard += 1;
        if heard == answers {
            child.kill().unwrap();
        }
    }
    assert!(heard >= answers, "the writer ended by itself");
    child.wait().unwrap();
}

fn look(directory: &Path, answered: &Answered) {
    let database = Database::open(&DataDir::existing(directory).unwrap()).unwrap();
    for (number, places) in answered {
        let log = whole_log(&database, *number);
        let seqs: Vec<Seq> = log.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, (1..=log.len() as u64).collect::<Vec<_>>());
        let mut there = HashMap::new();
        for entry in &log {
            let id = entry.client_msg_id.as_ref().unwrap().to_string();
            assert_eq!(there.insert(id, entry.seq), None, "stored twice");
        }
        for (id, seq) in places {
            assert_eq!(there.get(id), Some(seq), "an answered entry is lost or moved");
        }
        for (id, seq) in places.iter().take(100) {
            let again = block_on(database.append(entry(*number, id))).unwrap();
            assert_eq!((again.seq, again.duplicate), (*seq, true));
        }
        let friend = user(&format!("friend {number}"));
        let summary = block_on(database.summary(&conversation(*number), &friend)).unwrap().unwrap();
        assert_eq!(summary.last_seq, log.len() as u64);
        assert!(summary.reads.iter().all(|(_, seq)| *seq <= summary.last_seq));
    }
    let listed = block_on(database.conversations(&user("ada"), None, 100)).unwrap();
    assert!(listed.summaries.len() >= answered.len());
}

fn whole_log(database: &Database, number: u64) -> Vec<Entry> {
    let size = PageSize { entries: usize::MAX, bytes: usize::MAX };
    block_on(database.entries(&conversation(number), Span::After(0), size)).unwrap().entries
}
