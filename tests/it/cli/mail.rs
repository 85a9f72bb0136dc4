//! `hermes mail`.

use std::fs;

use axum::http::HeaderValue;
use axum::http::header::LINK;
use hermes::config::cli::Exit;
use insta::assert_snapshot;

use super::scripted::{Scripted, ask, json, problem};

const MAIL: &str = "From: ann@example.com\r\nSubject: Hours\r\n\r\nChange the hours to 9-5\r\n";
const ACCEPTED: &str = r#"{"messageId":"a@b","journalId":"jrn-1","verdict":"instruct","duplicate":false,
    "sessionId":"ses-1","commandId":"cmd-1","rules":["A3","Q1"]}"#;
const ROW: &str = r#"{"journalId":"jrn-1","receivedAt":"2026-11-21T14:20:00Z","channel":"http","messageId":"a@b",
    "from":"ann@example.com","to":["edit@hermes.localhost"],"subject":"Hours \u001b[2J of the \u202eshop","bytes":2048,
    "projectId":"site","verdict":"instruct","rules":["A3","Q1"],"reason":"its text is an instruction","sessionId":"ses-1",
    "threadId":"7k2m","commandId":"cmd-1","replays":1}"#;

#[tokio::test]
async fn a_mail_file_is_sent_as_it_is() {
    let server = Scripted::start([json(202, ACCEPTED)]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("change.eml");
    fs::write(&file, MAIL).unwrap();
    let said = server
        .asked(&["mail", "send", file.to_str().unwrap()])
        .await;
    assert_snapshot!(said, @r"
    Accepted: it will be carried out (instruct)
    mail     jrn-1
    session  ses-1
    command  cmd-1
    rules    A3, Q1
    ---- Done
    next: hermes session watch ses-1 --server http://SERVER
    ");
    let heard = server.only();
    assert_eq!(heard.call, "POST /hermes/api/mail");
    assert_eq!(heard.header("content-type"), "message/rfc822");
    assert_eq!(heard.body, MAIL);
    let agent = format!("hermes/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(heard.header("user-agent"), agent);
    assert_eq!(heard.header("authorization"), "");
}

#[tokio::test]
async fn a_mail_is_read_from_standard_input_and_a_key_is_presented() {
    let server = Scripted::start([json(202, ACCEPTED)]).await;
    let arguments = ["mail", "send", "-", "--api-key", "hermes_shop_ab12"];
    let said = ask(&server.url, &arguments, MAIL).await;
    assert_eq!(said.exit, Exit::Done);
    assert_eq!(server.only().body, MAIL);
    assert_eq!(
        server.only().header("authorization"),
        "Bearer hermes_shop_ab12"
    );
}

#[tokio::test]
async fn in_json_the_answer_is_the_servers_on_one_line() {
    let server = Scripted::start([json(202, ACCEPTED)]).await;
    let said = ask(&server.url, &["mail", "send", "-", "--json"], MAIL).await;
    assert_snapshot!(said, @r#"
    {"commandId":"cmd-1","duplicate":false,"journalId":"jrn-1","messageId":"a@b","rules":["A3","Q1"],"sessionId":"ses-1","verdict":"instruct"}
    ---- Done
    "#);
    assert_eq!(said.out.lines().count(), 1);
}

#[tokio::test]
async fn every_verdict_is_told_in_words() {
    let answers = ["command", "silent", "refuse", "hold", "poison", "someday"].map(|verdict| {
        let body =
            format!(r#"{{"journalId":"jrn-1","verdict":"{verdict}","duplicate":true,"rules":[]}}"#);
        super::scripted::answer(202, "application/json", body)
    });
    let server = Scripted::start(answers).await;
    let mut told = String::new();
    for _ in 0..6 {
        let said = ask(&server.url, &["mail", "send", "-"], MAIL).await;
        assert_eq!(said.exit, Exit::Done);
        told += said.out.lines().next().unwrap();
        told += "\n";
        assert!(said.out.contains("received before"), "{said}");
        assert!(said.err.contains("hermes mail show jrn-1"), "{said}");
    }
    assert_snapshot!(told, @r"
    Accepted: a command by reply (command)
    Kept: nobody is answered (silent)
    Refused: the sender is told why (refuse)
    Held until somebody confirms it (hold)
    Kept: it cannot be read (poison)
    Received (someday)
    ");
}

#[tokio::test]
async fn what_cannot_be_a_mail_is_not_sent() {
    let server = Scripted::start([]).await;
    let folder = tempfile::tempdir().unwrap();
    let (empty, large) = (
        folder.path().join("empty.eml"),
        folder.path().join("large.eml"),
    );
    fs::write(&empty, "").unwrap();
    fs::File::create(&large)
        .unwrap()
        .set_len((40 << 20) + 1)
        .unwrap();
    let missing = folder.path().join("no.eml");
    for (path, why) in [
        (missing.as_path(), "there is no such file"),
        (folder.path(), "this is a folder"),
        (empty.as_path(), "is empty"),
        (large.as_path(), "has more than 40 MB"),
    ] {
        let path = path.to_str().unwrap();
        let said = server.asked(&["mail", "send", path]).await;
        assert_eq!((said.exit, said.out.as_str()), (Exit::Usage, ""), "{said}");
        assert!(
            said.err.starts_with("error: ") && said.err.contains(path),
            "{said}"
        );
        assert!(said.err.contains(why), "{said}");
    }
    let said = ask(&server.url, &["mail", "send", "-"], "").await;
    assert_eq!(said.err, "error: standard input is empty\n");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn mails_are_listed_in_columns() {
    let second = r#"{"journalId":"jrn-2","receivedAt":"2026-11-21T13:00:00.5Z","verdict":"silent","from":null,
        "subject":"Out of office: I am away until the end of the year","rules":["E12","L6"]}"#;
    let mut page = super::scripted::answer(200, "application/json", format!("[{ROW},{second}]"));
    let link = "</hermes/api/mail?limit=2&cursor=j%2B2>; rel=\"next\"";
    page.headers_mut()
        .insert(LINK, HeaderValue::from_static(link));
    let server = Scripted::start([page, json(200, "[]")]).await;
    let said = server.asked(&["mail", "list", "--limit", "2"]).await;
    assert_snapshot!(said, @r"
    RECEIVED              VERDICT   FROM             SUBJECT                           RULES   ID
    2026-11-21T14:20:00Z  instruct  ann@example.com  Hours  [2J of the shop            A3 Q1   jrn-1
    2026-11-21T13:00:00Z  silent    -                Out of office: I am away unti...  E12 L6  jrn-2
    ---- Done
    next: hermes mail list --limit 2 --cursor 'j+2' --server http://SERVER
    ");
    let said = server.asked(&["mail", "list", "--cursor", "j+2"]).await;
    assert_snapshot!(said, @r"
    No mails
    ---- Done
    ");
    let calls: Vec<_> = server.heard().into_iter().map(|heard| heard.call).collect();
    assert_eq!(
        calls,
        [
            "GET /hermes/api/mail?limit=2",
            "GET /hermes/api/mail?limit=20&cursor=j%2B2"
        ]
    );
}

#[tokio::test]
async fn in_json_a_list_says_where_it_goes_on() {
    let mut page = json(
        200,
        r#"[{"journalId":"jrn-2","receivedAt":"2026-11-21T13:00:00Z","verdict":"silent"}]"#,
    );
    page.headers_mut().insert(
        LINK,
        HeaderValue::from_static("</x?cursor=next>; rel=\"next\""),
    );
    let server = Scripted::start([page, json(200, "[]")]).await;
    let said = server.asked(&["mail", "list", "--json"]).await;
    assert_snapshot!(said, @r#"
    {"items":[{"journalId":"jrn-2","receivedAt":"2026-11-21T13:00:00Z","verdict":"silent"}],"next":"next"}
    ---- Done
    "#);
    let said = server.asked(&["--json", "mail", "list"]).await;
    assert_snapshot!(said, @r#"
    {"items":[],"next":null}
    ---- Done
    "#);
}

#[tokio::test]
async fn a_mail_is_shown_with_what_became_of_it() {
    let command =
        r#"{"commandId":"cmd-1","state":"succeeded","summary":"Opening hours are now 9-5"}"#;
    let server = Scripted::start([json(200, ROW), json(200, command)]).await;
    let said = server.asked(&["mail", "show", "jrn-1"]).await;
    assert_snapshot!(said, @r"
    mail           jrn-1
    received       2026-11-21T14:20:00Z (8 min ago)
    channel        http
    from           ann@example.com
    to             edit@hermes.localhost
    subject        Hours  [2J of the shop
    message id     a@b
    size           2048 bytes
    verdict        instruct
    reason         its text is an instruction
    rules          A3, Q1
    project        site
    thread         7k2m
    session        ses-1
    decided again  1 times
    command        cmd-1: succeeded: Opening hours are now 9-5
    ---- Done
    ");
    let calls: Vec<_> = server.heard().into_iter().map(|heard| heard.call).collect();
    assert_eq!(
        calls,
        [
            "GET /hermes/api/mail/jrn-1",
            "GET /hermes/api/commands/cmd-1"
        ]
    );
}

#[tokio::test]
async fn a_mail_is_shown_even_if_its_command_is_not() {
    let refusal = problem(
        403,
        r#"{"code":"right_missing","detail":"this key may not read sessions"}"#,
    );
    let server = Scripted::start([json(200, ROW), refusal, json(200, ROW)]).await;
    let said = server.asked(&["mail", "show", "jrn-1"]).await;
    assert_eq!(said.exit, Exit::Done);
    assert!(
        said.out
            .contains("cmd-1: this key may not read sessions (right_missing)"),
        "{said}"
    );
    let said = server.asked(&["mail", "show", "jrn-1", "--json"]).await;
    assert!(said.out.starts_with(r#"{"bytes":2048,"#), "{said}");
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn a_replay_is_forced_only_on_demand() {
    let conflict = problem(
        409,
        r#"{"code":"has_command","detail":"the message has a command already"}"#,
    );
    let server = Scripted::start([conflict, json(200, ACCEPTED)]).await;
    let said = server.asked(&["mail", "replay", "jrn-1"]).await;
    assert_snapshot!(said, @r"
    ---- Refused
    error: the message has a command already (has_command)
    ");
    let said = server.asked(&["mail", "replay", "jrn-1", "--force"]).await;
    assert_eq!(said.exit, Exit::Done, "{said}");
    let heard = server.heard();
    assert_eq!(heard[0].call, "POST /hermes/api/mail/jrn-1/replay");
    assert_eq!(
        heard[1].call,
        "POST /hermes/api/mail/jrn-1/replay?force=true"
    );
}
