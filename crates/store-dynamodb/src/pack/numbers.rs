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

/// A text behind its length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend(text.as_bytes());
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
        self.text_of(length)
    }

    /// A text behind its length.
    pub(super) fn long_text(&mut self) -> Result<&'a str, &'static str> {
        let length = usize::try_from(self.varint()?).map_err(|_| SHORT)?;
        self.text_of(length)
    }

    /// How many of something follow, each of at least one byte.
    pub(super) fn count(&mut self) -> Result<usize, &'static str> {
        let count = usize::try_from(self.varint()?).map_err(|_| SHORT)?;
        if count > self.0.len() { Err(SHORT) } else { Ok(count) }
    }

    /// The text that is left.
    pub(super) fn rest(&mut self) -> Result<&'a str, &'static str> {
        self.text_of(self.0.len())
    }

    fn text_of(&mut self, length: usize) -> Result<&'a str, &'static str> {
        let (text, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| "no text")
    }
}
