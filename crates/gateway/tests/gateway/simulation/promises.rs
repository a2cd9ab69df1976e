//! What the protocol promises, as it is checked.

use std::collections::BTreeMap;

use aizuchi_core::{
    ids::ConversationId,
    log::{LogStore, PageSize, Span, Summary},
};
use pollster::block_on;
use serde_json::Value;

use super::{DEVICES, PEOPLE, Simulation, device::Shown};
use crate::support::{direct, user};

impl Simulation {
    /// Looks at a frame as the server writes it.
    pub(super) fn witness(&mut self, connection: usize, frame: &Value) {
        let text = |field: &str| frame[field].as_str().unwrap_or_default().to_owned();
        if frame["action"] != "ACK" && frame["action"] != "SENDMSG" {
            return;
        }
        // Promise 1.
        let is_held =
            self.server.log().held().iter().any(|name| name.to_string() == text("messageId"));
        assert!(!is_held, "said before it was durable: {frame}");
        if frame["action"] == "ACK" {
            let me = DEVICES[self.connections[connection].device];
            let place = (text("conversationId"), frame["seq"].as_u64().unwrap(), text("messageId"));
            let key = (me, text("clientMsgId"));
            let before = self.acknowledged.insert(key, place.clone());
            assert!(before.is_none_or(|before| before == place), "an entry changed its place");
        }
    }

    /// Looks at where all have come to.
    pub(super) fn check(&self) {
        self.each_message_is_in_the_log_once();
        self.what_was_acknowledged_is_where_it_was();
        for device in 0..DEVICES.len() {
            self.a_device_shows_what_the_log_holds(device);
            self.what_a_device_says_keeps_its_order(device);
        }
        let there = self.connections.iter().filter(|one| !one.unregistered).count();
        assert_eq!(self.server.hub().open_lines(), there as u64);
        assert_eq!(there, DEVICES.len());
    }

    /// Promise 2: nothing is lost, and nothing is there twice.
    fn each_message_is_in_the_log_once(&self) {
        let mut said: Vec<String> = self
            .devices
            .iter()
            .flat_map(|device| device.said.iter().map(|(id, name)| format!("{id} {name}")))
            .collect();
        let mut stored: Vec<String> = conversations()
            .flat_map(|id| {
                let entries = self.entries(&id);
                entries.into_values().map(move |(_, text, _)| {
                    format!("{id} {}", text.split(' ').next().unwrap_or_default())
                })
            })
            .collect();
        said.sort();
        stored.sort();
        assert_eq!(said, stored);
    }

    /// Promise 2: an entry never changes its place.
    fn what_was_acknowledged_is_where_it_was(&self) {
        for ((me, client_msg_id), (id, seq, name)) in &self.acknowledged {
            let (author, text, message_id) = &self.entries(id)[seq];
            assert_eq!((author.as_str(), message_id), (*me, name));
            assert!(text.starts_with(&format!("{client_msg_id} ")));
        }
    }

    /// Promises 3, 4 and 5: everything, and nothing of others.
    fn a_device_shows_what_the_log_holds(&self, device: usize) {
        let device = &self.devices[device];
        let mine = conversations().filter_map(|id| Some((self.summary(&id, device.me)?, id)));
        let mut shown = 0;
        for (summary, id) in mine {
            shown += 1;
            let view = &device.views[&id];
            assert_eq!(view.entries, self.entries(&id), "{} in {id}", device.me);
            let reads: BTreeMap<_, _> =
                summary.reads.into_iter().map(|(who, seq)| (who.to_string(), seq)).collect();
            let moved = view.reads.iter().filter(|(_, seq)| **seq > 0);
            assert!(moved.eq(&reads), "{:?} {reads:?}", view.reads);
            assert_eq!(view.unread(device.me), summary.unread);
        }
        assert_eq!(device.views.len(), shown);
    }

    fn what_a_device_says_keeps_its_order(&self, device: usize) {
        let device = &self.devices[device];
        assert_eq!(device.sent.len(), device.said.len());
        for id in conversations() {
            let said = device.said.iter().filter(|(to, _)| *to == id);
            let places: Vec<_> = said.map(|(_, name)| &device.sent[name]).collect();
            assert!(places.is_sorted_by_key(|(_, seq)| *seq), "{places:?}");
            assert!(places.iter().all(|(to, _)| *to == id));
        }
    }

    fn entries(&self, id: &str) -> BTreeMap<u64, Shown> {
        let id = ConversationId::parse(id).unwrap();
        let size = PageSize { entries: usize::MAX, bytes: usize::MAX };
        let page = block_on(self.server.log().entries(&id, Span::After(0), size)).unwrap();
        let shown = page.entries.into_iter().map(|entry| {
            let text = entry.body.message().unwrap().text.clone();
            let shown = (entry.author.to_string(), text.to_string(), entry.message_id.to_string());
            (entry.seq, shown)
        });
        shown.collect()
    }

    /// A conversation as its member sees it; `None` for others.
    fn summary(&self, id: &str, me: &str) -> Option<Summary> {
        let id = ConversationId::parse(id).unwrap();
        id.partner_of(&user(me))?;
        block_on(self.server.log().summary(&id, &user(me))).unwrap()
    }
}

fn conversations() -> impl Iterator<Item = String> {
    let [ada, bob, cyd] = PEOPLE;
    [direct(ada, bob), direct(ada, cyd), direct(bob, cyd)].into_iter()
}
