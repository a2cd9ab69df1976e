//! WebP: pixels, what shines through, animations and the profile of colours stay.

const STAY: &[[u8; 4]] = &[*b"VP8 ", *b"VP8L", *b"VP8X", *b"ALPH", *b"ANIM", *b"ANMF", *b"ICCP"];
/// In the flags of `VP8X`: Exif and XMP follow.
const TELLS: u8 = 0b1100;
/// Before the first chunk.
const HEAD: usize = 12;

pub(super) fn clean(bytes: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let head: [u8; HEAD] = *bytes.first_chunk()?;
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WEBP") {
        return None;
    }
    // What the head says of the length, without what hangs behind.
    let length = usize::try_from(u32::from_le_bytes(*head[4..].first_chunk()?)).ok()?;
    let mut rest = bytes.get(HEAD..length.checked_add(8)?)?;
    to.extend_from_slice(&head);
    while !rest.is_empty() {
        let kind: [u8; 4] = *rest.first_chunk()?;
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?);
        let padded = usize::try_from(length).ok()?.checked_next_multiple_of(2)?;
        let (chunk, after) = rest.split_at_checked(padded.checked_add(8)?)?;
        if STAY.contains(&kind) {
            let flags = to.len() + 8;
            to.extend_from_slice(chunk);
            if kind == *b"VP8X" {
                *to.get_mut(flags)? &= !TELLS;
            }
        }
        rest = after;
    }
    let length = u32::try_from(to.len().checked_sub(8)?).ok()?;
    to.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
    Some(())
}
