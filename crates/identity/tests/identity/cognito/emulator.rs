//! A real user pool, in an AWS on this machine.

use std::{collections::HashMap, sync::LazyLock};

use aizuchi_identity::CognitoSettings;
use aizuchi_testkit::beside::Beside;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

const REGION: &str = "ap-northeast-1";

/// Lives as long as the process. With `--auth`, tokens and their scopes are
/// looked at as on AWS.
static EMULATOR: LazyLock<Beside> =
    LazyLock::new(|| Beside::start("emulator", ["--auth", "--region", REGION]));

/// The pool and the client that all tests share.
static POOL: OnceCell<(String, String)> = OnceCell::const_new();

fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Where it is.
pub(super) fn url() -> &'static str {
    EMULATOR.url()
}

/// How to reach the pool.
pub(super) async fn settings() -> CognitoSettings {
    let (pool, client_id) = POOL.get_or_init(pool).await.clone();
    let here = || url().parse().unwrap();
    CognitoSettings {
        issuer: format!("https://cognito-idp.{REGION}.amazonaws.com/{pool}"),
        jwks_url: Some(format!("{}/{pool}/.well-known/jwks.json", url()).parse().unwrap()),
        client_id,
        api_url: here(),
        sign_in_url: here(),
    }
}

async fn pool() -> (String, String) {
    let stack = "people";
    let template = include_str!("pool.yaml");
    let iam = ("Capabilities.member.1", "CAPABILITY_IAM");
    cloudformation("CreateStack", &[("StackName", stack), ("TemplateBody", template), iam]).await;
    loop {
        let told = cloudformation("DescribeStacks", &[("StackName", stack)]).await;
        let status = between(&told, "<StackStatus>", "</StackStatus>");
        if status == "CREATE_COMPLETE" {
            let output = |key: &str| {
                let (_, output) = told.split_once(&format!("<OutputKey>{key}<")).unwrap();
                between(output, "<OutputValue>", "</OutputValue>").to_owned()
            };
            return (output("Pool"), output("Client"));
        }
        assert_eq!(status, "CREATE_IN_PROGRESS", "{told}");
    }
}

async fn cloudformation(action: &str, fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action).append_pair("Version", "2010-05-15").extend_pairs(fields);
    // The account's root; the signature is not looked at.
    let scope = format!("Credential=test/20260101/{REGION}/cloudformation/aws4_request");
    let signed = format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x");
    let call = http().post(url()).header("authorization", signed);
    let call = call.header("content-type", "application/x-www-form-urlencoded").body(form.finish());
    call.send().await.unwrap().text().await.unwrap()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// What the pool knows of a person who signed up.
pub(super) async fn attributes(access_token: &str) -> HashMap<String, String> {
    let call = http()
        .post(url())
        .header("x-amz-target", "AWSCognitoIdentityProviderService.GetUser")
        .header("content-type", "application/x-amz-json-1.1")
        .body(json!({ "AccessToken": access_token }).to_string());
    let told: Value = call.send().await.unwrap().json().await.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let attributes = told["UserAttributes"].as_array().unwrap();
    let attributes = attributes.iter().map(|one| (text(&one["Name"]), text(&one["Value"])));
    attributes.chain([("Username".to_owned(), text(&told["Username"]))]).collect()
}

/// Signs in on the hosted pages, which send the browser back with a code.
pub(super) async fn code(authorize: &url::Url, name: &str, password: &str) -> String {
    let page = http().get(authorize.clone()).send().await.unwrap();
    assert!(page.status().is_success(), "{page:?}");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(authorize.query_pairs());
    form.append_pair("username", name).append_pair("password", password);
    let call = http().post(format!("{}/login", url()));
    let call = call.header("content-type", "application/x-www-form-urlencoded").body(form.finish());
    let back = call.send().await.unwrap();
    let back = back.headers()["location"].to_str().unwrap().parse::<url::Url>().unwrap();
    let (_, code) = back.query_pairs().find(|(key, _)| key == "code").unwrap();
    code.into_owned()
}
