//! Access tokens in, identities out. One path for the built-in pool's tokens
//! and for another issuer's.

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    clock::Clock,
    error::PortError,
    identity::{Identity, TokenError, TokenVerifier},
    ids::UserId,
};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, jwk::JwkSet};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::{
    ended::Ended,
    jwks::{IssuerKeys, IssuerSettings, Source},
    keys::VerifyingKey,
    limits::{BARRED_MS, LEEWAY_MS, NAME_CHARS, TOKEN_BYTES},
    products::{Products, UntrustedProduct},
    remote::Remote,
    secret::hash,
    settings::{FIRST_PARTY, Settings},
};

/// The only algorithms there are: neither `none` nor a shared secret.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Why a token of a session that has ended is refused.
pub(crate) const ENDED: &str = "its session has ended";

/// The claims that are looked at; signed, but otherwise an outsider's word.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// NumericDate: seconds, possibly with a fraction.
    exp: f64,
    nbf: Option<f64>,
    aud: Option<Audience>,
    client_id: Option<String>,
    azp: Option<String>,
    token_use: Option<String>,
    /// Keycloak's counterpart of `token_use`.
    typ: Option<String>,
    /// Only id tokens have it.
    at_hash: Option<IgnoredAny>,
    /// Only access tokens have one of these: what they are good for.
    scope: Option<IgnoredAny>,
    scp: Option<IgnoredAny>,
    sid: Option<String>,
    /// Amazon Cognito's counterpart of `sid`: the same through all refreshes.
    origin_jti: Option<String>,
    aizuchi_id: Option<String>,
    username: Option<String>,
    #[serde(rename = "cognito:username")]
    cognito_username: Option<String>,
    preferred_username: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Whether this is one of them.
    pub(crate) fn names(&self, audience: &str) -> bool {
        self.all().iter().any(|one| one == audience)
    }
}

enum Keys {
    /// The built-in pool's.
    Pool(Vec<VerifyingKey>),
    /// Another issuer's.
    Issuer(IssuerKeys),
}

/// Verifies access tokens of one issuer, and of products beside it.
pub struct Verifier {
    issuer: String,
    /// What `client_id`, `azp` or `aud` has to be.
    audiences: Vec<String>,
    keys: Keys,
    /// What this process knows of ended sessions.
    ended: Arc<Ended>,
    clock: Arc<dyn Clock>,
    /// Whose users are vouched for by their own tokens.
    products: Products,
}

impl Verifier {
    /// Of the built-in pool's tokens.
    pub(crate) fn of_pool(
        settings: &Settings,
        public: &JwkSet,
        ended: Arc<Ended>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let clients = settings.clients.iter().map(|client| client.id().to_owned());
        let audiences = clients.chain([FIRST_PARTY.to_owned()]).collect();
        let keys = public.keys.iter().filter_map(VerifyingKey::of).collect();
        Self::new(settings.issuer().to_owned(), audiences, Keys::Pool(keys), ended, clock)
    }

    /// Of another OpenID Connect issuer's tokens. Its keys are fetched with the
    /// first token, or by [`Verifier::fetch_keys`].
    pub fn of_issuer(settings: IssuerSettings, clock: Arc<dyn Clock>) -> Result<Self, PortError> {
        Ok(Self::over(Remote::new()?, settings, clock))
    }

    /// The same, over a way to the issuer that others use too.
    pub(crate) fn over(remote: Remote, settings: IssuerSettings, clock: Arc<dyn Clock>) -> Self {
        let (issuer, audiences) = (settings.issuer.clone(), settings.audiences.clone());
        let keys = IssuerKeys::new(Source::Issuer(remote, settings), Arc::clone(&clock));
        Self::new(issuer, audiences, Keys::Issuer(keys), Arc::default(), clock)
    }

    fn new(
        issuer: String,
        audiences: Vec<String>,
        keys: Keys,
        ended: Arc<Ended>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { issuer, audiences, keys, ended, clock, products: Products::default() }
    }

    /// The same, also of the tokens of these products.
    ///
    /// # Errors
    /// Where one of them has the issuer of whoever signs people in.
    pub fn trusting(self, products: Products) -> Result<Self, UntrustedProduct> {
        if products.issues(&self.issuer) {
            return Err(UntrustedProduct::SameIssuer(self.issuer));
        }
        Ok(Self { products, ..self })
    }

    /// Fetches the issuer's keys now, so that a wrong setting shows at the
    /// start. Nothing to do for the built-in pool.
    pub async fn fetch_keys(&self) -> Result<(), PortError> {
        match &self.keys {
            Keys::Pool(..) => Ok(()),
            Keys::Issuer(keys) => keys.fetch().await,
        }
    }

    /// Refuses the access tokens of a session from now on, which ended then (ms
    /// since the epoch); in this process, and as long as any of them can live.
    pub fn bar(&self, session: SessionId, at: u64) {
        self.ended.forget(self.clock.now_ms().saturating_sub(BARRED_MS));
        self.ended.note(session, at);
    }

    /// Whether `token` is one that this issuer signed for a known client,
    /// whatever its kind and age; its client and session. For hints only.
    pub(crate) fn hint(&self, token: &str) -> Option<(String, SessionId)> {
        let Keys::Pool(keys) = &self.keys else { return None };
        let header = read_header(token).ok()?;
        let key = pick(keys, &header)?;
        let claims = signed(token, key).ok()?;
        self.check_issuer(&claims).ok()?;
        let client = self.client(&claims)?.to_owned();
        Some((client, SessionId::parse(claims.sid.as_deref()?)?))
    }

    fn check_issuer(&self, claims: &Claims) -> Result<(), TokenError> {
        if claims.iss == self.issuer { Ok(()) } else { Err(refused("another issuer's")) }
    }

    /// The known client that a token is for.
    fn client<'a>(&self, claims: &'a Claims) -> Option<&'a str> {
        let known = |name: &&str| self.audiences.iter().any(|audience| audience == name);
        let aud = claims.aud.as_ref().map(Audience::all).unwrap_or_default();
        let named = [&claims.client_id, &claims.azp].into_iter().flatten();
        named.chain(aud).map(String::as_str).find(known)
    }

    fn check(&self, header: &Header, claims: &Claims) -> Result<(), TokenError> {
        self.check_issuer(claims)?;
        match claims.token_use.as_deref() {
            Some("access") => {}
            Some(_) => return Err(refused("no access token")),
            None if matches!(self.keys, Keys::Pool(..)) => return Err(refused("no access token")),
            None => {
                let kind = claims.typ.as_deref();
                if claims.at_hash.is_some() || !matches!(kind, None | Some("Bearer" | "JWT")) {
                    return Err(refused("no access token"));
                }
                // An id token may be for the same audience, signed by the same
                // key and bear no mark of its own: an access token has to.
                let marked = is_access_header(header)
                    || kind == Some("Bearer")
                    || claims.client_id.is_some()
                    || claims.scope.is_some()
                    || claims.scp.is_some();
                if !marked {
                    return Err(refused("nothing tells it from an id token"));
                }
            }
        }
        self.client(claims).ok_or(refused("for another client"))?;
        let now = self.clock.now_ms();
        if claims.nbf.is_some_and(|nbf| in_ms(nbf) > now.saturating_add(LEEWAY_MS)) {
            return Err(refused("not good yet"));
        }
        // An issuer on this very clock needs no leeway.
        let leeway = if matches!(self.keys, Keys::Pool(..)) { 0 } else { LEEWAY_MS };
        if in_ms(claims.exp).saturating_add(leeway) <= now {
            return Err(TokenError::Expired);
        }
        Ok(())
    }

    fn identity(&self, claims: Claims) -> Result<Identity, TokenError> {
        let session = match &self.keys {
            Keys::Issuer(_) => {
                claims.sid.as_ref().or(claims.origin_jti.as_ref()).map(|named| session_named(named))
            }
            Keys::Pool(_) => {
                let session = claims.sid.as_deref().and_then(SessionId::parse);
                Some(session.ok_or(refused("no session"))?)
            }
        };
        if session.is_some_and(|session| self.ended.contains(session)) {
            return Err(refused(ENDED));
        }
        let id = claims.aizuchi_id.as_deref().unwrap_or(&claims.sub);
        let user = UserId::parse(id).map_err(|_| refused("its id cannot be one"))?;
        let names = [&claims.username, &claims.cognito_username, &claims.preferred_username];
        let name = names.into_iter().flatten().find(|name| is_name(name));
        Ok(Identity {
            username: name.map_or(user.as_str(), String::as_str).into(),
            user,
            session,
            expires_at: in_ms(claims.exp),
        })
    }
}

impl TokenVerifier for Verifier {
    async fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        let header = read_header(token)?;
        if let Some(verified) = self.products.verify(token, &header, self.clock.now_ms()).await {
            return verified;
        }
        let fetched;
        let key = match &self.keys {
            Keys::Pool(keys) => pick(keys, &header),
            Keys::Issuer(keys) => {
                fetched = keys.holding(|keys| pick(keys, &header).is_some()).await?;
                pick(&fetched, &header)
            }
        };
        let key = key.ok_or(refused("signed with an unknown key"))?;
        let claims = signed(token, key)?;
        self.check(&header, &claims)?;
        let identity = self.identity(claims)?;
        if self.products.resembles(&identity) {
            return Err(refused("its id or name is that of a product's user"));
        }
        Ok(identity)
    }
}

/// The claims of a token that this key has signed, whatever they say.
pub(crate) fn signed<C: DeserializeOwned>(
    token: &str,
    key: &VerifyingKey,
) -> Result<C, TokenError> {
    // The library checks the signature; claims are checked by whoever asks, by
    // the clock port.
    let mut validation = Validation::new(key.algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let token = decode(token, &key.key, &validation);
    token.map(|token| token.claims).map_err(|_| refused("its signature or claims are broken"))
}

pub(crate) fn refused(why: &'static str) -> TokenError {
    TokenError::Refused(why)
}

fn read_header(token: &str) -> Result<Header, TokenError> {
    if token.len() > TOKEN_BYTES {
        return Err(refused("too long"));
    }
    let header = decode_header(token).map_err(|_| refused("no token"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refused("an algorithm that is not allowed"));
    }
    if header.crit.is_some() {
        return Err(refused("an extension that is not understood"));
    }
    let is_plain = header.typ.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("JWT"));
    if is_plain || is_access_header(&header) { Ok(header) } else { Err(refused("no access token")) }
}

/// The mark of RFC 9068.
fn is_access_header(header: &Header) -> bool {
    let marks = ["at+jwt", "application/at+jwt"];
    let kind = header.typ.as_deref();
    kind.is_some_and(|kind| marks.iter().any(|mark| kind.eq_ignore_ascii_case(mark)))
}

/// The key that a token names; where it names none, the only one of its algorithm.
fn pick<'a>(keys: &'a [VerifyingKey], header: &Header) -> Option<&'a VerifyingKey> {
    let mut fitting = keys.iter().filter(|key| key.algorithm == header.alg);
    match &header.kid {
        Some(_) => fitting.find(|key| key.kid == header.kid),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

/// The session that another issuer calls so, in any text.
fn session_named(sid: &str) -> SessionId {
    let mut id = [0; 16];
    id.copy_from_slice(&hash(sid.as_bytes()).0[..16]);
    SessionId(u128::from_be_bytes(id))
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.chars().any(char::is_control)
        && name.chars().nth(NAME_CHARS).is_none()
}

/// Seconds to ms. A cast from a float saturates, and makes 0 of what is no number.
pub(crate) fn in_ms(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}
