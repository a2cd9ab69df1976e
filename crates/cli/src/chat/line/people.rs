//! Who has which name.

use std::collections::HashMap;

use aizuchi_client::event::{Conversation, Person};

/// The names that this client has heard of.
#[derive(Default)]
pub(super) struct People(HashMap<String, String>);

impl People {
    pub(super) fn meet(&mut self, person: &Person) {
        self.0.insert(person.sub.clone(), person.username.clone());
    }

    pub(super) fn meet_all(&mut self, conversation: &Conversation) {
        conversation.members.iter().for_each(|member| self.meet(member));
    }

    pub(super) fn knows(&self, sub: &str) -> bool {
        self.0.contains_key(sub)
    }

    /// The name, or the id of one who is not known by name.
    pub(super) fn name<'a>(&'a self, sub: &'a str) -> &'a str {
        self.0.get(sub).map_or(sub, String::as_str)
    }
}

/// What a conversation is called by `me`: the others' names.
pub(super) fn title(conversation: &Conversation, me: &str) -> String {
    if let Some(name) = &conversation.name {
        return name.clone();
    }
    let others = conversation.members.iter().filter(|member| member.sub != me);
    others.map(|member| member.username.as_str()).collect::<Vec<_>>().join(", ")
}
