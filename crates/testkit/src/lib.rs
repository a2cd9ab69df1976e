//! Memory adapters, a manual clock, the reference model and the conformance suites.

pub mod accounts;
