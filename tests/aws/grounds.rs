//! What the other tests here stand on.

use hermes::adapters::aws::names::Names;

use crate::support::{emulator, python};

trials![
    accounts_do_not_see_each_other,
    an_environment_that_cannot_be_made_says_why,
];

async fn accounts_do_not_see_each_other() {
    let [one, other] = [emulator().account(), emulator().account()];
    let queue = Names::new(&one.settings).mail_queue().to_owned();
    let (here, there) = (one.clients(), other.clients());
    here.sqs
        .create_queue()
        .queue_name(&queue)
        .send()
        .await
        .expect("a queue");
    let seen = there.sqs.list_queues().send().await.expect("a list");
    assert_eq!(seen.queue_urls().len(), 0);
    let seen = here.sqs.list_queues().send().await.expect("a list");
    assert_eq!(seen.queue_urls().len(), 1);
    let _bucket = one.bucket("mail").await;
    let seen = there.s3.list_buckets().send().await.expect("a list");
    assert_eq!(seen.buckets().len(), 0);
    assert!(emulator().endpoint().starts_with("http://"));
    let key = ("AWS_ACCESS_KEY_ID".to_owned(), one.id().to_owned());
    assert!(one.environment().contains(&key));
}

async fn an_environment_that_cannot_be_made_says_why() {
    let why =
        python::environment("nothing", "no-such-package==0.0.0\n").expect_err("no such package");
    assert!(
        why.0.starts_with("needs python3 and PyPI: pip install: "),
        "{why:?}"
    );
}
