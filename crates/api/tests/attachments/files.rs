//! What people do with attachments.

use std::{io::Cursor, time::Duration};

use aizuchi_api::PIECE_BYTES;
use axum::{body::Body, http::Request};
use image::{DynamicImage, ImageFormat};
use serde_json::json;

use super::world::{DAY, World};

pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = DynamicImage::new_rgb8(width, height);
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

#[tokio::test]
async fn a_file_comes_and_members_get_it() {
    let world = World::new();
    let bytes: Vec<u8> = (1..=255).cycle().take(PIECE_BYTES + 300_000).collect();
    let file = world.upload("Bericht 写.pdf.bin", &bytes).await;
    assert_eq!(
        file,
        json!({
            "id": file["id"], "name": "Bericht 写.pdf.bin", "size": bytes.len(),
            "mediaType": "application/octet-stream", "hasThumbnail": false,
        })
    );
    for member in ["ada", "bob"] {
        let got = world.download(member, &file).await;
        assert_eq!(got.status, 200);
        assert_eq!(got.bytes, bytes);
        assert_eq!(got.header("content-length"), bytes.len().to_string());
        assert_eq!(got.header("content-type"), "application/octet-stream");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(got.header("content-security-policy").ends_with("sandbox"));
        assert!(got.header("content-disposition").starts_with("attachment; "));
        assert_eq!(got.header("cache-control"), "private, max-age=31536000, immutable");
    }
    world.download("eve", &file).await.is_refused(404, "not_found");
    let link = format!("/{}?as=link", file["id"].as_str().unwrap());
    assert_eq!(world.ask("bob", "GET", &link, "").await.json(), json!({ "url": null }));
    world.ask("eve", "GET", &link, "").await.is_refused(404, "not_found");
}

#[tokio::test]
async fn a_picture_is_shown_in_place_and_has_a_small_one() {
    let world = World::new();
    let picture = world.upload("photo.txt", &png(900, 600)).await;
    assert_eq!(picture["mediaType"], "image/png");
    assert_eq!((&picture["width"], &picture["height"]), (&json!(900), &json!(600)));
    assert_eq!(picture["hasThumbnail"], true);
    let got = world.download("bob", &picture).await;
    assert_eq!(got.header("content-type"), "image/png");
    assert!(got.header("content-disposition").starts_with("inline; "));
    assert_eq!(got.bytes.len() as u64, picture["size"].as_u64().unwrap());
    let small = format!("/{}/thumbnail", picture["id"].as_str().unwrap());
    let got = world.ask("bob", "GET", &small, "").await;
    assert_eq!(got.header("content-type"), "image/jpeg");
    assert_eq!(image::load_from_memory(&got.bytes).unwrap().width(), 512);
    world.ask("eve", "GET", &small, "").await.is_refused(404, "not_found");
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped() {
    let world = World::new();
    let id = world.begun(10).await;
    assert_eq!(world.append(&id, 0, b"01234").await.json(), json!({ "received": 5 }));
    world.complete(&id).await.is_refused(409, "conflict");
    // The answer was lost, and the piece is sent again.
    world.append(&id, 0, b"01234").await.is_refused(409, "conflict");
    let resumed = world.ask("ada", "GET", &format!("/{id}/upload"), "").await.json();
    assert_eq!((&resumed["received"], &resumed["size"]), (&json!(5), &json!(10)));
    assert_eq!(resumed["pieceBytes"], PIECE_BYTES);
    assert_eq!(world.append(&id, 5, b"56789").await.json(), json!({ "received": 10 }));
    let file = world.complete(&id).await.json();
    assert_eq!(file["mediaType"], "text/plain");
    assert_eq!(world.complete(&id).await.json(), file, "to complete again tells the same");
    world.append(&id, 10, b"x").await.is_refused(409, "conflict");
    assert_eq!(world.download("bob", &file).await.bytes, b"0123456789");
}

#[tokio::test]
async fn parts_of_a_file_are_served() {
    let world = World::new();
    let file = world.upload("a.txt", b"0123456789").await;
    let get = async |range: &str| {
        let request = Request::builder()
            .uri(format!("/api/attachments/{}", file["id"].as_str().unwrap()))
            .header("authorization", "Bearer bob")
            .header("range", range);
        world.call(request.body(Body::empty()).unwrap()).await
    };
    let part = get("bytes=3-5").await;
    assert_eq!((part.status, &*part.bytes), (206, &b"345"[..]));
    assert_eq!(part.header("content-range"), "bytes 3-5/10");
    let beyond = get("bytes=10-").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */10"));
}

#[tokio::test]
async fn an_upload_is_cancelled_by_its_owner() {
    let world = World::with(|settings| settings.quota_bytes = 10);
    let id = world.begun(10).await;
    let path = format!("/{id}");
    for other in ["bob", "eve"] {
        world.ask(other, "DELETE", &path, "").await.is_refused(404, "not_found");
    }
    assert_eq!(world.ask("ada", "DELETE", &path, "").await.status, 204);
    world.append(&id, 0, b"x").await.is_refused(404, "not_found");
    assert_eq!(std::fs::read_dir(world.dir.path().join("coming")).unwrap().count(), 0);
    world.begun(10).await;
}

#[tokio::test]
async fn what_is_old_is_gone() {
    let month = Duration::from_millis(30 * DAY);
    let world = World::with(|settings| settings.retention = Some(month));
    let file = world.upload("a.txt", b"text").await;
    world.pass(month);
    assert_eq!(world.download("bob", &file).await.status, 200);
    world.pass(Duration::from_secs(1));
    world.download("bob", &file).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn what_was_never_sent_makes_room() {
    let world = World::with(|settings| settings.quota_bytes = 10);
    world.begun(10).await;
    world.begin("b", 10).await.is_refused(413, "too_large");
    world.pass(Duration::from_millis(DAY + 1));
    world.begun(10).await;
    let left = std::fs::read_dir(world.dir.path().join("coming")).unwrap().count();
    assert_eq!(left, 1, "and its bytes have gone");
}
