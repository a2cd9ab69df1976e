//! A text that is being written.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use super::text;
use crate::chat::plain::typed;

/// More than a message may have. What is over it is not taken.
const CAPACITY: usize = 64 * 1024;

/// A text and a place in it, which is always between two of its signs.
#[derive(Debug, Default, Clone)]
pub(super) struct Editor {
    text: String,
    at: usize,
}

impl Editor {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text, with the place at its end.
    pub(super) fn set(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.at = 0;
    }

    pub(super) fn insert(&mut self, text: &str) {
        let text = typed(text);
        if self.text.len() + text.len() > CAPACITY {
            return;
        }
        self.text.insert_str(self.at, &text);
        // What follows may have joined with it into one sign.
        self.at = self.boundary_from(self.at + text.len());
    }

    /// What a key does to the text. `false` where it does nothing.
    pub(super) fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Char(c) if !control && !alt => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace if alt => self.remove(self.word_before()..self.at),
            KeyCode::Backspace => self.remove(self.before()..self.at),
            KeyCode::Delete => self.remove(self.at..self.after()),
            KeyCode::Left if control || alt => self.at = self.word_before(),
            KeyCode::Right if control || alt => self.at = self.word_after(),
            KeyCode::Left => self.at = self.before(),
            KeyCode::Right => self.at = self.after(),
            KeyCode::Home => self.at = self.line().start,
            KeyCode::End => self.at = self.line().end,
            KeyCode::Char(c) if control => match c {
                'a' => self.at = self.line().start,
                'e' => self.at = self.line().end,
                'h' => self.remove(self.before()..self.at),
                'd' => self.remove(self.at..self.after()),
                'w' => self.remove(self.word_before()..self.at),
                'u' => self.remove(self.line().start..self.at),
                'k' => self.remove(self.at..self.line().end),
                _ => return false,
            },
            KeyCode::Char('b') => self.at = self.word_before(),
            KeyCode::Char('f') => self.at = self.word_after(),
            _ => return false,
        }
        true
    }

    /// The lines where there are `width` cells.
    pub(super) fn lines(&self, width: usize) -> Vec<Range<usize>> {
        text::wrap(&self.text, width)
    }

    /// The line and the cell of the place, where there are `width` cells.
    pub(super) fn place(&self, width: usize) -> (usize, usize) {
        let lines = self.lines(width);
        let line = lines.iter().rposition(|line| line.start <= self.at).unwrap_or_default();
        let before = lines.get(line).map_or(0..0, |line| line.start..self.at);
        (line, text::width(&self.text[before]).min(width))
    }

    /// Goes a line up or down. `false` at the first or the last one.
    pub(super) fn go(&mut self, down: bool, width: usize) -> bool {
        let (line, cell) = self.place(width);
        let lines = self.lines(width);
        let to = if down { Some(line + 1) } else { line.checked_sub(1) };
        let Some(to) = to.and_then(|to| lines.get(to)) else { return false };
        let mut used = 0;
        let mut at = to.start;
        let shown = self.text[to.clone()].trim_end_matches(' ');
        for (from, one) in text::clusters(shown) {
            used += text::width(one);
            if used > cell {
                break;
            }
            at = to.start + from + one.len();
        }
        self.at = self.boundary_from(at);
        true
    }

    fn remove(&mut self, part: Range<usize>) {
        if part.is_empty() {
            return;
        }
        self.at = part.start;
        self.text.replace_range(part, "");
        self.at = self.boundary_from(self.at);
    }

    fn before(&self) -> usize {
        self.text[..self.at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let next = self.text[self.at..].graphemes(true).next();
        self.at + next.map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let mut words = self.text[..self.at].unicode_word_indices();
        words.next_back().map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        let mut words = self.text[self.at..].unicode_word_indices();
        words.next().map_or(self.text.len(), |(at, word)| self.at + at + word.len())
    }

    /// The line as it was written, without its break.
    fn line(&self) -> Range<usize> {
        let start = self.text[..self.at].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[self.at..].find('\n').map_or(self.text.len(), |at| self.at + at);
        start..end
    }

    /// The next place between two signs, from `at` on.
    fn boundary_from(&self, at: usize) -> usize {
        let mut places = self.text.grapheme_indices(true).map(|(place, _)| place);
        places.find(|place| *place >= at).unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn press(editor: &mut Editor, code: KeyCode, modifiers: KeyModifiers) -> bool {
        editor.key(KeyEvent::new(code, modifiers))
    }

    fn written(text: &str) -> Editor {
        let mut editor = Editor::default();
        editor.set(text);
        editor
    }

    #[test]
    fn signs_go_as_one_whatever_they_are_made_of() {
        let mut editor = written("e\u{301}👩‍👩‍👧‍👦か\u{3099}");
        for left in ["e\u{301}👩‍👩‍👧‍👦", "e\u{301}", ""] {
            press(&mut editor, KeyCode::Backspace, KeyModifiers::NONE);
            assert_eq!(editor.text(), left);
        }
        // A sign that comes in parts, as from an input method.
        for part in ['か', '\u{3099}', 'き'] {
            press(&mut editor, KeyCode::Char(part), KeyModifiers::NONE);
        }
        assert_eq!(editor.text(), "か\u{3099}き");
        press(&mut editor, KeyCode::Left, KeyModifiers::NONE);
        press(&mut editor, KeyCode::Left, KeyModifiers::NONE);
        assert_eq!(editor.place(20), (0, 0));
    }

    #[test]
    fn the_place_is_measured_in_cells() {
        let mut editor = written("日本語です");
        assert_eq!(editor.place(6), (1, 4));
        assert!(editor.go(false, 6));
        assert_eq!(editor.place(6), (0, 4));
        assert!(!editor.go(false, 6));
        editor.insert("x");
        assert_eq!(editor.text(), "日本x語です");
        press(&mut editor, KeyCode::End, KeyModifiers::NONE);
        assert!(!editor.go(true, 20));
    }

    #[test]
    fn words_and_lines_go_at_once() {
        let mut editor = written("one two\nthree four");
        press(&mut editor, KeyCode::Char('w'), KeyModifiers::CONTROL);
        assert_eq!(editor.text(), "one two\nthree ");
        press(&mut editor, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(editor.text(), "one two\n");
        press(&mut editor, KeyCode::Backspace, KeyModifiers::NONE);
        press(&mut editor, KeyCode::Char('b'), KeyModifiers::ALT);
        press(&mut editor, KeyCode::Char('k'), KeyModifiers::CONTROL);
        assert_eq!(editor.text(), "one ");
        assert!(!press(&mut editor, KeyCode::Char('z'), KeyModifiers::CONTROL));
    }

    #[test]
    fn what_is_pasted_holds_no_command() {
        let mut editor = Editor::default();
        editor.insert("a\r\nb\u{1b}[2J\u{7}");
        assert_eq!(editor.text(), "a\nb[2J");
        editor.insert(&"x".repeat(CAPACITY));
        assert_eq!(editor.text(), "a\nb[2J", "too much is not taken");
    }

    proptest! {
        #[test]
        fn no_key_leads_into_the_middle_of_a_sign(keys in prop::collection::vec(0..16_u8, 0..60)) {
            const SIGNS: [&str; 8] = ["a", " ", "あ", "\u{3099}", "\u{200d}", "👩", "🇯", "\n"];
            let mut editor = Editor::default();
            for key in keys {
                match key {
                    0..8 => editor.insert(SIGNS[usize::from(key)]),
                    8 => { press(&mut editor, KeyCode::Left, KeyModifiers::NONE); }
                    9 => { press(&mut editor, KeyCode::Right, KeyModifiers::NONE); }
                    10 => { press(&mut editor, KeyCode::Backspace, KeyModifiers::NONE); }
                    11 => { press(&mut editor, KeyCode::Delete, KeyModifiers::NONE); }
                    12 => { editor.go(true, 5); }
                    13 => { editor.go(false, 5); }
                    14 => { press(&mut editor, KeyCode::Left, KeyModifiers::ALT); }
                    _ => { press(&mut editor, KeyCode::Char('w'), KeyModifiers::CONTROL); }
                }
                prop_assert_eq!(editor.at, editor.boundary_from(editor.at));
                let (line, cell) = editor.place(5);
                prop_assert!(line < editor.lines(5).len() && cell <= 5);
            }
        }
    }
}
