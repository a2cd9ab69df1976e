//! Webhooks: a memory adapter, and the suite that every adapter passes.

mod laws;
mod memory;

pub use self::memory::MemoryHooks;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store and whatever must outlive
/// it: `hooks_suite!((MemoryHooks::default(), ()));`
#[macro_export]
macro_rules! hooks_suite {
    ($make:expr) => {
        $crate::hooks_suite!(
            @ $make;
            a_hook_is_kept_as_it_is,
            another_takes_its_place_and_goes_on,
            a_removed_hook_has_heard_nothing,
            places_only_grow,
            a_replaced_hook_is_not_noted,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (store, _keep) = $make;
                $crate::hooks::$law(store);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryHooks;

    crate::hooks_suite!((MemoryHooks::default(), ()));
}
