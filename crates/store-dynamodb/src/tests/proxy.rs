//! A DynamoDB with faults: the real one behind a wire that a test can cut.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aizuchi_testkit::block_on;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{Access, Table, support};

/// What happens to a request.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// It is answered so and goes no further: a status and a body.
    Answer(u16, String),
    /// It is done, and its answer is lost.
    Lose,
    /// It is never answered, and not done.
    Hang,
}

/// An error as DynamoDB says it.
pub(super) fn error(code: &str) -> Fault {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"as the test wants"}}"#
    );
    Fault::Answer(if code == "InternalServerError" { 500 } else { 400 }, body)
}

/// What a test decides, from the request's name, how often that was asked
/// before, and its body.
type Decide = dyn Fn(&str, usize, &str) -> Option<Fault> + Send + Sync;

struct Proxy {
    upstream: String,
    asked: Mutex<HashMap<String, usize>>,
    decide: Box<Decide>,
}

/// A table of one's own with faults, and little patience for one try.
pub(super) fn faulty(
    decide: impl Fn(&str, usize, &str) -> Option<Fault> + Send + Sync + 'static,
) -> Table {
    faulty_and_sound(decide).0
}

/// The same, and the table itself, for a process that has no faults.
pub(super) fn faulty_and_sound(
    decide: impl Fn(&str, usize, &str) -> Option<Fault> + Send + Sync + 'static,
) -> (Table, Table) {
    let (upstream, name) = support::metered_place();
    let sound = Table::new(&support::access(upstream), &name);
    let proxy = Arc::new(Proxy {
        upstream: upstream.trim_start_matches("http://").to_owned(),
        asked: Mutex::default(),
        decide: Box::new(decide),
    });
    let address = block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&proxy).serve(client));
            }
        });
        address
    });
    let access = Access {
        attempt: Duration::from_millis(300),
        ..support::access(&format!("http://{address}"))
    };
    (Table::new(&access, &name), sound)
}

impl Proxy {
    /// One request, after which the connection ends.
    async fn serve(self: Arc<Self>, mut client: TcpStream) -> io::Result<()> {
        let (head, body) = read_request(&mut client).await?;
        let target = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("x-amz-target:").map(|_| line))
            .and_then(|line| line.rsplit('.').next())
            .unwrap_or_default()
            .trim()
            .to_owned();
        let nth = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let nth = asked.entry(target.clone()).or_default();
            *nth += 1;
            *nth - 1
        };
        match (self.decide)(&target, nth, &String::from_utf8_lossy(&body)) {
            None => {
                let answer = self.forward(&head, &body).await?;
                client.write_all(&answer).await
            }
            Some(Fault::Lose) => {
                self.forward(&head, &body).await?;
                answer(&mut client, 500, "{}").await
            }
            Some(Fault::Answer(status, text)) => answer(&mut client, status, &text).await,
            Some(Fault::Hang) => std::future::pending().await,
        }
    }

    async fn forward(&self, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
        let mut upstream = TcpStream::connect(&self.upstream).await?;
        upstream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await?;
        upstream.write_all(body).await?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

/// The lines of a request's head, and its body.
async fn read_request(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut all = Vec::new();
    loop {
        if let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&all[..end + 2]).into_owned();
            let length = head
                .to_ascii_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
                .unwrap_or(0);
            let mut body = all.split_off(end + 4);
            while body.len() < length {
                if client.read_buf(&mut body).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok((head, body));
        }
        if client.read_buf(&mut all).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

async fn answer(client: &mut TcpStream, status: u16, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} As\r\nContent-Type: application/x-amz-json-1.0\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    client.write_all(head.as_bytes()).await?;
    client.write_all(body.as_bytes()).await
}
