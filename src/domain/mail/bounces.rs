//! Letters that came back, and when an address gets no more of them (L16, L17).

use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{InboundMail, MessageId, bounce_of};
use crate::domain::ids::ReplyId;
use crate::domain::time::Timestamp;

/// The score at which an address gets no more mail (L17; Discourse).
const STOP_AT: u32 = 4;
/// What a failure adds that may pass, and one that will not (L17).
const SOFT: u32 = 1;
const HARD: u32 = 2;
/// After this time without a bounce all is forgotten (L17).
pub const FORGIVEN: Duration = Duration::from_hours(24 * 30);
/// Most letters whose bounces are told apart.
const MAX_COUNTED: usize = 16;
/// Bytes of a part in which a status is looked for.
const MAX_LOOK: usize = 64 * 1024;

/// What a bounce says of the letter that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Ids by which the letter may be known.
    pub ids: Vec<MessageId>,
    /// What it adds to the score of its address.
    pub points: u32,
}

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static PERMANENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)(?:^|[\s#(])5\.[0-9]{1,3}\.[0-9]{1,3}\b").unwrap());

/// What a mail that is a bounce says of the letter that came back.
pub fn returned(mail: &InboundMail) -> Returned {
    if let Some(about) = bounce_of(mail) {
        return Returned {
            points: about.severity.points(),
            ids: about.ids,
        };
    }
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    let is_permanent = |bytes: &[u8]| {
        let head = bytes.get(..MAX_LOOK).unwrap_or(bytes);
        PERMANENT.is_match(&String::from_utf8_lossy(head))
    };
    let parts = mail.attachments.iter().map(|part| part.content.as_slice());
    let is_hard = [mail.body.text.as_bytes()]
        .into_iter()
        .chain(parts)
        .any(is_permanent);
    Returned {
        ids: ids.cloned().collect(),
        points: if is_hard { HARD } else { SOFT },
    }
}

/// How often mail to an address came back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BounceScore {
    score: u32,
    last: Option<Timestamp>,
    /// What the last letters have added: servers report one letter several times.
    counted: Vec<(ReplyId, u32)>,
}

impl BounceScore {
    /// Counts a bounce; false when that letter has counted as much before.
    pub fn add(&mut self, reply: &ReplyId, points: u32, now: Timestamp) -> bool {
        if self.last.is_some_and(|last| now >= last + FORGIVEN) {
            *self = Self::default();
        }
        let before = self.counted.iter().position(|(known, _)| known == reply);
        let before = before.map_or(0, |at| self.counted.remove(at).1);
        self.counted.push((reply.clone(), before.max(points)));
        let over = self.counted.len().saturating_sub(MAX_COUNTED);
        self.counted.drain(..over);
        let added = points.saturating_sub(before);
        self.score = self.score.saturating_add(added);
        if added > 0 {
            self.last = Some(now);
        }
        added > 0
    }

    /// Until when the address gets no mail, if it gets none now.
    pub fn stopped_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.last? + FORGIVEN;
        (self.score >= STOP_AT && now < until).then_some(until)
    }
}

/// Whether what a bounce adds is that of a failure that will not pass.
pub const fn is_hard(points: u32) -> bool {
    points >= HARD
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::parse;

    const START: Timestamp = Timestamp::from_secs(1_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn reply(n: u32) -> ReplyId {
        format!("cmd-{n}").parse().unwrap()
    }

    #[test]
    fn l17_two_hard_or_four_soft_bounces_stop_an_address_for_a_month() {
        for (points, bounces) in [(HARD, 2), (SOFT, 4)] {
            let mut score = BounceScore::default();
            for n in 0..bounces {
                assert_eq!(score.stopped_until(START), None);
                assert!(score.add(&reply(n), points, START + DAY * n));
            }
            let last = START + DAY * (bounces - 1);
            assert_eq!(score.stopped_until(last), Some(last + FORGIVEN));
            assert_eq!(score.stopped_until(last + FORGIVEN), None);
            assert!(score.add(&reply(9), HARD, last + FORGIVEN));
            assert_eq!(score.stopped_until(last + FORGIVEN), None, "forgiven");
        }
    }

    #[test]
    fn l17_one_letter_counts_once_however_often_it_is_reported() {
        let mut score = BounceScore::default();
        for (points, counts) in [(SOFT, true), (SOFT, false), (HARD, true), (HARD, false)] {
            assert_eq!(score.add(&reply(1), points, START), counts);
        }
        assert_eq!(score.score, HARD);
        let json = serde_json::to_string(&score).unwrap();
        assert_eq!(serde_json::from_str::<BounceScore>(&json).unwrap(), score);
    }

    #[test]
    fn l17_a_status_says_whether_it_passes() {
        for (body, points) in [
            ("<a@b.c>: host mx.b.c said: 550 5.1.1 User unknown", HARD),
            ("Status: 5.2.2", HARD),
            ("#5.7.1 smtp; denied", HARD),
            ("Delivery is delayed: 4.4.1 no answer from 15.1.1.2", SOFT),
            ("It did not work.", SOFT),
        ] {
            let raw = format!("From: mailer-daemon@b.c\nIn-Reply-To: <x@y>\n\n{body}");
            let found = returned(&parse(raw.as_bytes()).unwrap());
            assert_eq!((found.points, found.ids.len()), (points, 1), "{body}");
        }
    }
}
