use proptest::prelude::*;

use super::*;
use Language::{De, En, Es, Fr};

/// Sentences as people send them, of several lengths.
const SENT: &[(Option<Language>, &str)] = &[
    (Some(En), "thanks"),
    (Some(En), "yes"),
    (Some(En), "Yes please, go ahead"),
    (Some(En), "New opening hours"),
    (Some(En), "replace \"Guten Tag\" with \"Hello\""),
    (
        Some(En),
        "Please change the title of the contact page to \"Öffnungszeiten und Anfahrt\".",
    ),
    (Some(En), "Make the logo bigger"),
    (
        Some(En),
        "Could you swap the two photos on the about page? The left one is out of date.\n\nBest regards,\nAmelia",
    ),
    (
        Some(En),
        "add a link to https://www.beispiel.de/die/seite.html at the bottom",
    ),
    (Some(En), "bold the first paragraph"),
    (
        Some(En),
        "Hi there, we're closed on 24 December. Can you put that on the home page?",
    ),
    (Some(En), "remove the second picture"),
    (Some(De), "danke"),
    (Some(De), "ja"),
    (Some(De), "Ja, gerne!"),
    (Some(De), "nein"),
    (Some(De), "Öffnungszeiten ändern"),
    (Some(De), "Oeffnungszeiten aendern"),
    (Some(De), "Telefonnummer aktualisieren"),
    (Some(De), "neue Preise"),
    (Some(De), "Logo bitte größer"),
    (
        Some(De),
        "Hallo,\nkönntet ihr auf der Startseite das Wort \"Open\" durch \"Geöffnet\" ersetzen?\nViele Grüße\nPetra",
    ),
    (
        Some(De),
        "Bitte die Überschrift auf der Kontaktseite in \"Get in touch\" ändern.",
    ),
    (
        Some(De),
        "ersetze \"We are open from 8 to 4\" durch \"We are open from 9 to 5\"",
    ),
    (
        Some(De),
        "Das Team-Foto ist veraltet, ich hänge ein neues an.",
    ),
    (Some(De), "mach den titel fett"),
    (
        Some(De),
        "In der Fusszeile stimmt die Adresse nicht mehr: neu ist Bahnhofstrasse 12, 8001 Zürich.",
    ),
    (Some(De), "Wir haben montags geschlossen."),
    (Some(Fr), "merci"),
    (Some(Fr), "oui"),
    (Some(Fr), "Oui, parfait !"),
    (Some(Fr), "Changer les horaires"),
    (Some(Fr), "changer l’adresse"),
    (
        Some(Fr),
        "Bonjour,\nPourriez-vous remplacer « Fermé le lundi » par « Ouvert le lundi » sur la page d'accueil ?\nCordialement,\nLucie",
    ),
    (Some(Fr), "Ajoutez une photo de l'équipe en haut de la page"),
    (
        Some(Fr),
        "Le numéro de téléphone a changé, c'est maintenant le 01 23 45 67 89.",
    ),
    (Some(Fr), "mettre le titre en gras"),
    (
        Some(Fr),
        "Il faudrait supprimer le deuxième paragraphe de la page contact, svp",
    ),
    (Some(Fr), "nouveaux tarifs"),
    (Some(Es), "gracias"),
    (Some(Es), "sí"),
    (Some(Es), "Sí, por favor"),
    (Some(Es), "Cambiar el horario"),
    (
        Some(Es),
        "Hola, ¿podrían cambiar el título de la página de contacto por \"Get in touch\"?\nUn saludo,\nMarta",
    ),
    (
        Some(Es),
        "Añadan una foto del equipo en la página de inicio",
    ),
    (
        Some(Es),
        "Ya no abrimos los domingos, quitad esa línea por favor.",
    ),
    (Some(Es), "El teléfono ha cambiado"),
    (Some(Es), "poner en negrita"),
    (Some(Es), "actualizar precios"),
    (None, ""),
    (None, "ok"),
    (None, "👍"),
    (None, "9-17"),
    (None, "Test"),
    (None, "https://example.com/"),
    (None, "Ciao, vorrei cambiare gli orari di apertura, grazie"),
    (None, "Kunt u de openingstijden wijzigen? Bedankt"),
    (None, "Olá, gostaria de mudar o horário da página, obrigada"),
];

#[test]
fn the_language_of_a_text_is_told_by_its_words() {
    let wrong: Vec<_> = SENT
        .iter()
        .map(|(expected, text)| (*expected, Language::of_text(text), *text))
        .filter(|(expected, is, _)| expected != is)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_the_words_do_not_tell_the_clues_do() {
    let clues = Clues {
        thread: None,
        content: None,
        accept: Some("es-ES, en;q=0.5"),
        subject: "Öffnungszeiten",
    };
    assert_eq!(Language::decide("danke", clues), De);
    assert_eq!(Language::decide("ok", clues), Es);
    let said = Clues {
        content: Some("fr"),
        ..clues
    };
    assert_eq!(Language::decide("ok", said), Fr);
    let known = Clues {
        thread: Some(En),
        ..said
    };
    assert_eq!(Language::decide("ok", known), En);
    let subject = Clues {
        accept: Some("ja-JP"),
        ..clues
    };
    assert_eq!(Language::decide("ok", subject), De);
    assert_eq!(Language::decide("ok", Clues::default()), En);
}

#[test]
fn a_language_travels_as_its_tag() {
    for language in Language::ALL {
        let json = serde_json::to_string(&language).unwrap();
        assert_eq!(json, format!("\"{}\"", language.tag()));
    }
}

proptest! {
    #[test]
    fn any_text_has_a_language_or_none(text in "\\PC{0,300}") {
        Language::of_text(&text);
    }
}
