//! What all shapes do, held against the one binary.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use aizuchi_behaviour::{PASSWORD, Target, World, hold, laws};
use reqwest::{Client, header, redirect::Policy};
use url::form_urlencoded;

use crate::server::{Place, Server, text};

/// Where the hosted pages go back to.
const BACK: &str = "http://127.0.0.1:3000/";

/// A server that the laws of a moment share. The last of them ends it.
struct Shared {
    server: Server,
    place: Place,
}

static RUNNING: Mutex<Weak<Shared>> = Mutex::new(Weak::new());

fn server() -> (Target, Arc<Shared>) {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let shared = running.upgrade().unwrap_or_else(|| {
        let place = Place::new();
        // More people sign up from here than may.
        let limits = ["--rate-limits", "off"];
        let client = [&format!("--oauth-client=web={BACK}"), "--oauth-implicit=web"];
        let server = place.serve(&[&limits[..], &client].concat());
        Arc::new(Shared { server, place })
    });
    *running = Arc::downgrade(&shared);
    let target = Target {
        socket_url: format!("ws://{}/ws", shared.server.address()),
        http_url: shared.server.url.to_string(),
    };
    (target, shared)
}

aizuchi_behaviour::behaviour_suite!(server());

/// Signs in on the hosted page, as a browser does, and gives the id token.
async fn id_token(server: &Server, user: &str) -> String {
    let link = format!("login?client_id=web&redirect_uri={BACK}&response_type=token");
    let page = server.url.join(&link).unwrap();
    let browser = Client::builder().redirect(Policy::none()).build().unwrap();
    let shown = browser.get(page.clone()).send().await.unwrap();
    let cookie = shown.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let form = shown.text().await.unwrap();
    let (_, token) = form.split_once(r#"name="token" value=""#).unwrap();
    let fields =
        [("token", token.split('"').next().unwrap()), ("user", user), ("password", PASSWORD)];
    let signed_in = browser
        .post(page)
        .header(header::COOKIE, cookie)
        .header(header::ORIGIN, server.url.origin().ascii_serialization())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
    let signed_in = signed_in.send().await.unwrap();
    let back = signed_in.headers()[header::LOCATION].to_str().unwrap();
    let (_, tokens) = back.split_once('#').unwrap();
    let mut tokens = form_urlencoded::parse(tokens.as_bytes());
    tokens.find(|(name, _)| name == "id_token").unwrap().1.into_owned()
}

#[test]
fn an_id_token_opens_no_socket() {
    let (target, shared) = server();
    hold(&target, async |world: World| {
        let ann = world.person("ann").await;
        let id_token = id_token(&shared.server, &ann.name).await;
        laws::handshake::an_id_token_opens_no_socket(world, &id_token).await;
    });
}

#[test]
fn a_key_speaks_for_its_bot() {
    let (target, shared) = server();
    let key = |called: &str| {
        let new = if called == "a" { &["--new"][..] } else { &[] };
        let create = ["user", "key", "create", "law-bot", "--name", called];
        text(&shared.place.run(&[&create[..], new].concat(), "").stdout)
            .lines()
            .last()
            .unwrap()
            .to_owned()
    };
    let (good, revoked) = (key("a"), key("b"));
    let revoke = ["user", "key", "revoke", "law-bot", "b"];
    assert!(shared.place.run(&revoke, "").status.success());
    hold(&target, async |world: World| {
        laws::bots::a_key_speaks_for_its_bot(world, &good, &revoked).await;
    });
}
