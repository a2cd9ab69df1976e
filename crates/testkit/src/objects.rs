//! The suite of every store of attachments' bytes. There is no memory adapter:
//! a temporary directory is as quick.

mod laws;

#[doc(hidden)]
pub use self::laws::*;

/// The suite: one test a law, each on a store of its own.
///
/// `$make` gives a fresh store and whatever must outlive it, and `$arrive` is a
/// function that brings bytes into it as clients do: `fn(&Store, AttachmentId,
/// &[u8])`.
#[macro_export]
macro_rules! objects_suite {
    ($make:expr, $arrive:expr) => {
        $crate::objects_suite!(
            @ $make, $arrive;
            nothing_is_there_at_first,
            what_came_is_seen,
            what_came_is_kept,
            other_bytes_are_kept_in_its_place,
            what_is_kept_is_read_in_parts,
            what_is_discarded_is_gone,
        );
    };
    (@ $make:expr, $arrive:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (objects, _keep) = $make;
                $crate::objects::$law(&objects, $arrive);
            }
        )*
    };
}
