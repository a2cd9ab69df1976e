//! `aizuchi doctor`: looks at all that a server needs, and says what to mend.
//! It changes nothing.

mod certificate;
mod data;
mod system;

use std::sync::Arc;

use aizuchi_core::{clock::SystemClock, error::PortError};
use aizuchi_identity::{ClientSettings, IssuerSettings, RelyingParty, Verifier};
use aizuchi_server::Tls;
use clap::Args;
use serde::Serialize;

use crate::{
    failure::Failure,
    output,
    settings::{ConfigFile, Contradiction, Origin, Settings, SignIn, Told},
};

/// The arguments of `aizuchi doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: ConfigFile,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// All is well.
    Ok,
    /// It works, and may be better.
    Note,
    /// A server would not start, or not for long.
    Bad,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Finding {
    about: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<&'static str>,
}

impl Finding {
    fn ok(about: &'static str, found: impl Into<String>) -> Self {
        Self { about, state: State::Ok, found: found.into(), mend: None }
    }

    fn note(about: &'static str, found: impl Into<String>, mend: &'static str) -> Self {
        Self { about, state: State::Note, found: found.into(), mend: Some(mend) }
    }

    fn bad(about: &'static str, found: impl Into<String>, mend: &'static str) -> Self {
        Self { about, state: State::Bad, found: found.into(), mend: Some(mend) }
    }
}

/// There is something to mend.
#[derive(Debug, thiserror::Error)]
#[error("a server would not run well here: mend what is marked as bad")]
pub(crate) struct Unwell;

#[derive(Serialize)]
struct Report<'a> {
    settings: &'a [Told],
    findings: &'a [Finding],
}

/// Looks, and tells.
pub(crate) async fn run(arguments: DoctorArgs, told: &[Told]) -> Result<(), Failure> {
    let findings = examine(&arguments.settings).await;
    if arguments.json {
        output::json(&Report { settings: told, findings: &findings });
    } else {
        print(told, &findings);
    }
    let bad = findings.iter().any(|finding| finding.state == State::Bad);
    if bad { Err(Unwell.into()) } else { Ok(()) }
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    match together(settings) {
        Ok((tls, sign_in)) => {
            findings.push(Finding::ok("settings", "They fit together."));
            findings.extend(tls.as_ref().and_then(certificate::look));
            findings.extend(issuer(&sign_in).await);
        }
        Err(error) => {
            let mend = "Change one of the two.";
            findings.push(Finding::bad("settings", format!("{error}."), mend));
        }
    }
    let in_use = data::look(&settings.data.data_dir, &mut findings);
    findings.push(system::port("port", settings.address.listen, in_use));
    if let Some(address) = settings.address.metrics_listen {
        findings.push(system::port("metrics port", address, in_use));
    }
    findings.push(system::files(settings.limits.max_connections));
    findings.push(system::clock(&settings.data.data_dir));
    findings
}

fn together(settings: &Settings) -> Result<(Option<Tls>, SignIn), Contradiction> {
    let tls = settings.tls.resolve(&settings.data.data_dir)?;
    settings.address.public_url(&settings.tls, settings.address.listen)?;
    Ok((tls, settings.identity.resolve()?))
}

async fn issuer(sign_in: &SignIn) -> Option<Finding> {
    let SignIn::Issuer { tokens, client } = sign_in else { return None };
    let about = "issuer";
    Some(match try_issuer(tokens, client).await {
        Ok(()) => Finding::ok(about, format!("{} has keys and a sign-in.", tokens.issuer)),
        Err(error) => Finding::bad(
            about,
            format!("{}: {}.", tokens.issuer, output::with_causes(&error)),
            "Let --issuer be exactly what its tokens name, and reachable from here.",
        ),
    })
}

async fn try_issuer(tokens: &IssuerSettings, client: &ClientSettings) -> Result<(), PortError> {
    let clock = Arc::new(SystemClock);
    RelyingParty::discover(&tokens.issuer, client.clone(), clock.clone()).await?;
    Verifier::of_issuer(tokens.clone(), clock)?.fetch_keys().await
}

fn print(told: &[Told], findings: &[Finding]) {
    for setting in told.iter().filter(|setting| setting.origin != Origin::Default) {
        let origin = setting.origin.as_str();
        output::line(format_args!("{} = {} ({origin})", setting.name, setting.values.join(" ")));
    }
    for finding in findings {
        let mark = match finding.state {
            State::Ok => "ok  ",
            State::Note => "note",
            State::Bad => "bad ",
        };
        output::line(format_args!("{mark}  {}: {}", finding.about, finding.found));
        if let Some(mend) = finding.mend {
            output::line(format_args!("      {mend}"));
        }
    }
}
