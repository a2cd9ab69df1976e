//! The emulator, and the command beside it.

use std::{
    process::Command,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use aizuchi_store_dynamodb::{Access, Table};
use aizuchi_testkit::beside::Beside;
use aws_credential_types::Credentials;
use serde_json::Value;

use crate::server::{aizuchi, run, text};

const REGION: &str = "ap-northeast-1";

/// Lives as long as the process.
static EMULATOR: LazyLock<Beside> =
    LazyLock::new(|| Beside::start("emulator", ["--region", REGION]));

/// An AWS of this machine.
pub(super) struct Aws(&'static str);

impl Aws {
    pub(super) fn new() -> Self {
        Self(EMULATOR.url())
    }

    /// `aizuchi` with the variables that lead there.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = aizuchi(arguments);
        command.envs([
            ("AWS_ENDPOINT_URL", self.0),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]);
        command
    }

    /// Runs it, and gives back what it told in JSON.
    pub(super) fn run(&self, arguments: &[&str]) -> Value {
        let output = run(self.command(arguments), "");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs it, and gives back why it failed.
    pub(super) fn fail(&self, arguments: &[&str]) -> String {
        let output = run(self.command(arguments), "");
        assert!(!output.status.success(), "{arguments:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }

    /// The name of a new table.
    pub(super) async fn table(&self) -> String {
        static TABLES: AtomicU64 = AtomicU64::new(1);
        let name = format!("moving-{}", TABLES.fetch_add(1, Ordering::Relaxed));
        let credentials = Credentials::new("test", "test", None, None, "test");
        let access =
            Access { endpoint: Some(self.0.to_owned()), ..Access::new(REGION, credentials) };
        Table::new(&access, &name).create().await.unwrap();
        name
    }

    /// Calls an operation of Cognito's, unsigned: the emulator asks for no name.
    pub(super) async fn cognito(&self, operation: &str, ask: Value) -> Result<Value, Value> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let request = reqwest::Client::new()
            .post(self.0)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(ask.to_string());
        let response = request.send().await.unwrap();
        let works = response.status().is_success();
        let answer = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        if works { Ok(answer) } else { Err(answer) }
    }
}
