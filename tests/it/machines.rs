//! How well machines are told from people, measured on mails as servers, clients and services write them.
//!
//! Each mail of `tests/fixtures/mails/machines` is written for this test, and `index.jsonl` says what it is. A mail that
//! is taken for something else is named, whether the floor of its kind holds or not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use hermes::domain::mail::{MachineKind, OwnIdentity, classify, parse};
use serde::Deserialize;

/// One line of the index.
#[derive(Deserialize)]
struct Entry {
    /// The file without `.eml`.
    name: String,
    /// `human`, `bounce`, `auto_reply`, `list` or `report`.
    kind: String,
    /// What is special about it.
    why: String,
}

/// Percent of each kind that must be recognised. A person who is taken for a machine is never answered: none may be.
const FLOORS: [(&str, usize); 5] = [
    ("human", 100),
    ("bounce", 99),
    ("auto_reply", 97),
    ("list", 97),
    ("report", 97),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails/machines")
}

fn entries() -> Vec<Entry> {
    fs::read_to_string(folder().join("index.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What a mail is taken for, and what told.
fn taken_for(entry: &Entry) -> (&'static str, String) {
    let own = OwnIdentity {
        hermes: "edit@hermes.example".parse().unwrap(),
        addresses: Vec::new(),
        instance: "hermes".to_owned(),
    };
    let raw = fs::read(folder().join(format!("{}.eml", entry.name))).unwrap();
    let mail = parse(&raw).unwrap();
    let Some(machine) = classify(&mail, &own) else {
        return ("human", String::new());
    };
    let kind = match machine.kind {
        MachineKind::AutoReply => "auto_reply",
        MachineKind::Bounce => "bounce",
        MachineKind::List => "list",
        MachineKind::Report => "report",
        MachineKind::Own => "own",
    };
    (kind, format!(" by {}: {}", machine.rule, machine.sign))
}

#[test]
fn machines_are_told_from_people() {
    let mut seen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in entries() {
        let (kind, told) = taken_for(&entry);
        let (right, all) = seen.entry(entry.kind.clone()).or_default();
        *all += 1;
        if kind == entry.kind {
            *right += 1;
        } else {
            wrong.push(format!(
                "{} ({}) is {}, taken for {kind}{told}",
                entry.name, entry.why, entry.kind
            ));
        }
    }
    println!("{}", wrong.join("\n"));
    for (kind, floor) in FLOORS {
        let (right, all) = seen.get(kind).copied().unwrap_or_default();
        println!("{kind}: {right} of {all}");
        assert!(
            all > 0 && right * 100 >= all * floor,
            "{kind}: {right} of {all} recognised, at least {floor} % expected\n{}",
            wrong.join("\n")
        );
    }
}
