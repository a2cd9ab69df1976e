//! What an index keeps of a text.

use std::collections::BTreeSet;

use super::fold::{Folded, Kind};

/// Characters of a word that an index tells apart.
pub(super) const TOKEN_CHARS: usize = 32;

/// A part of a text by which it is found. All are folded; none has a space in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// A word, or an emoji; of a long one its first 32 characters.
    Word(String),
    /// A character of dense text with the next one.
    Pair(String),
    /// A character of dense text.
    Char(char),
}

/// What every text has in it that a query matches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// This token.
    Token(Token),
    /// A [`Token::Word`] that begins so.
    Start(String),
}

/// All tokens of a text.
pub fn tokens(text: &str) -> BTreeSet<Token> {
    let folded = Folded::of(text);
    let mut tokens = BTreeSet::new();
    for piece in &folded.pieces {
        match piece.kind {
            Kind::Gap => {}
            Kind::Letter | Kind::Symbol => {
                let word = folded.text(piece.chars.clone()).take(TOKEN_CHARS);
                tokens.insert(Token::Word(word.collect()));
            }
            Kind::Dense => dense(folded.text(piece.chars.clone()), |token| {
                tokens.insert(token);
            }),
        }
    }
    tokens
}

/// The tokens of dense text.
pub(super) fn dense(text: impl Iterator<Item = char>, mut take: impl FnMut(Token)) {
    let mut before = None;
    for c in text {
        take(Token::Char(c));
        if let Some(before) = before.replace(c) {
            take(Token::Pair([before, c].iter().collect()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_pairs() {
        let word = |text: &str| Token::Word(text.to_owned());
        let pair = |text: &str| Token::Pair(text.to_owned());
        let expected = [word("go"), word("👍"), pair("東京"), Token::Char('東'), Token::Char('京')];
        assert_eq!(tokens("Go東京 GO👍!"), BTreeSet::from(expected));
        assert_eq!(tokens(" \0、*"), BTreeSet::new());
        let long = "a".repeat(100);
        assert_eq!(tokens(&long), BTreeSet::from([word(&long[..TOKEN_CHARS])]));
    }
}
