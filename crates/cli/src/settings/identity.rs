use std::time::Duration;

use aizuchi_identity::{
    ClientSecret, ClientSettings, IssuerSettings, Lifetimes, OAuthClient, settings::InvalidClient,
};
use clap::Args;
use url::Url;

use super::{
    Contradiction,
    contradiction::alone,
    values::{self, ClientUri},
};

/// Where the client's secret at an issuer is, and nowhere else: flags show in
/// the list of processes, and settings in what `doctor` prints.
const SECRET_VARIABLE: &str = "AIZUCHI_ISSUER_CLIENT_SECRET";

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Who signs people in: the server itself, or another issuer.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Signing in")]
pub struct Identity {
    /// A client that may send people here to sign in, and the URI to which they
    /// are sent back, matched exactly. May be repeated, also for one client.
    #[arg(long, value_name = "ID=URI", value_delimiter = ' ', value_parser = values::client_uri)]
    pub oauth_client: Vec<ClientUri>,
    /// A client of --oauth-client that may use the implicit flow, as pages of
    /// the first protocol do. May be repeated.
    #[arg(long, value_name = "ID", value_delimiter = ' ')]
    pub oauth_implicit: Vec<String>,
    /// An OpenID Connect issuer that signs people in, in place of the server's
    /// own accounts.
    #[arg(long, value_name = "URL", value_parser = values::issuer)]
    pub issuer: Option<String>,
    /// The id of the web application at that issuer, to which people are sent
    /// back at /signed-in of the public URL. For a confidential client the
    /// variable AIZUCHI_ISSUER_CLIENT_SECRET holds the secret.
    #[arg(long, value_name = "ID")]
    pub issuer_client_id: Option<String>,
    /// What that issuer's access tokens must be for: an audience or a client
    /// id. The web application's unless set. May be repeated.
    #[arg(long, value_name = "NAME", value_delimiter = ' ')]
    pub issuer_audience: Vec<String>,
    /// What the web application asks of that issuer. `openid` unless set; some
    /// give refresh tokens for `offline_access` only. May be repeated.
    #[arg(long, value_name = "NAME", value_delimiter = ' ')]
    pub issuer_scope: Vec<String>,
    /// Where that issuer's keys are, if its discovery document does not say so.
    #[arg(long, value_name = "URL", value_parser = values::web_url)]
    pub issuer_jwks: Option<Url>,
    /// How long an access token is good before it must be refreshed, up to 1h.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = values::time::<MINUTE, HOUR>)]
    pub access_token_lifetime: Duration,
    /// How long an access token of the implicit flow is good, up to 1h.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = values::time::<MINUTE, HOUR>)]
    pub implicit_token_lifetime: Duration,
    /// How long somebody stays signed in without coming back, up to 365d.
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = values::time::<HOUR, { 365 * DAY }>)]
    pub refresh_token_lifetime: Duration,
}

/// Who signs people in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// The server's own user pool.
    Pool {
        /// Who may send people here.
        clients: Vec<OAuthClient>,
        /// How long tokens live.
        lifetimes: Lifetimes,
    },
    /// Another issuer.
    Issuer {
        /// Which of its tokens are good.
        tokens: IssuerSettings,
        /// The web application there.
        client: ClientSettings,
    },
}

impl Identity {
    /// Who signs people in.
    pub fn resolve(&self) -> Result<SignIn, Contradiction> {
        match &self.issuer {
            Some(issuer) => self.issuer(issuer),
            None => self.pool(),
        }
    }

    fn issuer(&self, issuer: &str) -> Result<SignIn, Contradiction> {
        if !self.oauth_client.is_empty() {
            return Err(Contradiction::Both { one: "issuer", other: "oauth-client" });
        }
        let Some(client_id) = self.issuer_client_id.clone() else {
            return Err(Contradiction::Alone { given: "issuer", needs: "issuer-client-id" });
        };
        let audiences = match self.issuer_audience.as_slice() {
            [] => vec![client_id.clone()],
            named => named.to_vec(),
        };
        let scope = match self.issuer_scope.as_slice() {
            [] => "openid".to_owned(),
            named => named.join(" "),
        };
        let secret = std::env::var(SECRET_VARIABLE).ok().filter(|secret| !secret.is_empty());
        let secret = secret.map(ClientSecret::new);
        let tokens = IssuerSettings {
            issuer: issuer.to_owned(),
            jwks_url: self.issuer_jwks.clone(),
            audiences,
        };
        Ok(SignIn::Issuer { tokens, client: ClientSettings { id: client_id, secret, scope } })
    }

    fn pool(&self) -> Result<SignIn, Contradiction> {
        alone("issuer-client-id", self.issuer_client_id.is_some(), "issuer")?;
        alone("issuer-audience", !self.issuer_audience.is_empty(), "issuer")?;
        alone("issuer-scope", !self.issuer_scope.is_empty(), "issuer")?;
        alone("issuer-jwks", self.issuer_jwks.is_some(), "issuer")?;
        let known = |id: &String| self.oauth_client.iter().any(|client| client.id == *id);
        if let Some(stranger) = self.oauth_implicit.iter().find(|id| !known(id)) {
            return Err(Contradiction::UnknownClient(stranger.clone()));
        }
        let register = |client: &ClientUri| {
            let implicit = self.oauth_implicit.contains(&client.id);
            OAuthClient::new(&client.id, &client.uri, implicit)
        };
        let clients: Result<Vec<_>, InvalidClient> =
            self.oauth_client.iter().map(register).collect();
        Ok(SignIn::Pool {
            clients: clients.map_err(Contradiction::Client)?,
            lifetimes: Lifetimes {
                access: self.access_token_lifetime,
                implicit: self.implicit_token_lifetime,
                refresh: self.refresh_token_lifetime,
            },
        })
    }
}
