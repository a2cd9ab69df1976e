//! `aizuchi chat` on a terminal, against a server.

use aizuchi_client::{
    Client, Event, Service,
    event::{Command, Link, Message, To},
    ids::direct_conversation,
};
use tokio::sync::mpsc;

use crate::{
    relay::Relay,
    server::{PASSWORD, Place, Server, aizuchi, run, text},
    terminal::Tty,
};

/// Somebody who is no terminal.
struct Other {
    client: Client,
    events: mpsc::Receiver<Event>,
    /// Whom he talks to.
    to: String,
}

impl Other {
    /// `bob`, who talks to `ann`. Both are new.
    async fn talking_to_ann(server: &Server) -> Self {
        let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
        let endpoint = Service::new(server.url.clone()).unwrap().endpoint().await.unwrap();
        let (client, mut events) = Client::start(bob, endpoint);
        while events.recv().await != Some(Event::Link(Link::Online)) {}
        Self { client, events, to: ann.me().sub.clone() }
    }

    async fn say(&self, text: &str) {
        self.client.send(To::Person(self.to.clone()), text.to_owned()).await.unwrap();
    }

    async fn command(&self, command: Command) {
        self.client.command(command).await.unwrap();
    }

    fn conversation(&self) -> String {
        direct_conversation(&self.client.me().sub, &self.to)
    }

    /// The next message of hers.
    async fn hears(&mut self) -> Message {
        loop {
            match self.events.recv().await.expect("a client that goes on") {
                Event::Message(message) if message.from_sub == self.to => return message,
                _ => {}
            }
        }
    }

    /// What the log holds, oldest first.
    async fn history(&mut self) -> Vec<Message> {
        let conversation_id = self.conversation();
        self.command(Command::History { conversation_id, before: None, limit: 200 }).await;
        loop {
            if let Some(Event::Page { messages, .. }) = self.events.recv().await {
                return messages;
            }
        }
    }
}

/// `ann` on a terminal, talking to `bob`.
fn ann(url: &str, columns: u16, rows: u16, variables: &[(&str, &str)]) -> Tty {
    let arguments = ["chat", "--url", url, "--user", "ann", "--open", "bob"];
    let password = [("AIZUCHI_PASSWORD", PASSWORD)];
    Tty::run(columns, rows, &arguments, &[&password, variables].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_talk_and_a_drop_in_between_loses_nothing() {
    let place = Place::new();
    let server = place.serve(&["--rate-limits", "off"]);
    let mut bob = Other::talking_to_ann(&server).await;
    let relay = Relay::to(server.address()).await;
    let mut tty = ann(relay.url().as_str(), 90, 24, &[]);
    tty.wait_for("● online");
    tty.wait_for("Nothing was said yet.");

    bob.say("こんにちは、ｶﾞｷﾞ元気ですか？").await;
    tty.wait_for("こんにちは、ｶﾞｷﾞ元気ですか？");
    // As an input method gives it, and several lines.
    tty.paste("はい、\r\n元気です");
    tty.press("\u{1b}\rand you?");
    tty.wait_for("and you?");
    tty.press("\r");
    let heard = bob.hears().await;
    assert_eq!(heard.text, "はい、\n元気です\nand you?");
    let (conversation_id, seq) = (heard.conversation_id, heard.seq);
    bob.command(Command::Typing { conversation_id: conversation_id.clone(), on: true }).await;
    tty.wait_for("typing…");
    bob.command(Command::Read { conversation_id, seq }).await;
    tty.wait_for("✓✓");

    relay.cut();
    tty.wait_for("No connection");
    tty.press("said while down\r");
    tty.press("and once more\r");
    bob.say("said meanwhile").await;
    tty.wait_for("and once more");
    assert!(!tty.shown().contains("said meanwhile"));
    relay.mend();
    tty.wait_for("said meanwhile");
    assert_eq!(bob.hears().await.text, "said while down");
    assert_eq!(bob.hears().await.text, "and once more");
    // Nothing waits any more.
    tty.wait_until(|shown| !shown.contains("No connection") && !shown.contains(" …"));
    let said: Vec<String> = bob.history().await.into_iter().map(|one| one.text).collect();
    for once in ["said while down", "and once more"] {
        assert_eq!(said.iter().filter(|text| *text == once).count(), 1, "{said:?}");
        let at_left = |row: &str| row.split_once('│').is_some_and(|(_, talk)| talk.contains(once));
        assert_eq!(tty.shown().lines().filter(|row| at_left(row)).count(), 1, "{}", tty.shown());
    }

    tty.resize(40, 14);
    tty.wait_until(|shown| shown.starts_with(" bob"));
    tty.press("\u{1b}");
    tty.wait_for("Conversations");
    tty.press("q");
    let (status, left) = tty.end();
    assert!(status.success(), "{status}: {left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_messages_come_as_one_goes_up() {
    let place = Place::new();
    let server = place.serve(&["--rate-limits", "off"]);
    let mut bob = Other::talking_to_ann(&server).await;
    for number in 1..=120 {
        bob.say(&format!("message {number}.")).await;
    }
    let mut sent = 0;
    while sent < 120 {
        sent += usize::from(matches!(bob.events.recv().await, Some(Event::Sent { .. })));
    }
    let mut tty = ann(server.url.as_str(), 100, 30, &[("NO_COLOR", "1")]);
    tty.wait_for("─ new ─");
    // Each page is asked for at the top of the last. What is written beside it
    // shows that the key before has done its work.
    for written in ["› a", "› ab", "› abc"] {
        tty.press("\u{1b}[1;5H");
        tty.press(&written[written.len() - 1..]);
        tty.wait_until(|shown| shown.contains(written) && !shown.contains("loading…"));
    }
    tty.wait_for("message 1.");
    // And down again.
    tty.press("\u{1b}[1;5F");
    tty.wait_for("message 120.");
    // Foreground and background in any colour: there is none.
    for colour in ["\u{1b}[38;", "\u{1b}[48;", "\u{1b}[31m", "\u{1b}[32m"] {
        assert!(!tty.written().contains(colour));
    }
    // The draft is given up by leaving twice.
    tty.press("\u{3}\u{3}");
    assert!(tty.end().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_obeys_nobody_else() {
    let place = Place::new();
    let server = place.serve(&[]);
    let bob = Other::talking_to_ann(&server).await;
    let mut tty = ann(server.url.as_str(), 80, 20, &[]);
    tty.wait_for("● online");
    bob.say("\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[?1049l\u{9b}31m\u{202e}here").await;
    tty.wait_for("here");
    tty.wait_for("]0;owned");
    for command in ["\u{1b}]0;owned", "\u{1b}[2J\u{1b}[?1049l", "\u{9b}", "\u{202e}"] {
        assert!(!tty.written().contains(command));
    }
    // The server ends, and she leaves.
    drop(server);
    tty.wait_for("No connection");
    tty.press("lost?\r\u{3}");
    tty.wait_for("Leaving when 1 message is sent");
    tty.press("\u{3}");
    let (status, left) = tty.end();
    assert!(!status.success());
    assert!(left.contains("error: messages that have not reached the server: 1"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_spoils_the_screen_is_drawn_over() {
    let place = Place::new();
    let server = place.serve(&[]);
    let _bob = Other::talking_to_ann(&server).await;
    let mut tty = ann(server.url.as_str(), 80, 20, &[]);
    tty.wait_for("● online");
    tty.spoil();
    assert!(!tty.shown().contains("Conversations"));
    tty.press("\u{c}");
    tty.wait_for("Conversations");
    tty.wait_for("● online");

    // There is no shell that could wake it, so it gives the terminal back and
    // takes it again.
    tty.press("\u{1a}");
    tty.wait_until_screen(|screen| !screen.alternate_screen());
    tty.wait_until_screen(|screen| screen.alternate_screen() && screen.bracketed_paste());
    tty.wait_for("● online");
    tty.press("still here");
    tty.wait_for("› still here");
    server.terminate();
    tty.wait_for("No connection");
    tty.terminate();
    assert!(tty.end().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_terminal_it_goes_line_by_line() {
    let place = Place::new();
    let server = place.serve(&[]);
    let mut bob = Other::talking_to_ann(&server).await;
    let mut command = aizuchi(["chat", "--url", server.url.as_str(), "--user", "ann"]);
    command.env("AIZUCHI_PASSWORD", PASSWORD);
    let output = tokio::task::spawn_blocking(move || run(command, "/open bob\nfrom a pipe\n"));
    assert_eq!(bob.hears().await.text, "from a pipe");
    let output = output.await.unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("signed in as ann") && !said.contains('\u{1b}'), "{said}");
}
