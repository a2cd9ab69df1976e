//! How often and how long it is tried.

use std::time::Duration;

/// How often and how long it is tried.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often it is looked for webhooks and for what was said.
    pub look: Duration,
    /// The pause after the first failure. It doubles from one to the next, and a
    /// random part of its second half is left out.
    pub pause: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// A webhook that took nothing for so long is given up.
    pub patience: Duration,
}

impl Default for Pace {
    /// Half a second; 1 s to 10 minutes; three days.
    fn default() -> Self {
        Self {
            look: Duration::from_millis(500),
            pause: Duration::from_secs(1),
            longest: Duration::from_secs(10 * 60),
            patience: Duration::from_secs(3 * 24 * 60 * 60),
        }
    }
}

impl Pace {
    /// The pause after so many failures, the first of which is 1; of a chance of
    /// 0 to 255.
    pub(crate) fn after(&self, failures: u32, chance: u8) -> Duration {
        let doubled = self.pause.saturating_mul(2u32.saturating_pow(failures.saturating_sub(1)));
        let whole = doubled.min(self.longest);
        whole / 2 + whole.mul_f64(f64::from(chance) / 512.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_a_limit_and_vary_by_half() {
        let pace = Pace::default();
        let seconds = |failures| pace.after(failures, 0).as_secs_f64();
        assert_eq!([1, 2, 3, 10].map(seconds), [0.5, 1.0, 2.0, 256.0]);
        assert_eq!([11, 12, 40, u32::MAX].map(seconds), [300.0; 4]);
        let most = pace.after(11, 255);
        assert!(most > Duration::from_secs(595) && most < Duration::from_secs(600), "{most:?}");
    }
}
