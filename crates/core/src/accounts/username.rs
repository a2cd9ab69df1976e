//! The name that a person of the built-in pool signs in with.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

/// Longest name, in characters, as typed and folded.
const MOST: usize = 64;

/// A name of 1 to 64 letters, digits, `.`, `_` and `-`, of any script.
///
/// Invariant: two names are the same person's where their folded forms are
/// equal, however they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username {
    shown: Arc<str>,
    folded: Arc<str>,
}

/// A name that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A name is 1 to 64 characters long and made of letters, digits, '.', '_' and '-'.")]
pub struct InvalidUsername;

impl Username {
    /// Takes a name as it was typed.
    pub fn parse(typed: &str) -> Result<Self, InvalidUsername> {
        // Counted before folding, so that the work has a limit.
        if typed.chars().nth(MOST).is_some() {
            return Err(InvalidUsername);
        }
        let mut length = 0;
        for c in typed.nfkc() {
            length += 1;
            if !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-')) {
                return Err(InvalidUsername);
            }
        }
        if !(1..=MOST).contains(&length) {
            return Err(InvalidUsername);
        }
        Ok(Self { shown: typed.into(), folded: fold(typed).into() })
    }

    /// As it was typed, for people to read.
    pub fn shown(&self) -> &Arc<str> {
        &self.shown
    }

    /// By which it is unique and found.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// How names are compared: NFKC and lower case. Normalized again after lower
/// casing, which can undo it; so folding twice is folding once.
pub fn fold(name: &str) -> String {
    name.nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(name: &str) -> String {
        Username::parse(name).unwrap().folded().to_owned()
    }

    #[test]
    fn looks_do_not_make_another_person() {
        assert_eq!(folded("Alice"), "alice");
        assert_eq!(folded("ＡＬＩＣＥ"), "alice", "full width");
        assert_eq!(folded("ガ"), folded("カ\u{3099}"), "composed and decomposed");
        assert_eq!(folded("ｶﾞ"), folded("ガ"), "half width");
        assert_eq!(folded("\u{212a}elvin"), "kelvin", "the Kelvin sign");
        assert_eq!(folded("ﬁn"), "fin", "a ligature");
    }

    #[test]
    fn a_name_is_shown_as_typed() {
        assert_eq!(&**Username::parse("Ａlice").unwrap().shown(), "Ａlice");
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for name in ["İstanbul", "ΟΔΟΣ", "Straße", "ǅ", "ﷺ"] {
            assert_eq!(fold(&fold(name)), fold(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_letter_is_refused() {
        for name in [
            "",
            " ",
            "a b",
            "a\u{200b}b",
            "a\u{202e}b",
            "a\0b",
            "a/b",
            "a@b",
            "😀",
            "\u{301}a",
            "a\n",
        ] {
            assert_eq!(Username::parse(name), Err(InvalidUsername), "{name:?}");
        }
    }

    #[test]
    fn the_length_is_limited_as_typed_and_folded() {
        assert!(Username::parse(&"愛".repeat(64)).is_ok());
        assert!(Username::parse(&"愛".repeat(65)).is_err());
        assert!(Username::parse(&"㌔".repeat(32)).is_ok(), "64 characters once folded");
        assert!(Username::parse(&"㌔".repeat(33)).is_err());
        assert!(Username::parse(&"a".repeat(1 << 20)).is_err());
    }
}
