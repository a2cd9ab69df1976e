//! Colours, few of them, from the sixteen that every terminal's user has chosen.

use ratatui::style::{Color, Modifier, Style};

const NAMES: [Color; 5] =
    [Color::Cyan, Color::Magenta, Color::Yellow, Color::Green, Color::LightBlue];

/// How things look.
pub(in crate::chat::full) struct Theme {
    has_colours: bool,
    pub(super) rule: Style,
    pub(super) quiet: Style,
    pub(super) strong: Style,
    pub(super) selected: Style,
    pub(super) selected_elsewhere: Style,
    pub(super) unread: Style,
    pub(super) online: Style,
    pub(super) new: Style,
    pub(super) error: Style,
    pub(super) hit: Style,
}

impl Theme {
    /// With colours, or without any, as `NO_COLOR` wants it.
    pub(in crate::chat::full) fn new(has_colours: bool) -> Self {
        let plain = Style::new();
        let colour = |colour| if has_colours { plain.fg(colour) } else { plain };
        let quiet =
            if has_colours { plain.fg(Color::DarkGray) } else { plain.add_modifier(Modifier::DIM) };
        let strong = plain.add_modifier(Modifier::BOLD);
        Self {
            has_colours,
            rule: quiet,
            quiet,
            strong,
            selected: plain.add_modifier(Modifier::REVERSED),
            selected_elsewhere: plain.add_modifier(Modifier::BOLD),
            unread: colour(Color::Yellow).add_modifier(Modifier::BOLD),
            online: colour(Color::Green),
            new: colour(Color::Red).add_modifier(Modifier::BOLD),
            error: colour(Color::Red),
            hit: plain.add_modifier(Modifier::REVERSED),
        }
    }

    /// Of a person's name; one's own has none.
    pub(super) fn name(&self, sub: &str, is_me: bool) -> Style {
        if is_me || !self.has_colours {
            return self.strong;
        }
        let sum = sub.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
        self.strong.fg(NAMES[sum % NAMES.len()])
    }
}
