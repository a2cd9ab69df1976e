//! Which words a block may have: a Bloom filter of its tokens. It holds no
//! text, and is taken away when a message of its block changes.

use std::collections::BTreeSet;

use aizuchi_core::{
    ids::ConversationId,
    search::{Need, Query, Token, tokens},
};

use crate::keys;

/// Bits of a filter for each token: about one in fifty that it has not passes.
const BITS: usize = 8;
/// Bits that a token sets.
const PROBES: u64 = 5;
/// Characters up to which the beginnings of words are told apart.
const START: usize = 4;

/// A token as a filter knows it: two numbers, which are of its conversation alone.
type Hash = (u64, u64);

/// The hashes of one or all of which a block's filter is asked.
pub(super) fn asked(conversation: &ConversationId, query: &Query) -> Vec<Hash> {
    let hash = |need: &Need| match need {
        Need::Token(Token::Word(word)) => of(conversation, "w", word),
        Need::Token(Token::Pair(pair)) => of(conversation, "p", pair),
        Need::Token(Token::Char(c)) => of(conversation, "p", &c.to_string()),
        Need::Start(word) => of(conversation, "s", &word.chars().take(START).collect::<String>()),
    };
    query.needs().iter().map(hash).collect()
}

/// The filter of these texts.
pub(super) fn make<'a>(
    conversation: &ConversationId,
    texts: impl Iterator<Item = &'a str>,
) -> Vec<u8> {
    let tokens: BTreeSet<Token> = texts.flat_map(tokens).collect();
    let mut hashes = BTreeSet::new();
    for token in &tokens {
        match token {
            Token::Word(word) => {
                hashes.insert(of(conversation, "w", word));
                let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).take(START);
                hashes.extend(ends.map(|end| of(conversation, "s", &word[..end])));
            }
            Token::Pair(pair) => {
                hashes.insert(of(conversation, "p", pair));
            }
            Token::Char(c) => {
                hashes.insert(of(conversation, "p", &c.to_string()));
            }
        }
    }
    let mut filter = vec![0; (hashes.len() * BITS).div_ceil(8).max(1)];
    for hash in hashes {
        for bit in bits(hash, filter.len()) {
            filter[bit / 8] |= 1 << (bit % 8);
        }
    }
    filter
}

/// Whether a block may have all of these.
pub(super) fn may_have(filter: &[u8], asked: &[Hash]) -> bool {
    let is_set = |bit: usize| filter.get(bit / 8).is_some_and(|byte| byte & 1 << (bit % 8) != 0);
    asked.iter().all(|hash| bits(*hash, filter.len()).all(is_set))
}

fn bits((one, two): Hash, bytes: usize) -> impl Iterator<Item = usize> {
    let all = (bytes as u64 * 8).max(1);
    (0..PROBES).map(move |probe| (one.wrapping_add(probe.wrapping_mul(two | 1)) % all) as usize)
}

fn of(conversation: &ConversationId, kind: &str, text: &str) -> Hash {
    let digest = u128::from_be_bytes(keys::digest(&[conversation.as_str(), kind, text]));
    ((digest >> 64) as u64, digest as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_passes_what_it_has_and_little_else() {
        let talk = ConversationId::parse("d:ada:bob").unwrap();
        let texts: Vec<String> =
            (0..256).map(|n| format!("message word{n} of 会議{n}の東京")).collect();
        let filter = make(&talk, texts.iter().map(|text| &**text));
        let passes = |query: &str| may_have(&filter, &asked(&talk, &Query::parse(query)));
        for query in ["word17", "word17 of", "mes", "messag", "東京", "議1", "京"] {
            assert!(passes(query), "{query}");
        }
        let other = (0..1_000).filter(|n| passes(&format!("absent{n} other{n} "))).count();
        assert!(other < 20, "{other} of 1,000");
        assert!(!may_have(&[], &asked(&talk, &Query::parse("x"))));
    }
}
