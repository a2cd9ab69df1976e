//! Numbers for people.

/// USD: cents where they matter, and two digits of what is less than one.
pub(super) fn usd(number: f64) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        size if size >= 100.0 => grouped(number.round()),
        size if size >= 1.0 => format!("{number:.2}"),
        size if size >= 0.000_001 => {
            let digits = size.log10().floor().abs() + 2.0;
            let text = format!("{number:.*}", decimals(digits));
            text.trim_end_matches('0').to_owned()
        }
        _ => "0.000001 at most".to_owned(),
    }
}

/// A share as a percentage.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// `1,234,567`, and what is behind the point where there is something.
pub(super) fn grouped(number: f64) -> String {
    let text = number.to_string();
    let (whole, rest) = text.split_once('.').map_or((&*text, None), |(a, b)| (a, Some(b)));
    let mut grouped = String::with_capacity(text.len() * 4 / 3);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    rest.map_or_else(|| grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from two to eight")]
fn decimals(digits: f64) -> usize {
    digits as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usd_have_the_digits_that_matter() {
        for (number, text) in [
            (0.0, "0"),
            (1_234.5, "1,235"),
            (100.0, "100"),
            (19.418, "19.42"),
            (0.34, "0.34"),
            (0.013_608, "0.0136"),
            (0.000_016_666_7, "0.0000167"),
            (0.5, "0.5"),
        ] {
            assert_eq!(usd(number), text);
        }
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(0.25), "0.25");
        assert_eq!(percent(0.256), "26 %");
    }
}
