use super::*;
use crate::domain::mail::{Language, RefusalReason};
use crate::domain::time::Timestamp;

fn is_sentence(text: &str) -> bool {
    text.ends_with(['.', '?']) && !text.contains("  ") && text.trim() == text
}

#[test]
fn p1_a_word_that_is_offered_is_named_as_it_is_to_be_written() {
    for language in Language::ALL {
        for word in Word::ALL {
            let phrases = language.phrases();
            let (word, hint) = (phrases.word(word), phrases.hint(word));
            assert!(
                hint.to_lowercase().contains(word) && is_sentence(hint),
                "{hint}"
            );
            assert!(
                word.chars().count() <= 40 && word == word.to_lowercase(),
                "{word}"
            );
        }
    }
}

#[test]
fn every_reason_is_told_in_every_language_and_says_what_to_do() {
    for language in Language::ALL {
        for reason in RefusalReason::ALL {
            let told = (language.phrases().refused)(reason);
            for text in [told.headline, told.because, told.hint] {
                assert!(is_sentence(text), "{reason:?}: {text}");
            }
        }
    }
}

#[test]
fn phrases_are_in_the_language_that_they_are_for() {
    for language in Language::ALL {
        let phrases = language.phrases();
        let (ends, notes) = (&phrases.ends, &phrases.notes);
        for text in [
            ends.made_unseen,
            ends.unclear,
            ends.red,
            ends.red_because,
            ends.stopped,
            ends.crashed,
            ends.never_started,
            notes.arrived_because,
            notes.kept,
            phrases.help.how,
            phrases.help.threads,
            phrases.status.stopping_because,
            phrases.replying.reword,
            phrases.replying.again,
        ] {
            assert!(is_sentence(text), "{text}");
            assert_eq!(Language::of_text(text), Some(language), "{text}");
        }
    }
}

#[test]
fn one_is_not_written_like_many() {
    for language in Language::ALL {
        let phrases = language.phrases();
        for says in [phrases.status.others, phrases.labels.more] {
            assert!(says(7).contains('7'));
            assert!(!says(1).is_empty());
        }
        assert!(!(phrases.status.others)(1).contains('1'));
    }
}

#[test]
fn a_minute_is_written_as_people_write_it() {
    let at = Timestamp::from_millis(1_795_271_261_602);
    let written = Language::ALL.map(|language| language.minute(at));
    assert_eq!(
        written,
        [
            "14:27 UTC on 21 November 2026",
            "21. November 2026, 14:27 Uhr (UTC)",
            "21 novembre 2026 à 14\u{a0}h\u{a0}27 (UTC)",
            "21 de noviembre de 2026 a las 14:27 (UTC)",
        ]
    );
}
