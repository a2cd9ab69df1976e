//! What is shown of a text that was found.

use unicode_segmentation::UnicodeSegmentation as _;

use super::query::Match;

/// Characters of an excerpt, but for what says that there is more.
const CHARS: usize = 200;
/// Of them before the first match, at most.
const BEFORE: usize = 60;
/// Matches that are pointed at.
const HIGHLIGHTS: usize = 20;

/// A part of a text around the first match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The part, on one line, with `…` where it is cut.
    pub text: String,
    /// Where the matches are in it, half open, in UTF-16 code units, ascending.
    pub highlights: Vec<(u32, u32)>,
}

impl Match {
    /// What is shown of the text that it is a match of.
    pub fn excerpt(&self, text: &str) -> Excerpt {
        let first = self.ranges.first().map_or(0, |range| range.start);
        let (from, to) = part(text, first);
        let mut excerpt = Excerpt { text: String::new(), highlights: Vec::new() };
        if from > 0 {
            excerpt.text.push('…');
        }
        let mut units = u32::from(from > 0);
        let mut ranges = self.ranges.iter().filter(|range| range.end > from).peekable();
        let mut began = None;
        for (at, c) in text[from..to].char_indices() {
            let at = from + at;
            if let (Some(begin), Some(range)) = (began, ranges.peek())
                && range.end <= at
            {
                excerpt.highlights.push((begin, units));
                began = None;
                ranges.next();
            }
            if began.is_none() && ranges.peek().is_some_and(|range| range.start <= at) {
                began = Some(units);
            }
            excerpt.text.push(if c.is_control() { ' ' } else { c });
            // A control character is one unit, as a space is.
            units += c.len_utf16() as u32;
        }
        excerpt.highlights.extend(began.map(|begin| (begin, units)));
        excerpt.highlights.truncate(HIGHLIGHTS);
        if to < text.len() {
            excerpt.text.push('…');
        }
        excerpt
    }
}

/// The bytes of the part around a byte, at edges of what people see as characters.
fn part(text: &str, first: usize) -> (usize, usize) {
    let before = text[..first].char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
    let edges = || text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]);
    let from = edges().find(|at| *at >= before).unwrap_or(first).min(first);
    let most = text[from..].char_indices().nth(CHARS).map_or(text.len(), |(at, _)| from + at);
    let to = edges().take_while(|at| *at <= most).last().unwrap_or(most);
    // What is longer than an excerpt and still one character is cut.
    if to > from { (from, to) } else { (from, most) }
}

#[cfg(test)]
mod tests {
    use crate::search::Query;

    fn shown(query: &str, text: &str) -> (String, Vec<String>) {
        let excerpt = Query::parse(query).look(text).unwrap().excerpt(text);
        let units: Vec<u16> = excerpt.text.encode_utf16().collect();
        let part = |(from, to): &(u32, u32)| {
            String::from_utf16(&units[*from as usize..*to as usize]).unwrap()
        };
        let parts = excerpt.highlights.iter().map(part).collect();
        (excerpt.text, parts)
    }

    #[test]
    fn a_short_text_is_shown_as_it_is() {
        let (text, parts) = shown("fox", "🦩🦩 a fox,\nand a FOX");
        assert_eq!(text, "🦩🦩 a fox, and a FOX");
        assert_eq!(parts, ["fox", "FOX"]);
        assert_eq!(shown("東京", "東京と東京").1, ["東京", "東京"]);
        assert_eq!(shown("ガス", "ｶﾞｽ").1, ["ｶﾞｽ"]);
    }

    #[test]
    fn of_a_long_one_what_is_around_the_first_match() {
        let text = format!("{} needle {}", "words ".repeat(1_000), "needle ".repeat(1_000));
        let (text, parts) = shown("needle", &text);
        assert!(text.starts_with('…') && text.ends_with('…'), "{text}");
        assert_eq!(text.chars().count(), 202);
        assert!(parts.iter().all(|part| "needle".starts_with(&**part)));
        assert_eq!(parts.len(), 20);
    }

    #[test]
    fn what_people_see_as_one_character_is_not_cut() {
        let family = "👩‍👩‍👧‍👦";
        let text = format!("{}x{}", family.repeat(50), family.repeat(50));
        let (text, parts) = shown("x", &text);
        let inner = text.trim_matches('…');
        assert_eq!(inner.replace(family, ""), "x");
        assert_eq!(parts, ["x"]);
        let heap = format!("x{}", "\u{301}".repeat(10_000));
        assert!(shown("x", &heap).0.chars().count() <= 202);
    }
}
