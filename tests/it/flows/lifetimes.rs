//! When sessions end, and what keeps them open.

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::session::SessionStatus;
use hermes::services::session_error::SessionError;

use super::harness::{Hermes, Repeats};

const IDLE: Duration = Duration::from_mins(30);

#[tokio::test]
async fn s4_a_session_is_expired_at_its_very_ttl_and_that_is_written_once() {
    let mut hermes = Hermes::start();
    let id = hermes.activate("Change A").await.session_id;
    hermes.quiesce().await;
    let ttl = hermes.session(&id).await.ttl;
    hermes.clock.set(ttl - Duration::from_millis(1));
    let view = hermes.sessions.status(&Scope::All, &id).await.unwrap();
    assert_eq!(view.status, SessionStatus::Active);
    hermes.clock.set(ttl);
    let view = hermes.sessions.status(&Scope::All, &id).await.unwrap();
    assert_eq!(
        view.status,
        SessionStatus::Expired,
        "before anybody has swept"
    );
    let kept = hermes.sessions.keepalive(&Scope::All, &id).await;
    assert!(matches!(kept, Err(SessionError::Expired)), "S3: {kept:?}");
    for _ in 0..3 {
        hermes.sweeper.end_overdue().await.unwrap();
    }
    let ended = |name: &&&str| **name == "session.ended";
    assert_eq!(hermes.events(&id).await.iter().filter(ended).count(), 1);
    let session = hermes.session(&id).await;
    assert_eq!(
        (session.reason.as_deref(), session.ttl),
        (Some("idle"), ttl)
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s3_s5_keepalives_extend_up_to_four_hours_and_write_only_what_is_worth_it() {
    let mut hermes = Hermes::start();
    let id = hermes.activate("Change A").await.session_id;
    hermes.quiesce().await;
    let version = hermes.session(&id).await.version;
    let kept = hermes.sessions.keepalive(&Scope::All, &id).await.unwrap();
    assert_eq!(hermes.session(&id).await.version, version, "S5");
    let end = kept.max_expires_at;
    let mut last = kept.session.ttl;
    while hermes.now() + Duration::from_mins(20) < end {
        hermes.clock.advance(Duration::from_mins(20));
        let kept = hermes.sessions.keepalive(&Scope::All, &id).await.unwrap();
        assert_eq!(kept.max_expires_at, end);
        assert_eq!(kept.clamped, hermes.now() + IDLE > end);
        assert!(kept.session.ttl >= last && kept.session.ttl <= end);
        last = kept.session.ttl;
    }
    assert_eq!(last, end);
    hermes.clock.set(end);
    let kept = hermes.sessions.keepalive(&Scope::All, &id).await;
    assert!(matches!(kept, Err(SessionError::Expired)));
    hermes.tick().await;
    let reason = hermes.session(&id).await.reason;
    assert_eq!(reason.as_deref(), Some("max_lifetime"), "S7");
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s3_a_keepalive_wakes_no_container() {
    let mut hermes = Hermes::start();
    let id = hermes.activate("Change A").await.session_id;
    hermes.quiesce().await;
    hermes.fall_asleep().await;
    let starts = hermes.fleet.asked();
    hermes.clock.advance(Duration::from_mins(10));
    hermes.sessions.keepalive(&Scope::All, &id).await.unwrap();
    hermes.pass(Duration::from_mins(1)).await;
    assert_eq!(hermes.fleet.asked(), starts);
}

/// S6: whoever loses looks again. Both orders of the two writes, by a conflict that stands for the other's write.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s6_a_keepalive_races_the_expiry_and_one_of_them_wins() {
    for round in 0..20 {
        let mut hermes = Hermes::start();
        let id = hermes.activate("Change A").await.session_id;
        hermes.quiesce().await;
        let ttl = hermes.session(&id).await.ttl;
        // both sides of the last moment
        hermes.clock.set(if round % 2 == 0 {
            ttl - Duration::from_millis(1)
        } else {
            ttl
        });
        let kept = async {
            let kept = hermes.sessions.keepalive(&Scope::All, &id).await;
            hermes.clock.set(ttl);
            kept
        };
        let (kept, swept) = tokio::join!(kept, hermes.sweeper.end_overdue());
        swept.unwrap();
        let session = hermes.session(&id).await;
        match kept {
            Ok(kept) => {
                assert_eq!(session.status, SessionStatus::Active);
                assert_eq!(session.ttl, kept.session.ttl);
                assert!(session.ttl > ttl);
            }
            Err(SessionError::Expired) => assert_eq!(session.status, SessionStatus::Expired),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn invariant_3_a_session_with_an_open_command_does_not_expire() {
    let mut hermes = Hermes::start();
    let activated = hermes.activate("Change A").await;
    let id = &activated.session_id;
    hermes.until_running(&activated.command_id).await;
    hermes.pass(Duration::from_hours(2)).await;
    let view = hermes.sessions.status(&Scope::All, id).await.unwrap();
    assert_eq!(view.status, SessionStatus::Active);
    assert!(
        hermes.session(id).await.ttl > hermes.now(),
        "extended, so that lists show it"
    );
    assert_eq!(hermes.fleet.running().len(), 1, "busy is never killed");
    hermes.quiesce().await;
    let ended = hermes.session(id).await.ttl;
    assert!(
        ended >= hermes.now() + IDLE - Duration::from_secs(10),
        "S7: idle from the end on"
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s7_a_message_starts_the_four_hours_anew() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    hermes.quiesce().await;
    for hour in 0..6 {
        for _ in 0..3 {
            hermes.clock.advance(Duration::from_mins(20));
            hermes
                .sessions
                .keepalive(&Scope::All, &first.session_id)
                .await
                .unwrap();
        }
        let text = format!("Change {hour}");
        let next = hermes
            .activation
            .follow_up(&Scope::All, &first.session_id, &text)
            .await;
        assert!(next.unwrap().was_live);
        hermes.quiesce().await;
    }
    assert_eq!(hermes.session(&first.session_id).await.activation, 1);
    hermes.audit(Repeats::None).await;
}
