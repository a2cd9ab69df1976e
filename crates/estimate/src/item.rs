//! What is billed, and where.

use serde::{Deserialize, Serialize};

/// A region of AWS that prices are known for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Region {
    /// Northern Virginia.
    #[serde(rename = "us-east-1")]
    UsEast1,
    /// Tokyo.
    #[serde(rename = "ap-northeast-1")]
    ApNortheast1,
}

impl Region {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::UsEast1, Self::ApNortheast1];

    /// Its name at AWS.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UsEast1 => "us-east-1",
            Self::ApNortheast1 => "ap-northeast-1",
        }
    }
}

macro_rules! items {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something that has a price, by the name that it has in `prices.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Item {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Item {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in `prices.toml`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

items! {
    /// Messages through API Gateway's sockets, each 32 KB or part of them one.
    WebsocketMessages = "websocket-messages",
    /// Minutes that a socket is open.
    ConnectionMinutes = "connection-minutes",
    /// Requests to an HTTP API.
    HttpRequests = "http-requests",
    /// Invocations of a function.
    LambdaRequests = "lambda-requests",
    /// A function's memory by its time, on x86-64.
    LambdaGbSecondsX86 = "lambda-gb-seconds-x86",
    /// A function's memory by its time, on arm64.
    LambdaGbSecondsArm = "lambda-gb-seconds-arm",
    /// Write units of a table on demand.
    DynamodbWrites = "dynamodb-writes",
    /// Read units of a table on demand.
    DynamodbReads = "dynamodb-reads",
    /// What a table holds.
    DynamodbStorage = "dynamodb-storage",
    /// People in a user pool, the lesser tier.
    CognitoLite = "cognito-lite",
    /// People in a user pool, the tier that new pools have unless told.
    CognitoEssentials = "cognito-essentials",
    /// Bytes to the internet.
    Egress = "egress",
    /// Logs taken in.
    Logs = "logs",
    /// A machine of 1 GiB.
    T4gMicro = "t4g.micro",
    /// A machine of 2 GiB.
    T4gSmall = "t4g.small",
    /// A machine of 4 GiB.
    T4gMedium = "t4g.medium",
    /// A public IPv4 address.
    Ipv4 = "ipv4",
}
