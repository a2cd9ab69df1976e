//! `@connections` as AWS has it, on a port of its own.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    io,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, Response, body::Incoming, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::watch};

/// How a call is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// With this status.
    Status(u16),
    /// With this status, as something other than AWS writes it.
    Bare(u16),
    /// Never.
    Hold,
    /// The connection breaks.
    Cut,
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// How many calls there are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    /// Since the start.
    pub(crate) arrived: usize,
    /// At this moment.
    pub(crate) open: usize,
    /// At once, at most.
    pub(crate) most: usize,
}

#[derive(Default)]
struct State {
    calls: Mutex<Vec<Call>>,
    answers: Mutex<HashMap<String, VecDeque<Answer>>>,
    count: watch::Sender<Count>,
    /// None is answered before so many are open at once.
    gather: Mutex<usize>,
}

/// The server. It ends with the test's runtime.
pub(crate) struct Fake {
    pub(crate) url: String,
    state: Arc<State>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<State>::default();
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let state = Arc::clone(&served);
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                let socket = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
                // A connection that is cut is an error here.
                tokio::spawn(async move { drop(socket.await) });
            }
        });
        Self { url, state }
    }

    /// The next answers to this connection's calls; 200 after them.
    pub(crate) fn answer(&self, connection: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        self.state.answers.lock().unwrap().insert(connection.to_owned(), answers);
    }

    /// Answers nobody until so many wait at once.
    pub(crate) fn gather(&self, many: usize) {
        *self.state.gather.lock().unwrap() = many;
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls.lock().unwrap().clone()
    }

    /// The bodies that came for a connection, in the order that they came in.
    pub(crate) fn heard(&self, connection: &str) -> Vec<String> {
        let calls = self.calls();
        let its = calls.into_iter().filter(|call| named(&call.path) == connection);
        its.map(|call| String::from_utf8(call.body.to_vec()).unwrap()).collect()
    }

    pub(crate) fn count(&self) -> Count {
        *self.state.count.borrow()
    }

    /// Waits until so many calls have arrived.
    pub(crate) async fn arrived(&self, many: usize) {
        let mut count = self.state.count.subscribe();
        count.wait_for(|count| count.arrived >= many).await.unwrap();
    }
}

/// The connection of a path, decoded.
fn named(path: &str) -> String {
    let id = path.rsplit('/').next().unwrap();
    id.replace("%3D", "=").replace("%2F", "/").replace("%2B", "+")
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    state.count.send_modify(|count| {
        count.arrived += 1;
        count.open += 1;
        count.most = count.most.max(count.open);
    });
    let answered = tell(&state, request).await;
    state.count.send_modify(|count| count.open -= 1);
    answered
}

async fn tell(
    state: &State,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let body = body.collect().await.unwrap_or_default().to_bytes();
    let call = Call { method: head.method, path: path.clone(), headers: head.headers, body };
    state.calls.lock().unwrap().push(call);
    let gather = *state.gather.lock().unwrap();
    state.count.subscribe().wait_for(|count| count.most >= gather).await.unwrap();
    // Whoever comes too many has the time to show up.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let next = state.answers.lock().unwrap().get_mut(&named(&path)).and_then(VecDeque::pop_front);
    let (status, kind) = match next.unwrap_or(Answer::Status(200)) {
        Answer::Status(status) => (status, error_type(status)),
        Answer::Bare(status) => (status, None),
        Answer::Hold => match std::future::pending::<Infallible>().await {},
        Answer::Cut => return Err(io::ErrorKind::ConnectionReset.into()),
    };
    let mut answer = Response::builder().status(status);
    let mut body = "";
    if let Some(kind) = kind {
        answer = answer.header("x-amzn-errortype", kind);
        body = r#"{"message":"what AWS says"}"#;
    }
    Ok(answer.body(Full::from(body)).unwrap())
}

fn error_type(status: u16) -> Option<&'static str> {
    Some(match status {
        403 => "ForbiddenException",
        410 => "GoneException",
        413 => "PayloadTooLargeException",
        429 => "LimitExceededException",
        500 => "InternalServerError",
        _ => return None,
    })
}
