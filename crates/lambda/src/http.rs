//! The HTTP API: who people are, and what is about the chat. The application
//! itself is not here; CloudFront serves it, and sends `/api` and `/auth` here.

use std::{net::IpAddr, sync::Arc, time::Duration};

use aizuchi_api::{Served, SignsIn};
use aizuchi_core::{
    accounts::SessionId,
    clock::{Clock, SystemClock},
    ids::UserId,
};
use aizuchi_identity::{
    Cognito, CognitoSettings, Heard, IssuerSettings, ProductSettings, Products, SessionEvents,
    Settings, Verifier, WithKeys,
    http::{ApiError, ClientAddress, NoLimits, Origins, cognito_router},
    products::UntrustedProduct,
};
use aizuchi_outbound::Outbound;
use aizuchi_wire::ErrorCode;
use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName},
    middleware::map_request,
    routing::get,
};

use crate::{
    Chats,
    ports::StartError,
    settings::{Issuer, SignIn},
};

/// A request's answer; API Gateway waits for 29 s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);
/// For how long a session that ended opens no socket: its refresh token, if
/// somebody has it in hand, is good at Cognito itself for as long at most, by the
/// template.
const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// What is served, for the document of it.
const SERVED: Served = Served { signs_in: SignsIn::Cognito, one_binary: false, attachments: false };
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// From where sockets may be opened, and who verifies their tokens. Keys are
/// fetched with the first token.
pub fn trusted(issuer: Issuer) -> Result<(Origins, Verifier), StartError> {
    let origins = Origins::of(&known(&issuer));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let products = products(issuer.products, &clock)?;
    let tokens = IssuerSettings {
        issuer: issuer.issuer,
        jwks_url: Some(issuer.jwks_url),
        audiences: vec![issuer.client_id],
    };
    Ok((origins, Verifier::of_issuer(tokens, clock)?.trusting(products)?))
}

/// Products whose keys are fetched with the first token; a function is in
/// nobody's network.
fn products(
    settings: Vec<ProductSettings>,
    clock: &Arc<dyn Clock>,
) -> Result<Products, UntrustedProduct> {
    Products::new(settings, Outbound::new(Vec::new()), clock)
}

/// All routes.
pub fn routes(chats: Arc<Chats>, issuer: Issuer, sign_in: SignIn) -> Result<Router, StartError> {
    let settings = known(&issuer);
    let origins = Arc::new(Origins::of(&settings));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let products = products(issuer.products, &clock)?;
    let cognito = CognitoSettings {
        issuer: issuer.issuer,
        jwks_url: Some(issuer.jwks_url),
        client_id: issuer.client_id,
        api_url: sign_in.cognito_url,
        sign_in_url: sign_in.sign_in_url,
    };
    let cognito = Arc::new(Cognito::trusting(cognito, products, clock.clone())?);
    let gateway = Arc::clone(chats.gateway());
    let keys = chats.directory().clone();
    let verifier = Arc::new(WithKeys::new(Arc::clone(cognito.verifier()), keys, clock.clone()));
    let api =
        aizuchi_api::router(Arc::clone(&gateway), Arc::clone(&verifier), Arc::clone(&origins));
    let polls = aizuchi_api::without_lines(gateway, Arc::clone(&verifier), origins);
    let notices = aizuchi_api::notices_router(
        Arc::clone(chats.gateway()),
        verifier,
        Arc::new(Origins::of(&settings)),
        chats.directory().clone(),
        Arc::clone(chats.web_push()),
    );
    let directory = Arc::new(chats.directory().clone());
    let sockets = Arc::new(Sockets(chats));
    // Cognito itself counts what failed, for a name and for an address.
    let limits = Arc::new(NoLimits);
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .merge(api)
        .merge(notices)
        .merge(aizuchi_api::openapi_router(SERVED, Arc::new(Origins::of(&settings))))
        .merge(polls)
        .merge(cognito_router(cognito, directory, settings, clock, sockets, limits))
        .fallback(|| async { ApiError::new(ErrorCode::NotFound, "There is nothing here.") });
    Ok(aizuchi_api::whole(routes.layer(map_request(with_address)), REQUEST_TIMEOUT))
}

/// Notes from where a request comes. It is shown to its own person alone, so it
/// does no harm that whoever calls past CloudFront can say what he likes.
async fn with_address(mut request: Request) -> Request {
    if let Some(address) = address(request.headers()) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    request
}

/// The viewer's address. API Gateway adds its peer at the right end, which is
/// CloudFront, which has added the viewer; or the viewer himself.
fn address(headers: &HeaderMap) -> Option<IpAddr> {
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let viewer = hops.iter().rev().nth(1).or_else(|| hops.last())?;
    viewer.parse().ok()
}

fn known(issuer: &Issuer) -> Settings {
    let mut settings = Settings::new(issuer.public_url.clone());
    settings.allowed_origins.clone_from(&issuer.allowed_origins);
    settings
}

/// Closes the sockets of sessions that end.
struct Sockets(Arc<Chats>);

impl SessionEvents for Sockets {
    fn ended<'a>(&'a self, user: &'a UserId, session: Option<SessionId>) -> Heard<'a> {
        let life = u64::try_from(REFRESH_LIFE.as_millis()).unwrap_or(u64::MAX);
        let until = SystemClock.now_ms().saturating_add(life);
        Box::pin(self.0.end(user, session, until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_viewer_is_the_one_before_cloudfront() {
        let of = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            address(&headers).map(|address| address.to_string())
        };
        assert_eq!(of(&["192.0.2.9, 203.0.113.7, 198.51.100.1"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(of(&["203.0.113.7", "198.51.100.1"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(of(&["2001:db8::1"]).as_deref(), Some("2001:db8::1"), "past CloudFront");
        assert_eq!(of(&["nonsense, 198.51.100.1"]), None);
        assert_eq!(of(&[]), None);
    }
}
