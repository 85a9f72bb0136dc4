//! Whether an SVG only draws.
//!
//! The source is searched as it stands, comments and CDATA included: what a parser would skip is refused too, but no
//! parser can read something here that the search has not seen. What is refused without need can be exported again.

use std::sync::LazyLock;

use regex::Regex;

/// What an SVG that only draws has none of: elements that run or embed something, handlers, styles and documents from
/// elsewhere, entities, and escapes that could hide any of these.
const FORBIDDEN: [&str; 9] = [
    r"<\s*(?:[^\s<>/:]+:)?(?:script|foreignobject|iframe|frame|object|embed|applet|handler|listener|audio|video|html|body|link|meta|base|form|input)\b",
    r#"[\s"'/]on[a-z]+\s*="#,
    r"(?:javascript|vbscript|livescript)\s*:",
    r"@import|expression\s*\(|behavior\s*:|-moz-binding",
    r"<!entity|<!attlist|<\?xml-stylesheet|xml:base",
    r#"attributename\s*=\s*["']?\s*(?:on|(?:[^\s"'=<>]+:)?href)"#,
    r"\\[0-9a-f]",
    // references to letters and the colon, which nobody needs to write a name
    r"&#(?:0*(?:58|6[5-9]|[78]\d|90|9[7-9]|1[01]\d|12[0-2])|x0*(?:3a|[46][1-9a-f]|[57][0-9a]))\b",
    r"xlink:(?:actuate|show)|xlink:role|\bsrcdoc\b",
];
/// Where an SVG names something to show; only its own parts and pictures inside of it may be named.
const LINKS: [&str; 3] = [
    r#"[\s"'/](?:[^\s"'/=<>]+:)?href\s*=\s*(?:["']\s*)?([^\s"'>]*)"#,
    r#"[\s"'/]src\s*=\s*(?:["']\s*)?([^\s"'>]*)"#,
    r#"url\s*\(\s*(?:["']|&quot;|&apos;|&#39;|&#34;)?\s*([^\s"')]*)"#,
];

fn compiled<const N: usize>(patterns: [&str; N]) -> Vec<Regex> {
    let compile = |pattern: &&str| Regex::new(&format!("(?i){pattern}")).ok();
    patterns.iter().filter_map(compile).collect()
}

static BAD: LazyLock<Vec<Regex>> = LazyLock::new(|| compiled(FORBIDDEN));
static NAMED: LazyLock<Vec<Regex>> = LazyLock::new(|| compiled(LINKS));

/// Whether showing it runs nothing and loads nothing. Takes time in proportion to its length.
pub(super) fn only_draws(content: &[u8]) -> bool {
    // other encodings could spell all of this in other bytes
    let Ok(source) = std::str::from_utf8(content) else {
        return false;
    };
    if source.contains('\0') || !is_ascii_compatible(source) {
        return false;
    }
    let stands_alone = NAMED.iter().all(|links| {
        links
            .captures_iter(source)
            .filter_map(|found| found.get(1))
            .all(|target| is_own(target.as_str()))
    });
    stands_alone && !BAD.iter().any(|bad| bad.is_match(source))
}

fn is_own(target: &str) -> bool {
    const PICTURES: [&str; 5] = [
        "data:image/png",
        "data:image/jpeg",
        "data:image/jpg",
        "data:image/gif",
        "data:image/webp",
    ];
    let begins = |with: &&str| {
        target
            .get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    target.is_empty() || target.starts_with('#') || PICTURES.iter().any(begins)
}

/// The encoding that the declaration names reads ASCII as ASCII.
fn is_ascii_compatible(source: &str) -> bool {
    let head = source.trim_start_matches('\u{FEFF}').trim_start();
    let Some(declaration) = head.strip_prefix("<?xml") else {
        return true;
    };
    let declaration = declaration.split("?>").next().unwrap_or_default();
    let Some((_, encoding)) = declaration.split_once("encoding") else {
        return true;
    };
    let name: String = encoding
        .chars()
        .skip_while(|c| matches!(c, '=' | '"' | '\'') || c.is_whitespace())
        .take_while(|c| !matches!(c, '"' | '\''))
        .collect();
    let known = [
        "utf-8",
        "us-ascii",
        "iso-8859-1",
        "iso-8859-15",
        "windows-1252",
    ];
    known.contains(&name.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b12_every_pattern_is_one() {
        assert_eq!((BAD.len(), NAMED.len()), (FORBIDDEN.len(), LINKS.len()));
    }

    #[test]
    fn b12_drawings_are_harmless() {
        for source in [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9\"/></svg>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><!-- Inkscape --><svg><use xlink:href=\"#a\"/></svg>",
            "<svg><style>.a{fill:url(#g)}</style><rect style='fill:url(\"#g\")'/><rect fill=\"url(&quot;#g&quot;)\"/></svg>",
            "<svg><image href=\"data:image/png;base64,iVBOR\"/></svg>",
            "<svg><text>The version=2 of one thing&#8217;s &#x2014; &#650;</text></svg>",
            "<svg><a href=\"#top\"><animate attributeName=\"cx\" to=\"3\"/></a></svg>",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg/>",
        ] {
            assert!(only_draws(source.as_bytes()), "{source}");
        }
    }

    #[test]
    fn b12_svgs_that_do_more_than_draw_are_seen() {
        for source in [
            "<svg><script>alert(1)</script></svg>",
            "<svg><SCRIPT href='x'/></svg>",
            "<s:svg xmlns:s='x'><s:script/></s:svg>",
            "<svg onload=\"x()\"/>",
            "<svg><rect\nonclick = 'x()'/></svg>",
            "<svg><rect id=\"a\"onfocus='x()'/></svg>",
            "<svg><a xlink:href=\"javascript:x()\"/></svg>",
            "<svg><a href=\"java&#115;cript:x()\"/></svg>",
            "<svg><foreignObject><p/></foreignObject></svg>",
            "<svg><image href=\"https://t.example/p.png\"/></svg>",
            "<svg><image href=\"//t.example/p.png\"/></svg>",
            "<svg><use href=other.svg#x /></svg>",
            "<svg><use href=\"data:image/svg+xml,%3Csvg/%3E\"/></svg>",
            "<svg><style>@import 'x.css';</style></svg>",
            "<svg><style>a{fill:url( 'https://t.example/x')}</style></svg>",
            "<svg><style>a{fill:u\\72l(https://t.example/x)}</style></svg>",
            "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
            "<?xml-stylesheet href='x.css'?><svg/>",
            "<svg><set attributeName=\"href\" to=\"javascript:x()\"/></svg>",
            "<svg><a><animate attributeName=\"&#104;ref\" values=\"java&#10;script:x()\"/></a></svg>",
            "<svg><a><animate attributeName=\"xlink:href\" values=\"&#x6A;avascript:x()\"/></a></svg>",
            "<a\u{b7}:svg xmlns:a\u{b7}='x'><a\u{b7}:script/></a\u{b7}:svg>",
            "<svg><![CDATA[<script>]]></svg>",
            "<?xml version='1.0' encoding='UTF-7'?><svg/>",
        ] {
            assert!(!only_draws(source.as_bytes()), "{source}");
        }
        assert!(!only_draws(b"\xFF\xFE<\0s\0v\0g\0"));
    }
}
