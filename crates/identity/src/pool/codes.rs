//! Authorization codes: single use, with PKCE.

use std::sync::Arc;

use aizuchi_core::accounts::{
    Accounts, AuthorizationCode, FamilyId, Rotation, SessionId, User, Whereabouts,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Pool, PoolError, sessions::Grant, sessions::is_live};
use crate::{
    limits::CODE_MS,
    secret::{RefreshToken, base64url, code_hash, new_code, random_id},
    settings::OAuthClient,
};

/// What a client asked to be given a code for.
#[derive(Debug, Clone, Copy)]
pub struct CodeRequest<'a> {
    /// The client and where the code goes.
    pub client: &'a OAuthClient,
    /// PKCE, S256.
    pub challenge: &'a str,
    /// For the id token.
    pub nonce: Option<&'a str>,
}

impl<A: Accounts> Pool<A> {
    /// A code for `user`, and the session that it will open. The session is
    /// there from now on, and ends with the code unless that is exchanged; so
    /// whatever ends sessions reaches it too.
    pub async fn issue_code(
        &self,
        user: &User,
        request: CodeRequest<'_>,
        from: Whereabouts,
    ) -> Result<(String, SessionId), PoolError> {
        let unknown = RefreshToken::new(FamilyId(random_id()));
        let session =
            self.store_session(user, request.client.id(), from, &unknown, CODE_MS).await?;
        let (code, hash) = new_code();
        let stored = AuthorizationCode {
            hash,
            session: session.id,
            client: Arc::clone(&session.client),
            redirect_uri: request.client.redirect_uri().into(),
            challenge: request.challenge.into(),
            nonce: request.nonce.map(Into::into),
            expires_at: session.expires_at,
        };
        self.accounts.add_code(&stored).await?;
        Ok((code, session.id))
    }

    /// Exchanges a code, and gives its nonce back. A code that comes a second
    /// time ends the session that the first one opened.
    pub async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        client: &str,
        redirect_uri: &str,
    ) -> Result<(Grant, Option<Arc<str>>), PoolError> {
        let hash = code_hash(code).ok_or(PoolError::CodeRefused)?;
        let taken = self.accounts.take_code(hash).await?.ok_or(PoolError::CodeRefused)?;
        let code = taken.code;
        let session = self.accounts.session(code.session).await?.ok_or(PoolError::CodeRefused)?;
        if taken.again {
            tracing::warn!(user = %session.user, "a used code came again: its session is ended");
            self.end(&session).await?;
            return Err(PoolError::CodeRefused);
        }
        let now = self.clock.now_ms();
        let asked = *code.client == *client && *code.redirect_uri == *redirect_uri;
        // Until it is exchanged, the session lives just as long as the code.
        if !asked || !is_live(&session, now) {
            return Err(PoolError::CodeRefused);
        }
        if !proves(verifier, &code.challenge) {
            return Err(PoolError::CodeRefused);
        }
        let token = RefreshToken::new(session.family);
        let first = Rotation {
            current: token.hash(),
            used: Vec::new(),
            // Where the person signed in tells more than where his code is exchanged.
            from: Whereabouts::default(),
            last_used_at: now,
            expires_at: now.saturating_add(self.refresh_ms()),
        };
        if !self.accounts.rotate(session.id, session.current, &first).await? {
            return Err(PoolError::CodeRefused);
        }
        let user = self.accounts.user(&session.user).await?.ok_or(PoolError::CodeRefused)?;
        let grant = self.grant(&user, &session, Some(&token), self.settings.lifetimes.access)?;
        Ok((grant, code.nonce))
    }
}

/// Whether a PKCE verifier (RFC 7636) is that of the challenge.
fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    let well_formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    let proof = base64url(&Sha256::digest(verifier));
    well_formed && bool::from(proof.as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::proves;

    #[test]
    fn the_rfcs_example_proves() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(&verifier.replace('d', "e"), challenge));
        assert!(!proves(challenge, challenge), "the plain method is not offered");
        assert!(!proves("short", challenge));
    }
}
