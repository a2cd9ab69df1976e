//! A text as it is compared: compatible forms, cases and the accents of letters
//! are one, and each character knows where it came from.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use unicode_properties::UnicodeEmoji as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// What a character is to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Between words: space, punctuation, control characters.
    Gap,
    /// Of a script whose words are set apart.
    Letter,
    /// Of a script that is written without spaces, or searched within words.
    Dense,
    /// Of an emoji.
    Symbol,
}

/// A character of a folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Char {
    pub(super) c: char,
    pub(super) kind: Kind,
    /// The bytes of the text that it is from.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Consecutive characters of a kind. An emoji is a piece of its own.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// Its characters.
    pub(super) chars: Range<usize>,
}

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) chars: Vec<Char>,
    pub(super) pieces: Vec<Piece>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self::default();
        for (from, cluster) in text.grapheme_indices(true) {
            folded.add(cluster, from);
        }
        folded
    }

    /// The characters of a piece or a part of one.
    pub(super) fn text(&self, chars: Range<usize>) -> impl Iterator<Item = char> + Clone {
        self.chars[chars].iter().map(|char| char.c)
    }

    fn add(&mut self, cluster: &str, from: usize) {
        let to = from + cluster.len();
        if let [byte] = cluster.as_bytes() {
            let c = char::from(byte.to_ascii_lowercase());
            self.push(Char { c, kind: kind(c), from, to }, false);
        } else if is_emoji(cluster) {
            // What an index takes for part of a word is left.
            let chars = cluster.chars().filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric());
            for (at, c) in chars.enumerate() {
                self.push(Char { c, kind: Kind::Symbol, from, to }, at == 0);
            }
        } else {
            let plain = cluster.nfkd().filter(|c| !is_accent(*c)).nfc();
            // Upper case first: so the two small sigmas are one, and ß is ss.
            let chars = plain.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
            for c in chars.filter(|c| !is_accent(*c)) {
                self.push(Char { c, kind: kind(c), from, to }, false);
            }
        }
    }

    fn push(&mut self, char: Char, apart: bool) {
        let at = self.chars.len();
        match self.pieces.last_mut() {
            Some(piece) if piece.kind == char.kind && !apart => piece.chars.end = at + 1,
            _ => self.pieces.push(Piece { kind: char.kind, chars: at..at + 1 }),
        }
        self.chars.push(char);
    }
}

/// The accents of Latin, Greek and Cyrillic letters. The voicing marks of kana
/// are not among them: は and ば are different letters.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_emoji(cluster: &str) -> bool {
    cluster.ends_with('\u{20e3}')
        || cluster.chars().any(|c| c.is_emoji_char() && !c.is_alphanumeric() && !c.is_ascii())
}

fn kind(c: char) -> Kind {
    if !c.is_alphanumeric() && (c.is_ascii() || !is_combining_mark(c)) {
        Kind::Gap
    } else if is_dense(c) {
        Kind::Dense
    } else {
        Kind::Letter
    }
}

/// Thai and Lao, Tibetan, Burmese, Hangul, Khmer, kana, bopomofo, Han, Yi.
fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{303c}' | '\u{3041}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{1aff0}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Scripts of dense text, as far as a change of script ends a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Hiragana,
    Katakana,
    Hangul,
    Other,
}

pub(super) fn script(c: char) -> Script {
    match c {
        '\u{3041}'..='\u{309f}' => Script::Hiragana,
        '\u{30a0}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' => Script::Katakana,
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => {
            Script::Hangul
        }
        _ => Script::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Folded::of(text).chars.iter().map(|char| char.c).collect()
    }

    #[test]
    fn forms_of_the_same_are_one() {
        for (text, one) in [
            ("ＡＢＣ　１２３", "abc 123"),
            ("ｶﾞｷﾞﾊﾟｰ", "ガギパー"),
            ("か\u{3099}", "が"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("Straße", "strasse"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("σίσυφος", "σισυφοσ"),
            ("Café cafe\u{301}", "cafe cafe"),
            ("㍿ ﬁ", "株式会社 fi"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(folded(text), one);
        }
        assert_ne!(folded("はん"), folded("ばん"));
    }

    #[test]
    fn pieces_are_of_a_kind() {
        let pieces = |text: &str| -> Vec<(Kind, String)> {
            let folded = Folded::of(text);
            let piece = |piece: &Piece| (piece.kind, folded.text(piece.chars.clone()).collect());
            folded.pieces.iter().map(piece).collect()
        };
        let of = |kind, text: &str| (kind, text.to_owned());
        assert_eq!(
            pieces("Rustで、👍🏽👍"),
            [
                of(Kind::Letter, "rust"),
                of(Kind::Dense, "で"),
                of(Kind::Gap, "、"),
                of(Kind::Symbol, "👍🏽"),
                of(Kind::Symbol, "👍"),
            ]
        );
        assert_eq!(pieces("हिन्दी"), [of(Kind::Letter, "हिन्दी")]);
        assert_eq!(pieces("snake_case"), pieces("snake_case"));
    }

    #[test]
    fn each_knows_where_it_is_from() {
        let text = "ｶﾞx㍿";
        let folded = Folded::of(text);
        let from: Vec<_> = folded.chars.iter().map(|one| &text[one.from..one.to]).collect();
        assert_eq!(from, ["ｶﾞ", "x", "㍿", "㍿", "㍿", "㍿"]);
    }
}
