//! What of a message later entries change, each an attribute of its own, so
//! that a change writes what it changes and reads nothing.
//!
//! | attribute | bytes |
//! | --- | --- |
//! | words: flags; when it was edited, varint; mentions: how many and who; text, compressed where that is shorter | the rest |
//! | files: the shape, 1; how many; each one's id, flags, size, width and height where it is a picture, name, media type | |
//! | a reaction: the place that gave it, varint; who; emoji | the rest |

use std::sync::Arc;

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Dimensions},
    ids::UserId,
    log::{Emoji, Reaction},
};

use super::{
    numbers::{Reader, put_text, put_varint},
    people::{put_user, user},
    text,
};

const COMPRESSED: u8 = 1;
const MENTIONS: u8 = 1 << 1;
const EDITED: u8 = 1 << 2;
/// The only shape of files there is.
const FILES: u8 = 1;
/// A file is a picture, and there is a small one of it.
const PICTURE: u8 = 1;
const THUMBNAIL: u8 = 1 << 1;

/// The text of a message, whom it mentions, and when it was edited, if it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) text: Arc<str>,
    pub(crate) mentions: Arc<[UserId]>,
    /// In ms since the epoch.
    pub(crate) edited_at: Option<u64>,
}

/// Packs a text, whom it mentions, and when it was edited.
pub(crate) fn pack_words(text: &str, mentions: &[UserId], edited_at: Option<u64>) -> Vec<u8> {
    let mut flags = 0;
    let mut out = vec![0];
    if let Some(at) = edited_at {
        flags |= EDITED;
        put_varint(&mut out, at);
    }
    if !mentions.is_empty() {
        flags |= MENTIONS;
        put_varint(&mut out, mentions.len() as u64);
        mentions.iter().for_each(|user| put_user(&mut out, user));
    }
    match text::compressed(text) {
        Some(compressed) => {
            flags |= COMPRESSED;
            out.extend(compressed);
        }
        None => out.extend(text.as_bytes()),
    }
    out[0] = flags;
    out
}

/// The words that were packed.
pub(crate) fn unpack_words(packed: &[u8]) -> Result<Words, &'static str> {
    let mut from = Reader(packed);
    let flags = from.byte()?;
    if flags & !(COMPRESSED | MENTIONS | EDITED) != 0 {
        return Err("with words that this version does not know");
    }
    let edited_at = if flags & EDITED == 0 { None } else { Some(from.varint()?) };
    let mentions = match flags & MENTIONS {
        0 => Arc::default(),
        _ => {
            let count = from.count()?;
            (0..count).map(|_| user(&mut from)).collect::<Result<_, _>>()?
        }
    };
    let text = match flags & COMPRESSED {
        0 => from.rest()?.into(),
        _ => text::expanded(from.0)?.into(),
    };
    Ok(Words { text, mentions, edited_at })
}

/// Packs the files of a message.
pub(crate) fn pack_files(files: &[Attachment]) -> Vec<u8> {
    let mut out = vec![FILES];
    put_varint(&mut out, files.len() as u64);
    for file in files {
        out.extend(file.id.to_bytes());
        let thumbnail = if file.has_thumbnail { THUMBNAIL } else { 0 };
        out.push(thumbnail | if file.dimensions.is_some() { PICTURE } else { 0 });
        put_varint(&mut out, file.size);
        if let Some(Dimensions { width, height }) = file.dimensions {
            put_varint(&mut out, width.into());
            put_varint(&mut out, height.into());
        }
        put_text(&mut out, &file.name);
        put_text(&mut out, &file.media_type);
    }
    out
}

/// The files that were packed.
pub(crate) fn unpack_files(packed: &[u8]) -> Result<Arc<[Attachment]>, &'static str> {
    let mut from = Reader(packed);
    if from.byte()? != FILES {
        return Err("with files that this version does not know");
    }
    let count = from.count()?;
    (0..count).map(|_| file(&mut from)).collect()
}

fn file(from: &mut Reader<'_>) -> Result<Attachment, &'static str> {
    let id = AttachmentId::from_bytes(from.take::<16>()?);
    let flags = from.byte()?;
    let size = from.varint()?;
    let dimensions = match flags & PICTURE {
        0 => None,
        _ => Some(Dimensions { width: pixels(from)?, height: pixels(from)? }),
    };
    Ok(Attachment {
        id,
        name: from.long_text()?.into(),
        media_type: from.long_text()?.into(),
        size,
        dimensions,
        has_thumbnail: flags & THUMBNAIL != 0,
    })
}

fn pixels(from: &mut Reader<'_>) -> Result<u32, &'static str> {
    u32::try_from(from.varint()?).map_err(|_| "with a picture that is too large")
}

/// Packs a reaction that is given.
pub(crate) fn pack_given(reaction: &Reaction) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, reaction.seq);
    put_user(&mut out, &reaction.user);
    out.extend(reaction.emoji.as_str().as_bytes());
    out
}

/// The reaction that was packed.
pub(crate) fn unpack_given(packed: &[u8]) -> Result<Reaction, &'static str> {
    let mut from = Reader(packed);
    let (seq, user) = (from.varint()?, user(&mut from)?);
    let emoji = Emoji::parse(from.rest()?).ok_or("with no emoji where one is")?;
    Ok(Reaction { seq, user, emoji })
}
