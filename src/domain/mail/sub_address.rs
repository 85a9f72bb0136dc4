//! What stands behind the name of our mailbox: a project, a token, a letter that came back (T10, T14, L16).

use super::reference::{HermesAddress, ReplyToken};
use super::{EmailAddress, verp};
use crate::domain::ids::ReplyId;

/// The alias of our mailbox that only takes replies.
const REPLY_LOCAL: &str = "reply";
/// What stands before the name of a letter in its envelope sender; never the name of a project.
const BOUNCES: &str = "bounces";

/// How an address was divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// By `+`.
    Plus,
    /// By `-`, as some Exchange servers do (T14). Others may have a mailbox of that name, so that a project is meant only
    /// if there is one.
    Dash,
}

/// One of our addresses, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SubAddress<'a> {
    /// The project that it names.
    pub(super) project: Option<(&'a str, Separator)>,
    /// The conversation that it answers.
    pub(super) token: Option<ReplyToken>,
    /// The letter of ours that came back to it.
    pub(super) bounced: Option<ReplyId>,
}

impl SubAddress<'_> {
    /// Whether nobody else can have this address: a dash with any word behind it may be somebody's name.
    pub(super) fn is_surely_ours(&self) -> bool {
        !matches!(self.project, Some((_, Separator::Dash)))
            || self.token.is_some()
            || self.bounced.is_some()
    }
}

impl HermesAddress {
    /// Takes an address apart; none when it is not one of our mailbox's.
    pub(super) fn sub_address<'a>(&self, address: &'a EmailAddress) -> Option<SubAddress<'a>> {
        if address.domain() != self.domain() {
            return None;
        }
        let own = self.address().local();
        if let Some(rest) = address.local().strip_prefix(own)
            && let Some(parts) = parts(rest)
        {
            return Some(parts);
        }
        // the alias is ours only with something behind it: `reply@` may be a mailbox of its own
        let rest = address.local().strip_prefix(REPLY_LOCAL)?;
        let is_tagged = rest.starts_with('+') && rest.len() > 1;
        parts(rest).filter(|parts| is_tagged || parts.token.is_some())
    }

    /// Whether an address is nothing but this token of ours.
    pub fn is_reply_to(&self, address: &EmailAddress, token: &ReplyToken) -> bool {
        self.sub_address(address)
            .is_some_and(|parts| parts.project.is_none() && parts.token.as_ref() == Some(token))
    }

    /// The envelope sender of a letter (L16), or the mailbox itself where that would be too long.
    pub fn bounces_to(&self, reply: &ReplyId) -> EmailAddress {
        verp::verp(reply)
            .and_then(|name| self.address().with_tag(&format!("{BOUNCES}+{name}")).ok())
            .unwrap_or_else(|| self.address().clone())
    }

    /// The letter that came back, when this is the envelope sender of one (L16).
    pub fn bounced(&self, address: &EmailAddress) -> Option<ReplyId> {
        self.sub_address(address)?.bounced
    }
}

/// Takes apart what stands behind the mailbox's name; none when that makes it another name.
fn parts(rest: &str) -> Option<SubAddress<'_>> {
    if rest.is_empty() || rest == "+" {
        return Some(SubAddress::default());
    }
    let divided = rest
        .strip_prefix('+')
        .map(|tag| (tag, Separator::Plus))
        .or_else(|| rest.strip_prefix('-').map(|tag| (tag, Separator::Dash)));
    let Some((tag, separator)) = divided else {
        // some web forms leave the `+` out (T14)
        let token = rest.parse().ok()?;
        return Some(SubAddress {
            token: Some(token),
            ..SubAddress::default()
        });
    };
    let is_separator = |c: char| matches!(c, '+' | '-');
    if let Some(name) = tag.strip_prefix(BOUNCES)
        && name.starts_with(is_separator)
    {
        // never a project, whatever the rest says (T14)
        let name = name.trim_start_matches(is_separator);
        return Some(SubAddress {
            bounced: verp::reply_of(name),
            ..SubAddress::default()
        });
    }
    let (project, last) = tag
        .rsplit_once(is_separator)
        .map_or((None, tag), |(project, last)| (Some(project), last));
    let token = last.parse::<ReplyToken>().ok();
    let project = if token.is_some() { project } else { Some(tag) };
    Some(SubAddress {
        project: project
            .filter(|project| !project.is_empty())
            .map(|project| (project, separator)),
        token,
        bounced: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Bits, CommandId};

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz";

    /// An address as `project/separator token bounced`, or nothing when it is not ours.
    fn taken_apart(address: &str) -> String {
        let address: EmailAddress = address.parse().unwrap();
        let hermes = HermesAddress::default();
        let Some(parts) = hermes.sub_address(&address) else {
            return String::new();
        };
        let project = parts.project.map(|(project, separator)| match separator {
            Separator::Plus => format!("{project}/plus"),
            Separator::Dash => format!("{project}/dash"),
        });
        let token = parts.token.map(|_| "token".to_owned());
        let bounced = parts.bounced.map(|_| "bounced".to_owned());
        let told: Vec<String> = [project, token, bounced].into_iter().flatten().collect();
        format!("ours {}", told.join(" ")).trim_end().to_owned()
    }

    #[test]
    fn t14_addresses_are_taken_apart_however_servers_divide_them() {
        for (local, expected) in [
            ("edit".to_owned(), "ours"),
            ("EDIT+Site".to_owned(), "ours site/plus"),
            (format!("edit+{TOKEN}"), "ours token"),
            (format!("edit+site+{TOKEN}"), "ours site/plus token"),
            (format!("edit-{TOKEN}"), "ours token"),
            (format!("edit-my-site-{TOKEN}"), "ours my-site/dash token"),
            (format!("edit+my-site+{TOKEN}"), "ours my-site/plus token"),
            ("edit+my-site".to_owned(), "ours my-site/plus"),
            ("edit-site".to_owned(), "ours site/dash"),
            (format!("edit{TOKEN}"), "ours token"),
            (format!("Reply+{}", TOKEN.to_uppercase()), "ours token"),
            (format!("reply-{TOKEN}"), "ours token"),
            ("reply+site".to_owned(), "ours site/plus"),
            ("reply".to_owned(), ""),
            ("reply-all".to_owned(), ""),
            ("editor".to_owned(), ""),
            ("edits+site".to_owned(), ""),
            (format!("other+{TOKEN}"), ""),
        ] {
            let address = format!("{local}@hermes.localhost");
            assert_eq!(taken_apart(&address), expected, "{local}");
        }
        assert_eq!(taken_apart(&format!("edit+{TOKEN}@elsewhere.example")), "");
    }

    #[test]
    fn l16_a_bounce_finds_its_letter_and_names_no_project() {
        let hermes = HermesAddress::default();
        let reply = ReplyId::for_command(&CommandId::mint(Bits([9; 16])));
        let sender = hermes.bounces_to(&reply);
        assert!(sender.as_str().starts_with("edit+bounces+c"), "{sender}");
        assert_eq!(hermes.bounced(&sender), Some(reply.clone()));
        let dashed: EmailAddress = sender.as_str().replace('+', "-").parse().unwrap();
        assert_eq!(hermes.bounced(&dashed), Some(reply));
        for forged in ["edit+bounces+x", "edit+bounces+site", "edit+bounces+"] {
            assert_eq!(taken_apart(&format!("{forged}@hermes.localhost")), "ours");
        }
        let plain = hermes.bounces_to(&"cmd-1".parse().unwrap());
        assert_eq!(plain, *hermes.address());
    }
}
