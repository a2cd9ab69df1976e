//! What keys do.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Bar, Effect, Find, Focus, Line, Model};
use crate::chat::full::editor::Editor;

const LOOKS_AT_LIST: isize = 8;

impl Model {
    pub(in crate::chat::full) fn key(&mut self, now: u64, key: KeyEvent) {
        if key.kind == KeyEventKind::Release {
            return;
        }
        self.now = now;
        self.notice = None;
        self.press(key);
        self.attend(now);
    }

    /// A text that comes at once, as from the clipboard or an input method.
    pub(in crate::chat::full) fn paste(&mut self, now: u64, text: &str) {
        self.now = now;
        self.notice = None;
        match &mut self.bar {
            Bar::None => {
                if self.focus == Focus::Talk
                    && let Some(open) = self.open_mut()
                {
                    let before = open.draft.text().len();
                    open.draft.insert(text);
                    if open.draft.text().len() == before && !text.is_empty() {
                        self.notice = Some("That is too much for one message.".to_owned());
                    }
                    self.type_on();
                }
            }
            Bar::Filter(field) | Bar::Whom { name: field, .. } => field.insert(&one_line(text)),
            Bar::Find(find) => {
                find.sought.insert(&one_line(text));
                self.find_anew();
            }
        }
        self.attend(now);
    }

    fn press(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        if control && key.code == KeyCode::Char('c') {
            return self.leave();
        }
        self.is_leaving = false;
        if std::mem::take(&mut self.shows_help) {
            return;
        }
        match key.code {
            KeyCode::F(1) => return self.shows_help = true,
            KeyCode::Char('l') if control => return self.effects.push(Effect::Redraw),
            KeyCode::Char('z') if control => return self.effects.push(Effect::Suspend),
            _ => {}
        }
        if !matches!(self.bar, Bar::None) {
            return self.press_in_bar(key);
        }
        match key.code {
            KeyCode::Char('n') if control => self.ask_whom(),
            KeyCode::Char('k') if alt => self.filter(),
            KeyCode::Char('f') if control && self.open().is_some() => {
                self.focus = Focus::Talk;
                self.bar = Bar::Find(Find::default());
            }
            KeyCode::Up | KeyCode::Down if alt => self.open_neighbour(key.code == KeyCode::Down),
            KeyCode::Tab | KeyCode::BackTab => self.turn(),
            _ => match self.focus {
                Focus::List => self.press_in_list(key),
                Focus::Talk => self.press_in_talk(key),
            },
        }
    }

    fn ask_whom(&mut self) {
        self.bar = Bar::Whom { name: Editor::default(), is_asked: false, error: None };
    }

    fn filter(&mut self) {
        self.focus = Focus::List;
        self.bar = Bar::Filter(Editor::default());
    }

    fn turn(&mut self) {
        self.focus = match self.focus {
            Focus::Talk => Focus::List,
            Focus::List if self.open().is_some() => Focus::Talk,
            Focus::List => Focus::List,
        };
    }

    fn press_in_list(&mut self, key: KeyEvent) {
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.select(-1),
            KeyCode::Down | KeyCode::Char('j') => self.select(1),
            KeyCode::PageUp => self.select(-LOOKS_AT_LIST),
            KeyCode::PageDown => self.select(LOOKS_AT_LIST),
            KeyCode::Home | KeyCode::Char('g') => self.select(isize::MIN),
            KeyCode::End | KeyCode::Char('G') => self.select(isize::MAX),
            KeyCode::Enter | KeyCode::Right | KeyCode::Char('l') => self.open_selected(),
            KeyCode::Char('/') => self.filter(),
            KeyCode::Char('n') => self.ask_whom(),
            KeyCode::Char('?') => self.shows_help = true,
            KeyCode::Char('q') => self.leave(),
            _ => {}
        }
    }

    fn select(&mut self, by: isize) {
        let listed = self.listed();
        let Some(last) = listed.len().checked_sub(1) else { return };
        let at = self.selected().and_then(|id| listed.iter().position(|one| one.id == id));
        let next = at.map_or(0, |at| at.saturating_add_signed(by).min(last));
        self.selected = listed.get(next).map(|one| one.id.clone());
    }

    fn open_selected(&mut self) {
        let listed = self.listed();
        let is_listed = |id: &&str| listed.iter().any(|one| one.id == *id);
        let first = || listed.first().map(|first| first.id.as_str());
        let id = self.selected().filter(is_listed).or_else(first).map(str::to_owned);
        if let Some(id) = id {
            self.open_conversation(&id);
        }
    }

    fn press_in_talk(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        let width = self.areas().talk.map_or(1, |talk| talk.composer.width.into());
        match key.code {
            KeyCode::Enter if key.modifiers.is_empty() => self.submit(),
            KeyCode::Enter => self.write(|draft| draft.insert("\n")),
            KeyCode::Char('j') if control => self.write(|draft| draft.insert("\n")),
            KeyCode::Char('r') if control => self.take_back(),
            KeyCode::Esc => self.focus = Focus::List,
            KeyCode::PageUp => self.scroll(-self.page_height()),
            KeyCode::PageDown => self.scroll(self.page_height()),
            KeyCode::Home if control => self.jump(false),
            KeyCode::End if control => self.jump(true),
            KeyCode::Up if shift || control => self.scroll(-1),
            KeyCode::Down if shift || control => self.scroll(1),
            KeyCode::Up | KeyCode::Down => {
                let down = key.code == KeyCode::Down;
                // Beyond what is written is what was said.
                if self.open_mut().is_some_and(|open| !open.draft.go(down, width)) {
                    self.scroll(if down { 1 } else { -1 });
                }
            }
            _ => self.write(|draft| {
                draft.key(key);
            }),
        }
    }

    fn write(&mut self, change: impl FnOnce(&mut Editor)) {
        let Some(open) = self.open_mut() else { return };
        let before = open.draft.text().len();
        change(&mut open.draft);
        if open.draft.text().len() != before {
            self.type_on();
        }
    }

    fn press_in_bar(&mut self, key: KeyEvent) {
        let is_ended = key.code == KeyCode::Esc
            || key.code == KeyCode::Char('g') && key.modifiers == KeyModifiers::CONTROL;
        if is_ended {
            return self.bar = Bar::None;
        }
        match &mut self.bar {
            Bar::None => {}
            Bar::Filter(field) => match key.code {
                KeyCode::Enter => self.open_selected(),
                KeyCode::Up => self.select(-1),
                KeyCode::Down => self.select(1),
                _ => {
                    field.key(key);
                    self.selected = self.listed().first().map(|first| first.id.clone());
                }
            },
            Bar::Find(find) => match key.code {
                KeyCode::Enter | KeyCode::Up => self.find_next(false),
                KeyCode::Down => self.find_next(true),
                KeyCode::PageUp => self.scroll(-self.page_height()),
                KeyCode::PageDown => self.scroll(self.page_height()),
                _ => {
                    let before = find.sought();
                    find.sought.key(key);
                    if find.sought() != before {
                        self.find_anew();
                    }
                }
            },
            Bar::Whom { name, is_asked, error } => match key.code {
                KeyCode::Enter => {
                    let name = name.text().trim().to_owned();
                    if !name.is_empty() && !std::mem::replace(is_asked, true) {
                        *error = None;
                        self.effects.push(Effect::Find(name));
                    }
                }
                _ => {
                    *error = None;
                    name.key(key);
                }
            },
        }
    }

    /// Leaves at once where nothing is lost by it, or where one wants it twice.
    pub(in crate::chat::full) fn leave(&mut self) {
        let is_all_sent = self.unsent() == 0 && !self.has_drafts();
        let is_over = matches!(self.line, Line::Ended(_)) && !self.has_drafts();
        if is_all_sent || is_over || self.is_leaving {
            self.effects.push(Effect::Leave);
        }
        self.is_leaving = true;
        self.bar = Bar::None;
    }
}

fn one_line(text: &str) -> String {
    text.split(['\r', '\n']).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
