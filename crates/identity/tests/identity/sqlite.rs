//! The pool on SQLite in a file, as it runs.

use std::sync::Arc;

use aizuchi_core::{accounts::Whereabouts, clock::Clock, identity::TokenVerifier};
use aizuchi_identity::{FIRST_PARTY, Pool, PoolError, SessionEvents};
use aizuchi_store_sqlite::{DataDir, Database};
use aizuchi_testkit::clock::ManualClock;

use crate::site::{Heard, PASSWORD, PUBLIC, settings};

async fn pool(
    accounts: Database,
    clock: &Arc<ManualClock>,
    heard: &Arc<Heard>,
) -> Arc<Pool<Database>> {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let heard = Arc::clone(heard) as Arc<dyn SessionEvents>;
    Arc::new(Pool::open(Arc::new(accounts), settings(PUBLIC), clock, heard).await.unwrap())
}

#[tokio::test]
async fn the_command_line_disables_beside_a_running_server() {
    let home = tempfile::tempdir().unwrap();
    let dir = DataDir::create(home.path()).unwrap();
    let (clock, heard) = (Arc::default(), Arc::default());
    let server = pool(Database::open(&dir).unwrap(), &clock, &heard).await;
    let command = pool(Database::administer(&dir).unwrap(), &clock, &Arc::default()).await;

    let user = server.add_user("Ada", PASSWORD).await.unwrap();
    let grant = server.begin(&user, FIRST_PARTY, Whereabouts::default()).await.unwrap();
    let verifier = server.verifier();
    assert!(verifier.verify(&grant.access_token).await.is_ok());

    command.disable("ada").await.unwrap();
    let token = grant.refresh_token.as_deref().unwrap();
    let refused = server.refresh(token, FIRST_PARTY, Whereabouts::default()).await;
    assert!(matches!(refused, Err(PoolError::SessionOver)), "at once");
    assert!(matches!(server.authenticate("ada", PASSWORD).await, Err(PoolError::Disabled)));
    server.ask_for_ended().await.unwrap();
    assert!(verifier.verify(&grant.access_token).await.is_err());
    assert_eq!(heard.take(), [(user.id, Some(grant.session))]);
}

#[tokio::test]
async fn people_sessions_and_keys_outlive_the_server() {
    let home = tempfile::tempdir().unwrap();
    let dir = DataDir::create(home.path()).unwrap();
    let (clock, heard) = (Arc::default(), Arc::default());
    let before = pool(Database::open(&dir).unwrap(), &clock, &heard).await;
    let user = before.add_user("太郎", PASSWORD).await.unwrap();
    let grant = before.begin(&user, FIRST_PARTY, Whereabouts::default()).await.unwrap();
    drop(before);

    let after = pool(Database::open(&dir).unwrap(), &clock, &heard).await;
    assert_eq!(after.user(&user.id).await.unwrap(), user);
    assert!(after.verifier().verify(&grant.access_token).await.is_ok());
    let token = grant.refresh_token.unwrap();
    let refreshed = after.refresh(&token, FIRST_PARTY, Whereabouts::default()).await.unwrap();
    let again = after.refresh(&token, FIRST_PARTY, Whereabouts::default()).await.unwrap();
    assert_eq!(refreshed.refresh_token, again.refresh_token);
}

#[tokio::test]
async fn tabs_that_race_get_one_successor() {
    let home = tempfile::tempdir().unwrap();
    let dir = DataDir::create(home.path()).unwrap();
    let pool = pool(Database::open(&dir).unwrap(), &Arc::default(), &Arc::default()).await;
    let user = pool.add_user("ada", PASSWORD).await.unwrap();
    let token = pool
        .begin(&user, FIRST_PARTY, Whereabouts::default())
        .await
        .unwrap()
        .refresh_token
        .unwrap();
    let (a, b, c) = tokio::join!(
        pool.refresh(&token, FIRST_PARTY, Whereabouts::default()),
        pool.refresh(&token, FIRST_PARTY, Whereabouts::default()),
        pool.refresh(&token, FIRST_PARTY, Whereabouts::default()),
    );
    let tokens = [a, b, c].map(|grant| grant.unwrap().refresh_token.unwrap());
    assert!(tokens.iter().all(|successor| *successor == tokens[0] && *successor != token));
}
