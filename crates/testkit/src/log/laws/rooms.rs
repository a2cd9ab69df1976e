//! Rooms and who is in them.

use std::{slice, sync::Arc, thread};

use crate::block_on;
use aizuchi_core::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, UserId},
    limits::{SHUT_OUT_BYTES, TOLD},
    log::{Appended, Body, LogStore, NewEntry, Span, Stamp, Summary},
    room::{History, Membership, Newcomer, Role, Room, Rule},
};

use super::{ALL, append, direct, entry, seqs, user, whole};
use crate::log::{LogFixture, sample::saying};

fn newcomer(name: &str) -> Newcomer {
    Newcomer { user: user(name), username: name.to_uppercase().into() }
}

fn newcomers(names: &[&str]) -> Arc<[Newcomer]> {
    names.iter().map(|name| newcomer(name)).collect()
}

fn created(members: &[&str], history: History) -> Membership {
    let members = newcomers(members);
    Membership::Created { name: "Walks".into(), history, username: "ADA".into(), members }
}

fn room(name: &str) -> ConversationId {
    ConversationId::room(&user("ada"), &ClientMsgId::parse(name).unwrap())
}

/// A room of ada's with these members.
fn with(store: &impl LogStore, members: &[&str]) -> ConversationId {
    let room = room("room");
    change(store, &room, "ada", created(members, History::All)).unwrap();
    room
}

fn change(
    store: &impl LogStore,
    room: &ConversationId,
    by: &str,
    change: Membership,
) -> Result<Appended, PortError> {
    block_on(store.append(saying(room, by, Body::Membership(change))))
}

fn refused(answer: Result<Appended, PortError>) -> Rule {
    match answer {
        Err(PortError::Refused(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

fn found(store: &impl LogStore, room: &ConversationId) -> Arc<Room> {
    block_on(store.room(room)).unwrap().unwrap()
}

fn members(room: &Room) -> Vec<(&str, Role, u64)> {
    let all = room.members.iter();
    all.map(|(user, member)| (user.as_str(), member.role, member.since)).collect()
}

fn summary(store: &impl LogStore, room: &ConversationId, of: &str) -> Summary {
    block_on(store.summary(room, &user(of))).unwrap().unwrap()
}

fn list(store: &impl LogStore, of: &str) -> Vec<ConversationId> {
    let all = block_on(store.conversations(&user(of), None, 100)).unwrap().summaries;
    all.into_iter().map(|summary| summary.conversation).collect()
}

fn changed(store: &impl LogStore, of: &str, since: Stamp) -> Vec<Summary> {
    block_on(store.changed(&user(of), since, 100)).unwrap().summaries
}

fn now(store: &impl LogStore) -> Stamp {
    block_on(store.now()).unwrap()
}

pub fn a_room_is_made_of_its_changes(fixture: impl LogFixture) {
    let store = fixture.open();
    assert_eq!(block_on(store.room(&room("room"))).unwrap(), None);
    let room = with(&store, &["bob"]);
    let first = found(&store, &room);
    assert_eq!((&*first.name, first.history, first.changed), ("Walks", History::All, 1));
    assert_eq!(members(&first), [("ada", Role::Owner, 1), ("bob", Role::Member, 1)]);
    assert_eq!(&*first.members[&user("bob")].username, "BOB");
    let then = |by: &str, what| {
        change(&store, &room, by, what).unwrap();
        found(&store, &room)
    };
    append(&store, entry(&room, "bob", "hello"));
    then("ada", Membership::RoleSet { user: user("bob"), role: Role::Admin });
    then("bob", Membership::Invited { members: newcomers(&["cyd", "ada", "dan"]) });
    then("eve", Membership::Joined { username: "EVE".into() });
    then("bob", Membership::Removed { user: user("cyd") });
    then("dan", Membership::Left);
    let last = then("bob", Membership::Renamed { name: "散歩".into() });
    let expected = [("ada", Role::Owner, 1), ("bob", Role::Admin, 1), ("eve", Role::Member, 5)];
    assert_eq!(members(&last), expected);
    assert_eq!((&*last.name, last.changed), ("散歩", 8));
    let page = block_on(store.messages(&room, Span::Newest, ALL)).unwrap();
    assert_eq!(seqs(&page), [1, 2, 3, 4, 5, 6, 7, 8], "what happens to a room is shown");
    assert_eq!(page.entries[7].body, Body::Membership(Membership::Renamed { name: "散歩".into() }));
    let mut made: Option<Room> = None;
    for entry in &page.entries {
        if let Body::Membership(change) = &entry.body {
            made = Some(Room::after(made.as_ref(), &entry.author, entry.seq, change).unwrap());
        }
    }
    assert_eq!(made.as_ref(), Some(&*last));
}

pub fn a_change_against_the_rules_is_refused(fixture: impl LogFixture) {
    let store = fixture.open();
    let try_it = |by: &str, what| refused(change(&store, &room("room"), by, what));
    let invite = |names: &[&str]| Membership::Invited { members: newcomers(names) };
    let role = |of: &str, role| Membership::RoleSet { user: user(of), role };
    let remove = |of: &str| Membership::Removed { user: user(of) };
    assert_eq!(try_it("ada", Membership::Left), Rule::NoRoom);
    assert_eq!(try_it("ada", invite(&["bob"])), Rule::NoRoom);
    let room = with(&store, &["bob", "cyd"]);
    change(&store, &room, "ada", role("cyd", Role::Admin)).unwrap();

    assert_eq!(try_it("ada", created(&[], History::All)), Rule::Exists);
    assert_eq!(try_it("eve", Membership::Left), Rule::NotMember);
    assert_eq!(try_it("eve", invite(&["dan"])), Rule::NotMember);
    assert_eq!(try_it("bob", invite(&["dan"])), Rule::NotAllowed);
    assert_eq!(try_it("bob", Membership::Renamed { name: "x".into() }), Rule::NotAllowed);
    assert_eq!(try_it("bob", remove("cyd")), Rule::NotAllowed);
    assert_eq!(try_it("cyd", remove("ada")), Rule::NotAllowed);
    assert_eq!(try_it("cyd", role("bob", Role::Admin)), Rule::NotAllowed);
    assert_eq!(try_it("cyd", remove("eve")), Rule::NoSuchMember);
    assert_eq!(try_it("ada", role("eve", Role::Admin)), Rule::NoSuchMember);
    assert_eq!(try_it("ada", Membership::Left), Rule::LastOwner);
    assert_eq!(try_it("ada", role("ada", Role::Member)), Rule::LastOwner);
    assert_eq!(try_it("ada", invite(&["bob"])), Rule::NoChange);
    assert_eq!(try_it("bob", Membership::Joined { username: "x".into() }), Rule::NoChange);
    assert_eq!(whole(&store, &room).entries.len(), 2);
}

pub fn a_refused_change_is_not_stored(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob"]);
    let named = NewEntry {
        client_msg_id: Some(ClientMsgId::parse("c1").unwrap()),
        ..saying(&room, "bob", Body::Membership(Membership::Renamed { name: "x".into() }))
    };
    let stamp = now(&store);
    assert_eq!(refused(block_on(store.append(named.clone()))), Rule::NotAllowed);
    assert_eq!(changed(&store, "ada", stamp), []);
    assert_eq!(append(&store, entry(&room, "bob", "x")).seq, 2);
    let role = Membership::RoleSet { user: user("bob"), role: Role::Admin };
    change(&store, &room, "ada", role).unwrap();
    let appended = block_on(store.append(named)).unwrap();
    assert_eq!((appended.seq, appended.duplicate), (4, false), "its name was not used up");
}

pub fn a_resent_change_is_known(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob"]);
    let left = NewEntry {
        client_msg_id: Some(ClientMsgId::parse("c1").unwrap()),
        ..saying(&room, "bob", Body::Membership(Membership::Left))
    };
    let first = block_on(store.append(left.clone())).unwrap();
    // He is no member any more, and did it all the same.
    let again = block_on(store.append(left)).unwrap();
    assert_eq!(again, Appended { duplicate: true, ..first });
}

pub fn of_two_last_owners_one_stays(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob", "cyd"]);
    let role = Membership::RoleSet { user: user("bob"), role: Role::Owner };
    change(&store, &room, "ada", role).unwrap();
    let answers = thread::scope(|scope| {
        let leave = |by| {
            let (store, room) = (&store, &room);
            scope.spawn(move || change(store, room, by, Membership::Left))
        };
        [leave("ada"), leave("bob")].map(|thread| thread.join().unwrap())
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let owners = found(&store, &room);
    let owners = owners.members.values().filter(|member| member.role == Role::Owner);
    assert_eq!(owners.count(), 1);
    assert_eq!(seqs(&whole(&store, &room)), [1, 2, 3]);
}

pub fn a_room_is_in_its_members_lists(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob"]);
    let two = direct("ada", "bob");
    append(&store, entry(&two, "ada", "x"));
    assert_eq!(list(&store, "ada"), [two.clone(), room.clone()]);
    append(&store, entry(&room, "ada", "x"));
    assert_eq!(list(&store, "ada"), [room.clone(), two.clone()]);
    assert_eq!(list(&store, "bob"), [room.clone(), two.clone()]);
    assert_eq!(list(&store, "cyd"), []);
    let stamp = now(&store);
    change(&store, &room, "ada", Membership::Invited { members: newcomers(&["cyd"]) }).unwrap();
    assert_eq!(list(&store, "cyd"), slice::from_ref(&room));
    for of in ["ada", "bob", "cyd"] {
        let since = changed(&store, of, stamp);
        assert_eq!(since.len(), 1);
        assert_eq!((&since[0].conversation, since[0].last_seq), (&room, 3));
        assert_eq!(since[0].room.as_deref(), Some(&*found(&store, &room)));
        assert_eq!(since[0].last, None);
    }
    let ada = summary(&store, &room, "ada");
    assert_eq!(ada.last.unwrap().seq, 3);
    assert_eq!((ada.unread, summary(&store, &room, "bob").unread), (0, 1));
    // The list in parts, each of which goes on where the last one ended.
    let first = block_on(store.conversations(&user("bob"), None, 1)).unwrap();
    assert_eq!(first.summaries[0].conversation, room);
    let rest = block_on(store.conversations(&user("bob"), first.next, 1)).unwrap();
    assert_eq!((&rest.summaries[0].conversation, rest.next), (&two, None));
}

pub fn who_is_gone_finds_that_it_changed(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob", "cyd"]);
    append(&store, entry(&room, "ada", "x"));
    let stamp = now(&store);
    change(&store, &room, "ada", Membership::Removed { user: user("bob") }).unwrap();
    assert_eq!(list(&store, "bob"), []);
    let gone = changed(&store, "bob", stamp);
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].conversation, room);
    assert!(gone[0].room.as_ref().unwrap().role(&user("bob")).is_none());
    assert_eq!((gone[0].unread, &gone[0].reads, &gone[0].last), (0, &vec![], &None));
    let stamp = now(&store);
    append(&store, entry(&room, "ada", "he is gone"));
    assert_eq!(changed(&store, "bob", stamp), [], "what follows is none of his");
    assert_eq!(changed(&store, "cyd", stamp).len(), 1);
    change(&store, &room, "ada", Membership::Invited { members: newcomers(&["bob"]) }).unwrap();
    assert_eq!(list(&store, "bob"), slice::from_ref(&room));
    assert_eq!(changed(&store, "bob", stamp).len(), 1);
}

pub fn who_comes_has_read_what_was_before(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob"]);
    for _ in 0..5 {
        append(&store, entry(&room, "ada", "x"));
    }
    change(&store, &room, "ada", Membership::Invited { members: newcomers(&["cyd"]) }).unwrap();
    let unread = |of: &str| summary(&store, &room, of).unread;
    assert_eq!((unread("bob"), unread("cyd")), (5, 0));
    append(&store, entry(&room, "bob", "x"));
    assert_eq!((unread("ada"), unread("bob"), unread("cyd")), (1, 5, 1));
    block_on(store.read(&room, &user("cyd"), 8)).unwrap();
    assert_eq!(unread("cyd"), 0);
    assert_eq!(summary(&store, &room, "ada").reads, [(user("cyd"), 8)]);
}

pub fn ones_own_cursor_is_told_in_a_large_room(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob"]);
    let many: Vec<String> = (0..TOLD).map(|number| format!("p{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    append(&store, entry(&room, "ada", "x"));
    let cursor = |of: &str, seq| block_on(store.read(&room, &user(of), seq)).unwrap().seq;
    let reads = |of: &str| -> Vec<(UserId, u64)> { summary(&store, &room, of).reads };
    cursor("bob", 1);
    cursor("ada", 2);
    assert_eq!(reads("ada"), [(user("ada"), 2), (user("bob"), 1)]);
    let stamp = now(&store);
    change(&store, &room, "ada", Membership::Invited { members: newcomers(&many) }).unwrap();
    assert_eq!(reads("ada"), [(user("ada"), 2)]);
    assert_eq!(reads("p0"), []);
    let after = now(&store);
    cursor("bob", 2);
    assert_eq!(changed(&store, "ada", after), [], "others' cursors are no change of a room");
    let own = changed(&store, "bob", after);
    assert_eq!((own.len(), &own[0].reads), (1, &vec![(user("bob"), 2)]));
    assert_eq!(changed(&store, "p1", stamp).len(), 1);
}

pub fn every_cursor_is_told_who_asks(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob"]);
    let reads = |id: &ConversationId| block_on(store.reads(id)).unwrap();
    assert_eq!(reads(&room), []);
    let many: Vec<String> = (0..TOLD).map(|number| format!("p{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    change(&store, &room, "ada", Membership::Invited { members: newcomers(&many) }).unwrap();
    for (of, seq) in [("p3", 2), ("bob", 1), ("ada", 1)] {
        block_on(store.read(&room, &user(of), seq)).unwrap();
    }
    let all = [(user("ada"), 1), (user("bob"), 1), (user("p3"), 2)];
    assert_eq!(reads(&room), all);
    let two = direct("ada", "bob");
    append(&store, entry(&two, "ada", "x"));
    block_on(store.read(&two, &user("bob"), 1)).unwrap();
    assert_eq!(reads(&two), [(user("bob"), 1)]);
    assert_eq!(reads(&direct("cyd", "dan")), []);
}

pub fn who_was_put_out_comes_back_by_invitation(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob", "cyd"]);
    let join = |by: &str| change(&store, &room, by, Membership::Joined { username: "x".into() });
    change(&store, &room, "ada", Membership::Removed { user: user("bob") }).unwrap();
    change(&store, &room, "cyd", Membership::Left).unwrap();
    assert_eq!(refused(join("bob")), Rule::ShutOut);
    join("cyd").unwrap();
    drop(store);
    let store = fixture.open();
    let join = |by: &str| change(&store, &room, by, Membership::Joined { username: "x".into() });
    assert_eq!(refused(join("bob")), Rule::ShutOut);
    change(&store, &room, "ada", Membership::Invited { members: newcomers(&["bob"]) }).unwrap();
    change(&store, &room, "bob", Membership::Left).unwrap();
    join("bob").unwrap();
    // Of too many the one who was put out first may come again.
    let names: Vec<String> = (0..200).map(|number| format!("p{number:035}")).collect();
    let mut made = (*found(&store, &room)).clone();
    for name in &names {
        made = Room::after(
            Some(&made),
            &user("ada"),
            made.changed + 1,
            &Membership::Invited { members: newcomers(&[name.as_str()]) },
        )
        .unwrap();
        let put_out = Membership::Removed { user: user(name) };
        made = Room::after(Some(&made), &user("ada"), made.changed + 1, &put_out).unwrap();
    }
    assert_eq!(made.shut_out.len(), SHUT_OUT_BYTES / (36 + 12));
    assert!(!made.shut_out.contains_key(&user(&names[0])));
    assert!(made.shut_out.contains_key(&user(&names[199])));
}

pub fn a_room_outlives_the_store(fixture: impl LogFixture) {
    let store = fixture.open();
    let room = with(&store, &["bob", "cyd"]);
    change(&store, &room, "cyd", Membership::Left).unwrap();
    append(&store, entry(&room, "ada", "x"));
    let before = (found(&store, &room), whole(&store, &room), summary(&store, &room, "bob"));
    let gone = changed(&store, "cyd", Stamp(0));
    drop(store);
    let store = fixture.open();
    let after = (found(&store, &room), whole(&store, &room), summary(&store, &room, "bob"));
    assert_eq!(after, before);
    assert_eq!(list(&store, "bob"), slice::from_ref(&room));
    assert_eq!(changed(&store, "cyd", Stamp(0)), gone);
    assert_eq!(refused(change(&store, &room, "cyd", Membership::Left)), Rule::NotMember);
}

pub fn a_direct_conversation_has_no_members_to_change(fixture: impl LogFixture) {
    let store = fixture.open();
    let two = direct("ada", "bob");
    let answer = change(&store, &two, "ada", created(&["cyd"], History::All));
    assert!(matches!(answer, Err(PortError::Rejected(_))), "{answer:?}");
    assert_eq!(block_on(store.room(&two)).unwrap(), None);
}
