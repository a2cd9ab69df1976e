//! Texts, compressed.

use std::io::Read as _;

use aizuchi_core::limits::MESSAGE_BYTES;
use brotli::enc::{BrotliEncoderParams, backward_references::BrotliEncoderMode::BROTLI_MODE_TEXT};

/// Shorter texts hardly shrink, and are not worth the time.
const SHORTEST: usize = 64;
/// What a message is read and written with at once.
const BUFFER: usize = 4096;
/// The highest but one: shorter by a fifth than those below, and faster; the
/// highest takes twice as long for a few bytes.
const QUALITY: i32 = 10;
/// A window of 64 KB, more than a message has.
const WINDOW_BITS: i32 = 16;

/// A shorter form of `text`, if there is one.
pub(super) fn compressed(text: &str) -> Option<Vec<u8>> {
    if text.len() < SHORTEST {
        return None;
    }
    let params = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW_BITS,
        mode: BROTLI_MODE_TEXT,
        size_hint: text.len(),
        ..BrotliEncoderParams::default()
    };
    let mut out = Vec::with_capacity(text.len());
    brotli::BrotliCompress(&mut text.as_bytes(), &mut out, &params).ok()?;
    (out.len() < text.len()).then_some(out)
}

/// The text that was compressed; never more than a message may have.
pub(super) fn expanded(compressed: &[u8]) -> Result<String, &'static str> {
    let mut text = Vec::new();
    let reader = brotli::Decompressor::new(compressed, BUFFER);
    let mut reader = reader.take(MESSAGE_BYTES as u64 + 1);
    reader.read_to_end(&mut text).map_err(|_| "compressed in a way that cannot be read")?;
    if text.len() > MESSAGE_BYTES {
        return Err("longer than a message may be");
    }
    String::from_utf8(text).map_err(|_| "no text")
}
