//! What attachments there are: a memory adapter, and the suite that every
//! adapter passes.

mod laws;
mod memory;

pub use self::memory::MemoryAttachments;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store and whatever must outlive
/// it: `attachments_suite!((MemoryAttachments::default(), ()));`
#[macro_export]
macro_rules! attachments_suite {
    ($make:expr) => {
        $crate::attachments_suite!(
            @ $make;
            what_was_begun_is_kept_as_it_is,
            an_upload_is_completed_once,
            what_is_complete_is_sent_again_and_again,
            only_what_is_ones_own_and_complete_is_sent,
            one_message_alone_has_it,
            of_two_messages_at_once_one_has_it,
            all_are_sent_or_none,
            an_owner_has_only_so_many_bytes,
            what_is_kept_no_longer_does_not_count,
            an_owner_has_only_so_many_unsent,
            of_many_that_begin_at_once_no_more_than_allowed_do,
            what_is_unsent_is_found,
            what_is_removed_is_gone,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (attachments, _keep) = $make;
                $crate::attachments::$law(attachments);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryAttachments;

    crate::attachments_suite!((MemoryAttachments::default(), ()));
}
