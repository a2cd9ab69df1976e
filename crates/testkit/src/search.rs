//! Search: the suite that every log passes that can be searched.

mod laws;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law.
///
/// `$make` is an expression that gives a fresh [`LogFixture`](crate::log::LogFixture)
/// whose store can be searched: `search_suite!(MemoryLog::default());`
#[macro_export]
macro_rules! search_suite {
    ($make:expr) => {
        $crate::search_suite!(
            @ $make;
            words_are_found_whatever_their_case_and_form,
            every_term_must_be_there,
            the_last_word_may_be_begun,
            any_part_of_a_japanese_text_finds_it,
            chinese_and_korean_are_found_within_words,
            an_edited_message_is_found_as_it_reads,
            an_old_message_is_found_as_it_reads,
            a_deleted_message_is_found_by_nothing,
            what_was_just_said_is_found,
            everybody_finds_his_own,
            a_newcomer_finds_what_he_sees,
            who_went_finds_nothing,
            one_conversation_is_searched_alone,
            stretches_have_everything_once,
            a_stretch_is_the_same_again,
            no_query_is_syntax,
            a_reopened_store_finds_the_same,
            a_place_of_another_store_is_rejected,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::search::$law($make);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use crate::log::MemoryLog;

    crate::search_suite!(MemoryLog::default());
}
