//! One call of the document.

use serde_json::{Map, Value, json};

/// How a caller shows who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    Nothing,
    Token,
    Cookie,
}

/// A call, in the order in which it is written.
#[derive(Debug)]
pub(super) struct Call {
    path: &'static str,
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    shows: Shows,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
}

impl Call {
    fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        let within = |part: &str| part.split('}').next().map(str::to_owned);
        let names = path.split('{').skip(1).filter_map(within);
        let parameters = names.map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        });
        Self {
            path,
            method,
            id,
            summary,
            shows: Shows::Nothing,
            parameters: parameters.collect(),
            body: None,
            answers: Map::new(),
        }
    }

    pub(super) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("get", path, id, summary)
    }

    pub(super) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("post", path, id, summary)
    }

    pub(super) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("put", path, id, summary)
    }

    pub(super) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("delete", path, id, summary)
    }

    /// Wants a Bearer token.
    pub(super) fn bearer(self) -> Self {
        Self { shows: Shows::Token, ..self }.fails(&[401])
    }

    /// Wants the cookie of a session.
    pub(super) fn cookie(self) -> Self {
        Self { shows: Shows::Cookie, ..self }.fails(&[401])
    }

    /// May be given this in its query.
    pub(super) fn query(mut self, name: &str, schema: Value) -> Self {
        self.parameters.push(json!({ "name": name, "in": "query", "schema": schema }));
        self
    }

    /// Takes this JSON.
    pub(super) fn takes(self, schema: Value) -> Self {
        self.takes_as("application/json", schema).fails(&[400, 413])
    }

    /// Takes a body of this media type.
    pub(super) fn takes_as(mut self, media_type: &str, schema: Value) -> Self {
        self.body =
            Some(json!({ "required": true, "content": { media_type: { "schema": schema } } }));
        self
    }

    /// Takes a body or none.
    pub(super) fn may_take(mut self, schema: Value) -> Self {
        self.body = Some(json!({ "content": { "application/json": { "schema": schema } } }));
        self.fails(&[400, 413])
    }

    /// Answers with this JSON.
    pub(super) fn gives(self, status: u16, description: &str, schema: Value) -> Self {
        self.gives_as(status, description, "application/json", schema)
    }

    /// Answers with a body of this media type.
    pub(super) fn gives_as(
        mut self,
        status: u16,
        description: &str,
        media_type: &str,
        schema: Value,
    ) -> Self {
        let answer = self.answers.entry(status.to_string()).or_insert_with(|| json!({}));
        answer["description"] = description.into();
        answer["content"][media_type] = json!({ "schema": schema });
        self
    }

    /// Answers with a status alone.
    pub(super) fn gives_nothing(mut self, status: u16, description: &str) -> Self {
        self.answers.insert(status.to_string(), json!({ "description": description }));
        self
    }

    /// May be refused so, in the words of every call.
    pub(super) fn fails(self, statuses: &[u16]) -> Self {
        let error = || super::schema::named("Error");
        statuses.iter().fold(self, |call, status| call.gives(*status, refusal(*status), error()))
    }

    /// Its path, its method and its operation.
    pub(super) fn described(self) -> (String, String, Value) {
        // Whatever is called may be busy, called too often, or called by a page of
        // an origin that is not known.
        let is_call = self.path.starts_with("/api/") || self.path.starts_with("/oauth2/");
        let this = if is_call && self.path != "/oauth2/authorize" {
            let said = |status: &&u16| !self.answers.contains_key(&status.to_string());
            let unsaid: Vec<u16> = [403, 429, 503].iter().filter(said).copied().collect();
            self.fails(&unsaid)
        } else {
            self
        };
        let mut operation = json!({
            "operationId": this.id,
            "summary": this.summary,
            "responses": this.answers,
        });
        if !this.parameters.is_empty() {
            operation["parameters"] = this.parameters.into();
        }
        if let Some(body) = this.body {
            operation["requestBody"] = body;
        }
        match this.shows {
            Shows::Nothing => {}
            Shows::Token => operation["security"] = json!([{ "bearer": [] }]),
            Shows::Cookie => operation["security"] = json!([{ "session": [] }]),
        }
        (this.path.to_owned(), this.method.to_owned(), operation)
    }
}

fn refusal(status: u16) -> &'static str {
    match status {
        400 => "The call is not understood.",
        401 => "Nobody who may call.",
        403 => "Not allowed.",
        404 => "There is no such thing.",
        409 => "It is taken, or at another stage.",
        413 => "Too large.",
        426 => "A WebSocket is wanted.",
        429 => "Too often: `retryAfterMs` and `Retry-After` say when to try again.",
        _ => "Not at the moment: try again.",
    }
}
