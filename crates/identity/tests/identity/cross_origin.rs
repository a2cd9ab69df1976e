//! Calls from pages of other origins.

use http::{Method, StatusCode, header};

use crate::site::{PASSWORD, Site, code};

const CALLS: [(&str, &str); 4] = [
    ("GET", "/oauth2/userInfo"),
    ("POST", "/auth"),
    ("POST", "/oauth2/token"),
    ("GET", "/.well-known/jwks.json"),
];

#[tokio::test]
async fn known_origins_may_ask_first() {
    let site = Site::new().await;
    for (method, path) in CALLS {
        for origin in ["http://127.0.0.1:3000", "https://app.example"] {
            let reply = site
                .call(Method::OPTIONS, path)
                .origin(origin)
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
                .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type")
                .send()
                .await;
            assert_eq!(reply.status, StatusCode::NO_CONTENT, "{path}");
            assert_eq!(reply.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), origin);
            assert!(reply.header(header::ACCESS_CONTROL_ALLOW_METHODS).contains(method));
            assert!(reply.header(header::ACCESS_CONTROL_ALLOW_HEADERS).contains("authorization"));
            assert!(reply.header(header::VARY).contains("origin"));
            let credentials = header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
            assert!(!reply.headers.contains_key(credentials), "never with credentials");
        }
    }
}

#[tokio::test]
async fn unknown_origins_are_refused_before_and_after_asking() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1:3000.evil.example"] {
        for (method, path) in CALLS {
            let asked = site
                .call(Method::OPTIONS, path)
                .origin(origin)
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
                .send()
                .await;
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let called = site.call(method, path).origin(origin).credentials("ada", PASSWORD).await;
            for reply in [asked, called] {
                assert_eq!(reply.error(), code(403, "forbidden"), "{origin} {path}");
                assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
            }
        }
    }
}

#[tokio::test]
async fn answers_and_errors_can_be_read_from_known_origins() {
    let site = Site::new().await;
    let token = site.sign_up("ada").await.text("token");
    let origin = "http://127.0.0.1:3000";
    let good = site.get("/oauth2/userInfo").origin(origin).bearer(&token).send().await;
    assert_eq!(good.text("username"), "ada");
    let bad = site.get("/oauth2/userInfo").origin(origin).bearer("x").send().await;
    assert_eq!(bad.error(), code(401, "unauthorized"));
    for reply in [good, bad] {
        assert_eq!(reply.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), origin);
    }
}
