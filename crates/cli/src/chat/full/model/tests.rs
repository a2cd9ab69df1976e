//! What events and keys do to the state.

use aizuchi_client::{
    Event,
    event::{self, Command, Link, Message, Person, To},
    ids::direct_conversation,
};
use aizuchi_wire::{ErrorCode, server::EntryKind};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;

use super::*;
use crate::chat::full::rows::{Row, Tick};

/// 2027-01-15 08:00 UTC.
pub(in crate::chat::full) const NOW: u64 = 1_800_000_000_000;

/// A state, and what is done to it.
pub(in crate::chat::full) struct Stage {
    pub(in crate::chat::full) model: Model,
    pub(in crate::chat::full) now: u64,
}

pub(in crate::chat::full) fn person(name: &str) -> Person {
    Person { sub: format!("id-{name}"), username: name.to_owned() }
}

pub(in crate::chat::full) fn with(name: &str) -> String {
    direct_conversation("id-me", &format!("id-{name}"))
}

/// The message at this place of the conversation with `name`.
pub(in crate::chat::full) fn message(name: &str, from: &str, seq: u64, text: &str) -> Message {
    Message {
        conversation_id: with(name),
        seq,
        message_id: format!("m-{name}-{seq}"),
        from_sub: format!("id-{from}"),
        text: text.to_owned(),
        timestamp: NOW - 3_600_000 + seq * 1_000,
        client_msg_id: None,
        reply_to: None,
        kind: EntryKind::Message,
        target: None,
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        reacts: None,
    }
}

pub(in crate::chat::full) fn conversation(
    name: &str,
    last: Option<Message>,
    unread: u64,
) -> event::Conversation {
    let last_seq = last.as_ref().map_or(0, |last| last.seq);
    event::Conversation {
        name: None,
        id: with(name),
        members: vec![person("me"), person(name)],
        last_seq,
        unread,
        reads: [("id-me".to_owned(), last_seq - unread)].into(),
        last,
    }
}

impl Stage {
    pub(in crate::chat::full) fn new(columns: u16, rows: u16) -> Self {
        let mut made = 0;
        let ids = Box::new(move || {
            made += 1;
            Some(format!("c{made}"))
        });
        let size = (columns, rows);
        let mut model = Model::new(person("me"), TimeZone::UTC, size, NOW, ids);
        assert_eq!(model.effects(), [Effect::Command(Command::Conversations { cursor: None })]);
        let mut stage = Self { model, now: NOW };
        stage.tell(Event::Link(Link::Online));
        stage
    }

    pub(in crate::chat::full) fn tell(&mut self, event: Event) {
        self.model.happened(self.now, event);
    }

    pub(in crate::chat::full) fn list(&mut self, conversations: Vec<event::Conversation>) {
        self.tell(Event::Conversations { conversations, cursor: None });
    }

    pub(in crate::chat::full) fn page(&mut self, name: &str, messages: Vec<Message>, more: bool) {
        self.tell(Event::Page { conversation_id: with(name), messages, has_more: more });
    }

    pub(in crate::chat::full) fn press(&mut self, code: KeyCode) {
        self.press_with(code, KeyModifiers::NONE);
    }

    pub(in crate::chat::full) fn press_with(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.model.key(self.now, KeyEvent::new(code, modifiers));
    }

    pub(in crate::chat::full) fn control(&mut self, key: char) {
        self.press_with(KeyCode::Char(key), KeyModifiers::CONTROL);
    }

    pub(in crate::chat::full) fn write(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(KeyCode::Char(c)));
    }

    fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.model.tick(self.now);
    }

    fn commands(&mut self) -> Vec<Command> {
        let command = |effect| match effect {
            Effect::Command(command) => Some(command),
            _ => None,
        };
        self.model.effects().into_iter().filter_map(command).collect()
    }

    /// The texts in sight, with the tick after each that has one.
    fn seen(&self) -> Vec<(String, Option<Tick>)> {
        let (rows, height) = self.model.rows().expect("an open conversation");
        let text = |row| match row {
            Row::Text { text, tick } => Some((text, tick)),
            _ => None,
        };
        rows.seen(height).into_iter().filter_map(|seen| text(seen.content)).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.seen().into_iter().map(|(text, _)| text).collect()
    }
}

/// `me` in front of the conversation with `ann`, which has these messages of hers.
pub(in crate::chat::full) fn talking(columns: u16, rows: u16, texts: &[&str]) -> Stage {
    let mut stage = Stage::new(columns, rows);
    let messages: Vec<Message> =
        (1..).zip(texts).map(|(seq, text)| message("ann", "ann", seq, text)).collect();
    stage.list(vec![conversation("ann", messages.last().cloned(), 0)]);
    stage.press(KeyCode::Enter);
    stage.page("ann", messages, false);
    stage.model.effects();
    stage
}

fn numbered(range: std::ops::RangeInclusive<u64>) -> Vec<Message> {
    range.map(|seq| message("ann", "ann", seq, &format!("number {seq}"))).collect()
}

fn sent(commands: Vec<Command>) -> Vec<(String, To, String)> {
    let send = |command| match command {
        Command::Send { client_msg_id, to, text, .. } => Some((client_msg_id, to, text)),
        _ => None,
    };
    commands.into_iter().filter_map(send).collect()
}

#[test]
fn a_message_waits_then_has_its_tick_and_two_when_it_is_read() {
    let mut stage = talking(100, 30, &["hello"]);
    stage.write("今晩は");
    stage.press(KeyCode::Enter);
    let to = To::Person("id-ann".to_owned());
    assert_eq!(sent(stage.commands()), [("c1".to_owned(), to, "今晩は".to_owned())]);
    assert_eq!(stage.seen().last(), Some(&("今晩は".to_owned(), Some(Tick::Waiting))));
    assert_eq!(stage.model.unsent(), 1);

    let (client_msg_id, conversation_id) = ("c1".to_owned(), with("ann"));
    stage.tell(Event::Sent { client_msg_id, conversation_id, seq: 2 });
    assert_eq!(stage.seen().last(), Some(&("今晩は".to_owned(), Some(Tick::Sent))));
    assert_eq!(stage.model.unsent(), 0);
    let mine =
        Message { client_msg_id: Some("c1".to_owned()), ..message("ann", "me", 2, "今晩は") };
    stage.tell(Event::Message(mine));
    assert_eq!(stage.texts(), ["hello", "今晩は"], "once");

    let (sub, conversation_id) = ("id-ann".to_owned(), with("ann"));
    stage.tell(Event::Read { conversation_id, sub, seq: 2 });
    assert_eq!(stage.seen().last(), Some(&("今晩は".to_owned(), Some(Tick::Read))));
}

#[test]
fn enter_sends_and_other_enters_begin_a_line() {
    let mut stage = talking(100, 30, &[]);
    stage.press(KeyCode::Enter);
    stage.write("   ");
    stage.press(KeyCode::Enter);
    assert_eq!(sent(stage.commands()), [], "nothing is not sent");
    stage.control('u');
    stage.write("a");
    stage.press_with(KeyCode::Enter, KeyModifiers::ALT);
    stage.write("b");
    stage.control('j');
    stage.model.paste(NOW, "c\r\nd\n");
    stage.press(KeyCode::Enter);
    assert_eq!(sent(stage.commands())[0].2, "a\nb\nc\nd");
}

#[test]
fn too_much_at_once_is_not_taken_and_that_is_said() {
    let mut stage = talking(100, 30, &[]);
    stage.write("a");
    stage.model.paste(NOW, &"long ".repeat(20_000));
    assert_eq!(stage.model.open().unwrap().draft.text(), "a");
    assert_eq!(stage.model.notice.as_deref(), Some("That is too much for one message."));
}

#[test]
fn a_conversation_of_many_is_called_by_a_few() {
    let mut stage = Stage::new(100, 30);
    let members = ["me", "ann", "bob", "cleo", "dan", "eve"].map(person).into();
    let (id, said) = ("r:1".to_owned(), message("ann", "bob", 3, "x"));
    let last = Some(Message { conversation_id: id.clone(), ..said });
    let room = event::Conversation { id, members, ..conversation("ann", last, 1) };
    stage.list(vec![room]);
    stage.press(KeyCode::Enter);
    assert_eq!(stage.model.open().unwrap().title("id-me"), "ann, bob, cleo and 2 more");
    stage.commands();
    stage.write("hi");
    stage.press(KeyCode::Enter);
    let to = To::Conversation("r:1".to_owned());
    assert_eq!(sent(stage.commands()), [("c1".to_owned(), to, "hi".to_owned())]);
}

#[test]
fn what_is_refused_says_why_and_can_be_taken_back() {
    let mut stage = talking(100, 30, &[]);
    stage.write("too much");
    stage.press(KeyCode::Enter);
    stage.tell(Event::Refused {
        client_msg_id: "c1".to_owned(),
        code: ErrorCode::TooLarge,
        error: "Too long.\u{1b}[2J".to_owned(),
    });
    let (rows, height) = stage.model.rows().unwrap();
    let last = rows.seen(height).pop().unwrap();
    assert_eq!(last.content, Row::Refusal("Too long.\u{fffd}[2J".to_owned()));
    stage.control('r');
    assert_eq!(stage.model.open().unwrap().draft.text(), "too much");
    assert_eq!(stage.texts(), [""; 0]);
}

#[test]
fn the_place_is_kept_when_earlier_messages_load_above() {
    let mut stage = talking(100, 20, &[]);
    stage.model.conversations.clear();
    stage.list(vec![conversation("ann", numbered(100..=100).pop(), 0)]);
    stage.model.open = None;
    stage.press(KeyCode::Esc);
    stage.press(KeyCode::Enter);
    stage.page("ann", numbered(51..=100), true);
    stage.commands();
    for _ in 0..10 {
        stage.press(KeyCode::PageUp);
    }
    assert_eq!(stage.texts()[0], "number 51");
    let before = Some(51);
    let (conversation_id, limit) = (with("ann"), 50);
    let asked = [Command::History { conversation_id, before, limit }];
    assert_eq!(stage.commands(), asked, "once, however often one presses");

    stage.page("ann", numbered(1..=50), false);
    assert!(stage.texts().contains(&"number 51".to_owned()));
    let first = stage.texts()[0].clone();
    assert!(first == "number 51" || first == "number 50", "{first}");
    stage.press_with(KeyCode::Up, KeyModifiers::SHIFT);
    stage.press_with(KeyCode::Up, KeyModifiers::SHIFT);
    assert!(stage.texts().contains(&"number 49".to_owned()));
    // A message below does not move it either, and the end is not far.
    let seen = stage.texts();
    stage.tell(Event::Message(message("ann", "ann", 101, "new")));
    assert_eq!(stage.texts(), seen);
    stage.press_with(KeyCode::End, KeyModifiers::CONTROL);
    assert_eq!(stage.texts().last().unwrap(), "new");
    // All the way up, all is there once.
    stage.press_with(KeyCode::Home, KeyModifiers::CONTROL);
    assert_eq!(stage.texts()[0], "number 1");
    assert_eq!(stage.commands().len(), 1, "what was read");
}

#[test]
fn up_and_down_leave_the_text_for_what_was_said() {
    let mut stage = talking(60, 12, &["1", "2", "3", "4", "5", "6", "7", "8"]);
    let end = stage.texts();
    stage.write("a");
    stage.control('j');
    stage.press(KeyCode::Up);
    assert_eq!(stage.model.open().unwrap().place, Place::End);
    stage.press(KeyCode::Up);
    assert_ne!(stage.texts(), end);
    stage.press(KeyCode::Down);
    stage.press(KeyCode::Down);
    assert_eq!(stage.model.open().unwrap().place, Place::End);
}

#[test]
fn a_line_stands_before_what_is_new_and_seeing_it_reads_it() {
    let mut stage = Stage::new(100, 30);
    let page = numbered(1..=9);
    stage.list(vec![conversation("ann", page.last().cloned(), 3)]);
    stage.press(KeyCode::Enter);
    stage.commands();
    stage.page("ann", page, false);
    assert_eq!(stage.model.open().unwrap().new_from, Some(7));
    let (conversation_id, seq) = (with("ann"), 9);
    assert_eq!(stage.commands(), [Command::Read { conversation_id, seq }]);
    assert_eq!(stage.model.open().unwrap().unread, 0);

    // Soon after, it waits a little.
    stage.tell(Event::Message(message("ann", "ann", 10, "x")));
    assert_eq!(stage.commands(), []);
    let due = stage.model.deadline().unwrap();
    stage.pass(due - stage.now);
    let (conversation_id, seq) = (with("ann"), 10);
    assert_eq!(stage.commands(), [Command::Read { conversation_id, seq }]);
    assert_eq!(stage.model.deadline(), None);
}

#[test]
fn many_new_messages_are_begun_with_and_one_of_mine_ends_them() {
    let mut stage = Stage::new(100, 20);
    let page = numbered(1..=50);
    stage.list(vec![conversation("ann", page.last().cloned(), 40)]);
    stage.press(KeyCode::Enter);
    // It comes before the page, which holds it too.
    stage.tell(Event::Message(message("ann", "ann", 50, "number 50")));
    stage.page("ann", page, false);
    let texts = stage.texts();
    assert!(texts.contains(&"number 11".to_owned()), "{texts:?}");
    assert!(!texts.contains(&"number 30".to_owned()), "{texts:?}");
    stage.write("mine");
    stage.press(KeyCode::Enter);
    let texts = stage.texts();
    assert_eq!(texts[texts.len() - 2..], ["number 50", "mine"]);
    assert_eq!(stage.model.open().unwrap().messages.len(), 50, "each once");
    assert_eq!(stage.model.open().unwrap().new_from, None);
}

#[test]
fn nothing_is_read_while_nobody_looks() {
    let mut stage = talking(100, 30, &["a"]);
    stage.pass(10_000);
    stage.commands();
    stage.model.looked_at(stage.now, false);
    stage.tell(Event::Message(message("ann", "me", 2, "from elsewhere")));
    assert_eq!(stage.model.effects(), []);
    stage.tell(Event::Message(message("ann", "ann", 3, "b")));
    assert_eq!(stage.model.effects(), [Effect::Ring]);
    assert_eq!(stage.model.open().unwrap().new_from, Some(3));
    stage.model.looked_at(stage.now, true);
    let (conversation_id, seq) = (with("ann"), 3);
    assert_eq!(stage.model.effects(), [Effect::Command(Command::Read { conversation_id, seq })]);

    // On a narrow screen the list hides the conversation.
    stage.model.resized(stage.now, (40, 20));
    stage.press(KeyCode::Esc);
    stage.pass(10_000);
    stage.tell(Event::Message(message("ann", "ann", 4, "c")));
    assert_eq!(stage.model.effects(), []);
    assert_eq!(stage.model.listed()[0].unread, 1);
}

#[test]
fn what_a_sync_counted_is_not_counted_again() {
    let mut stage = Stage::new(100, 30);
    stage.list(vec![conversation("ann", Some(message("ann", "ann", 4, "x")), 0)]);
    let back = conversation("ann", Some(message("ann", "ann", 7, "z")), 3);
    stage.tell(Event::Conversation(event::Conversation { last: None, ..back }));
    for seq in 5..=7 {
        stage.tell(Event::Message(message("ann", "ann", seq, "y")));
    }
    assert_eq!(stage.model.listed()[0].unread, 3);
    stage.tell(Event::Message(message("ann", "ann", 8, "y")));
    assert_eq!(stage.model.listed()[0].unread, 4);
    let (conversation_id, sub) = (with("ann"), "id-me".to_owned());
    stage.tell(Event::Read { conversation_id, sub, seq: 7 });
    assert_eq!(stage.model.listed()[0].unread, 1, "read elsewhere");

    // Where not all is here, no more is left than there can be.
    let told = conversation("bob", Some(message("bob", "bob", 60, "x")), 50);
    stage.list(vec![told]);
    let (conversation_id, sub) = (with("bob"), "id-me".to_owned());
    stage.tell(Event::Read { conversation_id, sub, seq: 58 });
    assert_eq!(stage.model.conversations[&with("bob")].unread, 2);
}

#[test]
fn the_latest_conversation_is_first_and_an_unknown_one_is_asked_for() {
    let mut stage = Stage::new(100, 30);
    let said = |name, seq| Some(message(name, name, seq, "x"));
    stage
        .list(vec![conversation("ann", said("ann", 2), 0), conversation("bob", said("bob", 1), 0)]);
    let order = |stage: &Stage| -> Vec<String> {
        stage.model.listed().iter().map(|one| one.title("id-me")).collect()
    };
    assert_eq!(order(&stage), ["ann", "bob"]);
    stage.commands();
    stage.tell(Event::Message(message("bob", "bob", 3, "x")));
    assert_eq!(order(&stage), ["bob", "ann"]);
    assert_eq!(stage.commands(), []);
    stage.tell(Event::Message(message("cleo", "cleo", 9, "x")));
    assert_eq!(stage.commands(), [Command::Conversations { cursor: None }]);
    stage.list(vec![conversation("cleo", said("cleo", 9), 1)]);
    assert_eq!(order(&stage), ["cleo", "bob", "ann"]);
    let watched: Vec<_> = stage.commands();
    assert!(matches!(&watched[..], [Command::Watch { subs }] if subs.len() == 3), "{watched:?}");
}

#[test]
fn the_list_is_filtered_by_name() {
    let mut stage = Stage::new(100, 30);
    let names = ["Ann", "Bob", "花子"];
    stage.list(
        (1..)
            .zip(names)
            .map(|(seq, name)| conversation(name, Some(message(name, name, seq, "x")), 0))
            .collect(),
    );
    stage.write("/花");
    assert_eq!(stage.model.listed().len(), 1);
    stage.press(KeyCode::Backspace);
    stage.write("an");
    stage.press(KeyCode::Enter);
    assert_eq!(stage.model.open().unwrap().title("id-me"), "Ann");
    assert_eq!(stage.model.listed().len(), 3, "the filter has served");
    stage.press_with(KeyCode::Up, KeyModifiers::ALT);
    assert_eq!(stage.model.open().unwrap().title("id-me"), "Bob");
}

#[test]
fn a_conversation_begins_with_a_name() {
    let mut stage = Stage::new(100, 30);
    stage.control('n');
    stage.write("nobody");
    stage.press(KeyCode::Enter);
    stage.press(KeyCode::Enter);
    let asked = Effect::Find("nobody".to_owned());
    assert_eq!(stage.model.effects(), [asked], "once");
    stage.model.found(NOW, Err("Nobody has this name or id.".to_owned()));
    assert!(matches!(&stage.model.bar, Bar::Whom { error: Some(_), is_asked: false, .. }));
    stage.model.found(NOW, Ok(person("me")));
    assert!(stage.model.open().is_none());

    stage.model.found(NOW, Ok(person("ann")));
    assert_eq!(stage.model.open().unwrap().title("id-me"), "ann");
    stage.page("ann", Vec::new(), false);
    stage.commands();
    stage.write("hi");
    stage.press(KeyCode::Enter);
    // It has not begun: nobody is told of typing in it.
    let to = To::Person("id-ann".to_owned());
    assert_eq!(sent(stage.commands()), [("c1".to_owned(), to, "hi".to_owned())]);
}

#[test]
fn drafts_stay_where_they_were_written() {
    let mut stage = talking(100, 30, &["x"]);
    stage.write("for ann");
    stage.model.found(NOW, Ok(person("bob")));
    stage.write("for bob");
    stage.press_with(KeyCode::Down, KeyModifiers::ALT);
    let drafts: Vec<_> = ["ann", "bob"]
        .map(|name| stage.model.conversations[&with(name)].draft.text().to_owned())
        .into();
    assert_eq!(drafts, ["for ann", "for bob"]);
    // And nobody leaves without them by one slip.
    stage.model.effects();
    stage.control('c');
    assert_eq!(stage.model.effects(), []);
    stage.control('c');
    assert_eq!(stage.model.effects(), [Effect::Leave]);
}

#[test]
fn leaving_waits_for_what_is_not_sent() {
    let mut stage = talking(100, 30, &["x"]);
    stage.write("last words");
    stage.press(KeyCode::Enter);
    stage.model.effects();
    stage.control('c');
    assert_eq!(stage.model.effects(), []);
    let (client_msg_id, conversation_id) = ("c1".to_owned(), with("ann"));
    stage.tell(Event::Sent { client_msg_id, conversation_id, seq: 2 });
    assert_eq!(stage.model.effects(), [Effect::Leave]);

    let mut stage = talking(100, 30, &["x"]);
    stage.write("last words");
    stage.press(KeyCode::Enter);
    stage.model.effects();
    stage.control('c');
    stage.press(KeyCode::Esc);
    assert!(!stage.model.is_leaving, "one may stay after all");
    stage.control('c');
    let (code, error) = (ErrorCode::Forbidden, "No.".to_owned());
    stage.tell(Event::Refused { client_msg_id: "c1".to_owned(), code, error });
    assert_eq!(stage.model.effects(), [], "what is refused is seen first");
    assert_eq!(stage.model.notice.as_deref(), Some("Not sent: No."));
}

#[test]
fn typing_is_said_now_and_then_and_shown_for_a_while() {
    let mut stage = talking(100, 30, &["x"]);
    stage.write("abc");
    let typing = |on| Command::Typing { conversation_id: with("ann"), on };
    assert_eq!(stage.commands(), [typing(true)]);
    stage.pass(4_000);
    stage.write("d");
    assert_eq!(stage.commands(), [typing(true)]);
    stage.control('u');
    assert_eq!(stage.commands(), [typing(false)]);

    let (conversation_id, sub) = (with("ann"), "id-ann".to_owned());
    stage.tell(Event::Typing { conversation_id, sub, on: true });
    assert_eq!(stage.model.open().unwrap().typing().count(), 1);
    assert_eq!(stage.model.deadline(), Some(stage.now + 6_000));
    stage.pass(6_000);
    assert_eq!(stage.model.open().unwrap().typing().count(), 0);
}

#[test]
fn a_drop_is_counted_down_and_takes_presence_with_it() {
    let mut stage = talking(100, 30, &["x"]);
    stage.tell(Event::Presence { sub: "id-ann".to_owned(), online: true, last_seen: None });
    let retry_in = std::time::Duration::from_secs(3);
    stage.tell(Event::Link(Link::Offline { retry_in }));
    assert_eq!(stage.model.presence("id-ann"), None);
    assert_eq!(stage.model.deadline(), Some(NOW + 1_000));
    stage.write("meanwhile");
    stage.press(KeyCode::Enter);
    assert_eq!(sent(stage.commands()).len(), 1, "the client keeps it");
    stage.tell(Event::Link(Link::Online));
    assert_eq!(stage.commands(), [], "and sends it itself");
}

#[test]
fn after_a_gap_too_wide_the_page_is_taken_anew() {
    let mut stage = talking(100, 30, &["old"]);
    let (conversation_id, last_seq) = (with("ann"), 5_000);
    stage.tell(Event::Reset { conversation_id, last_seq });
    assert!(stage.texts().is_empty());
    let history = Command::History { conversation_id: with("ann"), before: None, limit: 50 };
    assert!(stage.commands().contains(&history));
    stage.page("ann", numbered(4_990..=5_000), true);
    assert_eq!(stage.texts().last().unwrap(), "number 5000");
}

#[test]
fn a_place_is_found_in_what_is_loaded() {
    let mut stage = talking(100, 14, &["The Rain", "b", "c", "d", "rain again", "f", "g", "h"]);
    stage.control('f');
    stage.write("rAiN");
    assert_eq!(stage.model.hits(), [1, 5]);
    assert!(stage.texts().contains(&"rain again".to_owned()));
    stage.press(KeyCode::Enter);
    assert_eq!(stage.texts()[0], "The Rain");
    stage.press(KeyCode::Enter);
    stage.press(KeyCode::Down);
    assert!(matches!(&stage.model.bar, Bar::Find(find) if find.at == Some(5)));
    stage.press(KeyCode::Esc);
    assert!(matches!(stage.model.bar, Bar::None));
}

#[test]
fn nothing_of_others_is_obeyed() {
    const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}x";
    let mut stage = Stage::new(100, 30);
    let evil = |seq| Message { text: EVIL.to_owned(), ..message("ann", "ann", seq, "") };
    let mut told = conversation("ann", Some(evil(1)), 1);
    told.members[1].username = EVIL.to_owned();
    stage.list(vec![told]);
    stage.press(KeyCode::Enter);
    stage.page("ann", vec![evil(1)], false);
    stage.tell(Event::Message(evil(2)));
    let code = ErrorCode::Unavailable;
    stage.tell(Event::Failed { code, error: EVIL.to_owned() });
    let open = stage.model.open().unwrap();
    let texts = open.messages.iter().map(|message| message.text.clone());
    let more = [open.title("id-me"), stage.model.notice.clone().unwrap()];
    for text in texts.chain(more) {
        assert!(!text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
}
