//! The list of conversations.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Theme, put, put_cut, put_right, times};
use crate::chat::{
    full::model::{Bar, Conversation, Focus, Model},
    plain::plain,
};

/// Rows of a conversation: its name, and what was said last.
const ROWS: u16 = 2;
/// More are not counted.
const MANY: u64 = 99;

pub(super) fn draw(model: &Model, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let row = |y: u16| Rect { y: area.y + y, height: 1.min(area.height), ..area };
    let me = put_right(buffer, row(0), &model.me.username, theme.quiet);
    put_cut(buffer, me, 1, "Conversations", theme.strong);
    let listed = model.listed();
    let height = area.height.saturating_sub(1);
    if listed.is_empty() && height > 2 {
        let (first, second) = match &model.bar {
            Bar::Filter(_) => ("Nothing has this name.", ""),
            _ => ("Nobody yet.", "n begins a conversation."),
        };
        put_cut(buffer, row(2), 1, first, theme.quiet);
        put_cut(buffer, row(3.min(height)), 1, second, theme.quiet);
        if model.areas().talk.is_none() && height > 5 {
            put_cut(buffer, row(5), 1, "Others find you by name or id:", theme.quiet);
            put_cut(buffer, row(6.min(height)), 1, &plain(&model.me.sub), theme.strong);
        }
        return;
    }
    let shown = usize::from((height / ROWS).max(1));
    let selected = listed.iter().position(|one| Some(one.id.as_str()) == model.selected());
    let first = selected.map_or(0, |at| (at + 1).saturating_sub(shown));
    for (index, one) in listed.into_iter().enumerate().skip(first).take(shown) {
        let y = 1 + u16::try_from(index - first).unwrap_or(u16::MAX).saturating_mul(ROWS);
        let height = ROWS.min(area.height.saturating_sub(y));
        let area = Rect { y: area.y + y, height, ..area };
        conversation(model, theme, one, area, buffer);
        if selected == Some(index) {
            let style = match model.focus {
                Focus::List => theme.selected,
                Focus::Talk => theme.selected_elsewhere,
            };
            buffer.set_style(area.intersection(buffer.area), style);
        }
    }
}

fn conversation(model: &Model, theme: &Theme, one: &Conversation, area: Rect, buffer: &mut Buffer) {
    let me = &model.me.sub;
    let first = Rect { height: 1.min(area.height), ..area };
    let presence = one.partner(me).and_then(|partner| model.presence(&partner.sub));
    match presence {
        Some(presence) if presence.online => put(buffer, first, 0, " ●", theme.online),
        Some(_) => put(buffer, first, 0, " ○", theme.quiet),
        None => 0,
    };
    let touched = one.touched();
    let time =
        if touched == 0 { String::new() } else { times::short(&model.zone, touched, model.now) };
    let left = put_right(buffer, first, &format!("{time} "), theme.quiet);
    let style = if one.unread > 0 { theme.strong } else { ratatui::style::Style::new() };
    put_cut(buffer, left, 3, &one.title(me), style);

    if area.height < 2 {
        return;
    }
    let second = Rect { y: area.y + 1, height: 1, ..area };
    let count = match one.unread {
        0 => String::new(),
        many if many > MANY => format!("{MANY}+ "),
        some => format!("{some} "),
    };
    let left = put_right(buffer, second, &count, theme.unread);
    put_cut(buffer, left, 3, &preview(one, me), theme.quiet);
}

/// What is going on there, in one line.
fn preview(one: &Conversation, me: &str) -> String {
    let text = one.draft.text().trim();
    if !text.is_empty() {
        return format!("Draft: {}", in_one_line(text));
    }
    if one.typing().next().is_some() {
        return "typing…".to_owned();
    }
    if let Some(outgoing) = one.outgoing.last() {
        return format!("You: {}", in_one_line(&outgoing.written));
    }
    match &one.last {
        Some(last) if last.from_sub == me => format!("You: {}", in_one_line(&last.text)),
        Some(last) if one.partner(me).is_none() => {
            format!("{}: {}", one.name_of(&last.from_sub), in_one_line(&last.text))
        }
        Some(last) => in_one_line(&last.text),
        None => String::new(),
    }
}

/// The beginning of a text, enough for any screen, without its breaks.
fn in_one_line(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}
