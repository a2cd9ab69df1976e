//! How people are told while away: a memory adapter, and the suite that every
//! adapter passes.

mod laws;
mod memory;

pub use self::memory::MemoryNotices;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store and whatever must outlive
/// it: `notices_suite!((MemoryNotices::default(), ()));`
#[macro_export]
macro_rules! notices_suite {
    ($make:expr) => {
        $crate::notices_suite!(
            @ $make;
            nobody_is_subscribed_at_first,
            a_subscription_is_kept_as_it_is,
            a_subscription_is_known_by_its_endpoint,
            a_session_has_one_subscription,
            the_oldest_of_too_many_goes,
            a_subscription_is_taken_away,
            a_sessions_end_is_its_subscriptions,
            people_are_found_among_many,
            what_is_wanted_is_remembered,
            only_so_much_is_decided,
            there_is_one_push_key,
            of_keys_offered_at_once_one_is_kept,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (notices, _keep) = $make;
                $crate::notices::$law(notices);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryNotices;

    crate::notices_suite!((MemoryNotices::default(), ()));
}
