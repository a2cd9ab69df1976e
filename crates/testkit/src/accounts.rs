//! The account store: a memory adapter, and the suite that every adapter passes.

mod laws;
mod memory;
mod visits;

pub use self::{memory::MemoryAccounts, visits::*};

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store and whatever must outlive
/// it, such as its directory: `accounts_suite!((MemoryAccounts::default(), ()));`
#[macro_export]
macro_rules! accounts_suite {
    ($make:expr) => {
        $crate::accounts_suite!(
            @ $make;
            names_are_unique,
            one_of_many_gets_a_name,
            people_are_found_and_listed,
            what_is_stored_comes_back,
            nobody_disabled_begins_a_session,
            disabling_ends_the_sessions,
            whoever_is_deleted_is_gone_for_good,
            a_new_password_ends_the_other_sessions,
            the_oldest_session_gives_way,
            live_sessions_are_listed,
            one_of_many_rotates,
            an_ended_session_does_not_rotate,
            the_first_end_stands,
            a_code_is_taken_once,
            one_of_many_takes_a_code,
            ended_sessions_are_told,
            the_newest_key_comes_first,
            what_is_over_is_forgotten,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (store, _keep) = $make;
                $crate::accounts::$law(store);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryAccounts;

    crate::accounts_suite!((MemoryAccounts::default(), ()));
}
