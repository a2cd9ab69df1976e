//! The last row: the field where there is one, or how things are.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use super::{Theme, put, put_cut, put_right};
use crate::chat::full::{
    editor::Editor,
    model::{Bar, Focus, Line, Model},
    text,
};

/// With fewer columns only the most needed keys are named.
const ROOMY: u16 = 60;
const HELP: &str = " F1 help ";

/// Draws it, and gives the place of the cursor if it is here.
pub(super) fn draw(
    model: &Model,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) -> Option<Position> {
    match &model.bar {
        Bar::None => {
            status(model, theme, area, buffer);
            None
        }
        Bar::Filter(filter) => field(theme, "Filter:", filter, area, buffer),
        Bar::Find(find) => {
            let hits = model.hits();
            let count = match find.at.and_then(|at| hits.iter().position(|hit| *hit == at)) {
                Some(at) => format!("{} of {}", at + 1, hits.len()),
                None if find.sought.is_empty() => "↑ earlier, ↓ later".to_owned(),
                None => "not in what is loaded".to_owned(),
            };
            let left = put_right(buffer, area, &format!("{count} "), theme.quiet);
            field(theme, "Find:", &find.sought, left, buffer)
        }
        Bar::Whom { name, is_asked, error } => {
            let (aside, style) = match error {
                Some(error) => (error.as_str(), theme.error),
                None if *is_asked => ("looking…", theme.quiet),
                None => ("", theme.quiet),
            };
            let left = put_right(buffer, area, &format!("{aside} "), style);
            field(theme, "Name, id or link:", name, left, buffer)
        }
    }
}

fn field(
    theme: &Theme,
    label: &str,
    editor: &Editor,
    area: Rect,
    buffer: &mut Buffer,
) -> Option<Position> {
    let x = put(buffer, area, 1, label, theme.strong) + 1;
    let room = usize::from(area.width.saturating_sub(x + 1));
    let (_, cell) = editor.place(usize::MAX);
    // The part with the cursor in it.
    let mut from = 0;
    let skipped = cell.saturating_sub(room);
    for (at, one) in text::clusters(editor.text()) {
        if text::width(&editor.text()[..at]) >= skipped {
            break;
        }
        from = at + one.len();
    }
    put(buffer, area, x, &editor.text()[from..], Style::new());
    let cell = cell - text::width(&editor.text()[..from]).min(cell);
    let x = area.x.saturating_add(x).saturating_add(u16::try_from(cell).unwrap_or_default());
    (x < area.right()).then(|| Position::new(x, area.y))
}

fn status(model: &Model, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (line, style) = sentence(model, theme, area.width < ROOMY);
    let help = if text::width(&line) + HELP.len() < area.width.into() { HELP } else { "" };
    let left = put_right(buffer, area, help, theme.quiet);
    put_cut(buffer, left, 1, &line, style);
}

fn sentence(model: &Model, theme: &Theme, is_narrow: bool) -> (String, Style) {
    let plain = Style::new();
    if let Some(notice) = &model.notice {
        return (notice.clone(), plain);
    }
    if model.is_leaving {
        let what = match model.unsent() {
            0 => "A draft is not sent.".to_owned(),
            1 => "Leaving when 1 message is sent.".to_owned(),
            many => format!("Leaving when {many} messages are sent."),
        };
        return (format!("{what} Ctrl+C: leave now; any other key: stay"), plain);
    }
    match model.line {
        Line::Connecting => ("Connecting…".to_owned(), theme.quiet),
        Line::Offline { until } => {
            let left = until.saturating_sub(model.now).div_ceil(1_000);
            let when = if left == 0 { "now".to_owned() } else { format!("in {left} s") };
            let more = if is_narrow { "" } else { " What you write is sent then." };
            (format!("No connection; next try {when}.{more}"), theme.quiet)
        }
        Line::Ended(why) => (format!("The connection ended: {why}. Ctrl+C leaves."), theme.error),
        Line::Online => {
            let keys = match model.focus {
                Focus::List if is_narrow => "⏎ open  n new  q quit",
                Focus::Talk if is_narrow => "⏎ send  Esc list",
                Focus::List => "↑↓ choose  ⏎ open  n new  / filter  q quit",
                Focus::Talk => "⏎ send  Alt+⏎ new line  PgUp earlier  Esc list",
            };
            (keys.to_owned(), theme.quiet)
        }
    }
}
