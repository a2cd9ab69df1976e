//! How much a page holds.

use aizuchi_core::limits::{LIST_PAGE, PAGE};

#[test]
fn a_page_has_a_default_and_a_most() {
    for (limit, unless_told, most) in [(PAGE, 50, 200), (LIST_PAGE, 50, 100)] {
        assert_eq!(limit.of(None), Some(unless_told));
        assert_eq!(limit.of(Some(1)), Some(1));
        assert_eq!(limit.of(Some(most)), Some(most));
        assert_eq!(limit.of(Some(0)), None);
        assert_eq!(limit.of(Some(most + 1)), None);
    }
}
