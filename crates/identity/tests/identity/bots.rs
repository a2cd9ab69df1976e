//! Bots' keys beside people's tokens.

use std::sync::Arc;

use aizuchi_core::{
    bots::{Bots as _, KeyName},
    clock::Clock as _,
    directory::Directory as _,
    error::PortError,
    identity::{TokenError, TokenVerifier},
    ids::UserId,
};
use aizuchi_identity::{
    IssuerSettings, KEY_PREFIX, NewBotError, Verifier, WithKeys, add_bot, make_key,
};
use aizuchi_store_sqlite::{DataDir, Database};
use aizuchi_testkit::clock::ManualClock;

const HOUR: u64 = 60 * 60 * 1_000;

/// A store with a bot, and whatever verifies its keys.
struct World {
    store: Database,
    clock: Arc<ManualClock>,
    callers: WithKeys<Database>,
    bot: UserId,
    _home: tempfile::TempDir,
}

async fn world() -> World {
    // Refused where the process has one already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let home = tempfile::tempdir().unwrap();
    let store = Database::open(&DataDir::create(home.path()).unwrap()).unwrap();
    let clock = Arc::new(ManualClock::default());
    clock.set(1_700_000_000_000);
    let issuer = IssuerSettings {
        issuer: "https://issuer.example".to_owned(),
        jwks_url: None,
        audiences: Vec::new(),
    };
    let people = Arc::new(Verifier::of_issuer(issuer, clock.clone()).unwrap());
    let bot = add_bot(&store, "Helper").await.unwrap().user;
    let callers = WithKeys::new(people, store.clone(), clock.clone());
    World { store, clock, callers, bot, _home: home }
}

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

#[tokio::test]
async fn a_key_is_its_bot_until_it_expires() {
    let World { store, clock, callers, bot, _home } = world().await;
    let now = clock.now_ms();
    let until = Some(now + 2 * HOUR);
    let (secret, key) = make_key(&store, &bot, name("a"), now, until).await.unwrap();
    let who = callers.verify(&secret).await.unwrap();
    assert_eq!((&who.user, &*who.username), (&bot, "Helper"));
    assert_eq!((who.session, who.expires_at), (Some(key.session()), now + 2 * HOUR));

    clock.set(now + 2 * HOUR - 1);
    assert!(callers.verify(&secret).await.is_ok());
    clock.set(now + 2 * HOUR);
    assert!(matches!(callers.verify(&secret).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_use_is_noted_to_the_hour() {
    let World { store, clock, callers, bot, _home } = world().await;
    let now = clock.now_ms();
    let (secret, key) = make_key(&store, &bot, name("a"), now, None).await.unwrap();
    let used = async || store.key(key.hash).await.unwrap().unwrap().last_used_at;
    assert_eq!(used().await, None);
    for (later, noted) in
        [(0, now), (HOUR - 1, now), (HOUR, now + HOUR), (2 * HOUR - 1, now + HOUR)]
    {
        clock.set(now + later);
        callers.verify(&secret).await.unwrap();
        assert_eq!(used().await, Some(noted), "{later}");
    }
}

#[tokio::test]
async fn what_is_no_key_of_a_bot_is_refused() {
    let World { store, clock, callers, bot, _home } = world().await;
    let (secret, key) = make_key(&store, &bot, name("a"), clock.now_ms(), None).await.unwrap();
    let near = if secret.ends_with('A') { 'E' } else { 'A' };
    let near = format!("{}{near}", &secret[..secret.len() - 1]);
    let bare = &secret[KEY_PREFIX.len()..];
    for bad in [KEY_PREFIX, bare, &near, &secret.to_uppercase(), &format!("{secret}A"), ""] {
        let refused = callers.verify(bad).await;
        assert!(matches!(refused, Err(TokenError::Refused(_))), "{bad}: {refused:?}");
    }
    store.revoke_key(&bot, &key.name, 1).await.unwrap();
    assert!(matches!(callers.verify(&secret).await, Err(TokenError::Refused(_))));

    let (secret, _) = make_key(&store, &bot, name("b"), clock.now_ms(), None).await.unwrap();
    store.delete(&bot, 1).await.unwrap();
    assert!(matches!(callers.verify(&secret).await, Err(TokenError::Refused(_))), "nobody's");
}

#[tokio::test]
async fn a_bots_name_is_nobody_elses() {
    let World { store, bot, _home, .. } = world().await;
    let taken = add_bot(&store, "helper").await;
    assert!(matches!(taken, Err(NewBotError::Taken)), "{taken:?}");
    let wrong = add_bot(&store, "no name").await;
    assert!(matches!(wrong, Err(NewBotError::Name(_))), "{wrong:?}");
    store.delete(&bot, 1).await.unwrap();
    assert!(matches!(add_bot(&store, "helper").await, Err(NewBotError::Taken)), "for good");
    let (_, key) = make_key(&store, &bot, name("a"), 1, None).await.unwrap();
    let again = make_key(&store, &key.user, name("a"), 1, None).await;
    assert!(matches!(again, Err(PortError::Conflict)), "{again:?}");
}
