//! GIF: pictures, their timing and how often they repeat stay.

pub(super) fn clean(bytes: &[u8], to: &mut Vec<u8>) -> Option<()> {
    if !bytes.starts_with(b"GIF87a") && !bytes.starts_with(b"GIF89a") {
        return None;
    }
    let flags = *bytes.get(10)?;
    let (head, mut rest) = bytes.split_at_checked(13 + colours(flags))?;
    to.extend_from_slice(head);
    loop {
        let stays;
        let length = match rest {
            [b';', ..] => {
                to.push(b';');
                return Some(());
            }
            [b',', ..] => {
                stays = true;
                // Descriptor, its colours, the size of a code.
                let before = 10 + colours(*rest.get(9)?) + 1;
                before + blocks(rest.get(before..)?)?
            }
            [b'!', label, ..] => {
                stays = *label == 0xf9 || (*label == 0xff && repeats(rest));
                2 + blocks(rest.get(2..)?)?
            }
            _ => return None,
        };
        let (part, after) = rest.split_at_checked(length)?;
        if stays {
            to.extend_from_slice(part);
        }
        rest = after;
    }
}

/// How long the table of colours is of which these flags speak.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// How long the blocks are that begin here, with the empty one at their end.
fn blocks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

fn repeats(extension: &[u8]) -> bool {
    let name = extension.get(3..14);
    matches!(name, Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0")) && extension[2] == 11
}
