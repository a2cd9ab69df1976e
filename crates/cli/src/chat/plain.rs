//! Text from elsewhere, made harmless.
//!
//! A text from elsewhere may hold anything, a terminal's commands included.
//! All of it passes through here on its way to the terminal.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// Signs that are put on one another. More than this is no writing, and would
/// be drawn over other people's lines.
const STACKED: usize = 32;

/// Whether a terminal would obey this, or show by it a text in another order
/// than it is in.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line of `text` without what a terminal would obey.
pub(super) fn plain(text: &str) -> String {
    flatten(text, |_| false)
}

/// `text` with its line breaks, without anything else that a terminal would obey.
pub(super) fn paragraphs(text: &str) -> String {
    flatten(&broken_by_line_feeds(text), |c| c == '\n')
}

/// What a person types or pastes, without what he could not see.
pub(super) fn typed(text: &str) -> String {
    let text = broken_by_line_feeds(text);
    text.chars().filter(|c| *c == '\n' || *c == '\t' || !is_harmful(*c)).collect()
}

fn broken_by_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    }
}

fn flatten(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    let shown = |c| match c {
        c if is_kept(c) => c,
        '\t' => ' ',
        c if is_harmful(c) => '\u{fffd}',
        c => c,
    };
    if text.is_ascii() {
        return text.chars().map(shown).collect();
    }
    text.graphemes(true).flat_map(|one| one.chars().take(STACKED).map(shown)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nobody_elses_text() {
        assert_eq!(
            plain("\u{1b}[2Jhi\u{7}\r\u{9b}31m"),
            "\u{fffd}[2Jhi\u{fffd}\u{fffd}\u{fffd}31m"
        );
        assert_eq!(plain("a\tb"), "a b");
        assert_eq!(plain("\u{202e}txt.exe"), "\u{fffd}txt.exe");
        assert_eq!(plain("こんにちは、👍 é"), "こんにちは、👍 é");
        assert_eq!(paragraphs("a\r\nb\rc\n\u{1b}]0;x\u{7}"), "a\nb\nc\n\u{fffd}]0;x\u{fffd}");
    }

    #[test]
    fn signs_are_not_stacked_without_end() {
        let zalgo = format!("a{}b", "\u{301}".repeat(500));
        assert_eq!(plain(&zalgo).chars().count(), STACKED + 1);
        let family = "👩‍👩‍👧‍👦";
        assert_eq!(plain(family), family);
    }

    #[test]
    fn what_is_typed_is_what_is_seen() {
        assert_eq!(typed("a\u{1b}[31m\r\nb\tc\u{202e}"), "a[31m\nb\tc");
        assert_eq!(typed("日本語"), "日本語");
    }
}
