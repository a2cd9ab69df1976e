//! Calls a server, and checks each answer by the document.

use std::collections::BTreeSet;

use reqwest::{Client, Method, Response, header::CONTENT_TYPE, redirect::Policy};
use serde_json::{Value, json};

use crate::server::Server;

/// A server, its document, and which of its calls have answered well.
pub(super) struct Checked<'a> {
    server: &'a Server,
    http: Client,
    pub(super) document: Value,
    answered: BTreeSet<String>,
}

/// One call, to be made.
pub(super) struct Asking {
    pub(super) id: &'static str,
    /// What stands for the path's parameters, and the query.
    pub(super) path: Vec<String>,
    pub(super) query: String,
    pub(super) token: Option<String>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<(&'static str, Vec<u8>)>,
}

pub(super) fn asking(id: &'static str) -> Asking {
    let (path, query, headers) = (Vec::new(), String::new(), Vec::new());
    Asking { id, path, query, token: None, headers, body: None }
}

impl Asking {
    /// At this place, by the path's parameters in their order.
    pub(super) fn at(mut self, part: &str) -> Self {
        self.path.push(part.replace('%', "%25"));
        self
    }

    pub(super) fn query(self, query: &str) -> Self {
        Self { query: format!("?{query}"), ..self }
    }

    pub(super) fn by(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn json(self, body: Value) -> Self {
        Self { body: Some(("application/json", body.to_string().into_bytes())), ..self }
    }

    pub(super) fn body(self, kind: &'static str, body: &[u8]) -> Self {
        Self { body: Some((kind, body.to_vec())), ..self }
    }
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) bytes: Vec<u8>,
    /// `Null` where it is no JSON.
    pub(super) json: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status, headers, bytes, json }
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_else(|| panic!("{name} of {self:?}")).to_owned()
    }
}

impl<'a> Checked<'a> {
    pub(super) async fn new(server: &'a Server) -> Self {
        // Refused where the process has one already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let at = server.url.join("api/openapi.json").unwrap();
        let document: Value = http.get(at).send().await.unwrap().json().await.unwrap();
        Self { server, http, document, answered: BTreeSet::new() }
    }

    /// Every call: path, method and operation.
    pub(super) fn operations(&self) -> Vec<(String, String, Value)> {
        let mut all = Vec::new();
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                all.push((path.clone(), method.clone(), operation.clone()));
            }
        }
        all
    }

    /// The server's own origin.
    pub(super) fn own_origin(&self) -> String {
        self.server.url.origin().ascii_serialization()
    }

    /// Sends whatever, without a check.
    pub(super) async fn send(&self, method: &str, path: &str) -> Answer {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let at = self.server.url.join(path.trim_start_matches('/')).unwrap();
        Answer::of(self.http.request(method, at).send().await.unwrap()).await
    }

    /// Makes a call, which must answer with this status.
    pub(super) async fn call(&mut self, asking: Asking, status: u16) -> Answer {
        let operations = self.operations();
        let found = operations.iter().find(|(_, _, one)| one["operationId"] == asking.id);
        let (path, method, operation) = found.unwrap_or_else(|| panic!("no call {}", asking.id));
        let mut at = path.clone();
        for part in &asking.path {
            let (before, rest) = at.split_once('{').unwrap();
            at = format!("{before}{part}{}", rest.split_once('}').unwrap().1);
        }
        let url = format!("{}{at}{}", self.server.url.as_str().trim_end_matches('/'), asking.query);
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = self.http.request(method, url);
        if let Some(token) = &asking.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &asking.headers {
            request = request.header(*name, value);
        }
        if let Some((kind, body)) = &asking.body {
            self.knows_body(asking.id, operation, kind, body, status);
            request = request.header(CONTENT_TYPE, *kind).body(body.clone());
        }
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{}: {answer:?}", asking.id);
        self.check(asking.id, operation, &answer);
        if status < 400 {
            self.answered.insert(asking.id.to_owned());
        }
        answer
    }

    /// What is sent, and taken, is what the document asks for.
    fn knows_body(&self, id: &str, operation: &Value, kind: &str, body: &[u8], status: u16) {
        let schema = &operation["requestBody"]["content"][kind]["schema"];
        assert!(!schema.is_null(), "{id} takes no {kind}");
        if kind == "application/json" && status < 400 {
            let errors = self.errors(schema, &serde_json::from_slice(body).unwrap());
            assert!(errors.is_empty(), "{id} is sent otherwise: {errors:?}");
        }
    }

    /// Whether an answer is as the document says.
    pub(super) fn check(&self, id: &str, operation: &Value, answer: &Answer) {
        let told = &operation["responses"][answer.status.to_string()];
        assert!(!told.is_null(), "{id} is not said to answer {answer:?}");
        let Some(kinds) = told["content"].as_object() else {
            assert!(answer.bytes.is_empty(), "{id} answers with a body: {answer:?}");
            return;
        };
        let kind = answer.headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap());
        let kind = kind.unwrap_or_default().split(';').next().unwrap().to_owned();
        let said = kinds.get(&kind).or_else(|| kinds.get("*/*"));
        let said = said.unwrap_or_else(|| panic!("{id} is not said to answer with {kind:?}"));
        if kind == "application/json" {
            let errors = self.errors(&said["schema"], &answer.json);
            assert!(errors.is_empty(), "{id}: {errors:?} in {:#}", answer.json);
        }
    }

    fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.document["components"],
        });
        let validator = jsonschema::validator_for(&root).unwrap();
        validator.iter_errors(value).map(|error| error.to_string()).collect()
    }

    /// Fails where a call of the document has not answered well.
    pub(super) fn all_answered(&self) {
        let all = self.operations().into_iter();
        let left: Vec<String> = all
            .map(|(_, _, operation)| operation["operationId"].as_str().unwrap().to_owned())
            .filter(|id| !self.answered.contains(id))
            .collect();
        assert!(left.is_empty(), "nobody called {left:?}");
    }
}
