//! JPEG: of the application's segments, JFIF, Adobe's colours and the profile
//! of colours stay. Of Exif stays which way up the picture is.

use image::metadata::Orientation;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;

pub(super) fn clean(bytes: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes.strip_prefix(&[0xff, START])?;
    to.extend_from_slice(&[0xff, START]);
    let mut orientation = None;
    // Where Exif has its place: behind JFIF.
    let mut exif_at = to.len();
    loop {
        let (marker, after) = marker(rest)?;
        if marker == END {
            to.extend_from_slice(&[0xff, END]);
            break;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let (segment, after) = after.split_at_checked(length)?;
        let content = segment.get(2..)?;
        match marker {
            0xe1 if orientation.is_none() => {
                orientation =
                    content.strip_prefix(b"Exif\0\0").and_then(Orientation::from_exif_chunk);
            }
            marker if stays(marker, content) => {
                to.extend_from_slice(&[0xff, marker]);
                to.extend_from_slice(segment);
                if marker == 0xe0 {
                    exif_at = to.len();
                }
            }
            _ => {}
        }
        rest = after;
        if marker == SCAN {
            let length = scan(rest)?;
            to.extend_from_slice(&rest[..length]);
            rest = &rest[length..];
        }
    }
    if let Some(orientation) = orientation.filter(|one| *one != Orientation::NoTransforms) {
        to.splice(exif_at..exif_at, exif(orientation.to_exif()));
    }
    Some(())
}

/// The next marker, and what follows it. Any number of fill bytes goes before.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let fill = bytes.iter().take_while(|byte| **byte == 0xff).count();
    let (marker, rest) = bytes.get(fill..)?.split_first()?;
    // Only these have a length, or are the end.
    let known = matches!(marker, 0xc0..=0xcf | END..=0xfe) && !matches!(marker, 0xc8);
    (fill > 0 && known).then_some((*marker, rest))
}

fn stays(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xe0 => content.starts_with(b"JFIF\0"),
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        0xe1..=0xef | COMMENT => false,
        // Reserved for extensions that nobody uses.
        0xf0..=0xfd => false,
        _ => true,
    }
}

/// How long the coded pixels are that begin here.
fn scan(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|two| two[0] == 0xff && !matches!(two[1], 0 | 0xd0..=0xd7 | 0xff))
}

/// A segment of Exif that says which way up a picture is, and nothing else.
fn exif(orientation: u8) -> [u8; 36] {
    let mut segment = *b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\
        \0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    segment[29] = orientation;
    segment
}
