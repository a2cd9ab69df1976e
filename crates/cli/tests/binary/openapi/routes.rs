//! What is served is documented, and what is documented is served.

use std::{collections::BTreeSet, fs, path::Path};

use aizuchi_api::{Served, SignsIn, openapi};
use serde_json::Value;

use super::check::Checked;
use crate::server::Place;

/// Every way to serve.
fn documents() -> Vec<Value> {
    let pool = Served { signs_in: SignsIn::Pool, one_binary: true, attachments: true };
    let issuer = Served { signs_in: SignsIn::Issuer, ..pool };
    let cognito = Served { signs_in: SignsIn::Cognito, one_binary: false, attachments: true };
    [pool, issuer, cognito].into_iter().map(openapi).collect()
}

/// The paths of all routers, as the sources have them.
fn routes(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            routes(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            for after in text.split(".route(").skip(1) {
                let name = after.trim_start().strip_prefix('"').expect("a path as it is");
                found.insert(name.split('"').next().unwrap().to_owned());
            }
        }
    }
}

#[test]
fn every_route_is_documented() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut served = BTreeSet::new();
    for name in ["api", "identity", "server", "lambda"] {
        routes(&crates.join(name).join("src"), &mut served);
    }
    // On a listener of its own.
    assert!(served.remove("/metrics"));
    let documented: BTreeSet<String> = documents()
        .iter()
        .flat_map(|document| document["paths"].as_object().unwrap().keys().cloned())
        .collect();
    assert_eq!(served, documented);
}

#[test]
fn every_call_has_a_name_of_its_own() {
    for document in documents() {
        let mut names = BTreeSet::new();
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name}");
                assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_path_takes_the_methods_that_are_documented_and_no_other() {
    let place = Place::new();
    let server = place.serve(&["--rate-limits", "off"]);
    let checked = Checked::new(&server).await;
    let operations = checked.operations();
    let paths: BTreeSet<&String> = operations.iter().map(|(path, _, _)| path).collect();
    for path in paths {
        for method in ["get", "post", "put", "patch", "delete"] {
            let named = path.replace(['{', '}'], "");
            let answer = checked.send(method, &named).await;
            let documented = operations.iter().find(|one| one.0 == *path && one.1 == method);
            match documented {
                None => assert_eq!(answer.status, 405, "{method} {path} is not documented"),
                // Without a token or a body; the path that is no path of a call
                // would be answered by the application's page.
                Some((_, _, operation)) => checked.check(path, operation, &answer),
            }
        }
    }
}
