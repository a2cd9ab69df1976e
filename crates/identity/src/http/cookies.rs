//! The three cookies, all out of reach of scripts.

use std::time::Duration;

use aizuchi_core::accounts::SessionId;
use cookie::{Cookie, CookieBuilder, SameSite, time};
use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

use crate::settings::Settings;

/// The browser's refresh token.
const REFRESH: &str = "aizuchi_refresh";
/// Against login CSRF: what the form of a hosted page repeats.
const FORM: &str = "aizuchi_form";
/// The sessions that the hosted pages began in this browser, for signing out.
const SESSIONS: &str = "aizuchi_sessions";
/// How many of them; the oldest are left to expire.
const MOST_SESSIONS: usize = 8;

/// Cookies of the server at this address.
pub(crate) struct Cookies<'a>(pub(crate) &'a Settings);

impl Cookies<'_> {
    pub(crate) fn refresh(&self, headers: &HeaderMap) -> Option<String> {
        read(headers, REFRESH)
    }

    pub(crate) fn set_refresh(&self, token: String) -> HeaderValue {
        let lifetime = self.0.lifetimes.refresh;
        set(self.strict(REFRESH, token).path("/api/auth").max_age(seconds(lifetime)))
    }

    pub(crate) fn clear_refresh(&self) -> HeaderValue {
        let gone = self.strict(REFRESH, String::new());
        set(gone.path("/api/auth").max_age(time::Duration::ZERO))
    }

    pub(crate) fn form(&self, headers: &HeaderMap) -> Option<String> {
        read(headers, self.form_name())
    }

    pub(crate) fn set_form(&self, token: &str) -> HeaderValue {
        set(self.strict(self.form_name(), token.to_owned()).path("/"))
    }

    /// On https the prefix keeps a neighbouring host from setting it.
    fn form_name(&self) -> &'static str {
        if self.0.secure() { "__Host-aizuchi_form" } else { FORM }
    }

    pub(crate) fn sessions(&self, headers: &HeaderMap) -> Vec<SessionId> {
        let listed = read(headers, SESSIONS).unwrap_or_default();
        listed.split('.').filter_map(SessionId::parse).take(MOST_SESSIONS).collect()
    }

    /// Lax, since a client's own page links to the sign-out.
    pub(crate) fn add_session(&self, headers: &HeaderMap, session: SessionId) -> HeaderValue {
        let mut listed = vec![session];
        listed.extend(self.sessions(headers));
        listed.truncate(MOST_SESSIONS);
        let listed: Vec<_> = listed.iter().map(SessionId::to_string).collect();
        let lifetime = seconds(self.0.lifetimes.refresh);
        set(self
            .strict(SESSIONS, listed.join("."))
            .same_site(SameSite::Lax)
            .path("/")
            .max_age(lifetime))
    }

    pub(crate) fn clear_sessions(&self) -> HeaderValue {
        let gone = self.strict(SESSIONS, String::new());
        set(gone.same_site(SameSite::Lax).path("/").max_age(time::Duration::ZERO))
    }

    fn strict(&self, name: &'static str, value: String) -> CookieBuilder<'static> {
        Cookie::build((name, value))
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.0.secure())
    }
}

/// Puts cookies into an answer.
pub(crate) fn put(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = HeaderValue>) {
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn set(cookie: CookieBuilder<'static>) -> HeaderValue {
    let cookie = cookie.build().to_string();
    #[expect(
        clippy::expect_used,
        reason = "values are base64url, hexadecimal or '.', or percent-encoded"
    )]
    HeaderValue::try_from(cookie).expect("plain characters")
}

fn seconds(duration: Duration) -> time::Duration {
    time::Duration::seconds(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}
