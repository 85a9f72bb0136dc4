//! German.

use super::set::{
    Condition, ConfirmText, Ends, HelpText, Labels, Notes, Phrases, Refused, Replying, StatusText,
    When, Words,
};
use crate::domain::command::Action;
use crate::domain::mail::RefusalReason;
use crate::domain::mail::files::FileRefusal;

pub(super) const PHRASES: Phrases = Phrases {
    labels: Labels {
        marker: "Bitte oberhalb dieser Zeile antworten",
        preview: "Vorschau ansehen",
        files: "Geänderte Dateien",
        left_out: "Diese Dateien wurden nicht übernommen",
        more: |count| match count {
            1 => "und eine weitere".to_owned(),
            _ => format!("und {count} weitere"),
        },
        log: "Das Ende des Protokolls",
        next: "So geht es weiter",
        quoted: "Sie schrieben",
        reference: "Referenz",
        colon: ":",
    },
    words: Words {
        publish: "veröffentlichen",
        undo: "rückgängig",
        stop: "stopp",
        status: "status",
        help: "hilfe",
    },
    replying: Replying {
        next: "Antworten Sie mit der nächsten Änderung; sie baut auf dieser auf.",
        publish: "Antworten Sie „veröffentlichen“, um Ihre Änderung online zu stellen.",
        undo: "Antworten Sie „rückgängig“, um diese Änderung zurückzunehmen.",
        stop: "Antworten Sie „Stopp“, um die Arbeit daran anzuhalten.",
        status: "Antworten Sie „Status“, um zu erfahren, wie es steht.",
        help: "Antworten Sie „Hilfe“, um zu sehen, was Sie schreiben können.",
        reword: "Antworten Sie mit anderen Worten oder mit dem genauen Text, wie er auf der Seite steht.",
        again: "Antworten Sie auf diese Mail, um es noch einmal zu versuchen; Ihre Nachricht ist gespeichert.",
        resend: "Bitte schicken Sie Ihre Nachricht noch einmal, zusammen mit den Dateien.",
        mend: "Antworten Sie, was anders sein soll.",
        go_on: "Antworten Sie, um weiterzumachen: Was schon getan war, ist gespeichert.",
        nothing: "Sie müssen nichts weiter tun.",
    },
    ends: Ends {
        made: "Ihre Änderung ist fertig zum Ansehen.",
        made_unseen: "Ihre Änderung ist gemacht, aber die Vorschau konnte nicht aktualisiert werden.",
        nothing: "Es gab nichts zu ändern.",
        unclear: "Ich konnte nicht erkennen, was geändert werden soll. Deshalb wurde nichts geändert.",
        cannot: "Das kann ich leider nicht. Deshalb wurde nichts geändert.",
        failed: "Ihre Änderung hat leider nicht geklappt.",
        red: "Ihre Änderung ist gemacht, aber die Website ließ sich damit nicht erstellen.",
        red_because: "Die Änderung ist gespeichert. Die Vorschau zeigt weiterhin die letzte Version, die sich erstellen ließ.",
        stopped: "Ihre Änderung wurde angehalten, bevor sie fertig war.",
        stopped_by_end: "Die Bearbeitung wurde beendet.",
        stopped_by_newer: "Eine neuere Nachricht hatte Vorrang.",
        stopped_by_wish: "Jemand hat darum gebeten, sie anzuhalten.",
        crashed: "Der Editor ist dabei dreimal abgestürzt. Was vorher da war, ist unverändert.",
        no_workspace: "Der Editor kann im Moment nicht arbeiten; es wurde nichts geändert.",
        no_repository: "Die Dateien der Website sind im Moment nicht erreichbar; es wurde nichts geändert.",
        no_files: "Der Editor konnte die Dateien nicht lesen, die mit Ihrer Nachricht kamen; es wurde nichts geändert.",
        not_yet,
        never_started: "Der Editor konnte einen ganzen Tag lang nicht gestartet werden. Es wurde nichts geändert.",
        stopped_earlier: |words| {
            format!(
                "Ihre frühere Nachricht wurde für diese angehalten: „{words}“. Was davon schon getan war, ist gespeichert; schicken Sie sie noch einmal, damit sie fertig wird."
            )
        },
        forked: "Sie haben Ihrer Antwort einen anderen Betreff gegeben. Deshalb hat mit ihr ein eigenes Gespräch begonnen, ausgehend von der Website, wie sie veröffentlicht ist. Um an Ihrer früheren Änderung weiterzuarbeiten, antworten Sie bitte auf die Mail dazu.",
    },
    notes: Notes {
        arrived: "Ihre Nachricht ist angekommen.",
        arrived_because: "Es dauert etwas länger als sonst. Sobald es ein Ergebnis gibt, bekommen Sie eine weitere Mail.",
        kept: "Ihre Nachricht ist gespeichert; die Arbeit daran konnte noch nicht beginnen.",
        kept_until: |until| {
            format!(
                "Der Editor für Ihre Website ließ sich nicht starten. Nichts ist verloren: Es wird von selbst wieder versucht, bis {until}, und Sie bekommen eine weitere Mail mit dem Ergebnis."
            )
        },
        at,
    },
    refused,
    left_out,
    confirm: ConfirmText {
        subject: "Haben Sie das geschrieben?",
        headline: "Unter Ihrem Namen kam eine Nachricht. Haben Sie sie geschrieben?",
        what: "Sie bittet um eine Änderung an Ihrer Website. Es ließ sich aber nicht nachweisen, dass sie von Ihnen ist. Deshalb wurde nichts getan. Die Nachricht selbst steht nicht in dieser Mail, weil jemand Fremdes sie geschrieben haben kann. Der Link zeigt sie.",
        how: "Öffnen Sie den Link, lesen Sie die Nachricht und sagen Sie, ob sie von Ihnen ist. Vorher geschieht nichts, und nach 24 Stunden ist der Link ungültig. Wenn heute noch mehr solche Nachrichten kommen, stehen sie ebenfalls dort.",
        why: "Das kommt vor, wenn eine Mail unterwegs weitergeleitet wird, wenn sie über eine Mailingliste läuft oder wenn sie über einen Server verschickt wird, den Ihre Domain nicht als eigenen nennt (SPF, DKIM und DMARC).",
        link: "Nachricht ansehen",
        hints: [
            "Schreiben Sie das nächste Mal direkt aus dem Postfach, das für Sie eingetragen ist.",
            "Wenn es öfter vorkommt, bitten Sie den Betreiber Ihrer Mail, Mails mit DKIM zu signieren und für Ihre Domain DMARC einzurichten.",
            "Wenn die Nachricht nicht von Ihnen ist, teilen Sie das über den Link mit, oder tun Sie einfach nichts.",
        ],
    },
    help: HelpText {
        headline: "So ändern Sie Ihre Website per Mail.",
        how: "Schreiben Sie in einfachen Worten, was anders sein soll. Sie bekommen eine Antwort mit einer Vorschau; die Website selbst bleibt, wie sie ist, bis jemand veröffentlicht.",
        examples_title: "Zum Beispiel",
        examples: [
            "Ersetze \"Geöffnet 9-17 Uhr\" durch \"Geöffnet 10-18 Uhr\"",
            "Ändere den Titel auf \"So erreichen Sie uns\"",
            "Ergänze einen Absatz \"Montags geschlossen.\"",
            "Entferne \"Weihnachtskarte\"",
        ],
        words_title: "Wörter, mit denen Sie antworten können",
        threads: "Eine Antwort setzt dieselbe Änderung fort. Eine neue Mail beginnt eine andere.",
    },
    status: StatusText {
        headline: |condition| match condition {
            Condition::Waiting => "Ihre letzte Nachricht wartet, bis sie an der Reihe ist.",
            Condition::Working => "Ihre letzte Nachricht wird gerade bearbeitet.",
            Condition::Kept => {
                "Ihre letzte Nachricht ist gespeichert; die Arbeit daran konnte noch nicht beginnen."
            }
            Condition::Done => "Ihre letzte Nachricht ist erledigt.",
            Condition::Failed => "Ihre letzte Nachricht konnte nicht ausgeführt werden.",
            Condition::Stopped => "Ihre letzte Nachricht wurde angehalten.",
        },
        nothing_yet: "In diesem Gespräch wurde noch nichts gewünscht.",
        last_message: "Ihre letzte Nachricht",
        last_answer: "Was daraus wurde",
        others: |count| match count {
            1 => "Eine weitere Nachricht ist noch offen.".to_owned(),
            _ => format!("{count} weitere Nachrichten sind noch offen."),
        },
        stopping: "Die Arbeit an Ihrer letzten Nachricht wird angehalten.",
        stopping_because: "Was bis jetzt getan war, ist gespeichert, und die Website selbst ist unverändert.",
        nothing_to_stop: "Es gab nichts anzuhalten: Keine Nachricht dieses Gesprächs wird gerade bearbeitet.",
    },
};

fn at(when: When) -> String {
    let month = when.month_of([
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ]);
    format!(
        "{}. {month} {}, {:02}:{:02} Uhr (UTC)",
        when.day, when.year, when.hour, when.minute
    )
}

const NOT_DONE: &str = "Ihre Nachricht wurde nicht ausgeführt.";

fn refused(reason: RefusalReason) -> Refused {
    let (headline, because, hint) = match reason {
        RefusalReason::NotAMember => (
            NOT_DONE,
            "Diese Adresse steht nicht auf der Liste der Personen, die diese Website ändern dürfen.",
            "Schreiben Sie von der Adresse, die für Sie eingetragen ist, oder bitten Sie den Besitzer der Website, diese hinzuzufügen.",
        ),
        RefusalReason::Viewer => (
            NOT_DONE,
            "Sie dürfen Vorschauen dieser Website ansehen, sie aber nicht ändern.",
            "Bitten Sie den Besitzer der Website um das Recht, sie zu bearbeiten, und schicken Sie Ihre Nachricht dann noch einmal.",
        ),
        RefusalReason::NoSuchProject => (
            NOT_DONE,
            "Zu der Adresse, an die Sie geschrieben haben, gibt es keine Website.",
            "Prüfen Sie die Adresse. Sie steht in unserer letzten Mail an Sie, oder der Besitzer der Website kennt sie.",
        ),
        RefusalReason::SeveralProjects => (
            "Welche Website meinen Sie?",
            "Zu der Adresse, an die Sie geschrieben haben, gehört mehr als eine Website. Deshalb wurde nichts geändert.",
            "Schicken Sie Ihre Nachricht noch einmal an die Adresse der Website selbst.",
        ),
        RefusalReason::EmptyMessage => (
            "Ihre Nachricht hatte keinen Text.",
            "Zitate und Signaturen zählen nicht als Anweisung, und sonst stand nichts da.",
            "Antworten Sie in einfachen Worten, was Sie ändern möchten.",
        ),
        RefusalReason::AttachmentsOnly => (
            "Was soll mit dem geschehen, was Sie geschickt haben?",
            "Ihre Nachricht enthielt Dateien oder eine weitergeleitete Mail, aber keine eigenen Worte. Deshalb wurde nichts geändert.",
            "Antworten Sie, was Sie möchten, zum Beispiel: dieses Bild oben auf die Startseite. Bitte hängen Sie die Dateien noch einmal an.",
        ),
        RefusalReason::Encrypted => (
            "Ihre Nachricht konnte nicht gelesen werden.",
            "Sie ist verschlüsselt, und verschlüsselte Mails können hier nicht geöffnet werden.",
            "Schicken Sie sie noch einmal ohne Verschlüsselung.",
        ),
        RefusalReason::TooMany => (
            "Ihre Nachricht ist aufgehoben, wurde aber nicht ausgeführt.",
            "Von Ihrer Adresse kamen mehr Nachrichten, als ein Mensch gewöhnlich schreibt. Es sieht aus, als antworteten sich Maschinen. Alles, was Sie davor geschickt haben, wird ausgeführt.",
            "Wenn Sie ein Mensch sind: Warten Sie eine Stunde und schicken Sie sie noch einmal. Bis morgen erfahren Sie das nur dieses eine Mal.",
        ),
        RefusalReason::NotAPublisher => (
            NOT_DONE,
            "Nur wer dafür eingetragen ist, darf diese Website veröffentlichen.",
            "Bitten Sie jemanden, der das darf, oder den Besitzer der Website, Sie einzutragen.",
        ),
        RefusalReason::ProofToPublish => (
            NOT_DONE,
            "Zum Veröffentlichen muss nachgewiesen sein, dass eine Mail von Ihnen ist, und Ihr Mailsystem weist das nicht nach (DMARC).",
            "Bitten Sie den Betreiber Ihrer Mail, DMARC einzurichten und Mails mit DKIM zu signieren, oder lassen Sie jemand anderen veröffentlichen.",
        ),
    };
    Refused {
        headline,
        because,
        hint,
    }
}

fn not_yet(action: Action) -> &'static str {
    match action {
        Action::Publish => "Per Mail zu veröffentlichen ist hier noch nicht möglich.",
        Action::Undo { .. } => "Änderungen per Mail zurückzunehmen ist hier noch nicht möglich.",
        Action::Discard => "Änderungen per Mail zu verwerfen ist hier noch nicht möglich.",
        Action::Continue => "Mit einem einzelnen Wort weiterzumachen ist hier noch nicht möglich.",
    }
}

fn left_out(reason: FileRefusal) -> &'static str {
    match reason {
        FileRefusal::Program => "Programme werden nicht angenommen.",
        FileRefusal::Script => "Skripte werden nicht angenommen.",
        FileRefusal::Archive => {
            "Archive werden nicht entpackt. Bitte hängen Sie die Dateien einzeln an."
        }
        FileRefusal::Macros => {
            "Dokumente mit Makros werden nicht angenommen. Bitte speichern Sie es ohne Makros, zum Beispiel als .docx oder .xlsx."
        }
        FileRefusal::ActiveSvg => {
            "Diese SVG-Datei enthält Skripte oder lädt etwas von anderswo nach. Bitte exportieren Sie sie als einfaches SVG oder als PNG."
        }
        FileRefusal::Tnef => {
            "Outlook hat die Anhänge in ein Format verpackt, das nur Outlook lesen kann. Bitte senden Sie die Mail als HTML oder als Nur-Text."
        }
        FileRefusal::Encrypted => {
            "Die Datei ist verschlüsselt. Bitte schicken Sie sie ohne Kennwort."
        }
        FileRefusal::Empty => "Die Datei ist leer.",
        FileRefusal::TooLarge => "Die Datei ist größer als 20 MB.",
        FileRefusal::TooMany => "Die Mail enthielt mehr als 25 Dateien.",
        FileRefusal::TooLargeTogether => "Die Dateien dieser Mail sind zusammen größer als 40 MB.",
        FileRefusal::NotScanned => {
            "Die Datei konnte nicht auf Viren geprüft werden. Bitte schicken Sie sie später noch einmal."
        }
    }
}
