//! The identity crate from outside: its router with the real pool, and its
//! verifier with tokens of every kind.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod accounts;
mod bots;
mod cognito;
mod cross_origin;
mod issuer;
mod level0;
mod oauth;
mod own;
mod pages;
mod pool;
mod products;
mod relying_party;
mod site;
mod sqlite;
mod tokens;
