//! The words an instruction is made of, in four languages.

use super::command::{Kind, Ordinal};

/// Whether a list of words has the word.
fn among(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|w| w == word)
}

/// What a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Replace or change one thing by another.
    Change,
    Add,
    Remove,
    /// Use "B" instead of "A".
    Use,
}

/// The language of a verb, which says which small words go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
    French,
    Spanish,
}

/// The verb that a word is.
pub(crate) fn verb(word: &str) -> Option<(Verb, Language)> {
    use Language::{English, French, German, Spanish};
    Some(match word {
        "replace" | "swap" | "substitute" | "exchange" | "change" | "rename" | "edit"
        | "update" | "correct" | "fix" | "set" | "make" | "turn" | "modify" | "alter"
        | "reword" | "replacing" | "changing" => (Verb::Change, English),
        "add" | "insert" | "append" | "include" | "adding" => (Verb::Add, English),
        "remove" | "delete" | "drop" | "erase" | "cut" | "removing" | "deleting" => {
            (Verb::Remove, English)
        }
        "use" | "write" | "put" | "say" => (Verb::Use, English),
        "ersetze" | "ersetzen" | "ersetzt" | "ändere" | "ändern" | "aendere" | "tausche"
        | "setze" => (Verb::Change, German),
        "lösche" | "löschen" | "entferne" | "entfernen" | "streiche" => (Verb::Remove, German),
        "ergänze" | "hinzufügen" | "füge" => (Verb::Add, German),
        "remplace" | "remplacez" | "remplacer" | "changez" | "changer" | "modifie" | "modifiez"
        | "modifier" => (Verb::Change, French),
        "supprime" | "supprimez" | "supprimer" | "efface" | "effacez" | "enlève" | "enlevez" => {
            (Verb::Remove, French)
        }
        "ajoute" | "ajoutez" | "ajouter" => (Verb::Add, French),
        "reemplaza" | "reemplace" | "reemplazar" | "sustituye" | "sustituya" | "cambia"
        | "cambie" | "cambiar" => (Verb::Change, Spanish),
        "elimina" | "elimine" | "eliminar" | "borra" | "borre" | "quita" | "quite" => {
            (Verb::Remove, Spanish)
        }
        "añade" | "añada" | "añadir" | "agrega" | "agregue" => (Verb::Add, Spanish),
        _ => return None,
    })
}

/// Whether the word leads from the old text to the new one.
pub(crate) fn is_connector(word: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::English => &[
            "to", "with", "by", "into", "->", "=>", "→", "-->", "par", "en", "durch",
        ],
        Language::German => &[
            "durch", "mit", "zu", "in", "auf", "gegen", "nach", "->", "→",
        ],
        Language::French => &["par", "en", "avec", "à", "->", "→"],
        Language::Spanish => &["por", "a", "con", "en", "->", "→"],
    };
    words.contains(&word)
}

/// Words that stand before a thing and say nothing about which.
pub(crate) fn is_article(word: &str) -> bool {
    among(
        word,
        "the a an this that these those our my your its their new another existing current \
         old exact following page page's main site site's website website's of all every each \
         any occurrence occurrences instance instances mention mentions der die das den dem \
         des ein eine einen le la les un une du el los las una word words phrase sentence \
         string name wort mot palabra wording part from out de simple small short extra long \
         whole entire full",
    )
}

/// Words that say that exact words follow.
pub(crate) fn is_wording(word: &str) -> bool {
    among(word, "word words phrase text wort mot palabra")
}

/// Words that describe a text in quotes after them, and so add nothing to it.
pub(crate) fn is_description(word: &str) -> bool {
    among(
        word,
        "opening business office hours times time phone telephone mobile fax number email e-mail mail address price prices cost \
         date dates year years day spelling typo mistake misspelling spelled misspelled slogan tagline motto button label caption \
         quote quotation street city town zip postcode description greeting",
    )
}

/// The kind of thing that a word, or a word and its next, names; and how many words that were.
pub(crate) fn kind(word: &str, next: &str) -> Option<(Kind, usize)> {
    Some(match (word, next) {
        ("sub" | "second-level", "heading" | "headline" | "title") | ("heading", "2") => {
            (Kind::Subheading, 2)
        }
        ("list" | "bullet" | "menu" | "navigation", "item" | "entry" | "point") => (Kind::Item, 2),
        ("title", "tag") => (Kind::Title, 2),
        ("heading", "1") => (Kind::Heading, 2),
        ("title" | "titel" | "seitentitel" | "titre" | "título" | "titulo", _) => (Kind::Title, 1),
        (
            "heading" | "headline" | "header" | "h1" | "überschrift" | "encabezado" | "headings",
            _,
        ) => (Kind::Heading, 1),
        (
            "subheading"
            | "sub-heading"
            | "subheadline"
            | "subtitle"
            | "h2"
            | "zwischenüberschrift",
            _,
        ) => (Kind::Subheading, 1),
        ("paragraph" | "paragraphs" | "absatz" | "paragraphe" | "párrafo" | "parrafo", _) => {
            (Kind::Paragraph, 1)
        }
        ("item" | "bullet" | "entry" | "listenpunkt" | "listeneintrag" | "li", _) => {
            (Kind::Item, 1)
        }
        ("link" | "hyperlink" | "lien" | "enlace", _) => (Kind::Link, 1),
        ("text" | "line" | "texte" | "texto" | "content", _) => (Kind::Text, 1),
        _ => return None,
    })
}

/// First, second ... last.
pub(crate) fn ordinal(word: &str) -> Option<Ordinal> {
    const NAMES: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    if let Some(at) = NAMES.iter().position(|name| *name == word) {
        return Some(Ordinal::Nth(at));
    }
    if among(word, "last final bottom") {
        return Some(Ordinal::Last);
    }
    let number = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|end| word.strip_suffix(end))?;
    number
        .parse::<usize>()
        .ok()
        .filter(|n| (1..=1000).contains(n))
        .map(|n| Ordinal::Nth(n - 1))
}

/// Polite words and openings before a verb.
pub(crate) fn is_opening(word: &str) -> bool {
    among(
        word,
        "please pls plz kindly could can would will you we i i'd id we'd i'll like want need \
         to let's lets also then and next finally first firstly second secondly third lastly \
         now just so ok okay it be great nice good if is possible us have should go ahead \
         after afterwards bitte und dann könntest könnten du sie et puis pourriez-vous \
         veuillez por favor y luego s'il vous plaît te plait ich möchte change: request quick \
         todo task",
    )
}

/// Words that begin a letter.
pub(crate) fn is_greeting(word: &str) -> bool {
    among(
        word,
        "hi hello hey dear hallo liebe lieber bonjour salut hola morning afternoon evening \
         moin servus greetings guten",
    )
}

/// Words of small talk: a sentence of nothing else asks for nothing.
pub(crate) fn is_small_talk(word: &str) -> bool {
    is_opening(word)
        || is_greeting(word)
        || among(
            word,
            "thanks thank thx ty very much a lot in advance for your help the that's thats that \
         all it's day week weekend everyone team there hope are am well doing fine this finds \
         email mail message cheers me today again support work you're best many danke vielen \
         dank schön schöne merci beaucoup gracias muchas appreciated appreciate works my here \
         as soon when time no rush hurry perfect awesome wonderful lovely everything how bye \
         regards",
        )
}

/// Words that a closing such as `Best regards` begins with, when little else is on the line.
pub(crate) fn is_closing(words: &[&str]) -> bool {
    match words {
        [
            "best" | "kind" | "warm" | "with" | "many" | "warmest" | "all",
            second,
            ..,
        ] if words.len() <= 6 => {
            matches!(
                *second,
                "regards" | "wishes" | "thanks" | "the" | "kind" | "best" | "greetings"
            )
        }
        [first, ..] if words.len() <= 5 => matches!(
            *first,
            "regards"
                | "best"
                | "cheers"
                | "sincerely"
                | "yours"
                | "thanks"
                | "thank"
                | "thx"
                | "greetings"
                | "love"
                | "mfg"
                | "lg"
                | "vg"
                | "gruß"
                | "grüße"
                | "viele"
                | "liebe"
                | "beste"
                | "mit"
                | "cordialement"
                | "bien"
                | "merci"
                | "danke"
                | "saludos"
                | "gracias"
                | "atentamente"
                | "ciao"
                | "bye"
                | "cordially"
        ),
        ["sent", "from" | "with", ..] | ["get", "outlook", ..] | ["von", "meinem", ..] => true,
        _ => false,
    }
}
