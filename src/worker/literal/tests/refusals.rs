//! What cannot be done is said, with what to write instead.

use super::support::*;

fn assert_refusals(table: &[(&str, &str)]) {
    for (instruction, expected) in table {
        assert_eq!(diff(&shop(), instruction), *expected, "{instruction}");
    }
}

#[test]
fn refusals_say_what_to_write_instead() {
    assert_refusals(&[
        (
            "replace \"Oppening hours\" with \"x\"",
            "text_not_found: I could not find “Oppening hours” on the site. Did you mean “Opening hours”?",
        ),
        (
            "replace \"Zebra crossing\" with \"x\"",
            "text_not_found: I could not find “Zebra crossing” on the site. Please copy the words as they stand on the page, and put them in quotation marks.",
        ),
        (
            "replace \"Herbs\" with \"x\" on the contact page",
            "text_not_found: I could not find “Herbs” on contact.html, but it is on index.html. Did you mean that page?",
        ),
        (
            "replace \"Call 044\" with \"x\"",
            "text_ambiguous: I found “Call 044” in 2 places, and I am not sure which one you mean:\n- contact.html: “Call 044 123 45 67”\n- index.html: “Call 044 123 45 67”\n\nPlease quote a few more words around it, name the page (“on contact.html”), or write “everywhere” if you mean all of them.",
        ),
        (
            "replace \"Opening hours Open 9-5\" with \"x\"",
            "would_break_page: “Opening hours Open 9-5” runs across several paragraphs on index.html. Please change each of them by its own sentence.",
        ),
        (
            "change the title of the blog page to \"x\"",
            "no_such_page: I found no page “blog”. The pages are: about.html, contact.html, index.html.",
        ),
        (
            "add a link \"x\" to javascript:alert(1)",
            "bad_link: I cannot link to “javascript:alert(1)”. A link can lead to a web address (https://…), a mail address, a phone number (tel:…) or a page of the site.",
        ),
        (
            "change the title \"Herbs\" to \"x\"",
            "text_not_found: I could not find a title that says “Herbs” on the site. Please copy the words as they stand on the page, and put them in quotation marks.",
        ),
        (
            "change the subheading to \"x\"",
            "text_ambiguous: I found a subheading in 2 places, and I am not sure which one you mean:\n- index.html: “Opening hours”\n- index.html: “What we sell”\n\nPlease quote the present text of the one you mean, for example: change \"old text\" to \"new text\".",
        ),
    ]);
}

#[test]
fn what_needs_a_model_is_refused_with_examples() {
    for instruction in [
        "Make the site look nicer",
        "translate everything into French",
        "change colour to red",
        "remove the logo",
        "add a contact form",
    ] {
        let refusal = diff(&shop(), instruction);
        assert!(
            refusal.starts_with("needs_model: ") && refusal.matches("\n- ").count() == 3,
            "{instruction}: {refusal}"
        );
    }
}

#[test]
fn all_or_nothing() {
    let refusal = diff(
        &shop(),
        "Replace \"Herbs\" with \"Basil\". Replace \"Nothing like it\" with \"x\".",
    );
    assert!(refusal.starts_with("text_not_found: Nothing was changed, because of one part of your message, “Replace \"Nothing like it\" with \"x\".”: I could not find"), "{refusal}");
    let refusal = diff(
        &shop(),
        "Replace \"Herbs\" with \"Basil\". And make it pretty.",
    );
    assert!(
        refusal.starts_with(
            "needs_model: I did not understand this part of your message, so nothing was changed: “"
        ),
        "{refusal}"
    );
}

#[test]
fn bounds_are_kept() {
    assert!(diff(&shop(), &"x".repeat(MAX_INSTRUCTION + 1)).starts_with("instruction_too_long: "));
    assert!(diff(&shop(), &"remove \"Herbs\"\n".repeat(60)).starts_with("instruction_too_long: "));
    assert!(diff(&shop(), "Thanks!").starts_with("empty_instruction: "));
    assert!(diff(&Site::default(), "remove \"x\"").starts_with("no_pages: "));
}

#[test]
fn scripts_comments_and_attributes_are_not_edited() {
    let page = "<p class=red>x</p><script>secret</script><style>secret</style><!-- secret --><input value=secret>";
    for what in ["secret", "red", "class"] {
        assert!(
            diff(
                &one("a.html", page),
                &format!("replace \"{what}\" with \"y\"")
            )
            .starts_with("text_not_found: "),
            "{what}"
        );
    }
}
