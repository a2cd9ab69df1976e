//! The serverless shape as a whole: the real template and the real package on
//! an AWS of this machine, with its permissions enforced.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a broken test fails")]

mod bots;
mod moved;
mod permissions;
mod stack;

use aizuchi_behaviour::{PASSWORD, World, hold, laws};
use serde_json::json;

use crate::permissions::Aws;

aizuchi_behaviour::behaviour_suite!((stack::shared().target.clone(), ()));

#[test]
fn an_id_token_opens_no_socket() {
    let stack = stack::shared();
    let aws = Aws::of(stack);
    let pools = aws.run(&["cognito-idp", "list-user-pools", "--max-results", "2"]);
    let pool = pools["UserPools"][0]["Id"].as_str().unwrap();
    let clients = aws.run(&["cognito-idp", "list-user-pool-clients", "--user-pool-id", pool]);
    let client = clients["UserPoolClients"][0]["ClientId"].as_str().unwrap();
    hold(&stack.target, async |world: World| {
        let ann = world.person("ann").await;
        let who = json!({ "USERNAME": ann.name, "PASSWORD": PASSWORD }).to_string();
        let flow = ["--auth-flow", "USER_PASSWORD_AUTH", "--client-id", client];
        let sign_in = ["cognito-idp", "initiate-auth", "--auth-parameters", &who];
        let signed_in = aws.run(&[&sign_in[..], &flow].concat());
        let id_token = signed_in["AuthenticationResult"]["IdToken"].as_str().unwrap();
        laws::handshake::an_id_token_opens_no_socket(world, id_token).await;
    });
}
