//! Products that vouch for their own users: what their tokens may say, and what
//! they may not.

mod keys;

use std::{net::IpAddr, sync::Arc, time::Duration};

use aizuchi_core::{
    clock::Clock,
    identity::{Identity, TokenError, TokenVerifier},
};
use aizuchi_identity::{Products, Verifier};
use aizuchi_outbound::{Guard, Outbound, SystemResolver, Trust};
use aizuchi_testkit::clock::ManualClock;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use self::keys::{Published, serve};
use crate::site::Site;

const YEAR: u64 = 365 * 24 * 3600;

/// A product's key pair.
struct Pair {
    kid: Option<&'static str>,
    algorithm: Algorithm,
    private: EncodingKey,
}

impl Pair {
    /// Ed25519, from a seed of these bytes.
    fn ed(seed: u8, kid: Option<&'static str>) -> Self {
        let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        der.extend([seed; 32]);
        Self { kid, algorithm: Algorithm::EdDSA, private: EncodingKey::from_ed_der(&der) }
    }

    fn ec(seed: u8) -> Self {
        use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
        let secret = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
        let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        let private = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        Self { kid: None, algorithm: Algorithm::ES256, private }
    }

    fn public(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.private, self.algorithm).unwrap();
        jwk.common.key_id = self.kid.map(str::to_owned);
        jwk
    }

    /// The public half of an Ed25519 key, as the line in its PEM.
    fn line(&self) -> String {
        let jwk = serde_json::to_value(self.public()).unwrap();
        let key = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
        let mut der = vec![0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        der.extend(key);
        STANDARD.encode(der)
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = self.kid.map(str::to_owned);
        encode(&header, claims, &self.private).unwrap()
    }
}

/// Lets a test's own server be asked.
struct Anywhere;

impl Guard for Anywhere {
    fn trust(&self, _: IpAddr) -> Trust {
        Trust::Plain
    }
}

fn outbound() -> Outbound {
    Outbound::guarded(Arc::new(Anywhere), Arc::new(SystemResolver), Duration::from_millis(300))
}

/// A server with the built-in pool that trusts products.
struct Shop {
    site: Site,
    verifier: Verifier,
}

impl Shop {
    async fn trusting(products: &[String]) -> Self {
        let site = Site::new().await;
        let settings = products.iter().map(|line| line.parse().unwrap()).collect();
        let clock = Arc::clone(&site.clock) as Arc<dyn Clock>;
        let products = Products::new(settings, outbound(), &clock).unwrap();
        let verifier = site.pool.verifier().trusting(products).unwrap();
        Self { site, verifier }
    }

    async fn with(pair: &Pair) -> Self {
        Self::trusting(&[product("shop", &pair.line())]).await
    }

    fn claims(&self, changes: Value) -> Value {
        claims(&self.site.clock, changes)
    }

    async fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        self.verifier.verify(token).await
    }

    async fn refuses(&self, token: &str) -> bool {
        matches!(self.verify(token).await, Err(TokenError::Refused(_)))
    }
}

fn product(name: &str, keys: &str) -> String {
    format!("name={name},issuer=https://{name}.example,audience=chat,keys={keys}")
}

fn claims(clock: &ManualClock, changes: Value) -> Value {
    let now = clock.now_ms() / 1000;
    let mut claims = json!({
        "iss": "https://shop.example", "aud": "chat", "sub": "42", "name": "Ann Lee",
        "iat": now, "exp": now + 300,
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

#[tokio::test]
async fn a_products_user_is_its_own() {
    let pair = Pair::ed(1, None);
    let shop = Shop::with(&pair).await;
    let told = shop.verify(&pair.sign(&shop.claims(json!({})))).await.unwrap();
    assert_eq!((told.user.as_str(), &*told.username), ("shop:42", "Ann Lee@shop"));
    assert_eq!(told.session, None);
    for (change, user, name) in [
        (json!({"sub": "a:b"}), "shop:a:b", "Ann Lee@shop"),
        (json!({"sub": "bank:42"}), "shop:bank:42", "Ann Lee@shop"),
        (json!({"sub": "相/槌 %3A"}), "shop:相/槌 %3A", "Ann Lee@shop"),
        (json!({"sub": "x".repeat(123)}), &format!("shop:{}", "x".repeat(123)), "Ann Lee@shop"),
        (json!({"aizuchi_id": "another", "username": "another"}), "shop:42", "Ann Lee@shop"),
        (json!({"name": "ann@bank"}), "shop:42", "ann@bank@shop"),
        (json!({"aud": ["else", "chat"]}), "shop:42", "Ann Lee@shop"),
        // What cannot be shown is not.
        (json!({"name": null}), "shop:42", "shop:42"),
        (json!({"name": " "}), "shop:42", "shop:42"),
        (json!({"name": "a\nb"}), "shop:42", "shop:42"),
        (json!({"name": "Ann\u{202e}pohs@"}), "shop:42", "shop:42"),
        (json!({"name": "a".repeat(65)}), "shop:42", "shop:42"),
    ] {
        let token = pair.sign(&shop.claims(change.clone()));
        let told = shop.verify(&token).await.unwrap_or_else(|error| panic!("{change}: {error}"));
        assert_eq!((told.user.as_str(), &*told.username), (user, name), "{change}");
    }
}

#[tokio::test]
async fn ids_that_play_tricks_are_refused() {
    let pair = Pair::ed(1, None);
    let shop = Shop::with(&pair).await;
    for sub in ["", "a\u{0}b", "\u{0}", "a\nb", "\u{7f}", &"x".repeat(124), &"x".repeat(7_000)] {
        let token = pair.sign(&shop.claims(json!({ "sub": sub })));
        assert!(shop.refuses(&token).await, "{sub:?}");
    }
    for sub in [json!(null), json!(42), json!(["42"]), json!({"a": 1})] {
        assert!(shop.refuses(&pair.sign(&shop.claims(json!({ "sub": sub })))).await, "{sub}");
    }
    let huge = pair.sign(&shop.claims(json!({"sub": "x".repeat(1 << 20)})));
    assert!(shop.refuses(&huge).await);
}

#[tokio::test]
async fn only_tokens_that_the_product_meant_for_this_are_good() {
    let pair = Pair::ed(1, None);
    let shop = Shop::with(&pair).await;
    let now = shop.site.clock.now_ms() / 1000;
    for change in [
        json!({"aud": "other"}),
        json!({"aud": []}),
        json!({"aud": null}),
        // The audience alone counts.
        json!({"aud": "other", "client_id": "chat", "azp": "chat"}),
        json!({"exp": null}),
        json!({"iat": null}),
        json!({"iat": "yesterday"}),
        json!({"token_use": "id"}),
        json!({"at_hash": "x"}),
        json!({"nonce": "x"}),
        json!({"nbf": now + 31}),
        json!({"iat": now + 31, "exp": now + 60}),
        // It would live too long.
        json!({"exp": now + 3601}),
        json!({"exp": 1e300}),
        json!({"iat": now - YEAR}),
        // Its clock is a year ahead.
        json!({"iat": now + YEAR, "exp": now + YEAR + 300}),
        // Nobody's product.
        json!({"iss": "https://other.example"}),
        json!({"iss": "https://shop.example/"}),
        json!({"iss": crate::site::PUBLIC}),
    ] {
        let token = pair.sign(&shop.claims(change.clone()));
        assert!(shop.refuses(&token).await, "{change}");
    }
    for change in [
        json!({"exp": now - 30, "iat": now - 300}),
        json!({"exp": now + 300 - YEAR, "iat": now - YEAR}),
        json!({"exp": -1, "iat": 0}),
    ] {
        let told = shop.verify(&pair.sign(&shop.claims(change.clone()))).await;
        assert!(matches!(told, Err(TokenError::Expired)), "{change}: {told:?}");
    }
    for change in [
        json!({"exp": now - 29}),
        json!({"iat": now + 29}),
        json!({"exp": now + 3600}),
        json!({"token_use": "access"}),
    ] {
        let told = shop.verify(&pair.sign(&shop.claims(change.clone()))).await;
        assert!(told.is_ok(), "{change}: {told:?}");
    }
}

#[tokio::test]
async fn a_forged_token_is_refused_however_it_is_forged() {
    let pair = Pair::ed(1, None);
    let shop = Shop::with(&pair).await;
    let claims = shop.claims(json!({}));
    let good = pair.sign(&claims);
    assert!(shop.refuses(&Pair::ed(2, None).sign(&claims)).await, "another key");
    assert!(shop.refuses(&Pair::ec(2).sign(&claims)).await, "another kind of key");

    let payload = good.split('.').nth(1).unwrap();
    for header in [json!({"alg": "none"}), json!({"alg": "NONE"}), json!({})] {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        for signature in ["", "AA"] {
            assert!(shop.refuses(&format!("{header}.{payload}.{signature}")).await);
        }
    }
    // The public key as a shared secret, in each form that it is known in.
    let line = pair.line();
    let der = STANDARD.decode(&line).unwrap();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{line}\n-----END PUBLIC KEY-----\n");
    for secret in [der.as_slice(), &der[12..], line.as_bytes(), pem.as_bytes()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS512] {
            let secret = EncodingKey::from_secret(secret);
            let forged = encode(&Header::new(algorithm), &claims, &secret).unwrap();
            assert!(shop.refuses(&forged).await, "{algorithm:?}");
        }
    }
    let mut parts: Vec<&str> = good.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(shop.claims(json!({"sub": "43"})).to_string());
    parts[1] = &other;
    assert!(shop.refuses(&parts.join(".")).await, "other claims");
    for broken in ["", ".", "..", "a.b.c", &good[1..], payload] {
        assert!(shop.refuses(broken).await, "{broken}");
    }
}

#[tokio::test]
async fn nobody_speaks_for_another_products_users_or_for_the_pools() {
    let (shop_key, bank_key) = (Pair::ed(1, None), Pair::ed(2, None));
    let products = [product("shop", &shop_key.line()), product("bank", &bank_key.line())];
    let shop = Shop::trusting(&products).await;
    let as_bank = shop.claims(json!({"iss": "https://bank.example"}));
    assert!(shop.refuses(&shop_key.sign(&as_bank)).await, "signed by the wrong one");
    let told = shop.verify(&bank_key.sign(&as_bank)).await.unwrap();
    assert_eq!((told.user.as_str(), &*told.username), ("bank:42", "Ann Lee@bank"));

    // The pool's own tokens are good as ever.
    let token = shop.site.sign_up("ann").await.text("token");
    assert_eq!(&*shop.verify(&token).await.unwrap().username, "ann");
}

#[tokio::test]
async fn whoever_signs_people_in_makes_no_products_users() {
    let issuer = crate::issuer::Key::new("k1");
    let (key, clock) = (Pair::ed(1, None), Arc::new(ManualClock::default()));
    let address = serve(Published::of(&[])).await;
    *address.0.keys.lock().unwrap() = json!({ "keys": [issuer.public()] }).to_string();
    let settings = aizuchi_identity::IssuerSettings {
        issuer: "https://id.example".to_owned(),
        jwks_url: Some(address.1.parse().unwrap()),
        audiences: vec!["chat".to_owned()],
    };
    let as_clock = Arc::clone(&clock) as Arc<dyn Clock>;
    let lines = vec![product("shop", &key.line()).parse().unwrap()];
    let products = Products::new(lines, outbound(), &as_clock).unwrap();
    let verifier = Verifier::of_issuer(settings, as_clock).unwrap().trusting(products).unwrap();
    let told = async |changes: Value| {
        let mut all = json!({"iss": "https://id.example", "scope": "openid"});
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        verifier.verify(&issuer.sign(&claims(&clock, all))).await
    };
    assert_eq!(told(json!({})).await.unwrap().user.as_str(), "42");
    assert!(told(json!({"sub": "shopper", "username": "ann@shopping"})).await.is_ok());
    for change in [
        json!({"sub": "shop:42"}),
        json!({"aizuchi_id": "shop:42"}),
        json!({"username": "Ann Lee@shop"}),
        json!({"username": "ANN@SHOP"}),
        json!({"username": "Ann\u{ff20}shop"}),
    ] {
        let told = told(change.clone()).await;
        assert!(matches!(told, Err(TokenError::Refused(_))), "{change}");
    }
}
