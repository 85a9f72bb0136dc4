//! From the sender's own words to a command, or to none.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::phrases::{COURTESIES, PHRASES};
use crate::domain::command::Action;

/// Longest text that is a command as a whole, in characters (P1).
const MAX_TEXT: usize = 40;
/// Most turns that one `undo` takes back.
const MAX_TURNS: u32 = 20;

/// What a reply asks for that is no instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyCommand {
    /// Put what the preview shows on the website itself.
    Publish,
    /// Take changes back.
    Undo {
        /// How many turns, 1 to 20.
        turns: u32,
    },
    /// Throw away everything that is not published.
    Discard,
    /// Stop working on it.
    Stop,
    /// Go on with what was stopped.
    Continue,
    /// Say how far it is.
    Status,
    /// Say what can be written.
    Help,
    /// Yes, to what was asked last (P2). Where nothing was asked it means nothing.
    Yes,
}

impl ReplyCommand {
    /// The command as the journal and the API write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Undo { .. } => "undo",
            Self::Discard => "discard",
            Self::Stop => "stop",
            Self::Continue => "continue",
            Self::Status => "status",
            Self::Help => "help",
            Self::Yes => "yes",
        }
    }

    /// What is asked of the worker; none for what is answered without one.
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Publish => Some(Action::Publish),
            Self::Undo { turns } => Some(Action::Undo { turns }),
            Self::Discard => Some(Action::Discard),
            Self::Continue => Some(Action::Continue),
            Self::Stop | Self::Status | Self::Help | Self::Yes => None,
        }
    }

    /// How many turns it takes back.
    pub const fn turns(self) -> Option<u32> {
        match self {
            Self::Undo { turns } => Some(turns),
            Self::Publish
            | Self::Discard
            | Self::Stop
            | Self::Continue
            | Self::Status
            | Self::Help
            | Self::Yes => None,
        }
    }
}

/// The command that a reply's own text is (P1): all of it, when it is short, or its first line when that stands alone.
///
/// `Yes, but make the title blue` is none (P3): what is left beside the command must be courtesy.
pub fn recognise(own_text: &str) -> Option<ReplyCommand> {
    let text = own_text.trim();
    if text.chars().nth(MAX_TEXT).is_none()
        && let Some(command) = command(text)
    {
        return Some(command);
    }
    let (first, rest) = text.split_once('\n')?;
    if first.chars().nth(MAX_TEXT).is_some() {
        return None;
    }
    // `Undo` above `the last change and ...` goes on in the next line; a command's line ends there.
    let ends = rest
        .lines()
        .next()
        .is_none_or(|line| line.trim().is_empty())
        || first.trim_end().ends_with(['.', '!', '。', '！']);
    command(first).filter(|found| ends && *found != ReplyCommand::Yes)
}

fn command(text: &str) -> Option<ReplyCommand> {
    let normal = normal(text);
    let bare = without_courtesies(&normal);
    if let Some(found) = phrase(bare) {
        return Some(found);
    }
    let (words, number) = bare.rsplit_once(' ')?;
    let turns = number
        .parse()
        .ok()
        .filter(|n| (1..=MAX_TURNS).contains(n))?;
    matches!(phrase(words)?, ReplyCommand::Undo { .. }).then_some(ReplyCommand::Undo { turns })
}

fn phrase(bare: &str) -> Option<ReplyCommand> {
    let entry = PHRASES.iter().find(|(_, phrases)| phrases.contains(&bare));
    entry.map(|(command, _)| *command)
}

/// Lower-case words of letters and digits with single spaces: no case, punctuation or emoji (P1).
fn normal(text: &str) -> String {
    let lower = ComposingNormalizerBorrowed::new_nfc()
        .normalize(text)
        .to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Takes courtesies off both ends, as long as something is left.
fn without_courtesies(normal: &str) -> &str {
    let mut bare = normal;
    loop {
        let shorter = COURTESIES.iter().find_map(|words| {
            let tail = bare
                .strip_prefix(words)
                .and_then(|rest| rest.strip_prefix(' '));
            tail.or_else(|| {
                bare.strip_suffix(words)
                    .and_then(|rest| rest.strip_suffix(' '))
            })
        });
        match shorter {
            Some(rest) if !rest.is_empty() => bare = rest,
            _ => return bare,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn word(text: &str) -> &'static str {
        recognise(text).map_or("", ReplyCommand::as_str)
    }

    #[test]
    fn p1_commands_are_known_in_many_languages() {
        for (text, expected) in [
            ("publish", "publish"),
            ("Publish!", "publish"),
            ("PUBLISH 🚀", "publish"),
            ("Go live.", "publish"),
            ("Approve", "publish"),
            ("Yes, publish", "publish"),
            ("Please publish it now, thanks!", "publish"),
            ("ok, publish", "publish"),
            ("Veröffentlichen", "publish"),
            ("Bitte veröffentlichen, danke", "publish"),
            ("publier s'il vous plaît", "publish"),
            ("Publicar, por favor.", "publish"),
            ("Sí, publicar", "publish"),
            ("发布", "publish"),
            ("Опубликовать", "publish"),
            ("undo", "undo"),
            ("Rückgängig machen", "undo"),
            ("Annuler", "undo"),
            ("Discard", "discard"),
            ("Verwerfen!", "discard"),
            ("STOP", "stop"),
            ("stop it please", "stop"),
            ("Arrêter", "stop"),
            ("continue", "continue"),
            ("Weiter", "continue"),
            ("status?", "status"),
            ("Estado", "status"),
            ("Help", "help"),
            ("hilfe!!!", "help"),
            ("¡Ayuda!", "help"),
            ("e\u{301}tat", "status"),
        ] {
            assert_eq!(word(text), expected, "{text:?}");
        }
    }

    #[test]
    fn p1_undo_takes_a_number() {
        for (text, expected) in [
            ("undo", Some(1)),
            ("undo 2", Some(2)),
            ("Undo: 3!", Some(3)),
            ("rückgängig 2", Some(2)),
            ("undo 0", None),
            ("undo 21", None),
            ("undo 99999999999999999999", None),
        ] {
            let turns = recognise(text).and_then(ReplyCommand::turns);
            assert_eq!(turns, expected, "{text:?}");
        }
        assert_eq!(word("publish 2"), "");
    }

    #[test]
    fn p1_the_first_line_alone_can_be_the_command() {
        for (text, expected) in [
            (
                "Publish\n\nBest regards from all of us at the bakery\nAnna",
                "publish",
            ),
            (
                "Publish!\nIt looks wonderful, thank you so much for your work",
                "publish",
            ),
            (
                "Undo\nthe last change of the headline and make the picture larger",
                "",
            ),
            ("Stop the slideshow on the home page\n\nAnna", ""),
            (
                "Yes\n\nand then please move the opening hours to the top of the page",
                "",
            ),
        ] {
            assert_eq!(word(text), expected, "{text:?}");
        }
    }

    #[test]
    fn p2_a_yes_alone_is_only_a_yes() {
        for text in ["Yes", "yes!", "Ja, bitte", "Oui merci", "да", "好的"] {
            assert_eq!(word(text), "yes", "{text:?}");
        }
    }

    #[test]
    fn p3_a_command_with_a_wish_is_an_instruction() {
        for text in [
            "Yes, but make the title blue",
            "publish the new prices on the menu page",
            "Please stop showing the banner",
            "help page: add our phone number",
            "undo the blue colour of the title",
            "The status is wrong",
            "Don't publish",
            "not yet, do not go live",
            "ok",
            "thanks",
            "",
            "👍",
        ] {
            assert_eq!(word(text), "", "{text:?}");
        }
    }

    #[test]
    fn p1_phrases_are_in_their_normal_form_and_mean_one_thing() {
        let mut seen = std::collections::HashSet::new();
        for (command, phrases) in PHRASES {
            for phrase in phrases {
                assert_eq!(normal(phrase), *phrase, "{command:?}");
                assert!(seen.insert(*phrase), "{phrase} twice");
                assert_eq!(super::command(phrase), Some(command), "{phrase}");
            }
        }
        for courtesy in COURTESIES {
            assert_eq!(normal(courtesy), *courtesy);
        }
    }

    proptest! {
        #[test]
        fn p1_any_text_is_read_without_harm(text in "\\PC{0,60}\\n?\\PC{0,60}") {
            let _command = recognise(&text);
        }
    }
}
