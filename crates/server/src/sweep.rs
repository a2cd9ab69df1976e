//! Closes sockets that are idle, or too old, and ends lines that nobody polls.
//! One task looks at all of them, so that a socket needs no timer of its own.

use std::sync::Arc;

use aizuchi_core::{chat::Ports, clock::Clock, identity::TokenVerifier};
use aizuchi_wire::CloseCode;
use tokio::time::{MissedTickBehavior, interval};

use crate::{App, poll, settings::SWEEP};

/// Looks again and again, for as long as it is polled.
pub(crate) async fn sweep<P: Ports, V: TokenVerifier>(app: &Arc<App<P, V>>) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        look(app);
        poll::sweep(app);
    }
}

fn look<P: Ports, V: TokenVerifier>(app: &App<P, V>) {
    let now = app.gateway.chat().ports().clock().now_ms();
    let older_than = |since: u64, limit: std::time::Duration| {
        u128::from(now.saturating_sub(since)) >= limit.as_millis()
    };
    app.hub().each_line(|line| {
        if older_than(line.heard_at(), app.settings.idle) {
            line.outbox.close(CloseCode::Idle);
        } else if older_than(line.opened_at, app.settings.age) {
            line.outbox.close(CloseCode::TooOld);
        }
    });
}
