//! Metrics for Prometheus, on a listener of their own.

use std::{fmt::Write as _, future::Future, sync::Arc};

use aizuchi_core::{chat::Ports, identity::TokenVerifier};
use aizuchi_wire::ErrorCode;
use axum::{Router, http::header, routing::get};
use tokio::net::TcpListener;

use crate::App;

/// Figures that the front does not know: a name, what it means, and its value now.
pub type Extra = Arc<dyn Fn() -> Vec<(&'static str, &'static str, u64)> + Send + Sync>;

/// Serves `GET /metrics` until `shutdown` is done.
///
/// # Errors
/// Where the listener fails.
pub async fn serve_metrics<P: Ports, V: TokenVerifier>(
    app: Arc<App<P, V>>,
    extra: Extra,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let metrics = move || async move {
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        ([(header::CONTENT_TYPE, kind)], text(&app, &extra()))
    };
    let routes = Router::new().route("/metrics", get(metrics));
    axum::serve(listener, routes).with_graceful_shutdown(shutdown).await
}

fn text<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    extra: &[(&'static str, &'static str, u64)],
) -> String {
    let mut text = String::with_capacity(2_048);
    let mut figure = |name: &str, kind: &str, help: &str, value: u64| {
        // Writing to a String cannot fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    };
    let metrics = app.gateway.metrics();
    figure("aizuchi_sockets", "gauge", "Open sockets.", app.hub().open_lines());
    for (name, help, counter) in [
        ("aizuchi_frames_total", "Frames from clients.", &metrics.frames),
        ("aizuchi_messages_total", "Messages accepted, repeats included.", &metrics.messages),
        (
            "aizuchi_deliveries_total",
            "Frames pushed to others than their caller.",
            &metrics.deliveries,
        ),
        ("aizuchi_pushes_gone_total", "Pushes that found their connection gone.", &metrics.gone),
    ] {
        figure(name, "counter", help, counter.get());
    }
    for (name, help, value) in extra {
        figure(name, "gauge", help, *value);
    }
    text.push_str("# HELP aizuchi_refusals_total Requests refused, by code.\n");
    text.push_str("# TYPE aizuchi_refusals_total counter\n");
    for code in ErrorCode::ALL {
        let count = metrics.refusals(code).get();
        let _ = writeln!(text, "aizuchi_refusals_total{{code=\"{}\"}} {count}", code.as_str());
    }
    text
}
