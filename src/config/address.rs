//! Mail addresses in settings and project files.

use reqwest::Url;

/// Longest address in bytes, and longest local part (RFC 5321).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// An address in the one form that is compared (A2): lower case, the domain in its ASCII form.
pub(crate) fn mail_address(text: &str) -> Result<String, String> {
    let wrong = || "must be one mail address such as ann@example.com".to_owned();
    let (local, domain) = text.trim().rsplit_once('@').ok_or_else(wrong)?;
    let domain = ascii_domain(domain).ok_or_else(wrong)?;
    let fits = local.len() <= LONGEST_LOCAL && local.len() + 1 + domain.len() <= LONGEST;
    if !fits || !local.split('.').all(is_atom) {
        return Err(wrong());
    }
    Ok(format!("{}@{domain}", local.to_ascii_lowercase()))
}

/// One part of a local part between dots (RFC 5322 atom; RFC 6532 letters).
fn is_atom(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
}

/// A domain in its ASCII form, through the host rules of the URL standard.
fn ascii_domain(domain: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    if domain.is_empty() || !domain.chars().all(plain) {
        return None;
    }
    let url = Url::parse(&format!("http://{domain}/")).ok()?;
    // A domain of digits is an IP address to the URL standard, and none to mail.
    let host = url.domain()?;
    let labels = host.split('.').all(|label| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    });
    labels.then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_one_form() {
        for (given, stored) in [
            ("Ann@Example.COM", "ann@example.com"),
            (" edit@hermes.localhost ", "edit@hermes.localhost"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("o'neil+tag@example.com", "o'neil+tag@example.com"),
        ] {
            assert_eq!(mail_address(given).as_deref(), Ok(stored));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "a b@example.com",
            "ann@exa mple.com",
            ".a@b.c",
            "a..b@example.com",
            "Ann <ann@example.com>",
            "ann@-x.com",
            "ann@x..com",
            "ann@1.2.3.4",
            "ann@example.com,bob@example.com",
            "ann@[::1]",
            "a@b@c.com",
            &format!("{}@example.com", "a".repeat(65)),
        ] {
            assert!(mail_address(bad).is_err(), "{bad:?}");
        }
    }
}
