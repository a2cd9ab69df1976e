//! What is no good: lies, tricks, bombs, and more than is allowed.

use aizuchi_api::PIECE_BYTES;
use serde_json::json;

use super::{files::png, world::World};

#[tokio::test]
async fn a_type_is_what_bytes_say_and_runs_nowhere() {
    let world = World::new();
    let page: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
    let drawing: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let lie = [b"\x89PNG\r\n\x1a\n", page].concat();
    let gif = [b"GIF89a", page].concat();
    for (name, bytes) in [
        ("photo.png", page),
        ("page.html", page),
        ("drawing.svg", drawing),
        ("photo.png", &lie),
        ("photo.gif", &gif),
    ] {
        let file = world.upload(name, bytes).await;
        assert_eq!(file["mediaType"], "application/octet-stream", "{name}");
        assert_eq!(file.get("width"), None, "{name}");
        let got = world.download("bob", &file).await;
        assert_eq!(got.bytes, bytes);
        assert_eq!(got.header("content-type"), "application/octet-stream");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(got.header("content-disposition").starts_with("attachment; "), "{name}");
        assert!(got.header("content-security-policy").contains("sandbox"));
    }
}

#[tokio::test]
async fn a_name_is_no_path_and_no_header() {
    let world = World::new();
    for (said, name) in [
        ("../../../../etc/passwd", "passwd"),
        ("..\\..\\autorun.inf", "autorun.inf"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1"),
        ("\u{202e}gpj.exe", "gpj.exe"),
        ("", "file"),
    ] {
        let file = world.upload(said, b"text").await;
        assert_eq!(file["name"], name);
        let got = world.download("bob", &file).await;
        assert_eq!(got.header("set-cookie"), "");
        assert!(!got.header("content-disposition").contains('/'));
    }
    let long = "x".repeat(5_000);
    world.begin(&long, 4).await.is_refused(400, "invalid_request");
    for id in ["..%2f..%2fetc%2fpasswd", "%2e%2e", "0", &"A".repeat(32)] {
        world.ask("ada", "GET", &format!("/{id}"), "").await.is_refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_bomb_is_a_file_like_any_other() {
    let world = World::new();
    // More pixels than are read; small, since they are all alike.
    let huge = png(2_000, 1_000);
    let file = world.upload("huge.png", &huge).await;
    assert_eq!(file["mediaType"], "application/octet-stream");
    assert_eq!(file["hasThumbnail"], false);
    assert_eq!(world.download("bob", &file).await.bytes, huge, "and is not touched");
    // An archive is never opened, whatever it says is in it.
    let mut archive = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    archive.extend([0xff; 12]);
    let file = world.upload("bomb.zip", &archive).await;
    assert_eq!(file["mediaType"], "application/zip");
    assert_eq!(file["size"], archive.len());
}

#[tokio::test]
async fn more_than_is_allowed_is_refused() {
    let world = World::new();
    world.begin("a", 0).await.is_refused(400, "invalid_request");
    world.begin("a", (3 << 20) + 1).await.is_refused(413, "too_large");
    let id = world.begun(3 << 20).await;
    world.begin("a", (2 << 20) + 1).await.is_refused(413, "too_large");
    let piece = vec![1; PIECE_BYTES + 1];
    world.append(&id, 0, &piece).await.is_refused(413, "too_large");
    let small = world.begun(4).await;
    world.append(&small, 0, b"01234").await.is_refused(400, "invalid_request");
    world.append(&small, 4, b"x").await.is_refused(400, "invalid_request");
    world.append(&small, usize::MAX, b"x").await.is_refused(400, "invalid_request");
    world.append(&small, 0, b"").await.is_refused(400, "invalid_request");
    let path = format!("/{small}/upload?offset=x");
    world.ask("ada", "POST", &path, "x").await.is_refused(400, "invalid_request");
}

#[tokio::test]
async fn strangers_begin_nothing_and_touch_nothing() {
    let world = World::new();
    let asked = |conversation: &str| {
        json!({ "conversationId": conversation, "name": "a", "size": 1 }).to_string()
    };
    let stranger = world.ask("eve", "POST", "", asked("d:ada:bob")).await;
    stranger.is_refused(403, "forbidden");
    let nowhere = world.ask("ada", "POST", "", asked("d:bob:ada")).await;
    nowhere.is_refused(400, "invalid_request");
    let bad = world.ask("ada", "POST", "", "{").await;
    bad.is_refused(400, "invalid_request");
    let id = world.begun(4).await;
    // Neither do members with what is another's.
    for other in ["bob", "eve"] {
        for (method, path) in [
            ("GET", format!("/{id}/upload")),
            ("POST", format!("/{id}/upload?offset=0")),
            ("POST", format!("/{id}/complete")),
            ("GET", format!("/{id}")),
        ] {
            world.ask(other, method, &path, "data").await.is_refused(404, "not_found");
        }
    }
}
