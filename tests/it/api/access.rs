//! Who may call: keys and their scopes, this machine without keys, and no other website.

use axum::http::Method;
use hermes::config::{mint_key, parse_scope};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::app::{TestApp, instruction};

const ACTIVATE: &str = "/hermes/api/sessions/activate";

/// Every route that needs a right, with the right.
const ROUTES: [(Method, &str, &str); 14] = [
    (Method::POST, ACTIVATE, "sessions"),
    (Method::GET, "/hermes/api/sessions/client/acme", "sessions"),
    (Method::GET, "/hermes/api/sessions/ses-1/status", "sessions"),
    (
        Method::POST,
        "/hermes/api/sessions/ses-1/keepalive",
        "sessions",
    ),
    (
        Method::POST,
        "/hermes/api/sessions/ses-1/deactivate",
        "sessions",
    ),
    (
        Method::POST,
        "/hermes/api/sessions/ses-1/messages",
        "sessions",
    ),
    (
        Method::GET,
        "/hermes/api/sessions/ses-1/commands",
        "sessions",
    ),
    (Method::GET, "/hermes/api/sessions/ses-1/events", "sessions"),
    (Method::GET, "/hermes/api/commands/cmd-1", "sessions"),
    (Method::POST, "/hermes/api/mail", "mail"),
    (Method::GET, "/hermes/api/mail", "admin"),
    (Method::GET, "/hermes/api/mail/msg-1", "admin"),
    (Method::POST, "/hermes/api/mail/msg-1/replay", "admin"),
    (Method::GET, "/hermes/metrics", "admin"),
];

struct Keys {
    app: TestApp,
    secrets: Vec<String>,
}

/// A service with these keys, each by its clients and rights.
fn with_keys(keys: &[(&str, &str)]) -> Keys {
    let minted: Vec<_> = (0_u8..)
        .zip(keys)
        .map(|(number, (clients, rights))| {
            let (scope, rights) = (parse_scope(clients).unwrap(), rights.parse().unwrap());
            mint_key(&format!("k{number}"), &scope, rights, [number; 32]).unwrap()
        })
        .collect();
    let entries: Vec<_> = minted.iter().map(|key| key.entry.as_str()).collect();
    Keys {
        app: TestApp::with(&[("HERMES_API_KEYS", &entries.join(" "))]),
        secrets: minted
            .iter()
            .map(|key| key.secret.expose_secret().to_owned())
            .collect(),
    }
}

#[tokio::test]
async fn every_route_of_the_api_needs_a_key_with_its_right() {
    let keys = with_keys(&[
        ("*", "sessions"),
        ("*", "mail"),
        ("*", "admin"),
        ("*", "publish"),
    ]);
    let (app, secrets) = (&keys.app, &keys.secrets);
    for (method, path, needed) in &ROUTES {
        let call = || app.call(method.clone(), path);
        let missing = call().send().await;
        missing.is_problem(401, "unauthorized");
        assert_eq!(missing.header("www-authenticate"), "Bearer");
        let unknown = call().key("hermes_k0_wrong").send().await;
        unknown.is_problem(401, "unauthorized");
        assert!(unknown.header("www-authenticate").contains("invalid_token"));
        for (secret, right) in secrets.iter().zip(["sessions", "mail", "admin", "publish"]) {
            let answer = call().key(secret).send().await;
            if right == *needed {
                assert!(
                    !matches!(answer.status.as_u16(), 401 | 403),
                    "{path} {answer:?}"
                );
            } else {
                answer.is_problem(403, "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn a_key_may_come_under_any_host_and_from_anywhere() {
    let keys = with_keys(&[("*", "sessions")]);
    let call = keys
        .app
        .get("/hermes/api/sessions/client/acme")
        .key(&keys.secrets[0]);
    let call = call
        .header("host", "10.internal.example")
        .from("192.0.2.9:1");
    call.send().await.expect(200);
}

#[tokio::test]
async fn what_belongs_to_other_clients_does_not_exist() {
    let keys = with_keys(&[
        ("demo", "sessions+mail+admin"),
        ("other", "sessions+mail+admin"),
    ]);
    let (app, ours, theirs) = (&keys.app, &keys.secrets[0], &keys.secrets[1]);
    let made = app
        .post(ACTIVATE)
        .key(ours)
        .json(&instruction())
        .send()
        .await
        .expect(201);
    let session = made["sessionId"].as_str().unwrap();
    let at = |what: &str| format!("/hermes/api/sessions/{session}/{what}");
    for (method, path, code) in [
        (Method::GET, at("status"), "unknown_session"),
        (Method::POST, at("keepalive"), "unknown_session"),
        (Method::POST, at("deactivate"), "unknown_session"),
        (Method::GET, at("commands"), "unknown_session"),
        (Method::GET, at("events"), "unknown_session"),
        (
            Method::GET,
            format!(
                "/hermes/api/commands/{}",
                made["commandId"].as_str().unwrap()
            ),
            "unknown_command",
        ),
    ] {
        let answer = app.call(method, &path).key(theirs).send().await;
        answer.is_problem(404, code);
    }
    let message = app
        .post(&at("messages"))
        .key(theirs)
        .json(&json!({"instruction": "x"}));
    message.send().await.is_problem(404, "unknown_session");
    let list = app
        .get("/hermes/api/sessions/client/demo")
        .key(theirs)
        .send()
        .await;
    assert_eq!(list.expect(200), json!([]));
    let answer = app
        .post(ACTIVATE)
        .key(theirs)
        .json(&instruction())
        .send()
        .await;
    answer.is_problem(403, "client_not_allowed");
}

#[tokio::test]
async fn a_key_vouches_for_mail_to_its_own_projects_only() {
    let keys = with_keys(&[
        ("acme", "mail+admin"),
        ("demo", "mail+admin"),
        ("*", "admin"),
    ]);
    let mail = |number: u8| {
        format!(
            "From: ann@example.com\r\nTo: shop@example.com\r\nSubject: x\r\nMessage-ID: <{number}@example.com>\r\n\r\n\
             replace a with b\r\n"
        )
    };
    let post = |number: u8, key: usize| {
        let call = keys.app.post("/hermes/api/mail").key(&keys.secrets[key]);
        call.body("message/rfc822", mail(number))
    };
    let own = post(1, 0).send().await.expect(202);
    assert_eq!(own["verdict"], "instruct");
    // shop@example.com is no address of theirs, so the mail is one to their only project
    let foreign = post(2, 1).send().await.expect(202);
    let row = format!(
        "/hermes/api/mail/{}",
        foreign["journalId"].as_str().unwrap()
    );
    let row = keys
        .app
        .get(&row)
        .key(&keys.secrets[2])
        .send()
        .await
        .expect(200);
    assert_ne!(row["projectId"], "shop", "{row}");
    let own = format!("/hermes/api/mail/{}", own["journalId"].as_str().unwrap());
    keys.app
        .get(&own)
        .key(&keys.secrets[0])
        .send()
        .await
        .expect(200);
    let hidden = keys.app.get(&own).key(&keys.secrets[1]).send().await;
    hidden.is_problem(404, "unknown_message");
    let replay = keys
        .app
        .post(&format!("{own}/replay?force=true"))
        .key(&keys.secrets[1]);
    replay.send().await.is_problem(404, "unknown_message");
    let seen = keys
        .app
        .get("/hermes/api/mail")
        .key(&keys.secrets[0])
        .send()
        .await
        .expect(200);
    assert_eq!(seen.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_keys_only_this_machine_is_served() {
    let app = TestApp::start();
    for (method, path, _) in &ROUTES {
        let call = || app.call(method.clone(), path);
        for call in [
            call().from("192.0.2.1:5000"),
            call().from("[2001:db8::1]:5000"),
            call().header("x-forwarded-for", "127.0.0.1"),
            call().header("forwarded", "for=127.0.0.1"),
        ] {
            let problem = call.send().await.is_problem(403, "api_key_required");
            assert!(
                problem["detail"]
                    .as_str()
                    .unwrap()
                    .contains("hermes key new")
            );
        }
    }
    let list = app.get("/hermes/api/sessions/client/demo");
    list.from("[::ffff:127.0.0.1]:5000")
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn without_keys_a_name_that_is_not_ours_is_not_served() {
    for app in [
        TestApp::start(),
        TestApp::with(&[("HERMES_API_KEYS", "open")]),
    ] {
        for (method, path, _) in &ROUTES {
            let call = || app.call(method.clone(), path);
            for call in [
                call().header("host", "rebound.example"),
                call().without("host"),
            ] {
                call.send().await.is_problem(421, "unknown_host");
            }
        }
        for host in ["localhost", "127.0.0.1:3000", "[::1]:3000", "192.0.2.7"] {
            let list = app
                .get("/hermes/api/sessions/client/demo")
                .header("host", host);
            list.send().await.expect(200);
        }
    }
    let named = TestApp::with(&[("HERMES_PUBLIC_URL", "https://hermes.example.com")]);
    let list = named.get("/hermes/api/sessions/client/demo");
    list.header("host", "hermes.example.com")
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn an_open_service_serves_everyone() {
    let app = TestApp::with(&[("HERMES_API_KEYS", "open")]);
    let list = app
        .get("/hermes/api/sessions/client/demo")
        .from("192.0.2.1:5000");
    list.send().await.expect(200);
}

#[tokio::test]
async fn other_websites_change_nothing_with_a_key_or_without() {
    let keys = with_keys(&[("*", "sessions")]);
    let open = TestApp::start();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://ses-1.localhost:3000"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for call in [
            open.post(ACTIVATE),
            keys.app.post(ACTIVATE).key(&keys.secrets[0]),
            open.post("/hermes/api/sessions/ses-1/deactivate"),
        ] {
            let answer = call.json(&instruction()).header(name, value).send().await;
            answer.is_problem(403, "cross_site");
        }
    }
    let same = open
        .post(ACTIVATE)
        .json(&instruction())
        .header("origin", "http://localhost:3000");
    same.header("sec-fetch-site", "same-origin")
        .send()
        .await
        .expect(201);
}

#[tokio::test]
async fn what_needs_no_key_is_open_to_all() {
    let app = with_keys(&[("*", "admin")]).app;
    for path in [
        "/health",
        "/hermes/health",
        "/hermes/health/ready",
        "/",
        "/hermes",
        "/hermes/",
    ] {
        let call = app
            .get(path)
            .from("192.0.2.1:5000")
            .header("host", "any.example");
        let answer = call.send().await;
        assert_eq!(answer.status, 200, "{path}");
    }
}
