//! What is sent, and how much of it at once.

use aizuchi_gateway::{Push, push::FRAME_BYTES};
use aizuchi_push_apigw::limits::IN_FLIGHT;
use bytes::Bytes;
use hyper::Method;

use crate::{
    CONNECTION, Site, connection,
    fake::Answer::{Bare, Cut, Status},
    recipient,
};

#[tokio::test]
async fn a_frame_is_posted_as_it_is_to_every_connection() {
    let site = Site::new().await;
    let frame = r#"{"action":"SENDMSG","message":"相槌"}"#;
    assert!(site.push(frame, &[CONNECTION, "b=", "c="]).await.is_empty());
    for one in [CONNECTION, "b=", "c="] {
        assert_eq!(site.fake.heard(one), [frame]);
    }
    assert!(site.fake.calls().iter().all(|call| call.method == Method::POST));
    assert_eq!(site.push.metrics().done.get(), 3);
}

#[tokio::test]
async fn connection_ids_are_encoded_in_the_path() {
    let site = Site::new().await;
    site.push("x", &["a/b+c=="]).await;
    site.push.close(&connection("a/b+c==")).await.unwrap();
    let paths: Vec<_> = site.fake.calls().into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/prod/@connections/a%2Fb%2Bc%3D%3D"; 2]);
}

#[tokio::test]
async fn calls_are_signed_for_the_stages_region() {
    let site = Site::new().await;
    site.push("x", &[CONNECTION]).await;
    let calls = site.fake.calls();
    let header = |name: &str| calls[0].headers[name].to_str().unwrap();
    let signature = header("authorization");
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{signature}");
    assert!(signature.contains("/ap-northeast-1/execute-api/aws4_request"), "{signature}");
    assert!(signature.contains("Signature="), "{signature}");
    assert_eq!(header("x-amz-security-token"), "token");
}

#[tokio::test]
async fn calls_are_bounded_over_all_pushes() {
    let site = Site::new().await;
    site.fake.gather(IN_FLIGHT);
    let to = |prefix: &str| {
        (0..2 * IN_FLIGHT).map(|n| recipient(&format!("{prefix}{n}"))).collect::<Vec<_>>()
    };
    let frame = Bytes::from_static(b"x");
    let pushes = [site.push.push(frame.clone(), to("a")), site.push.push(frame, to("b"))];
    let gone = futures_util::future::join_all(pushes).await;
    assert!(gone.concat().is_empty());
    assert_eq!(site.fake.count().arrived, 4 * IN_FLIGHT);
    assert_eq!(site.fake.count().most, IN_FLIGHT);
}

#[tokio::test]
async fn what_is_pushed_one_after_another_arrives_in_that_order() {
    let site = Site::answering([Status(429), Status(200), Cut, Status(429)]).await;
    for frame in ["1", "2", "3"] {
        site.push(frame, &["a", CONNECTION, "b"]).await;
    }
    assert_eq!(site.fake.heard(CONNECTION), ["1", "1", "2", "2", "2", "3"]);
    assert_eq!(site.fake.heard("a"), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_frame_that_no_connection_takes_is_never_sent() {
    let site = Site::new().await;
    let most = "x".repeat(FRAME_BYTES);
    assert!(site.push(&format!("{most}x"), &["a", "b"]).await.is_empty());
    assert_eq!(site.fake.count().arrived, 0);
    assert_eq!(site.push.metrics().too_large.get(), 2);
    site.push(&most, &["a"]).await;
    assert_eq!(site.fake.heard("a"), [most]);
}

#[tokio::test]
async fn a_connection_is_closed() {
    let site = Site::answering([Status(204), Status(429), Status(204), Bare(410), Bare(410)]).await;
    let closed = connection(CONNECTION);
    for calls in [1, 3, 5] {
        site.push.close(&closed).await.unwrap();
        assert_eq!(site.fake.count().arrived, calls);
    }
    assert!(site.fake.calls().iter().all(|call| call.method == Method::DELETE));
    site.fake.answer(CONNECTION, [Status(403)]);
    site.push.close(&closed).await.expect_err("it may be open still");
}
