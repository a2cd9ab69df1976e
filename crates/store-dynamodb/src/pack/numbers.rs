//! Numbers of as many bytes as they need.

/// Seven bits a byte, the lowest first; all but the last have their high bit set.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What leads from one number to another: short where they are close, on
/// either side.
pub(super) fn put_difference(out: &mut Vec<u8>, from: u64, to: u64) {
    let difference = to.wrapping_sub(from) as i64;
    put_varint(out, ((difference << 1) ^ (difference >> 63)) as u64);
}

/// What is left to read. Every read fails with a word for the operator.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// It ends before it should.
const SHORT: &str = "cut short";

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Result<u8, &'static str> {
        self.take().map(|[byte]| byte)
    }

    pub(super) fn take<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], &'static str> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn varint(&mut self) -> Result<u64, &'static str> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("with a number over 64 bits")
    }

    /// The number that this far from `from`.
    pub(super) fn difference(&mut self, from: u64) -> Result<u64, &'static str> {
        let zigzag = self.varint()?;
        Ok(from.wrapping_add(zigzag >> 1 ^ (zigzag & 1).wrapping_neg()))
    }

    /// A text behind its length in one byte.
    pub(super) fn text(&mut self) -> Result<&'a str, &'static str> {
        let length = usize::from(self.byte()?);
        let (text, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| "no text")
    }
}
