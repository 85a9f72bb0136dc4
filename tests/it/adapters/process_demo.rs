//! The sample site as a repository, with the real git.

use std::path::Path;
use std::process::Command;

use hermes::domain::project::ProjectRepo;
use hermes::ports::fleet::{Fleet, Launch, LaunchError};

use super::process_fleet::{World, launch};

const SHOWS_REPO: &str = "read token; echo \"$REPO_URL\" > out; read more";

fn demo(container: &str, branch: &str) -> Launch {
    let mut launch = launch(container, 1);
    launch.project.repo = ProjectRepo::Demo;
    branch.clone_into(&mut launch.project.branch);
    launch
}

fn git(arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn head(url: &str, branch: &str) -> String {
    let reference = format!("refs/heads/{branch}");
    let refs = git(&["ls-remote", "--exit-code", url, &reference]);
    refs.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn the_sample_site_is_made_once_and_the_same_everywhere() {
    let mut commits = Vec::new();
    for _machine in 0..2 {
        let world = World::new();
        let fleet = world.fleet(SHOWS_REPO).await;
        fleet.start(demo("k1", "trunk")).await.unwrap();
        let url = world.written("k1", "out").await.trim().to_owned();
        assert!(
            url.starts_with("file:///") && url.ends_with("/repos/site.git"),
            "{url}"
        );
        commits.push(head(&url, "trunk"));

        let clone = world.data.path().join("clone");
        git(&["clone", "--quiet", &url, clone.to_str().unwrap()]);
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo-site");
        for entry in std::fs::read_dir(shipped).unwrap() {
            let path = entry.unwrap().path();
            let cloned = clone.join(path.file_name().unwrap());
            assert_eq!(
                std::fs::read(cloned).unwrap(),
                std::fs::read(&path).unwrap()
            );
        }

        std::fs::write(clone.join("new.html"), "new").unwrap();
        let clone = clone.to_str().unwrap();
        git(&["-C", clone, "add", "new.html"]);
        git(&[
            "-C",
            clone,
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "commit",
            "--quiet",
            "-m",
            "new",
        ]);
        git(&["-C", clone, "push", "--quiet", "origin", "HEAD:trunk"]);
        let changed = head(&url, "trunk");
        fleet.start(demo("k2", "trunk")).await.unwrap();
        assert_eq!(
            head(&url, "trunk"),
            changed,
            "it is made once, then it is the user's"
        );
    }
    assert_eq!(commits[0], commits[1]);
}

#[tokio::test]
async fn what_a_killed_hermes_left_half_made_is_made_again() {
    let world = World::new();
    let fleet = world.fleet(SHOWS_REPO).await;
    let half = world.data.path().join("repos/.site.new");
    std::fs::create_dir_all(half.join("objects")).unwrap();
    std::fs::write(half.join("HEAD"), "rubbish").unwrap();
    fleet.start(demo("k1", "main")).await.unwrap();
    let url = world.written("k1", "out").await;
    assert_eq!(head(url.trim(), "main").len(), 40);
    assert!(!half.exists());
}

#[tokio::test]
async fn a_branch_that_git_refuses_is_a_clear_error() {
    let world = World::new();
    let fleet = world.fleet(SHOWS_REPO).await;
    for branch in ["a b", "../x", "main\nreset refs/heads/other", ""] {
        let error = fleet.start(demo("k1", branch)).await.unwrap_err();
        assert!(
            matches!(error, LaunchError::Rejected(_)),
            "{branch:?}: {error}"
        );
    }
}

#[tokio::test]
async fn a_url_is_passed_on_as_it_is() {
    let world = World::new();
    let fleet = world.fleet(SHOWS_REPO).await;
    let mut launch = launch("k1", 1);
    launch.project.repo = ProjectRepo::Url("git@example.com:acme/site.git".to_owned());
    fleet.start(launch).await.unwrap();
    assert_eq!(
        world.written("k1", "out").await,
        "git@example.com:acme/site.git\n"
    );
}
