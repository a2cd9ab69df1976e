//! What was said, and how far it is read.

use super::*;

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
