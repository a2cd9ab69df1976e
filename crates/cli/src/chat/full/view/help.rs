//! What keys do.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Block, Clear, Widget},
};

use super::{Theme, put, put_cut};
use crate::chat::full::text;

const KEYS: &[(&str, &str)] = &[
    ("", "Anywhere"),
    ("Tab", "between list and conversation"),
    ("Alt+↑ Alt+↓", "the conversation before, after"),
    ("Ctrl+N", "talk to a person, by name, id or link"),
    ("Alt+K", "filter the list"),
    ("F1", "this"),
    ("Ctrl+C", "leave, when all is sent"),
    ("", "In the list"),
    ("↑ ↓ Enter", "choose, open"),
    ("/ n ? q", "filter, new, this, leave"),
    ("", "In a conversation"),
    ("Enter", "send"),
    ("Alt+Enter Ctrl+J", "a new line"),
    ("PgUp PgDn", "earlier, later"),
    ("Shift+↑ Shift+↓", "likewise, by a line"),
    ("Ctrl+Home Ctrl+End", "the first one here, the end"),
    ("Ctrl+F", "find in what is loaded"),
    ("Ctrl+R", "take a refused message back"),
    ("Ctrl+W Ctrl+U Ctrl+K", "delete a word, to the start, to the end"),
    ("Esc", "to the list"),
];
const FIRST_COLUMN: u16 = 23;
const WIDTH: u16 = 66;

pub(super) fn draw(theme: &Theme, screen: Rect, buffer: &mut Buffer) {
    let height = u16::try_from(KEYS.len() + 2).unwrap_or(u16::MAX);
    let area = Rect {
        x: screen.width.saturating_sub(WIDTH) / 2,
        y: screen.height.saturating_sub(height) / 2,
        width: WIDTH,
        height,
    };
    let area = area.intersection(screen);
    // A wide sign that begins before it would reach into it.
    for y in area.top()..area.bottom() {
        if let Some(x) = area.x.checked_sub(1)
            && text::width(buffer[(x, y)].symbol()) > 1
        {
            buffer[(x, y)].reset();
        }
    }
    Clear.render(area, buffer);
    let block = Block::bordered().border_style(theme.rule).title(" Keys; any of them closes this ");
    let inner = block.inner(area);
    block.render(area, buffer);
    // On a narrow screen what keys do stands closer to them.
    let widest = KEYS.iter().map(|(keys, _)| text::width(keys)).max().unwrap_or_default();
    let column = FIRST_COLUMN.min(u16::try_from(widest + 2).unwrap_or(FIRST_COLUMN));
    for (y, (keys, what)) in (0..inner.height).zip(KEYS) {
        let row = Rect { y: inner.y + y, height: 1, ..inner };
        if keys.is_empty() {
            put_cut(buffer, row, 1, what, theme.strong);
        } else {
            put(buffer, row, 1, keys, ratatui::style::Style::new());
            put_cut(buffer, row, column, what, theme.quiet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_the_same_keys() {
        let document = include_str!("../../../../../../docs/terminal.md");
        for (keys, what) in KEYS {
            let row = match *keys {
                "" => format!("|  | **{what}** |"),
                keys => format!("| `{keys}` | {what} |"),
            };
            assert!(document.contains(&row), "{row}");
        }
        let rows = document.lines().filter(|line| line.starts_with('|')).count();
        assert_eq!(rows, KEYS.len() + 2);
    }
}
