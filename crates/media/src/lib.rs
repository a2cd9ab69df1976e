//! What files are, by their bytes alone; pictures without what they tell of
//! their maker; and small pictures of them.
//!
//! Nothing that is said of a file is asked: neither its name nor the type that
//! its sender gives. A picture is what a decoder reads to its end within its
//! limits. Everything else is a file, which nobody shows in place, and archives
//! are never opened. No I/O, and no async: decoding is work for other threads.

mod clean;
mod picture;
mod sniff;

pub use self::{
    picture::{Limits, NoPicture, Picture, THUMBNAIL_SIDE, THUMBNAIL_TYPE, read},
    sniff::{Format, Kind, SNIFFED, UNKNOWN, sniff},
};
