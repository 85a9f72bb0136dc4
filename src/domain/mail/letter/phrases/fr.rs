//! French. Non-breaking spaces stand where French typography has them.

use super::set::{
    Condition, ConfirmText, Ends, HelpText, Labels, Notes, Phrases, Refused, Replying, StatusText,
    When, Words,
};
use crate::domain::command::Action;
use crate::domain::mail::RefusalReason;
use crate::domain::mail::files::FileRefusal;

pub(super) const PHRASES: Phrases = Phrases {
    labels: Labels {
        marker: "Répondez au-dessus de cette ligne",
        preview: "Voir l’aperçu",
        files: "Fichiers modifiés",
        left_out: "Fichiers qui n’ont pas été retenus",
        more: |count| match count {
            1 => "et un autre".to_owned(),
            _ => format!("et {count} autres"),
        },
        log: "La fin du journal",
        next: "Et maintenant",
        quoted: "Vous avez écrit",
        reference: "Référence",
        colon: "\u{a0}:",
    },
    words: Words {
        publish: "publier",
        undo: "annuler",
        stop: "arrêter",
        status: "statut",
        help: "aide",
    },
    replying: Replying {
        next: "Répondez avec la modification suivante\u{a0}; elle s’ajoutera à celle-ci.",
        publish: "Répondez «\u{a0}publier\u{a0}» pour mettre votre modification en ligne.",
        undo: "Répondez «\u{a0}annuler\u{a0}» pour revenir en arrière.",
        stop: "Répondez «\u{a0}arrêter\u{a0}» pour interrompre le travail.",
        status: "Répondez «\u{a0}statut\u{a0}» pour savoir où cela en est.",
        help: "Répondez «\u{a0}aide\u{a0}» pour voir ce que vous pouvez écrire.",
        reword: "Répondez avec d’autres mots, ou avec le texte exact tel qu’il figure sur la page.",
        again: "Répondez à ce message pour réessayer\u{a0}; ce que vous avez écrit est conservé.",
        resend: "Merci de renvoyer votre message avec ses fichiers.",
        mend: "Répondez en indiquant ce qui doit être différent.",
        go_on: "Répondez pour continuer\u{a0}: rien de ce qui est fait n’est perdu.",
        nothing: "Vous n’avez rien à faire.",
    },
    ends: Ends {
        made: "Votre modification est prête à être consultée.",
        made_unseen: "Votre modification est faite, mais l’aperçu n’a pas pu être mis à jour.",
        nothing: "Il n’y avait rien à modifier.",
        unclear: "Je n’ai pas pu déterminer ce qu’il faut modifier\u{a0}; rien n’a donc été changé.",
        cannot: "Je ne peux pas faire cela\u{a0}; rien n’a donc été changé.",
        failed: "Votre modification n’a pas abouti.",
        red: "Votre modification est faite, mais le site n’a pas pu être généré avec elle.",
        red_because: "La modification est enregistrée. L’aperçu montre toujours la dernière version qui a pu être générée.",
        stopped: "Le travail sur votre modification a pris fin avant son terme.",
        stopped_by_end: "La session de travail est close.",
        stopped_by_newer: "Un message plus récent a pris sa place.",
        stopped_by_wish: "Quelqu’un a demandé de l’arrêter.",
        crashed: "L’éditeur s’est arrêté trois fois sur cette demande. Ce qui existait avant est inchangé.",
        no_workspace: "L’éditeur ne peut pas travailler pour le moment\u{a0}; rien n’a été changé.",
        no_repository: "Les fichiers du site sont inaccessibles pour le moment\u{a0}; rien n’a été changé.",
        no_files: "L’éditeur n’a pas pu lire les fichiers joints à votre message\u{a0}; rien n’a été changé.",
        not_yet,
        never_started: "L’éditeur n’a pas pu être démarré pendant toute une journée. Rien n’a été changé.",
        stopped_earlier: |words| {
            format!(
                "Votre message précédent a été interrompu au profit de celui-ci\u{a0}: «\u{a0}{words}\u{a0}». Ce qui en a été fait est enregistré\u{a0}; renvoyez-le pour qu’il soit terminé."
            )
        },
        forked: "Vous avez donné un autre objet à votre réponse\u{a0}; elle a donc ouvert une conversation à part, à partir du site tel qu’il est publié. Pour poursuivre votre modification précédente, répondez au message qui la concerne.",
    },
    notes: Notes {
        arrived: "Votre message est bien arrivé.",
        arrived_because: "Cela prend un peu plus de temps que d’habitude. Vous recevrez un autre message dès qu’il y aura un résultat.",
        kept: "Votre message est conservé\u{a0}; le travail n’a pas encore pu commencer.",
        kept_until: |until| {
            format!(
                "L’éditeur de votre site n’a pas pu être démarré. Rien n’est perdu\u{a0}: une nouvelle tentative a lieu automatiquement jusqu’au {until}, et vous recevrez un autre message avec le résultat."
            )
        },
        at,
    },
    refused,
    left_out,
    confirm: ConfirmText {
        subject: "Avez-vous écrit ce message\u{a0}?",
        headline: "Un message est arrivé sous votre nom. L’avez-vous écrit\u{a0}?",
        what: "Il demande une modification de votre site, mais il n’a pas été possible de prouver qu’il vient de vous\u{a0}; rien n’a donc été fait. Le message lui-même ne figure pas ici, car un inconnu peut l’avoir écrit. Le lien permet de le lire.",
        how: "Ouvrez le lien, lisez le message et dites s’il est de vous. Rien ne se passe avant, et le lien n’est plus valable au bout de 24\u{a0}heures. Si d’autres messages de ce genre arrivent aujourd’hui, ils y seront affichés aussi.",
        why: "Cela se produit lorsqu’un message est réexpédié en chemin, lorsqu’il passe par une liste de diffusion ou lorsqu’il est envoyé par un serveur que votre domaine ne désigne pas comme le sien (SPF, DKIM et DMARC).",
        link: "Voir le message",
        hints: [
            "La prochaine fois, écrivez directement depuis la boîte de messagerie enregistrée pour vous.",
            "Si cela se répète, demandez à votre fournisseur de messagerie de signer les messages avec DKIM et de mettre en place DMARC pour votre domaine.",
            "Si le message n’est pas de vous, dites-le en suivant le lien, ou ne faites rien.",
        ],
    },
    help: HelpText {
        headline: "Voici comment modifier votre site par e-mail.",
        how: "Écrivez simplement ce qui doit changer. Vous recevez une réponse avec un aperçu\u{a0}; le site en ligne reste tel quel tant que personne ne publie.",
        examples_title: "Par exemple",
        examples: [
            "Remplacez \"Ouvert 9h-17h\" par \"Ouvert 10h-18h\"",
            "Changez le titre en \"Nous joindre\"",
            "Ajoutez un paragraphe \"Fermé le lundi.\"",
            "Supprimez \"Menu de Noël\"",
        ],
        words_title: "Les mots par lesquels vous pouvez répondre",
        threads: "Une réponse poursuit la même modification. Un nouveau message en commence une autre.",
    },
    status: StatusText {
        headline: |condition| match condition {
            Condition::Waiting => "Votre dernier message attend son tour.",
            Condition::Working => "Votre dernier message est en cours de traitement.",
            Condition::Kept => {
                "Votre dernier message est conservé\u{a0}; le travail n’a pas encore pu commencer."
            }
            Condition::Done => "Votre dernier message a été traité.",
            Condition::Failed => "Votre dernier message n’a pas pu être traité.",
            Condition::Stopped => "Le traitement de votre dernier message a été arrêté.",
        },
        nothing_yet: "Rien n’a encore été demandé dans cette conversation.",
        last_message: "Votre dernier message",
        last_answer: "Le résultat",
        others: |count| match count {
            1 => "Un autre message est encore en attente ou en cours.".to_owned(),
            _ => format!("{count} autres messages sont encore en attente ou en cours."),
        },
        stopping: "Le travail sur votre dernier message est en cours d’arrêt.",
        stopping_because: "Ce qui a été fait jusqu’ici est enregistré, et le site en ligne est inchangé.",
        nothing_to_stop: "Il n’y avait rien à arrêter\u{a0}: aucun message de cette conversation n’est en cours de traitement.",
    },
};

fn at(when: When) -> String {
    let month = when.month_of([
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ]);
    let first = if when.day == 1 { "er" } else { "" };
    format!(
        "{}{first} {month} {} à {:02}\u{a0}h\u{a0}{:02} (UTC)",
        when.day, when.year, when.hour, when.minute
    )
}

const NOT_DONE: &str = "Votre message n’a pas été traité.";

fn refused(reason: RefusalReason) -> Refused {
    let (headline, because, hint) = match reason {
        RefusalReason::NotAMember => (
            NOT_DONE,
            "Cette adresse ne figure pas sur la liste des personnes autorisées à modifier ce site.",
            "Écrivez depuis l’adresse enregistrée pour vous, ou demandez au propriétaire du site d’ajouter celle-ci.",
        ),
        RefusalReason::Viewer => (
            NOT_DONE,
            "Vous pouvez consulter les aperçus de ce site, mais pas le modifier.",
            "Demandez au propriétaire du site le droit de le modifier, puis renvoyez votre message.",
        ),
        RefusalReason::NoSuchProject => (
            NOT_DONE,
            "Il n’y a pas de site à l’adresse à laquelle vous avez écrit.",
            "Vérifiez l’adresse. Elle figure dans notre dernier message, ou le propriétaire du site la connaît.",
        ),
        RefusalReason::SeveralProjects => (
            "De quel site s’agit-il\u{a0}?",
            "L’adresse à laquelle vous avez écrit correspond à plusieurs sites\u{a0}; rien n’a donc été changé.",
            "Renvoyez votre message à l’adresse du site lui-même.",
        ),
        RefusalReason::EmptyMessage => (
            "Votre message ne contenait pas de texte.",
            "Les citations et les signatures ne comptent pas comme des demandes, et il n’y avait rien d’autre.",
            "Répondez en disant simplement ce que vous souhaitez modifier.",
        ),
        RefusalReason::AttachmentsOnly => (
            "Que faut-il faire de votre envoi\u{a0}?",
            "Votre message contenait des fichiers ou un message transféré, mais aucun mot de vous\u{a0}; rien n’a donc été changé.",
            "Répondez en disant ce que vous souhaitez, par exemple\u{a0}: mettre cette image en haut de la page d’accueil. Merci de joindre à nouveau les fichiers.",
        ),
        RefusalReason::Encrypted => (
            "Votre message n’a pas pu être lu.",
            "Il est chiffré, et les messages chiffrés ne peuvent pas être ouverts ici.",
            "Renvoyez-le sans chiffrement.",
        ),
        RefusalReason::TooMany => (
            "Votre message est conservé, mais n’a pas été exécuté.",
            "Votre adresse a envoyé plus de messages qu’une personne n’en écrit d’habitude, comme si des machines se répondaient. Tout ce que vous avez envoyé auparavant est exécuté.",
            "Si vous êtes une personne\u{a0}: attendez une heure, puis renvoyez-le. Jusqu’à demain, nous ne vous le dirons que cette fois.",
        ),
        RefusalReason::NotAPublisher => (
            NOT_DONE,
            "Seules les personnes inscrites pour publier peuvent mettre ce site en ligne.",
            "Demandez à l’une d’elles de le faire, ou au propriétaire du site de vous inscrire.",
        ),
        RefusalReason::ProofToPublish => (
            NOT_DONE,
            "Pour publier, il doit être prouvé qu’un message vient de vous, et votre messagerie ne le prouve pas (DMARC).",
            "Demandez à votre fournisseur de messagerie de mettre en place DMARC et de signer les messages avec DKIM, ou laissez une autre personne publier.",
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
        Action::Publish => "Il n’est pas encore possible ici de publier par e-mail.",
        Action::Undo { .. } => {
            "Il n’est pas encore possible ici d’annuler des modifications par e-mail."
        }
        Action::Discard => {
            "Il n’est pas encore possible ici d’abandonner des modifications par e-mail."
        }
        Action::Continue => "Il n’est pas encore possible ici de continuer par un simple mot.",
    }
}

fn left_out(reason: FileRefusal) -> &'static str {
    match reason {
        FileRefusal::Program => "Les programmes ne sont pas acceptés.",
        FileRefusal::Script => "Les scripts ne sont pas acceptés.",
        FileRefusal::Archive => {
            "Les archives ne sont pas décompressées. Merci de joindre les fichiers un par un."
        }
        FileRefusal::Macros => {
            "Les documents avec macros ne sont pas acceptés. Merci de l’enregistrer sans macros, par exemple en .docx ou en .xlsx."
        }
        FileRefusal::ActiveSvg => {
            "Ce fichier SVG contient des scripts ou charge des éléments venant d’ailleurs. Merci de l’exporter en SVG simple ou en PNG."
        }
        FileRefusal::Tnef => {
            "Outlook a emballé les pièces jointes dans un format que lui seul sait lire. Merci d’envoyer le message en HTML ou en texte brut."
        }
        FileRefusal::Encrypted => "Le fichier est chiffré. Merci de l’envoyer sans mot de passe.",
        FileRefusal::Empty => "Le fichier est vide.",
        FileRefusal::TooLarge => "Le fichier dépasse 20\u{a0}Mo.",
        FileRefusal::TooMany => "Le message contenait plus de 25 fichiers.",
        FileRefusal::TooLargeTogether => {
            "Les fichiers de ce message dépassent 40\u{a0}Mo au total."
        }
        FileRefusal::NotScanned => {
            "L’antivirus n’a pas pu contrôler ce fichier. Merci de le renvoyer un peu plus tard."
        }
    }
}
