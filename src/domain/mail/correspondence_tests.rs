use proptest::prelude::*;

use super::*;

const START: Timestamp = Timestamp::from_secs(1_000_000);
const LONG: &str = "Please change the opening hours on the home page to 9 to 5.";

fn thread(n: usize) -> ThreadId {
    format!("thread{n}").parse().unwrap()
}

/// Words that no other mail has.
fn words(text: &str) -> Words<'_> {
    Words {
        visible: text,
        content: &[0; 32],
    }
}

fn at(minutes: u64) -> Timestamp {
    START + Duration::from_mins(minutes)
}

#[test]
fn l15_the_sixth_conversation_in_an_hour_is_held_until_the_first_is_an_hour_old() {
    let mut talks = Correspondence::default();
    for (n, now) in (0..5).map(at).enumerate() {
        assert_eq!(talks.check(None, words(LONG), now), Ok(()));
        talks.turn(&thread(n), "x", words(LONG), now);
    }
    let tripped = Tripped {
        limit: Limit::Begun,
        until: at(60),
    };
    assert_eq!(talks.check(None, words(LONG), at(5)), Err(tripped));
    assert_eq!(talks.check(None, words(LONG), at(59)), Err(tripped));
    assert_eq!(talks.check(None, words(LONG), at(60)), Ok(()));
    let first = thread(0);
    assert_eq!(
        talks.check(Some(&first), words("publish"), at(5)),
        Ok(()),
        "what has begun goes on"
    );
}

#[test]
fn l15_ninety_turns_in_an_hour_and_no_more() {
    let mut talks = Correspondence::default();
    let texts: Vec<String> = (0..91).map(|n| format!("{LONG} And {n}.")).collect();
    for (n, text) in texts.iter().take(90).enumerate() {
        let now = START + Duration::from_secs(n as u64);
        assert_eq!(talks.check(Some(&thread(1)), words(text), now), Ok(()));
        talks.turn(&thread(1), "x", words(text), now);
    }
    let tripped = talks.check(Some(&thread(1)), words(&texts[90]), at(2));
    assert_eq!(
        tripped,
        Err(Tripped {
            limit: Limit::Turns,
            until: at(60)
        })
    );
    assert_eq!(talks.check(Some(&thread(2)), words(LONG), at(2)), Ok(()));
    let json = serde_json::to_string(&talks).unwrap();
    assert!(json.len() < 6000, "{} bytes", json.len());
    assert_eq!(
        serde_json::from_str::<Correspondence>(&json).unwrap(),
        talks
    );
}

#[test]
fn l15_slow_machines_come_to_an_end_as_well() {
    // a turn every minute, and one every quarter of an hour
    for (pace, most, day) in [(1_u64, 200_u32, 1), (15, 500, 7)] {
        let mut talks = Correspondence::default();
        let mut taken = 0;
        let tripped = (0..1000_u64).find_map(|n| {
            let (now, text) = (at(n * pace), format!("{LONG} {n}"));
            let checked = talks.check(Some(&thread(1)), words(&text), now);
            if checked.is_ok() {
                talks.turn(&thread(1), "x", words(&text), now);
                taken += 1;
            }
            checked.err()
        });
        assert_eq!(taken, most);
        let tripped = tripped.unwrap();
        assert_eq!(tripped.limit, Limit::ManyTurns);
        assert_eq!(tripped.until, at(day * 24 * 60));
    }
}

#[test]
fn l15_the_third_equal_text_in_an_hour_is_one_too_many() {
    let mut talks = Correspondence::default();
    let again = LONG.to_uppercase().replace(' ', "\n ");
    for (now, text) in [(at(0), LONG), (at(20), again.as_str())] {
        assert_eq!(talks.check(Some(&thread(1)), words(text), now), Ok(()));
        talks.turn(&thread(1), "x", words(text), now);
    }
    let third = talks.check(Some(&thread(1)), words(LONG), at(40));
    assert_eq!(third.unwrap_err().limit, Limit::SameBody);
    assert_eq!(third.unwrap_err().until, at(60));
    assert_eq!(talks.check(Some(&thread(1)), words(LONG), at(61)), Ok(()));
}

#[test]
fn l15_a_command_is_repeated_below_other_quotes() {
    let mut talks = Correspondence::default();
    let say = |n: u8| Words {
        visible: "publish",
        content: &[[0; 32], [1; 32], [2; 32], [3; 32]][usize::from(n)],
    };
    for n in 0..4 {
        let now = at(u64::from(n));
        assert_eq!(talks.check(Some(&thread(1)), say(n), now), Ok(()));
        talks.turn(&thread(1), "x", say(n), now);
    }
    talks.turn(&thread(1), "x", say(0), at(5));
    assert!(talks.check(Some(&thread(1)), say(0), at(6)).is_err());
}

#[test]
fn l15_l19_answers_that_nobody_asked_for_are_few() {
    let mut talks = Correspondence::default();
    for n in 0..10_u64 {
        assert_eq!(talks.ack(&format!("subject {}", n / 2), at(n)), Ok(()));
    }
    let tripped = talks.ack("another", at(11)).unwrap_err();
    assert_eq!((tripped.limit, tripped.until), (Limit::Acks, at(180)));
    assert_eq!(talks.ack("another", at(180)), Ok(()));
    let same = talks.ack("subject 4", at(181)).unwrap_err();
    assert_eq!(same.until, at(188), "twice under one subject");
}

#[test]
fn l15_a_sender_is_told_once_a_day_that_mails_are_held() {
    let mut talks = Correspondence::default();
    assert!(talks.tell(at(0)) && !talks.tell(at(24 * 60)));
    assert!(talks.tell(at(25 * 60)));
}

#[test]
fn t8_a_subject_leads_to_its_one_conversation_for_seven_days() {
    let mut talks = Correspondence::default();
    talks.turn(&thread(1), "opening hours", words("a"), at(0));
    let found = |talks: &Correspondence, now| talks.by_subject("opening hours", now);
    assert_eq!(found(&talks, at(1)), SubjectMatch::One(thread(1)));
    assert_eq!(talks.by_subject("prices", at(1)), SubjectMatch::None);
    assert_eq!(found(&talks, at(7 * 24 * 60)), SubjectMatch::None);
    talks.turn(&thread(2), "opening hours", words("b"), at(2));
    assert_eq!(found(&talks, at(3)), SubjectMatch::Several);
    talks.turn(&thread(2), "prices", words("b"), at(4));
    assert!(talks.knows_subject(&thread(2), "prices"));
    assert!(!talks.knows_subject(&thread(1), "prices"));
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut talks = Correspondence::default();
    for n in 0..1000 {
        let subject = format!("subject {n}");
        talks.turn(&thread(n), &subject, words(&subject), at(0));
        talks.turn(&thread(1000), &subject, words(&subject), at(0));
    }
    assert_eq!(talks.talks.len(), MAX_TALKS);
    let last = talks.talks.last().unwrap();
    assert_eq!(last.subjects.len(), MAX_SUBJECTS);
    assert!(talks.knows_subject(&thread(1000), "subject 0"));
    assert!(talks.knows_subject(&thread(1000), "subject 999"));
    talks.turn(&thread(1000), "x", words("x"), at(61));
    assert!(
        talks
            .talks
            .iter()
            .map(|talk| talk.turns.len())
            .sum::<usize>()
            == 1
    );
}

proptest! {
    /// However mails come, no window holds more than the limits say.
    #[test]
    fn l15_no_window_ever_holds_more(gaps in prop::collection::vec(0_u64..30, 1..300), kinds in prop::collection::vec(0_usize..4, 300)) {
        let mut talks = Correspondence::default();
        let mut now = START;
        let mut begun: Vec<Timestamp> = Vec::new();
        let mut turns: Vec<Timestamp> = Vec::new();
        for (n, (gap, kind)) in gaps.iter().zip(&kinds).enumerate() {
            now = now + Duration::from_mins(*gap);
            let text = format!("{LONG} {n}");
            let to = (*kind > 0).then(|| thread(7));
            if talks.check(to.as_ref(), words(&text), now).is_ok() {
                talks.turn(&to.clone().unwrap_or_else(|| thread(1000 + n)), "x", words(&text), now);
                if to.is_some() { turns.push(now) } else { begun.push(now) }
            }
        }
        for (times, most) in [(&begun, MAX_BEGUN + 1), (&turns, MAX_TURNS)] {
            for window in times.windows(most + 1) {
                prop_assert!(window[most].since(window[0]) >= WINDOW);
            }
        }
    }
}
