//! Every setting, from each of its sources.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::server::{Place, aizuchi, run, text};

/// Each setting with a flag's, a variable's and a file's value, and the
/// settings that it needs beside it.
const SETTINGS: &[(&str, [&str; 3], &[&str])] = &[
    ("listen", ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"], &[]),
    ("public-url", ["http://a.example", "http://b.example", "http://c.example"], &[]),
    ("trusted-proxy", ["10.0.0.1", "10.0.0.2", "10.0.0.3"], &[]),
    ("allowed-origin", ["http://a.example", "http://b.example", "http://c.example"], &[]),
    ("metrics-listen", ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"], &[]),
    ("tls-cert", ["a.pem", "b.pem", "c.pem"], &["--tls-key=key.pem"]),
    ("tls-key", ["a.pem", "b.pem", "c.pem"], &["--tls-cert=cert.pem"]),
    ("acme-domain", ["a.example", "b.example", "c.example"], &[]),
    ("acme-contact", ["a@a.example", "b@a.example", "c@a.example"], &["--acme-domain=a.example"]),
    (
        "acme-directory",
        ["https://a.example", "https://b.example", "https://c.example"],
        &["--acme-domain=a.example"],
    ),
    ("data-dir", ["./a", "./b", "./c"], &[]),
    ("oauth-client", ["a=http://a.example/", "b=http://b.example/", "c=http://c.example/"], &[]),
    (
        "oauth-implicit",
        ["a", "b", "c"],
        &["--oauth-client=a=http://a/", "--oauth-client=b=http://a/", "--oauth-client=c=http://a/"],
    ),
    (
        "issuer",
        ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"],
        &["--issuer-client-id=web"],
    ),
    ("issuer-client-id", ["a", "b", "c"], &["--issuer=http://127.0.0.1:1"]),
    (
        "issuer-audience",
        ["a", "b", "c"],
        &["--issuer=http://127.0.0.1:1", "--issuer-client-id=web"],
    ),
    (
        "issuer-scope",
        ["openid", "email", "profile"],
        &["--issuer=http://127.0.0.1:1", "--issuer-client-id=web"],
    ),
    (
        "issuer-jwks",
        ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b", "http://127.0.0.1:1/c"],
        &["--issuer=http://127.0.0.1:1", "--issuer-client-id=web"],
    ),
    ("access-token-lifetime", ["1m", "2m", "3m"], &[]),
    ("implicit-token-lifetime", ["1m", "2m", "3m"], &[]),
    ("refresh-token-lifetime", ["1d", "2d", "3d"], &[]),
    ("rate-limits", ["off", "on", "off"], &[]),
    ("broadcasts", ["on", "off", "on"], &[]),
    ("max-connections-per-user", ["1", "2", "3"], &[]),
    ("max-connections", ["1", "2", "3"], &[]),
    ("idle-timeout", ["1m", "2m", "3m"], &[]),
    ("max-age", ["1h", "2h", "3h"], &[]),
    ("drain-timeout", ["1s", "2s", "3s"], &[]),
    ("max-file-size", ["1MiB", "2MiB", "3MiB"], &[]),
    ("file-quota", ["1GiB", "2GiB", "3GiB"], &[]),
    ("file-retention", ["1d", "2d", "3d"], &[]),
    ("push-contact", ["mailto:a@a.example", "https://b.example/", "mailto:c@a.example"], &[]),
    ("outbound-allow", ["10.0.0.0/8", "192.168.0.0/16", "fd12::/16"], &[]),
    (
        "product",
        [
            "name=a,issuer=a,audience=a,keys=a.pem",
            "name=b,issuer=b,audience=b,keys=b.pem",
            "name=c,issuer=c,audience=c,keys=c.pem",
        ],
        &[],
    ),
    ("log-format", ["json", "text", "json"], &[]),
    ("log-level", ["error", "warn", "debug"], &[]),
];

/// What a command makes of a setting, and from where.
fn told(name: &str, arguments: &[String], variable: Option<(&str, &str)>) -> (String, String) {
    let mut command = aizuchi(["doctor", "--json"]);
    command.args(arguments);
    if let Some((variable, value)) = variable {
        command.env(variable, value);
    }
    let output = run(command, "");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{name}: {}", text(&output.stderr)));
    let settings = report["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["name"] == name).unwrap();
    let value = setting["values"][0].as_str().unwrap_or_default().to_owned();
    (value, setting["origin"].as_str().unwrap().to_owned())
}

#[test]
fn a_flag_goes_before_a_variable_before_the_file() {
    let place = Place::new();
    let file = place.file("aizuchi.toml", "");
    for (name, [by_flag, by_variable, by_file], beside) in SETTINGS {
        std::fs::write(&file, format!("{name} = '{by_file}'\n")).unwrap();
        let variable = format!("AIZUCHI_{}", name.replace('-', "_").to_uppercase());
        let variable = Some((variable.as_str(), *by_variable));
        let mut arguments: Vec<String> = beside.iter().map(|&one| one.to_owned()).collect();
        let expect = |arguments: &[String], variable, value: &str, origin: &str| {
            let expected = (value.to_owned(), origin.to_owned());
            assert_eq!(told(name, arguments, variable), expected, "{name}");
        };
        arguments.push(format!("--config={}", file.display()));
        expect(&arguments, None, by_file, "file");
        expect(&arguments, variable, by_variable, "environment");
        arguments.push(format!("--{name}={by_flag}"));
        expect(&arguments, variable, by_flag, "flag");
    }
}

#[test]
fn every_setting_is_in_the_table_and_in_the_help() {
    let tabled: BTreeSet<&str> = SETTINGS.iter().map(|(name, ..)| *name).collect();
    let names = aizuchi_cli::settings::names();
    assert_eq!(tabled, names.iter().map(String::as_str).collect());
    let help = text(&run(aizuchi(["serve", "--help"]), "").stdout);
    for name in names {
        assert!(help.contains(&format!("--{name} <")), "{name}");
        let variable = name.replace('-', "_").to_uppercase();
        assert!(help.contains(&format!("[env: AIZUCHI_{variable}]")), "{name}");
    }
}

#[test]
fn a_file_is_found_by_its_variable_and_lists_are_lists() {
    let place = Place::new();
    let file = place.file(
        "aizuchi.toml",
        "trusted-proxy = ['10.0.0.1', '10.0.0.2']\nrate-limits = false\nmax-connections = 7\n",
    );
    let mut command = aizuchi(["doctor", "--json"]);
    command.env("AIZUCHI_CONFIG", &file).env("AIZUCHI_ALLOWED_ORIGIN", "http://a http://b");
    let report: Value = serde_json::from_slice(&run(command, "").stdout).unwrap();
    let values = |name: &str| {
        let settings = report["settings"].as_array().unwrap();
        settings.iter().find(|setting| setting["name"] == name).unwrap()["values"].clone()
    };
    assert_eq!(values("trusted-proxy"), serde_json::json!(["10.0.0.1", "10.0.0.2"]));
    assert_eq!(values("allowed-origin"), serde_json::json!(["http://a", "http://b"]));
    assert_eq!(values("rate-limits"), serde_json::json!(["off"]));
    assert_eq!(values("max-connections"), serde_json::json!(["7"]));
}

#[tokio::test]
async fn the_file_reaches_the_server_and_the_commands_beside_it() {
    let place = Place::new();
    let data = place.data();
    let config = place.file("aizuchi.toml", &format!("data-dir = '{}'\n", data.display()));
    let server = place.serve(&[]);
    server.sign_up("ann").await;
    let mut command = aizuchi(["user", "list"]);
    command.arg("--config").arg(config);
    assert!(text(&run(command, "").stdout).contains("ann"));
}
