//! The OpenAPI document, held to the running server: every call that it has is
//! called and answers as it says, and nothing is served that it has not.

mod calls;
mod check;
mod routes;
