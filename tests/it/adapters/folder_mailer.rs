//! The outbox in a real folder.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hermes::adapters::folder::FolderMailer;
use hermes::domain::ids::{CommandId, ReplyId};
use hermes::ports::fault::FaultKind;
use hermes::ports::mailer::{Mailer, MailerError, OutgoingMail};

fn mail(id: &str, text: &'static str) -> OutgoingMail {
    let command: CommandId = id.parse().unwrap();
    OutgoingMail {
        id: ReplyId::for_command(&command),
        from: "edit@example.com".to_owned(),
        to: vec!["ann@example.com".to_owned()],
        raw: text.into(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_same_mail_again_is_one_file() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("deep/outbox");
    let mailer = FolderMailer::open(folder.clone()).unwrap();
    let first = mailer
        .send(mail("cmd-1", "Subject: x\r\n\r\none"))
        .await
        .unwrap();
    let again = mailer
        .send(mail("cmd-1", "Subject: x\r\n\r\none"))
        .await
        .unwrap();
    let other = mailer.send(mail("cmd-2", "two")).await.unwrap();
    assert_eq!(
        (first.as_str(), again.as_str(), other.as_str()),
        ("cmd-1.eml", "cmd-1.eml", "cmd-2.eml")
    );
    assert_eq!(names(&folder), ["cmd-1.eml", "cmd-2.eml"]);
    let content = std::fs::read(folder.join(first)).unwrap();
    assert_eq!(content, b"Subject: x\r\n\r\none");
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn the_same_mail_from_two_sides_at_once_is_one_whole_file() {
    let data = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::open(data.path().to_owned()).unwrap();
    let sends = (0..16).map(|_| mailer.send(mail("cmd-1", "the whole mail")));
    for sent in futures_util::future::join_all(sends).await {
        sent.unwrap();
    }
    assert_eq!(names(data.path()), ["cmd-1.eml"]);
    assert_eq!(
        std::fs::read(data.path().join("cmd-1.eml")).unwrap(),
        b"the whole mail"
    );
}

#[tokio::test]
async fn an_odd_id_stays_in_the_outbox_and_in_sight() {
    let data = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::open(data.path().join("outbox")).unwrap();
    let name = mailer.send(mail("..", "x")).await.unwrap();
    assert_eq!(names(&data.path().join("outbox")), [name.as_str()]);
    assert!(!name.starts_with('.'));
}

#[tokio::test]
async fn an_outbox_that_is_gone_is_a_fault_and_not_a_mail_sent() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("outbox");
    let mailer = FolderMailer::open(folder.clone()).unwrap();
    std::fs::remove_dir(&folder).unwrap();
    let error = mailer.send(mail("cmd-1", "x")).await.unwrap_err();
    assert!(matches!(error, MailerError::Backend(fault) if fault.kind == FaultKind::Broken));
    std::fs::write(&folder, "a file in its place").unwrap();
    assert!(FolderMailer::open(folder).is_err());
}
