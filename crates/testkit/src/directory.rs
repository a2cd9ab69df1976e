//! The directory: a memory adapter, and the suite that every adapter passes.

mod laws;
mod memory;

pub use self::memory::MemoryDirectory;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a directory of its own.
///
/// `$make` is an expression that gives a fresh directory and whatever must
/// outlive it: `directory_suite!((MemoryDirectory::default(), ()));`
#[macro_export]
macro_rules! directory_suite {
    ($make:expr) => {
        $crate::directory_suite!(
            @ $make;
            nobody_is_known_at_first,
            people_are_found_by_id_and_by_name,
            names_are_found_however_they_are_typed,
            a_new_name_replaces_the_old_one,
            a_name_goes_to_whoever_had_it_last,
            whoever_is_deleted_is_gone_for_good,
            a_name_that_another_has_by_now_stays_his,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (directory, _keep) = $make;
                $crate::directory::$law(directory);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::MemoryDirectory;

    crate::directory_suite!((MemoryDirectory::default(), ()));
}
