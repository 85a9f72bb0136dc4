//! Edits of Markdown and plain text.

use super::support::*;

const PAGE: &str = "---\ntitle: Green Garden\nlayout: page\n---\n\n# Green Garden\n\nPlants & *seeds* for [every garden](seeds.md).\nCome and see us.\n\n## Hours\nOpen **9**-5\n\n1. Herbs\n2. Roses\n\nWrite to <old@x.org> or [new@x.org](mailto:new@x.org).\n";

#[test]
fn signs_around_a_text_stay() {
    for (instruction, from, to) in [
        (
            "replace \"Open 9-5\" with \"Open 10-5\"",
            "**9**-5",
            "**10**-5",
        ),
        (
            "replace \"Open 9-5\" with \"Closed\"",
            "Open **9**-5",
            "Closed",
        ),
        (
            "replace \"every garden\" with \"a garden\"",
            "[every garden]",
            "[a garden]",
        ),
        (
            "replace \"garden. Come\" with \"garden! Come\"",
            "(seeds.md).",
            "(seeds.md)!",
        ),
        ("replace \"Herbs\" with \"5 * 3\"", "Herbs", "5 * 3"),
        (
            "replace \"Herbs\" with \"*not bold* & <b>\"",
            "Herbs",
            "\\*not bold\\* \\& \\<b\\>",
        ),
        (
            "replace \"new@x.org\" with \"n@x.org\"",
            "[new@x.org](mailto:new@x.org)",
            "[n@x.org](mailto:n@x.org)",
        ),
        (
            "change the heading \"Hours\" to \"a #\"",
            "## Hours",
            "## a \\#",
        ),
        (
            "change the title to \"A: b\"",
            "title: Green Garden",
            "title: \"A: b\"",
        ),
        ("add a list item \"Mint\"", "2. Roses", "2. Roses\n3. Mint"),
        (
            "add a paragraph \"New\" under \"Hours\"",
            "## Hours\n",
            "## Hours\n\nNew\n\n",
        ),
        (
            "add a paragraph \"1. x\"",
            "x.org).\n",
            "x.org).\n\n1\\. x\n",
        ),
        (
            "add a link \"Map\" to https://x.org/(a)",
            "x.org).\n",
            "x.org).\n\n[Map](<https://x.org/(a)>)\n",
        ),
        ("remove \"Herbs\"", "1. Herbs\n", ""),
        ("remove the paragraph \"Open 9-5\"", "Open **9**-5\n", ""),
        (
            "change the link \"every garden\" to shop.md",
            "(seeds.md)",
            "(shop.md)",
        ),
    ] {
        let expected = PAGE.replacen(from, to, 1);
        let expected = if instruction.contains("title") {
            expected.replace("# Green Garden", "# A: b")
        } else {
            expected
        };
        assert_eq!(
            edited("index.md", PAGE, instruction),
            expected,
            "{instruction}"
        );
    }
}

#[test]
fn the_first_heading_is_the_title_where_there_is_no_other() {
    assert_eq!(
        edited("a.md", "# Old\n\ntext\n", "change the title to New"),
        "# New\n\ntext\n"
    );
}

#[test]
fn plain_text_is_paragraphs() {
    let text = "One\r\ntwo.\r\n\r\nThree\r\n";
    assert_eq!(
        edited("a.txt", text, "replace \"one two\" with \"1 <2>\""),
        "1 <2>.\r\n\r\nThree\r\n"
    );
    assert_eq!(
        edited("a.txt", text, "add a paragraph \"Four\""),
        "One\r\ntwo.\r\n\r\nThree\r\n\r\nFour\r\n"
    );
    assert_eq!(
        edited("a.txt", text, "remove \"Three\""),
        "One\r\ntwo.\r\n\r\n"
    );
    assert!(diff(&one("a.txt", text), "add a list item \"x\"").starts_with("text_not_found: "));
}
