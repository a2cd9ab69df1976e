//! The closed lists: error codes of `ERROR` frames and of the HTTP side, and
//! close codes of sockets. `docs/protocol.md` is tested against both.

use serde::{Deserialize, Serialize};

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not understood, or it can never be right: mend the request.
    InvalidRequest,
    /// No valid token.
    Unauthorized,
    /// The caller may not do this.
    Forbidden,
    /// There is no such person or thing, as far as the caller may know.
    NotFound,
    /// Somebody else got there first.
    Conflict,
    /// Over a size limit; nothing was stored.
    TooLarge,
    /// Too often; `retryAfterMs` says when it may be tried again.
    RateLimited,
    /// The server cannot at the moment; try again later.
    Unavailable,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 8] = [
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::TooLarge,
        Self::RateLimited,
        Self::Unavailable,
    ];

    /// The code as it is on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::TooLarge => "too_large",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::RateLimited => 429,
            Self::Unavailable => 503,
        }
    }
}

/// Why the server closed a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// Both sides are done.
    Normal = 1000,
    /// The server stops or restarts: come back, with jitter.
    GoingAway = 1001,
    /// A frame that is no text.
    NotText = 1003,
    /// A frame so large that the transport does not even read it.
    TooLarge = 1009,
    /// Signed out, disabled, or the session was revoked: do not come back with this token.
    SessionEnded = 4001,
    /// The client reads too slowly: come back, and `SYNC`.
    SlowReader = 4002,
    /// Nothing came from the client for too long.
    Idle = 4003,
    /// The connection reached its greatest age: come back.
    TooOld = 4004,
    /// The user opened more connections than allowed; the oldest went.
    TooManyConnections = 4005,
    /// The client sends far too fast: come back later.
    Flooding = 4006,
}

impl CloseCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::GoingAway,
        Self::NotText,
        Self::TooLarge,
        Self::SessionEnded,
        Self::SlowReader,
        Self::Idle,
        Self::TooOld,
        Self::TooManyConnections,
        Self::Flooding,
    ];

    /// The number on the wire.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The name in the documentation and in the generated TypeScript.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::GoingAway => "GoingAway",
            Self::NotText => "NotText",
            Self::TooLarge => "TooLarge",
            Self::SessionEnded => "SessionEnded",
            Self::SlowReader => "SlowReader",
            Self::Idle => "Idle",
            Self::TooOld => "TooOld",
            Self::TooManyConnections => "TooManyConnections",
            Self::Flooding => "Flooding",
        }
    }
}
