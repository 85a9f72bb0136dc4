//! The round: every look at once, each with its deadline.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use crate::cli::Findings;
use crate::domain::check::Check;

/// Longest that one topic may take. Above the deadlines of the calls in it, so that their own words are told.
const DEADLINE: Duration = Duration::from_secs(40);

/// One topic: its name, and the look that has not begun yet.
pub(super) type Look<'a> = (&'static str, BoxFuture<'a, Vec<Check>>);

/// Makes every look at the same time, and tells how many are done. One that takes too long is unknown, and keeps no other
/// from being made.
pub(super) async fn make(
    looks: Vec<Look<'_>>,
    mut progress: impl FnMut(usize, usize),
) -> Vec<Findings> {
    let total = looks.len();
    progress(0, total);
    let mut open: FuturesUnordered<_> = looks
        .into_iter()
        .enumerate()
        .map(|(place, (topic, look))| async move {
            let found = tokio::time::timeout(DEADLINE, look).await;
            (
                place,
                topic,
                found.unwrap_or_else(|_elapsed| vec![late(topic)]),
            )
        })
        .collect();
    let mut done = Vec::with_capacity(total);
    while let Some(found) = open.next().await {
        done.push(found);
        progress(done.len(), total);
    }
    done.sort_by_key(|(place, ..)| *place);
    let findings = done.into_iter();
    findings
        .map(|(_, topic, checks)| Findings { topic, checks })
        .collect()
}

fn late(topic: &str) -> Check {
    Check::unknown(
        topic,
        format!("no answer within {} s", DEADLINE.as_secs()),
        "see that it can be reached from here (network, proxy), and ask again",
    )
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::domain::check::CheckState;

    #[tokio::test(start_paused = true)]
    async fn a_look_that_hangs_is_unknown_and_keeps_no_other_from_being_made() {
        let hangs = std::future::pending().boxed();
        let quick = async { vec![Check::ok("b", "fine")] }.boxed();
        let mut told = Vec::new();
        let looks: Vec<Look<'_>> = vec![("a", hangs), ("b", quick)];
        let findings = make(looks, |done, total| told.push((done, total))).await;
        assert_eq!(told, [(0, 2), (1, 2), (2, 2)]);
        let states: Vec<_> = findings
            .iter()
            .map(|found| (found.topic, found.checks[0].state))
            .collect();
        assert_eq!(states, [("a", CheckState::Unknown), ("b", CheckState::Ok)]);
        assert_eq!(findings[0].checks[0].detail, "no answer within 40 s");
    }
}
