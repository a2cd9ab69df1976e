//! What is looked for, and whether a text has it.

use std::{collections::BTreeSet, ops::Range};

use super::{
    fold::{Char, Folded, Kind, script},
    tokens::{Need, TOKEN_CHARS, Token, dense},
};

/// What is looked for: each term must be in a text. Nothing in it is syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// A word or an emoji; `start` where one that begins so is as good.
    Word { chars: Vec<char>, start: bool },
    /// Text with dense characters in it, wherever it stands.
    Run { chars: Vec<char>, needs: BTreeSet<Token> },
}

/// Where a text has what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Whether each term stands in it as a word of its own.
    pub whole: bool,
    /// In bytes of the text, ascending, without overlap.
    pub(super) ranges: Vec<Range<usize>>,
}

impl Query {
    /// What these words look for. A query of spaces and punctuation finds nothing.
    pub fn parse(text: &str) -> Self {
        let folded = Folded::of(text);
        let mut terms = Vec::new();
        let mut open: Option<Range<usize>> = None;
        for piece in &folded.pieces {
            match (piece.kind, &mut open) {
                (Kind::Letter | Kind::Dense, Some(chunk)) => chunk.end = piece.chars.end,
                (Kind::Letter | Kind::Dense, None) => open = Some(piece.chars.clone()),
                (Kind::Gap | Kind::Symbol, _) => {
                    terms.extend(open.take().map(|chunk| Term::of(&folded.chars[chunk])));
                    if piece.kind == Kind::Symbol {
                        terms.push(Term::of(&folded.chars[piece.chars.clone()]));
                    }
                }
            }
        }
        terms.extend(open.map(|chunk| Term::of(&folded.chars[chunk])));
        if let Some(Term::Word { start, .. }) = terms.last_mut() {
            *start = true;
        }
        Self { terms }
    }

    /// Whether nothing is looked for, and nothing found.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What the tokens of a text have in them that it matches: all of this, and
    /// more texts may have it.
    pub fn needs(&self) -> BTreeSet<Need> {
        let mut needs = BTreeSet::new();
        for term in &self.terms {
            match term {
                Term::Word { chars, start } => {
                    let word = chars.iter().take(TOKEN_CHARS).collect();
                    let need =
                        if *start { Need::Start(word) } else { Need::Token(Token::Word(word)) };
                    needs.insert(need);
                }
                Term::Run { needs: run, .. } => needs.extend(run.iter().cloned().map(Need::Token)),
            }
        }
        needs
    }

    /// Where this text has all that is looked for.
    pub fn look(&self, text: &str) -> Option<Match> {
        if self.is_empty() {
            return None;
        }
        let folded = Folded::of(text);
        let mut found = Match { whole: true, ranges: Vec::new() };
        for term in &self.terms {
            let mut places = Vec::new();
            term.find(&folded, |chars, whole| places.push((chars, whole)));
            if places.is_empty() {
                return None;
            }
            found.whole &= places.iter().any(|(_, whole)| *whole);
            found.ranges.extend(
                places.into_iter().map(|(chars, _)| {
                    folded.chars[chars.start].from..folded.chars[chars.end - 1].to
                }),
            );
        }
        found.ranges.sort_unstable_by_key(|range| (range.start, range.end));
        found.ranges.dedup_by(|next, range| {
            let meets = next.start <= range.end;
            if meets {
                range.end = range.end.max(next.end);
            }
            meets
        });
        Some(found)
    }
}

impl Term {
    fn of(chars: &[Char]) -> Self {
        let text: Vec<char> = chars.iter().map(|one| one.c).collect();
        if chars.iter().all(|one| one.kind != Kind::Dense) {
            return Self::Word { chars: text, start: false };
        }
        let mut needs = BTreeSet::new();
        for part in chars.chunk_by(|one, next| one.kind == next.kind) {
            if part.iter().all(|one| one.kind == Kind::Dense) {
                dense(part.iter().map(|one| one.c), |token| {
                    needs.insert(token);
                });
            }
        }
        // Of what is in a pair nobody needs to ask again.
        let paired: Vec<char> = needs.iter().filter_map(pair).flat_map(str::chars).collect();
        needs.retain(|need| !matches!(need, Token::Char(c) if paired.contains(c)));
        Self::Run { chars: text, needs }
    }

    /// Gives each place of it, in characters, and whether it is a word there.
    fn find(&self, folded: &Folded, mut take: impl FnMut(Range<usize>, bool)) {
        match self {
            Self::Word { chars, start } => {
                let words = folded.pieces.iter();
                for piece in words.filter(|one| matches!(one.kind, Kind::Letter | Kind::Symbol)) {
                    let there = &folded.chars[piece.chars.clone()];
                    let whole = there.len() == chars.len();
                    if (whole || *start) && begins(there, chars) {
                        let from = piece.chars.start;
                        take(from..from + chars.len(), whole);
                    }
                }
            }
            Self::Run { chars, .. } => {
                for from in 0..(folded.chars.len() + 1).saturating_sub(chars.len()) {
                    if begins(&folded.chars[from..], chars) {
                        let to = from + chars.len();
                        take(from..to, is_edge(folded, from) && is_edge(folded, to));
                    }
                }
            }
        }
    }
}

fn pair(token: &Token) -> Option<&str> {
    match token {
        Token::Pair(pair) => Some(pair),
        _ => None,
    }
}

fn begins(there: &[Char], chars: &[char]) -> bool {
    there.len() >= chars.len() && there.iter().zip(chars).all(|(one, c)| one.c == *c)
}

/// Whether a word may end before this character: the script or the kind changes.
fn is_edge(folded: &Folded, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| folded.chars[before]) else { return true };
    let Some(next) = folded.chars.get(at) else { return true };
    before.kind != next.kind || script(before.c) != script(next.c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::tokens;

    fn found(query: &str, text: &str) -> Vec<String> {
        let ranges = Query::parse(query).look(text).map(|found| found.ranges).unwrap_or_default();
        ranges.into_iter().map(|range| text[range].to_owned()).collect()
    }

    fn whole(query: &str, text: &str) -> Option<bool> {
        Query::parse(query).look(text).map(|found| found.whole)
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn words_match_as_a_whole_and_the_last_by_its_beginning() {
        let text = "The Quick brown fox, quickly.";
        assert_eq!(found("quick", text), ["Quick", "quick"]);
        assert_eq!(found("quick brown", text), ["Quick", "brown"]);
        assert_eq!(found("bro quick", text), NOTHING);
        assert_eq!(found("uick", text), NOTHING);
        assert_eq!(found("fox cat", text), NOTHING);
        assert_eq!((whole("quick", text), whole("quic", text)), (Some(true), Some(false)));
    }

    #[test]
    fn dense_text_matches_anywhere() {
        let text = "明日は東京都でJR東日本の会議。";
        assert_eq!(found("京都", text), ["京都"]);
        assert_eq!(found("の", text), ["の"]);
        assert_eq!(found("jr東日", text), ["JR東日"]);
        assert_eq!(found("R東", text), ["R東"]);
        assert_eq!(found("東京 会議", text), ["東京", "会議"]);
        assert_eq!(found("大阪", text), NOTHING);
        assert_eq!((whole("東京都", text), whole("東京", text)), (Some(true), Some(false)));
        assert_eq!(found("국어", "한국어를 배워요"), ["국어"]);
        assert_eq!(found("人民", "中华人民共和国"), ["人民"]);
    }

    #[test]
    fn nothing_is_syntax() {
        for query in ["\"fox\"", "fox*", "-fox", "fox:", "NEAR(fox", "(fox)", "fox\0", "fox 🙂"] {
            let there = found(query, "near fox 🙂");
            assert!(there.iter().any(|one| one == "fox"), "{query}");
        }
        assert_eq!(found("fox OR cat", "fox"), NOTHING);
        for query in ["", " ", "\"*()-:", "\0", "、。"] {
            assert!(Query::parse(query).is_empty());
            assert_eq!(found(query, "fox"), NOTHING);
        }
        assert_eq!(found("👍", "great 👍👍"), ["👍👍"]);
    }

    #[test]
    fn a_text_that_matches_has_what_the_query_needs() {
        let text = "来週のJR東日本の会議は、Café Müller 3階で。한국어 👍🏽 中华人民";
        let has = |need: &Need| match need {
            Need::Token(token) => tokens(text).contains(token),
            Need::Start(start) => tokens(text).iter().any(|token| match token {
                Token::Word(word) => word.starts_with(start),
                _ => false,
            }),
        };
        let chars: Vec<char> = text.chars().collect();
        for from in 0..chars.len() {
            for to in from + 1..=chars.len() {
                let query: String = chars[from..to].iter().collect();
                let query = Query::parse(&query);
                if query.look(text).is_some() {
                    assert!(query.needs().iter().all(has), "{query:?}");
                }
            }
        }
    }
}
