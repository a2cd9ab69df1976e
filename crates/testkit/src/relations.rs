//! What people have decided about others: a memory adapter, and the suite that
//! every adapter passes.

mod laws;
mod memory;

pub(crate) use self::memory::Decisions;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store and whatever must outlive
/// it: `relations_suite!((MemoryDirectory::default(), ()));`
#[macro_export]
macro_rules! relations_suite {
    ($make:expr) => {
        $crate::relations_suite!(
            @ $make;
            nobody_is_blocked_at_first,
            a_block_stands_between_both,
            who_is_blocked_is_told_by_id,
            a_block_is_taken_back_by_who_made_it,
            to_block_again_changes_nothing,
            those_apart_are_found_among_many,
            only_so_many_are_blocked,
            an_audience_is_remembered,
            how_people_stand_is_told_in_their_order,
            reports_are_told_newest_first,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (relations, _keep) = $make;
                $crate::relations::$law(relations);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use crate::directory::MemoryDirectory;

    crate::relations_suite!((MemoryDirectory::default(), ()));
}
