use super::*;
use crate::domain::command::Action;
use crate::domain::mail::files::FileRefusal;
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
fn b13_every_reason_why_a_file_is_left_out_is_told_in_every_language_with_the_same_limits() {
    let numbers = |text: &str| {
        let numbers = text.split(|c: char| !c.is_ascii_digit());
        numbers.filter(|n| !n.is_empty()).collect::<String>()
    };
    for reason in FileRefusal::ALL {
        for language in Language::ALL {
            let told = (language.phrases().left_out)(reason);
            assert!(is_sentence(told), "{reason:?}: {told}");
            assert_eq!(numbers(told), numbers(reason.explain()), "{told}");
        }
    }
    for language in Language::ALL {
        let all = FileRefusal::ALL.map(language.phrases().left_out);
        assert_eq!(Language::of_text(&all.join(" ")), Some(language));
    }
}

#[test]
fn a6_the_question_tells_in_every_language_what_the_link_does_and_what_to_mend() {
    for language in Language::ALL {
        let confirm = &language.phrases().confirm;
        assert!(confirm.subject.ends_with('?') && confirm.headline.ends_with('?'));
        assert!(confirm.how.contains("24"), "{}", confirm.how);
        for name in ["SPF", "DKIM", "DMARC"] {
            assert!(confirm.why.contains(name), "{}", confirm.why);
        }
        assert!(confirm.hints.into_iter().all(is_sentence));
        let all = confirm.hints.join(" ");
        assert_eq!(Language::of_text(&all), Some(language), "{all}");
    }
}

#[test]
fn p1_what_a_word_cannot_do_yet_is_told_in_every_language() {
    let actions = [
        Action::Publish,
        Action::Undo { turns: 1 },
        Action::Discard,
        Action::Continue,
    ];
    for language in Language::ALL {
        let told = actions.map(language.phrases().ends.not_yet);
        assert!(told.into_iter().all(is_sentence), "{told:?}");
        let all = told.join(" ");
        assert_eq!(Language::of_text(&all), Some(language), "{all}");
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
            ends.no_files,
            ends.forked,
            notes.arrived_because,
            notes.kept,
            phrases.help.how,
            phrases.help.threads,
            phrases.status.stopping_because,
            phrases.replying.reword,
            phrases.replying.again,
            phrases.replying.resend,
            phrases.confirm.headline,
            phrases.confirm.what,
            phrases.confirm.how,
            phrases.confirm.why,
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
