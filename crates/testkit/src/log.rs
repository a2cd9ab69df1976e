//! The log: a memory adapter which is also the reference model, and the suite
//! that every adapter passes.

mod laws;
mod memory;
mod property;
pub(crate) mod sample;

use aizuchi_core::log::LogStore;

pub use self::memory::MemoryLog;

#[doc(hidden)]
pub use self::{laws::*, property::*};

/// What outlives a store: a directory, a table. Each test has a fresh one.
pub trait LogFixture {
    /// The store that is tested.
    type Store: LogStore;

    /// Opens the store on what is there. An earlier one was dropped before.
    fn open(&self) -> Self::Store;
}

impl LogFixture for MemoryLog {
    type Store = Self;

    fn open(&self) -> Self {
        self.clone()
    }
}

/// The suite: one test a law, and one that compares every answer to random
/// calls with the reference model's.
///
/// `$make` is an expression that gives a fresh [`LogFixture`](crate::log::LogFixture):
/// `log_suite!(MemoryLog::default());`
#[macro_export]
macro_rules! log_suite {
    ($make:expr) => {
        $crate::log_suite!(
            @ $make;
            places_are_dense_from_one,
            each_conversation_counts_for_itself,
            what_was_said_comes_back,
            any_text_comes_back,
            what_is_over_the_limit_is_rejected,
            a_resend_gets_the_first_place,
            a_resend_is_known_after_reopening,
            a_resend_is_known_however_much_later,
            a_client_id_is_its_authors_and_conversations,
            client_ids_are_compared_exactly,
            without_a_client_id_each_is_new,
            places_follow_the_order_of_calls,
            many_at_once_leave_no_hole,
            of_many_resends_at_once_one_is_stored,
            an_unknown_conversation_is_empty,
            pages_end_at_the_edges,
            pages_lead_through_the_whole_log,
            a_page_ends_by_bytes,
            a_cursor_only_grows,
            a_cursor_stops_at_the_end,
            a_cursor_outlives_the_store,
            unread_is_exact_up_to_its_limit,
            ones_own_messages_are_read,
            the_newest_conversation_comes_first,
            the_list_is_paged,
            a_change_is_among_those_since,
            a_cursors_move_is_a_change,
            changes_are_paged,
            a_stamp_out_of_reach_brings_everything,
            an_answer_is_visible_at_once,
            an_edit_changes_its_target,
            the_latest_edit_stands,
            an_edit_reads_as_its_target,
            a_deletion_leaves_nothing,
            what_is_deleted_stays_so,
            reactions_are_a_set,
            a_change_outlives_the_store,
            what_is_not_shown_is_left_out,
            a_page_of_messages_counts_what_is_shown,
            a_deleted_message_is_not_unread,
            what_is_no_message_is_not_unread,
            a_change_is_a_change_of_its_conversation,
            of_many_changes_at_once_each_is_folded,
            a_resend_is_found_by_its_name,
            an_entry_is_found_by_its_place,
            a_room_is_made_of_its_changes,
            a_change_against_the_rules_is_refused,
            a_refused_change_is_not_stored,
            a_resent_change_is_known,
            of_two_last_owners_one_stays,
            a_room_is_in_its_members_lists,
            who_is_gone_finds_that_it_changed,
            who_comes_has_read_what_was_before,
            ones_own_cursor_is_told_in_a_large_room,
            every_cursor_is_told_who_asks,
            who_was_put_out_comes_back_by_invitation,
            a_room_outlives_the_store,
            a_direct_conversation_has_no_members_to_change,
        );

        #[test]
        fn every_answer_is_the_models() {
            $crate::log::every_answer_is_the_models(|| $make);
        }
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::log::$law($make);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryLog;

    crate::log_suite!(MemoryLog::default());
}
