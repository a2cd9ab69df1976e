//! `aizuchi doctor`.

use std::net::TcpListener;

use serde_json::Value;

use crate::server::{Place, Server, text};

fn findings(place: &Place, arguments: &[&str]) -> (bool, Vec<(String, String)>) {
    let mut all = vec!["doctor", "--json"];
    all.extend(arguments);
    let output = place.run(&all, "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter().map(|finding| {
        let word = |name: &str| finding[name].as_str().unwrap().to_owned();
        (word("about"), word("state"))
    });
    (output.status.success(), findings.collect())
}

fn has(found: &[(String, String)], about: &str, state: &str) -> bool {
    found.iter().any(|(one, two)| one == about && two == state)
}

#[test]
fn a_fresh_place_is_well_and_stays_untouched() {
    let place = Place::new();
    let (well, found) = findings(&place, &["--listen=127.0.0.1:0"]);
    assert!(well, "{found:?}");
    assert!(!place.data().exists());
}

#[test]
fn a_running_server_is_well_on_its_own_port() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (well, found) = findings(&place, &["--listen", server.address()]);
    assert!(well && has(&found, "database", "ok") && has(&found, "port", "ok"), "{found:?}");
    let shown = text(&place.run(&["doctor", "--listen", server.address()], "").stdout);
    assert!(shown.contains("a server runs on it"), "{shown}");
    Server::kill(server);
}

#[test]
fn what_is_bad_is_said_and_fails() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (well, found) = findings(&place, &["--listen", &address, "--tls-cert=a.pem"]);
    assert!(!well && has(&found, "port", "bad") && has(&found, "settings", "bad"), "{found:?}");
    std::fs::write(place.data(), "a file").unwrap();
    let (well, found) = findings(&place, &["--listen=127.0.0.1:0"]);
    assert!(!well && has(&found, "data", "bad"), "{found:?}");
}
