//! A page of the first protocol, from its sign-in to its history.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::{
    server::{PASSWORD, Place, Server},
    socket::Socket,
};

async fn auth(server: &Server, path: &str, body: Value) -> (StatusCode, Value) {
    let url = server.url.join(path).unwrap();
    let answer = Client::new().post(url).json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn pages_of_the_first_protocol_sign_in_chat_and_see_presence() {
    let place = Place::new();
    let server = place.serve(&[]);
    let ann = server.sign_up("ann").await.me().sub.clone();
    let bob = server.sign_up("bob").await.me().sub.clone();

    let credentials = |user: &str| json!({ "user": user, "password": PASSWORD });
    let (status, first) = auth(&server, "/auth", credentials("ann")).await;
    assert_eq!((status, &first["user"]), (StatusCode::OK, &json!("ann")));
    let again = json!({ "user": "ann", "refresh": first["refresh"] });
    let (status, anns) = auth(&server, "/auth/refresh", again).await;
    assert_eq!(status, StatusCode::OK);
    let (_, bobs) = auth(&server, "/auth", credentials("bob")).await;

    let query = |tokens: &Value, own: &str, partner: &str| {
        let token = tokens["token"].as_str().unwrap();
        format!("Authorizer={token}&selfSub={own}&sub={partner}")
    };
    let mut anns = Socket::open_level_zero(&server, &query(&anns, &ann, &bob)).await;
    let mut bobs = Socket::open_level_zero(&server, &query(&bobs, &bob, &ann)).await;
    assert_eq!(anns.expect("ISONLINE").await["value"], "1");

    let said = json!({ "action": "SENDMSG", "message": "hi", "timestamp": 1, "fromSub": ann, "toSub": bob });
    anns.send(said).await;
    let heard = bobs.expect("SENDMSG").await;
    assert_eq!((&heard["message"], &heard["fromSub"]), (&json!("hi"), &json!(ann)));
    bobs.send(json!({ "action": "STATUS", "partnerSub": ann })).await;
    assert_eq!(bobs.expect("PARTNERINFO").await["value"], "ann");
    assert_eq!(bobs.expect("ISONLINE").await["value"], "1");
    bobs.send(json!({ "action": "GETMSG", "fromSub": bob, "toSub": ann })).await;
    let page = bobs.expect("GETMSG").await;
    assert_eq!(page["messages"][0]["message"], "hi");
    drop(bobs);
    assert_eq!(anns.expect("ISONLINE").await["value"], "0");
}

#[tokio::test]
async fn a_page_that_hears_nothing_is_still_heard() {
    let place = Place::new();
    let server = place.serve(&[]);
    let ann = server.sign_up("ann").await.me().sub.clone();
    let bob = server.sign_up("bob").await.me().sub.clone();
    let credentials = json!({ "user": "ann", "password": PASSWORD });
    let (_, tokens) = auth(&server, "/auth", credentials).await;
    let query = format!("Authorizer={}&sub={bob}", tokens["token"].as_str().unwrap());
    let mut page = Socket::open_level_zero(&server, &query).await;
    // He is not there, and such a page gets no acknowledgement.
    for n in 0..80 {
        let said = json!({ "action": "SENDMSG", "message": "hi", "timestamp": n, "fromSub": ann, "toSub": bob });
        page.send(said).await;
    }
    page.send(json!({ "action": "PING" })).await;
    assert_eq!(page.expect("PING").await["value"], "PONG");
}
