//! The page that asks a member whether held mail is theirs.

use axum::http::Method;
use hermes::domain::access::Scope;
use hermes::domain::ids::ReplyId;
use hermes::domain::journal::{Channel, Verdict};
use hermes::domain::mail::Authentication;
use hermes::services::intake_error::Received;

use super::app::TestApp;
use super::client::Answer;

const FORM: &str = "application/x-www-form-urlencoded";

fn mail(id: &str, words: &str) -> bytes::Bytes {
    format!(
        "From: Ann <ann@example.com>\r\nTo: shop@example.com\r\nSubject: Prices <b>& more</b>\r\n\
         Message-ID: <{id}@example.com>\r\nIn-Reply-To: <m1@example.com>\r\n\r\n{words}\r\n"
    )
    .into()
}

/// A service with a held mail of Ann's.
async fn holding(words: &str) -> (TestApp, Received, String) {
    let app = TestApp::with(&[("HERMES_PUBLIC_URL", "https://hermes.example.com")]);
    let take = async |raw, auth| {
        let received = app
            .state
            .intake
            .receive(raw, Channel::Ses, auth, &Scope::All);
        received.await.unwrap()
    };
    take(mail("m1", "replace a with b"), Authentication::Proven).await;
    let held = take(mail("m2", words), Authentication::Unproven).await;
    assert_eq!(held.verdict, Verdict::Hold);
    let id = ReplyId::asking_about(&held.journal_id);
    let question = app.ports.replies.get(&id).await.unwrap().unwrap();
    let url = question.letter.action.unwrap().url;
    let path = url
        .strip_prefix("https://hermes.example.com")
        .unwrap()
        .to_owned();
    (app, held, path)
}

async fn verdict(app: &TestApp, of: &Received) -> Verdict {
    let row = app.ports.journal.get(&of.journal_id).await.unwrap();
    row.unwrap().verdict
}

async fn say(app: &TestApp, path: &str, of: &Received, word: &str) -> Answer {
    let body = format!("message={}&answer={word}", of.journal_id);
    let call = app
        .post(path)
        .header("host", "hermes.example.com")
        .header("origin", "https://hermes.example.com")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", FORM);
    call.body(FORM, body).send().await
}

fn is_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'self'"
    );
    assert_eq!(answer.header("referrer-policy"), "same-origin");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-robots-tag"), "noindex");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.text().contains("<script"));
}

#[tokio::test]
async fn a6_p5_looking_shows_the_message_and_changes_nothing() {
    let (app, held, path) = holding("replace <i>cheap</i> with & dear").await;
    for _ in 0..3 {
        // from a mail program's browser, without a key, from anywhere
        let page = app
            .get(&path)
            .from("192.0.2.7:1")
            .header("host", "hermes.example.com")
            .header("sec-fetch-site", "cross-site");
        let page = page.send().await;
        is_page(&page, 200);
        let text = page.text();
        for shown in [
            "Did you write this?",
            "replace &#60;i&#62;cheap&#60;/i&#62; with &#38; dear",
            "Prices &#60;b&#62;&#38; more&#60;/b&#62;",
            "ann@example.com",
            "<code>shop</code>",
            "2026-11-21 14:00 UTC",
            "Yes, I wrote this",
            "No, this was not me",
        ] {
            assert!(text.contains(shown), "{shown} in {text}");
        }
        let bare = app.call(Method::HEAD, &path).send().await;
        assert_eq!((bare.status.as_u16(), bare.body.len()), (200, 0));
    }
    assert_eq!(verdict(&app, &held).await, Verdict::Hold);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = app.call(method, &path).send().await;
        answer.is_problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn a6_p5_the_form_acts_once() {
    let (app, held, path) = holding("replace b with c").await;
    let page = say(&app, &path, &held, "mine").await;
    is_page(&page, 200);
    assert!(page.text().contains("It is being done"), "{}", page.text());
    assert!(!page.text().contains("<form"));
    assert_eq!(verdict(&app, &held).await, Verdict::Instruct);
    for word in ["mine", "not-mine"] {
        let again = say(&app, &path, &held, word).await;
        is_page(&again, 200);
        assert!(again.text().contains("It is being done"), "already done");
    }
    assert_eq!(verdict(&app, &held).await, Verdict::Instruct);
    assert!(
        app.get(&path)
            .send()
            .await
            .text()
            .contains("It is being done")
    );
}

#[tokio::test]
async fn a6_p5_who_did_not_write_it_says_so() {
    let (app, held, path) = holding("replace b with c").await;
    let page = say(&app, &path, &held, "not-mine").await;
    is_page(&page, 200);
    assert!(page.text().contains("It was discarded"), "{}", page.text());
    assert_eq!(verdict(&app, &held).await, Verdict::Silent);
}

#[tokio::test]
async fn a6_a_void_link_is_a_page_that_says_so() {
    let (app, held, path) = holding("replace b with c").await;
    let unknown = format!("/hermes/confirm/{}", "a".repeat(26));
    for path in [
        &unknown,
        "/hermes/confirm/x",
        "/hermes/confirm/%2e%2e%2f",
        "/hermes/confirm/%ff",
    ] {
        let page = app.get(path).send().await;
        if page.status != 400 {
            is_page(&page, 404);
            assert!(page.text().contains("This link is void"));
        }
    }
    is_page(&say(&app, &unknown, &held, "mine").await, 404);
    app.advance(std::time::Duration::from_hours(24));
    is_page(&app.get(&path).send().await, 404);
    is_page(&say(&app, &path, &held, "mine").await, 404);
    assert_eq!(verdict(&app, &held).await, Verdict::Hold);
}

#[tokio::test]
async fn a6_p5_other_websites_and_odd_forms_do_nothing() {
    let (app, held, path) = holding("replace b with c").await;
    let body = format!("message={}&answer=mine", held.journal_id);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let call = app.post(&path).body(FORM, body.clone()).header(name, value);
        call.send().await.is_problem(403, "cross_site");
    }
    let json = app.post(&path).body("application/json", body.clone());
    json.send().await.is_problem(415, "unsupported_media_type");
    let long = app.post(&path).body(FORM, "x".repeat(5000));
    long.send().await.is_problem(413, "too_large");
    let without = format!("message={}", held.journal_id);
    for odd in [
        "",
        "answer=mine",
        "message=&answer=mine",
        "message=%00&answer=mine",
        &without,
        &format!("{without}&answer=perhaps"),
    ] {
        let call = app.post(&path).body(FORM, odd);
        call.send().await.is_problem(400, "validation_failed");
    }
    assert_eq!(verdict(&app, &held).await, Verdict::Hold);
}
