//! The files that a URL path may mean.

use percent_encoding::percent_decode_str;

/// The names below a version that a path, decoded once, may mean, in the order in which they are tried; `None` when it
/// means nothing that may be shown: a hidden name, or one that leads up.
pub(super) fn candidates(url_path: &str) -> Option<Vec<String>> {
    let path = percent_decode_str(url_path).decode_utf8().ok()?;
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    if names.iter().any(|name| {
        name.starts_with('.') || name.contains('\\') || name.chars().any(char::is_control)
    }) {
        return None;
    }
    let file = names.join("/");
    let is_folder = path.is_empty() || path.ends_with('/');
    Some(match (file.is_empty(), is_folder) {
        (true, _) => vec!["index.html".to_owned()],
        (false, true) => vec![format!("{file}/index.html")],
        (false, false) => {
            let page = format!("{file}.html");
            let index = format!("{file}/index.html");
            vec![file, index, page]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_tried_by_every_name_it_has() {
        for (path, expected) in [
            ("", vec!["index.html"]),
            ("/", vec!["index.html"]),
            ("/docs/", vec!["docs/index.html"]),
            (
                "//docs//a",
                vec!["docs/a", "docs/a/index.html", "docs/a.html"],
            ),
            ("/a%20b", vec!["a b", "a b/index.html", "a b.html"]),
            ("/%2561", vec!["%61", "%61/index.html", "%61.html"]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(candidates(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn nothing_hidden_or_above_is_tried() {
        for path in [
            "/.env",
            "/%2eenv",
            "/a/.git/config",
            "/../x",
            "/..%2fx",
            "/%2e%2e/x",
            "/a%00",
            "/a\\b",
            "/a%5cb",
            "/%ff",
        ] {
            assert_eq!(candidates(path), None, "{path}");
        }
    }
}
