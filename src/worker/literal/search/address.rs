//! Mail addresses, phone numbers and web addresses, in texts and as targets of links.

use std::ops::Range;

/// The target that follows a link's text: when a link shows its own address and the shown address
/// changes, so does the target. `None` when the link shows something else, or the new text is no address.
pub(crate) fn follow(target: &str, shown: &str, new: &str) -> Option<String> {
    let (shown, new) = (shown.trim(), new.trim());
    if let Some(rest) = strip_scheme(target, "mailto:") {
        let (address, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        return (address.eq_ignore_ascii_case(shown) && is_mail(new))
            .then(|| format!("mailto:{new}{query}"));
    }
    if let Some(number) = strip_scheme(target, "tel:") {
        return (digits(number) == digits(shown) && is_phone(new))
            .then(|| format!("tel:{}", digits(new)));
    }
    let bare = |url: &str| -> String {
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        url.trim_end_matches('/').to_ascii_lowercase()
    };
    if bare(target) != bare(shown)
        || !target.contains("://")
        || new.contains(char::is_whitespace)
        || !new.contains('.')
    {
        return None;
    }
    let scheme = target.split("://").next().unwrap_or("https");
    Some(if new.contains("://") {
        new.to_owned()
    } else {
        format!("{scheme}://{new}")
    })
}

/// The part of a link's target that is the address `needle`, if the target is that address.
pub(crate) fn within_target(target: &str, needle: &str) -> Option<Range<usize>> {
    for scheme in ["mailto:", "tel:"] {
        if let Some(rest) = strip_scheme(target, scheme) {
            let address = rest.split('?').next().unwrap_or_default();
            let same = address.eq_ignore_ascii_case(needle)
                || (scheme == "tel:" && is_phone(needle) && digits(address) == digits(needle));
            return same.then(|| scheme.len()..scheme.len() + address.len());
        }
    }
    (target.eq_ignore_ascii_case(needle) && needle.contains(['.', '/', '#']))
        .then_some(0..target.len())
}

/// A link's target as it is written, from what the sender typed. `None` when it is not one of: http,
/// https, mailto, tel, or a path on the site.
pub(crate) fn link_target(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '<' | '>' | '"');
    if typed.is_empty() || typed.len() > 2000 || typed.chars().any(odd) {
        return None;
    }
    let head = typed.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((scheme, _)) = head.split_once(':') {
        let known = ["http", "https", "mailto", "tel"]
            .iter()
            .any(|s| s.eq_ignore_ascii_case(scheme));
        return (known && typed.len() > scheme.len() + 1).then(|| typed.to_owned());
    }
    if is_mail(typed) {
        return Some(format!("mailto:{typed}"));
    }
    if is_phone(typed) {
        return Some(format!("tel:{}", digits(typed)));
    }
    if is_host(head) {
        return Some(format!("https://{typed}"));
    }
    Some(typed.to_owned())
}

/// Whether a text can be nothing but a link's target.
pub(crate) fn looks_like_target(text: &str) -> bool {
    let spaced = text.contains(char::is_whitespace);
    let scheme = ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|s| strip_scheme(text, s).is_some());
    let file = [".html", ".htm", ".md", ".pdf"]
        .iter()
        .any(|end| text.ends_with(end));
    !spaced
        && (scheme
            || file
            || text.starts_with(['/', '#'])
            || is_mail(text)
            || is_host(text.split('/').next().unwrap_or_default()))
}

fn strip_scheme<'a>(target: &'a str, scheme: &str) -> Option<&'a str> {
    let head = target.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme)
        .then(|| target.get(scheme.len()..))
        .flatten()
}

fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && !text
                .contains(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '<' | '>' | '"'))
    })
}

/// A number as people write it: digits with signs between.
fn is_phone(text: &str) -> bool {
    let count = text.chars().filter(char::is_ascii_digit).count();
    (5..=20).contains(&count)
        && text.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '+' | '-' | '(' | ')' | '/' | '.')
        })
}

fn digits(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect()
}

/// `example.com`, but not `shop.html`.
fn is_host(text: &str) -> bool {
    const TOP: [&str; 16] = [
        "com", "org", "net", "ch", "de", "at", "fr", "es", "it", "uk", "eu", "io", "info", "shop",
        "dev", "us",
    ];
    text.starts_with("www.")
        || text.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && TOP.contains(&top.to_ascii_lowercase().as_str())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_targets_are_taken() {
        for (typed, target) in [
            ("https://x.org/a?b=c", "https://x.org/a?b=c"),
            ("HTTP://x.org", "HTTP://x.org"),
            ("shop.html", "shop.html"),
            ("/a/b#c", "/a/b#c"),
            ("#top", "#top"),
            ("www.x.org", "https://www.x.org"),
            ("example.com/a", "https://example.com/a"),
            ("me@x.org", "mailto:me@x.org"),
            ("tel:+41441234567", "tel:+41441234567"),
        ] {
            assert_eq!(link_target(typed).as_deref(), Some(target), "{typed}");
        }
        for typed in [
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "java\nscript:x",
            "vbscript:x",
            "file:///etc",
            "mailto:",
            " ",
            "\\\\x",
            "a b",
        ] {
            assert_eq!(link_target(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_target_follows_the_address_it_shows() {
        for (target, shown, new, expected) in [
            (
                "mailto:a@x.org",
                "a@x.org",
                "b@x.org",
                Some("mailto:b@x.org"),
            ),
            (
                "mailto:a@x.org?subject=Hi",
                "A@x.org",
                "b@x.org",
                Some("mailto:b@x.org?subject=Hi"),
            ),
            ("mailto:a@x.org", "Write us", "b@x.org", None),
            ("mailto:a@x.org", "a@x.org", "Write us", None),
            (
                "tel:+41441234567",
                "+41 44 123 45 67",
                "+41 44 765 43 21",
                Some("tel:+41447654321"),
            ),
            ("https://x.org/", "x.org", "y.org", Some("https://y.org")),
            ("shop.html", "Shop", "Store", None),
        ] {
            assert_eq!(
                follow(target, shown, new).as_deref(),
                expected,
                "{target} {shown} {new}"
            );
        }
    }
}
