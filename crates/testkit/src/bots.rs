//! Keys of bots: a memory adapter, and the suite that every adapter passes.

mod laws;
mod memory;

pub use self::memory::MemoryBots;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store, in which people can be
/// added as bots, and whatever must outlive it:
/// `bots_suite!((MemoryBots::default(), ()));`
#[macro_export]
macro_rules! bots_suite {
    ($make:expr) => {
        $crate::bots_suite!(
            @ $make;
            a_key_is_kept_as_it_is,
            a_key_is_found_by_its_hash_alone,
            keys_are_listed_by_name,
            a_revoked_key_is_gone_and_its_name_free,
            nobody_revokes_another_bots_key,
            a_use_is_noted,
            one_of_many_gets_a_name,
            there_are_only_so_many,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (store, _keep) = $make;
                $crate::bots::$law(store);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryBots;

    crate::bots_suite!((MemoryBots::default(), ()));
}
