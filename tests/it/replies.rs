//! The sender's own words in a corpus of answers, as the clients of many people write them (B5 to B8, B10).
//!
//! In `tests/fixtures/mails/replies`, and in `old-replies` for clients of the years 1998 to 2018, `NAME.eml` is a mail,
//! `NAME.txt` the words of its sender, and `NAME.quoted.txt` holds sentences of others, one in each line, that must not be
//! among them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use hermes::domain::mail::{parse, visible};

/// Least share of mails whose words are exactly the sender's, but for white space.
const MIN_EXACT: f64 = 0.97;
/// Least mean of F1 over words.
const MIN_F1: f64 = 0.99;
/// Most mails that lose some of the sender's words: worse than letting others' in.
const MAX_LOST: usize = 1;
/// Most mails in which a sentence of somebody else is left.
const MAX_LEAKS: usize = 2;

/// How one mail was read.
struct Outcome {
    name: String,
    is_exact: bool,
    f1: f64,
    is_lost: bool,
    is_leak: bool,
}

#[test]
fn b7_the_words_of_senders_are_told_from_those_of_others() {
    check("replies");
}

#[test]
fn b7_b8_old_clients_lists_and_free_mailers() {
    check("old-replies");
}

#[track_caller]
fn check(corpus: &str) {
    let outcomes = outcomes(corpus);
    assert!(!outcomes.is_empty(), "the corpus is empty");
    let count = outcomes.len();
    let exact = ratio(outcomes.iter().filter(|o| o.is_exact).count(), count);
    let f1 = outcomes.iter().map(|o| o.f1).sum::<f64>() * ratio(1, count);
    let lost = outcomes.iter().filter(|o| o.is_lost).count();
    let leaks = outcomes.iter().filter(|o| o.is_leak).count();
    let report = format!(
        "{count} mails: {exact:.3} exact, F1 {f1:.3}, {lost} lost, {leaks} leaks\n{}",
        failures(&outcomes)
    );
    assert!(
        exact >= MIN_EXACT && f1 >= MIN_F1 && lost <= MAX_LOST && leaks <= MAX_LEAKS,
        "{report}"
    );
}

fn failures(outcomes: &[Outcome]) -> String {
    let failed = outcomes.iter().filter(|o| !o.is_exact || o.is_leak);
    let lines = failed.map(|o| {
        let lost = if o.is_lost { ", lost words" } else { "" };
        let leak = if o.is_leak { ", leaked" } else { "" };
        format!("{}: F1 {:.3}{lost}{leak}", o.name, o.f1)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn outcomes(corpus: &str) -> Vec<Outcome> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/mails")
        .join(corpus);
    let mut mails: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    mails.sort();
    mails.iter().map(|path| outcome(path)).collect()
}

fn outcome(path: &Path) -> Outcome {
    let mail = parse(&fs::read(path).unwrap()).unwrap();
    let found = one_line(&visible(&mail).text);
    let wanted = one_line(&fs::read_to_string(path.with_extension("txt")).unwrap());
    let others = fs::read_to_string(path.with_extension("quoted.txt")).unwrap_or_default();
    let shared = shared_words(&found, &wanted);
    Outcome {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        is_exact: found == wanted,
        f1: f1(&found, &wanted, shared),
        is_lost: shared < wanted.split(' ').filter(|word| !word.is_empty()).count(),
        is_leak: others
            .lines()
            .map(one_line)
            .any(|sentence| !sentence.is_empty() && found.contains(&sentence)),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shared_words(found: &str, wanted: &str) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in wanted.split_whitespace() {
        *left.entry(word).or_default() += 1;
    }
    found
        .split_whitespace()
        .filter(|word| match left.get_mut(word) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        })
        .count()
}

fn f1(found: &str, wanted: &str, shared: usize) -> f64 {
    let total = found.split_whitespace().count() + wanted.split_whitespace().count();
    if total == 0 {
        1.0
    } else {
        ratio(2 * shared, total)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}
