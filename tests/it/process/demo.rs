//! The README's first command.

use super::harness::hermes;

#[test]
fn the_demo_shows_every_step_and_works_again() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let output = hermes(folder.path())
            .args(["demo", "--exit", "--port", "0"])
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{out}\n{err}");
        for step in [
            "accepted",
            "container.running",
            "command.started",
            "commit",
            "preview.ready",
            "reply.sent",
            "Preview: http://ses-",
        ] {
            assert!(out.contains(step), "{step} is missing in:\n{out}");
        }
    }
}

#[test]
fn the_demo_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let output = hermes(folder.path())
        .args(["demo", "--exit", "--port", "0", "--max-containers", "0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("HERMES_MAX_CONTAINERS"));
}
