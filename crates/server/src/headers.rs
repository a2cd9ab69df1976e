//! Headers that every answer carries.

use aizuchi_identity::http::Origins;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

/// How long a browser goes on to ask for https alone.
const HTTPS_ALONE: HeaderValue = HeaderValue::from_static("max-age=31536000");

const SECURITY: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The headers of one server.
#[derive(Debug, Clone)]
pub(crate) struct Secure {
    policy: HeaderValue,
    https: bool,
}

impl Secure {
    /// What a page of this server may load: its own scripts, styles and
    /// pictures, and sockets of this server, which browsers do not all count
    /// as `'self'`. Pages that need another policy bring it.
    pub(crate) fn new(origins: &Origins) -> Self {
        // An IPv6 address is no source of a policy; browsers complain of it.
        let named = origins.own().iter().filter(|one| !one.contains('['));
        let sockets: Vec<_> = named.map(|one| one.replacen("http", "ws", 1)).collect();
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
             font-src 'self'; connect-src 'self' {}; manifest-src 'self'; worker-src 'self'; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            sockets.join(" ")
        );
        Self {
            // Origins are ASCII, as browsers write them.
            policy: HeaderValue::from_str(&policy)
                .unwrap_or(HeaderValue::from_static("default-src 'none'")),
            https: origins.own().iter().all(|one| one.starts_with("https:")),
        }
    }
}

/// Puts them on an answer that has none of its own.
pub(crate) async fn secure(State(secure): State<Secure>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(secure.policy);
    if secure.https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HTTPS_ALONE);
    }
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(value);
    }
    response
}
