//! Pictures as people and their enemies send them.

#![expect(clippy::unwrap_used, reason = "a broken test fails")]

use std::io::Cursor;

use aizuchi_media::{Format, Kind, Limits, NoPicture, Picture, THUMBNAIL_SIDE, read, sniff};
use image::{
    DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::gif::GifEncoder,
};

const LIMITS: Limits = Limits { pixels: 4_000_000, memory: 16_000_000 };
const SECRET: &[u8] = b"35.6586N 139.7454E, by Somebody";

/// Left half red, right half blue, above a line of white.
fn painted(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match () {
        () if y < height / 8 => Rgb([255, 255, 255]),
        () if x < width / 2 => Rgb([220, 20, 20]),
        () => Rgb([20, 20, 220]),
    })
}

fn written(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().to_rgb8()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn inserted(bytes: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    [&bytes[..at], part, &bytes[at..]].concat()
}

/// A segment of Exif with an orientation, and a secret behind it.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(SECRET);
    segment(0xe1, &[b"Exif\0\0", &tiff[..]].concat())
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let mut sum = u32::MAX;
    for byte in kind.iter().chain(content) {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    [&length[..], kind, content, &(!sum).to_be_bytes()].concat()
}

#[test]
fn a_jpeg_tells_nothing_but_its_pixels() {
    let plain = written(painted(800, 600), ImageFormat::Jpeg);
    let mut told = inserted(&plain, 2, &exif(1));
    told = inserted(&told, 2, &segment(0xfe, SECRET));
    told = inserted(&told, 2, &segment(0xed, &[b"Photoshop 3.0\0", SECRET].concat()));
    told =
        inserted(&told, 2, &segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()));
    told.extend(SECRET);
    assert!(holds(&told, SECRET));
    let picture = read(Format::Jpeg, &told, LIMITS).unwrap();
    assert!(!holds(&picture.bytes, SECRET));
    assert_eq!(decoded(&picture.bytes), decoded(&plain), "every pixel is the same");
    assert_eq!((picture.width, picture.height), (800, 600));
    let small = picture.thumbnail.unwrap();
    assert_eq!(sniff(&small), Kind::Picture(Format::Jpeg));
    assert!(!holds(&small, SECRET) && !holds(&small, b"Exif"));
    assert_eq!(decoded(&small).dimensions(), (512, 384));
}

#[test]
fn a_turned_jpeg_stays_turned() {
    let turned = inserted(&written(painted(800, 600), ImageFormat::Jpeg), 2, &exif(6));
    let picture = read(Format::Jpeg, &turned, LIMITS).unwrap();
    assert_eq!((picture.width, picture.height), (600, 800));
    assert!(!holds(&picture.bytes, SECRET));
    // What was above is on the right now.
    let small = decoded(&picture.thumbnail.unwrap());
    assert_eq!(small.dimensions(), (384, 512));
    let Rgb(corner) = *small.get_pixel(380, 256);
    assert!(corner.iter().all(|part| *part > 200), "{corner:?}");
    // And the file itself says so to whoever shows it.
    let again = read(Format::Jpeg, &picture.bytes, LIMITS).unwrap();
    assert_eq!((again.width, again.height), (600, 800));
    assert_eq!(again.bytes, picture.bytes);
}

#[test]
fn a_png_tells_nothing_but_its_pixels() {
    let plain = written(painted(700, 100), ImageFormat::Png);
    let behind_head = 8 + 25;
    let mut told = inserted(&plain, behind_head, &chunk(b"tEXt", SECRET));
    told = inserted(&told, behind_head, &chunk(b"eXIf", SECRET));
    told = inserted(&told, behind_head, &chunk(b"zzZz", SECRET));
    told.extend(SECRET);
    let Picture { bytes, thumbnail, .. } = read(Format::Png, &told, LIMITS).unwrap();
    assert!(!holds(&bytes, SECRET));
    assert_eq!(decoded(&bytes), decoded(&plain));
    let small = decoded(&thumbnail.unwrap());
    assert_eq!(small.width(), THUMBNAIL_SIDE);
}

#[test]
fn a_webp_tells_nothing_but_its_pixels() {
    let plain = written(painted(100, 100), ImageFormat::WebP);
    let simple = &plain[12..];
    let tell = |kind: &[u8; 4]| {
        let length = u32::try_from(SECRET.len()).unwrap().to_le_bytes();
        let pad: &[u8] = if SECRET.len() % 2 == 1 { b"\0" } else { b"" };
        [&kind[..], &length, SECRET, pad].concat()
    };
    // Flags, and the size less one, in 24 bits each.
    let extended = [&b"VP8X\x0a\0\0\0\x0c\0\0\0\x63\0\0\x63\0\0"[..], simple].concat();
    let content = [&extended[..], &tell(b"EXIF"), &tell(b"XMP ")].concat();
    let length = u32::try_from(content.len() + 4).unwrap().to_le_bytes();
    let told = [b"RIFF", &length[..], b"WEBP", &content, SECRET].concat();
    let picture = read(Format::WebP, &told, LIMITS).unwrap();
    assert!(!holds(&picture.bytes, SECRET));
    assert_eq!(decoded(&picture.bytes), decoded(&plain));
    assert_eq!(picture.thumbnail, None, "it is small itself");
}

#[test]
fn a_gif_moves_on_and_tells_nothing() {
    let mut plain = Vec::new();
    let frames =
        [10, 200].map(|red| Frame::new(RgbaImage::from_pixel(20, 10, Rgba([red, 0, 0, 255]))));
    GifEncoder::new(&mut plain).encode_frames(frames).unwrap();
    let mut comment = vec![b'!', 0xfe, u8::try_from(SECRET.len()).unwrap()];
    comment.extend([SECRET, b"\0"].concat());
    let told = [&plain[..plain.len() - 1], &comment, b";", SECRET].concat();
    let picture = read(Format::Gif, &told, LIMITS).unwrap();
    assert_eq!(picture.bytes, plain);
    assert_eq!((picture.width, picture.height), (20, 10));
}

#[test]
fn what_shines_through_is_white_in_the_small_picture() {
    let clear = RgbaImage::from_pixel(1_000, 1_000, Rgba([0, 0, 0, 0]));
    let picture = read(Format::Png, &written(clear, ImageFormat::Png), LIMITS).unwrap();
    let Rgb(pixel) = *decoded(&picture.thumbnail.unwrap()).get_pixel(9, 9);
    assert_eq!(pixel, [255; 3]);
}

#[test]
fn half_a_picture_is_none() {
    for (format, kind) in [
        (Format::Jpeg, ImageFormat::Jpeg),
        (Format::Png, ImageFormat::Png),
        (Format::Gif, ImageFormat::Gif),
        (Format::WebP, ImageFormat::WebP),
    ] {
        let whole = written(painted(64, 64), kind);
        read(format, &whole, LIMITS).unwrap();
        for length in 0..whole.len() {
            assert!(read(format, &whole[..length], LIMITS).is_err(), "{format:?} {length}");
        }
    }
}

#[test]
fn broken_bytes_break_nothing() {
    for (format, kind) in [
        (Format::Jpeg, ImageFormat::Jpeg),
        (Format::Png, ImageFormat::Png),
        (Format::Gif, ImageFormat::Gif),
        (Format::WebP, ImageFormat::WebP),
    ] {
        let whole = written(painted(32, 32), kind);
        for at in 0..whole.len() {
            for byte in [0, 0x7f, 0xff] {
                let mut broken = whole.clone();
                broken[at] = byte;
                // Whatever it is, it is answered, and within the limits.
                if let Ok(picture) = read(format, &broken, LIMITS) {
                    let pixels = u64::from(picture.width) * u64::from(picture.height);
                    assert!(pixels <= LIMITS.pixels);
                }
            }
        }
    }
}

/// A PNG of 60,000 × 60,000 pixels in some bytes.
#[test]
fn a_huge_picture_in_a_small_file_is_not_unpacked() {
    let mut head = Vec::new();
    head.extend(60_000_u32.to_be_bytes());
    head.extend(60_000_u32.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let parts =
        [chunk(b"IHDR", &head), chunk(b"IDAT", b"x\x9c\x03\0\0\0\0\x01"), chunk(b"IEND", b"")];
    let huge = [&b"\x89PNG\r\n\x1a\n"[..], &parts.concat()].concat();
    let refused = read(Format::Png, &huge, LIMITS);
    assert!(matches!(refused, Err(NoPicture::TooLarge)), "{refused:?}");
    // Honest ones over the limit, too.
    let honest = written(painted(2_001, 2_000), ImageFormat::Jpeg);
    let refused = read(Format::Jpeg, &honest, LIMITS);
    assert!(matches!(refused, Err(NoPicture::TooLarge)), "{refused:?}");
}

#[test]
fn a_file_that_lies_is_no_picture() {
    let page = b"<html><script>alert(1)</script></html>";
    for (format, begins) in [
        (Format::Png, &b"\x89PNG\r\n\x1a\n"[..]),
        (Format::Jpeg, b"\xff\xd8\xff\xe0"),
        (Format::Gif, b"GIF89a"),
        (Format::WebP, b"RIFF\x40\0\0\0WEBPVP8 "),
    ] {
        let lie = [begins, page].concat();
        assert_eq!(sniff(&lie), Kind::Picture(format), "it begins like one");
        assert!(read(format, &lie, LIMITS).is_err(), "{format:?}");
    }
    // A picture with a page behind it keeps nothing of the page.
    let both = [&written(painted(8, 8), ImageFormat::Png)[..], page].concat();
    assert!(!holds(&read(Format::Png, &both, LIMITS).unwrap().bytes, b"script"));
}
