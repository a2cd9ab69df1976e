//! Texts on a grid: how wide they are, and where their lines end.

use std::{borrow::Cow, iter, ops::Range};

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Half-width marks. They join with what is before them, but have a cell of
/// their own in every terminal.
pub(super) const HALF_WIDTH_MARKS: [char; 2] = ['\u{ff9e}', '\u{ff9f}'];

/// What stands on the grid as one, with its place in the text.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.grapheme_indices(true).flat_map(|(at, one)| {
        let mut rest = Some((at, one));
        iter::from_fn(move || {
            let (at, one) = rest?;
            let end = one.char_indices().skip(1).find(|(_, c)| HALF_WIDTH_MARKS.contains(c));
            let end = match one.chars().next() {
                Some(mark) if HALF_WIDTH_MARKS.contains(&mark) => mark.len_utf8(),
                _ => end.map_or(one.len(), |(end, _)| end),
            };
            rest = (end < one.len()).then(|| (at + end, &one[end..]));
            Some((at, &one[..end]))
        })
    })
}

/// Cells of one cluster.
pub(super) fn cells(cluster: &str) -> usize {
    match cluster {
        "\n" => 0,
        one if one.len() == 1 => 1,
        cluster => cluster.width(),
    }
}

/// Cells of a text on one line.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    clusters(text).map(|(_, one)| cells(one)).sum()
}

/// The lines of `text` where there are `width` cells, as places in it. Breaks
/// are where the text allows them, and within a word that is wider than a
/// line. Spaces at a break hang over. There is at least one line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut base = 0;
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, base, width.max(1), &mut lines);
        base += paragraph.len() + 1;
    }
    lines
}

fn wrap_paragraph(text: &str, base: usize, width: usize, lines: &mut Vec<Range<usize>>) {
    let mut allowed = linebreaks(text)
        .filter(|(_, kind)| *kind == BreakOpportunity::Allowed)
        .map(|(at, _)| at)
        .peekable();
    let (mut start, mut used) = (0, 0);
    // The last place where this line may end, and how many cells are before it.
    let mut breakable: Option<(usize, usize)> = None;
    for (at, one) in clusters(text) {
        let wide = cells(one);
        let is_space = one.chars().all(char::is_whitespace);
        while !is_space && used + wide > width && at > start {
            let (end, before) = breakable.take().unwrap_or((at, used));
            lines.push(base + start..base + end);
            (start, used) = (end, used - before);
        }
        used += wide;
        let end = at + one.len();
        while allowed.next_if(|next| *next < end).is_some() {}
        if allowed.next_if_eq(&end).is_some() {
            breakable = Some((end, used));
        }
    }
    lines.push(base + start..base + text.len());
}

/// `text` in at most `width` cells, with a sign where something is left out.
pub(super) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if self::width(text) <= width {
        return text.into();
    }
    let mut used = 0;
    for (at, one) in clusters(text) {
        used += cells(one);
        if used + 1 > width {
            return format!("{}…", &text[..at]).into();
        }
    }
    text.into()
}

/// The places in `text` where `sought`, which is in lower case, is found,
/// whatever the case.
pub(super) fn find(text: &str, sought: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if sought.is_empty() {
        return found;
    }
    let mut from = 0;
    while let Some(first) = text[from..].chars().next() {
        match length_of(&text[from..], sought) {
            Some(length) => {
                found.push(from..from + length);
                from += length;
            }
            None => from += first.len_utf8(),
        }
    }
    found
}

/// How many bytes of the beginning of `text` are `sought` in another case.
fn length_of(text: &str, sought: &str) -> Option<usize> {
    let mut rest = sought;
    for (at, c) in text.char_indices() {
        if rest.is_empty() {
            return Some(at);
        }
        for lower in c.to_lowercase() {
            rest = rest.strip_prefix(lower)?;
        }
    }
    rest.is_empty().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str, width: usize) -> Vec<&str> {
        wrap(text, width).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(lines("so far so good", 9), ["so far so ", "good"]);
        assert_eq!(lines("incomprehensible", 6), ["incomp", "rehens", "ible"]);
        assert_eq!(lines("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("a           ", 5), ["a           "]);
    }

    #[test]
    fn japanese_breaks_anywhere_but_before_what_ends_a_phrase() {
        assert_eq!(lines("今日は良い天気です。", 8), ["今日は良", "い天気で", "す。"]);
        // A full stop does not begin a line.
        assert_eq!(lines("今日は晴れ。明日も", 10), ["今日は晴", "れ。明日も"]);
        // Two cells do not fit where there is one.
        assert_eq!(lines("aあいう", 4), ["aあ", "いう"]);
        assert_eq!(lines("これはRustです", 10), ["これはRust", "です"]);
    }

    #[test]
    fn what_stands_as_one_is_measured_as_one() {
        assert_eq!(width("日本語"), 6);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(width("か\u{3099}"), 2);
        assert_eq!(width("ｶﾞ"), 2);
        assert_eq!(width("👩‍👩‍👧‍👦"), 2);
        assert_eq!(width("🇯🇵"), 2);
        assert_eq!(cut("日本語です", 7), "日本語…");
        assert_eq!(cut("日本語です", 6), "日本…");
        assert_eq!(cut("日本", 4), "日本");
        assert_eq!(cut("日本", 0), "…");
    }

    #[test]
    fn a_text_is_found_whatever_its_case() {
        assert_eq!(find("Straße und STRASSE", "stra"), [0..4, 12..16]);
        assert_eq!(find("今日は今日", "今日"), [0..6, 9..15]);
        assert!(find("abc", "").is_empty());
        assert_eq!(find("aaab", "aa"), vec![0..2; 1]);
        assert!(find("ab", "abc").is_empty());
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_left_out(
            text in "[a-c あ。ﾞ👍é\u{301}\n]{0,40}", width in 2_usize..12,
        ) {
            let lines = lines(&text, width);
            for line in &lines {
                prop_assert!(super::width(line.trim_end()) <= width, "{lines:?}");
            }
            let together: String = lines.concat();
            prop_assert_eq!(together, text.replace('\n', ""));
        }

        #[test]
        fn a_text_that_is_cut_fits(text in "\\PC{0,40}", width in 1_usize..12) {
            prop_assert!(super::width(&cut(&text, width)) <= width);
        }
    }
}
