//! Mail addresses, normalised once so that comparing them is comparing text.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

/// Longest local part in octets (RFC 5321).
const MAX_LOCAL: usize = 64;
/// Longest domain in octets, as A-labels.
const MAX_DOMAIN: usize = 253;
/// Longest text that is looked at at all; U-labels may shrink, but not from here.
const MAX_INPUT: usize = 1024;

/// One mailbox in its normal form (A2).
///
/// The domain is lower-case and in A-labels, ASCII letters of the local part are lower-case, the rest is NFC. Dots and
/// plus tags stay: two addresses are the same person only when they are the same text. A homograph has another A-label
/// and so is another address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    text: Arc<str>,
    at: usize,
}

/// Why a text is not a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a mail address such as name@example.com")]
pub struct InvalidAddress;

impl EmailAddress {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the last `@`.
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What stands behind the last `@`, in A-labels.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// The local part without its plus tag (T14): `site` of `site+news@example.com`.
    pub fn base(&self) -> &str {
        self.local().split('+').next().unwrap_or_default()
    }

    /// The plus tag (T14): `news` of `site+news@example.com`; none when it is empty.
    pub fn plus_tag(&self) -> Option<&str> {
        let (_, tag) = self.local().split_once('+')?;
        (!tag.is_empty()).then_some(tag)
    }

    /// The one mailbox behind an address of gmail, which knows no dots and no plus tags (A2); none for other domains.
    pub fn folded(&self) -> Option<Self> {
        if !matches!(self.domain(), "gmail.com" | "googlemail.com") {
            return None;
        }
        format!("{}@gmail.com", self.base().replace('.', ""))
            .parse()
            .ok()
    }

    /// The same mailbox with a plus tag; an error when the local part gets too long or the tag has odd characters.
    pub fn with_tag(&self, tag: &str) -> Result<Self, InvalidAddress> {
        format!("{}+{tag}@{}", self.base(), self.domain()).parse()
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if text.len() > MAX_INPUT {
            return Err(InvalidAddress);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress)?;
        let local = ComposingNormalizerBorrowed::new_nfc()
            .normalize(local)
            .to_ascii_lowercase();
        let domain = normal_domain(domain)?;
        if !is_local(&local) {
            return Err(InvalidAddress);
        }
        Ok(Self {
            at: local.len(),
            text: format!("{local}@{domain}").into(),
        })
    }
}

/// UTS-46 non-transitional A-labels, or an address literal (`[192.0.2.1]`) as it is.
fn normal_domain(domain: &str) -> Result<String, InvalidAddress> {
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        let fits = !literal.is_empty()
            && literal.len() <= MAX_DOMAIN
            && literal
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-'));
        return if fits {
            Ok(domain.to_ascii_lowercase())
        } else {
            Err(InvalidAddress)
        };
    }
    let ascii = idna::domain_to_ascii(domain.strip_suffix('.').unwrap_or(domain))
        .map_err(|_unmappable| InvalidAddress)?;
    let labels_fit = ascii.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    });
    if labels_fit && ascii.len() <= MAX_DOMAIN {
        Ok(ascii)
    } else {
        Err(InvalidAddress)
    }
}

/// A dot-atom as the wild writes it (stray dots are tolerated), or a quoted string.
fn is_local(local: &str) -> bool {
    if local.is_empty() || local.len() > MAX_LOCAL || local.chars().any(char::is_control) {
        return false;
    }
    if let Some(quoted) = local.strip_prefix('"') {
        return quoted
            .strip_suffix('"')
            .is_some_and(|inner| !inner.is_empty() && !inner.contains('"'));
    }
    !local.chars().any(|c| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\' | '"' | '@'
            )
    })
}

impl TryFrom<&str> for EmailAddress {
    type Error = InvalidAddress;
    fn try_from(text: &str) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidAddress;
    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.text.as_ref().to_owned()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn normal(text: &str) -> Option<String> {
        text.parse::<EmailAddress>().ok().map(String::from)
    }

    #[test]
    fn a2_addresses_have_one_normal_form() {
        for (given, expected) in [
            ("  Amelia@Example.COM ", "amelia@example.com"),
            ("amelia@example.com.", "amelia@example.com"),
            ("info@bücher.example", "info@xn--bcher-kva.example"),
            ("info@BÜCHER.example", "info@xn--bcher-kva.example"),
            ("a@straße.example", "a@xn--strae-oqa.example"),
            ("jo.hn+tag@gmail.com", "jo.hn+tag@gmail.com"),
            ("o'brien@b.c", "o'brien@b.c"),
            ("\"a b\"@b.c", "\"a b\"@b.c"),
            ("edit@hermes.localhost", "edit@hermes.localhost"),
            ("root@localhost", "root@localhost"),
            ("a@[192.0.2.1]", "a@[192.0.2.1]"),
            ("Zoe\u{308}@b.c", "zoë@b.c"),
            ("a@my_host.example", "a@my_host.example"),
        ] {
            assert_eq!(normal(given).as_deref(), Some(expected), "{given:?}");
        }
    }

    #[test]
    fn a2_what_is_no_address_is_refused() {
        let long = format!("{}@b.c", "x".repeat(65));
        for bad in [
            "",
            "a",
            "@b.c",
            "a@",
            "a b@b.c",
            "a@b c",
            "a@b..c",
            "a@@b.c",
            "a\n@b.c",
            "<a@b.c>",
            "a@b@c.d",
            "a@b.c>",
            "a@b.c,d@e.f",
            "a@.c",
            "\"a@b.c",
            "a@[]",
            "a@-\u{0}.c",
            &long,
        ] {
            assert_eq!(normal(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a2_a_homograph_is_another_address() {
        assert_ne!(normal("a@ex\u{430}mple.com"), normal("a@example.com"));
    }

    #[test]
    fn t14_plus_tags_are_parts_of_the_local_part() {
        let address: EmailAddress = "Site+News+x@Example.com".parse().unwrap();
        assert_eq!(
            (address.local(), address.domain()),
            ("site+news+x", "example.com")
        );
        assert_eq!(
            (address.base(), address.plus_tag()),
            ("site", Some("news+x"))
        );
        assert_eq!(
            address.with_tag("t").unwrap().as_str(),
            "site+t@example.com"
        );
        assert_eq!(
            "site@example.com"
                .parse::<EmailAddress>()
                .unwrap()
                .plus_tag(),
            None
        );
    }

    proptest! {
        #[test]
        fn a2_normalising_twice_changes_nothing(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Some(once) = normal(&text) {
                prop_assert_eq!(normal(&once), Some(once));
            }
        }
    }
}
