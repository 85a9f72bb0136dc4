//! Images that came with a mail and are shown in its HTML (B12).

use std::collections::{HashMap, HashSet};

use super::attachment::{Attachment, cid_key};
use crate::domain::mail::html::HtmlText;

/// Longest `cid:` link that is looked at, in bytes.
const MAX_LINK: usize = 500;

/// The images that `cid:` links can show, by their Content-ID.
#[derive(Debug, Default)]
pub(super) struct Images {
    names: HashMap<String, String>,
}

impl Images {
    /// Looks through every HTML of the mail, and takes note on each image that is shown there.
    pub(super) fn of<'h>(
        attachments: &mut [Attachment],
        html: impl Iterator<Item = &'h String>,
    ) -> Self {
        let mut names = HashMap::new();
        for file in attachments.iter() {
            if let Some(id) = &file.content_id {
                names.entry(id.clone()).or_insert_with(|| file.name.clone());
            }
        }
        let images = Self { names };
        if images.names.is_empty() {
            return images;
        }
        let shown: HashSet<&str> = html.flat_map(|html| images.shown_in(html)).collect();
        for file in attachments {
            file.is_referenced = shown.contains(file.name.as_str());
        }
        images
    }

    /// The name of the file that a `src` shows.
    pub(super) fn name_of(&self, src: &str) -> Option<&str> {
        let (scheme, id) = src.trim().split_at_checked(4)?;
        let is_cid = scheme.eq_ignore_ascii_case("cid:") && id.len() <= MAX_LINK;
        let name = is_cid.then(|| self.names.get(&cid_key(id)))??;
        Some(name)
    }

    /// Whether a plain text tells where every image stands that its HTML twin shows: Outlook writes `[cid:id]` there, Gmail
    /// `[image: name]`, others nothing.
    pub(super) fn are_placed_by(&self, plain: &str, html: &str) -> bool {
        if self.names.is_empty() {
            return true;
        }
        let marked: HashSet<String> = marks(plain).collect();
        let ids = |name: &str| {
            let of_name = |(id, other): (&String, &String)| (other == name).then(|| id.clone());
            self.names.iter().filter_map(of_name).collect::<Vec<_>>()
        };
        self.shown_in(html).iter().all(|name| {
            marked.contains(&name.to_lowercase()) || ids(name).iter().any(|id| marked.contains(id))
        })
    }

    /// Whether an image stands outside of quotes and signatures: only there its place matters.
    pub(super) fn stand_in_own_words(&self, html: &HtmlText) -> bool {
        const MARK: &str = "[image: ";
        let names: HashSet<&str> = self.names.values().map(String::as_str).collect();
        let mut spans = html.spans.iter().peekable();
        html.text.match_indices(MARK).any(|(at, _)| {
            while spans.next_if(|span| span.range.end <= at).is_some() {}
            let is_own = spans.peek().is_none_or(|span| at < span.range.start);
            let tail = html.text.get(at + MARK.len()..).unwrap_or_default();
            let name = tail.split([']', '[']).next().unwrap_or_default();
            is_own && names.contains(name)
        })
    }

    /// The names of the images that a source links.
    fn shown_in(&self, html: &str) -> HashSet<&str> {
        let mut shown = HashSet::new();
        let mut rest = html;
        while let Some(at) = find_cid(rest) {
            rest = rest.get(at..).unwrap_or_default();
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ')'))
                .unwrap_or(rest.len());
            let (link, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let link = link.replace("&#64;", "@").replace("&amp;", "&");
            shown.extend(self.name_of(&link));
            rest = tail;
        }
        shown
    }
}

/// Where the next `cid:` begins, in any case.
fn find_cid(text: &str) -> Option<usize> {
    text.as_bytes()
        .windows(4)
        .position(|window| window.eq_ignore_ascii_case(b"cid:"))
}

/// What the brackets of a plain text name, lower-case.
fn marks(plain: &str) -> impl Iterator<Item = String> {
    plain.split('[').skip(1).filter_map(|tail| {
        let end = tail.bytes().take(MAX_LINK).position(|b| b == b']')?;
        let inner = tail.get(..end)?;
        let name = inner
            .strip_prefix("cid:")
            .or_else(|| inner.strip_prefix("image:"))?;
        Some(
            name.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .to_lowercase(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str, id: &str) -> Attachment {
        Attachment::new(Some(name), "image/png", name.into()).shown(Some(id), None)
    }

    #[test]
    fn b12_an_image_is_found_by_its_content_id() {
        let mut files = [image("a.png", "<A%40x>"), image("b.png", "b@x")];
        let html = "<img src='CID:a@x'><img src=cid:none>".to_owned();
        let images = Images::of(&mut files, std::iter::once(&html));
        assert_eq!(images.name_of("cid:A@X"), Some("a.png"));
        assert_eq!(images.name_of("cid:<b@x>"), Some("b.png"));
        assert_eq!(images.name_of("https://x/b@x"), None);
        assert_eq!(images.name_of("\u{e9}"), None);
        assert!(files[0].is_referenced && !files[1].is_referenced);
    }

    #[test]
    fn b12_a_plain_text_may_tell_where_the_images_are() {
        let mut files = [image("my photo.png", "image001.png@01DA")];
        let html = "<img src=\"cid:image001.png@01DA\">".to_owned();
        let images = Images::of(&mut files, std::iter::once(&html));
        for (plain, expected) in [
            ("see [cid:image001.png@01DA]", true),
            ("see [image: my\nphoto.png]", true),
            ("see [image: other.png]", false),
            ("see", false),
            ("[[[cid:", false),
        ] {
            assert_eq!(images.are_placed_by(plain, &html), expected, "{plain}");
        }
        assert!(images.are_placed_by("see", "<p>see"));
    }
}
