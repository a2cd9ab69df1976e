//! What a file is, by its first bytes.

/// How many of the first bytes [`sniff`] wants.
pub const SNIFFED: usize = 8 * 1024;
/// The type of a file of which nothing better is known.
pub const UNKNOWN: &str = "application/octet-stream";
const TEXT: &str = "text/plain";

/// The kinds of picture that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}

/// What a file says it is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Maybe a picture; [`crate::read`] knows.
    Picture(Format),
    /// A file of this media type. None of these is ever run by a browser.
    File(&'static str),
}

/// Types that are told. What a browser might run, pages and drawings with
/// scripts in them among it, is not here and so is [`UNKNOWN`].
const TOLD: &[&str] = &[
    "application/epub+zip",
    "application/gzip",
    "application/msword",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-bzip2",
    "application/x-tar",
    "application/x-xz",
    "application/zip",
    "application/zstd",
    "audio/aac",
    "audio/m4a",
    "audio/midi",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-flac",
    "audio/x-wav",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/webm",
    "video/x-matroska",
    "video/x-msvideo",
];

/// What a file is, by its first [`SNIFFED`] bytes, or all of a shorter one.
pub fn sniff(first: &[u8]) -> Kind {
    let first = &first[..first.len().min(SNIFFED)];
    let found = infer::get(first).map(|kind| kind.mime_type());
    match found {
        Some("image/jpeg") => Kind::Picture(Format::Jpeg),
        Some("image/png") => Kind::Picture(Format::Png),
        Some("image/gif") => Kind::Picture(Format::Gif),
        Some("image/webp") => Kind::Picture(Format::WebP),
        Some(found) => {
            let told = TOLD.iter().find(|told| **told == found);
            Kind::File(told.copied().unwrap_or(UNKNOWN))
        }
        None if is_text(first) => Kind::File(TEXT),
        None => Kind::File(UNKNOWN),
    }
}

/// Text in UTF-8 that begins like no markup.
fn is_text(first: &[u8]) -> bool {
    let text = match str::from_utf8(first) {
        Ok(text) => text,
        // A character may be cut where the first bytes end.
        Err(error) if error.error_len().is_none() && first.len() == SNIFFED => {
            str::from_utf8(&first[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let begins = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    !begins.is_empty() && !begins.starts_with('<') && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n"[..], Kind::Picture(Format::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Picture(Format::Jpeg)),
            (b"GIF89a\x01\0\x01\0", Kind::Picture(Format::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::Picture(Format::WebP)),
            (b"%PDF-1.7\n", Kind::File("application/pdf")),
            (b"PK\x03\x04\x14\0\0\0", Kind::File("application/zip")),
            ("こんにちは\n".as_bytes(), Kind::File("text/plain")),
            (b"\0\0\0\0", Kind::File(UNKNOWN)),
            (b"", Kind::File(UNKNOWN)),
            (b"\xff\xfe\xfd", Kind::File(UNKNOWN)),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn what_a_browser_might_run_is_told_as_nothing() {
        for bytes in [
            "<!DOCTYPE html><script>alert(1)</script>",
            "<html><body>",
            " \n\u{feff}<ScRiPt>alert(1)</ScRiPt>",
            "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>",
            "<svg onload=alert(1)>",
            "<!-- x --><svg/>",
        ] {
            assert_eq!(sniff(bytes.as_bytes()), Kind::File(UNKNOWN), "{bytes}");
        }
        for program in
            [&b"\x7fELF\x02\x01\x01"[..], b"MZ\x90\0", b"\0asm\x01\0\0\0", b"#!/bin/sh\n"]
        {
            assert!(matches!(sniff(program), Kind::File(UNKNOWN | TEXT)), "{program:?}");
        }
    }

    #[test]
    fn a_character_may_be_cut_at_the_end() {
        let text = "é".repeat(SNIFFED);
        assert_eq!(sniff(&[b"a", text.as_bytes()].concat()), Kind::File(TEXT));
        assert_eq!(sniff(&"é".as_bytes()[..1]), Kind::File(UNKNOWN));
    }
}
