//! The open conversation.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::{Theme, put, put_cut, put_right, rule, times};
use crate::chat::{
    full::{
        areas::Talk,
        model::{Bar, Conversation, Focus, Loaded, Model, Place},
        rows::{self, GUTTER, INDENT, Row, Seen, Tick},
        text,
    },
    plain::plain,
};

/// Draws it, and gives the place of the cursor if it is here.
pub(super) fn draw(
    model: &Model,
    theme: &Theme,
    areas: &Talk,
    buffer: &mut Buffer,
) -> Option<Position> {
    let Some(open) = model.open() else {
        nothing_open(model, theme, areas, buffer);
        return None;
    };
    header(model, theme, open, areas.header, buffer);
    for area in [areas.upper_rule, areas.lower_rule].into_iter().flatten() {
        rule(buffer, area, "", theme.rule, theme.rule);
    }
    log(model, theme, areas.log, buffer);
    if let (Place::At { .. }, Some(area)) = (&open.place, areas.lower_rule) {
        put_right(buffer, area, " Ctrl+End: to the end ", theme.quiet);
    }
    composer(model, theme, open, areas, buffer)
}

fn nothing_open(model: &Model, theme: &Theme, areas: &Talk, buffer: &mut Buffer) {
    let me = &model.me;
    let lines = [
        ("Choose a conversation, or press n to begin one.".to_owned(), Style::new()),
        (String::new(), Style::new()),
        ("Others find you by your name, your id or your link:".to_owned(), theme.quiet),
        (me.username.clone(), theme.strong),
        (plain(&me.sub), theme.strong),
        (plain(&model.invite), theme.strong),
    ];
    let area = areas.log;
    let above = area.height.saturating_sub(7) / 2;
    for (row, (line, style)) in (above..area.height).zip(lines) {
        put_cut(buffer, Rect { y: area.y + row, height: 1, ..area }, 2, &line, style);
    }
}

fn header(model: &Model, theme: &Theme, open: &Conversation, area: Rect, buffer: &mut Buffer) {
    let me = &model.me.sub;
    let is_coming = matches!(open.loaded, Loaded::Asked | Loaded::Earlier);
    let left = if is_coming { put_right(buffer, area, "loading… ", theme.quiet) } else { area };
    let elsewhere = model.unread_elsewhere();
    let left = if elsewhere > 0 && model.areas().list.is_none() {
        put_right(buffer, left, &format!("+{elsewhere} "), theme.unread)
    } else {
        left
    };
    let x = put_cut(buffer, left, 1, &open.title(me), theme.strong);
    let partner = open.partner(me);
    let typing: Vec<String> = open.typing().map(|sub| open.name_of(sub)).collect();
    let (state, style) = if !typing.is_empty() {
        match partner {
            Some(_) => ("typing…".to_owned(), theme.online),
            None => (format!("{} typing…", typing.join(", ")), theme.online),
        }
    } else {
        match partner.and_then(|partner| model.presence(&partner.sub)) {
            Some(presence) if presence.online => ("● online".to_owned(), theme.online),
            Some(presence) => match presence.last_seen {
                Some(at) => (times::last_seen(&model.zone, at, model.now), theme.quiet),
                None => ("○ offline".to_owned(), theme.quiet),
            },
            None => return,
        }
    };
    put_cut(buffer, left, x + 2, &state, style);
}

fn log(model: &Model, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let Some((rows, height)) = model.rows() else { return };
    let seen = rows.seen(height);
    if seen.is_empty() && height > 0 {
        let line = match rows.conversation.loaded {
            Loaded::Yes { .. } => "Nothing was said yet.",
            _ => "",
        };
        put_cut(buffer, Rect { height: 1, ..area }, 2, line, theme.quiet);
        return;
    }
    let sought = match &model.bar {
        Bar::Find(find) => find.sought(),
        _ => String::new(),
    };
    // A conversation grows from the bottom.
    let above = area.height.saturating_sub(u16::try_from(seen.len()).unwrap_or(area.height));
    for (y, seen) in (above..area.height).zip(seen) {
        let area = Rect { y: area.y + y, height: 1, ..area };
        row(model, theme, rows.conversation, seen, &sought, area, buffer);
    }
}

fn row(
    model: &Model,
    theme: &Theme,
    open: &Conversation,
    seen: Seen,
    sought: &str,
    area: Rect,
    buffer: &mut Buffer,
) {
    let indent = u16::try_from(INDENT).unwrap_or_default();
    match seen.content {
        Row::Empty => {}
        Row::Day(date) => {
            let name = times::day_name(date, rows::day(&model.zone, model.now));
            rule(buffer, area, &name, theme.rule, theme.quiet);
        }
        Row::New => rule(buffer, area, "new", theme.new, theme.new),
        Row::Heading { sub, at } => {
            let is_me = sub == model.me.sub;
            let name = if is_me { model.me.username.clone() } else { open.name_of(&sub) };
            let x = put_cut(buffer, area, 1, &name, theme.name(&sub, is_me));
            put(buffer, area, x + 2, &times::clock(&model.zone, at), theme.quiet);
        }
        Row::Quote(quote) => {
            put_cut(buffer, area, indent, &format!("↳ {quote}"), theme.quiet);
        }
        Row::Text { text, tick } => {
            put(buffer, area, indent, &text, Style::new());
            for hit in text::find(&text, sought) {
                let x = text::width(&text[..hit.start]);
                let x = indent.saturating_add(u16::try_from(x).unwrap_or(u16::MAX));
                put(buffer, area, x, &text[hit], theme.hit);
            }
            if let Some(tick) = tick {
                let (sign, style) = sign(theme, tick);
                let gutter = u16::try_from(GUTTER).unwrap_or_default();
                put(buffer, area, area.width.saturating_sub(gutter) + 1, sign, style);
            }
        }
        Row::Refusal(why) => {
            put_cut(buffer, area, indent, &why, theme.error);
        }
    }
}

fn sign(theme: &Theme, tick: Tick) -> (&'static str, Style) {
    match tick {
        Tick::Waiting => ("…", theme.quiet),
        Tick::Sent => ("✓", theme.quiet),
        Tick::Read => ("✓✓", theme.online),
        Tick::Refused => ("✗", theme.error),
    }
}

fn composer(
    model: &Model,
    theme: &Theme,
    open: &Conversation,
    areas: &Talk,
    buffer: &mut Buffer,
) -> Option<Position> {
    let area = areas.composer;
    if area.is_empty() {
        return None;
    }
    let has_focus = model.focus == Focus::Talk && matches!(model.bar, Bar::None);
    let style = if has_focus { theme.strong } else { theme.quiet };
    put(buffer, Rect { height: 1, ..areas.prompt }, 0, "› ", style);
    let width = usize::from(area.width);
    let lines = open.draft.lines(width);
    let (line, cell) = open.draft.place(width);
    let height = usize::from(area.height);
    let first = (line + 1).saturating_sub(height).min(lines.len().saturating_sub(height));
    let text = open.draft.text();
    if text.is_empty() {
        let hint = Style::new().patch(theme.quiet).add_modifier(Modifier::ITALIC);
        put_cut(buffer, area, 0, "Write a message", hint);
    }
    for (y, part) in (0..area.height).zip(lines.into_iter().skip(first)) {
        let row = Rect { y: area.y + y, height: 1, ..area };
        put(buffer, row, 0, &text[part].replace('\t', " "), Style::new());
    }
    let x = area.x + u16::try_from(cell).unwrap_or_default();
    let y = area.y + u16::try_from(line - first).unwrap_or_default();
    has_focus.then(|| Position::new(x.min(model.size.0.saturating_sub(1)), y))
}
