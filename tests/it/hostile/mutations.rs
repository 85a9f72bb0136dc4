//! Mails of the fixtures, damaged at random. `PROPTEST_CASES=1000000 cargo test hostile::mutations` looks for longer.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hermes::domain::journal::Verdict;
use hermes::domain::mail::MAX_INSTRUCTION;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::explained::explained;

/// What mails are damaged with.
const PIECES: [&[u8]; 28] = [
    b"\r\n",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"\t ",
    b"--",
    b"> ",
    b"=",
    b"=?utf-8?b?",
    b"?=",
    b"\"",
    b"<",
    b">",
    b"(",
    b"\xff\xfe",
    b"\xc3",
    b"\xf0\x9f\x98",
    b"\x1b$B",
    b"From: x@y.z\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"charset=utf-7",
    b"-----Original Message-----\r\n",
    b"<blockquote type=cite>",
    b"<div style=display:none>",
    b"On 1 Jan 2026, a <b@c.d> wrote:\r\n",
    b"(hermes-0123456789ab)",
];

/// One way to damage a mail.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Insert(Index, Index),
    Cut(Index, Index),
    Repeat(Index, Index, u8),
    Splice(Index, Index, Index),
    End(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        (index(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        (index(), index()).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (index(), index()).prop_map(|(from, to)| Damage::Cut(from, to)),
        (index(), index(), 2..40_u8).prop_map(|(from, to, times)| Damage::Repeat(from, to, times)),
        (index(), index(), index()).prop_map(|(at, mail, from)| Damage::Splice(at, mail, from)),
        index().prop_map(Damage::End),
    ]
}

/// Longest piece that is cut or repeated: mails stay mails.
const MAX_PIECE: usize = 400;

fn piece(raw: &[u8], from: Index, to: Index) -> std::ops::Range<usize> {
    let start = from.index(raw.len());
    start..(start + 1 + to.index(MAX_PIECE)).min(raw.len())
}

fn apply(damage: &Damage, raw: &mut Vec<u8>) {
    if raw.is_empty() {
        return;
    }
    match damage {
        Damage::Flip(at, byte) => *at.get_mut(raw) = *byte,
        Damage::Insert(at, which) => {
            let at = at.index(raw.len());
            raw.splice(at..at, which.get(&PIECES).iter().copied());
        }
        Damage::Cut(from, to) => {
            raw.drain(piece(raw, *from, *to));
        }
        Damage::Repeat(from, to, times) => {
            let range = piece(raw, *from, *to);
            let again = raw[range.clone()].repeat(usize::from(*times));
            raw.splice(range.end..range.end, again);
        }
        Damage::Splice(at, other, from) => {
            let other = other.get(&MAILS);
            let tail = &other[from.index(other.len())..];
            raw.truncate(at.index(raw.len()));
            raw.extend_from_slice(tail);
        }
        Damage::End(at) => raw.truncate(at.index(raw.len())),
    }
}

static MAILS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails");
    let mut mails = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                mails.push(std::fs::read(path).unwrap());
            }
        }
    }
    assert!(mails.len() > 100, "the fixtures are there");
    mails
});

proptest! {
    #[test]
    fn a_damaged_mail_gets_a_verdict(mail in any::<Index>(), damages in vec(damage(), 1..12)) {
        let mut raw = mail.get(&MAILS).clone();
        for damage in &damages {
            apply(damage, &mut raw);
        }
        let told = explained(&raw);
        prop_assert!(told.instruction.len() <= MAX_INSTRUCTION);
        prop_assert!(!told.instruction.contains('\0') && !told.subject.contains(['\r', '\n', '\0']));
        prop_assert_eq!(told.is_auto && told.verdict == Verdict::Instruct, false);
        prop_assert_eq!(told.from.is_none() && told.verdict == Verdict::Instruct, false);
        for file in &told.attachments {
            prop_assert!(!file.name.contains(['/', '\\', '\0']) && !file.name.is_empty());
        }
        prop_assert_eq!(explained(&raw), told, "the same mail, the same decision");
    }
}
