//! Who the sender calls himself (L5, and the soft signs of its kin).

use super::sign::{Sign, Signs};
use super::words::{DAEMON_NAMES, ROLE_ADDRESSES, ROLE_WORDS, normal};
use crate::domain::mail::{InboundMail, Sender};

patterns! {
    DAEMON = "(?:^|[^a-z])(?:mailer[-_]?daemon|post[-_]?master)(?:$|[^a-z])";
    /// Without a domain, as old servers write it, and in the name of an address that is none.
    BARE_DAEMON = r"(?i)(?:^[^@]*|[:,<])\b(?:mailer[-_ ]?daemon|post[-_]?master)\b[^@]*(?:$|@)";
    /// In `Sender`, where a server that sends for somebody else says who it is.
    SENDER_DAEMON = "(?:^|<)mailer[-_]?daemon(?:@|>|$)";
    LIST_KEEPER = "^(?:owner-.+|.+-(?:owner|bounces|request)|majordomo(?:-owner)?|listserv|mailman|listproc|listmaster|fml)$";
    /// A word of its own, or the end of one: `noreplymann` is a name.
    NO_REPLY = concat!(
        "(?:^|[^a-z])(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|dont[-_.]?reply|nicht[-_.]?antworten|keine[-_.]?antwort|ne[-_.]?pas[-_.]?repondre|no[-_.]?responder|nao[-_.]?responda|",
        "nao[-_.]?responder|non[-_.]?rispondere|niet[-_.]?beantwoorden|geen[-_.]?antwoord|svara[-_.]?ej|ingen[-_.]?svar|nie[-_.]?odpowiadac|neodpovidat)(?:$|[^a-z])|(?:no-?reply|donotreply)$",
    );
    AUTO_SENDER = "^(?:auto[-_.]?(?:reply|replies|response|responder|respond|answer|antwort|mated[-_.]?(?:reply|response|responder|message|mail))|mail[-_]?(?:autoreply|responder)|reponse[-_]?auto\\w*|respuesta[-_]?auto\\w*)(?:[-_+.]?\\d*)$";
    EXCHANGE = "^(?:microsoftexchange[0-9a-f]{20,}|mail[-_.]?daemon|maildelivery|mail[-_.]?delivery[-_.]?(?:system|subsystem|service)|delivery[-_.]?(?:failure|status|notification)s?|undeliverable|bounce-?notification)$";
}

/// Longest display name or raw field that is looked at, in characters.
const MAX_NAME: usize = 200;

/// Adds what the sender's address and name say.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    let raw = mail.headers.get("From").unwrap_or_default();
    let sends = mail.headers.get("Sender").unwrap_or_default();
    if SENDER_DAEMON.is_match(&clipped(sends)) {
        signs.add(Sign::Daemon);
    }
    match &mail.from {
        Sender::One { address, name } => {
            let local = address.local();
            if DAEMON.is_match(local) || EXCHANGE.is_match(local) {
                signs.add(Sign::Daemon);
            } else if NO_REPLY.is_match(local) {
                signs.add(Sign::NoReply);
            } else if AUTO_SENDER.is_match(local) {
                signs.add(Sign::AutoSender);
            }
            let name = clipped(name.as_deref().unwrap_or_default());
            signs.add_if(|| named(&name, local));
        }
        Sender::None | Sender::Several => {
            let raw = clipped(raw);
            // Only a server writes an address that is none.
            if BARE_DAEMON.is_match(&raw) || raw.ends_with("<>") || raw.ends_with("<@>") {
                signs.add(Sign::Daemon);
            }
            signs.add_if(|| named(&raw, ""));
        }
    }
}

fn clipped(text: &str) -> String {
    normal(&text.chars().take(MAX_NAME).collect::<String>())
}

/// What a display name and a local part, both lower-case, say together.
fn named(name: &str, local: &str) -> Option<Sign> {
    if DAEMON_NAMES.is_in(name) {
        return Some(Sign::DaemonName);
    }
    let base = local.split('+').next().unwrap_or_default();
    if LIST_KEEPER.is_match(base) {
        return Some(Sign::ListKeeper);
    }
    let has_role = ROLE_ADDRESSES.has(base)
        || base.split(['-', '_', '.']).any(|word| ROLE_WORDS.has(word))
        || name
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ROLE_WORDS.has(word));
    if has_role {
        return Some(Sign::RoleSender);
    }
    is_person(name, base).then_some(Sign::PersonSender)
}

/// Two names or more, or an address that is made of two.
fn is_person(name: &str, base: &str) -> bool {
    let is_name = |word: &str| {
        word.chars().count() > 1
            && word
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '’'))
    };
    let names = name
        .split([' ', ',', '.'])
        .filter(|word| is_name(word))
        .count();
    let parts = base.split(['.', '_']).filter(|part| is_name(part)).count();
    names >= 2 && !name.contains('@') || parts >= 2
}
