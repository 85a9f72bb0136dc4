//! `config/aws/set-version.sh` and `config/aws/client-hash.sh`.

use hermes::domain::ids::ClientId;

use super::scripts::{Desk, Told};

const SCRIPT: &str = "config/aws/set-version.sh";

/// A stack with the version `old`; `aws` and `curl` do as told.
fn set(arguments: &[&str], wait: &str, curl: &str, min_tasks: u8) -> Told {
    let desk = Desk::with(&[SCRIPT]);
    let described = format!(
        "ImageTag\\told\\nPublicUrl\\thttps://www.example.com\\nMinTasks\\t{min_tasks}\\nSubnets\\tsubnet-1,subnet-2\\n"
    );
    desk.program(
        "aws",
        &format!("case \"$2\" in\ndescribe-stacks) printf '{described}' ;;\nwait) {wait} ;;\nesac"),
    );
    desk.program("curl", curl);
    desk.program("sleep", "true");
    desk.run(SCRIPT, arguments, &[("HEALTH_ATTEMPTS", "2")])
}

fn updates(told: &Told) -> Vec<&String> {
    told.calls
        .iter()
        .filter(|call| call.contains("update-stack"))
        .collect()
}

#[test]
fn a_version_changes_the_tag_and_nothing_else() {
    let told = set(&["hermes", "new"], "true", "true", 1);
    assert_eq!(told.code, 0, "{}", told.err);
    let updates = updates(&told);
    assert_eq!(updates.len(), 1, "{updates:?}");
    for wanted in [
        "--use-previous-template",
        "ParameterKey=ImageTag,ParameterValue=new",
        "ParameterKey=Subnets,UsePreviousValue=true",
        "ParameterKey=MinTasks,UsePreviousValue=true",
    ] {
        assert!(updates[0].contains(wanted), "{wanted}: {}", updates[0]);
    }
    assert!(
        told.calls
            .iter()
            .any(|call| call.contains("https://www.example.com/hermes/health"))
    );
}

#[test]
fn a_version_that_never_gets_healthy_fails_and_is_rolled_back_by_the_stack() {
    let told = set(&["hermes", "new"], "exit 255", "true", 1);
    assert_eq!(told.code, 1);
    assert_eq!(updates(&told).len(), 1);
    assert!(told.err.contains("back at old"), "{}", told.err);
}

#[test]
fn a_version_that_does_not_answer_is_taken_back() {
    let told = set(&["hermes", "new"], "true", "exit 22", 1);
    assert_eq!(told.code, 1);
    let updates = updates(&told);
    assert_eq!(updates.len(), 2, "{updates:?}");
    assert!(updates[1].contains("ParameterKey=ImageTag,ParameterValue=old"));
}

#[test]
fn a_service_that_may_sleep_is_not_asked() {
    let told = set(&["hermes", "new"], "true", "exit 22", 0);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(!told.calls.iter().any(|call| call.starts_with("curl")));
}

#[test]
fn a_dry_run_changes_nothing_and_the_same_version_neither() {
    for arguments in [
        ["--dry-run", "hermes", "new"].as_slice(),
        &["hermes", "old"],
    ] {
        let told = set(arguments, "true", "true", 1);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_eq!(updates(&told).len(), 0, "{arguments:?}");
    }
}

#[test]
fn the_script_and_hermes_agree_on_a_clients_hash() {
    let script = "config/aws/client-hash.sh";
    let desk = Desk::with(&[script]);
    let longest = "x".repeat(128);
    for client in ["acme", "a", "ann+b@example.com", "Team:7_x", &longest] {
        let told = desk.run(script, &[client], &[]);
        let id: ClientId = client.parse().unwrap();
        assert_eq!(told.out.trim(), id.hash8(), "{client}: {}", told.err);
    }
    for wrong in [["a b"].as_slice(), &[""], &[], &["a", "b"]] {
        assert_eq!(desk.run(script, wrong, &[]).code, 2, "{wrong:?}");
    }
}
