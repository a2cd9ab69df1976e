//! A wrong setting stops the start with a sentence that names the setting, the
//! value and the mend.

use std::{net::TcpListener, path::Path, process::Output};

use crate::server::{Place, aizuchi, run, text};

/// A port that no other test has.
const ANY: &str = "--listen=127.0.0.1:0";

/// Starts a server that must not start, and gives its words.
fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    let error = text(&output.stderr);
    let Some(at) = error.find("error: ") else { panic!("{error}") };
    error[at..].to_owned()
}

fn serve(place: &Place, arguments: &[&str]) -> Output {
    let mut command = aizuchi(["serve", "--data-dir"]);
    command.arg(place.data()).args(arguments);
    run(command, "")
}

#[track_caller]
fn stops(place: &Place, arguments: &[&str], words: &[&str]) {
    let error = refused(&serve(place, arguments));
    for word in words {
        assert!(error.contains(word), "{arguments:?} should say {word}: {error}");
    }
}

/// For what is found wrong once the port is there, which the tests beside it would have, too.
#[track_caller]
fn stops_anywhere(place: &Place, arguments: &[&str], words: &[&str]) {
    stops(place, &[&[ANY], arguments].concat(), words);
}

#[test]
fn a_value_that_cannot_be_one() {
    let place = Place::new();
    for (setting, value, mend) in [
        ("listen", "8080", "as in 127.0.0.1:8080"),
        ("listen", "localhost:8080", "as in 127.0.0.1:8080"),
        ("metrics-listen", "127.0.0.1", "as in 127.0.0.1:8080"),
        ("public-url", "https://chat.example.org/chat", "without a path"),
        ("public-url", "chat.example.org", "as in https://chat.example.org"),
        ("trusted-proxy", "proxy.example.org", "as in 10.0.0.1"),
        ("allowed-origin", "https://a.example/page", "an origin without a path"),
        ("acme-domain", "localhost", "as in chat.example.org"),
        ("acme-domain", "192.0.2.1", "as in chat.example.org"),
        ("acme-contact", "somebody", "as in chat@example.org"),
        ("oauth-client", "web", "as in web=https://www.example.org/signed-in"),
        ("oauth-client", "web=/signed-in", "a redirect URI is absolute"),
        ("oauth-client", "a/b=https://a.example/", "a client id is made of"),
        ("issuer", "id.example.org", "as in https://id.example.org/realm"),
        ("access-token-lifetime", "2h", "from 1m to 1h"),
        ("idle-timeout", "10", "a number and a unit"),
        ("max-connections", "0", "1..=10000000"),
        ("rate-limits", "maybe", "on|off"),
        ("max-file-size", "25MB", "as in 500KiB, 25MiB or 2GiB"),
        ("file-retention", "1h", "from 1d to"),
        ("push-contact", "chat@example.org", "as in mailto:chat@example.org"),
        ("push-contact", "http://example.org", "as in mailto:chat@example.org"),
        ("outbound-allow", "localhost", "as in 10.1.0.0/16"),
        ("outbound-allow", "127.0.0.1", "only private addresses can be allowed"),
        ("outbound-allow", "0.0.0.0/0", "only private addresses can be allowed"),
        ("product", "name=shop", "issuer is missing: write name=shop,issuer="),
        ("product", "name=Shop,issuer=a,audience=b,keys=c", "small letters, digits and '-'"),
        ("product", "name=s,issuer=a,audience=b,keys=c,name=t", "there twice"),
        ("product", "name=s,issuer=a,audience=b,keys=c,secret=d", "the fields are name, issuer"),
        ("product", "name=s,issuer=a,audience=b,keys=ftp://c", "keys is an https URL"),
        ("product", "name=s,issuer=a,audience=b,keys=c,max-life=2d", "from 1m to 24h"),
        ("log-level", "trace", "error, warn, info, debug"),
    ] {
        let flag = format!("--{setting}={value}");
        stops(&place, &[&flag], &[&format!("--{setting}"), value, mend]);
    }
    stops(&place, &["--lisen=127.0.0.1:1"], &["--lisen", "--listen"]);
    assert!(!place.data().exists(), "nothing was begun");
}

#[test]
fn settings_that_do_not_fit_together() {
    let place = Place::new();
    let both = "set both, or neither";
    stops_anywhere(&place, &["--tls-cert=a.pem"], &["--tls-cert", "--tls-key", both]);
    stops_anywhere(&place, &["--tls-key=a.pem"], &["--tls-key", "--tls-cert", both]);
    stops_anywhere(&place, &["--acme-contact=a@b.example"], &["--acme-contact", "--acme-domain"]);
    stops_anywhere(
        &place,
        &["--acme-directory=https://a.example"],
        &["--acme-directory", "--acme-domain"],
    );
    stops_anywhere(
        &place,
        &["--tls-cert=a", "--tls-key=b", "--acme-domain=a.example"],
        &["--tls-cert", "--acme-domain", "remove one"],
    );
    stops_anywhere(
        &place,
        &["--oauth-implicit=web"],
        &["--oauth-implicit web", "--oauth-client web=URI"],
    );
    stops_anywhere(&place, &["--issuer=https://a.example"], &["--issuer", "--issuer-client-id"]);
    stops_anywhere(&place, &["--issuer-audience=a"], &["--issuer-audience", "--issuer"]);
    stops_anywhere(&place, &["--issuer-scope=a"], &["--issuer-scope", "--issuer"]);
    stops_anywhere(
        &place,
        &["--issuer=https://a.example", "--issuer-client-id=a", "--oauth-client=a=http://a/"],
        &["--issuer", "--oauth-client", "remove one"],
    );
    stops_anywhere(
        &place,
        &["--acme-domain=a.example", "--public-url=http://a.example"],
        &["--public-url http://a.example", "https"],
    );
}

#[test]
fn products_that_cannot_be_trusted() {
    let place = Place::new();
    let of = |name: &str, issuer: &str, keys: &str| {
        format!("--product=name={name},issuer={issuer},audience=chat,keys={keys}")
    };
    let key = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let nowhere = of("shop", "a", "/nowhere.pem");
    stops_anywhere(&place, &[&nowhere], &["--product", "shop", "/nowhere.pem cannot be read"]);
    let inside = of("shop", "a", "http://127.0.0.1:1/keys");
    stops_anywhere(
        &place,
        &[&inside],
        &["--product", "http://127.0.0.1:1/keys", "the file of the key"],
    );
    let (one, other) = (of("shop", "a", key), of("shop", "b", key));
    stops_anywhere(&place, &[&one, &other], &["--product", "two products are called shop"]);
    let other = of("bank", "a", key);
    stops_anywhere(&place, &[&one, &other], &["--product", "the issuer a is another's"]);
    let own = of("shop", "https://chat.example.org", key);
    let public = "--public-url=https://chat.example.org";
    stops_anywhere(&place, &[public, &own], &["--product", "the issuer https://chat.example.org"]);
}

#[test]
fn a_file_that_is_wrong() {
    let place = Place::new();
    let stops_by = |content: &str, words: &[&str]| {
        let file = place.file("aizuchi.toml", content);
        let config = format!("--config={}", file.display());
        stops(&place, &[&config], words);
        stops(&place, &[&config], &["aizuchi.toml"]);
    };
    stops_by("data_dir = 'x'", &["data_dir", "data-dir may be meant"]);
    stops_by("colour = 'x'", &["unknown setting colour", "--help"]);
    stops_by("listen = '8080'", &["'8080'", "--listen", "as in 127.0.0.1:8080"]);
    stops_by("listen = ['127.0.0.1:1', '127.0.0.1:2']", &["--listen"]);
    stops_by("listen = 1.5", &["listen", "a text, a number"]);
    stops_by("listen =", &["no TOML"]);
    stops_by("[[product]]\nname = 'shop'", &["product", "issuer is missing"]);
    stops(&place, &["--config=/nowhere.toml"], &["/nowhere.toml cannot be read", "No such file"]);
}

#[test]
fn a_port_that_is_taken() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mend = "choose another port";
    stops(&place, &["--listen", &address], &["--listen", &address, mend]);
    let metrics = ["--listen=127.0.0.1:0", "--metrics-listen", &address];
    stops(&place, &metrics, &["--metrics-listen", &address, mend]);
}

#[test]
fn a_data_directory_that_cannot_be_used() {
    let place = Place::new();
    let data = place.data().display().to_string();
    std::fs::write(place.data(), "a file").unwrap();
    stops(&place, &[ANY], &["--data-dir", &data, "choose another"]);
    std::fs::remove_file(place.data()).unwrap();

    let server = place.serve(&[]);
    stops(&place, &[ANY], &["--data-dir", &data, "in use by another server", "Stop that server"]);
    drop(server);

    // The schema's number, 60 bytes into the file, as another version would have it.
    let database = place.data().join("aizuchi.db");
    for leftover in ["aizuchi.db-wal", "aizuchi.db-shm", "index.db", "index.db-wal", "index.db-shm"]
    {
        let _ = std::fs::remove_file(place.data().join(leftover));
    }
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    std::fs::write(&database, bytes).unwrap();
    stops(&place, &[ANY], &["--data-dir", "a newer version of Aizuchi", "9999", "Run that newer"]);

    std::fs::write(&database, "no database at all, but a text that is long enough").unwrap();
    stops(&place, &[ANY], &["--data-dir", "aizuchi.db"]);
}

#[test]
fn a_directory_that_cannot_be_made() {
    // Not even by the superuser.
    let mut command = aizuchi(["serve", "--listen=127.0.0.1:0"]);
    command.arg("--data-dir=/proc/aizuchi");
    let error = refused(&run(command, ""));
    assert!(error.contains("--data-dir: the data directory /proc/aizuchi"), "{error}");
    assert!(error.contains("Make it writable for this user"), "{error}");
}

#[test]
fn certificates_that_cannot_be_used() {
    let place = Place::new();
    let broken = place.file("broken.pem", "no certificate");
    let stops_with = |file: &Path, word: &str| {
        let (cert, key) = (format!("--tls-cert={}", file.display()), "--tls-key=/none.pem");
        stops(&place, &["--listen=127.0.0.1:0", &cert, key], &["--tls-cert", word]);
    };
    stops_with(Path::new("/nowhere.pem"), "/nowhere.pem");
    stops_with(&broken, "broken.pem");
}

#[test]
fn an_issuer_that_does_not_answer() {
    let place = Place::new();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let flag = format!("--issuer={issuer}");
    let arguments = ["--listen=127.0.0.1:0", &flag, "--issuer-client-id=web"];
    stops(&place, &arguments, &[&format!("--issuer {issuer} cannot be used")]);
}
