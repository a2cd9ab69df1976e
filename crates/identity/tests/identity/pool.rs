//! The pool itself: what an administrator does, and several processes on one store.

use std::sync::Arc;

use aizuchi_core::{
    accounts::{Accounts, Whereabouts},
    identity::TokenVerifier,
};
use aizuchi_identity::{FIRST_PARTY, PoolError, limits::SESSIONS_A_USER};

use crate::site::{PASSWORD, PUBLIC, Site, settings};

#[tokio::test]
async fn an_administrator_adds_lists_and_resets() {
    let site = Site::new().await;
    for name in ["Cleo", "ada", "Bea"] {
        site.pool.add_user(name, PASSWORD).await.unwrap();
    }
    let names = async |after| {
        let page = site.pool.users(after, 2).await.unwrap();
        page.iter().map(|user| user.username.shown().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None).await, ["ada", "Bea"]);
    assert_eq!(names(Some("BEA")).await, ["Cleo"]);

    site.pool.reset_password("ADA", "another long password").await.unwrap();
    let old = site.pool.authenticate("ada", PASSWORD).await;
    assert!(matches!(old, Err(PoolError::WrongCredentials)));
    assert!(site.pool.authenticate("ada", "another long password").await.is_ok());

    let short = site.pool.reset_password("ada", "short").await;
    assert!(matches!(short, Err(PoolError::Password(_))));
    for nobody in ["dora", "a b"] {
        let reset = site.pool.reset_password(nobody, PASSWORD).await;
        assert!(matches!(reset, Err(PoolError::NobodyNamed)), "{nobody}");
        assert!(matches!(site.pool.disable(nobody).await, Err(PoolError::NobodyNamed)));
        assert!(matches!(site.pool.enable(nobody).await, Err(PoolError::NobodyNamed)));
    }
}

#[tokio::test]
async fn a_reset_password_ends_every_session() {
    let site = Site::new().await;
    let token = site.sign_up("ada").await.text("token");
    site.pool.reset_password("ada", "another long password").await.unwrap();
    assert!(site.verifier.verify(&token).await.is_err());
    assert_eq!(site.heard.take().len(), 1);
}

#[tokio::test]
async fn what_another_process_ends_is_heard() {
    let server = Site::new().await;
    let token = server.sign_up("ada").await.text("token");
    let command =
        Site::on(Arc::clone(&server.accounts), Arc::clone(&server.clock), settings(PUBLIC)).await;
    command.pool.disable("ada").await.unwrap();
    assert!(server.verifier.verify(&token).await.is_ok(), "it has not asked yet");

    server.clock.advance(2_000);
    server.pool.ask_for_ended().await.unwrap();
    assert!(server.verifier.verify(&token).await.is_err());
    assert_eq!(server.heard.take().len(), 1);
    server.pool.ask_for_ended().await.unwrap();
    assert_eq!(server.heard.take().len(), 1, "for sockets that were being let in meanwhile");
    server.clock.advance(30_000);
    server.pool.ask_for_ended().await.unwrap();
    assert!(server.heard.take().is_empty(), "but not for ever");
}

#[tokio::test]
async fn a_restart_forgets_no_ended_session_and_changes_no_key() {
    let before = Site::new().await;
    let ended = before.sign_up("ada").await;
    let live = before.sign_up("bea").await.text("token");
    before.post("/api/auth/signout").cookie(&ended.cookie("aizuchi_refresh")).send().await;

    let after =
        Site::on(Arc::clone(&before.accounts), Arc::clone(&before.clock), settings(PUBLIC)).await;
    assert!(after.verifier.verify(&live).await.is_ok());
    assert!(after.verifier.verify(&ended.text("token")).await.is_err());
    assert_eq!(after.accounts.signing_keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_person_has_a_limited_number_of_sessions() {
    let site = Site::new().await;
    let user = site.pool.add_user("ada", PASSWORD).await.unwrap();
    let first = site.pool.begin(&user, FIRST_PARTY, Whereabouts::default()).await.unwrap();
    for _ in 0..SESSIONS_A_USER {
        site.clock.advance(1);
        site.pool.begin(&user, FIRST_PARTY, Whereabouts::default()).await.unwrap();
    }
    assert_eq!(site.heard.take(), [(user.id, Some(first.session))]);
    assert!(site.verifier.verify(&first.access_token).await.is_err());
}
