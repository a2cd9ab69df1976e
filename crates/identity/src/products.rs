//! Products whose back ends vouch for their own users: each signs tokens with a
//! key of its own, and its users chat here without an account.
//!
//! # Ids and names
//! A product's user is `name:sub`, and is called `his name@name`. Ids that begin
//! so and names that end so are the product's alone: neither another product nor
//! whoever else signs people in can make one, and the built-in pool's names have
//! no `@`. So nobody can be taken for another's.

mod keys;
mod settings;
mod token;

use std::sync::Arc;

use aizuchi_core::{
    accounts::fold,
    clock::Clock,
    identity::{Identity, TokenError},
};
use aizuchi_outbound::{Outbound, OutboundError};
use jsonwebtoken::Header;

pub use self::{
    keys::InvalidKeys,
    settings::{InvalidProduct, KeysAt, ProductSettings},
};
use crate::{
    jwks::{IssuerKeys, Source},
    keys::VerifyingKey,
    limits::{ISSUER_BYTES, PRODUCTS},
};

/// Products that cannot be trusted as they are set, in an operator's words.
#[derive(Debug, thiserror::Error)]
pub enum UntrustedProduct {
    /// A key that cannot be used.
    #[error("the product {name}: {cause}")]
    Keys {
        /// Which.
        name: String,
        /// Why.
        cause: InvalidKeys,
    },
    /// An address that is not connected to.
    #[error(
        "the product {name}: its keys at {address} are not fetched, since {cause}. Name an https \
         address outside, or one in a network that is allowed, or the file of the key"
    )]
    Address {
        /// Which.
        name: String,
        /// Where.
        address: String,
        /// Why.
        cause: OutboundError,
    },
    /// Two of one name.
    #[error("two products are called {0}: give each a name of its own")]
    SameName(String),
    /// Two of one issuer, of which one may be whoever signs people in.
    #[error("the issuer {0} is another's already: give each product one of its own")]
    SameIssuer(String),
    /// More than there may be.
    #[error("there are more than {PRODUCTS} products: trust fewer")]
    TooMany,
}

/// Where the keys of a product are.
enum Keys {
    Held(Arc<[VerifyingKey]>),
    Fetched(IssuerKeys),
}

/// One product.
struct Product {
    settings: ProductSettings,
    keys: Keys,
}

/// The products that a server trusts. None by default.
#[derive(Default)]
pub struct Products(Vec<Product>);

impl Products {
    /// Trusts these. Reads the files of their keys, and asks nobody yet; keys are
    /// fetched by `outbound` with the first token.
    ///
    /// # Errors
    /// Where a key or an address cannot be used, or two cannot be told apart.
    pub fn new(
        settings: Vec<ProductSettings>,
        outbound: Outbound,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, UntrustedProduct> {
        if settings.len() > PRODUCTS {
            return Err(UntrustedProduct::TooMany);
        }
        let outbound = outbound.reading(ISSUER_BYTES);
        let mut products: Vec<Product> = Vec::new();
        for settings in settings {
            if products.iter().any(|other| other.settings.name == settings.name) {
                return Err(UntrustedProduct::SameName(settings.name));
            }
            if products.iter().any(|other| other.settings.issuer == settings.issuer) {
                return Err(UntrustedProduct::SameIssuer(settings.issuer));
            }
            let named = || settings.name.clone();
            let keys = match &settings.keys {
                KeysAt::Url(url) => {
                    outbound.check(url).map_err(|cause| UntrustedProduct::Address {
                        name: named(),
                        address: url.to_string(),
                        cause,
                    })?;
                    let source = Source::Named(outbound.clone(), url.clone());
                    Keys::Fetched(IssuerKeys::new(source, Arc::clone(clock)))
                }
                held => {
                    let keys = keys::held(held);
                    let keys =
                        keys.map_err(|cause| UntrustedProduct::Keys { name: named(), cause })?;
                    Keys::Held(keys.into())
                }
            };
            products.push(Product { settings, keys });
        }
        Ok(Self(products))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fetches the keys that are fetched, and warns of those that cannot be: a
    /// product that is away must not keep a server from starting.
    pub async fn fetch_keys(&self) {
        for product in &self.0 {
            if let Keys::Fetched(keys) = &product.keys {
                // The failure is in the log, with its cause.
                let _ = keys.fetch().await;
            }
        }
    }

    /// Whether this is a product's issuer.
    pub(crate) fn issues(&self, issuer: &str) -> bool {
        self.0.iter().any(|product| product.settings.issuer == issuer)
    }

    /// Whether an identity of somebody else's looks like a product's.
    pub(crate) fn resembles(&self, identity: &Identity) -> bool {
        // As names are compared: other letters may stand for these.
        let called = fold(&identity.username);
        let of = |product: &Product| {
            let name = &product.settings.name;
            let id = identity.user.as_str().strip_prefix(name.as_str());
            let called = called.strip_suffix(name.as_str());
            id.is_some_and(|rest| rest.starts_with(':'))
                || called.is_some_and(|rest| rest.ends_with('@'))
        };
        self.0.iter().any(of)
    }

    /// Who holds this token, if it claims to be a product's.
    pub(crate) async fn verify(
        &self,
        token: &str,
        header: &Header,
        now: u64,
    ) -> Option<Result<Identity, TokenError>> {
        if self.is_empty() {
            return None;
        }
        // Unverified as yet: it only says whose key is to verify it.
        let issuer = token::claimed_issuer(token)?;
        let product = self.0.iter().find(|product| product.settings.issuer == issuer)?;
        Some(product.verify(token, header, now).await)
    }
}
