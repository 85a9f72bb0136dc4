//! From the text of a setting to its value. Errors complete the sentence "this ...".

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use tracing_subscriber::EnvFilter;

/// Most containers that one machine is asked for.
const MOST_CONTAINERS: u32 = 10_000;

/// One of a few words, whatever their case.
pub(crate) fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words
        .iter()
        .find(|(word, _)| text.trim().eq_ignore_ascii_case(word));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("must be {}", words.join(" or "))
    })
}

/// An IP address, or `localhost`.
pub(crate) fn host(text: &str) -> Result<IpAddr, String> {
    match text.trim() {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        address => address
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .map_err(|_invalid| {
                "must be an IP address such as 0.0.0.0, 127.0.0.1 or ::".to_owned()
            }),
    }
}

/// A port, 0 for any that is free.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    let number = text.trim().parse();
    number.map_err(|_invalid| "must be a whole number from 0 to 65535".to_owned())
}

/// A number of containers.
pub(crate) fn containers(text: &str) -> Result<u32, String> {
    let number = text.trim().parse().ok();
    number
        .filter(|number| *number <= MOST_CONTAINERS)
        .ok_or_else(|| format!("must be a whole number from 0 to {MOST_CONTAINERS}"))
}

/// Names by which mail servers sign what they have found out, separated by commas or spaces.
pub(crate) fn mail_servers(text: &str) -> Result<Vec<String>, String> {
    let is_name = |name: &str| {
        let letters = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        name.len() <= 253 && name.chars().all(letters)
    };
    let names: Vec<String> = text
        .split([',', ' '])
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    if names.iter().all(|name| is_name(name)) {
        Ok(names)
    } else {
        Err("must be names such as mx.example.com, as the server writes them first into Authentication-Results".to_owned())
    }
}

/// `30m`, `1h 30m`, or a plain number of seconds, within bounds.
pub(crate) fn duration(text: &str, least: Duration, most: Duration) -> Result<Duration, String> {
    let text = text.trim();
    let parsed = match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text).ok(),
    };
    parsed
        .filter(|duration| (least..=most).contains(duration))
        .ok_or_else(|| {
            let (least, most) = (shown_duration(least), shown_duration(most));
            format!("must be a duration from {least} to {most}, such as 90s, 30m or 1h 30m")
        })
}

/// A duration as it is written in settings.
pub(crate) fn shown_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

/// A path, made absolute: workers run in other folders than Hermes.
pub(crate) fn path(text: &str, folder: &Path) -> Result<PathBuf, String> {
    if text.trim().is_empty() || text.contains('\0') {
        return Err("must be a path".to_owned());
    }
    if text == "~" || text.starts_with("~/") {
        return Err("must be written out: ~ means nothing outside a shell".to_owned());
    }
    Ok(folder.join(text).components().collect())
}

/// An `http` or `https` URL without user, query or fragment; no slash at its end.
pub(crate) fn web_url(text: &str) -> Result<String, String> {
    let wrong = "must be a URL such as https://hermes.example.com";
    let url = Url::parse(text.trim()).map_err(|error| format!("{wrong}: {error}"))?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
        Ok(url.as_str().trim_end_matches('/').to_owned())
    } else {
        Err(format!(
            "{wrong}: http or https, without user, query or fragment"
        ))
    }
}

/// The directives for the log. A bare level is for Hermes; other crates stay at `warn`, since
/// their louder levels may show what Hermes never logs, unless they are named.
pub(crate) fn log_filter(text: &str) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let wrong = || {
        "must be a level (off, error, warn, info, debug, trace) or target=level, separated by commas".to_owned()
    };
    let mut own = "info".to_owned();
    let mut named = Vec::new();
    for directive in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let lower = directive.to_lowercase();
        let level = lower.strip_prefix("hermes=").unwrap_or(&lower);
        if LEVELS.contains(&level) {
            level.clone_into(&mut own);
        } else if directive.contains('=') {
            named.push(directive);
        } else {
            return Err(wrong());
        }
    }
    let others = if matches!(own.as_str(), "off" | "error") {
        own.as_str()
    } else {
        "warn"
    };
    let mut filter = format!("{others},hermes={own}");
    for directive in named {
        filter.push(',');
        filter.push_str(directive);
    }
    match EnvFilter::builder().parse(&filter) {
        Ok(_) => Ok(filter),
        Err(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_words_or_seconds_within_bounds() {
        let read = |text| duration(text, Duration::from_secs(1), Duration::from_hours(2));
        for (text, seconds) in [("90", 90), ("30m", 1800), ("1h 30m", 5400), (" 2h ", 7200)] {
            assert_eq!(read(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in [
            "",
            "0",
            "soon",
            "-5",
            "500ms",
            "3h",
            "99999999999999999999",
            "1e9y",
        ] {
            let error = read(bad).unwrap_err();
            assert!(
                error.starts_with("must be a duration from 1s to 2h"),
                "{bad}: {error}"
            );
        }
    }

    #[test]
    fn foreign_crates_stay_at_warn_unless_named() {
        for (text, filter) in [
            ("info", "warn,hermes=info"),
            ("DEBUG", "warn,hermes=debug"),
            ("error", "error,hermes=error"),
            ("hyper=debug", "warn,hermes=info,hyper=debug"),
            (
                "hermes=trace, hermes::http=off",
                "warn,hermes=trace,hermes::http=off",
            ),
            (" ", "warn,hermes=info"),
        ] {
            assert_eq!(log_filter(text).as_deref(), Ok(filter), "{text}");
        }
        for bad in ["inof", "hermes=loud", "a=b=c=d", "[{"] {
            assert!(log_filter(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn urls_and_paths_are_checked_and_made_whole() {
        assert_eq!(
            web_url("https://h.example/a/").as_deref(),
            Ok("https://h.example/a")
        );
        for bad in [
            "h.example",
            "ftp://h.example",
            "http://u@h.example",
            "http://h/?a",
            "http://",
        ] {
            assert!(web_url(bad).is_err(), "{bad}");
        }
        assert_eq!(
            path("./data", Path::new("/srv")),
            Ok(PathBuf::from("/srv/data"))
        );
        assert_eq!(
            path("/var/x", Path::new("/srv")),
            Ok(PathBuf::from("/var/x"))
        );
        for bad in ["", " ", "~/data", "a\0b"] {
            assert!(path(bad, Path::new("/srv")).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn hosts_ports_and_counts_have_bounds() {
        assert_eq!(
            host("localhost").map(|host| host.to_string()),
            Ok("127.0.0.1".to_owned())
        );
        assert_eq!(
            host("[::1]").map(|host| host.to_string()),
            Ok("::1".to_owned())
        );
        assert!(host("my-machine").is_err());
        assert_eq!(port("0"), Ok(0));
        assert!(port("65536").is_err() && port("-1").is_err());
        assert_eq!(containers("0"), Ok(0));
        assert!(containers("10001").is_err() && containers("many").is_err());
    }
}
