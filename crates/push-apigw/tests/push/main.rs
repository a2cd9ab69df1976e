//! The adapter against a server that does what API Gateway does, and an
//! emulator does not.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod calls;
mod fake;
mod outcomes;
mod time;

use aizuchi_core::{
    ids::{ConnectionId, UserId},
    outcome::Recipient,
    registry::Level,
};
use aizuchi_gateway::Push;
use aizuchi_push_apigw::{ApiGatewayPush, Credentials, Settings, SharedCredentialsProvider};
use bytes::Bytes;

use crate::fake::{Answer, Fake};

/// As AWS writes them.
const CONNECTION: &str = "L0SM9cOFvHcCIhw=";

/// The adapter, and the server that it pushes to.
struct Site {
    fake: Fake,
    push: ApiGatewayPush,
}

impl Site {
    async fn new() -> Self {
        let fake = Fake::start().await;
        let credentials =
            Credentials::new("AKIDEXAMPLE", "secret-key", Some("token".into()), None, "test");
        let push = ApiGatewayPush::new(Settings {
            management_url: format!("{}/prod", fake.url),
            region: "ap-northeast-1".to_owned(),
            credentials: SharedCredentialsProvider::new(credentials),
            http: aws_smithy_http_client::Builder::new().build_http(),
        });
        Self { fake, push }
    }

    /// A site where the connection's posts are answered so, one after another.
    async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let site = Self::new().await;
        site.fake.answer(CONNECTION, answers);
        site
    }

    /// Pushes to some connections; those that are gone.
    async fn push(&self, frame: &str, to: &[&str]) -> Vec<String> {
        let to = to.iter().map(|id| recipient(id)).collect();
        let gone = self.push.push(Bytes::copy_from_slice(frame.as_bytes()), to).await;
        gone.into_iter().map(|gone| gone.connection.to_string()).collect()
    }
}

fn connection(id: &str) -> ConnectionId {
    ConnectionId::parse(id).unwrap()
}

fn recipient(id: &str) -> Recipient {
    let user = UserId::parse("u1").unwrap();
    Recipient { connection: connection(id), user, level: Level::One }
}
