//! Draws the state.

mod bars;
mod help;
mod list;
mod talk;
mod theme;
mod times;

#[cfg(test)]
mod tests;

use std::num::NonZeroU16;

use ratatui::{
    Frame,
    buffer::{Buffer, CellDiffOption},
    layout::Rect,
    style::Style,
};

pub(super) use self::theme::Theme;
use super::{model::Model, text};

/// Draws the whole screen.
pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let areas = model.areas();
    let buffer = frame.buffer_mut();
    if let Some(area) = areas.list {
        list::draw(model, theme, area, buffer);
    }
    if let Some(area) = areas.border {
        for y in area.top()..area.bottom() {
            put(buffer, Rect { y, height: 1, ..area }, 0, "│", theme.rule);
        }
    }
    let mut cursor = None;
    if let Some(areas) = &areas.talk {
        cursor = talk::draw(model, theme, areas, buffer);
    }
    cursor = bars::draw(model, theme, areas.status, buffer).or(cursor);
    if model.shows_help {
        help::draw(theme, frame.area(), frame.buffer_mut());
        cursor = None;
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Writes on the first row of `area`, from column `x` of it on, as far as there
/// is room, and gives the column after it.
fn put(buffer: &mut Buffer, area: Rect, mut x: u16, text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return x;
    }
    for (_, one) in text::clusters(text) {
        let Ok(wide @ 1..) = u16::try_from(text::cells(one)) else { continue };
        // All text is harmless by now. If it were not, it would end here.
        if one.contains(char::is_control) {
            continue;
        }
        if x.saturating_add(wide) > area.width {
            break;
        }
        let cell = &mut buffer[(area.x + x, area.y)];
        cell.set_symbol(one).set_style(style);
        if text::HALF_WIDTH_MARKS.iter().any(|mark| one.starts_with(*mark)) {
            // Else the screen takes it for wider than it is.
            cell.set_diff_option(CellDiffOption::ForcedWidth(NonZeroU16::MIN));
        }
        for hidden in 1..wide {
            buffer[(area.x + x + hidden, area.y)].reset();
        }
        x += wide;
    }
    x
}

/// Likewise, cut with a sign where there is no room.
fn put_cut(buffer: &mut Buffer, area: Rect, x: u16, text: &str, style: Style) -> u16 {
    let room = usize::from(area.width.saturating_sub(x));
    put(buffer, area, x, &text::cut(text, room), style)
}

/// Writes at the right end of the first row of `area`, and gives what is left of it.
fn put_right(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> Rect {
    let width = u16::try_from(text::width(text)).unwrap_or(u16::MAX);
    if width == 0 || width >= area.width {
        return area;
    }
    put(buffer, area, area.width - width, text, style);
    Rect { width: area.width - width - 1, ..area }
}

/// A line across `area` with `label` in its middle.
fn rule(buffer: &mut Buffer, area: Rect, label: &str, line: Style, style: Style) {
    let width = usize::from(area.width);
    put(buffer, area, 0, &"─".repeat(width), line);
    if label.is_empty() {
        return;
    }
    let label = format!(" {} ", text::cut(label, width.saturating_sub(2)));
    let x = width.saturating_sub(text::width(&label)) / 2;
    put(buffer, area, u16::try_from(x).unwrap_or_default(), &label, style);
}
