//! Files of pictures without what they tell beside their pixels: where and
//! when, by whom and with what they were made, what was on them before, and
//! whatever hangs behind their end.
//!
//! Parts are copied or left out, and no pixel is encoded again. What is kept
//! is listed, so that what nobody thought of is left out. `None` is a file
//! that is no whole picture.

mod gif;
mod jpeg;
mod png;
mod webp;

use crate::Format;

pub(crate) fn clean(format: Format, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(bytes.len());
    match format {
        Format::Jpeg => jpeg::clean(bytes, &mut clean)?,
        Format::Png => png::clean(bytes, &mut clean)?,
        Format::Gif => gif::clean(bytes, &mut clean)?,
        Format::WebP => webp::clean(bytes, &mut clean)?,
    }
    Some(clean)
}
