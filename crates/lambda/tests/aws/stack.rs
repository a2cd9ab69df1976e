//! Stacks on the emulator: one that most tests share, and such as one test has
//! for itself.

use std::sync::LazyLock;

use aizuchi_behaviour::Target;
use aizuchi_testkit::beside::Beside;

/// The one that is shared.
pub(crate) fn shared() -> &'static Stack {
    static SHARED: LazyLock<Stack> = LazyLock::new(Stack::start);
    &SHARED
}

/// A stack. It ends with this process, or when it is dropped.
pub(crate) struct Stack {
    _beside: Beside,
    pub(crate) target: Target,
}

impl Stack {
    /// Deploys what is built anew, unless `AIZUCHI_AS_BUILT` says that it is built.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with these parameters of the template, as `Name=value`.
    pub(crate) fn start_with(parameters: &[&str]) -> Self {
        let built = std::env::var_os("AIZUCHI_AS_BUILT").map(|_| "--as-built".to_owned());
        let parameters = parameters.iter().map(|one| format!("--set={one}"));
        let arguments = ["run".to_owned()].into_iter().chain(built).chain(parameters);
        let beside = Beside::start("local-aws", arguments);
        let target = serde_json::from_value(beside.ready().clone()).expect("its addresses");
        Self { _beside: beside, target }
    }
}
