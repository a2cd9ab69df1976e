//! Accounts, into a user pool and back.

use std::{collections::HashMap, fs, os::unix::fs::PermissionsExt, path::Path};

use serde_json::{Value, json};

use super::{Aws, path, sqlite};
use crate::server::{PASSWORD, Place, text};

/// A pool as the template makes it, and its client.
async fn pool(aws: &Aws) -> (String, String) {
    let made = aws.cognito(
        "CreateUserPool",
        json!({
            "PoolName": "people",
            "UsernameConfiguration": { "CaseSensitive": false },
            "Schema": [{ "Name": "aizuchi_id", "AttributeDataType": "String", "Mutable": true }],
            "Policies": { "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireLowercase": false,
                "RequireNumbers": false,
                "RequireSymbols": false,
                "RequireUppercase": false,
            } },
        }),
    );
    let id = made.await.unwrap()["UserPool"]["Id"].as_str().unwrap().to_owned();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let ask = json!({ "UserPoolId": id, "ClientName": "web", "ExplicitAuthFlows": flows });
    let client = aws.cognito("CreateUserPoolClient", ask).await.unwrap();
    (id, client["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned())
}

fn passwords(file: &Path) -> HashMap<String, String> {
    let text = fs::read_to_string(file).unwrap();
    let pairs = text.lines().map(|line| line.split_once('\t').unwrap());
    pairs.map(|(name, password)| (name.to_owned(), password.to_owned())).collect()
}

/// The ids of everybody, by name.
fn ids(place: &Place) -> HashMap<String, String> {
    let listed = place.run(&["user", "list", "--json"], "");
    let people: Vec<HashMap<String, Value>> = serde_json::from_slice(&listed.stdout).unwrap();
    let of =
        |person: &HashMap<String, Value>, name: &str| person[name].as_str().unwrap().to_owned();
    people.iter().map(|person| (of(person, "username"), of(person, "sub"))).collect()
}

#[tokio::test]
async fn accounts_move_into_a_user_pool_and_back() {
    let (here, there) = (Place::new(), Place::new());
    let server = here.serve(&[]);
    for name in ["Ann", "bob", "gone"] {
        server.sign_up(name).await;
    }
    assert!(here.run(&["user", "disable", "gone"], "").status.success());
    server.terminate();
    server.wait();
    let known = ids(&here);

    let aws = Aws::new();
    let (id, client) = pool(&aws).await;
    let (table, users) = (format!("dynamodb:{}", aws.table().await), format!("cognito:{id}"));
    let (file, back) = (here.data().with_file_name("file"), here.data().with_file_name("back"));
    let new = here.data().with_file_name("passwords");
    aws.run(&["export", "--json", "--from", &sqlite(&here), path(&file)]);

    let import = ["import", "--json", "--to", &table, "--users", &users, path(&file)];
    let with_passwords = [&import[..], &["--passwords", path(&new)]].concat();
    // As if it had ended before the first password was set.
    assert_eq!(aws.run(&import)["accounts"], json!({ "restored": 3, "there": 0 }));
    assert_eq!(aws.run(&import)["accounts"], json!({ "restored": 0, "there": 3 }));
    assert_eq!(aws.run(&with_passwords)["accounts"], json!({ "restored": 3, "there": 0 }));
    assert_eq!(aws.run(&with_passwords)["accounts"], json!({ "restored": 0, "there": 3 }));
    assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    let given = passwords(&new);
    assert_eq!(given.len(), 3);
    let sign_in = async |name: &str| {
        let parameters = json!({ "USERNAME": name, "PASSWORD": given[name] });
        let ask = json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
        aws.cognito("InitiateAuth", ask).await
    };
    assert!(sign_in("Ann").await.unwrap()["AuthenticationResult"]["AccessToken"].is_string());
    assert!(sign_in("gone").await.is_err(), "who was disabled is disabled");

    let exported = aws.run(&["export", "--json", "--from", &table, "--users", &users, path(&back)]);
    assert_eq!((&exported["accounts"], &exported["people"]), (&json!(3), &json!(3)));
    let told = fs::read_to_string(&back).unwrap();
    assert!(!told.contains("passwordHash"));
    aws.run(&["import", "--json", "--to", &sqlite(&there), path(&back)]);
    assert_eq!(ids(&there), known, "with the ids that they began with");
    let again = back.with_file_name("again");
    aws.run(&["export", "--json", "--from", &sqlite(&there), path(&again)]);
    assert_eq!(fs::read_to_string(&again).unwrap(), told, "without passwords here too");

    let server = there.serve(&[]);
    let service = aizuchi_client::Service::new(server.url.clone()).unwrap();
    assert!(service.sign_in("ann", PASSWORD).await.is_err());
    let reset = there.run(&["user", "reset-password", "ann", "--password-stdin"], PASSWORD);
    assert!(reset.status.success(), "{}", text(&reset.stderr));
    assert_eq!(service.sign_in("ann", PASSWORD).await.unwrap().me().sub, known["Ann"]);
}

#[tokio::test]
async fn nobody_takes_anothers_name() {
    let here = Place::new();
    let server = here.serve(&[]);
    server.sign_up("ann").await;
    server.terminate();
    server.wait();
    let aws = Aws::new();
    let (id, client) = pool(&aws).await;
    let ask = json!({ "ClientId": client, "Username": "ann", "Password": PASSWORD });
    aws.cognito("SignUp", ask).await.unwrap();
    let file = here.data().with_file_name("file");
    aws.run(&["export", "--json", "--from", &sqlite(&here), path(&file)]);
    let (table, users) = (format!("dynamodb:{}", aws.table().await), format!("cognito:{id}"));
    let error = aws.fail(&["import", "--to", &table, "--users", &users, path(&file)]);
    assert_eq!(error, "error: ann: somebody else has this name in the user pool\n");
    let error =
        aws.fail(&["import", "--to", &table, "--users", "cognito:ap-northeast-1_no", path(&file)]);
    assert!(error.starts_with("error: AdminCreateUser: ResourceNotFoundException: "), "{error}");
}
