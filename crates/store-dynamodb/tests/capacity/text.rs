//! Messages of 600 bytes of ordinary text.

/// Bytes of each.
pub(crate) const BYTES: usize = 600;

/// What people write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Japanese,
}

impl Language {
    /// The message of this number: sentences that follow one another in an
    /// order of its own, none of them twice, cut at the end.
    pub(crate) fn message(self, number: usize) -> String {
        let (sentences, between) = match self {
            Self::English => (ENGLISH, " "),
            Self::Japanese => (JAPANESE, ""),
        };
        let mut left: Vec<&str> = sentences.to_vec();
        let mut seed = number as u64 + 1;
        let mut text = String::new();
        while text.len() < BYTES {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 33) as usize % left.len();
            text.push_str(left.swap_remove(at));
            text.push_str(between);
        }
        text.truncate(text.floor_char_boundary(BYTES));
        while text.len() < BYTES {
            text.push('!');
        }
        text
    }
}

const ENGLISH: &[&str] = &[
    "I got home around seven and the kitchen light was still on, so I thought you were there.",
    "Could you send me the photos from Saturday when you have a minute?",
    "The train was late again, and half the carriage had no heating.",
    "My sister says she can bring the salad if somebody else does dessert.",
    "I have read about a third of the book and I am not sure where it is going.",
    "They moved the meeting to Thursday at half past two, in the small room upstairs.",
    "Do not worry about the money, you can give it back next month.",
    "We walked along the river until it got dark and then found that little Greek place.",
    "The doctor said it is nothing serious, only that I should sleep more.",
    "If it rains we can still go to the museum, they are open until eight on Fridays.",
    "Have you tried turning the heating off and on at the switch behind the door?",
    "I looked at the numbers twice and I still get a different total from yours.",
    "Grandma asked about you, she wants to know if you still play the violin.",
    "The landlord finally answered: the window will be repaired on the 14th.",
    "What did you think of the ending, did you see it coming?",
    "I left the key with the neighbours on the second floor, the ones with the dog.",
    "There are two tickets left for the late show, shall I buy them?",
    "He did not say why, he just put his coat on and went out.",
    "My phone is nearly empty, so I will write more from the laptop later.",
    "Let me know when your plane lands and I will come and pick you up.",
    "The new version is much faster, but the search forgets what I typed.",
    "We should have left earlier; the whole motorway is standing still.",
    "Thanks for listening yesterday, it really helped to talk about it.",
    "She found a flat near the station with a balcony and almost no noise.",
    "I made too much soup, do you want some for tomorrow?",
    "Nobody told me that the shop closes at noon on Wednesdays.",
    "Please check the address once more before you print the invitations.",
    "The children built a boat from the old boxes and it floated for a whole minute.",
    "I think the second draft is better, though the beginning is a bit long now.",
    "Wait, is that the same Martin who used to work at the bakery?",
    "You were right about the blue one, it looks great next to the sofa.",
    "I will be about twenty minutes late, please start without me.",
];

const JAPANESE: &[&str] = &[
    "昨日は遅くまで付き合ってくれてありがとう。",
    "駅前に新しいパン屋ができたの、もう行ってみた？",
    "明日の打ち合わせは午後二時からに変わりました。",
    "雨が降りそうだから、傘を持って行ったほうがいいよ。",
    "母が送ってくれたみかんがたくさんあるので、少し持って行きますね。",
    "電車が止まっていて、二十分くらい遅れそうです。",
    "この前話していた本、図書館で見つけて読み始めたところ。",
    "子どもが熱を出してしまって、今日は家で仕事をしています。",
    "週末は久しぶりに山へ行こうと思っているんだけど、一緒にどう？",
    "写真を全部まとめておいたから、時間があるときに見てください。",
    "夕飯は何が食べたい？冷蔵庫に鶏肉と大根が残っているよ。",
    "来月の旅行の宿、まだ予約していないよね。",
    "会議の資料に誤字がいくつかあったので、直して送り直しました。",
    "隣の部屋の工事がうるさくて、まったく集中できない。",
    "おばあちゃんが元気かどうか、今度電話してみるね。",
    "新しい携帯は画面がきれいだけど、少し重たい気がする。",
    "さっきの話だけど、やっぱり私は賛成できないかな。",
    "郵便局に寄ってから行くので、先に始めていてください。",
    "犬の散歩をしていたら、偶然高校の先生に会った。",
    "今年の桜はいつもより一週間早く咲くらしい。",
    "駐車場がいっぱいだったから、近くの公園の横に止めたよ。",
    "締め切りは金曜日の正午なので、木曜のうちに見てもらえると助かります。",
    "映画の最後のところ、意味がよく分からなかった。",
    "健康診断の結果が届いたけど、特に問題はなかったよ。",
    "牛乳と卵を買って帰ってきてくれる？",
    "弟が春から大阪で働くことになりました。",
    "パスワードを忘れてしまって、三回も間違えた。",
    "寒くなってきたから、風邪をひかないように気をつけて。",
    "引っ越しの荷物がまだ片付かなくて、足の踏み場もない。",
    "あの店のカレー、辛いけれど何度でも食べたくなる味だね。",
    "テストの点数は思ったより悪くなかったみたい。",
    "それでは、また明日の朝に連絡します。",
];

#[test]
fn every_message_is_another_and_of_the_same_length() {
    for language in [Language::English, Language::Japanese] {
        let messages: std::collections::HashSet<_> =
            (0..200).map(|number| language.message(number)).collect();
        assert_eq!(messages.len(), 200);
        assert!(messages.iter().all(|message| message.len() == BYTES));
    }
}
