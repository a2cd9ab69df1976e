//! Moving everything: the suite that every store passes which can be moved out
//! of and into.

mod changes;
mod laws;
mod people;
mod sample;

#[doc(hidden)]
pub use self::{changes::*, laws::*, people::*};

/// The suite: one test a law.
///
/// `$make` is an expression that gives a fresh [`LogFixture`](crate::log::LogFixture)
/// whose store is an [`Archive`](aizuchi_core::archive::Archive):
/// `archive_suite!(MemoryLog::default());`
#[macro_export]
macro_rules! archive_suite {
    ($make:expr) => {
        $crate::archive_suite!(
            @ $make;
            what_is_restored_reads_as_it_did,
            what_is_restored_outlives_the_store,
            restoring_again_changes_nothing,
            a_restore_goes_on_where_it_ended,
            what_differs_is_a_conflict,
            a_device_names_one_entry,
            what_leaves_a_hole_is_rejected,
            what_no_store_takes_is_rejected,
            a_resend_is_known_after_a_restore,
            appends_go_on_after_a_restore,
            what_was_changed_comes_back,
            a_room_comes_back,
            lists_and_unread_counts_follow,
            a_cursor_in_the_middle_counts_what_follows,
            a_restore_is_a_change_after_every_stamp,
            an_old_stamp_of_another_store_brings_everything,
            every_conversation_is_found_once,
            cursors_are_told_ascending_by_reader,
            people_come_back,
            restoring_people_again_changes_nothing,
            another_name_is_a_conflict,
            nobody_is_told_who_was_neither_named_nor_seen,
            who_was_seen_later_was_seen_later,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::archive::$law($make);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use crate::log::MemoryLog;

    crate::archive_suite!(MemoryLog::default());
}
