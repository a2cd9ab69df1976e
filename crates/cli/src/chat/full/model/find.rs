//! Finding a place in what is here of the open conversation.

use super::{Bar, Key, Model};
use crate::chat::full::{editor::Editor, text};

/// What is looked for, and where it was found.
#[derive(Debug, Default)]
pub(in crate::chat::full) struct Find {
    pub(in crate::chat::full) sought: Editor,
    /// The message that is shown.
    pub(in crate::chat::full) at: Option<u64>,
}

impl Find {
    pub(in crate::chat::full) fn sought(&self) -> String {
        self.sought.text().to_lowercase()
    }
}

impl Model {
    /// The messages that hold what is looked for, ascending by seq.
    pub(in crate::chat::full) fn hits(&self) -> Vec<u64> {
        let (Bar::Find(find), Some(open)) = (&self.bar, self.open()) else { return Vec::new() };
        let sought = find.sought();
        let messages = open.messages.iter();
        let hits = messages.filter(|message| !text::find(&message.text, &sought).is_empty());
        hits.map(|message| message.seq).collect()
    }

    /// Shows the next message that holds it, upwards unless told otherwise; the
    /// last one first.
    pub(super) fn find_next(&mut self, down: bool) {
        let hits = self.hits();
        let Bar::Find(find) = &mut self.bar else { return };
        let next = match find.at {
            None => hits.last(),
            Some(at) if down => hits.iter().find(|hit| **hit > at),
            Some(at) => hits.iter().rev().find(|hit| **hit < at),
        };
        let Some(&next) = next else {
            if !down {
                // Perhaps what is looked for was said earlier.
                self.load_earlier();
            }
            return;
        };
        find.at = Some(next);
        self.show(next);
    }

    /// What is looked for has changed.
    pub(super) fn find_anew(&mut self) {
        if let Bar::Find(find) = &mut self.bar {
            find.at = None;
        }
        self.find_next(false);
    }

    fn show(&mut self, seq: u64) {
        let place =
            self.rows().map(|(rows, height)| rows.around(Key::Seq(seq), height / 2, height));
        if let Some((open, place)) = self.open_mut().zip(place) {
            open.place = place;
        }
    }
}
