//! The real commands in their own processes: what they print, and with which code they end.

use std::process::{Command, Output};

use serde_json::Value;

use super::account::Patient;

trials![
    provision_and_doctor_print_and_exit_as_promised,
    both_commands_end_soon_when_nobody_answers,
];

fn run(patient: &Patient, arguments: &[&str]) -> Output {
    let settings = &patient.case.settings;
    let mail = settings.mail_store.as_ref().unwrap().to_string();
    let previews = settings.preview_store.as_ref().unwrap().to_string();
    Command::new(env!("CARGO_BIN_EXE_hermes"))
        .args(arguments)
        .env_clear()
        .envs(patient.account.environment())
        .env("AWS_SECRET_ACCESS_KEY", "very-secret")
        .env("AWS_ENDPOINT_URL", settings.endpoint_url.as_ref().unwrap())
        .env("HERMES_BACKEND", "aws")
        .env("HERMES_MAIL_STORE", mail)
        .env("HERMES_PREVIEW_STORE", previews)
        .env("HERMES_MAIL_ADDRESS", "edit@example.com")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn provision_and_doctor_print_and_exit_as_promised() {
    let patient = Patient::empty();
    let made = run(&patient, &["provision"]);
    let told = text(&made.stdout);
    assert_eq!(made.status.code(), Some(0), "{told}{}", text(&made.stderr));
    assert!(
        told.contains("made       table webordinary-edit-sessions"),
        "{told}"
    );
    let again = run(&patient, &["provision", "--json"]);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    let steps = again["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["state"] == "was_there"),
        "{again}"
    );

    let looked = run(&patient, &["doctor", "--json"]);
    assert_eq!(looked.status.code(), Some(1), "{}", text(&looked.stderr));
    let found: Value = serde_json::from_slice(&looked.stdout).unwrap();
    let checks = found["checks"].as_array().unwrap();
    let tables = checks.iter().filter(|row| row["topic"] == "tables");
    assert!(tables.clone().count() == 7 && tables.clone().all(|row| row["state"] == "ok"));
    assert!(found["wrong"].as_u64().unwrap() > 0);
    let wrong = checks.iter().filter(|row| row["state"] != "ok");
    assert!(wrong.clone().all(|row| row["fix"].is_string()), "{found}");
    assert!(!text(&looked.stdout).contains("very-secret"));

    let looked = run(&patient, &["doctor"]);
    let told = text(&looked.stdout);
    assert!(told.starts_with("STATE"), "{told}");
    assert!(
        told.contains("fix: make it (config/aws/hermes.yaml"),
        "{told}"
    );
    assert!(!told.contains("very-secret") && looked.stderr.is_empty());
}

async fn both_commands_end_soon_when_nobody_answers() {
    let mut patient = Patient::empty();
    // a port that is taken by nobody
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    patient.case.settings.endpoint_url = Some(url);
    let made = run(&patient, &["provision"]);
    assert_eq!(made.status.code(), Some(1), "{}", text(&made.stdout));
    assert!(text(&made.stdout).contains("failed"));
    let looked = run(&patient, &["doctor", "--json"]);
    let found: Value = serde_json::from_slice(&looked.stdout).unwrap();
    let credentials = &found["checks"].as_array().unwrap().iter();
    let credentials = credentials
        .clone()
        .find(|row| row["name"] == "credentials")
        .unwrap();
    assert_eq!(credentials["state"], "unknown", "{found}");
}
