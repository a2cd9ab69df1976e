//! What one writes and sends.

use super::*;

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
