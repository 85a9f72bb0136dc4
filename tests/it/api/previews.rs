//! Previews: the right file, and nothing else.

use std::fs;

use axum::http::Method;

use super::app::TestApp;
use super::client::Answer;
use crate::support::records::a_preview;

const HOST: &str = "ses-1.localhost:3000";

/// An app where `ses-1` shows a small site.
async fn app_with_site(own_404: Option<&str>) -> TestApp {
    let app = TestApp::start();
    let site = app.folder.path().join("site");
    fs::create_dir_all(site.join("docs")).unwrap();
    fs::write(site.join("index.html"), "<h1>Bakery</h1>").unwrap();
    fs::write(site.join("about.html"), "<h1>About</h1>").unwrap();
    fs::write(site.join("style.css"), "h1 { color: red }").unwrap();
    fs::write(site.join("docs/index.html"), "<h1>Docs</h1>").unwrap();
    if let Some(text) = own_404 {
        fs::write(site.join("404.html"), text).unwrap();
    }
    fs::write(app.folder.path().join("secret"), "secret").unwrap();
    app.known("ses-1").await;
    let preview = a_preview("ses-1");
    app.ports.previews.publish(&preview, &site).await.unwrap();
    app
}

async fn visit(app: &TestApp, path: &str) -> Answer {
    app.get(path).header("host", HOST).send().await
}

#[tokio::test]
async fn a_preview_is_its_own_host() {
    let app = app_with_site(None).await;
    for (path, kind, text) in [
        ("/", "text/html", "<h1>Bakery</h1>"),
        ("/about", "text/html", "<h1>About</h1>"),
        ("/style.css", "text/css", "h1 { color: red }"),
        ("/docs/?a=b", "text/html", "<h1>Docs</h1>"),
    ] {
        let answer = visit(&app, path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (200, text),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("x-robots-tag"), "noindex");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(
            answer.header("content-security-policy"),
            "",
            "it is an origin of its own"
        );
    }
    let docs = visit(&app, "/docs?a=b").await;
    assert_eq!(
        (docs.status.as_u16(), docs.header("location")),
        (302, "./docs/?a=b")
    );
}

#[tokio::test]
async fn a_preview_in_place_is_in_a_sandbox() {
    let app = app_with_site(None).await;
    let answer = app.get("/hermes/preview/ses-1/about.html").send().await;
    assert_eq!(answer.text(), "<h1>About</h1>");
    let sandbox = "sandbox allow-scripts allow-forms allow-popups";
    assert_eq!(answer.header("content-security-policy"), sandbox);
    assert_eq!(answer.header("x-robots-tag"), "noindex");
    let bare = app.get("/hermes/preview/ses-1").send().await;
    assert_eq!(
        (bare.status.as_u16(), bare.header("location")),
        (302, "/hermes/preview/ses-1/")
    );
    let missing = app.get("/hermes/preview/ses-1/nothing").send().await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("href=\"/hermes/preview/ses-1/\""));
}

#[tokio::test]
async fn a_browser_that_goes_to_a_preview_in_place_is_sent_to_its_host() {
    let app = app_with_site(None).await;
    let call = app.get("/hermes/preview/ses-1/docs/?a=b");
    let answer = call.header("sec-fetch-mode", "navigate").send().await;
    assert_eq!(answer.status, 302);
    assert_eq!(
        answer.header("location"),
        "http://ses-1.localhost:3000/docs/?a=b"
    );
    let here = TestApp::with(&[(
        "PREVIEW_URL",
        "http://localhost:3000/hermes/preview/{sessionId}/",
    )]);
    let call = here
        .get("/hermes/preview/ses-1/")
        .header("sec-fetch-mode", "navigate");
    assert_eq!(call.send().await.status, 404, "no round trip to itself");
}

#[tokio::test]
async fn nothing_outside_the_site_is_served() {
    let app = app_with_site(None).await;
    let site = app.folder.path().join("previews/ses-1");
    let version = fs::canonicalize(site.join("current")).unwrap();
    fs::create_dir(version.join(".git")).unwrap();
    fs::write(version.join(".git/config"), "secret").unwrap();
    fs::write(version.join(".env"), "secret").unwrap();
    std::os::unix::fs::symlink(app.folder.path().join("secret"), version.join("link")).unwrap();
    for path in [
        "/.env",
        "/.git/config",
        "/%2egit/config",
        "/%2Eenv",
        "/link",
        "/../secret",
        "/..%2f..%2f..%2fsecret",
        "/%2e%2e/%2e%2e/%2e%2e/secret",
        "/docs/../../../../secret",
        "/..%5c..%5csecret",
        "/%00",
        "/%ff",
        "//etc/passwd",
        "/etc/passwd%00.html",
    ] {
        let answer = visit(&app, path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(
            !answer.text().contains("secret\n") && answer.text() != "secret",
            "{path}"
        );
        let answer = app
            .get(&format!("/hermes/preview/ses-1{path}"))
            .send()
            .await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_api_is_not_on_a_previews_host() {
    let app = app_with_site(None).await;
    for path in [
        "/health",
        "/hermes/health",
        "/hermes/api/sessions/client/demo",
        "/hermes/metrics",
    ] {
        let answer = visit(&app, path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (404, "text/html; charset=utf-8")
        );
    }
    let post = app
        .post("/hermes/api/sessions/activate")
        .header("host", HOST);
    let answer = post.json(&super::app::instruction()).send().await;
    answer.is_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn what_the_site_does_not_have_is_said_in_its_own_words_if_it_has_some() {
    let app = app_with_site(Some("<h1>Lost</h1>")).await;
    let answer = visit(&app, "/nothing").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text()),
        (404, "<h1>Lost</h1>")
    );
    let app = app_with_site(None).await;
    let answer = visit(&app, "/a&b'c").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("not on the website") && !answer.text().contains("a&b'c"));
}

#[tokio::test]
async fn until_something_is_published_a_page_waits_for_it() {
    let app = TestApp::start();
    let session = app.session().await;
    let host = format!("{session}.localhost:3000");
    let waiting = app.get("/any/page").header("host", &host).send().await;
    assert_eq!(waiting.status, 200);
    assert!(waiting.text().contains("being prepared") && waiting.text().contains(&session));
    assert_eq!(
        (waiting.header("cache-control"), waiting.header("refresh")),
        ("no-store", "2")
    );
    for host in ["ses-unknown.localhost:3000", "a,b.localhost"] {
        let nothing = app.get("/").header("host", host).send().await;
        assert_eq!(nothing.status, 404);
        assert!(nothing.text().contains("no preview at this address"));
    }
}

#[tokio::test]
async fn files_are_served_in_parts_and_only_when_they_are_new() {
    let app = app_with_site(None).await;
    let get = || app.get("/style.css").header("host", HOST);
    let part = get().header("range", "bytes=0-1").send().await;
    assert_eq!((part.status.as_u16(), part.text()), (206, "h1"));
    let whole = get()
        .header("range", "bytes=0-1")
        .header("if-range", "\"old\"")
        .send()
        .await;
    assert_eq!(
        (whole.status.as_u16(), whole.text()),
        (200, "h1 { color: red }")
    );
    let tag = whole.header("etag").to_owned();
    let same = get().header("if-none-match", &tag).send().await;
    assert_eq!((same.status.as_u16(), same.text()), (304, ""));
    let head = app
        .call(Method::HEAD, "/style.css")
        .header("host", HOST)
        .send()
        .await;
    assert_eq!(
        (
            head.status.as_u16(),
            head.text(),
            head.header("content-length")
        ),
        (200, "", "17")
    );
}
