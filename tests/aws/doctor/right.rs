//! What is right is said to be.

use hermes::domain::check::StepState;

use super::account::Patient;

trials![
    provision_makes_everything_once,
    a_healthy_account_has_nothing_wrong,
    an_empty_account_tells_everything_that_is_missing_and_hangs_nowhere,
];

async fn provision_makes_everything_once() {
    let patient = Patient::empty();
    let first = patient.provision().await;
    assert!(
        first.iter().all(|step| step.state == StepState::Made),
        "{first:#?}"
    );
    let again = patient.provision().await;
    assert_eq!(first.len(), again.len());
    assert!(
        again.iter().all(|step| step.state == StepState::WasThere),
        "{again:#?}"
    );
    let names: Vec<&str> = first.iter().map(|step| step.name.as_str()).collect();
    assert!(
        names.contains(&"table webordinary-edit-sessions"),
        "{names:?}"
    );
}

async fn a_healthy_account_has_nothing_wrong() {
    let patient = Patient::healthy().await;
    assert_eq!(
        patient.complaints().await,
        ["unknown MX record of example.com: the DNS is not asked"]
    );
}

async fn an_empty_account_tells_everything_that_is_missing_and_hangs_nowhere() {
    let patient = Patient::empty();
    let complaints = patient.complaints().await.join("\n");
    for complaint in [
        "wrong table webordinary-edit-sessions: there is none in us-west-2",
        "wrong table webordinary-containers: there is none in us-west-2",
        "wrong queue webordinary-email-queue: there is no such queue in this region and account",
        "wrong cluster webordinary-edit-cluster: there is none in us-west-2",
        "wrong service webordinary-edit-service: there is none in cluster webordinary-edit-cluster",
        "wrong task definition: there is none that a task could be made of",
        "wrong subnets: none are named: no task can start",
        "wrong sender edit@example.com: neither edit@example.com nor example.com is known to SES of us-west-2",
        "wrong receipt rule: no rule set is active: SES takes no mail in",
    ] {
        assert!(
            complaints.contains(complaint),
            "{complaint}\n\n{complaints}"
        );
    }
}
