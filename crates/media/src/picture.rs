//! Reading pictures within limits.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Rgb, RgbImage, codecs::jpeg::JpegEncoder,
};

use crate::{Format, clean};

/// The longer side of a small picture, in pixels, at most.
pub const THUMBNAIL_SIDE: u32 = 512;
/// The media type of every small picture.
pub const THUMBNAIL_TYPE: &str = "image/jpeg";
const THUMBNAIL_QUALITY: u8 = 80;
/// A picture of so few bytes and no more than the side of a small one needs none.
const SMALL_BYTES: usize = 48 * 1024;

/// What reading one picture may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Pixels, whatever the file's own size.
    pub pixels: u64,
    /// Memory for what is decoded, in bytes.
    pub memory: u64,
}

impl Limits {
    /// For so many pixels, each of at most four bytes.
    pub fn of_pixels(pixels: u64) -> Self {
        Self { pixels, memory: pixels.saturating_mul(4) }
    }
}

/// A picture that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file without what it told of its maker.
    pub bytes: Vec<u8>,
    /// Pixels across, the way up it is shown.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// A small one, of [`THUMBNAIL_TYPE`]; none of a picture that is small.
    pub thumbnail: Option<Vec<u8>>,
}

/// Why a file is no picture, for an operator who wonders.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// Its parts do not follow on each other, or it ends too early.
    #[error("it is broken")]
    Broken,
    /// It would cost too much to read.
    #[error("it is larger than what is read")]
    TooLarge,
    /// Its pixels cannot be decoded.
    #[error("it cannot be decoded")]
    Undecodable(#[source] image::ImageError),
}

impl From<image::ImageError> for NoPicture {
    fn from(error: image::ImageError) -> Self {
        match error {
            image::ImageError::Limits(_) => Self::TooLarge,
            error => Self::Undecodable(error),
        }
    }
}

/// Reads a picture: leaves out what it tells beside its pixels, decodes it
/// (of an animation the first picture) and makes a small one.
///
/// What is left out goes before anything is decoded, so that nothing in it is
/// unpacked. Takes as long as decoding does, up to seconds.
pub fn read(format: Format, bytes: &[u8], limits: Limits) -> Result<Picture, NoPicture> {
    let bytes = clean::clean(format, bytes).ok_or(NoPicture::Broken)?;
    let mut reader = ImageReader::new(Cursor::new(&bytes));
    reader.set_format(match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
    });
    let mut bounds = image::Limits::no_limits();
    bounds.max_alloc = Some(limits.memory);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > limits.pixels || decoder.total_bytes() > limits.memory {
        return Err(NoPicture::TooLarge);
    }
    let orientation = decoder.orientation()?;
    let image = DynamicImage::from_decoder(decoder)?;
    let small = width.max(height) <= THUMBNAIL_SIDE;
    let thumbnail = if small && bytes.len() <= SMALL_BYTES {
        None
    } else {
        // Turned when it is small: a turn takes as much memory again.
        let mut tiny = if small { image } else { image.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE) };
        tiny.apply_orientation(orientation);
        Some(encode(&tiny)?)
    };
    let turned = orientation.to_exif() >= 5;
    let (width, height) = if turned { (height, width) } else { (width, height) };
    Ok(Picture { bytes, width, height, thumbnail })
}

fn encode(image: &DynamicImage) -> Result<Vec<u8>, NoPicture> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY);
    on_white(image).write_with_encoder(encoder)?;
    Ok(bytes)
}

/// JPEG knows nothing of what shines through.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u16::from);
        let over = |part: u16| u8::try_from((part * alpha + 255 * (255 - alpha)) / 255);
        Rgb([red, green, blue].map(|part| over(part).unwrap_or(u8::MAX)))
    })
}
