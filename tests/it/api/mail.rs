//! Mail in, beside the bodies that `answers` holds.

use super::app::TestApp;

const MAIL: &str = "/hermes/api/mail";

fn mail(size: usize) -> Vec<u8> {
    let head = "From: test@example.com\r\nTo: edit+demo@hermes.localhost\r\nSubject: x\r\nMessage-ID: <1@example.com>\r\n\
        \r\nreplace a with b\r\n-- \r\n";
    let mut mail = head.as_bytes().to_vec();
    while mail.len() < size {
        mail.extend_from_slice(&[b'x'; 70]);
        mail.extend_from_slice(b"\r\n");
    }
    mail
}

#[tokio::test]
async fn a_large_mail_goes_through_a_file_that_is_gone_afterwards() {
    let app = TestApp::start();
    let answer = app
        .post(MAIL)
        .body("message/rfc822", mail(3 * 1024 * 1024))
        .send()
        .await;
    assert_eq!(answer.expect(202)["verdict"], "instruct");
    let spool = app.folder.path().join("tmp");
    assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_no_mail_or_too_large_is_not_taken() {
    let app = TestApp::start();
    for kind in ["application/json", "text/plain", "multipart/form-data"] {
        let answer = app.post(MAIL).body(kind, mail(0)).send().await;
        let problem = answer.is_problem(415, "unsupported_media_type");
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("message/rfc822")
        );
    }
    let empty = app.post(MAIL).body("message/rfc822", "").send().await;
    empty.is_problem(400, "not_a_mail");
    let declared = app.post(MAIL).body("message/rfc822", mail(0));
    let declared = declared.header("content-length", "41943041").send().await;
    declared.is_problem(413, "too_large");
    let list = app.get(MAIL).send().await.expect(200);
    assert_eq!(
        list,
        serde_json::json!([]),
        "nothing of it is in the journal"
    );
}
