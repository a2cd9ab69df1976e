//! Links into rooms: a memory adapter, and the suite that every adapter passes.

mod laws;
mod memory;

pub use self::memory::MemoryLinks;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` is an expression that gives a fresh store and whatever must outlive
/// it: `links_suite!((MemoryLinks::default(), ()));`
#[macro_export]
macro_rules! links_suite {
    ($make:expr) => {
        $crate::links_suite!(
            @ $make;
            a_link_is_found_by_its_digest_alone,
            a_rooms_links_are_told_oldest_first,
            a_link_that_was_taken_back_is_known_to_be,
            a_link_is_taken_back_by_its_room_alone,
            an_expired_link_is_known_and_not_listed,
            only_so_many_links_live_in_a_room,
            of_links_made_at_once_none_is_too_many,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (links, _keep) = $make;
                $crate::links::$law(links);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryLinks;

    crate::links_suite!((MemoryLinks::default(), ()));
}
