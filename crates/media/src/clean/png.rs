//! PNG: what is needed for the pixels and their colours stays. Profiles of
//! colours and texts are packed, and go.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const STAY: &[[u8; 4]] = &[
    *b"IHDR", *b"PLTE", *b"tRNS", *b"IDAT", *b"IEND", *b"gAMA", *b"cHRM", *b"sRGB", *b"sBIT",
    *b"cICP", *b"acTL", *b"fcTL", *b"fdAT",
];

pub(super) fn clean(bytes: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    to.extend_from_slice(SIGNATURE);
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        // Length, kind, content, checksum.
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind: [u8; 4] = *chunk.get(4..)?.first_chunk()?;
        if STAY.contains(&kind) {
            to.extend_from_slice(chunk);
        }
        if kind == *b"IEND" {
            return Some(());
        }
        rest = after;
    }
}
