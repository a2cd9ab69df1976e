//! From where a session is used, for its owner to know his devices by.

use std::sync::Arc;

/// From where a session is used, as far as it was told. Nobody's word but the
/// client's and the network's: nothing is decided by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// Browser and system, as in `Firefox, Linux`; at most [`DEVICE_BYTES`].
    pub device: Option<Arc<str>>,
    /// The network, as in `203.0.113.0/24`; at most [`PLACE_BYTES`].
    pub place: Option<Arc<str>>,
}

/// Longest [`Whereabouts::device`], in bytes.
pub const DEVICE_BYTES: usize = 64;
/// Longest [`Whereabouts::place`], in bytes.
pub const PLACE_BYTES: usize = 48;

impl Whereabouts {
    /// These, and of what they leave out what was known before.
    #[must_use]
    pub fn or(&self, before: &Self) -> Self {
        Self {
            device: self.device.clone().or_else(|| before.device.clone()),
            place: self.place.clone().or_else(|| before.place.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays() {
        let known = Whereabouts { device: Some("a".into()), place: Some("b".into()) };
        let new = Whereabouts { device: None, place: Some("c".into()) };
        let both = Whereabouts { device: Some("a".into()), place: Some("c".into()) };
        assert_eq!(new.or(&known), both);
        assert_eq!(Whereabouts::default().or(&known), known);
    }
}
