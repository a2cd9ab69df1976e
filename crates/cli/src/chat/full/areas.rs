//! What is where on the screen.

use ratatui::layout::Rect;

use super::model::{Focus, Model};

/// From this many columns on the list stands beside the conversation.
const WIDE: u16 = 72;
const LIST: (u16, u16) = (24, 38);
/// With fewer rows there are no lines between the parts.
const TALL: u16 = 10;
/// Before and after what is written: a sign, and room for the cursor.
const COMPOSER_MARGINS: (u16, u16) = (2, 1);

pub(super) struct Areas {
    pub(super) list: Option<Rect>,
    /// Between the two.
    pub(super) border: Option<Rect>,
    pub(super) talk: Option<Talk>,
    pub(super) status: Rect,
}

pub(super) struct Talk {
    pub(super) header: Rect,
    pub(super) upper_rule: Option<Rect>,
    pub(super) log: Rect,
    pub(super) lower_rule: Option<Rect>,
    /// The sign before the text.
    pub(super) prompt: Rect,
    pub(super) composer: Rect,
}

/// Takes the first `height` rows off.
fn take_rows(area: &mut Rect, height: u16) -> Rect {
    let height = height.min(area.height);
    let taken = Rect { height, ..*area };
    (area.y, area.height) = (area.y + height, area.height - height);
    taken
}

pub(super) fn areas(model: &Model) -> Areas {
    let (columns, rows) = model.size;
    let mut rest = Rect::new(0, 0, columns, rows);
    let main = take_rows(&mut rest, rows.saturating_sub(1));
    let status = rest;
    if columns < WIDE {
        let shows_talk = model.focus == Focus::Talk && model.open().is_some();
        return Areas {
            list: (!shows_talk).then_some(main),
            border: None,
            talk: shows_talk.then(|| talk(model, main)),
            status,
        };
    }
    let width = (columns / 3).clamp(LIST.0, LIST.1);
    let right = Rect { x: width + 1, width: columns - width - 1, ..main };
    Areas {
        list: Some(Rect { width, ..main }),
        border: Some(Rect { x: width, width: 1, ..main }),
        talk: Some(talk(model, right)),
        status,
    }
}

fn talk(model: &Model, mut rest: Rect) -> Talk {
    let is_tall = rest.height >= TALL;
    let (before, after) = COMPOSER_MARGINS;
    let width = rest.width.saturating_sub(before + after);
    let lines = model.open().map_or(1, |open| open.draft.lines(width.into()).len());
    let most = (rest.height / 3).max(1);
    let composer = u16::try_from(lines).unwrap_or(most).min(most);

    let header = take_rows(&mut rest, 1);
    let upper_rule = is_tall.then(|| take_rows(&mut rest, 1));
    let below = composer + u16::from(is_tall);
    let height = rest.height.saturating_sub(below);
    let log = take_rows(&mut rest, height);
    let lower_rule = is_tall.then(|| take_rows(&mut rest, 1));
    Talk {
        header,
        upper_rule,
        log,
        lower_rule,
        prompt: Rect { width: before.min(rest.width), ..rest },
        composer: Rect { x: rest.x + before.min(rest.width), width, ..rest },
    }
}
