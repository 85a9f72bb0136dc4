//! `build-and-push.sh`: what it would run, what it runs, and when it refuses.

use super::scripts::{Desk, Told};

const SCRIPT: &str = "build-and-push.sh";
const REGION: (&str, &str) = ("AWS_REGION", "eu-west-1");
const REGISTRY: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/// An account that lets one in, and a docker that builds anything.
fn desk() -> Desk {
    let desk = Desk::with(&[SCRIPT]);
    desk.program(
        "aws",
        "case \"$1 $2\" in\n'sts get-caller-identity') echo 123456789012 ;;\n'ecr get-login-password') echo secret ;;\n*) exit 1 ;;\nesac",
    );
    desk.program("docker", "[ \"$1\" != login ] || cat > /dev/null");
    desk
}

fn commands(told: &Told) -> Vec<&str> {
    let lines = told.out.lines();
    lines.filter_map(|line| line.strip_prefix("+ ")).collect()
}

#[test]
fn a_dry_run_prints_each_command_and_runs_none() {
    let desk = desk();
    let told = desk.run(SCRIPT, &["--dry-run", "v1"], &[REGION]);
    assert_eq!(told.code, 0, "{}", told.err);
    let commands = commands(&told);
    assert_eq!(commands.len(), 5, "{commands:?}");
    assert!(commands[0].contains("docker login"));
    for (command, target, image) in [
        (
            commands[1],
            "--target hermes",
            format!("{REGISTRY}/hermes:v1"),
        ),
        (
            commands[2],
            "--target edit",
            format!("{REGISTRY}/hermes-edit:v1"),
        ),
    ] {
        assert!(command.starts_with("docker buildx build"), "{command}");
        assert!(
            command.contains(target) && command.contains(&image),
            "{command}"
        );
        assert!(command.contains("--platform linux/amd64"), "{command}");
    }
    assert_eq!(commands[3], format!("docker push {REGISTRY}/hermes:v1"));
    assert_eq!(
        commands[4],
        format!("docker push {REGISTRY}/hermes-edit:v1")
    );
    assert_eq!(
        told.calls,
        ["aws sts get-caller-identity --query Account --output text"],
        "asking who one is changes nothing"
    );
}

#[test]
fn both_images_are_built_and_pushed() {
    let desk = desk();
    let told = desk.run(SCRIPT, &["v1"], &[REGION]);
    assert_eq!(told.code, 0, "{}", told.err);
    let docker: Vec<_> = told
        .calls
        .iter()
        .filter(|call| call.starts_with("docker"))
        .collect();
    let did = |what: &str| docker.iter().filter(|call| call.contains(what)).count();
    assert_eq!(
        (did("buildx build"), did(" push "), did("login")),
        (2, 2, 1),
        "{docker:?}"
    );
    assert!(
        docker.iter().all(|call| !call.contains("secret")),
        "{docker:?}"
    );
}

#[test]
fn the_tag_is_the_commit_when_none_is_given() {
    let desk = desk();
    let commit = desk.git(&["rev-parse", "--short=12", "HEAD"]);
    let told = desk.run(SCRIPT, &["--dry-run"], &[REGION]);
    assert!(
        told.out.contains(&format!("{REGISTRY}/hermes:{commit} ")),
        "{}",
        told.out
    );
}

#[test]
fn account_region_repository_and_platform_come_from_the_environment() {
    let told = desk().run(
        SCRIPT,
        &["--dry-run", "v1"],
        &[
            ("AWS_DEFAULT_REGION", "cn-north-1"),
            ("AWS_ACCOUNT_ID", "210987654321"),
            ("ECR_REPOSITORY", "team/hermes"),
            ("PLATFORM", "linux/arm64"),
            ("AGENT_CLI", "agent@1.2.3"),
        ],
    );
    assert_eq!(told.code, 0, "{}", told.err);
    let image = "210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/team/hermes";
    for wanted in [
        format!("push {image}:v1"),
        format!("push {image}-edit:v1"),
        "--platform linux/arm64".to_owned(),
        "AGENT_CLI=agent@1.2.3".to_owned(),
    ] {
        assert!(told.out.contains(&wanted), "{wanted}\n{}", told.out);
    }
    assert!(told.calls.is_empty(), "{:?}", told.calls);
}

#[test]
fn a_tree_that_differs_from_the_commit_is_refused_unless_one_insists() {
    let desk = desk();
    std::fs::write(desk.checkout().join("new.txt"), "new").unwrap();
    let told = desk.run(SCRIPT, &["--dry-run"], &[REGION]);
    assert_eq!(told.code, 1);
    assert!(
        told.err.contains("new.txt") && told.err.contains("--allow-dirty"),
        "{}",
        told.err
    );
    let told = desk.run(SCRIPT, &["--dry-run", "--allow-dirty"], &[REGION]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(
        told.out.contains("-dirty "),
        "the tag says so: {}",
        told.out
    );
}

#[test]
fn what_is_missing_is_said() {
    let without_buildx = desk();
    without_buildx.program("docker", "exit 1");
    let without_credentials = desk();
    without_credentials.program("aws", "exit 255");
    for (desk, arguments, settings, wanted) in [
        (desk(), vec!["v1"], vec![], "set AWS_REGION"),
        (without_buildx, vec!["v1"], vec![REGION], "buildx"),
        (
            without_credentials,
            vec!["v1"],
            vec![REGION],
            "no AWS credentials",
        ),
        (desk(), vec!["no spaces"], vec![REGION], "cannot be a tag"),
        (desk(), vec!["--dry-rum"], vec![REGION], "unknown option"),
        (desk(), vec!["v1", "v2"], vec![REGION], "only one tag"),
        (
            desk(),
            vec!["v1"],
            vec![REGION, ("AWS_ACCOUNT_ID", "me")],
            "12 digits",
        ),
    ] {
        let told = desk.run(SCRIPT, &arguments, &settings);
        assert_ne!(told.code, 0, "{arguments:?}");
        assert!(told.err.contains(wanted), "{arguments:?}: {}", told.err);
        assert!(
            !told.calls.iter().any(|call| call.contains("push")),
            "{:?}",
            told.calls
        );
    }
}

#[test]
fn help_names_every_variable() {
    let told = desk().run(SCRIPT, &["--help"], &[]);
    assert_eq!(told.code, 0);
    let script = std::fs::read_to_string(desk().checkout().join(SCRIPT)).unwrap();
    for name in [
        "AWS_REGION",
        "AWS_ACCOUNT_ID",
        "ECR_REPOSITORY",
        "PLATFORM",
        "AGENT_CLI",
        "BUILD_OPTIONS",
    ] {
        assert!(
            told.out.contains(name) && script.contains(&format!("${{{name}:-")),
            "{name}"
        );
    }
}
