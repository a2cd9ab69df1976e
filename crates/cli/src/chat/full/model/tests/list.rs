//! The list, and what comes from others.

use super::*;

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
