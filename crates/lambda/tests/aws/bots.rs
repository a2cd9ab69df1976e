//! Bots, whose keys are made in the table as `aizuchi user key` makes them.

use aizuchi_behaviour::{World, hold, laws};
use aizuchi_core::bots::{Bots as _, KeyName};
use aizuchi_identity::{add_bot, make_key};
use aizuchi_store_dynamodb::{Access, Settings, Store, Table};

use crate::{permissions::Aws, stack};

#[test]
fn a_key_speaks_for_its_bot() {
    let stack = stack::shared();
    let aws = Aws::of(stack);
    let tables = aws.run(&["dynamodb", "list-tables"]);
    let table = tables["TableNames"][0].as_str().unwrap().to_owned();
    hold(&stack.target, async |world: World| {
        let access = Access::from_environment(|name| match name {
            "AWS_REGION" => Some("ap-northeast-1".to_owned()),
            "AWS_ENDPOINT_URL" => Some(aws.address().to_owned()),
            "AWS_SESSION_TOKEN" | "AWS_ENDPOINT_URL_DYNAMODB" => None,
            _ => Some("test".to_owned()),
        });
        let store = Store::new(Table::new(&access.unwrap(), &table), Settings::default());
        let bot = add_bot(&store, "law-bot").await.unwrap().user;
        let [a, b] = ["a", "b"].map(|name| KeyName::parse(name).unwrap());
        let (good, _) = make_key(&store, &bot, a, 1, None).await.unwrap();
        let (revoked, key) = make_key(&store, &bot, b, 1, None).await.unwrap();
        assert!(store.revoke_key(&bot, &key.name, 2).await.unwrap().is_some());
        laws::bots::a_key_speaks_for_its_bot(world, &good, &revoked).await;
    });
}
