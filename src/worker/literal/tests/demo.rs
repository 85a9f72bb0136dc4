//! The site that ships with Hermes, edited as its first visitors will.

use super::support::*;

fn demo() -> Site {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo-site");
    let entries = std::fs::read_dir(&root).unwrap();
    let files: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into())
        .collect();
    crate::worker::literal::load_site(&root, &files).unwrap()
}

#[test]
fn first_messages_change_one_line_each() {
    let site = demo();
    for (instruction, changed) in [
        (
            "Change the title to Welcome to our shop",
            "+<title>Welcome to our shop</title>",
        ),
        (
            "Change the heading to \"Fresh bread\"",
            "+<h1>Fresh bread</h1>",
        ),
        (
            "Hi, could you please add a list item \"Plum cake\" under \"Fresh this week\"? Thanks!",
            "+<li>Plum cake</li>",
        ),
        (
            "Add a paragraph \"We are closed on Monday.\" to the contact page",
            "+<p>We are closed on Monday.</p>",
        ),
        (
            "add a link \"Jobs\" to jobs.html to the menu",
            "+<li><a href=\"jobs.html\">Jobs</a></li>",
        ),
        (
            "Change the text under \"Slow dough\" to \"Eighteen hours.\"",
            "+<p>Eighteen hours.</p>",
        ),
    ] {
        let diff = diff(&site, instruction);
        let lines: Vec<&str> = diff.lines().filter(|l| l.starts_with('+')).collect();
        assert_eq!(lines, [changed], "{instruction}: {diff}");
    }
}

#[test]
fn a_new_name_is_taken_up_on_every_page() {
    let site = demo();
    let told = summary(
        &site,
        "replace \"Mill Lane Bakery\" with \"Mill Road Bakery\" everywhere",
    );
    assert!(
        told.contains("about.html, contact.html, index.html, menu.html"),
        "{told}"
    );
    let asked = diff(
        &site,
        "replace \"Mill Lane Bakery\" with \"Mill Road Bakery\"",
    );
    assert!(asked.starts_with("text_ambiguous: "), "{asked}");
}
