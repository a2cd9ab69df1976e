//! What a search found.

use serde::{Deserialize, Serialize};

use crate::text::Text;

frame! {
    /// See [`super::ServerFrame::Search`].
    Search<'a> {
        /// The best first.
        #[serde(borrow)] hits: Vec<Hit<'a>>,
        /// Where the next page begins; absent at the end. A page may have few
        /// hits or none and still not be the last.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] cursor: Option<Text<'a>>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// A message that was looked for.
    Hit<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Its place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// Its name.
        #[serde(borrow)] message_id: Text<'a>,
        /// Who said it.
        #[serde(borrow)] from_sub: Text<'a>,
        /// When the server accepted it, ms since the epoch.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        timestamp: u64,
        /// Its text around the first match, on one line: about 200 characters,
        /// with `…` where it is cut.
        #[serde(borrow)] excerpt: Text<'a>,
        /// Where the matches are in `excerpt`: from and to of each, half open,
        /// in UTF-16 code units, ascending.
        highlights: Vec<(u32, u32)>,
    }
}
