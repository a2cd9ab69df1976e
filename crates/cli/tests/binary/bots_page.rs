//! The examples of docs/bots.md, as they stand there, against a server.

use std::{
    collections::HashMap,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    server::{PATIENCE, Place, Server, text},
    socket::Socket,
};

/// An example, and what the page says that it answers.
#[derive(Debug)]
struct Example {
    shell: String,
    told: Option<Value>,
}

fn examples() -> Vec<Example> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bots.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut examples: Vec<Example> = Vec::new();
    for block in page.split("\n```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').unwrap();
        match kind {
            "sh" => examples.push(Example { shell: text.to_owned(), told: None }),
            "json" => {
                let told = serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"));
                examples.last_mut().unwrap().told = Some(told);
            }
            // What a webhook gets and does, which its own tests read.
            "http" | "bash" => {}
            _ => panic!("a block of {kind}"),
        }
    }
    examples
}

/// Whether an answer has the fields that the page says, and no other, each of
/// the same kind.
fn is_like(real: &Value, told: &Value) -> bool {
    match (real, told) {
        (Value::Object(real), Value::Object(told)) => {
            real.len() == told.len()
                && told
                    .iter()
                    .all(|(name, told)| real.get(name).is_some_and(|it| is_like(it, told)))
        }
        (Value::Array(real), Value::Array(told)) => {
            real.len() == told.len() && real.iter().zip(told).all(|(one, told)| is_like(one, told))
        }
        _ => std::mem::discriminant(real) == std::mem::discriminant(told),
    }
}

struct Page<'a> {
    place: &'a Place,
    variables: HashMap<&'static str, String>,
}

impl Page<'_> {
    /// Begins an example, as somebody types it.
    fn begin(&self, example: &Example) -> std::process::Child {
        let bin = Path::new(env!("CARGO_BIN_EXE_aizuchi")).parent().unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
        Command::new("bash")
            .args(["-euc", &example.shell])
            .env_clear()
            .env("PATH", path)
            .env("AIZUCHI_DATA_DIR", self.place.data())
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, example: &Example) -> Output {
        let ended = self.begin(example).wait_with_output().unwrap();
        assert!(ended.status.success(), "{}: {}", example.shell, text(&ended.stderr));
        ended
    }

    /// Its answer, which is like that of the page.
    fn answer(&self, example: &Example) -> Value {
        Self::read(example, &self.run(example))
    }

    fn read(example: &Example, ended: &Output) -> Value {
        let real: Value = serde_json::from_slice(&ended.stdout).unwrap();
        if let Some(told) = &example.told {
            assert!(is_like(&real, told), "{}\nanswers {real:#}", example.shell);
        }
        real
    }
}

#[tokio::test]
async fn its_examples_are_true() {
    let place = Place::new();
    let server: Server = place.serve(&[]);
    let ann = server.sign_up("ann").await;
    let address = server.url.as_str().trim_end_matches('/').to_owned();
    let mut page = Page { place: &place, variables: HashMap::from([("SERVER", address)]) };
    let examples = examples();
    let [make, who, look, send, list, history, begin, hear, frame, hook] = &examples[..] else {
        panic!("other examples: {examples:#?}")
    };

    let made = text(&page.run(make).stdout);
    page.variables.insert("KEY", made.lines().last().unwrap().to_owned());
    assert_eq!(page.answer(who)["username"], "deploys");
    let found = page.answer(look);
    assert_eq!(found["sub"], *ann.me().sub);
    page.variables.insert("ANN", ann.me().sub.to_string());

    let first = page.answer(send);
    assert_eq!(page.answer(send), first, "sent once");
    let conversation = first["conversationId"].clone();
    page.variables.insert("CONVERSATION", conversation.as_str().unwrap().to_owned());
    let listed = page.answer(list);
    assert_eq!(listed["conversations"][0]["conversationId"], conversation);
    assert_eq!(page.answer(history)["messages"][0]["message"], "Release 7 is out.");

    let began = page.answer(begin);
    page.variables.insert("AFTER", began["after"].as_str().unwrap().to_owned());
    let waiting = page.begin(hear);
    let mut anns = Socket::open(&server, &ann).await;
    anns.send(json!({
        "action": "SENDMSG", "conversationId": conversation, "message": "Thanks!",
        "clientMsgId": "m1",
    }))
    .await;
    anns.expect("ACK").await;
    let heard = tokio::task::spawn_blocking(|| waiting.wait_with_output().unwrap());
    let heard = tokio::time::timeout(PATIENCE, heard).await.unwrap().unwrap();
    let heard = Page::read(hear, &heard);
    assert_eq!(heard["events"][0]["message"], "Thanks!");

    assert_eq!(page.answer(frame)["events"][0]["action"], "ACK");
    assert_eq!(anns.expect("REACT").await["emoji"], "👍");
    let secret = text(&page.run(hook).stdout).lines().last().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
}
