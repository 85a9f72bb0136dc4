//! `Authentication-Results` (RFC 8601): what a receiving server has written down about a mail.
//!
//! Read strictly, because senders choose much of what stands in it: mailboxes, host names, selectors. What is not well
//! formed says nothing at all, and neither does a comment with a quote in it: there a sender's quoted mailbox may have
//! ended the comment early. One pass, nothing recursive.

use super::alignment::{aligned, domain_of};
use super::findings::{Dmarc, Findings};
use crate::domain::mail::{EmailAddress, InboundMail};

/// Most fields of one mail that are looked at.
const MAX_FIELDS: usize = 50;

/// One field, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain::mail) struct Results {
    /// Who says so.
    server: String,
    results: Vec<Found>,
}

/// `dkim=pass header.d=example.com`
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

/// Every such field of a mail, the topmost first; none for one that is not well formed.
pub(in crate::domain::mail) fn fields(mail: &InboundMail) -> impl Iterator<Item = Option<Results>> {
    let all = mail.headers.all("Authentication-Results");
    all.take(MAX_FIELDS).map(|text| Results::parse(text).ok())
}

impl Results {
    fn parse(text: &str) -> Result<Self, Malformed> {
        let mut cursor = Cursor { rest: text };
        cursor.skip()?;
        let server = cursor.value()?;
        cursor.skip()?;
        // a version that is not ours may mean anything
        if server.is_empty() || !cursor.at_end_of_part() && cursor.value()? != "1" {
            return Err(Malformed);
        }
        let mut results = Vec::new();
        loop {
            cursor.skip()?;
            if cursor.rest.is_empty() {
                return Ok(Self { server, results });
            }
            cursor.rest = cursor.rest.strip_prefix(';').ok_or(Malformed)?;
            results.extend(cursor.part()?);
        }
    }

    /// Whether this server has written it. Servers are named as hosts are: their case means nothing.
    pub(in crate::domain::mail) fn is_by(&self, server: &str) -> bool {
        self.server.eq_ignore_ascii_case(server)
    }

    /// The domains whose signatures were good (A5: not necessarily the sender's).
    pub(in crate::domain::mail) fn signers(&self) -> Vec<String> {
        let good = self.results.iter().filter(|found| found.is_good("dkim"));
        good.filter_map(Found::signer).collect()
    }

    /// What was found out about a mail from this sender.
    pub(super) fn findings(&self, from: &EmailAddress) -> Findings {
        let mut passed = self.results.iter().filter(|found| found.is_good("spf"));
        Findings {
            dmarc: self.dmarc(from),
            signers: self.signers(),
            path: passed.find_map(|found| domain_of(found.property("smtp.mailfrom")?)),
        }
    }

    /// What DMARC says of this sender. Several answers that are not the same are none.
    fn dmarc(&self, from: &EmailAddress) -> Dmarc {
        let of = |found: &Found| found.dmarc(from);
        let answers = self.results.iter().filter(|found| found.method == "dmarc");
        let mut answers = answers.map(of);
        match answers.next() {
            None => Dmarc::NoPolicy,
            Some(first) if answers.all(|other| other == first) => first,
            Some(_) => Dmarc::Unknown,
        }
    }
}

impl Found {
    fn is_good(&self, method: &str) -> bool {
        self.method == method && self.result == "pass"
    }

    /// The value of a property, if there is one value for it.
    fn property(&self, name: &str) -> Option<&str> {
        let mut values = self.properties.iter().filter(|(given, _)| given == name);
        let (_, first) = values.next()?;
        values.all(|(_, other)| other == first).then_some(first)
    }

    fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|(given, _)| given == name)
    }

    /// Who has signed: `header.d`, or the domain in `header.i`, which is the same or below it.
    fn signer(&self) -> Option<String> {
        let name = if self.has("header.d") {
            "header.d"
        } else {
            "header.i"
        };
        domain_of(self.property(name)?)
    }

    fn dmarc(&self, from: &EmailAddress) -> Dmarc {
        match self.result.as_str() {
            "pass" if self.is_about(from) => Dmarc::Pass,
            "pass" | "temperror" | "permerror" => Dmarc::Unknown,
            "fail" => Dmarc::Fail,
            // no policy, or a word that is not known (E5)
            _ => Dmarc::NoPolicy,
        }
    }

    /// Whether the answer is about this sender, as far as it says.
    fn is_about(&self, from: &EmailAddress) -> bool {
        !self.has("header.from")
            || self
                .property("header.from")
                .and_then(domain_of)
                .is_some_and(|domain| aligned(&domain, from.domain()))
    }
}

/// The field is not what RFC 8601 knows: it says nothing.
struct Malformed;

/// Reads from the left.
struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    /// Skips whitespace and comments, which stand in parentheses and in comments.
    fn skip(&mut self) -> Result<(), Malformed> {
        let mut depth = 0_usize;
        let mut chars = self.rest.char_indices();
        let end = loop {
            match chars.next() {
                None if depth == 0 => break self.rest.len(),
                Some((_, '(')) => depth += 1,
                Some((_, ')')) if depth > 0 => depth -= 1,
                None | Some((_, ')')) => return Err(Malformed),
                Some((_, '"' | '\\')) if depth > 0 => return Err(Malformed),
                Some((at, c)) if depth == 0 && !c.is_whitespace() => break at,
                Some(_) => {}
            }
        };
        self.cut(end);
        Ok(())
    }

    /// Takes the first `end` bytes away, and answers them; `end` is at a character.
    fn cut(&mut self, end: usize) -> &str {
        let (head, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        head
    }

    fn at_end_of_part(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with(';')
    }

    /// `method=result` and its properties, up to the next semicolon; nothing for a part that has no result.
    fn part(&mut self) -> Result<Option<Found>, Malformed> {
        let Some((method, result)) = self.pair()? else {
            return Ok(None);
        };
        let mut properties = Vec::new();
        while let Some((name, value)) = self.pair()? {
            properties.push((name, value));
        }
        // `dkim/1` is version 1 of the method
        let method = method.strip_suffix("/1").unwrap_or(&method).to_owned();
        Ok(Some(Found {
            method,
            result: result.to_ascii_lowercase(),
            properties,
        }))
    }

    /// The next `name=value`, the name lower-case; words before it that are neither are passed over. Nothing at the end
    /// of the part.
    fn pair(&mut self) -> Result<Option<(String, String)>, Malformed> {
        let mut name = String::new();
        loop {
            self.skip()?;
            if self.at_end_of_part() {
                return Ok(None);
            }
            if let Some(rest) = self.rest.strip_prefix('=') {
                self.rest = rest;
                self.skip()?;
                return Ok(Some((name.to_ascii_lowercase(), self.value()?)));
            }
            let word = self.word()?;
            // comments may stand around the dot of `header.d`, and around the slash of a method's version
            let joins = name.ends_with(['.', '/']) || word.starts_with(['.', '/']);
            if !joins {
                name.clear();
            }
            name.push_str(word);
        }
    }

    /// Up to whitespace, a comment, or a sign that means something.
    fn word(&mut self) -> Result<&str, Malformed> {
        let ends = |c: char| c.is_whitespace() || matches!(c, ';' | '=' | '(' | ')' | '"' | '\\');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        if end == 0 {
            return Err(Malformed);
        }
        Ok(self.cut(end))
    }

    /// A value: a token, a quoted string, or a mailbox whose local part is one. An equals sign in it is a part of it,
    /// as in `bounce+ann=example.com@esp.example`.
    fn value(&mut self) -> Result<String, Malformed> {
        let mut value = String::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('"') {
                self.rest = rest;
                self.quoted(&mut value)?;
                continue;
            }
            let ends = |c: char| c.is_whitespace() || matches!(c, ';' | '(' | ')' | '"' | '\\');
            let end = self.rest.find(ends).unwrap_or(self.rest.len());
            value.push_str(self.cut(end));
            match self.rest.chars().next() {
                Some('"') => {}
                Some('\\') => return Err(Malformed),
                Some(_) | None => return Ok(value),
            }
        }
    }

    /// The rest of a quoted string, without its backslashes.
    fn quoted(&mut self, value: &mut String) -> Result<(), Malformed> {
        let mut chars = self.rest.char_indices();
        loop {
            match chars.next().ok_or(Malformed)? {
                (at, '"') => {
                    self.cut(at + 1);
                    return Ok(());
                }
                (_, '\\') => value.push(chars.next().ok_or(Malformed)?.1),
                (_, c) => value.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `method=result name=value ...`, joined by ` | `.
    fn read(text: &str) -> Option<String> {
        let read = Results::parse(text).ok()?;
        let shown = read.results.iter().map(|found| {
            let properties = found.properties.iter();
            let properties = properties.map(|(name, value)| format!(" {name}={value}"));
            format!(
                "{}={}{}",
                found.method,
                found.result,
                properties.collect::<String>()
            )
        });
        let shown: Vec<_> = shown.collect();
        Some(format!("{}: {}", read.server, shown.join(" | ")))
    }

    #[test]
    fn a4_results_are_read_as_rfc_8601_writes_them() {
        for (text, expected) in [
            ("mx.example.com; none", "mx.example.com: "),
            ("mx.example.com", "mx.example.com: "),
            ("mx.example.com 1; spf=pass", "mx.example.com: spf=pass"),
            (
                " \"mx.example.com\" (x) ; SPF = Pass ;",
                "mx.example.com: spf=pass",
            ),
            (
                "mx.example.com; dmarc=pass (p=reject; dis=none) header.from=Example.com; dkim=pass header.d=example.com header.s=a",
                "mx.example.com: dmarc=pass header.from=Example.com | dkim=pass header.d=example.com header.s=a",
            ),
            (
                "(c (d) e) mx (f); dkim (g) / (h) 1 = (i) pass (j) reason=\"good; \\\"very\\\"\" header (k) . (l) d (m) = (n) example.com",
                "mx: dkim=pass reason=good; \"very\" header.d=example.com",
            ),
            (
                "mx;spf=pass smtp.mailfrom=bounce+ann=x.example@esp.example smtp.helo=a",
                "mx: spf=pass smtp.mailfrom=bounce+ann=x.example@esp.example smtp.helo=a",
            ),
            (
                "mx; spf=pass smtp.mailfrom=\"a; dkim=pass\"@esp.example",
                "mx: spf=pass smtp.mailfrom=a; dkim=pass@esp.example",
            ),
            (
                "amazonses.com; spf=pass (spfCheck: domain of a.example) client-ip=1.2.3.4; envelope-from=x@a.example; helo=b; dkim=pass header.i=@a.example;",
                "amazonses.com: spf=pass client-ip=1.2.3.4 | envelope-from=x@a.example | helo=b | dkim=pass header.i=@a.example",
            ),
            (
                "mx;; dkim=pass words without sense header.d=a.b",
                "mx: dkim=pass header.d=a.b",
            ),
            ("mx; dkim=none", "mx: dkim=none"),
            (
                "mx; dkim/2=pass header.d=a.b",
                "mx: dkim/2=pass header.d=a.b",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a4_what_is_not_well_formed_says_nothing() {
        for text in [
            "",
            ";",
            "; dkim=pass",
            "\"\"; dkim=pass",
            "mx 2; dkim=pass header.d=a.b",
            "mx (never closed; dkim=pass header.d=a.b",
            "mx; spf=pass (domain of a) b) dkim=pass",
            "mx; spf=pass (domain of \"x) ; dkim=pass header.d=a.b ; (\"@evil.example)",
            "mx; spf=pass (domain of \\) ; dkim=pass header.d=a.b",
            "mx; spf=pass smtp.mailfrom=\"never closed; dkim=pass header.d=a.b",
            "mx; spf=pass smtp.mailfrom=a\\\"b",
            "mx; \"dkim\"=pass",
            "mx; dkim=pass \"header.d=a.b\"",
            "\"mx\\",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a4_no_field_is_a_panic(text in "[a-z.=;()\"\\\\/@ 1]{0,60}|\\PC{0,60}") {
            drop(Results::parse(&text).ok());
        }

        /// A sender's mailbox in quotes is a value, whatever it holds.
        #[test]
        fn a4_a_quoted_mailbox_adds_no_result(local in "[a-z.=;()@ ]{0,30}") {
            let text = format!("mx; spf=pass smtp.mailfrom=\"{local}\"@evil.example");
            let read = Results::parse(&text).ok().unwrap();
            prop_assert_eq!(read.results.len(), 1);
            let from = "ann@example.com".parse().unwrap();
            let path = read.findings(&from).path;
            prop_assert_eq!(path.as_deref(), Some("evil.example"));
        }
    }
}
