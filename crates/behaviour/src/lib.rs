//! One suite of behaviour, seen from outside, for every shape.
//!
//! The suite speaks raw JSON over real sockets and HTTP, and shares nothing with
//! the server that it looks at. A law starts people of its own with fresh names,
//! so laws run side by side against one server, and again against the same one.
//! It wants a server whose settings are the defaults, but for the limit of new
//! accounts from one address.
//!
//! What the laws leave open, because the protocol promises nothing, or because
//! API Gateway keeps no such promise:
//!
//! - Frames of one connection may overtake each other on their way to the
//!   server. Where order matters a law sends its next frame after the answer.
//! - What a connection is told comes in any order, but for the frames of one
//!   `SYNC`. A law looks for the frame that it waits for, and keeps the rest.
//! - Somebody's presence may be told more than once, and a moment late; the last
//!   word is true.
//! - A conversation that changed shortly before `since` may be brought again, as
//!   it is now: many processes have no one clock. Its entries may not.
//! - A person is known from his first connection on, if not since he signed up.
//! - A refused handshake is 401 or 403.
//! - Whoever deleted his account may be written to for a moment by those whose
//!   server knew him; then he is nobody to all.
//!
//! A law that shows that something does not come sends something after it whose
//! answer bounds the wait. Where deliveries have no order that proves less than
//! it does against the one binary, and never fails what is right.
//!
//! What only one shape can do is not here. What one shape does in its own way,
//! but all must do, is a law that takes what it needs:
//! [`laws::handshake::an_id_token_opens_no_socket`],
//! [`laws::bots::a_key_speaks_for_its_bot`].

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a broken law fails its test")]

pub mod laws;
mod people;
mod socket;
mod target;
mod token;

pub use self::{
    people::{PASSWORD, Person, World},
    socket::Socket,
    target::{Target, hold},
};

/// The suite: one test a law.
///
/// `$target` is an expression that gives a [`Target`] and whatever must live for
/// as long as it is used: `behaviour_suite!((target(), ()));`
#[macro_export]
macro_rules! behaviour_suite {
    ($target:expr) => {
        $crate::behaviour_suite! {
            @ $target;
            handshake {
                a_token_opens_sockets_of_both_levels,
                without_a_token_there_is_no_socket,
                a_tampered_token_opens_nothing,
                a_token_of_another_issuer_opens_nothing,
                a_refresh_token_opens_nothing,
                nobody_is_taken_for_somebody_else,
                pages_of_elsewhere_are_refused,
            }
            pages {
                what_is_no_frame_is_told_so,
                an_error_leaves_the_page_connected,
                greetings_are_turned_off,
                a_message_reaches_the_pages_that_show_it_and_no_other,
                a_page_that_looks_elsewhere_hears_of_elsewhere,
                a_pages_clock_is_kept_and_orders_nothing,
                nobody_writes_in_another_persons_name,
                what_no_page_may_send_is_not_stored,
                a_page_that_hears_nothing_is_still_heard,
            }
            page_history {
                a_conversation_is_told_oldest_first,
                a_conversation_without_messages_is_an_empty_list,
                a_conversation_is_told_to_its_two_people_alone,
                of_a_long_conversation_the_newest_part_is_told,
                every_text_comes_back_as_it_was,
            }
            page_presence {
                status_tells_who_somebody_is_and_whether_he_is_there,
                a_status_of_nobody_leaves_the_page_connected,
                a_page_sees_its_partner_come_first_and_leave_last,
                status_replaces_whom_a_page_watches,
            }
            messages {
                a_message_is_acknowledged_and_reaches_every_device,
                a_conversation_is_named_by_either_of_its_names,
                a_resend_is_the_same_message,
                the_same_name_elsewhere_is_another_message,
                what_cannot_be_sent_is_refused_and_not_stored,
                a_frame_may_be_full_and_not_fuller,
                many_senders_leave_a_dense_sequence,
                what_is_sent_at_once_is_stored_once_each,
            }
            changes {
                an_edit_is_told_to_every_device_and_kept,
                what_is_deleted_is_gone_for_all,
                reactions_are_told_and_taken_back,
                nobody_changes_what_is_not_his_to_change,
                a_change_that_was_made_is_acknowledged_whatever_follows,
            }
            rooms {
                a_room_is_made_and_written_in,
                people_come_and_go,
                whoever_comes_late_sees_what_the_room_lets_him,
                what_is_asked_of_rooms_wrongly_is_refused,
            }
            links {
                a_link_leads_into_its_room,
                a_link_that_was_taken_back_leads_nowhere,
                what_is_asked_of_links_wrongly_is_refused,
                who_has_read_is_told_to_members,
            }
            search {
                what_was_said_is_found,
                what_is_changed_is_found_as_it_reads,
            }
            history {
                a_page_is_taken_from_either_end,
                what_is_asked_wrongly_is_refused,
                a_page_fits_in_a_frame,
            }
            strangers {
                whoever_is_not_in_a_conversation_may_do_nothing_with_it,
                whoever_is_not_in_a_conversation_hears_nothing_of_it,
                what_is_no_conversation_is_not_found,
            }
            sync {
                a_new_device_is_brought_its_conversations,
                a_device_is_brought_what_it_missed,
                a_cursor_brings_its_entries_though_nothing_changed,
                many_entries_come_in_many_frames,
                a_since_of_elsewhere_brings_everything,
                what_is_asked_of_a_sync_wrongly_is_refused,
            }
            lists {
                a_conversation_is_listed_as_its_member_sees_it,
                the_list_is_paged_most_recent_first,
                what_is_asked_of_the_list_wrongly_is_refused,
            }
            cursors {
                a_read_cursor_moves_forward_only_and_is_told,
                typing_is_told_to_the_other_and_not_stored,
            }
            presence {
                a_watcher_is_told_who_is_there_and_who_comes_and_goes,
                a_person_is_there_until_his_last_device_leaves,
                a_watch_replaces_the_one_before,
                whom_nobody_knows_is_not_there,
                too_many_cannot_be_watched,
            }
            blocks {
                nothing_passes_between_who_block_each_other,
                what_cannot_be_blocked_is_refused,
                presence_has_an_audience,
                a_person_is_reported,
            }
            polls {
                whoever_holds_no_socket_hears_what_happens,
                whoever_holds_no_socket_is_heard,
                a_cursor_is_one_that_an_answer_had,
            }
            accounts {
                whoever_signs_up_can_sign_in,
                a_name_goes_to_whoever_was_first,
                what_cannot_be_an_account_is_refused,
                a_wrong_password_and_a_wrong_name_are_told_alike,
                a_session_is_refreshed,
                a_session_is_refreshed_by_its_own_token_alone,
                people_are_found_by_name_and_by_id,
                what_is_no_call_is_told_in_json,
            }
            documents {
                what_is_documented_is_served,
                the_frames_are_documented,
            }
            notices {
                a_browser_subscribes_and_leaves,
                what_is_no_subscription_is_refused,
                notifications_of_a_conversation_are_ones_own_decision,
                nobody_subscribes_without_a_token,
            }
            own {
                a_persons_sessions_are_listed,
                a_session_that_is_ended_is_over,
                all_other_sessions_are_ended_together,
                nobody_ends_somebody_elses_session,
                whoever_leaves_is_gone_and_what_he_said_stays,
                what_is_acknowledged_while_somebody_leaves_stays,
                an_export_is_all_that_one_is_in_and_nothing_else,
                nobody_is_given_a_strangers_conversation,
            }
        }
    };
    (@ $target:expr; $($module:ident { $($law:ident,)* })*) => {
        $(
            mod $module {
                #[allow(unused_imports, reason = "what $target names may be of anywhere")]
                use super::*;

                $(
                    #[test]
                    fn $law() {
                        let (target, _keep) = $target;
                        $crate::hold(&target, $crate::laws::$module::$law);
                    }
                )*
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    /// Laws that take more than a world, and are called by each shape's tests.
    const APART: [&str; 2] =
        ["bots::a_key_speaks_for_its_bot", "handshake::an_id_token_opens_no_socket"];

    #[test]
    fn every_law_is_in_the_suite() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let suite = fs::read_to_string(sources.join("lib.rs")).unwrap();
        let (mut module, mut in_suite) = (String::new(), BTreeSet::new());
        for line in suite.lines().skip_while(|line| !line.contains("@ $target;")) {
            if let Some(name) = line.trim().strip_suffix(" {") {
                module = name.to_owned();
            } else if let Some(law) = line.trim().strip_suffix(',') {
                in_suite.insert(format!("{module}::{law}"));
            } else if line.starts_with("    };") {
                break;
            }
        }
        let mut written = BTreeSet::new();
        for file in fs::read_dir(sources.join("laws")).unwrap() {
            let path = file.unwrap().path();
            let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
            for line in fs::read_to_string(&path).unwrap().lines() {
                if let Some(law) = line.strip_prefix("pub async fn ") {
                    written.insert(format!("{module}::{}", law.split('(').next().unwrap()));
                }
            }
        }
        for law in APART {
            assert!(written.remove(law), "{law}");
        }
        assert_eq!(written, in_suite);
    }
}
