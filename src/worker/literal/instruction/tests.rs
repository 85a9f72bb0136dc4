//! Instruction in, command out.

use proptest::prelude::*;

use super::*;

fn commands(message: &str) -> Vec<Command> {
    match understand(message) {
        Understood::Commands(commands) => commands,
        other @ (Understood::Nothing | Understood::TooMany | Understood::Not { .. }) => {
            panic!("{message}: {other:?}")
        }
    }
}

/// A command as one short line.
fn show(command: &Command) -> String {
    let target = |t: &Target| {
        let parts = [
            t.ordinal.map(|o| format!("{o:?}")),
            t.kind.map(|k| format!("{k:?}")),
            t.text.as_ref().map(|text| format!("[{text}]")),
            t.under.as_ref().map(|under| format!("under [{under}]")),
        ];
        parts
            .into_iter()
            .flatten()
            .collect::<Vec<String>>()
            .join(" ")
    };
    let mut out = match &command.action {
        Action::Change { target: t, to } => format!("change {} to [{to}]", target(t)),
        Action::Lead { text, url } => format!("lead [{text}] to {url}"),
        Action::Remove { target: t } => format!("remove {}", target(t)),
        Action::Add {
            kind,
            text,
            url,
            place,
        } => {
            let kind = kind.map_or_else(|| "something".to_owned(), |k| format!("{k:?}"));
            let url = url
                .as_ref()
                .map_or_else(String::new, |u| format!(" -> {u}"));
            format!("add {kind} [{text}]{url} {place:?}")
        }
    };
    match &command.pages {
        Pages::Unsaid => {}
        Pages::Home => out += " @home",
        Pages::Named(name) => out = format!("{out} @{name}"),
        Pages::All => out += " @all",
    }
    if command.everywhere {
        out += " everywhere";
    }
    out
}

fn assert_table(table: &[(&str, &str)]) {
    for (message, expected) in table {
        let shown: Vec<String> = commands(message).iter().map(show).collect();
        assert_eq!(shown.join("; "), *expected, "{message}");
    }
}

#[test]
fn replacements_are_understood() {
    let plain = "change [A] to [B]";
    for message in [
        "replace \"A\" with \"B\"",
        "Replace “A” by “B”.",
        "change 'A' to 'B'",
        "change «A» into »B«",
        "\"A\" should be \"B\"",
        "„A“ should read „B“!",
        "\"A\" -> \"B\"",
        "change the text \"A\" to \"B\"",
        "Hi, please could you change the word \"A\" to \"B\"? Thanks",
        "Hello Anna,\n\ncould you replace \"A\" with \"B\" please.\n\nBest regards,\nBob Smith\nGreen Garden Ltd\n+41 44 123 45 67",
        "use \"B\" instead of \"A\"",
        "please change our opening hours from \"A\" to \"B\"",
        "correct the spelling of \"A\" to \"B\"",
        "instead of \"A\" write \"B\"",
        "rename \"A\" to \"B\"",
        "replace\n\"A\"\nwith\n\"B\"",
        "ersetze \"A\" durch \"B\"",
        "Bitte ändere „A“ zu „B“, danke!",
        "remplace \"A\" par \"B\"",
        "Reemplaza \"A\" por \"B\", por favor",
        "cambia \"A\" a \"B\"",
        "replace \"A\" with B",
        "change \"A\" to B",
    ] {
        let shown: Vec<String> = commands(message).iter().map(show).collect();
        assert_eq!(shown.join("; ").replace(" Text", ""), plain, "{message}");
    }
}

#[test]
fn quotes_may_be_left_out_where_it_is_clear() {
    assert_table(&[
        (
            "replace Monday with Tuesday",
            "change [Monday] to [Tuesday]",
        ),
        ("Change Monday to Tuesday.", "change [Monday] to [Tuesday]"),
        (
            "Change the word Herbs to Spices",
            "change [Herbs] to [Spices]",
        ),
        (
            "Add this paragraph:\n\nWe are closed on Sunday. Sorry!",
            "add Paragraph [We are closed on Sunday. Sorry!] End",
        ),
        (
            "Change the title to:\n\nWelcome",
            "change Title to [Welcome]",
        ),
    ]);
}

#[test]
fn things_on_a_page_are_understood() {
    assert_table(&[
        (
            "Change the title to Welcome to our shop",
            "change Title to [Welcome to our shop]",
        ),
        (
            "Change the title to Welcome to our shop.\n\nThanks\nBob",
            "change Title to [Welcome to our shop]",
        ),
        ("set the page title to \"X\"", "change Title to [X]"),
        (
            "Change the title of the contact page to \"X\"",
            "change Title to [X] @contact",
        ),
        (
            "Change the title of the contact page to Get in touch",
            "change Title to [Get in touch] @contact",
        ),
        ("change the heading to say \"X\"", "change Heading to [X]"),
        ("make the headline \"X\"", "change Heading to [X]"),
        (
            "change the heading \"H\" to \"X\"",
            "change Heading [H] to [X]",
        ),
        (
            "change the title from \"A\" to \"B\"",
            "change Title [A] to [B]",
        ),
        ("The title should be \"X\"", "change Title to [X]"),
        ("change the subheading to 'X'", "change Subheading to [X]"),
        (
            "change the text under the heading \"H\" to \"X\"",
            "change Text under [H] to [X]",
        ),
        (
            "change the text under \"H\" to \"X\"",
            "change Text under [H] to [X]",
        ),
        (
            "change the text of the heading \"H\" to \"X\"",
            "change Heading [H] to [X]",
        ),
        (
            "change the second paragraph under \"H\" to \"X\"",
            "change Nth(1) Paragraph under [H] to [X]",
        ),
        (
            "change the last paragraph to \"X\"",
            "change Last Paragraph to [X]",
        ),
        ("ändere den Titel auf \"X\"", "change Title to [X]"),
        ("change le titre en \"X\"", "change Title to [X]"),
        (
            "change the link \"Shop\" to https://x.org/Shop",
            "lead [Shop] to https://x.org/Shop",
        ),
        (
            "make the title \"A\" and the heading \"B\"",
            "change Title to [A]; change Heading to [B]",
        ),
    ]);
}

/// Letters promise so, in every language.
#[test]
fn the_examples_of_our_help_are_understood() {
    for language in crate::domain::mail::Language::ALL {
        let examples = language.phrases().help.examples;
        let shown = examples.map(|example| show(&commands(example)[0]));
        for (shown, begins) in shown
            .iter()
            .zip(["change", "change Title", "add Para", "remove"])
        {
            assert!(shown.starts_with(begins), "{shown}");
        }
    }
}

#[test]
fn additions_are_understood() {
    assert_table(&[
        ("add a paragraph \"X\"", "add Paragraph [X] End"),
        (
            "Add a new paragraph saying \"X\" after \"Y\"",
            "add Paragraph [X] After(\"Y\")",
        ),
        (
            "add after \"Y\" a paragraph \"X\"",
            "add Paragraph [X] After(\"Y\")",
        ),
        (
            "add a paragraph \"X\" under the heading \"Y\"",
            "add Paragraph [X] Under(\"Y\")",
        ),
        (
            "add a paragraph \"X\" at the end of the contact page",
            "add Paragraph [X] End @contact",
        ),
        (
            "add a paragraph \"X\" at the top of the page",
            "add Paragraph [X] Start",
        ),
        (
            "Add a paragraph: We are closed on Monday. We open on Tuesday.",
            "add Paragraph [We are closed on Monday. We open on Tuesday.] End",
        ),
        (
            "add a paragraph \"X\" to the about page",
            "add Paragraph [X] End @about",
        ),
        ("add a list item \"X\"", "add Item [X] End"),
        (
            "add a list item \"X\" to the list under \"Y\"",
            "add Item [X] Under(\"Y\")",
        ),
        ("add \"X\" to the list", "add Item [X] End"),
        ("add \"X\" to the \"Y\" list", "add Item [X] Under(\"Y\")"),
        ("add \"X\" after \"Y\"", "add something [X] After(\"Y\")"),
        (
            "add a link \"X\" to https://x.org/A",
            "add Link [X] -> https://x.org/A End",
        ),
        (
            "add a link to https://x.org with the text \"X\"",
            "add Link [X] -> https://x.org End",
        ),
        (
            "add a link \"X\" to mailto:a@b.org after \"Y\"",
            "add Link [X] -> mailto:a@b.org After(\"Y\")",
        ),
        (
            "add a link \"X\" to the contact page",
            "add Link [X] -> contact End",
        ),
        (
            "add a link \"X\" to shop.html to the menu",
            "add Link [X] -> shop.html Menu",
        ),
        ("add a heading \"X\"", "add Heading [X] End"),
    ]);
}

#[test]
fn removals_are_understood() {
    assert_table(&[
        ("remove \"A\"", "remove [A]"),
        (
            "please delete the paragraph \"A\" on the about page",
            "remove Paragraph [A] @about",
        ),
        ("delete the last list item", "remove Last Item"),
        (
            "remove the paragraph We are closed",
            "remove Paragraph [We are closed]",
        ),
        ("remove all occurrences of \"A\"", "remove [A] everywhere"),
        ("lösche \"A\"", "remove [A]"),
        ("supprime \"A\"", "remove [A]"),
        ("elimina \"A\"", "remove [A]"),
    ]);
}

#[test]
fn pages_are_understood() {
    assert_table(&[
        (
            "On the contact page, replace \"A\" with \"B\"",
            "change [A] to [B] @contact",
        ),
        (
            "replace \"A\" with \"B\" on contact.html.",
            "change [A] to [B] @contact.html",
        ),
        (
            "replace \"A\" with \"B\" everywhere",
            "change [A] to [B] everywhere",
        ),
        (
            "replace all \"A\" with \"B\"",
            "change [A] to [B] everywhere",
        ),
        (
            "replace \"A\" with \"B\" on all pages",
            "change [A] to [B] @all everywhere",
        ),
        (
            "On the contact page:\n- replace \"A\" with \"B\"\n- remove \"C\"",
            "change [A] to [B] @contact; remove [C] @contact",
        ),
    ]);
}

#[test]
fn several_instructions_are_told_apart() {
    assert_table(&[
        (
            "replace \"A\" with \"B\" and \"C\" with \"D\"",
            "change [A] to [B]; change [C] to [D]",
        ),
        (
            "replace \"A\" with \"B\", then remove \"C\"",
            "change [A] to [B]; remove [C]",
        ),
        (
            "1. replace \"A\" with \"B\"\n2) remove \"C\"\n3. add a paragraph \"D\"",
            "change [A] to [B]; remove [C]; add Paragraph [D] End",
        ),
        (
            "On the contact page, change \"A\" to \"B\" and add a paragraph \"C\". Remove \"D\".",
            "change [A] to [B] @contact; add Paragraph [C] End @contact; remove [D]",
        ),
        (
            "add a list item \"A\" and a list item \"B\"",
            "add Item [A] End; add Item [B] End",
        ),
        (
            "change title to \"A\"\n\n--\nMaria Muster\n\"We grow\"\nTel. 044 123 45 67",
            "change Title to [A]",
        ),
        (
            "Replace \"A\" with \"B\". Remove \"C\". Thanks!",
            "change [A] to [B]; remove [C]",
        ),
        (
            "Change the title to Bread and change the heading to Butter",
            "change Title to [Bread]; change Heading to [Butter]",
        ),
        (
            "Change the title to Bread and butter",
            "change Title to [Bread and butter]",
        ),
        (
            "Change the title to Bread and change",
            "change Title to [Bread and change]",
        ),
        (
            "Please make the following changes:\n\n* \"A\" should be \"B\"\n* remove \"C\"\n\nCheers, Bob",
            "change [A] to [B]; remove [C]",
        ),
        ("remove \"A\" and \"B\"", "remove [A]; remove [B]"),
        (
            "Could you please change the long text \"one two three four five six\"\nto \"seven\"?",
            "change Text [one two three four five six] to [seven]",
        ),
    ]);
}

#[test]
fn what_is_not_understood_is_said() {
    for message in [
        "Make the site look nicer",
        "change the colour to red",
        "Replace \"A\" with \"B\". The font looks ugly too.",
        "translate everything to French",
        "remove the logo",
        "remove opening hours",
        "change the colour of \"A\" to \"red\"",
        "Replace \"A\" with \"B\". Thanks. The font is ugly.",
        "replace this with that with those",
        "Change the title to Welcome on the contact page",
        "add a contact form",
        "What are your opening hours?",
    ] {
        assert!(
            matches!(understand(message), Understood::Not { .. }),
            "{message}: {:?}",
            understand(message)
        );
    }
}

#[test]
fn small_talk_asks_for_nothing() {
    for message in [
        "",
        "  \n",
        "Thanks!",
        "Hi Bob, thank you very much for your help!",
        "Hello",
    ] {
        assert_eq!(understand(message), Understood::Nothing, "{message}");
    }
}

proptest! {
    #[test]
    fn any_message_is_read_without_panic(message in "\\PC{0,100}") {
        understand(&message);
    }

    #[test]
    fn any_words_are_read_without_panic(words in proptest::collection::vec(
        prop_oneof![
            Just("replace"), Just("\"A\""), Just("with"), Just("to"), Just("the"), Just("title"), Just("and"),
            Just("\n"), Just("\n\n"), Just("."), Just(","), Just("on"), Just("page"), Just("contact"), Just("add"),
            Just("paragraph"), Just("under"), Just("link"), Just("https://x.org"), Just("remove"), Just("- "), Just(":")
        ], 0..40)) {
        understand(&words.join(" "));
    }
}
