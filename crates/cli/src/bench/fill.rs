//! Conversations that are filled before they are measured.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aizuchi_client::Account;
use indicatif::ProgressBar;

use super::{
    BenchError,
    frames::{Template, To},
    pair::{Pace, Pair, Shared},
    people::Server,
    thread::on_own_thread,
};

/// Messages on their way while a conversation is filled.
const FILL_WINDOW: u64 = 512;
/// Bytes of a message's text.
const SIZE: usize = 100;
/// No bench runs so long.
const FOREVER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Fills the conversation of two people, who have `there` messages, up to
/// `size`; `bar` moves on with each. The first of them writes.
pub(super) async fn fill(
    server: Arc<Server>,
    people: [Account; 2],
    there: u64,
    size: u64,
    bar: &ProgressBar,
) -> Result<(), BenchError> {
    let seen = Arc::new(AtomicU64::new(0));
    let ticker = tokio::spawn({
        let (bar, seen, from) = (bar.clone(), seen.clone(), bar.position());
        async move {
            let mut tick = tokio::time::interval(Duration::from_millis(500));
            loop {
                tick.tick().await;
                bar.set_position(from + seen.load(Ordering::Relaxed));
            }
        }
    });
    let filled = on_own_thread(move || async move {
        let [a, b] = &people;
        let sockets = [server.connect_one(a).await?, server.connect_one(b).await?];
        let subs = [a, b].map(|account| account.me().sub.clone());
        let template = Template::new(To::Person(&subs[1]), 0, SIZE);
        let pace = Pace::closed(FILL_WINDOW, FOREVER, size);
        let mut pair = Pair::new(sockets, subs, template, SIZE, pace, there);
        let shared = Shared::new(Duration::ZERO..Duration::ZERO, seen);
        pair.run(&Rc::new(RefCell::new(shared))).await
    })
    .await;
    ticker.abort();
    filled
}
