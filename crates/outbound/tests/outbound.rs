//! Requests against a server that is really there.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use std::{
    collections::HashMap,
    future::ready,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aizuchi_outbound::{
    Answer, Guard, Looked, Network, Outbound, OutboundError, Outside, Request, Resolver,
    SystemResolver, Trust, limits,
};
use axum::{
    Router,
    body::Body,
    http::{StatusCode, header},
    response::Redirect,
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderName, Method};
use tokio::net::TcpListener;
use url::Url;

/// As every server has it, but for one address of the machine itself.
struct AndHere(IpAddr);

impl Guard for AndHere {
    fn trust(&self, address: IpAddr) -> Trust {
        if address == self.0 { Trust::Plain } else { Outside::default().trust(address) }
    }
}

/// Knows these names, each by its next list of addresses at every look-up; the
/// last one stays.
#[derive(Default)]
struct Names {
    names: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    asked: AtomicUsize,
}

impl Names {
    fn of(name: &str, answers: &[&[&str]]) -> Arc<Self> {
        let parse = |list: &&[&str]| list.iter().map(|one| one.parse().unwrap()).collect();
        let answers = answers.iter().map(parse).collect();
        Arc::new(Self { names: Mutex::new([(name.to_owned(), answers)].into()), ..Self::default() })
    }
}

impl Resolver for Names {
    fn look_up(&self, name: &str) -> Looked {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut names = self.names.lock().unwrap();
        let found = names.get_mut(name).map(|answers| match answers.len() {
            1 => answers[0].clone(),
            _ => answers.remove(0),
        });
        Box::pin(async move { found.ok_or_else(|| io::Error::other("nobody has this name")) })
    }
}

const TTL: HeaderName = HeaderName::from_static("ttl");
const HERE: &str = "127.0.0.1";
const SOON: Duration = Duration::from_millis(300);

fn here(resolver: Arc<dyn Resolver>) -> Outbound {
    Outbound::guarded(Arc::new(AndHere(HERE.parse().unwrap())), resolver, limits::TIMEOUT)
}

async fn serve(routes: Router) -> SocketAddr {
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

fn request(url: &str) -> Request {
    Request {
        method: Method::POST,
        url: Url::parse(url).unwrap(),
        headers: HeaderMap::from_iter([(TTL, "60".parse().unwrap())]),
        body: Bytes::from_static(b"hello"),
    }
}

async fn send(outbound: &Outbound, url: &str) -> Result<Answer, OutboundError> {
    outbound.send(request(url)).await
}

#[tokio::test]
async fn a_request_arrives_and_is_answered() {
    let routes = Router::new().route(
        "/push",
        post(|headers: HeaderMap, body: String| async move {
            assert_eq!(headers[TTL], "60");
            (StatusCode::CREATED, [(header::LOCATION, "/m/1")], body)
        }),
    );
    let address = serve(routes).await;
    let names = Names::of("push.example", &[&[HERE]]);
    let url = format!("http://push.example:{}/push", address.port());
    let answer = send(&here(names), &url).await.unwrap();
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.headers[header::LOCATION], "/m/1");
    assert_eq!(&answer.body[..], b"hello");
}

#[tokio::test]
async fn this_machine_and_its_network_are_refused() {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reached);
    let routes = Router::new().fallback(move || async move {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let port = serve(routes).await.port();
    // As a server has it, with all allowed that can be.
    let all = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];
    let all: Vec<Network> = all.iter().map(|range| range.parse().unwrap()).collect();
    let outbound = Outbound::new(all);
    for host in [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "169.254.169.254",
    ] {
        for scheme in ["http", "https"] {
            let sent = send(&outbound, &format!("{scheme}://{host}:{port}/")).await;
            assert!(matches!(sent, Err(OutboundError::Forbidden)), "{scheme} {host}: {sent:?}");
        }
    }
    assert_eq!(reached.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_name_is_refused_for_any_of_its_addresses() {
    for addresses in [
        &["10.0.0.1"][..],
        &["1.1.1.1", "10.0.0.1"],
        &["::ffff:10.0.0.1"],
        &["fd00::1", "1.1.1.1"],
        &["169.254.169.254"],
    ] {
        let outbound = here(Names::of("inside.example", &[addresses]));
        let sent = send(&outbound, "https://inside.example/").await;
        assert!(matches!(sent, Err(OutboundError::Forbidden)), "{addresses:?}: {sent:?}");
    }
}

#[tokio::test]
async fn many_addresses_are_too_many() {
    let many = vec![HERE; limits::ADDRESSES + 1];
    let outbound = here(Names::of("many.example", &[&many]));
    let sent = send(&outbound, "http://many.example/").await;
    assert!(matches!(sent, Err(OutboundError::Forbidden)), "{sent:?}");
}

/// A name that has a good address when it is checked and another when it is
/// connected to: it is looked up once, and the checked address is taken.
#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    let port = serve(Router::new().fallback(|| async { "here" })).await.port();
    let names = Names::of("rebind.example", &[&[HERE], &["10.0.0.1"]]);
    let outbound = here(Arc::clone(&names) as Arc<dyn Resolver>);
    let url = format!("http://rebind.example:{port}/");
    assert_eq!(&send(&outbound, &url).await.unwrap().body[..], b"here");
    assert_eq!(names.asked.load(Ordering::Relaxed), 1);
    // Another process would look again, and find the other.
    let again = here(names);
    assert!(matches!(send(&again, &url).await, Err(OutboundError::Forbidden)));
}

#[tokio::test]
async fn nothing_is_redirected() {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reached);
    let routes = Router::new().route("/from", post(|| async { Redirect::temporary("/to") })).route(
        "/to",
        post(move || async move {
            count.fetch_add(1, Ordering::Relaxed);
        }),
    );
    let address = serve(routes).await;
    let answer = send(&here(Arc::new(SystemResolver)), &format!("http://{address}/from")).await;
    assert_eq!(answer.unwrap().status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(reached.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn plain_http_goes_only_where_it_is_allowed() {
    let sent = send(&Outbound::new(Vec::new()), "http://1.1.1.1/").await;
    assert!(matches!(sent, Err(OutboundError::Forbidden)), "{sent:?}");
    let outbound = here(Names::of("plain.example", &[&["1.1.1.1"]]));
    let sent = send(&outbound, "http://plain.example/").await;
    assert!(matches!(sent, Err(OutboundError::Forbidden)), "{sent:?}");
}

#[tokio::test]
async fn only_addresses_of_the_web_are_sent_to() {
    let outbound = here(Arc::new(SystemResolver));
    for url in ["ftp://push.example/", "file:///etc/passwd", "data:,x", "https://a:b@push.example/"]
    {
        assert!(matches!(send(&outbound, url).await, Err(OutboundError::Invalid)), "{url}");
        let checked = outbound.check(&Url::parse(url).unwrap());
        assert!(matches!(checked, Err(OutboundError::Invalid)), "{url}");
    }
    assert!(outbound.check(&Url::parse("https://push.example/x").unwrap()).is_ok());
    assert!(outbound.check(&Url::parse("https://10.0.0.1/x").unwrap()).is_err());
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    // It takes connections and never answers.
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let guard = Arc::new(AndHere(address.ip()));
    let outbound = Outbound::guarded(guard, Arc::new(SystemResolver), SOON);
    let sent = send(&outbound, &format!("http://{address}/")).await;
    assert!(matches!(sent, Err(OutboundError::TimedOut)), "{sent:?}");
}

#[tokio::test]
async fn a_large_answer_is_cut() {
    let routes = Router::new().route("/", get(|| async { vec![b'x'; 1 << 20] }));
    let address = serve(routes).await;
    let asked = Request { method: Method::GET, ..request(&format!("http://{address}/")) };
    let answer = here(Arc::new(SystemResolver)).send(asked).await.unwrap();
    assert_eq!(answer.body.len(), limits::BODY_BYTES);
}

#[tokio::test]
async fn the_end_of_a_large_answer_is_not_waited_for() {
    let endless = || async {
        let begun = stream::once(ready(Ok::<_, io::Error>(vec![b'x'; limits::BODY_BYTES])));
        Body::from_stream(begun.chain(stream::pending()))
    };
    let address = serve(Router::new().route("/", post(endless))).await;
    let sent = send(&here(Arc::new(SystemResolver)), &format!("http://{address}/")).await;
    assert_eq!(sent.unwrap().body.len(), limits::BODY_BYTES);
}

#[tokio::test]
async fn what_went_wrong_quotes_no_path() {
    let closed = TcpListener::bind((HERE, 0)).await.unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/a-secret");
    let error = send(&here(Arc::new(SystemResolver)), &url).await.unwrap_err();
    assert!(matches!(error, OutboundError::Unreachable(_)), "{error:?}");
    let quoted = format!("{error:?} {:?}", request(&url));
    assert!(!quoted.contains("a-secret"), "{quoted}");
}
