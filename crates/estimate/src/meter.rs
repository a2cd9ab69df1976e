//! From what is done to what is billed.

use crate::{
    bill::{Bill, Cause},
    item::Item,
    units::{Action, LOG_BYTES, METERED_BYTES},
    usage::{Architecture, Cognito, Usage},
};

/// Bytes of a GB, as it is billed.
const GB: f64 = 1e9;

/// Writes a bill.
#[derive(Debug)]
pub(crate) struct Meter<'a> {
    pub(crate) bill: Bill,
    usage: &'a Usage,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(usage: &'a Usage) -> Self {
        Self { bill: Bill::default(), usage }
    }

    /// An action on a socket.
    pub(crate) fn socket(&mut self, cause: Cause, times: f64, action: Action) {
        // What a client sends is never larger than one piece.
        let pieces = (action.sent_bytes / METERED_BYTES).ceil();
        let frames = action.received + action.sent * pieces;
        self.bill.add(cause, Item::WebsocketMessages, times * frames);
        self.behind(cause, times, action);
    }

    /// An action by HTTP.
    pub(crate) fn http(&mut self, cause: Cause, times: f64, action: Action) {
        self.bill.add(cause, Item::HttpRequests, times);
        self.behind(cause, times, action);
    }

    /// What is behind either.
    fn behind(&mut self, cause: Cause, times: f64, action: Action) {
        let by_second = match self.usage.architecture {
            Architecture::X86 => Item::LambdaGbSecondsX86,
            Architecture::Arm => Item::LambdaGbSecondsArm,
        };
        self.bill.add(cause, Item::LambdaRequests, times * action.invocations);
        self.bill.add(cause, by_second, times * action.gb_seconds);
        self.bill.add(cause, Item::Logs, times * action.invocations * LOG_BYTES / GB);
        self.bill.add(cause, Item::DynamodbWrites, times * action.writes);
        self.bill.add(cause, Item::DynamodbReads, times * action.reads);
        self.egress(cause, times * action.sent * action.sent_bytes);
    }

    /// Bytes to people.
    pub(crate) fn egress(&mut self, cause: Cause, bytes: f64) {
        self.bill.add(cause, Item::Egress, bytes / GB);
    }

    /// Bytes that the table holds.
    pub(crate) fn kept(&mut self, bytes: f64) {
        self.bill.add(Cause::Keeping, Item::DynamodbStorage, bytes / GB);
    }

    /// People with an account.
    pub(crate) fn accounts(&mut self, people: f64) {
        let tier = match self.usage.cognito {
            Cognito::Lite => Item::CognitoLite,
            Cognito::Essentials => Item::CognitoEssentials,
        };
        self.bill.add(Cause::Accounts, tier, people);
    }
}
