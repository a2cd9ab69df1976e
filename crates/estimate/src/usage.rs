//! What is asked: how much a chat is used, and by which prices.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::{
    item::{Item, Region},
    prices::{Prices, PricesError},
};

/// How much a chat is used. [`Usage::default`] is a middling one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Where it runs.
    pub region: Region,
    /// People who come at least once a month.
    pub users: f64,
    /// The share of them that comes on a day, from 0 to 1.
    pub online: f64,
    /// Hours a day that each of these has the page open.
    pub hours: f64,
    /// Of these hours the share in which he looks at it, from 0 to 1.
    pub looking: f64,
    /// How often a day he comes back to it.
    pub visits: f64,
    /// Messages a day that he sends.
    pub messages: f64,
    /// Bytes of a message.
    pub bytes: f64,
    /// Connections that a message is brought to, the sending one aside.
    pub recipients: f64,
    /// Seconds from one poll to the next, where polling stands in a socket's place.
    pub poll: f64,
    /// Seconds from one sign of life to the next while he looks: `keepAliveSeconds`.
    pub keep_alive: f64,
    /// Seconds that a socket is kept after the last look: `idleReleaseSeconds`.
    pub release: f64,
    /// Days a month on which it is so.
    pub days: f64,
    /// Months for which messages have gathered.
    pub months: f64,
    /// Whether what AWS gives everybody each month is taken off.
    pub free_tiers: bool,
    /// What people's accounts are kept in.
    pub cognito: Cognito,
    /// What functions run on.
    pub architecture: Architecture,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            region: Region::ApNortheast1,
            users: 1_000.0,
            online: 0.3,
            hours: 8.0,
            looking: 0.25,
            visits: 6.0,
            messages: 30.0,
            bytes: 600.0,
            recipients: 1.0,
            poll: 10.0,
            keep_alive: 240.0,
            release: 300.0,
            days: 30.0,
            months: 12.0,
            free_tiers: false,
            cognito: Cognito::Lite,
            architecture: Architecture::X86,
        }
    }
}

/// A tier of Cognito.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cognito {
    /// Enough for names and passwords.
    Lite,
    /// What a new pool has unless told; access tokens can carry claims of one's own.
    Essentials,
}

/// A processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// What is proved.
    #[serde(rename = "x86_64")]
    X86,
    /// Cheaper by the second.
    #[serde(rename = "arm64")]
    Arm,
}

/// A number that can be asked with: its name, its limits, its place.
struct Number {
    name: &'static str,
    least: f64,
    most: f64,
    whole: bool,
    place: fn(&mut Usage) -> &mut f64,
}

const fn number(
    name: &'static str,
    [least, most]: [f64; 2],
    whole: bool,
    place: fn(&mut Usage) -> &mut f64,
) -> Number {
    Number { name, least, most, whole, place }
}

const NUMBERS: [Number; 13] = [
    number("users", [1.0, 10_000_000.0], true, |usage| &mut usage.users),
    number("online", [0.0, 1.0], false, |usage| &mut usage.online),
    number("hours", [0.0, 24.0], false, |usage| &mut usage.hours),
    number("looking", [0.0, 1.0], false, |usage| &mut usage.looking),
    number("visits", [0.0, 1_000.0], false, |usage| &mut usage.visits),
    number("messages", [0.0, 10_000.0], false, |usage| &mut usage.messages),
    number("bytes", [1.0, 32_000.0], true, |usage| &mut usage.bytes),
    number("recipients", [0.0, 1_000.0], false, |usage| &mut usage.recipients),
    number("poll", [1.0, 3_600.0], false, |usage| &mut usage.poll),
    number("keep-alive", [5.0, 600.0], false, |usage| &mut usage.keep_alive),
    number("release", [1.0, 7_200.0], false, |usage| &mut usage.release),
    number("days", [1.0, 31.0], false, |usage| &mut usage.days),
    number("months", [0.0, 120.0], false, |usage| &mut usage.months),
];

/// The names that are no numbers.
const WORDS: [&str; 5] = ["region", "free-tiers", "cognito", "architecture", "price"];

/// What cannot be asked, in words that say what can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {value:?}: {mend}")]
pub struct Invalid {
    /// What was asked with.
    pub name: String,
    /// What was said of it, cut where it is long.
    pub value: String,
    /// What would do.
    pub mend: String,
}

impl Invalid {
    fn new(name: &str, value: &str, mend: impl Into<String>) -> Self {
        let cut = |text: &str| text.chars().take(40).collect();
        Self { name: cut(name), value: cut(value), mend: mend.into() }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// How much it is used.
    pub usage: Usage,
    /// Prices that stand in the place of others, in the region that is asked for.
    pub prices: Vec<(Item, f64)>,
}

impl Question {
    /// Reads the query of an address, without its `?`. What is not named is as
    /// in [`Usage::default`]. Names are those of the command line's flags.
    ///
    /// # Errors
    /// For a name that nobody knows and a value that cannot be one.
    pub fn from_query(query: &str) -> Result<Self, Invalid> {
        let mut question = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            question.set(&name, value.trim())?;
        }
        Ok(question)
    }

    /// Takes one value, as it is written.
    ///
    /// # Errors
    /// As [`Self::from_query`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Invalid> {
        let usage = &mut self.usage;
        if let Some(number) = NUMBERS.iter().find(|one| one.name == name) {
            *(number.place)(usage) = number.read(value)?;
            return Ok(());
        }
        match name {
            "region" => usage.region = region(value)?,
            "free-tiers" => {
                usage.free_tiers = word(name, value, &[("on", true), ("off", false)])?;
            }
            "cognito" => {
                let tiers = [("lite", Cognito::Lite), ("essentials", Cognito::Essentials)];
                usage.cognito = word(name, value, &tiers)?;
            }
            "architecture" => {
                let both = [("x86_64", Architecture::X86), ("arm64", Architecture::Arm)];
                usage.architecture = word(name, value, &both)?;
            }
            "price" => self.prices.push(price(value)?),
            _ => {
                let known: Vec<_> = NUMBERS.iter().map(|one| one.name).chain(WORDS).collect();
                let mend = format!("nobody knows this name; there are {}", known.join(", "));
                return Err(Invalid::new(name, value, mend));
            }
        }
        Ok(())
    }

    /// `prices`, and what the question says over them.
    ///
    /// # Errors
    /// None for prices that [`Self::set`] has taken.
    pub(crate) fn priced(&self, prices: &Prices) -> Result<Prices, PricesError> {
        let mut prices = prices.clone();
        for (item, usd) in &self.prices {
            prices.set(*item, self.usage.region, *usd)?;
        }
        Ok(prices)
    }
}

impl Number {
    fn read(&self, text: &str) -> Result<f64, Invalid> {
        let value = text.parse::<f64>().ok().filter(|value| {
            (self.least..=self.most).contains(value) && !(self.whole && value.fract() != 0.0)
        });
        value.ok_or_else(|| {
            let kind = if self.whole { "a whole number" } else { "a number" };
            let mend = format!("write {kind} from {} to {}", self.least, self.most);
            Invalid::new(self.name, text, mend)
        })
    }
}

fn region(text: &str) -> Result<Region, Invalid> {
    let known = Region::ALL.map(|region| (region.as_str(), region));
    match text {
        "tokyo" => Ok(Region::ApNortheast1),
        _ => word("region", text, &known),
    }
}

fn word<T: Copy>(name: &str, text: &str, known: &[(&str, T)]) -> Result<T, Invalid> {
    let found = known.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words: Vec<_> = known.iter().map(|(word, _)| *word).collect();
        Invalid::new(name, text, format!("write {}", words.join(" or ")))
    })
}

/// `egress=0.1`.
fn price(text: &str) -> Result<(Item, f64), Invalid> {
    let Some((name, usd)) = text.split_once('=') else {
        return Err(Invalid::new("price", text, "write an item and USD, as in egress=0.1"));
    };
    let Some(item) = Item::ALL.iter().find(|item| item.as_str() == name) else {
        let known: Vec<_> = Item::ALL.iter().map(|item| item.as_str()).collect();
        return Err(Invalid::new("price", text, format!("there are {}", known.join(", "))));
    };
    match usd.parse() {
        Ok(usd) if (0.0..=1_000_000.0).contains(&usd) => Ok((*item, usd)),
        _ => Err(Invalid::new("price", text, "write USD as a number from 0 to 1000000")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read() {
        let query = "users=5000&online=0.5&region=us-east-1&free-tiers=on&cognito=essentials\
                     &architecture=arm64&price=egress%3D0.1&price=logs=0";
        let Question { usage, prices } = Question::from_query(query).unwrap();
        assert_eq!((usage.users, usage.online), (5_000.0, 0.5));
        assert_eq!(usage.region, Region::UsEast1);
        assert!(usage.free_tiers);
        assert_eq!(usage.cognito, Cognito::Essentials);
        assert_eq!(usage.architecture, Architecture::Arm);
        assert_eq!(prices, [(Item::Egress, 0.1), (Item::Logs, 0.0)]);
        assert_eq!(usage.messages, Usage::default().messages);
        assert_eq!(Question::from_query("").unwrap(), Question::default());
        assert_eq!(Question::from_query("region=tokyo").unwrap(), Question::default());
    }

    #[test]
    fn the_defaults_are_within_their_limits() {
        for number in &NUMBERS {
            let mut usage = Usage::default();
            let value = *(number.place)(&mut usage);
            assert_eq!(number.read(&value.to_string()), Ok(value), "{}", number.name);
        }
    }

    #[test]
    fn what_cannot_be_asked_is_told_with_what_can() {
        for (query, words) in [
            ("users=0", "users \"0\": write a whole number from 1 to 10000000"),
            ("users=1.5", "users \"1.5\": write a whole number"),
            ("users=NaN", "users \"NaN\": write"),
            ("online=30", "online \"30\": write a number from 0 to 1"),
            ("hours=25", "from 0 to 24"),
            ("bytes=1e9", "from 1 to 32000"),
            ("region=mars", "region \"mars\": write us-east-1 or ap-northeast-1"),
            ("free-tiers=", "write on or off"),
            ("price=egress", "as in egress=0.1"),
            ("price=stamps=1", "there are websocket-messages"),
            ("price=egress=-1", "write USD"),
            ("people=5", "people \"5\": nobody knows this name; there are users, online"),
        ] {
            let error = Question::from_query(query).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let long = Question::from_query(&format!("users={}", "9".repeat(1_000))).unwrap_err();
        assert_eq!(long.value.len(), 40);
    }
}
