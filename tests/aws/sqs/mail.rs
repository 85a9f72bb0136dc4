//! The mail queue: made, looked at, received from, and its dead letters.

use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::sqs::{SqsMail, check_mail_queues, ensure_mail_queues};
use hermes::domain::check::{CheckState, StepState};
use hermes::ports::fault::FaultKind;
use hermes::ports::mail_queue::MailQueue as _;

use crate::support::emulator;

trials![
    mail_queues_are_made_once_and_found_right,
    what_is_wrong_with_mail_queues_is_said_with_its_fix,
    mail_is_received_hidden_and_deleted,
    poison_goes_to_the_dead_letters_with_its_reason,
    a_mail_queue_that_is_missing_is_said_so,
];

async fn mail_queues_are_made_once_and_found_right() {
    let account = emulator().account();
    let (sqs, settings) = (account.clients().sqs, &account.settings);
    let rows = check_mail_queues(&sqs, settings).await;
    assert!(rows.iter().all(|row| row.state == CheckState::Wrong));
    for expected in [StepState::Made, StepState::WasThere] {
        let steps = ensure_mail_queues(&sqs, settings).await;
        assert_eq!(steps.len(), 2);
        assert!(steps.iter().all(|step| step.state == expected), "{steps:?}");
    }
    let rows = check_mail_queues(&sqs, settings).await;
    assert!(
        rows.iter().all(|row| row.state == CheckState::Ok),
        "{rows:?}"
    );
    let url = sqs.get_queue_url().queue_name(&settings.mail_queue);
    let url = url.send().await.unwrap().queue_url.unwrap();
    let call = sqs.get_queue_attributes().queue_url(url);
    let call = call.attribute_names(QueueAttributeName::Policy);
    let policy = call.send().await.unwrap().attributes.unwrap();
    let policy = &policy[&QueueAttributeName::Policy];
    let topics = format!("arn:aws:sns:us-west-2:{}:*", account.id());
    assert!(policy.contains(&topics), "{policy}");
}

async fn what_is_wrong_with_mail_queues_is_said_with_its_fix() {
    let account = emulator().account();
    let (sqs, settings) = (account.clients().sqs, &account.settings);
    let name = &settings.mail_queue;
    let made = sqs.create_queue().queue_name(name).send().await.unwrap();
    let short = sqs
        .create_queue()
        .queue_name(&settings.mail_dead_letters)
        .attributes(QueueAttributeName::MessageRetentionPeriod, "345600");
    short.send().await.unwrap();
    let rows = check_mail_queues(&sqs, settings).await;
    assert!(rows.iter().all(|row| row.state == CheckState::Wrong));
    assert!(rows[0].detail.contains("no dead letters"), "{rows:?}");
    assert!(rows[0].detail.contains("timeout is 30 s"), "{rows:?}");
    assert!(rows[1].detail.contains("must outlive"), "{rows:?}");
    assert!(rows.iter().all(|row| row.fix.is_some()));
    // what it cannot work without is added, the rest is an operator's to change
    let steps = ensure_mail_queues(&sqs, settings).await;
    let states: Vec<_> = steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Differs, StepState::Made]);
    let call = sqs
        .get_queue_attributes()
        .queue_url(made.queue_url.unwrap());
    let call = call.attribute_names(QueueAttributeName::All);
    let has = call.send().await.unwrap().attributes.unwrap();
    assert!(has.contains_key(&QueueAttributeName::RedrivePolicy));
    assert!(has.contains_key(&QueueAttributeName::Policy));
    assert_eq!(has[&QueueAttributeName::VisibilityTimeout], "30");
}

async fn mail_is_received_hidden_and_deleted() {
    let account = emulator().account();
    let (clients, settings) = (account.clients(), &account.settings);
    ensure_mail_queues(&clients.sqs, settings).await;
    let mail = SqsMail::new(&clients, &Names::new(settings));
    let url = clients.sqs.get_queue_url().queue_name(&settings.mail_queue);
    let url = url.send().await.unwrap().queue_url.unwrap();
    let send = clients.sqs.send_message().queue_url(url);
    send.message_body("one").send().await.unwrap();
    let got = mail.receive(10, Duration::from_secs(20)).await.unwrap();
    assert_eq!((got[0].body.as_str(), got[0].receives), ("one", 1));
    let longer = Duration::from_mins(5);
    assert!(mail.set_visibility(&got[0].receipt, longer).await.unwrap());
    assert!(mail.receive(10, Duration::ZERO).await.unwrap().is_empty());
    let zero = Duration::ZERO;
    assert!(mail.set_visibility(&got[0].receipt, zero).await.unwrap());
    let again = mail.receive(10, Duration::ZERO).await.unwrap();
    assert_eq!(again[0].receives, 2);
    assert!(mail.delete(&again[0].receipt).await.unwrap());
    assert!(!mail.delete(&got[0].receipt).await.unwrap());
}

async fn poison_goes_to_the_dead_letters_with_its_reason() {
    let account = emulator().account();
    let (clients, settings) = (account.clients(), &account.settings);
    ensure_mail_queues(&clients.sqs, settings).await;
    let mail = SqsMail::new(&clients, &Names::new(settings));
    let url = async |name: &str| {
        let call = clients.sqs.get_queue_url().queue_name(name);
        call.send().await.unwrap().queue_url.unwrap()
    };
    let send = clients.sqs.send_message();
    let send = send.queue_url(url(&settings.mail_queue).await);
    send.message_body("{}").send().await.unwrap();
    let got = mail.receive(10, Duration::from_secs(20)).await.unwrap();
    let reason = format!("E1: no mail in it\u{0} {}", "x".repeat(2000));
    mail.bury(&got[0], &reason).await.unwrap();
    let dead = clients.sqs.receive_message().message_attribute_names("All");
    let dead = dead.queue_url(url(&settings.mail_dead_letters).await);
    let dead = dead.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(dead.body.as_deref(), Some("{}"));
    let told = dead.message_attributes.unwrap();
    let reason = told["reason"].string_value.as_deref().unwrap();
    assert!(reason.starts_with("E1: no mail in it x"), "{reason}");
    assert_eq!(reason.len(), 1024);
    assert_eq!(told["receives"].string_value.as_deref(), Some("1"));
    let left = clients.sqs.get_queue_attributes();
    let left = left.attribute_names(QueueAttributeName::All);
    let left = left.queue_url(url(&settings.mail_queue).await);
    let left = left.send().await.unwrap().attributes.unwrap();
    let hidden = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
    assert_eq!(left[&QueueAttributeName::ApproximateNumberOfMessages], "0");
    assert_eq!(left[&hidden], "0");
}

async fn a_mail_queue_that_is_missing_is_said_so() {
    let account = emulator().account();
    let mail = SqsMail::new(&account.clients(), &Names::new(&account.settings));
    let fault = mail.receive(10, Duration::ZERO).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Broken);
    let said = fault.source.to_string();
    assert!(said.contains("no queue webordinary-email-queue"), "{said}");
}
