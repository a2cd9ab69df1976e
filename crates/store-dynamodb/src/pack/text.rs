//! Texts, compressed.
//!
//! A message is too short to be compressed well by itself: most of what it says
//! it says once. So each is compressed as if it went on after a text that all
//! have in common, [`DICTIONARY`], beside the words that Brotli knows anyway.

use std::io::Read as _;

use aizuchi_core::limits::MESSAGE_BYTES;
use brotli::enc::{
    BrotliEncoderParams, StandardAlloc,
    backward_references::BrotliEncoderMode::BROTLI_MODE_TEXT,
    encode::{BrotliEncoderOperation::BROTLI_OPERATION_FINISH, BrotliEncoderStateStruct},
};

/// What people often write, in Japanese and in English. It never changes, since
/// what was compressed with it refers to it; another one is another kind of entry.
const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");
/// Shorter texts hardly shrink, and are not worth the time.
const SHORTEST: usize = 64;
/// What a message is read with at once.
const BUFFER: usize = 4096;
/// The highest: a page of messages is read more often than each is written.
const QUALITY: i32 = 11;
/// A window of 64 KB, more than the dictionary and a message have.
const WINDOW_BITS: i32 = 16;

/// A shorter form of `text`, if there is one.
pub(super) fn compressed(text: &str) -> Option<Vec<u8>> {
    if text.len() < SHORTEST {
        return None;
    }
    let mut encoder = BrotliEncoderStateStruct::new(StandardAlloc::default());
    encoder.params = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW_BITS,
        mode: BROTLI_MODE_TEXT,
        size_hint: text.len(),
        ..BrotliEncoderParams::default()
    };
    encoder.set_custom_dictionary(DICTIONARY.len(), DICTIONARY);
    // A dictionary of one's own puts away the built-in one, which is of use too.
    encoder.params.use_dictionary = true;
    // What does not fit is not shorter.
    let mut out = vec![0; text.len() - 1];
    let (mut left, mut at) = (text.len(), 0);
    let (mut room, mut length) = (out.len(), 0);
    let done = encoder.compress_stream(
        BROTLI_OPERATION_FINISH,
        &mut left,
        text.as_bytes(),
        &mut at,
        &mut room,
        &mut out,
        &mut length,
        &mut None,
        &mut |_, _, _, _| (),
    );
    if !done || !encoder.is_finished() {
        return None;
    }
    out.truncate(length);
    // What could not be read again would be lost, and looking costs little.
    (expanded(&out).as_deref() == Ok(text)).then_some(out)
}

/// The text that was compressed; never more than a message may have.
pub(super) fn expanded(compressed: &[u8]) -> Result<String, &'static str> {
    let mut text = Vec::new();
    let dictionary = DICTIONARY.to_vec().into();
    let reader = brotli::Decompressor::new_with_custom_dict(compressed, BUFFER, dictionary);
    let mut reader = reader.take(MESSAGE_BYTES as u64 + 1);
    reader.read_to_end(&mut text).map_err(|_| "compressed in a way that cannot be read")?;
    if text.len() > MESSAGE_BYTES {
        return Err("longer than a message may be");
    }
    String::from_utf8(text).map_err(|_| "no text")
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_dictionary_stays_as_it_is() {
        let digest: String =
            Sha256::digest(DICTIONARY).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "bfbf9b7f3f631250cdcad624b83801caa54dd044f9b970863aefc86c2f5ca733");
    }

    /// Whether the text refers to itself, to the dictionary or to Brotli's own words.
    #[test]
    fn texts_of_every_length_come_back() {
        let dictionary = std::str::from_utf8(DICTIONARY).unwrap();
        let long =
            dictionary.to_owned() + "international government, Änderungen, 你好世界。" + dictionary;
        let longest = long.repeat(2);
        let cut = |from: usize, length: usize| {
            let from = longest.floor_char_boundary(from);
            let text = &longest[from..];
            &text[..text.floor_char_boundary(length)]
        };
        for length in [SHORTEST + 4, 600, 4_000, 12_000, 20_000, MESSAGE_BYTES] {
            for from in [0, 1_000, 5_000, 11_000, 12_000] {
                let text = cut(from, length);
                let shorter =
                    compressed(text).unwrap_or_else(|| panic!("{length} from {from}: {text}"));
                assert!(shorter.len() < text.len());
                assert_eq!(expanded(&shorter).as_deref(), Ok(text));
            }
        }
    }
}
