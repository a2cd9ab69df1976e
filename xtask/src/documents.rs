//! What the documents say against what the code does.

use std::{collections::BTreeSet, fs};

use aizuchi_wire::{ClientFrame, CloseCode, ErrorCode};

fn document(name: &str) -> String {
    fs::read_to_string(crate::root().join(name)).unwrap()
}

/// The first cells of the tables that begin with this header.
fn first_cells(text: &str, header: &str) -> BTreeSet<String> {
    let (_, table) = text.split_once(header).unwrap_or_else(|| panic!("no table «{header}»"));
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cell = |row: &str| row.split('|').nth(1).unwrap_or_default().trim().replace('`', "");
    rows.map(cell).collect()
}

#[test]
fn the_error_codes_are_listed() {
    let listed = first_cells(&document("docs/protocol.md"), "| code | HTTP | meaning |");
    let all = ErrorCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(listed, all);
    for code in ErrorCode::ALL {
        let row = format!("| `{}` | {} |", code.as_str(), code.status());
        assert!(document("docs/protocol.md").contains(&row), "{row}");
    }
}

#[test]
fn the_close_codes_are_listed() {
    let text = document("docs/protocol.md");
    for code in CloseCode::ALL {
        let row = format!("| {} | {} |", code.number(), code.name());
        assert!(text.contains(&row), "{row}");
    }
    let listed = first_cells(&text, "| code | name | what a client does |");
    assert_eq!(listed.len(), CloseCode::ALL.len());
}

#[test]
fn every_action_is_described() {
    let text = document("docs/protocol.md");
    for action in ClientFrame::ACTIONS {
        assert!(
            text.contains(&format!("`{action}`")) || text.contains(&format!("\"{action}\"")),
            "{action}"
        );
    }
}

#[test]
fn links_lead_somewhere() {
    let root = crate::root();
    for name in [
        "README.md",
        "README.ja.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/protocol.md",
        "docs/http.md",
        "docs/operating.md",
        "docs/security.md",
        "docs/moving.md",
        "docs/numbers.md",
        "docs/terminal.md",
        "docs/aws.md",
        "docs/capacity.md",
        "docs/costs.md",
    ] {
        let folder = root.join(name);
        let folder = folder.parent().unwrap();
        for part in document(name).split("](").skip(1) {
            let Some((target, _)) = part.split_once(')') else { continue };
            let target = target.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{name} links to {target}");
            }
        }
    }
}
