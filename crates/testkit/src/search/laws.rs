//! The laws of [`Search`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

mod long;
mod people;

use std::collections::BTreeSet;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Body, LogStore},
    search::{Asked, Found, Place, Query, STRETCH, Search, Stretch},
};

pub use self::{long::*, people::*};
use crate::{
    block_on,
    log::{
        LogFixture,
        sample::{direct, entry, saying, user},
    },
};

/// A text with kanji, kana of both kinds, digits and Latin letters in it.
const JAPANESE: &str = "明日の午後3時、東京駅の八重洲口で待ち合わせましょう。JR東日本の遅延があれば、\
                        カフェ「ランプ」へ移動して、資料を読みながら待ちます。よろしくお願いいたします！";

const NOTHING: [Seq; 0] = [];

fn asked(by: &str, query: &str) -> Asked {
    let (user, query) = (user(by), Query::parse(query));
    Asked { user, query, within: None, from: None, until: None }
}

/// All stretches of a search.
fn stretches(store: &impl Search, asked: &Asked) -> Vec<Stretch> {
    let mut all = Vec::new();
    let mut from = asked.from.clone();
    loop {
        let stretch = block_on(store.search(Asked { from, ..asked.clone() })).unwrap();
        from = stretch.next.clone();
        all.push(stretch);
        if from.is_none() {
            return all;
        }
        assert!(all.len() < 10_000, "it comes to an end");
    }
}

fn all(store: &impl Search, asked: &Asked) -> Vec<Found> {
    stretches(store, asked).into_iter().flat_map(|stretch| stretch.found).collect()
}

/// The places of what somebody finds, ascending.
fn found(store: &impl Search, by: &str, query: &str) -> Vec<Seq> {
    let mut seqs: Vec<_> = all(store, &asked(by, query)).iter().map(|one| one.entry.seq).collect();
    seqs.sort_unstable();
    seqs
}

fn say(store: &impl LogStore, conversation: &ConversationId, by: &str, text: &str) -> Seq {
    block_on(store.append(entry(conversation, by, text))).unwrap().seq
}

fn do_to(store: &impl LogStore, conversation: &ConversationId, by: &str, body: Body) -> Seq {
    block_on(store.append(saying(conversation, by, body))).unwrap().seq
}

pub fn words_are_found_whatever_their_case_and_form<F>(fixture: F)
where
    F: LogFixture<Store: Search>,
{
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "The Weather in Zürich is ＦＩＮＥ, 25℃");
    say(&store, &talk, "bob", "no other weathercock");
    for query in
        ["weather in", "WEATHER is", "ｗｅａｔｈｅｒ fine", "zurich fine", "ZÜRICH", "fine, 25"]
    {
        assert_eq!(found(&store, "ada", query), [1], "{query}");
        assert_eq!(found(&store, "bob", query), [1], "{query}");
    }
}

pub fn every_term_must_be_there<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    for text in ["red green", "green blue", "red blue 赤い空", "red green blue"] {
        say(&store, &talk, "ada", text);
    }
    assert_eq!(found(&store, "bob", "red green"), [1, 4]);
    assert_eq!(found(&store, "bob", "blue red"), [3, 4]);
    assert_eq!(found(&store, "bob", "赤い blue"), [3]);
    assert_eq!(found(&store, "bob", "red green yellow"), NOTHING);
}

pub fn the_last_word_may_be_begun<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "international understanding");
    say(&store, &talk, "ada", "into the inn, international");
    for query in ["i", "in", "int", "inte", "intern", "internationa", "international"] {
        assert_eq!(found(&store, "ada", query), [1, 2], "{query}");
    }
    assert_eq!(
        found(&store, "ada", "intern understanding"),
        NOTHING,
        "but for the last, all of it"
    );
    assert_eq!(found(&store, "ada", "international under"), [1]);
    assert_eq!(found(&store, "ada", "national"), NOTHING);
}

pub fn any_part_of_a_japanese_text_finds_it<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "昨日は大阪にいました。");
    say(&store, &talk, "ada", JAPANESE);
    say(&store, &talk, "bob", "わかりました、楽しみです");
    let chars: Vec<char> = JAPANESE.chars().collect();
    for length in 1..=3 {
        for part in chars.windows(length) {
            let query: String = part.iter().collect();
            // Of words in Latin letters only the beginning is looked for.
            let is_latin = query.chars().all(|c| c.is_ascii_alphanumeric());
            if is_latin || Query::parse(&query).is_empty() {
                continue;
            }
            assert!(found(&store, "bob", &query).contains(&2), "{query}");
        }
    }
    for query in ["東京駅", "ﾗﾝﾌﾟ", "京駅", "駅", "ｶﾌｪ", "3時 東日本", "待ち 資料"]
    {
        assert_eq!(found(&store, "bob", query), [2], "{query}");
    }
    for query in ["京都", "東駅", "カンプ", "阪神"] {
        assert_eq!(found(&store, "bob", query), NOTHING, "{query}");
    }
}

pub fn chinese_and_korean_are_found_within_words<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "我们明天在图书馆门口见面，别忘了带伞。");
    say(&store, &talk, "ada", "내일 도서관 앞에서 만나요. 우산을 가져오세요!");
    for query in ["图书", "书馆", "馆", "图书馆 带伞", "明天"] {
        assert_eq!(found(&store, "bob", query), [1], "{query}");
    }
    for query in ["도서관", "서관", "우산", "산", "우산 만나"] {
        assert_eq!(found(&store, "bob", query), [2], "{query}");
    }
    assert_eq!(found(&store, "bob", "书图"), NOTHING);
}

pub fn an_edited_message_is_found_as_it_reads<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "meet at noon");
    say(&store, &talk, "ada", "something else");
    assert_eq!(found(&store, "bob", "noon"), [1]);
    for (text, before) in [("meet at dusk", "noon"), ("meet at 夜明け", "dusk")] {
        let edit = Body::Edit { target: 1, text: text.into(), mentions: [].into() };
        do_to(&store, &talk, "ada", edit);
        assert_eq!(found(&store, "bob", before), NOTHING);
        assert_eq!(found(&store, "bob", text), [1]);
        assert_eq!(found(&store, "bob", "meet"), [1], "and once");
    }
    drop(store);
    let store = fixture.open();
    assert_eq!((found(&store, "bob", "dusk"), found(&store, "bob", "夜明")), (vec![], vec![1]));
}

pub fn a_deleted_message_is_found_by_nothing<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "a secret");
    let edit = Body::Edit { target: 1, text: "a riddle".into(), mentions: [].into() };
    do_to(&store, &talk, "ada", edit);
    do_to(&store, &talk, "ada", Body::Deletion { target: 1 });
    for query in ["secret", "riddle", "a"] {
        assert_eq!(found(&store, "bob", query), NOTHING);
    }
    drop(store);
    let store = fixture.open();
    assert_eq!(found(&store, "bob", "riddle"), NOTHING);
}

pub fn what_was_just_said_is_found<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    for number in 1..=50 {
        let seq = say(&store, &talk, "ada", &format!("number n{number}"));
        assert_eq!(found(&store, "bob", &format!("number n{number} ")).last(), Some(&seq));
    }
}

pub fn one_conversation_is_searched_alone<F: LogFixture<Store: Search>>(fixture: F) {
    let store = fixture.open();
    let (one, other) = (direct("ada", "bob"), direct("ada", "cyd"));
    say(&store, &one, "ada", "first");
    say(&store, &one, "ada", "the words");
    say(&store, &other, "ada", "the words");
    let within = |conversation: &ConversationId, after| Asked {
        within: Some((conversation.clone(), after)),
        ..asked("ada", "words")
    };
    let seqs = |asked: &Asked| -> Vec<_> {
        all(&store, asked).iter().map(|one| (one.conversation.clone(), one.entry.seq)).collect()
    };
    assert_eq!(seqs(&within(&one, 0)), [(one.clone(), 2)]);
    assert_eq!(seqs(&within(&other, 0)), [(other, 1)]);
    assert!(seqs(&within(&one, 2)).is_empty(), "nothing before what he sees");
    assert!(seqs(&within(&direct("ada", "nobody"), 0)).is_empty());
}

pub fn stretches_have_everything_once<F: LogFixture<Store: Search>>(fixture: F) {
    const EACH: usize = STRETCH + 40;
    let store = fixture.open();
    let talks = [direct("ada", "bob"), direct("ada", "cyd")];
    for number in 0..EACH {
        for talk in &talks {
            let what = if number % 2 == 0 { "even" } else { "odd" };
            say(&store, talk, "ada", &format!("{what} 数{number}"));
        }
    }
    let mut seen = BTreeSet::new();
    let stretches = stretches(&store, &asked("ada", "数"));
    for stretch in &stretches {
        assert!(stretch.found.len() <= STRETCH);
        for Found { conversation, entry } in &stretch.found {
            assert!(seen.insert((conversation.clone(), entry.seq)), "once");
        }
    }
    assert_eq!(seen.len(), 2 * EACH);
    for talk in &talks {
        let mut before = Seq::MAX;
        for stretch in &stretches {
            let of = stretch.found.iter().filter(|one| one.conversation == *talk);
            let seqs: Vec<Seq> = of.map(|one| one.entry.seq).collect();
            assert!(seqs.iter().all(|seq| *seq < before), "newer stretches first");
            before = seqs.into_iter().min().unwrap_or(before);
        }
    }
    assert_eq!(all(&store, &asked("ada", "odd 数")).len(), EACH);
    assert_eq!(all(&store, &asked("bob", "even")).len(), EACH / 2);
}

pub fn a_stretch_is_the_same_again<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    for _ in 0..2 * STRETCH + 20 {
        say(&store, &talk, "ada", "again");
    }
    let mut from = None;
    for stretch in stretches(&store, &asked("bob", "again")) {
        let Some(until) = stretch.next.clone() else { break };
        say(&store, &talk, "ada", "again, since");
        let asked = Asked { from, until: Some(until.clone()), ..asked("bob", "again") };
        let mut again = block_on(store.search(asked)).unwrap();
        assert_eq!(again.next.as_ref(), Some(&until));
        let before = |found: &Found| found.entry.seq <= 2 * STRETCH as Seq + 20;
        again.found.retain(before);
        let seqs = |stretch: Stretch| -> BTreeSet<Seq> {
            stretch.found.into_iter().filter(before).map(|one| one.entry.seq).collect()
        };
        assert_eq!(seqs(again), seqs(stretch));
        from = Some(until);
    }
}

pub fn no_query_is_syntax<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "near or and not columns 2 🦩 x");
    for query in [
        "\"near\"",
        "'near'",
        "near*",
        "NEAR(near",
        "NEAR(near, 2)",
        "near OR",
        "-near",
        "+near",
        "near:",
        "columns:near",
        "{near}",
        "(near)",
        "near)",
        "^near",
        "near\0",
        "near 🦩",
        "🦩",
        "AND NOT near",
        "\u{f8ff}near",
        "near \u{202e}",
        "near;--",
        "%near%",
        "near_",
        "\\near",
    ] {
        assert_eq!(found(&store, "bob", query), [1], "{query}");
    }
    let long = "x".repeat(256);
    let many = "x ".repeat(128);
    let emoji = "🦩".repeat(64);
    for query in [&*long, "\"\"", "*", "()", "\0", "、。「」", " ", "", "near cat", "🦩🦩🐸"]
    {
        assert_eq!(found(&store, "bob", query), NOTHING, "{query}");
    }
    assert_eq!(found(&store, "bob", &many), [1]);
    assert_eq!(found(&store, "bob", &emoji), [1]);
}

pub fn a_reopened_store_finds_the_same<F: LogFixture<Store: Search>>(fixture: F) {
    let talk = direct("ada", "bob");
    for number in 0..4 {
        let store = fixture.open();
        say(&store, &talk, "ada", &format!("day{number} 日記"));
        let seqs: Vec<Seq> = (1..=number + 1).collect();
        assert_eq!(found(&store, "bob", "日記"), seqs);
        assert_eq!(found(&store, "bob", "day"), seqs);
    }
}

pub fn a_place_of_another_store_is_rejected<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    say(&store, &talk, "ada", "there");
    for place in ["nowhere", "-", "z.z.z.z", &"f".repeat(100)] {
        let place = Place::parse(place);
        for (from, until) in [(place.clone(), None), (None, place)] {
            let answer = block_on(store.search(Asked { from, until, ..asked("ada", "there") }));
            assert!(matches!(answer, Err(PortError::Rejected(_))), "{answer:?}");
        }
    }
}
