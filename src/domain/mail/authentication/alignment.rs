//! Whether two domains belong to one organisation.

use crate::domain::mail::EmailAddress;

/// Whether one domain speaks for the other: it is the same, or both are below one registered name. Both in the normal
/// form of addresses. By the public suffix list, not by common endings: `a.co.uk` and `b.co.uk` are strangers, and so are
/// `a.github.io` and `b.github.io`.
pub(super) fn aligned(one: &str, other: &str) -> bool {
    !one.is_empty()
        && (one == other || registered(one).is_some_and(|own| registered(other) == Some(own)))
}

/// The name that somebody has registered; none for a public suffix, an address literal or a lone label.
fn registered(domain: &str) -> Option<&str> {
    if domain.starts_with('[') {
        return None;
    }
    psl::domain_str(domain)
}

/// The domain of `name@example.com`, `@example.com` or `example.com`, in the normal form of addresses.
pub(super) fn domain_of(value: &str) -> Option<String> {
    let domain = value.rsplit_once('@').map_or(value, |(_, domain)| domain);
    let address: EmailAddress = format!("x@{domain}").parse().ok()?;
    Some(address.domain().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a3_domains_are_aligned_below_one_registered_name() {
        for (one, other, expected) in [
            ("example.com", "example.com", true),
            ("mail.example.com", "example.com", true),
            ("example.com", "news.example.com", true),
            ("a.example.com", "b.example.com", true),
            ("example.com", "example.org", false),
            ("example.com", "badexample.com", false),
            ("com", "example.com", false),
            ("co.uk", "example.co.uk", false),
            ("a.co.uk", "b.co.uk", false),
            ("shop.a.co.uk", "a.co.uk", true),
            ("a.github.io", "b.github.io", false),
            ("github.io", "a.github.io", false),
            ("x.city.kawasaki.jp", "y.city.kawasaki.jp", true),
            ("a.b.ck", "c.b.ck", false),
            ("mail.xn--bcher-kva.example", "xn--bcher-kva.example", true),
            ("a.xn--55qx5d.cn", "b.xn--55qx5d.cn", false),
            ("localhost", "localhost", true),
            ("a.localhost", "b.localhost", false),
            ("[192.0.2.1]", "[192.0.2.1]", true),
            ("[10.0.2.1]", "[192.0.2.1]", false),
            ("", "", false),
        ] {
            assert_eq!(aligned(one, other), expected, "{one} {other}");
            assert_eq!(aligned(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn domains_are_read_from_addresses_too() {
        for (value, expected) in [
            ("Example.COM", Some("example.com")),
            ("@example.com", Some("example.com")),
            ("a b@c@Bücher.example", Some("xn--bcher-kva.example")),
            ("", None),
            ("@", None),
            ("a b", None),
        ] {
            assert_eq!(domain_of(value).as_deref(), expected, "{value:?}");
        }
    }
}
