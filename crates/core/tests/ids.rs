//! Names: which there are, and how they are written.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use aizuchi_core::{
    ids::{ClientMsgId, ConnectionId, ConversationId, Ids, MessageId, SystemIds, UserId},
    limits::{CLIENT_MSG_ID_BYTES, USER_ID_BYTES},
};
use proptest::prelude::*;

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn direct(a: &str, b: &str) -> String {
    ConversationId::direct(&user(a), &user(b)).unwrap().to_string()
}

#[test]
fn an_id_is_a_short_text_without_control_characters() {
    let longest = "x".repeat(USER_ID_BYTES);
    for fine in ["a", " ", "a b", "相槌", "\u{1f9a9}", "d:a:b", longest.as_str()] {
        assert_eq!(user(fine).as_str(), fine);
    }
    let too_long = "x".repeat(USER_ID_BYTES + 1);
    let too_many_bytes = "相".repeat(USER_ID_BYTES / 3 + 1);
    for wrong in ["", "\0", "a\0b", "a\nb", "\u{7f}", "\u{85}", &too_long, &too_many_bytes] {
        assert!(UserId::parse(wrong).is_err(), "{wrong:?}");
    }
    assert!(ClientMsgId::parse(&"x".repeat(CLIENT_MSG_ID_BYTES)).is_ok());
    assert!(ClientMsgId::parse(&"x".repeat(CLIENT_MSG_ID_BYTES + 1)).is_err());
    assert!(ConnectionId::parse(&"x".repeat(128)).is_ok());
    assert!(ConnectionId::parse(&"x".repeat(129)).is_err());
}

#[test]
fn members_are_written_as_encode_uri_component_does() {
    // Right of each, what encodeURIComponent of the left gives.
    for (member, written) in [
        ("AZaz09", "AZaz09"),
        ("-_.!~*'()", "-_.!~*'()"),
        (" ", "%20"),
        (";/?:@&=+$,#", "%3B%2F%3F%3A%40%26%3D%2B%24%2C%23"),
        ("%", "%25"),
        ("\"<>\\^`{|}[]", "%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D"),
        ("é", "%C3%A9"),
        ("相槌", "%E7%9B%B8%E6%A7%8C"),
        ("\u{1f9a9}", "%F0%9F%A6%A9"),
        ("\u{10ffff}", "%F4%8F%BF%BF"),
        ("a:b", "a%3Ab"),
        ("auth0|62f1", "auth0%7C62f1"),
    ] {
        assert_eq!(direct("\u{10ffff}z", member), {
            let (one, other) = (written.to_owned(), "%F4%8F%BF%BFz".to_owned());
            format!("d:{one}:{other}")
        });
    }
}

#[test]
fn members_are_in_the_order_of_their_bytes() {
    for (smaller, larger) in [
        ("a", "b"),
        ("Z", "a"),
        ("a", "aa"),
        // Raw bytes, not written ones: a space is written with a percent sign.
        (" ", "!"),
        ("~", "é"),
        // UTF-8, where UTF-16 has it the other way round.
        ("\u{ffff}", "\u{10000}"),
        ("10", "9"),
    ] {
        let id = direct(larger, smaller);
        assert_eq!(id, direct(smaller, larger));
        let [first, second] = ConversationId::parse(&id).unwrap().direct_members().unwrap();
        assert_eq!((first.as_str(), second.as_str()), (smaller, larger));
    }
}

#[test]
fn nobody_converses_with_himself() {
    assert!(ConversationId::direct(&user("a"), &user("a")).is_err());
    assert!(ConversationId::parse("d:a:a").is_err());
}

#[test]
fn only_the_canonical_form_is_an_id() {
    for fine in ["d:a:b", "d:%20:b", "d:A:a", "r:x", "r:018bcfe5-6800_A"] {
        assert_eq!(ConversationId::parse(fine).unwrap().as_str(), fine);
    }
    let too_long = format!("r:{}", "x".repeat(1_000));
    for wrong in [
        "",
        "d",
        "d:",
        "d::",
        "d:a",
        "d:a:",
        "d::a",
        "d:b:a",
        "d:a:b:",
        "d:a:b:c",
        "d:%61:b",
        "d:a:%2f",
        "d:a:%e7%9b%b8",
        "d:a:%",
        "d:a:%G0",
        "d:a:%FF",
        "d:a:b c",
        "d:a:相",
        "d:a:%00",
        "D:a:b",
        "r:",
        "r:a:b",
        "r:a%20",
        "r:相",
        "x:a:b",
        &too_long,
    ] {
        assert!(ConversationId::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn the_longest_ids_of_people_make_an_id() {
    let [a, b] = ["\u{1f9a9}", "\u{1f9aa}"].map(|one| one.repeat(USER_ID_BYTES / 4));
    assert!(ConversationId::parse(&direct(&a, &b)).is_ok());
}

#[test]
fn a_partner_is_the_other_member() {
    let id = ConversationId::parse("d:a:b").unwrap();
    assert_eq!(id.partner_of(&user("a")), Some(user("b")));
    assert_eq!(id.partner_of(&user("b")), Some(user("a")));
    assert_eq!(id.partner_of(&user("c")), None);
    let room = ConversationId::parse("r:x").unwrap();
    assert_eq!(room.partner_of(&user("a")), None);
    assert_eq!(room.direct_members(), None);
}

#[test]
fn a_message_id_is_a_uuid_of_its_time() {
    let id = MessageId::new(0x0123_4567_89ab, u128::MAX);
    assert_eq!(id.to_string(), "01234567-89ab-7fff-bfff-ffffffffffff");
    let id = MessageId::new(0x0123_4567_89ab, 0);
    assert_eq!(id.to_string(), "01234567-89ab-7000-8000-000000000000");
    assert_eq!(MessageId::from_bytes(id.to_bytes()), id);
    assert_eq!(id.write(&mut [0; MessageId::TEXT_LEN]), id.to_string());
    assert!(MessageId::new(1, 0).to_string() > MessageId::new(0, u128::MAX).to_string());
}

#[test]
fn random_ids_differ() {
    let ids = SystemIds::default();
    let mut drawn: Vec<_> = (0..1_000).map(|_| ids.random()).collect();
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 1_000);
}

fn any_user() -> impl Strategy<Value = UserId> {
    proptest::collection::vec(any::<char>(), 1..32).prop_filter_map("not an id", |letters| {
        UserId::parse(&letters.into_iter().collect::<String>()).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_id_leads_back_to_its_members(a in any_user(), b in any_user()) {
        prop_assume!(a != b);
        let id = ConversationId::direct(&a, &b).unwrap();
        prop_assert_eq!(&id, &ConversationId::direct(&b, &a).unwrap());
        prop_assert_eq!(&ConversationId::parse(id.as_str()).unwrap(), &id);
        let mut members = [a, b];
        members.sort();
        prop_assert_eq!(id.direct_members(), Some(members));
    }

    #[test]
    fn what_is_read_as_an_id_is_written_the_same(text in "[dr]:[a-c%2F:]{0,12}") {
        if let Ok(id) = ConversationId::parse(&text) {
            prop_assert_eq!(id.as_str(), &text);
            if let Some([a, b]) = id.direct_members() {
                prop_assert_eq!(ConversationId::direct(&a, &b).unwrap(), id);
            }
        }
    }
}

#[test]
fn a_message_id_is_read_as_it_is_written() {
    let id = MessageId::new(1_700_000_000_000, 0xfeed_0123_4567);
    assert_eq!(MessageId::parse(&id.to_string()), Some(id));
    let text = id.to_string();
    let strange = [text.to_uppercase(), text.replace('-', ""), text[1..].to_owned(), "é".into()];
    for one in strange.iter().map(String::as_str).chain(["", "-", "+"]) {
        assert_eq!(MessageId::parse(one), None, "{one}");
    }
}
