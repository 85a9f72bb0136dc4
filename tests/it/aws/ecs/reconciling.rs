//! Hermes over ECS: what the reconciler makes of tasks that are late, refused, taken away or gone.

use std::sync::Arc;
use std::time::Duration;

use hermes::config::AwsSettings;
use hermes::domain::container::{Container, StopReason};
use hermes::domain::ids::SessionId;
use hermes::domain::project::Project;

use super::lab;
use crate::flows::harness::{Hermes, Mail, Setup, a_project};
use crate::support::scripted::ecs::{Answer, EcsScript, ScriptedEcs, StopScript};

/// A Hermes over a scripted ECS, and one instruction that waits for its container.
struct Story {
    ecs: ScriptedEcs,
    hermes: Hermes,
    session: SessionId,
}

impl Story {
    async fn begin() -> Self {
        let ecs = ScriptedEcs::start(EcsScript::default());
        let settings = AwsSettings {
            endpoint_url: Some(ecs.endpoint().to_owned()),
            ..AwsSettings::default()
        };
        let mut hermes = Hermes::with(Setup {
            fleet: Some(Arc::new(move |clock| {
                Arc::new(lab::fleet(&settings, &clock))
            })),
            projects: vec![Project {
                repo: lab::project().repo,
                ..a_project("site", "acme")
            }],
            ..Setup::default()
        });
        let (session, _) = hermes.instruct(&Mail::new("m1", "Change A")).await;
        Self {
            ecs,
            hermes,
            session,
        }
    }

    /// Lets time pass, then one pass be made.
    async fn after(&self, seconds: u64) -> Container {
        self.hermes.clock.advance(Duration::from_secs(seconds));
        self.hermes.tick().await;
        let id = self.hermes.session(&self.session).await.container_id;
        self.hermes.container(&id).await
    }

    /// Ends the task that was started last.
    fn end(&self, code: &'static str, reason: &'static str) {
        let tasks = self.ecs.tasks();
        let stop = StopScript {
            code: Some(code),
            reason: Some(reason),
            ..StopScript::default()
        };
        self.ecs.end(&tasks.last().expect("a task").arn, &stop);
    }

    fn generations(&self) -> Vec<u64> {
        self.ecs
            .tasks()
            .iter()
            .map(|task| task.generation)
            .collect()
    }
}

#[tokio::test]
async fn c6_a_task_stuck_in_pending_is_stopped_after_180_seconds_and_tried_again() {
    let story = Story::begin().await;
    let container = story.after(0).await;
    assert_eq!(
        (container.state_name(), container.generation),
        ("starting", 1)
    );
    let first = story.ecs.tasks().remove(0);
    story.ecs.move_on(&first.arn);
    assert_eq!(story.after(180).await.state_name(), "starting");
    assert!(!story.ecs.task(&first.arn).is_to_stop);
    let container = story.after(1).await;
    assert_eq!(
        (container.state_name(), container.failed_starts),
        ("stopped", 1)
    );
    assert_eq!(container.last_stop, Some(StopReason::NeverStarted));
    assert!(story.ecs.task(&first.arn).is_to_stop);
    assert_eq!(story.after(5).await.generation, 2);
    for (wait, generation) in [(20, 3), (60, 4)] {
        story.after(181).await;
        assert_eq!(story.after(wait).await.generation, generation);
    }
    assert_eq!(story.after(181).await.state_name(), "failed");
    assert_eq!(story.generations(), [1, 2, 3, 4]);
    assert!(story.ecs.tasks().iter().all(|task| task.is_to_stop));
    let events = story.hermes.events(&story.session).await;
    assert!(events.contains(&"container.failed"), "{events:?}");
}

#[tokio::test]
async fn c8_an_image_that_cannot_be_pulled_is_kept_in_the_record_and_tried_again_later() {
    let story = Story::begin().await;
    story.after(0).await;
    story.end(
        "TaskFailedToStart",
        "CannotPullContainerError: hermes-edit:9: not found",
    );
    let container = story.after(5).await;
    assert_eq!(container.last_stop, Some(StopReason::Image));
    let said = "TaskFailedToStart: CannotPullContainerError: hermes-edit:9: not found";
    assert_eq!(container.last_stop_detail.as_deref(), Some(said));
    assert_eq!(
        (container.state_name(), container.failed_starts),
        ("stopped", 1)
    );
    assert_eq!(story.after(4).await.generation, 1);
    assert_eq!(story.after(1).await.generation, 2);
}

#[tokio::test]
async fn c8_a_task_that_spot_takes_away_is_replaced_at_once_and_counts_as_no_failure() {
    let story = Story::begin().await;
    story.after(0).await;
    story.end("SpotInterruption", "Your Spot Task was interrupted.");
    let container = story.after(5).await;
    assert_eq!((container.generation, container.failed_starts), (2, 0));
    assert_eq!(container.last_stop, Some(StopReason::Spot));
    assert_eq!(story.generations(), [1, 2]);
}

#[tokio::test]
async fn c12_a_throttled_start_stays_a_start_and_is_asked_for_again() {
    let story = Story::begin().await;
    for _ in 0..3 {
        story.ecs.next("RunTask", Answer::throttled());
    }
    let container = story.after(0).await;
    assert_eq!(
        (container.state_name(), container.failed_starts),
        ("starting", 0)
    );
    assert_eq!(
        story.ecs.calls("RunTask").len(),
        3,
        "as often as the SDK tries"
    );
    story.after(0).await;
    assert_eq!(story.ecs.calls("RunTask").len(), 3, "not in every pass");
    let container = story.after(2).await;
    assert_eq!(
        (container.state_name(), container.generation),
        ("starting", 1)
    );
    assert!(container.task().is_some());
    assert_eq!(story.generations(), [1]);
}

#[tokio::test]
async fn what_a_role_may_not_do_is_told_in_the_record() {
    let story = Story::begin().await;
    story.ecs.next("RunTask", Answer::denied());
    let container = story.after(0).await;
    assert_eq!(
        (container.state_name(), container.failed_starts),
        ("stopped", 1)
    );
    let said = container.last_stop_detail.unwrap();
    for words in ["ecs.run_task", "AccessDeniedException", "not authorized"] {
        assert!(said.contains(words), "{said}");
    }
}

#[tokio::test]
async fn c12_a_start_that_stays_throttled_is_given_up_after_its_budget() {
    let story = Story::begin().await;
    for _ in 0..100 {
        story.ecs.next("RunTask", Answer::throttled());
    }
    let mut container = story.after(0).await;
    let mut passes = 0;
    while container.state_name() == "starting" {
        container = story.after(5).await;
        passes += 1;
    }
    assert_eq!((passes, container.failed_starts), (37, 1));
    let asked = story.ecs.calls("RunTask").len() / 3;
    assert!((8..=12).contains(&asked), "ever more rarely: {asked}");
}

#[tokio::test]
async fn c3_a_start_whose_answer_is_lost_starts_no_second_task() {
    let story = Story::begin().await;
    for _ in 0..3 {
        story.ecs.next("RunTask", Answer::Lost);
    }
    assert_eq!(story.after(0).await.task(), None);
    let container = story.after(2).await;
    assert_eq!(
        container.task().map(|task| task.0.clone()),
        Some(story.ecs.tasks().remove(0).arn)
    );
    assert_eq!(story.generations(), [1]);
    assert!(story.ecs.started_twice().is_empty());
}

#[tokio::test]
async fn c7_no_capacity_is_tried_again_in_the_next_generation() {
    let story = Story::begin().await;
    story
        .ecs
        .next("RunTask", Answer::Failures(vec!["RESOURCE:MEMORY"]));
    let container = story.after(0).await;
    assert_eq!(
        (container.state_name(), container.failed_starts),
        ("stopped", 1)
    );
    let said = container.last_stop_detail.unwrap();
    assert!(said.contains("RESOURCE:MEMORY"), "{said}");
    story.after(5).await;
    assert_eq!(story.generations(), [2]);
}

#[tokio::test]
async fn c11_a_task_that_ecs_does_not_know_yet_is_not_started_again() {
    let story = Story::begin().await;
    story.ecs.lag(3);
    story.after(0).await;
    for _ in 0..3 {
        assert_eq!(story.after(5).await.state_name(), "starting");
    }
    assert_eq!(story.generations(), [1]);
}

#[tokio::test]
async fn c13_a_task_that_is_gone_for_good_is_replaced() {
    let story = Story::begin().await;
    story.after(0).await;
    story.ecs.forget(&story.ecs.tasks()[0].arn);
    assert_eq!(story.after(5).await.state_name(), "starting");
    let container = story.after(60).await;
    assert_eq!(container.last_stop, Some(StopReason::Orphan));
    assert_eq!((container.generation, container.failed_starts), (2, 0));
}
