//! Who may depend on whom.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// For each crate of the house, those that it may use. A crate that is not here fails.
const MAY_USE: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("core", &[]),
    ("gateway", &["core", "wire"]),
    ("testkit", &["core"]),
    ("store-sqlite", &["core"]),
    ("store-dynamodb", &["core"]),
    ("push-apigw", &["core", "gateway"]),
    ("push-web", &["core", "gateway", "outbound"]),
    ("push-hooks", &["core", "gateway", "outbound"]),
    ("identity", &["core", "outbound", "wire"]),
    ("estimate", &[]),
    ("outbound", &[]),
    ("media", &[]),
    ("files-local", &["core"]),
    ("files-s3", &["core"]),
    ("api", &["core", "estimate", "gateway", "identity", "media", "wire"]),
    ("server", &["api", "core", "gateway", "identity", "wire"]),
    ("client", &["wire"]),
    ("behaviour", &["wire"]),
    // The composition root of the one binary.
    (
        "cli",
        &[
            "api",
            "client",
            "core",
            "estimate",
            "files-local",
            "gateway",
            "identity",
            "outbound",
            "push-hooks",
            "push-web",
            "server",
            "store-dynamodb",
            "store-sqlite",
            "wire",
        ],
    ),
    // The composition root of the serverless shape.
    (
        "lambda",
        &[
            "api",
            "core",
            "gateway",
            "identity",
            "outbound",
            "push-apigw",
            "push-web",
            "store-dynamodb",
            "wire",
        ],
    ),
    ("xtask", &["wire"]),
];

/// All that `core` may use from outside: nothing that does I/O.
const CORE_MAY_USE: &[&str] = &[
    "getrandom",
    "percent-encoding",
    "sha2",
    "thiserror",
    "unicode-normalization",
    "unicode-properties",
    "unicode-segmentation",
];

/// All that `wire` may use from outside.
const WIRE_MAY_USE: &[&str] = &["schemars", "serde", "serde_json", "ts-rs"];

/// What each crate of the workspace needs to run, by its short name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = crate::root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let short = |name: &str| name.strip_prefix("aizuchi-").unwrap_or(name).to_owned();
    let of = |package: &cargo_metadata::Package| {
        let needed = package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal);
        needed.map(|one| short(&one.name)).collect()
    };
    metadata.packages.iter().map(|package| (short(&package.name), of(package))).collect()
}

#[test]
fn crates_use_only_what_they_may() {
    let all = dependencies();
    let house: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    for (name, used) in &all {
        let Some((_, may)) = MAY_USE.iter().find(|(known, _)| known == name) else {
            panic!("{name} is new: say in xtask/src/house.rs what it may use");
        };
        for one in used.iter().filter(|one| house.contains(one.as_str())) {
            assert!(may.contains(&one.as_str()), "{name} must not use {one}");
        }
    }
    assert_eq!(all.len(), house.len(), "xtask/src/house.rs names a crate that is gone");
}

#[test]
fn core_and_wire_do_no_io() {
    let all = dependencies();
    for (name, may) in [("core", CORE_MAY_USE), ("wire", WIRE_MAY_USE)] {
        for one in &all[name] {
            assert!(may.contains(&one.as_str()), "{name} must not use {one}");
        }
    }
}

/// How names of adapters begin.
const ADAPTERS: [&str; 3] = ["store-", "push-", "files-"];

#[test]
fn only_the_composition_roots_know_adapters() {
    for (name, used) in dependencies() {
        let adapters = used.iter().filter(|one| ADAPTERS.iter().any(|kind| one.starts_with(kind)));
        let is_root = matches!(&*name, "cli" | "lambda");
        assert!(is_root || adapters.count() == 0, "{name} must not know an adapter");
    }
}
