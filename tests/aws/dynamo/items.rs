//! What items hold besides their records: expiry, and the attributes of sparse indexes.

use std::time::Duration;

use hermes::domain::reply::{Reply, ReplyState};
use hermes::domain::session::{Session, SessionStatus};
use hermes::ports::container_store::ContainerStore;
use hermes::ports::event_store::EventStore;
use hermes::ports::fault::FaultKind;
use hermes::ports::ledger::{CommitError, Ledger, Write};
use hermes::ports::reply_store::ReplyStore;
use hermes::ports::session_store::SessionStore;

use super::lab::{Item, Lab, number, write};
use crate::support::ManualClock;
use crate::support::records::*;

trials![
    s1_what_dynamodb_is_to_delete_says_so_in_epoch_seconds,
    what_is_kept_for_ever_has_no_expiry,
    s1_events_that_are_over_are_not_read_and_numbers_go_on,
    an_ended_session_is_in_no_index_but_the_clients,
    a_container_is_in_an_index_only_while_something_is_to_be_done,
    a_sent_reply_is_in_no_index,
    a_record_that_is_too_large_is_refused_by_name_of_the_limit,
    s2_the_end_of_a_session_is_written_as_it_was_decided,
];

const DAY: Duration = Duration::from_hours(24);

async fn event_item(lab: &Lab, sequence: u64) -> Item {
    let answer = lab
        .client
        .query()
        .table_name(lab.names.table_events())
        .key_condition_expression("sessionId = :s AND #n = :n")
        .expression_attribute_names("#n", "sequence")
        .expression_attribute_values(
            ":s",
            aws_sdk_dynamodb::types::AttributeValue::S("ses-1".to_owned()),
        )
        .expression_attribute_values(
            ":n",
            aws_sdk_dynamodb::types::AttributeValue::N(sequence.to_string()),
        )
        .send()
        .await
        .unwrap();
    answer.items.unwrap().remove(0)
}

async fn s1_what_dynamodb_is_to_delete_says_so_in_epoch_seconds() {
    let lab = Lab::new().await;
    let claim = a_claim("k", "v");
    write(
        &lab.store(),
        [
            Write::Session(a_session(1)),
            Write::Event(an_event(1, 1)),
            Write::Claim(claim.clone()),
        ],
    )
    .await;
    let session = lab
        .session_row("ses-1", "amelia@example.com")
        .await
        .unwrap();
    assert_eq!(number(&session, "ttl"), a_session(1).ttl.as_secs());
    let event = event_item(&lab, 1).await;
    assert_eq!(
        number(&event, "ttl"),
        (ManualClock::START + 30 * DAY).as_secs()
    );
    let table = lab.names.table_messages();
    let item = lab
        .item(&table, &[("journalId", claim.key.as_str())])
        .await
        .unwrap();
    let ttl = number(&item, "ttl");
    assert!(ttl > claim.expires_at.as_secs() && ttl <= claim.expires_at.as_secs() + 1);
}

async fn what_is_kept_for_ever_has_no_expiry() {
    let lab = Lab::new().await;
    write(
        &lab.store(),
        [
            Write::Thread(a_thread(1)),
            Write::Pointer(a_pointer(1, 1)),
            Write::Container(a_container(1)),
            Write::Command(Box::new(a_command(1))),
            Write::Reply(Box::new(a_reply(1))),
            Write::Journal(Box::new(a_journal_row(1))),
            Write::Event(an_event(1, 1)),
        ],
    )
    .await;
    let pointer = a_pointer(1, 1).key;
    for (table, key, id) in [
        (lab.names.table_threads(), "threadId", "thread1"),
        (lab.names.table_threads(), "threadId", pointer.as_str()),
        (lab.names.table_containers(), "containerId", "box-1"),
        (lab.names.table_commands(), "commandId", "cmd-1"),
        (lab.names.table_replies(), "replyId", "cmd-1"),
        (lab.names.table_messages(), "journalId", "msg-1"),
    ] {
        let item = lab.item(&table, &[(key, id)]).await.expect(id);
        assert!(!item.contains_key("ttl"), "{id}");
    }
    let counter = event_item(&lab, 0).await;
    assert!(
        !counter.contains_key("ttl"),
        "numbers go on when events are gone"
    );
}

async fn s1_events_that_are_over_are_not_read_and_numbers_go_on() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(
        &store,
        [Write::Event(an_event(1, 1)), Write::Event(an_event(1, 2))],
    )
    .await;
    lab.clock.advance(30 * DAY);
    let mut late = an_event(1, 3);
    late.at = lab.now();
    write(&lab.store(), [Write::Event(late)]).await;
    let events = store.page(&id("ses-1"), 0, 1).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [3]);
}

async fn an_ended_session_is_in_no_index_but_the_clients() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(&store, [Write::Session(a_session(1))]).await;
    let row = lab
        .session_row("ses-1", "amelia@example.com")
        .await
        .unwrap();
    assert!(row.contains_key("liveShard") && row.contains_key("liveIn"));
    let mut session = SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    session.status = SessionStatus::Expired;
    write(&store, [Write::Session(session)]).await;
    let row = lab
        .session_row("ses-1", "amelia@example.com")
        .await
        .unwrap();
    assert!(
        !row.contains_key("liveShard")
            && !row.contains_key("liveUntil")
            && !row.contains_key("liveIn")
    );
    assert!(
        !row.contains_key("reason"),
        "what a record has not is no attribute"
    );
}

async fn a_container_is_in_an_index_only_while_something_is_to_be_done() {
    let lab = Lab::new().await;
    let store = lab.store();
    let table = lab.names.table_containers();
    let marks = async || {
        let item = lab.item(&table, &[("containerId", "box-1")]).await.unwrap();
        (item.contains_key("dueShard"), item.contains_key("awake"))
    };
    write(&store, [Write::Container(a_container(1))]).await;
    assert_eq!(marks().await, (false, false));
    let mut container = ContainerStore::get(&store, &the_box())
        .await
        .unwrap()
        .unwrap();
    container.command_accepted(lab.now());
    write(&store, [Write::Container(container)]).await;
    assert_eq!(marks().await, (true, false));
    let mut container = ContainerStore::get(&store, &the_box())
        .await
        .unwrap()
        .unwrap();
    container.starting(lab.now());
    write(&store, [Write::Container(container)]).await;
    assert_eq!(marks().await, (false, true));
}

async fn a_sent_reply_is_in_no_index() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(&store, [Write::Reply(Box::new(a_reply(1)))]).await;
    let table = lab.names.table_replies();
    let item = lab.item(&table, &[("replyId", "cmd-1")]).await.unwrap();
    assert!(item.contains_key("dueShard"));
    let reply = ReplyStore::get(&store, &id("cmd-1"))
        .await
        .unwrap()
        .unwrap();
    let state = ReplyState::Sent {
        id: "x".to_owned(),
        at: lab.now(),
    };
    write(&store, [Write::Reply(Box::new(Reply { state, ..reply }))]).await;
    let item = lab.item(&table, &[("replyId", "cmd-1")]).await.unwrap();
    assert!(!item.contains_key("dueShard"));
}

async fn a_record_that_is_too_large_is_refused_by_name_of_the_limit() {
    let lab = Lab::new().await;
    let mut command = a_command(1);
    command.instruction = "x".repeat(410_000);
    let writes = vec![
        Write::Session(a_session(1)),
        Write::Command(Box::new(command)),
    ];
    let result = lab.store().commit(writes).await;
    let Err(CommitError::Backend(fault)) = result else {
        panic!("must be refused: {result:?}")
    };
    assert_eq!(fault.kind, FaultKind::Broken);
    assert!(fault.source.to_string().contains("409600"), "{fault:?}");
    assert_eq!(lab.session_row("ses-1", "amelia@example.com").await, None);
}

async fn s2_the_end_of_a_session_is_written_as_it_was_decided() {
    let lab = Lab::new().await;
    let busy = Session {
        open_commands: 1,
        ..a_session(1)
    };
    write(&lab.store(), [Write::Session(busy.clone())]).await;
    lab.clock.advance(Duration::from_mins(40));
    let overdue = lab.store().overdue(lab.now(), 10).await.unwrap();
    assert_eq!(overdue.len(), 1, "the sweeper moves it on");
    let read = SessionStore::get(&lab.store(), &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.ttl, busy.ttl);
    assert_eq!(read.status_at(lab.now()), SessionStatus::Active);
}
