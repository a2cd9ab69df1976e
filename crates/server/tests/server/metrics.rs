//! What an operator counts.

use std::{collections::BTreeMap, sync::Arc};

use aizuchi_server::serve_metrics;
use serde_json::json;
use tokio::{net::TcpListener, sync::oneshot};

use crate::support::{Server, message, run};

/// Prometheus' text: each figure with its kind, which is told before it.
fn parse(text: &str) -> BTreeMap<String, (String, u64)> {
    let mut kinds = BTreeMap::new();
    let mut figures = BTreeMap::new();
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(kinds.insert(name, kind).is_none(), "{name} is told twice");
        } else if !line.starts_with("# HELP ") {
            let (figure, value) = line.rsplit_once(' ').unwrap();
            let name = figure.split('{').next().unwrap();
            let figure_of = (kinds[name].to_owned(), value.parse().unwrap());
            assert!(figures.insert(figure.to_owned(), figure_of).is_none(), "{figure} comes twice");
        }
    }
    figures
}

#[test]
fn what_happens_is_counted() {
    run(async || {
        let server = Server::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/metrics", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let extra = Arc::new(|| vec![("aizuchi_extra", "Told by another.", 7)]);
        let serving =
            tokio::spawn(serve_metrics(Arc::clone(&server.app), extra, listener, async {
                drop(stopped.await)
            }));
        let (mut ada, bob) = (server.socket("ada").await, server.socket("bob").await);
        ada.asks(&message("bob", 1, "hello")).await;
        ada.asks(&json!({ "action": "DANCE" })).await;
        bob.leaves().await;

        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.get(&url).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
        let figures = parse(&answer.text().await.unwrap());
        for (figure, kind, value) in [
            ("aizuchi_sockets", "gauge", 1),
            ("aizuchi_frames_total", "counter", 2),
            ("aizuchi_messages_total", "counter", 1),
            ("aizuchi_deliveries_total", "counter", 1),
            ("aizuchi_refusals_total{code=\"invalid_request\"}", "counter", 1),
            ("aizuchi_refusals_total{code=\"rate_limited\"}", "counter", 0),
            ("aizuchi_extra", "gauge", 7),
        ] {
            assert_eq!(figures[figure], (kind.to_owned(), value), "{figure}");
        }
        let elsewhere = url.replace("/metrics", "/");
        assert_eq!(http.get(elsewhere).send().await.unwrap().status(), 404);
        drop((stop, http));
        serving.await.unwrap().unwrap();
        assert_eq!(
            server.get("/metrics").await.text().await.unwrap(),
            server.get("/").await.text().await.unwrap(),
            "the front has no figures"
        );
    });
}
