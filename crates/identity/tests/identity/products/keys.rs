//! Where a product's keys are: published, or in files.

use std::{
    future::IntoFuture,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use aizuchi_core::{clock::Clock, identity::TokenError};
use aizuchi_identity::{ProductSettings, Products};
use aizuchi_outbound::Outbound;
use aizuchi_testkit::clock::ManualClock;
use axum::{Router, response::IntoResponse, routing::get};
use http::StatusCode;
use jsonwebtoken::{Header, encode, jwk::JwkSet};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Pair, Shop, outbound, product};

/// What a product publishes, and how often it was asked.
pub(super) struct Published {
    pub(super) keys: Mutex<String>,
    asked: AtomicUsize,
    hangs: bool,
}

impl Published {
    pub(super) fn of(pairs: &[&Pair]) -> Self {
        let keys = JwkSet { keys: pairs.iter().map(|pair| pair.public()).collect() };
        let keys = serde_json::to_string(&keys).unwrap().into();
        Self { keys, asked: AtomicUsize::default(), hangs: false }
    }

    fn publish(&self, pairs: &[&Pair]) {
        *self.keys.lock().unwrap() = Self::of(pairs).keys.into_inner().unwrap();
    }
}

/// Serves it until the test ends; where, beside.
pub(super) async fn serve(published: Published) -> (Arc<Published>, String) {
    let published = Arc::new(published);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let told = Arc::clone(&published);
    let answer = move || {
        let published = Arc::clone(&told);
        async move {
            published.asked.fetch_add(1, Ordering::SeqCst);
            if published.hangs {
                std::future::pending::<()>().await;
            }
            let keys = published.keys.lock().unwrap().clone();
            if keys.is_empty() {
                StatusCode::BAD_GATEWAY.into_response()
            } else {
                keys.into_response()
            }
        }
    };
    tokio::spawn(axum::serve(listener, Router::new().route("/keys", get(answer))).into_future());
    (published, url)
}

#[tokio::test]
async fn keys_that_are_published_can_be_changed() {
    let (old, new) = (Pair::ed(1, Some("old")), Pair::ed(2, Some("new")));
    let (published, url) = serve(Published::of(&[&old])).await;
    let shop = Shop::trusting(&[product("shop", &url)]).await;
    let claims = shop.claims(json!({}));
    assert!(shop.verify(&old.sign(&claims)).await.is_ok());
    published.publish(&[&old, &new]);
    shop.site.clock.advance(10_000);
    assert!(shop.verify(&new.sign(&claims)).await.is_ok(), "fetched when it is needed");
    assert!(shop.verify(&old.sign(&claims)).await.is_ok());
    // Forged names of keys do not make it ask without end.
    shop.site.clock.advance(10_000);
    for _ in 0..20 {
        assert!(shop.refuses(&Pair::ed(3, Some("else")).sign(&claims)).await);
    }
    assert_eq!(published.asked.load(Ordering::SeqCst), 3);
    // Away, its keys are good still.
    published.keys.lock().unwrap().clear();
    assert!(shop.verify(&new.sign(&claims)).await.is_ok());
}

#[tokio::test]
async fn a_product_that_is_away_or_slow_is_no_wrong_token() {
    let pair = Pair::ed(1, Some("k"));
    let away = Published { keys: Mutex::default(), ..Published::of(&[]) };
    let slow = Published { hangs: true, ..Published::of(&[&pair]) };
    for published in [away, slow] {
        let (_, url) = serve(published).await;
        let shop = Shop::trusting(&[product("shop", &url)]).await;
        let told = shop.verify(&pair.sign(&shop.claims(json!({})))).await;
        assert!(matches!(told, Err(TokenError::Unavailable(_))), "{told:?}");
        // Others are not held up by it.
        assert!(shop.verify(&shop.site.sign_up("ann").await.text("token")).await.is_ok());
    }
}

#[tokio::test]
async fn keys_lie_in_files_too() {
    let (old, new, ec) = (Pair::ed(1, None), Pair::ed(2, None), Pair::ec(3));
    let dir = TempDir::new().unwrap();
    let file = |name: &str, text: &str| -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let pem = |pair: &Pair| {
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", pair.line())
    };
    let jwks = serde_json::to_string(&JwkSet { keys: vec![ec.public(), new.public()] }).unwrap();
    let jwk = serde_json::to_string(&ec.public()).unwrap();
    for (path, good, bad) in [
        (file("one.pem", &pem(&new)), vec![&new], vec![&old, &ec]),
        (file("two.pem", &(pem(&old) + &pem(&new))), vec![&old, &new], vec![&ec]),
        (file("set.json", &jwks), vec![&ec, &new], vec![&old]),
        (file("one.json", &jwk), vec![&ec], vec![&old, &new]),
    ] {
        let shop = Shop::trusting(&[product("shop", path.to_str().unwrap())]).await;
        let claims = shop.claims(json!({}));
        for pair in good {
            let mut named = Header::new(pair.algorithm);
            named.kid = Some("a name that the file does not know".to_owned());
            let named = encode(&named, &claims, &pair.private).unwrap();
            assert!(shop.verify(&pair.sign(&claims)).await.is_ok(), "{}", path.display());
            assert!(shop.verify(&named).await.is_ok(), "{}", path.display());
        }
        for pair in bad {
            assert!(shop.refuses(&pair.sign(&claims)).await, "{}", path.display());
        }
    }
    let refused = |path: &PathBuf| {
        let line: ProductSettings = product("shop", path.to_str().unwrap()).parse().unwrap();
        let clock = Arc::new(ManualClock::default()) as Arc<dyn Clock>;
        Products::new(vec![line], outbound(), &clock).err().unwrap().to_string()
    };
    let private = format!("-----BEGIN {} KEY-----\nMC4=\n-----END {0} KEY-----\n", "PRIVATE");
    assert!(refused(&file("private.pem", &private)).contains("private one"));
    let secret = r#"{"kty":"oct","k":"c2VjcmV0"}"#;
    assert!(refused(&file("secret.json", secret)).contains("private one"));
    for none in
        ["", "{}", r#"{"keys":[]}"#, "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]
    {
        assert!(refused(&file("none", none)).contains("give a public key"), "{none}");
    }
    let short = r#"{"kty":"RSA","e":"AQAB","n":"sXchDaQebSXKcvLFdmy3"}"#;
    assert!(refused(&file("short.json", short)).contains("2048"));
    assert!(refused(&dir.path().join("nowhere.pem")).contains("nowhere.pem cannot be read"));
}

#[test]
fn an_address_inside_is_none_for_keys() {
    let clock = Arc::new(ManualClock::default()) as Arc<dyn Clock>;
    for url in ["http://127.0.0.1/keys", "https://169.254.169.254/keys", "https://10.0.0.1/keys"] {
        let line = product("shop", url).parse().unwrap();
        let refused = Products::new(vec![line], Outbound::new(Vec::new()), &clock).err().unwrap();
        assert!(refused.to_string().contains(url), "{refused}");
    }
}

/// A key of 2048 bits, one of 1024, and a token that was signed with the first
/// when a [`ManualClock`] begins.
const RSA: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1mIjxxTcLZfL76Xw4e6ItlQQ08I8zMAFvzBsYTNK\
     VzftWVM4mmOGlLenZr/JTd0izWZeMYhs/Y21odqlFneopHbgNkgHTuWS+/Vs1Jj5of6OH7839cSPHX/BTrWl\
     ++PaRZ+ZgtGTv4+xMOpBWIMWfcrpqQ7/yD8i0Y61Zsf1P4xwODF0N0EwJtTJAghcs/SoyTbAfnrr8mEQFlE6\
     jVvk0GMv72aiTJbinSKaPCrdDmAG9QngJ3Zoliv4KZbfWtAQyc8PHmxcmRpeENX21UY15UiVSIUi7c7nbvFF\
     /UohA6gMx9OQQxyOsc6j2i9D2d3IFJe8SxZpMCP/aqpd4SdvGQIDAQAB";
const WEAK_RSA: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDGHcohvxxQ3UHG/gSsCeDgr4P236WoV5aVtpOMhvMZmZLn\
     3eC0oPDpZpWjKLaX39pzhb/zzQ99SFzSZ9rTQ6ZegzdKki+k5XuUH8SvLr7OP7SzLI0s2/qSisUyPf+7qoHP\
     +5XgnsDvYMpmIdTLPwJ0EceiclvKEOlg74cx0TxdEQIDAQAB";
const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3Nob3AuZXhhbXBsZSIsImF1ZCI6ImNoYXQiLCJzdWI\
     iOiI0MiIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMzAwfQ.mW87EF0YqsP_zO5tSY0CIymag9Us\
     HYdvpgK4GXFHHsYulcZvM7wcI2-bXsAz9KctN-uEtqjI67KXygttTP9so_F5ywRxC7j0yIBe4RwXuFQrd8Mr\
     3778Nlvk13KU5qkNa9r-UyP5Rra71wgQYZw1NwZawT_eXAlJMxKXDnMX1KPFrr00z8GZtstYx7w-\
     4MssSquqJAxmpYke6KYvq-lEb8-OO7zjvFLkFszlS1WlZOcdhzmyxX0kxdfXDBFsNIDi-\
     C6ncMGET4PcthDyLJrp0vJ4gxHCj9T6s8HM6RfnKNim0z6Xuda92Fvawlyr99tpGcwYza8SPgVMnxcS71ZZ6\
     A";

#[tokio::test]
async fn rsa_keys_are_long_enough() {
    let shop = Shop::trusting(&[product("shop", RSA)]).await;
    assert_eq!(shop.verify(RSA_TOKEN).await.unwrap().user.as_str(), "shop:42");
    let clock = Arc::new(ManualClock::default()) as Arc<dyn Clock>;
    let weak = vec![product("shop", WEAK_RSA).parse().unwrap()];
    let refused = Products::new(weak, outbound(), &clock).err().unwrap().to_string();
    assert!(refused.contains("2048"), "{refused}");
}
