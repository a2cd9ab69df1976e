//! What functions have of memory, and how long they run: as measured.
//!
//! `scripts/function-memory` measures it and chooses (`functions.toml`); a test
//! holds the two together. DynamoDB, API Gateway and Cognito answer there as late
//! as is assumed; only AWS shows how late they are.

use crate::units::COLD_SHARE;

/// One of the functions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Function {
    /// Of memory.
    pub memory_mb: f64,
    /// What is billed of a start with its first answer, in ms.
    pub cold_ms: f64,
}

/// Connections and frames.
pub const SOCKET: Function = Function { memory_mb: 512.0, cold_ms: 66.2 };
/// Who may open a socket.
pub const AUTHORIZER: Function = Function { memory_mb: 128.0, cold_ms: 209.3 };
/// What comes by HTTP.
pub const HTTP: Function = Function { memory_mb: 128.0, cold_ms: 447.0 };

/// Billed for a message to one connection, in ms; so are those that follow.
pub const SEND_MS: f64 = 60.2;
/// For each further connection that it is brought to.
pub const DELIVERY_MS: f64 = 0.1;
/// For READ.
pub const READ_MS: f64 = 40.4;
/// For TYPING.
pub const TYPING_MS: f64 = 17.5;
/// For SYNC with little in it.
pub const SYNC_MS: f64 = 24.1;
/// For the first SYNC of a connection.
pub const SYNC_FIRST_MS: f64 = 23.9;
/// For WATCH of somebody else.
pub const WATCH_MS: f64 = 46.5;
/// For WATCH of the same.
pub const WATCH_AGAIN_MS: f64 = 29.5;
/// For the newest page.
pub const PAGE_MS: f64 = 19.1;
/// For `$connect`.
pub const CONNECT_MS: f64 = 7.3;
/// For `$disconnect`.
pub const DISCONNECT_MS: f64 = 7.3;
/// For the authorizer's word.
pub const AUTHORIZE_MS: f64 = 1.0;
/// For a new access token.
pub const REFRESH_MS: f64 = 173.1;
/// For a poll.
pub const POLL_MS: f64 = 67.0;

impl Function {
    /// GB-seconds of an invocation of so many ms, with its share of the starts.
    pub const fn ran(self, ms: f64) -> f64 {
        self.memory_mb / 1_024.0 * (ms + COLD_SHARE * self.cold_ms) / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Record {
        memory_mb: BTreeMap<String, f64>,
        measured: Vec<Measured>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Measured {
        function: String,
        action: String,
        memory_mb: f64,
        billed_ms: f64,
    }

    impl Record {
        fn read() -> Self {
            toml::from_str(include_str!("../functions.toml")).expect("the record")
        }

        /// At the size that was chosen.
        fn billed(&self, function: &str, action: &str) -> f64 {
            let is = |one: &&Measured| {
                one.function == function
                    && one.action == action
                    && one.memory_mb == self.memory_mb[function]
            };
            self.measured.iter().find(is).expect(action).billed_ms
        }
    }

    #[test]
    fn these_are_the_recorded_figures() {
        let record = Record::read();
        for (name, function) in [("socket", SOCKET), ("authorizer", AUTHORIZER), ("http", HTTP)] {
            assert_eq!(function.memory_mb, record.memory_mb[name], "{name}");
            assert_eq!(function.cold_ms, record.billed(name, "cold"), "{name}");
        }
        for (function, action, ms) in [
            ("socket", "send", SEND_MS),
            ("socket", "read", READ_MS),
            ("socket", "typing", TYPING_MS),
            ("socket", "sync", SYNC_MS),
            ("socket", "sync-first", SYNC_FIRST_MS),
            ("socket", "watch", WATCH_MS),
            ("socket", "watch-again", WATCH_AGAIN_MS),
            ("socket", "page", PAGE_MS),
            ("socket", "connect", CONNECT_MS),
            ("socket", "disconnect", DISCONNECT_MS),
            ("authorizer", "authorize", AUTHORIZE_MS),
            ("http", "refresh", REFRESH_MS),
            ("http", "poll", POLL_MS),
        ] {
            assert_eq!(ms, record.billed(function, action), "{action}");
        }
        let more = (record.billed("socket", "send-to-11") - SEND_MS) / 10.0;
        assert!((more.max(0.0) - DELIVERY_MS).abs() < 0.051, "{more}");
    }

    #[test]
    fn template_and_documents_have_what_was_chosen() {
        let template = include_str!("../../../deploy/aws/template.yaml");
        let record = Record::read();
        for (function, memory) in &record.memory_mb {
            let has = format!(
                "Handler: {function}\n      MemorySize: !If [OneMemory, !Ref MemoryMb, {memory}]\n"
            );
            assert!(template.contains(&has), "{has}");
            let told = format!("\n| {function} | {memory} | ");
            assert!(include_str!("../../../docs/capacity.md").contains(&told), "{told}");
        }
    }
}
