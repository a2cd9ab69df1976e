//! Names of files, as others may see them.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::NAME_BYTES;

/// What a file without a usable name is called.
const NAMELESS: &str = "file";
/// The longest ending that is kept when a name is cut, in bytes.
const ENDING_BYTES: usize = 16;

/// The name of a file, safe to show and to save by: the last part of a path,
/// without control characters or those that turn or hide text, without what
/// some system gives a meaning, no dot or space at either end, and at most
/// [`NAME_BYTES`] long with its ending kept. Never empty.
pub fn clean_name(said: &str) -> Arc<str> {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    // Longer than any name that is kept, so that nobody's megabytes are folded.
    let shown = last.chars().filter(|c| !is_hidden(*c)).take(4 * NAME_BYTES);
    let plain: String = shown.map(|c| if has_meaning(c) { '_' } else { c }).nfc().collect();
    let trimmed = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let cut = shorten(trimmed);
    if cut.is_empty() { NAMELESS.into() } else { cut.into() }
}

/// Characters that do not show, or that change how others show.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Characters that a system or a header reads as more than a name.
fn has_meaning(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn shorten(name: &str) -> String {
    if name.len() <= NAME_BYTES {
        return name.to_owned();
    }
    let ending = name.rfind('.').map(|at| &name[at..]).filter(|one| one.len() <= ENDING_BYTES);
    let ending = ending.unwrap_or_default();
    let stem = &name[..name.floor_char_boundary(NAME_BYTES - ending.len())];
    let stem = stem.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_no_part_of_a_name() {
        for (said, name) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/etc/", "file"),
            ("..", "file"),
            (".bashrc", "bashrc"),
            ("a/b\\c/../d.png", "d.png"),
            ("C:\\x\\y:stream.txt", "y_stream.txt"),
            ("", "file"),
            (" . ", "file"),
            ("日本語の写真.jpg", "日本語の写真.jpg"),
            ("cafe\u{301}.txt", "café.txt"),
        ] {
            assert_eq!(&*clean_name(said), name, "{said}");
        }
    }

    #[test]
    fn what_turns_or_hides_text_is_left_out() {
        assert_eq!(&*clean_name("photo\u{202e}gnp.exe"), "photognp.exe");
        assert_eq!(&*clean_name("a\r\nContent-Type: html\0.png"), "aContent-Type_ html.png");
        assert_eq!(&*clean_name("\u{feff}\u{200b}x\u{2066}.txt\u{2069}"), "x.txt");
        assert_eq!(&*clean_name("\"><script>"), "___script_");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = clean_name(&format!("{}.tar", "é".repeat(1_000_000)));
        assert!(long.len() <= NAME_BYTES, "{}", long.len());
        let name = clean_name(&format!("{}.jpeg", "写".repeat(100)));
        assert!(name.len() <= NAME_BYTES && name.len() > NAME_BYTES - 3);
        assert!(name.ends_with("写.jpeg"));
        let strange = clean_name(&format!("a.{}", "b".repeat(300)));
        assert_eq!(strange.len(), NAME_BYTES);
    }
}
