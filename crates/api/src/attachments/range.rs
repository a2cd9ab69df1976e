//! Which bytes are asked for.

/// What a `Range` header asks of something of this size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// All, also where the header is none that is served.
    All,
    /// From the first up to, and not with, the second.
    Some(u64, u64),
    /// Bytes that are not there.
    Beyond,
}

/// One range is served; several are answered with all, as one may.
pub(super) fn asked(header: Option<&str>, size: u64) -> Asked {
    let Some(ranges) = header.and_then(|header| header.strip_prefix("bytes=")) else {
        return Asked::All;
    };
    let Some((first, last)) = ranges.split_once('-') else { return Asked::All };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (from, to) = match (number(first), number(last)) {
        (Some(from), Some(last)) if last >= from => (from, size.min(last.saturating_add(1))),
        (Some(from), None) if last.is_empty() => (from, size),
        (None, Some(length)) if first.is_empty() => (size - size.min(length), size),
        _ => return Asked::All,
    };
    if from < to { Asked::Some(from, to) } else { Asked::Beyond }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served() {
        for (header, found) in [
            ("bytes=0-0", Asked::Some(0, 1)),
            ("bytes=2-5", Asked::Some(2, 6)),
            ("bytes=2-", Asked::Some(2, 10)),
            ("bytes=-3", Asked::Some(7, 10)),
            ("bytes=-30", Asked::Some(0, 10)),
            ("bytes=9-99999999999999999999999", Asked::Some(9, 10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::All),
            ("bytes=0-1,4-5", Asked::All),
            ("bytes=", Asked::All),
            ("bytes=-", Asked::All),
            ("bytes=+1-2", Asked::All),
            ("lines=0-1", Asked::All),
        ] {
            assert_eq!(asked(Some(header), 10), found, "{header}");
        }
        assert_eq!(asked(None, 10), Asked::All);
    }
}
