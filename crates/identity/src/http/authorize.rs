//! What a client asks of the hosted pages, and how the browser goes back to it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::body::Params;
use crate::{
    limits::STATE_BYTES,
    settings::{OAuthClient, Settings},
};

/// The characters that `encodeURIComponent` leaves as they are.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Why a person cannot sign in by the link that brought him. He is told on a
/// page; nothing unregistered is ever redirected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadLink {
    /// No such client, or not with exactly this redirect URI.
    Unregistered,
    /// Neither `code` nor, for a client so registered, `token`.
    ResponseType,
    /// A code without PKCE's S256 challenge.
    Pkce,
    /// `state` or `nonce` over [`STATE_BYTES`].
    TooLong,
}

/// How the client wants its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow<'a> {
    /// In the fragment.
    Implicit,
    /// By a code, with this challenge.
    Code(&'a str),
}

/// A request that is good to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuthorizeRequest<'a> {
    pub(crate) client: &'a OAuthClient,
    pub(crate) flow: Flow<'a>,
    pub(crate) state: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    /// Whether the client wants an answer without any page.
    pub(crate) silent: bool,
}

impl<'a> AuthorizeRequest<'a> {
    pub(crate) fn read(params: &'a Params, settings: &'a Settings) -> Result<Self, BadLink> {
        let named = params.get("client_id").zip(params.get("redirect_uri"));
        let client = named.and_then(|(id, uri)| settings.client(id, uri));
        let client = client.ok_or(BadLink::Unregistered)?;
        let flow = flow(params, client)?;
        let (state, nonce) = (params.get("state"), params.get("nonce"));
        if [state, nonce].iter().flatten().any(|text| text.len() > STATE_BYTES) {
            return Err(BadLink::TooLong);
        }
        let silent = params.get("prompt") == Some("none");
        Ok(Self { client, flow, state, nonce, silent })
    }

    /// The registered redirect URI with these parameters, and `state`, encoded.
    pub(crate) fn back(&self, params: &[(&str, &str)]) -> String {
        let mut uri = self.client.redirect_uri().to_owned();
        let mut separator = match self.flow {
            Flow::Implicit => '#',
            Flow::Code(_) if uri.contains('?') => '&',
            Flow::Code(_) => '?',
        };
        let state = self.state.map(|state| ("state", state));
        for (name, value) in params.iter().copied().chain(state) {
            uri.push(separator);
            uri.push_str(name);
            uri.push('=');
            uri.extend(utf8_percent_encode(value, COMPONENT));
            separator = '&';
        }
        uri
    }

    /// The request as a query, for the pages to hand on to each other.
    pub(crate) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", self.client.id());
        query.append_pair("redirect_uri", self.client.redirect_uri());
        match self.flow {
            Flow::Implicit => {
                query.append_pair("response_type", "token");
            }
            Flow::Code(challenge) => {
                query.append_pair("response_type", "code");
                query.append_pair("code_challenge", challenge);
                query.append_pair("code_challenge_method", "S256");
            }
        }
        query.extend_pairs(self.state.map(|state| ("state", state)));
        query.extend_pairs(self.nonce.map(|nonce| ("nonce", nonce)));
        query.finish()
    }
}

fn flow<'a>(params: &'a Params, client: &OAuthClient) -> Result<Flow<'a>, BadLink> {
    match params.get("response_type") {
        Some("token" | "token id_token" | "id_token token") if client.implicit() => {
            Ok(Flow::Implicit)
        }
        Some("code") => {
            let challenge = params.get("code_challenge").ok_or(BadLink::Pkce)?;
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            let s256 = params.get("code_challenge_method") == Some("S256");
            if s256 && challenge.len() == 43 && challenge.bytes().all(plain) {
                Ok(Flow::Code(challenge))
            } else {
                Err(BadLink::Pkce)
            }
        }
        _ => Err(BadLink::ResponseType),
    }
}

/// Where a sign-out leads: a registered URI of the client, with `state`.
pub(crate) fn after_sign_out(
    params: &Params,
    client: Option<&str>,
    settings: &Settings,
) -> Result<Option<String>, BadLink> {
    let names = ["logout_uri", "post_logout_redirect_uri", "redirect_uri"];
    let Some(uri) = names.into_iter().find_map(|name| params.get(name)) else { return Ok(None) };
    let registered = client.and_then(|client| settings.client(client, uri));
    let mut uri = registered.ok_or(BadLink::Unregistered)?.redirect_uri().to_owned();
    if let Some(state) = params.get("state").filter(|state| state.len() <= STATE_BYTES) {
        uri.push_str(if uri.contains('?') { "&state=" } else { "?state=" });
        uri.extend(utf8_percent_encode(state, COMPONENT));
    }
    Ok(Some(uri))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn settings() -> Settings {
        let mut settings = Settings::new(Url::parse("http://127.0.0.1:8080").unwrap());
        settings.clients = vec![
            OAuthClient::new("web", "http://127.0.0.1:3000/", true).unwrap(),
            OAuthClient::new("web", "http://127.0.0.1:3000/code?x=1", false).unwrap(),
        ];
        settings
    }

    fn read(query: &str) -> Result<(String, String), BadLink> {
        let (params, settings) = (Params::parse(query.as_bytes()), settings());
        let request = AuthorizeRequest::read(&params, &settings)?;
        Ok((request.back(&[("a", "1")]), request.query()))
    }

    #[test]
    fn only_exactly_registered_uris_are_gone_back_to() {
        for uri in [
            "http://127.0.0.1:3000",
            "http://127.0.0.1:3000/x",
            "http://127.0.0.1:3000/?x",
            "http://127.0.0.1:3000/%23",
            "http://127.0.0.1:3000//evil.example",
            "http://127.0.0.1:3000@evil.example/",
            "HTTP://127.0.0.1:3000/",
            "http://localhost:3000/",
            "//evil.example/",
            "http://127.0.0.1:3000/&redirect_uri=http://evil.example/",
            "",
        ] {
            let query = format!("client_id=web&response_type=token&redirect_uri={uri}");
            assert_eq!(read(&query), Err(BadLink::Unregistered), "{uri}");
        }
        let other = "client_id=other&response_type=token&redirect_uri=http://127.0.0.1:3000/";
        assert_eq!(read(other), Err(BadLink::Unregistered));
    }

    #[test]
    fn the_state_comes_back_encoded() {
        let query = "client_id=web&redirect_uri=http://127.0.0.1:3000/&response_type=token&state=/a b%26c=d%23愛";
        let (back, _) = read(query).unwrap();
        assert_eq!(back, "http://127.0.0.1:3000/#a=1&state=%2Fa%20b%26c%3Dd%23%E6%84%9B");
    }

    #[test]
    fn a_query_is_handed_on_whole() {
        let query = "client_id=web&redirect_uri=http://127.0.0.1:3000/code?x%3D1&response_type=code\
            &code_challenge_method=S256&state=a%26b&nonce=n&code_challenge=";
        let (back, handed_on) = read(&format!("{query}{CHALLENGE}")).unwrap();
        assert_eq!(back, "http://127.0.0.1:3000/code?x=1&a=1&state=a%26b");
        assert_eq!(read(&handed_on).unwrap(), (back, handed_on));
    }

    #[test]
    fn the_flow_must_be_one_that_is_offered() {
        let web = "client_id=web&redirect_uri=http://127.0.0.1:3000/";
        let code = "client_id=web&redirect_uri=http://127.0.0.1:3000/code?x%3D1";
        assert_eq!(read(web), Err(BadLink::ResponseType));
        assert_eq!(read(&format!("{web}&response_type=id_token")), Err(BadLink::ResponseType));
        let implicit = format!("{code}&response_type=token");
        assert_eq!(read(&implicit), Err(BadLink::ResponseType), "not registered for it");
        let plain = format!("{code}&response_type=code&code_challenge={CHALLENGE}");
        assert_eq!(read(&format!("{code}&response_type=code")), Err(BadLink::Pkce));
        assert_eq!(read(&plain), Err(BadLink::Pkce), "the plain method is not offered");
        let long = format!("{web}&response_type=token&state={}", "x".repeat(STATE_BYTES + 1));
        assert_eq!(read(&long), Err(BadLink::TooLong));
    }

    #[test]
    fn a_sign_out_leads_to_registered_uris_only() {
        let settings = settings();
        let after = |query: &str, client| {
            after_sign_out(&Params::parse(query.as_bytes()), client, &settings)
        };
        assert_eq!(after("", Some("web")), Ok(None));
        let led = after("logout_uri=http://127.0.0.1:3000/&state=a b", Some("web"));
        assert_eq!(led, Ok(Some("http://127.0.0.1:3000/?state=a%20b".to_owned())));
        let evil = "logout_uri=http://evil.example/";
        assert_eq!(after(evil, Some("web")), Err(BadLink::Unregistered));
        assert_eq!(after("logout_uri=http://127.0.0.1:3000/", None), Err(BadLink::Unregistered));
    }
}
