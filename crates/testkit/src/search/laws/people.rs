//! Who finds what.

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId},
    log::{Body, LogStore},
    room::{History, Membership, Newcomer},
    search::Search,
};

use super::{NOTHING, do_to, found, say};
use crate::log::{
    LogFixture,
    sample::{direct, user},
};

fn newcomer(name: &str) -> Newcomer {
    Newcomer { user: user(name), username: name.into() }
}

fn room(store: &impl LogStore, name: &str, history: History) -> ConversationId {
    let room = ConversationId::room(&user("ada"), &ClientMsgId::parse(name).unwrap());
    let members = [newcomer("bob")].into();
    let (name, username) = ("Walks".into(), "ada".into());
    let made = Membership::Created { name, history, username, members };
    do_to(store, &room, "ada", Body::Membership(made));
    room
}

pub fn everybody_finds_his_own<F: LogFixture<Store: Search>>(fixture: F) {
    let store = fixture.open();
    say(&store, &direct("ada", "bob"), "ada", "the words for bob");
    say(&store, &direct("bob", "cyd"), "cyd", "other");
    say(&store, &direct("bob", "cyd"), "cyd", "the words of cyd");
    let walks = room(&store, "walks", History::All);
    say(&store, &walks, "bob", "the words of the room");
    assert_eq!(found(&store, "ada", "words"), [1, 2]);
    assert_eq!(found(&store, "bob", "words"), [1, 2, 2]);
    assert_eq!(found(&store, "cyd", "words"), [2]);
    assert_eq!(found(&store, "dan", "words"), NOTHING, "whoever is no member finds nothing");
}

pub fn a_newcomer_finds_what_he_sees<F: LogFixture<Store: Search>>(fixture: F) {
    let store = fixture.open();
    for (name, history, seen) in
        [("all", History::All, vec![2, 4]), ("since", History::SinceJoined, vec![4])]
    {
        let room = room(&store, name, history);
        let newcomer_name = format!("new-{name}");
        say(&store, &room, "bob", "言葉 before");
        let members = [newcomer(&newcomer_name)].into();
        do_to(&store, &room, "ada", Body::Membership(Membership::Invited { members }));
        say(&store, &room, "bob", "言葉 after");
        assert_eq!(found(&store, &newcomer_name, "言葉"), seen);
        // Of a message that he does not see he finds no edit either.
        let edit = Body::Edit { target: 2, text: "改めた言葉".into(), mentions: [].into() };
        do_to(&store, &room, "bob", edit);
        assert_eq!(found(&store, &newcomer_name, "言葉"), seen);
        let edited: &[u64] = if seen.contains(&2) { &[2] } else { &[] };
        assert_eq!(found(&store, &newcomer_name, "改めた"), edited);
    }
}

pub fn who_went_finds_nothing<F: LogFixture<Store: Search>>(fixture: F) {
    let store = fixture.open();
    let room = room(&store, "room", History::All);
    say(&store, &room, "bob", "what was said");
    assert_eq!(found(&store, "bob", "said"), [2]);
    do_to(&store, &room, "bob", Body::Membership(Membership::Left));
    say(&store, &room, "ada", "what was said after");
    assert_eq!(found(&store, "bob", "said"), NOTHING);
    assert_eq!(found(&store, "ada", "said"), [2, 4]);
    let members = [newcomer("bob")].into();
    do_to(&store, &room, "ada", Body::Membership(Membership::Invited { members }));
    assert_eq!(found(&store, "bob", "said"), [2, 4]);
}
