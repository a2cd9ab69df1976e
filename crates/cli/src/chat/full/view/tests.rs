//! Whole screens, as text.

use aizuchi_client::{
    Event,
    event::{Link, Message},
};
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::Buffer,
    style::{Color, Modifier},
};

use super::*;
use crate::chat::full::model::tests::{NOW, Stage, conversation, message, person, talking, with};

/// What a terminal of this size shows, and where its cursor is.
fn shown(stage: &Stage, theme: &Theme) -> (Buffer, Option<(u16, u16)>) {
    let (columns, rows) = stage.model.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut cursor = None;
    terminal
        .draw(|frame| {
            draw(&stage.model, theme, frame);
            cursor = Some(frame.area());
        })
        .unwrap();
    let is_shown = terminal.backend().cursor_visible();
    let position = terminal.backend().cursor_position();
    let buffer = terminal.backend().buffer().clone();
    (buffer, is_shown.then_some((position.x, position.y)))
}

/// The rows as a person sees them: what is hidden by a wide sign is left out.
fn text(buffer: &Buffer) -> String {
    let mut rows = String::new();
    for y in 0..buffer.area.height {
        let mut row = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(text::width(symbol)).unwrap().max(1);
        }
        rows.push_str(row.trim_end());
        rows.push('\n');
    }
    rows
}

fn screen(stage: &Stage) -> String {
    text(&shown(stage, &Theme::new(true)).0)
}

fn assert_screen(stage: &Stage, expected: &str) {
    let screen = screen(stage);
    assert!(screen == expected, "\n{screen}\nis not\n{expected}");
}

/// Several conversations, one of them open.
fn evening(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows);
    let at = |message, before: u64| Message { timestamp: NOW - before * 60_000, ..message };
    let page = vec![
        at(message("花子", "花子", 1, "明日の会議は何時からですか？"), 26 * 60),
        at(message("花子", "me", 2, "10時からです。"), 25 * 60),
        at(
            message(
                "花子",
                "花子",
                3,
                "おはようございます☀️\n資料を読みました。とても分かりやすかったので、このまま進めましょう。",
            ),
            60,
        ),
        at(
            Message {
                reply_to: Some(3), ..message("花子", "me", 4, "ありがとう！ ｶﾞﾝﾊﾞﾘﾏｼｮｳ👍")
            },
            58,
        ),
        at(message("花子", "me", 5, "See you at 10."), 57),
        at(message("花子", "花子", 6, "cafe\u{301} の前で👩‍👩‍👧‍👦"), 3),
    ];
    let told = |name, text: &str, before, unread| {
        conversation(name, Some(at(message(name, name, 200, text), before)), unread)
    };
    let mut hanako = conversation("花子", page.last().cloned(), 1);
    hanako.reads.insert("id-花子".to_owned(), 4);
    stage.list(vec![
        hanako,
        told("bob", "did you see the rain? It has been like this for a week", 30, 3),
        told("Cléo", "ok", 60 * 24 * 3, 0),
        told("a name that is much too long for this list", "x", 60 * 24 * 60, 200),
    ]);
    stage.press(KeyCode::Enter);
    stage.page("花子", page, false);
    for (name, online) in [("花子", true), ("bob", false)] {
        let sub = format!("id-{name}");
        stage.tell(Event::Presence { sub, online, last_seen: None });
    }
    stage
}

#[test]
fn wide() {
    let mut stage = evening(100, 24);
    stage.write("了解です");
    assert_screen(&stage, include_str!("screens/wide.txt"));
    let (_, cursor) = shown(&stage, &Theme::new(true));
    assert_eq!(cursor, Some((34 + 2 + 8, 22)), "after four wide signs");
}

#[test]
fn narrow() {
    let mut stage = evening(40, 20);
    assert_screen(&stage, include_str!("screens/narrow-talk.txt"));
    stage.press(KeyCode::Esc);
    assert_screen(&stage, include_str!("screens/narrow-list.txt"));
}

#[test]
fn very_narrow() {
    assert_screen(&evening(22, 12), include_str!("screens/very-narrow.txt"));
}

#[test]
fn an_empty_beginning() {
    let mut stage = Stage::new(80, 16);
    stage.model.invite = "https://chat.example.org/invite#u=id-me".to_owned();
    assert_screen(&stage, include_str!("screens/empty.txt"));
    stage.model.resized(NOW, (40, 10));
    let shown = screen(&stage);
    assert!(shown.contains("Nobody yet.") && shown.contains("id-me"), "{shown}");
}

#[test]
fn down_and_writing() {
    let mut stage = talking(80, 20, &["hello", "are you there?"]);
    stage.write("first");
    stage.press(KeyCode::Enter);
    let refused = Event::Refused {
        client_msg_id: "c1".to_owned(),
        code: aizuchi_wire::ErrorCode::Forbidden,
        error: "You cannot write to this person.".to_owned(),
    };
    stage.tell(refused);
    stage.tell(Event::Link(Link::Offline { retry_in: std::time::Duration::from_millis(2_500) }));
    stage.write("second, which is said while nobody hears it");
    stage.press(KeyCode::Enter);
    stage.write("several lines: one");
    stage.press_with(KeyCode::Enter, KeyModifiers::ALT);
    stage.write("and another");
    assert_screen(&stage, include_str!("screens/down.txt"));
    stage.control('c');
    let last = screen(&stage);
    assert!(last.contains("Leaving when 1 message is sent. Ctrl+C: leave now"), "{last}");
}

#[test]
fn typing_finding_and_a_new_line() {
    let mut stage = evening(76, 18);
    let (conversation_id, sub) = (with("花子"), "id-花子".to_owned());
    stage.tell(Event::Typing { conversation_id, sub, on: true });
    stage.control('f');
    stage.model.paste(NOW, "資料");
    assert_screen(&stage, include_str!("screens/find.txt"));
    let (buffer, cursor) = shown(&stage, &Theme::new(true));
    assert_eq!(cursor, Some((11, 17)));
    let marked = buffer.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED));
    let marked: String = marked.map(|cell| cell.symbol()).collect();
    assert_eq!(marked, "資料");
}

#[test]
fn whom_to_talk_to() {
    let mut stage = evening(76, 12);
    stage.control('n');
    stage.write("だれか");
    stage.press(KeyCode::Enter);
    let last = |stage: &Stage| screen(stage).lines().last().unwrap().to_owned();
    assert_eq!(last(&stage).replace("  ", ""), " Name, id or link: だれかlooking…");
    stage.model.found(NOW, Err("Nobody has this name or id.".to_owned()));
    assert!(last(&stage).ends_with("Nobody has this name or id."), "{}", last(&stage));
    stage.control('u');
    stage.write(&"長い名前".repeat(20));
    let (buffer, cursor) = shown(&stage, &Theme::new(true));
    assert!(text(&buffer).lines().last().unwrap().contains("名前"));
    assert!(cursor.is_some_and(|(x, y)| x < 76 && y == 11), "{cursor:?}");
}

#[test]
fn help() {
    let mut stage = evening(84, 24);
    stage.press(KeyCode::F(1));
    assert_screen(&stage, include_str!("screens/help.txt"));
    stage.press(KeyCode::Char('x'));
    assert_eq!(stage.model.open().unwrap().draft.text(), "", "it only closes it");
}

#[test]
fn the_end_of_a_session_keeps_what_is_written() {
    let mut stage = evening(90, 14);
    stage.write("not sent");
    stage.tell(Event::Link(Link::Ended(aizuchi_client::event::Ended::Session)));
    stage.press(KeyCode::Enter);
    let shown = screen(&stage);
    assert!(shown.contains("› not sent") && shown.contains("This is not sent any more"), "{shown}");
    stage.press(KeyCode::F(1));
    stage.press(KeyCode::F(1));
    assert!(screen(&stage).contains("The connection ended: signed out, here or elsewhere."));
}

#[test]
fn without_colours_nothing_has_one() {
    let mut stage = evening(100, 24);
    stage.press(KeyCode::Tab);
    let (buffer, _) = shown(&stage, &Theme::new(false));
    let coloured =
        |cell: &&ratatui::buffer::Cell| cell.fg != Color::Reset || cell.bg != Color::Reset;
    assert_eq!(buffer.content.iter().find(coloured), None);
    let (buffer, _) = shown(&stage, &Theme::new(true));
    assert!(buffer.content.iter().any(|cell| cell.fg == Color::Green));
}

#[test]
fn every_size_is_survived() {
    for columns in (0..30).chain([71, 72, 300]) {
        for rows in (0..14).chain([100]) {
            let mut stage = evening(columns, rows);
            stage.write("ある程度長い文章を書いてみます。");
            stage.press(KeyCode::PageUp);
            screen(&stage);
            stage.control('f');
            stage.write("資料");
            screen(&stage);
            stage.press(KeyCode::Esc);
            stage.press(KeyCode::F(1));
            screen(&stage);
        }
    }
}

#[test]
fn no_cell_holds_a_command() {
    let evil = "\u{1b}[31mred\u{7}\u{9b}2J\u{202e}";
    let mut stage = talking(60, 20, &[evil]);
    stage.model.found(NOW, Ok(person(evil)));
    stage.write(evil);
    stage.model.found(NOW, Err(evil.to_owned()));
    for _ in 0..2 {
        let (buffer, _) = shown(&stage, &Theme::new(true));
        let harmful = |c: char| c.is_control() || c == '\u{202e}';
        let cell = buffer.content.iter().find(|cell| cell.symbol().contains(harmful));
        assert_eq!(cell, None);
        stage.model.found(NOW, Ok(person("ann")));
    }
}
