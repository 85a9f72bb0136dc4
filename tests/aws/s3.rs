//! The object store: mails by reference, versions of previews, the file of projects.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use hermes::adapters::aws::Clients;
use hermes::adapters::aws::s3::{DocumentError, S3Archive, S3Document, S3Files, S3Mails};
use hermes::domain::blob::BlobId;
use hermes::domain::command::Attachment;
use hermes::domain::ids::ClientId;
use hermes::domain::mail::envelope::ObjectRef;
use hermes::ports::archive::Archive as _;
use hermes::ports::attached_files::AttachedFiles as _;
use hermes::ports::clock::Clock as _;
use hermes::ports::fault::FaultKind;
use hermes::ports::mail_objects::{Fetched, MailObjects as _};
use hermes::ports::preview_store::{Found, PreviewStore as _};

use crate::support::emulator::Account;
use crate::support::records::a_preview;
use crate::support::{ManualClock, Objects, emulator, web};

trials![
    a3_mails_are_read_from_the_one_place_only,
    e2_a_mail_that_is_not_there_is_missing_and_one_too_long_is_said_so,
    an_archived_mail_says_when_it_came_and_is_checked,
    a_file_is_in_its_clients_folder_and_no_mail,
    a_bucket_that_is_not_there_is_a_fault_and_nothing_missing,
    a_page_comes_with_its_type_and_may_be_kept,
    old_versions_go_after_an_hour_and_the_last_two_stay,
    a_publication_is_shown_whatever_the_clock_of_its_maker_says,
    a_publication_that_fails_half_way_leaves_nothing_behind,
    the_file_of_projects_is_read_anew_each_time,
];

struct Ground {
    account: Account,
    clients: Clients,
    objects: Objects,
}

impl Ground {
    async fn new() -> Self {
        let account = emulator().account();
        Self {
            clients: account.clients(),
            objects: Objects::new(&account).await,
            account,
        }
    }

    async fn put(&self, key: &str, content: &'static [u8]) {
        let put = self.clients.s3.put_object().bucket(&self.objects.bucket);
        let put = put.key(key).body(ByteStream::from_static(content));
        put.send().await.unwrap();
    }

    async fn keys(&self, prefix: &str) -> Vec<String> {
        let list = self.clients.s3.list_objects_v2();
        let list = list.bucket(&self.objects.bucket).prefix(prefix);
        let listed = list.send().await.unwrap();
        let keys = listed.contents().iter().filter_map(|object| object.key());
        keys.map(str::to_owned).collect()
    }

    fn at(&self, key: &str) -> ObjectRef {
        ObjectRef::At {
            bucket: self.objects.bucket.clone(),
            key: key.to_owned(),
        }
    }
}

async fn a3_mails_are_read_from_the_one_place_only() {
    let ground = Ground::new().await;
    let mails = S3Mails::new(&ground.clients, &ground.objects.mail);
    for key in ["mail/ses/1", "mail/1", "mail/raw/1", "secret/1", "mailbox"] {
        ground.put(key, b"From: a@b.c").await;
    }
    for (object, is_read) in [
        (ground.at("mail/ses/1"), true),
        (ObjectRef::Named("1".to_owned()), true),
        (ground.at("mail/raw/1"), false),
        (ground.at("secret/1"), false),
        (ground.at("mailbox"), false),
        (
            ObjectRef::At {
                bucket: "another".to_owned(),
                key: "mail/1".to_owned(),
            },
            false,
        ),
    ] {
        let fetched = mails.fetch(&object, 1000).await.unwrap();
        assert_eq!(fetched != Fetched::Outside, is_read, "{object:?}");
    }
}

async fn e2_a_mail_that_is_not_there_is_missing_and_one_too_long_is_said_so() {
    let ground = Ground::new().await;
    let mails = S3Mails::new(&ground.clients, &ground.objects.mail);
    let object = ground.at("mail/a b+\u{fc}");
    assert_eq!(mails.fetch(&object, 10).await.unwrap(), Fetched::Missing);
    ground.put("mail/a b+\u{fc}", b"0123456789").await;
    let whole = Fetched::Mail(b"0123456789"[..].into());
    assert_eq!(mails.fetch(&object, 10).await.unwrap(), whole);
    assert_eq!(mails.fetch(&object, 9).await.unwrap(), Fetched::TooLong);
}

async fn an_archived_mail_says_when_it_came_and_is_checked() {
    let ground = Ground::new().await;
    let archive = S3Archive::new(&ground.clients, &ground.objects.mail);
    let clock = ManualClock::default();
    let id = archive.put(b"From: a@b.c"[..].into(), clock.now()).await;
    let id = id.unwrap();
    let key = format!("mail/raw/{id}");
    let head = ground
        .clients
        .s3
        .head_object()
        .bucket(&ground.objects.bucket);
    let head = head.key(&key).send().await.unwrap();
    let received_at = head.metadata().unwrap().get("received-at");
    assert_eq!(received_at, Some(&clock.now().rfc3339()));
    ground.put(&key, b"something else").await;
    let damaged = archive.get(&id).await.unwrap_err();
    assert_eq!(damaged.kind, FaultKind::Broken);
}

async fn a_file_is_in_its_clients_folder_and_no_mail() {
    let ground = Ground::new().await;
    let archive = S3Archive::new(&ground.clients, &ground.objects.mail);
    let (client, now) = (
        "acme".parse::<ClientId>().unwrap(),
        ManualClock::default().now(),
    );
    let reference = archive.put_file(&client, b"picture"[..].into(), now).await;
    let reference = reference.unwrap();
    let sha256 = BlobId::of(b"picture");
    // `config/aws/client.yaml` lets the client's containers read there
    let key = format!("mail/files/{}/{sha256}", client.hash8());
    assert_eq!(reference, format!("s3://{}/{key}", ground.objects.bucket));
    let file = |bytes: u64, reference: &str| Attachment {
        name: "a.png".to_owned(),
        content_type: "image/png".to_owned(),
        bytes,
        sha256: sha256.clone(),
        reference: reference.to_owned(),
        image: None,
        notes: Vec::new(),
    };
    let files = S3Files::new(&ground.clients);
    let command = "cmd-1".parse().unwrap();
    let read = files.read(&command, &file(7, &reference)).await.unwrap();
    assert_eq!(read.as_deref(), Some(&b"picture"[..]));
    let short = files.read(&command, &file(6, &reference)).await.unwrap();
    assert_eq!(short, None);
    let gone = files
        .read(&command, &file(7, &format!("{reference}0")))
        .await;
    assert_eq!(gone.unwrap(), None);
    let odd = files.read(&command, &file(7, "blob:1")).await.unwrap_err();
    assert_eq!(odd.kind, FaultKind::Broken);
    let mails = S3Mails::new(&ground.clients, &ground.objects.mail);
    let fetched = mails.fetch(&ground.at(&key), 1000).await.unwrap();
    assert_eq!(fetched, Fetched::Outside);
}

async fn a_bucket_that_is_not_there_is_a_fault_and_nothing_missing() {
    let ground = Ground::new().await;
    let mut nowhere = ground.objects.mail.clone();
    nowhere.bucket = format!("nothing-{}", ground.account.id());
    let mails = S3Mails::new(&ground.clients, &nowhere);
    let fetched = mails.fetch(&ObjectRef::Named("1".to_owned()), 10).await;
    assert_eq!(fetched.unwrap_err().kind, FaultKind::Broken);
    let archive = S3Archive::new(&ground.clients, &nowhere);
    let put = archive.put(b"x"[..].into(), ManualClock::START).await;
    assert_eq!(put.unwrap_err().operation, "archive.put");
}

fn site(folder: &Path, text: &str) {
    fs::write(folder.join("index.html"), text).unwrap();
    fs::write(folder.join("style.css"), text).unwrap();
}

async fn a_page_comes_with_its_type_and_may_be_kept() {
    let ground = Ground::new().await;
    let previews = ground.objects.previews(&ground.clients, &Arc::default());
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "caf\u{e9}");
    let of = a_preview("ses-1");
    previews.publish(&of, work.path()).await.unwrap();
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
    ] {
        let Found::Elsewhere(url) = previews.find(&of, path).await.unwrap() else {
            panic!("the store has it")
        };
        let answer = web::get(&url).await;
        assert_eq!(answer.headers()["content-type"], kind);
        let kept = "public, max-age=31536000, immutable";
        assert_eq!(answer.headers()["cache-control"], kept);
        assert_eq!(answer.text().await.unwrap(), "caf\u{e9}");
    }
}

async fn old_versions_go_after_an_hour_and_the_last_two_stay() {
    let ground = Ground::new().await;
    let clock = Arc::<ManualClock>::default();
    let previews = ground.objects.previews(&ground.clients, &clock);
    let work = tempfile::tempdir().unwrap();
    let mut pages = Vec::new();
    for (text, minutes) in [("one", 0), ("two", 1), ("three", 1), ("four", 60)] {
        clock.advance(Duration::from_mins(minutes));
        site(work.path(), text);
        let of = a_preview("ses-1");
        previews.publish(&of, work.path()).await.unwrap();
        let Found::Elsewhere(url) = previews.find(&of, "/").await.unwrap() else {
            panic!("the store has it")
        };
        pages.push(url);
        if text == "three" {
            // nobody is surprised within the hour
            assert_eq!(ground.keys("previews/").await.len(), 3 * 2 + 1);
        }
    }
    let mut answers = Vec::new();
    for page in &pages {
        answers.push(web::get(page).await.status().is_success());
    }
    assert_eq!(answers, [false, false, true, true]);
    assert_eq!(ground.keys("previews/").await.len(), 2 * 2 + 1);
}

async fn a_publication_is_shown_whatever_the_clock_of_its_maker_says() {
    let ground = Ground::new().await;
    let previews = ground.objects.previews(&ground.clients, &Arc::default());
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "one");
    let of = a_preview("ses-1");
    previews.publish(&of, work.path()).await.unwrap();
    let found = previews.find(&of, "/").await.unwrap();
    let behind = Arc::<ManualClock>::default();
    behind.set(ManualClock::START - Duration::from_secs(5));
    let elsewhere = ground.objects.previews(&ground.clients, &behind);
    site(work.path(), "two");
    elsewhere.publish(&of, work.path()).await.unwrap();
    assert_ne!(previews.find(&of, "/").await.unwrap(), found);
}

async fn a_publication_that_fails_half_way_leaves_nothing_behind() {
    let ground = Ground::new().await;
    let previews = ground.objects.previews(&ground.clients, &Arc::default());
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "one");
    let large = fs::File::create(work.path().join("large.bin")).unwrap();
    large.set_len(100_000_001).unwrap();
    let of = a_preview("ses-1");
    let published = previews.publish(&of, work.path()).await;
    assert_eq!(published.unwrap_err().kind, FaultKind::Broken);
    assert_eq!(ground.keys("previews/").await, Vec::<String>::new());
    assert_eq!(previews.find(&of, "/").await.unwrap(), Found::Unpublished);
}

async fn the_file_of_projects_is_read_anew_each_time() {
    let ground = Ground::new().await;
    let url = format!("s3://{}/config/projects.toml", ground.objects.bucket);
    let document = S3Document::at(&ground.clients, &url).unwrap();
    let missing = document.read().await.unwrap_err();
    assert!(matches!(missing, DocumentError::Missing(name) if name == url));
    for text in ["one", "two"] {
        ground.put("config/projects.toml", text.as_bytes()).await;
        assert_eq!(document.read().await.unwrap(), text);
    }
    ground.put("config/projects.toml", b"\xff").await;
    let no_text = document.read().await.unwrap_err();
    assert!(matches!(no_text, DocumentError::NoText(_)));
    for bad in ["s3://bucket", "s3:///key", "https://bucket/key", ""] {
        assert!(S3Document::at(&ground.clients, bad).is_err(), "{bad}");
    }
}
