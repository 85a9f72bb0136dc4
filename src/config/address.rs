//! Mail addresses in settings and project files.

use crate::domain::mail::EmailAddress;

/// An address in the one form that is compared (A2): lower case, the domain in its ASCII form.
///
/// Stricter than mail itself: what is legal but in a settings file surely a slip, is one.
pub(crate) fn mail_address(text: &str) -> Result<String, String> {
    let wrong = || "must be one mail address such as ann@example.com".to_owned();
    let address: EmailAddress = text.parse().map_err(|_invalid| wrong())?;
    let local = address.local();
    let quoted = local.contains(['"', ' ']) || local.split('.').any(str::is_empty);
    if quoted || !address.domain().split('.').all(is_label) || is_number(address.domain()) {
        return Err(wrong());
    }
    Ok(address.to_string())
}

fn is_label(label: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=63).contains(&label.len())
        && label.chars().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An IP address without the brackets that mail wants around it.
fn is_number(domain: &str) -> bool {
    domain
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
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
