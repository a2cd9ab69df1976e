//! A bucket of the emulator, against the suite of its port.

#![expect(clippy::unwrap_used, reason = "a broken test fails")]

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use aizuchi_core::attachments::{AttachmentId, Incoming, Keep, Objects, Part, Served, Whole};
use aizuchi_files_s3::{Bucket, Settings};
use aizuchi_testkit::{beside::Beside, block_on, objects_suite};
use aws_credential_types::Credentials;
use reqwest::Client;

/// Lives as long as the process.
static EMULATOR: LazyLock<Beside> = LazyLock::new(|| Beside::start("emulator", [""; 0]));

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

fn fresh() -> (Bucket, ()) {
    static BUCKETS: AtomicU64 = AtomicU64::new(1);
    let bucket = format!("files-{}", BUCKETS.fetch_add(1, Ordering::Relaxed));
    let url = EMULATOR.url();
    let made = block_on(client().put(format!("{url}/{bucket}")).send()).unwrap();
    assert!(made.status().is_success(), "{made:?}");
    let settings = Settings {
        bucket,
        region: "ap-northeast-1".to_owned(),
        endpoint: Some(url.to_owned()),
        credentials: Credentials::new("test", "test", None, None, "test"),
    };
    (Bucket::new(settings).unwrap(), ())
}

/// As a browser does it.
fn arrive(bucket: &Bucket, id: AttachmentId, bytes: &[u8]) {
    let opened = block_on(bucket.open(id, bytes.len() as u64)).unwrap();
    let Incoming::There { url, headers, lives_ms } = opened else { panic!("{opened:?}") };
    assert_eq!((headers, lives_ms), (vec![], 3_600_000));
    let put = block_on(client().put(url).body(bytes.to_vec()).send()).unwrap();
    assert!(put.status().is_success(), "{put:?}");
}

objects_suite!(fresh(), arrive);

fn id() -> AttachmentId {
    AttachmentId::new(7)
}

#[test]
fn what_was_put_again_meanwhile_is_not_kept() {
    let (bucket, ()) = fresh();
    arrive(&bucket, id(), b"harmless");
    let first = block_on(bucket.first(id(), 4)).unwrap().unwrap();
    arrive(&bucket, id(), b"<script>");
    let keep = Keep { whole: Whole::AsItCame(first.version), thumbnail: None };
    assert!(block_on(bucket.keep(id(), keep)).is_err());
    assert_eq!(block_on(bucket.size(id(), Part::Whole)).unwrap(), None);
}

#[test]
fn a_browser_gets_it_as_it_is_told_to() {
    let (bucket, ()) = fresh();
    arrive(&bucket, id(), b"bytes");
    let keep = Keep { whole: Whole::Instead(b"kept".to_vec()), thumbnail: None };
    block_on(bucket.keep(id(), keep)).unwrap();
    let served = Served {
        media_type: "text/plain".into(),
        disposition: "attachment; filename*=UTF-8''%E5%86%99%20a.txt".to_owned(),
    };
    let link = bucket.link(id(), Part::Whole, &served).unwrap();
    let got = block_on(client().get(&link).send()).unwrap();
    let header = |name: &str| got.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain");
    assert_eq!(header("content-disposition"), served.disposition);
    assert_eq!(&*block_on(got.bytes()).unwrap(), b"kept");
}

/// As the documentation of AWS gives it: how long, for whom and for which headers.
#[test]
fn a_url_is_for_one_key_and_one_size() {
    let settings = Settings {
        bucket: "files".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: None,
        credentials: Credentials::new("id", "secret", Some("session".to_owned()), None, "test"),
    };
    let bucket = Bucket::new(settings).unwrap();
    let Incoming::There { url, .. } = block_on(bucket.open(id(), 12)).unwrap() else { panic!() };
    let begins = format!("https://files.s3.eu-west-1.amazonaws.com/coming/{}?", id());
    assert!(url.starts_with(&begins), "{url}");
    for part in [
        "X-Amz-SignedHeaders=content-length%3Bhost",
        "X-Amz-Expires=3600",
        "X-Amz-Security-Token=session",
        "%2Feu-west-1%2Fs3%2Faws4_request",
    ] {
        assert!(url.contains(part), "{part} in {url}");
    }
}
