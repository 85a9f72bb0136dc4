//! From a mail with a picture to the picture on the website, through every process there is.

use super::harness::{Hermes, eventually, git, mail, outbox};

const PROJECTS: &str = r#"
[[project]]
id = "demo"
client = "demo"
repo = "builtin:demo"
agent = "program"
program = ["/bin/sh", "-c", "cat > /dev/null; cp \"$HERMES_INBOX/logo.svg\" logo.svg; echo The logo is in place."]
members = [{ address = "ann@example.com", role = "editor" }]
"#;

#[tokio::test]
async fn a_picture_in_a_mail_comes_to_the_website_and_a_program_does_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("projects.toml"), PROJECTS).unwrap();
    let hermes = Hermes::start(folder.path(), &[("HERMES_PROJECTS", "projects.toml")]);
    // larger than a row of the database
    let logo = format!(
        "<svg><!-- {} --><path d=\"M0 0h9\"/></svg>",
        "x".repeat(300_000)
    );
    let parts = format!(
        "--b\r\n\r\nUse this as the logo\r\n\
         --b\r\nContent-Type: image/svg+xml; name=logo.svg\r\nContent-Disposition: attachment\r\n\r\n{logo}\r\n\
         --b\r\nContent-Type: application/octet-stream; name=setup.exe\r\n\r\nMZ\r\n--b--"
    );
    let text = mail("ann@example.com", "logo@example.com", &parts);
    let kind = "Subject: A wish\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let (status, answer) = hermes
        .post_mail(&text.replace("Subject: A wish\r\n", kind))
        .await
        .unwrap();
    assert_eq!(
        (status, &answer["verdict"]),
        (202, &"instruct".into()),
        "{answer}"
    );
    let data = folder.path().join("data");
    let answered = || outbox(&data).pop();
    let (_, letter) = eventually("the answer", answered).await;
    assert!(
        letter.contains("The logo is in place."),
        "{letter}\n{}",
        hermes.log()
    );
    assert!(
        letter.contains("setup.exe: Programs are not accepted."),
        "{letter}"
    );
    let session = answer["sessionId"].as_str().unwrap();
    let path = format!("/hermes/api/sessions/{session}/status");
    let (_, status) = hermes.get(&path).await;
    let branch = format!("thread-{}", status["threadId"].as_str().unwrap());
    assert_eq!(git(&data, &["show", &format!("{branch}:logo.svg")]), logo);
    let tree = git(&data, &["ls-tree", "-r", "--name-only", &branch]);
    assert!(!tree.contains("inbox"), "{tree}");
}
