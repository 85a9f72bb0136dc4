//! Starting, stopping and what is said when that is not possible.

use std::time::Duration;

use serde_json::json;

use super::harness::{Hermes, client, eventually, git, header, hermes, mail, outbox};

#[tokio::test]
async fn a_mail_changes_the_site_and_its_reply_goes_on_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let hermes = Hermes::start(folder.path(), &[]);
    let first = mail(
        "anna@example.com",
        "one@example.com",
        "Please replace \"8 am to 5 pm\" with \"7 am to 6 pm\".",
    );
    let (status, accepted) = hermes.post_mail(&first).await.unwrap();
    assert_eq!((status, &accepted["verdict"]), (202, &json!("instruct")));
    let answer = eventually("the answer", || outbox(&data).pop()).await.1;
    assert!(answer.contains("Changed files:"), "{answer}");

    let session = accepted["sessionId"].as_str().unwrap();
    let preview = client()
        .get(&hermes.url)
        .header("host", format!("{session}.localhost"))
        .send();
    let page = preview.await.unwrap().text().await.unwrap();
    assert!(page.contains("7 am to 6 pm") && !page.contains("8 am to 5 pm"));

    let second = format!(
        "From: anna@example.com\r\nTo: {}\r\nSubject: Re: A wish\r\nMessage-ID: <two@example.com>\r\n\
         In-Reply-To: {}\r\n\r\nNow replace \"7 am to 6 pm\" with \"6 am to 9 pm\".\r\n",
        header(&answer, "Reply-To"),
        header(&answer, "Message-ID"),
    );
    let (_, again) = hermes.post_mail(&second).await.unwrap();
    assert_eq!(
        again["sessionId"], accepted["sessionId"],
        "the reply stays in its conversation"
    );
    eventually("the second answer", || {
        (outbox(&data).len() == 2).then_some(())
    })
    .await;
    let branches = git(
        &data,
        &["branch", "--list", "thread-*", "--format=%(refname:short)"],
    );
    assert_eq!(branches.lines().count(), 1);
    let log = git(
        &data,
        &["log", "--oneline", &format!("main..{}", branches.trim())],
    );
    assert_eq!(log.lines().count(), 2);
    assert!(
        !hermes.log().contains("anna@example.com"),
        "no address is logged at info"
    );
}

#[tokio::test]
async fn it_stops_when_it_is_asked_and_goes_on_when_it_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let running = Hermes::start(folder.path(), &[("HERMES_MAX_CONTAINERS", "0")]);
    let body = json!({"clientId": "c", "userId": "u", "instruction": "Change the heading on the home page to \"Hi\""});
    let (status, activated) = running.post("/hermes/api/sessions/activate", body).await;
    assert_eq!(
        (status, &activated["status"]),
        (201, &json!("initializing"))
    );
    let (code, took) = running.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(25));

    let again = Hermes::start(folder.path(), &[]);
    let id = activated["commandId"].as_str().unwrap();
    let command = loop {
        let (_, command) = again.get(&format!("/hermes/api/commands/{id}")).await;
        if !matches!(command["state"].as_str(), Some("queued" | "running")) {
            break command;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(command["state"], "succeeded", "{command}");
    assert!(
        git(
            &data,
            &[
                "show",
                "--stat",
                "--format=%B",
                &format!("thread-{}", activated["threadId"].as_str().unwrap())
            ]
        )
        .contains(&format!("Hermes-Command: {id}"))
    );
    let (code, _) = again.terminate();
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn an_idle_container_sleeps_and_the_next_message_wakes_it() {
    let folder = tempfile::tempdir().unwrap();
    let hermes = Hermes::start(folder.path(), &[("IDLE_TIMEOUT", "1s")]);
    let body = json!({"clientId": "c", "userId": "u", "instruction": "Add a paragraph \"One\" to the contact page"});
    let (_, activated) = hermes.post("/hermes/api/sessions/activate", body).await;
    let session = activated["sessionId"].as_str().unwrap().to_owned();
    let status = async |wanted: &str| loop {
        let (_, status) = hermes
            .get(&format!("/hermes/api/sessions/{session}/status"))
            .await;
        if status["container"] == wanted && status["command"]["state"] == "succeeded" {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let asleep = tokio::time::timeout(Duration::from_secs(30), status("stopped"))
        .await
        .unwrap();
    assert_eq!(
        asleep["status"], "active",
        "the conversation stays open while the container sleeps"
    );
    let body = json!({"instruction": "Add a paragraph \"Two\" to the contact page"});
    let (code, _) = hermes
        .post(&format!("/hermes/api/sessions/{session}/messages"), body)
        .await;
    assert_eq!(code, 202);
    tokio::time::timeout(Duration::from_secs(30), status("running"))
        .await
        .unwrap();
    let (_, page) = hermes
        .get(&format!("/hermes/api/sessions/{session}/events?limit=100"))
        .await;
    let events = page["events"].as_array().unwrap();
    let starts = events
        .iter()
        .filter(|event| event["type"] == "container.starting")
        .count();
    assert_eq!(starts, 2, "{page}");
    let numbers: Vec<u64> = events
        .iter()
        .map(|event| event["sequence"].as_u64().unwrap())
        .collect();
    assert_eq!(
        numbers,
        (1..=numbers.len() as u64).collect::<Vec<_>>(),
        "numbered without gaps"
    );
}

#[test]
fn a_second_one_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Hermes::start(folder.path(), &[]);
    let second = hermes(folder.path())
        .args(["serve", "--port", "0"])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{error}");
    assert!(
        error.contains("data") && error.contains("another"),
        "{error}"
    );
}

#[test]
fn a_taken_port_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let output = hermes(folder.path())
        .args(["--host", "127.0.0.1", "--port", &port])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(&port) && error.contains("PORT"), "{error}");
}

#[test]
fn wrong_settings_are_all_told_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let output = hermes(folder.path())
        .args(["serve", "--session-ttl", "soon"])
        .env("PORT", "99999")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(
        error.contains("PORT") && error.contains("99999") && error.contains("soon"),
        "{error}"
    );
    assert!(!folder.path().join("data").exists());
}

#[test]
fn there_is_no_database_to_copy_on_aws() {
    let folder = tempfile::tempdir().unwrap();
    let store = "s3://previews/{clientHash}/{projectId}/{sessionId}/";
    let output = hermes(folder.path())
        .args(["backup", "copy.db", "--backend", "aws"])
        .args(["--mail-address", "edit@example.com"])
        .args(["--mail-store", "s3://mails/in/", "--preview-store", store])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("point-in-time recovery"), "{told}");
}
