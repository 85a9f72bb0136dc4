//! The loops that act on the records, whatever the backend.

use std::sync::Arc;
use std::time::Duration;

use super::opened::{Cadence, ResultsLoop};
use super::services::Services;
use crate::runtime::{Periodic, Spawner, Stage};
use crate::services::listening::Listening;

/// Between two deletions of what has been kept long enough.
const PURGE: Duration = Duration::from_mins(10);

/// Between two looks at who waits; nothing is read unless somebody does.
const NOTES: Duration = Duration::from_secs(2);

/// Starts what acts on the records.
pub(super) fn spawn(spawner: &Spawner, services: &Services, cadence: Cadence) {
    let nudges = &services.nudges;
    let reconciler = Arc::clone(&services.reconciler);
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("reconciler", cadence.reconcile).nudged_by(Arc::clone(&nudges.reconcile)),
        move || {
            let reconciler = Arc::clone(&reconciler);
            async move { reconciler.tick().await }
        },
    );
    spawn_results(spawner, services, cadence.results);
    let replies = Arc::clone(&services.replies);
    spawner.spawn_periodic(
        Stage::Finishing,
        Periodic::every("replies", cadence.replies).nudged_by(Arc::clone(&nudges.replies)),
        move || {
            let replies = Arc::clone(&replies);
            async move { replies.tick().await }
        },
    );
    let notes = Arc::clone(&services.notes);
    spawner.spawn_periodic(Stage::Intake, Periodic::every("notes", NOTES), move || {
        let notes = Arc::clone(&notes);
        async move { notes.tick().await }
    });
    let sweeper = Arc::clone(&services.sweeper);
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("sweeper", cadence.sweep),
        move || {
            let sweeper = Arc::clone(&sweeper);
            async move { sweeper.end_overdue().await }
        },
    );
    let sweeper = Arc::clone(&services.sweeper);
    spawner.spawn_periodic(Stage::Intake, Periodic::every("purge", PURGE), move || {
        let sweeper = Arc::clone(&sweeper);
        async move { sweeper.purge().await }
    });
}

fn spawn_results(spawner: &Spawner, services: &Services, how: ResultsLoop) {
    let (results, nudge) = (Arc::clone(&services.results), &services.nudges.results);
    match how {
        ResultsLoop::Look(period) => spawner.spawn_periodic(
            Stage::Finishing,
            Periodic::every("results", period).nudged_by(Arc::clone(nudge)),
            move || {
                let results = Arc::clone(&results);
                async move { results.tick().await }
            },
        ),
        ResultsLoop::Listen => {
            let listening = Arc::new(Listening::new(results, Arc::clone(nudge)));
            spawner.spawn_periodic(
                Stage::Finishing,
                Periodic::without_pause("results"),
                move || {
                    let listening = Arc::clone(&listening);
                    async move { listening.tick().await }
                },
            );
        }
    }
}
