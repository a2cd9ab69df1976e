//! What holds of every [`Hooks`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use aizuchi_core::{
    hooks::{HookSecret, HookState, Hooks, Webhook},
    ids::{ConversationId, UserId},
    log::Stamp,
};

use crate::block_on;

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn room(name: &str) -> ConversationId {
    ConversationId::parse(&format!("r:{name}")).unwrap()
}

fn hook(bot: &str, url: &str, set_at: u64) -> Webhook {
    let (user, secret) = (user(bot), HookSecret([9; 32]));
    Webhook { user, url: url.into(), secret, set_at, state: HookState::Well }
}

fn set(hooks: &impl Hooks, one: &Webhook) {
    block_on(hooks.set_hook(one)).unwrap();
}

fn all(hooks: &impl Hooks) -> Vec<Webhook> {
    block_on(hooks.hooks()).unwrap()
}

fn note(hooks: &impl Hooks, bot: &str, set_at: u64, state: HookState) {
    block_on(hooks.note_hook(&user(bot), set_at, state)).unwrap();
}

fn heard_of(hooks: &impl Hooks, bot: &str, of: &str) -> u64 {
    block_on(hooks.heard_of(&user(bot), &room(of))).unwrap()
}

fn hear_of(hooks: &impl Hooks, bot: &str, of: &str, seq: u64) {
    block_on(hooks.hear_of(&user(bot), &room(of), seq)).unwrap();
}

pub fn a_hook_is_kept_as_it_is(hooks: impl Hooks) {
    assert_eq!(all(&hooks), []);
    let mut secret = [0; 32];
    for (at, byte) in (0..).zip(&mut secret) {
        *byte = 255 - at;
    }
    let full = Webhook { secret: HookSecret(secret), ..hook("b", "https://x/é?y=1", 7) };
    let failing = Webhook { state: HookState::FailingSince(3), ..hook("a", "https://a", 8) };
    let over = Webhook { state: HookState::DisabledAt(4), ..hook("c", "https://c", 9) };
    for one in [&full, &failing, &over] {
        set(&hooks, one);
    }
    assert_eq!(all(&hooks), [failing, full, over]);
}

pub fn another_takes_its_place_and_goes_on(hooks: impl Hooks) {
    set(&hooks, &hook("a", "https://one", 1));
    assert_eq!(block_on(hooks.heard(&user("a"))).unwrap(), None);
    block_on(hooks.hear(&user("a"), Stamp(5))).unwrap();
    hear_of(&hooks, "a", "x", 3);
    note(&hooks, "a", 1, HookState::DisabledAt(2));
    let other = hook("a", "https://two", 2);
    set(&hooks, &other);
    assert_eq!(all(&hooks), [other]);
    assert_eq!(block_on(hooks.heard(&user("a"))).unwrap(), Some(Stamp(5)));
    assert_eq!(heard_of(&hooks, "a", "x"), 3);
}

pub fn a_removed_hook_has_heard_nothing(hooks: impl Hooks) {
    set(&hooks, &hook("a", "https://one", 1));
    set(&hooks, &hook("b", "https://two", 1));
    block_on(hooks.hear(&user("a"), Stamp(5))).unwrap();
    hear_of(&hooks, "a", "x", 3);
    hear_of(&hooks, "b", "x", 4);
    assert!(block_on(hooks.remove_hook(&user("a"))).unwrap());
    assert!(!block_on(hooks.remove_hook(&user("a"))).unwrap());
    // By a worker that has not heard of it yet.
    block_on(hooks.hear(&user("a"), Stamp(6))).unwrap();
    hear_of(&hooks, "a", "x", 5);
    note(&hooks, "a", 1, HookState::FailingSince(1));
    assert_eq!(all(&hooks), [hook("b", "https://two", 1)]);
    set(&hooks, &hook("a", "https://one", 2));
    assert_eq!(block_on(hooks.heard(&user("a"))).unwrap(), None);
    assert_eq!(heard_of(&hooks, "a", "x"), 0);
    assert_eq!(heard_of(&hooks, "b", "x"), 4);
}

pub fn places_only_grow(hooks: impl Hooks) {
    set(&hooks, &hook("a", "https://one", 1));
    assert_eq!(heard_of(&hooks, "a", "x"), 0);
    for (seq, stands) in [(2, 2), (7, 7), (5, 7), (8, 8)] {
        hear_of(&hooks, "a", "x", seq);
        assert_eq!(heard_of(&hooks, "a", "x"), stands);
    }
    assert_eq!(heard_of(&hooks, "a", "y"), 0);
}

pub fn a_replaced_hook_is_not_noted(hooks: impl Hooks) {
    set(&hooks, &hook("a", "https://one", 1));
    let state = |hooks: &_| all(hooks)[0].state;
    for noted in [HookState::FailingSince(4), HookState::Well, HookState::FailingSince(5)] {
        note(&hooks, "a", 1, noted);
        assert_eq!(state(&hooks), noted);
    }
    note(&hooks, "a", 2, HookState::DisabledAt(6));
    assert_eq!(state(&hooks), HookState::FailingSince(5), "of another");
    note(&hooks, "a", 1, HookState::DisabledAt(7));
    note(&hooks, "a", 1, HookState::Well);
    assert_eq!(state(&hooks), HookState::DisabledAt(7), "only whoever set it brings it back");
}
