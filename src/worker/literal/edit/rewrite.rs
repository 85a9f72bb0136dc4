//! Rewrites ranges of a page's text, and leaves every other byte as it was.
//!
//! After each change the page is read again and must say what was asked and nothing else; if it does not,
//! nothing is changed.

use std::ops::Range;

use crate::worker::literal::document::{
    BREAK, Care, Document, Element, Format, Run, Share, Side, Splice, Writing, apply, collapse,
    escape, escape_attribute, read,
};
use crate::worker::literal::search::address;

/// A link with a longer text shows no address.
const LONGEST_ADDRESS: usize = 2000;

/// A range of a run's text and what to say there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) run: usize,
    pub(crate) range: Range<usize>,
    pub(crate) new: String,
}

/// A page with the changes done, and what became of the links in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) document: Document,
    /// Targets of links that followed the address they show.
    pub(crate) targets: Vec<String>,
    /// Links whose text went into the text around them.
    pub(crate) lost_links: usize,
}

/// Does the changes, which must not overlap. `None` when the page would not read as asked.
pub(crate) fn rewrite(document: &Document, changes: &[Change]) -> Option<Rewritten> {
    let expected = expected_texts(document, changes)?;
    [Care::Light, Care::Full].into_iter().find_map(|care| {
        let mut plan = Plan::new(document, care);
        for change in changes {
            plan.add(change)?;
        }
        let lost_links = plan.dropped.iter().filter(|(_, name)| name == "a").count();
        let new = read(document.format, apply(&document.source, plan.splices())?);
        let emptied =
            plan.cut_break || !plan.dropped.is_empty() || expected.len() != document.runs.len();
        let same_parts = emptied || names(document) == names(&new);
        (new.texts() == expected && same_parts).then_some(Rewritten {
            document: new,
            targets: plan.targets,
            lost_links,
        })
    })
}

fn names(document: &Document) -> Vec<&str> {
    document.elements.iter().map(|e| e.name.as_str()).collect()
}

fn expected_texts(document: &Document, changes: &[Change]) -> Option<Vec<String>> {
    let mut texts = document.texts();
    let mut ordered: Vec<&Change> = changes.iter().collect();
    // From the end of each text to its beginning, so that ranges stay true; rebuilt once a run.
    ordered.sort_by_key(|c| (c.run, c.range.start));
    let mut rest = ordered.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|c| c.run == first.run).count();
        let (group, others) = rest.split_at_checked(count)?;
        rest = others;
        let text = texts.get_mut(first.run)?;
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for change in group {
            out.push_str(text.get(at..change.range.start)?);
            out.push_str(&change.new);
            at = change.range.end;
        }
        out.push_str(text.get(at..)?);
        *text = collapse(&out);
    }
    texts.retain(|t| !t.is_empty());
    Some(texts)
}

/// The splices of all changes.
struct Plan<'a> {
    document: &'a Document,
    care: Care,
    splices: Vec<Splice>,
    /// Inline elements that hold nothing any more, with their names.
    dropped: Vec<(Range<usize>, String)>,
    targets: Vec<String>,
    /// A line break went with the text around it.
    cut_break: bool,
}

impl<'a> Plan<'a> {
    fn new(document: &'a Document, care: Care) -> Self {
        Self {
            document,
            care,
            splices: Vec::new(),
            dropped: Vec::new(),
            targets: Vec::new(),
            cut_break: false,
        }
    }

    fn add(&mut self, change: &Change) -> Option<()> {
        let run = self.document.runs.get(change.run)?;
        let old = run.map.text().get(change.range.clone())?;
        let (cut, new) = trimmed(self.document, run, &change.range, old, &change.new);
        // Between two elements a new text belongs to the one whose text it adds to.
        let side = if cut.start > change.range.start {
            Side::AfterText
        } else {
            Side::BeforeText
        };
        if !(cut.is_empty() && new.is_empty()) && self.cut(run, &cut, new, side).is_none() {
            // The difference cuts through a reference: take the whole range.
            self.cut(run, &change.range, &change.new, side)?;
        }
        self.follow_links(run, change);
        Some(())
    }

    fn cut(&mut self, run: &Run, cut: &Range<usize>, new: &str, side: Side) -> Option<()> {
        if cut.is_empty() {
            let share = run.map.position(cut.start, side)?;
            return self.write(share, new);
        }
        let shares = run.map.shares(cut)?;
        let first = shares.iter().position(|s| s.node != BREAK).unwrap_or(0);
        self.cut_break |= shares.iter().any(|s| s.node == BREAK);
        let mut kept = None;
        for (i, share) in shares.iter().enumerate() {
            if i == first && !new.is_empty() {
                kept = Some(share.source.start);
                self.write(share.clone(), new)?;
            } else {
                self.splices.push(Splice {
                    range: share.source.clone(),
                    text: String::new(),
                });
            }
        }
        for share in &shares {
            self.drop_emptied(run, cut, share, kept);
        }
        Some(())
    }

    fn write(&mut self, share: Share, new: &str) -> Option<()> {
        let node = self.document.nodes.get(share.node);
        let writing = node.map_or(default_writing(self.document), |n| n.writing);
        let whole = node.is_some_and(|n| n.source == share.source);
        let text = match escape(new, writing, self.care) {
            Some(text) => text,
            // A title without quotes gets some when it needs them.
            None if writing == Writing::FrontMatter(None) && whole => {
                format!(
                    "\"{}\"",
                    escape(new, Writing::FrontMatter(Some('"')), self.care)?
                )
            }
            None => return None,
        };
        self.splices.push(Splice {
            range: share.source,
            text,
        });
        Some(())
    }

    /// Drops the inline elements around a share that are left without text.
    fn drop_emptied(&mut self, run: &Run, cut: &Range<usize>, share: &Share, kept: Option<usize>) {
        let document = self.document;
        let Some(node) = document.nodes.get(share.node) else {
            return;
        };
        for (index, element) in document.ancestors(node.parent) {
            let text = run.map.text_within(&element.inner());
            let emptied = !text.is_empty() && text.start >= cut.start && text.end <= cut.end;
            let keeps = kept.is_some_and(|at| element.outer().contains(&at));
            if !emptied || keeps || !is_formatting(element) || holds_more(document, index, element)
            {
                break;
            }
            self.dropped.push((element.outer(), element.name.clone()));
        }
    }

    /// A link that shows its own target keeps showing it.
    fn follow_links(&mut self, run: &Run, change: &Change) {
        let document = self.document;
        let Some(shares) = run.map.shares(&change.range) else {
            return;
        };
        let parents = shares
            .iter()
            .filter_map(|s| document.nodes.get(s.node))
            .map(|n| n.parent);
        for parent in parents.collect::<std::collections::BTreeSet<usize>>() {
            let Some((_, link)) = document.ancestors(parent).find(|(_, e)| e.name == "a") else {
                continue;
            };
            let Some((target, place)) = document.link_target(link) else {
                continue;
            };
            let inside = run.map.text_within(&link.inner());
            let shown = run.map.text().get(inside.clone()).unwrap_or_default();
            let Some(new) = shown_after(run.map.text(), &inside, change) else {
                continue;
            };
            let Some(followed) = address::follow(&target, shown, &new) else {
                continue;
            };
            if let Some(text) = escape_attribute(document, &place, &followed) {
                self.splices.push(Splice {
                    range: place.range,
                    text,
                });
                self.targets.push(followed);
            }
        }
    }

    /// The splices, without those inside dropped elements.
    fn splices(&self) -> Vec<Splice> {
        let mut outermost: Vec<Range<usize>> =
            self.dropped.iter().map(|(r, _)| r.clone()).collect();
        outermost.sort_by_key(|r| (r.start, std::cmp::Reverse(r.end)));
        outermost.dedup_by(|inner, outer| inner.start >= outer.start && inner.end <= outer.end);
        let inside = |range: &Range<usize>| {
            let at = outermost.partition_point(|o| o.start <= range.start);
            at.checked_sub(1)
                .and_then(|i| outermost.get(i))
                .is_some_and(|o| range.end <= o.end)
        };
        let kept = self.splices.iter().filter(|s| !inside(&s.range)).cloned();
        kept.chain(outermost.iter().map(|range| Splice {
            range: range.clone(),
            text: String::new(),
        }))
        .collect()
    }
}

/// What a link shows after the change, when the change lies within its text but for what stays the same.
fn shown_after(text: &str, link: &Range<usize>, change: &Change) -> Option<String> {
    let old = text.get(change.range.clone())?;
    if link.len() > LONGEST_ADDRESS {
        return None;
    }
    let (front, back) = common(old, &change.new);
    let cut = change.range.start + front..change.range.end - back;
    let new = change.new.get(front..change.new.len() - back)?;
    if cut.start < link.start || cut.end > link.end {
        return None;
    }
    Some(format!(
        "{}{}{}",
        text.get(link.start..cut.start)?,
        new,
        text.get(cut.end..link.end)?
    ))
}

/// The part of a range that really changes, so that `9` in `Open <b>9</b>-5` stays bold as `10`.
fn trimmed<'a>(
    document: &Document,
    run: &Run,
    range: &Range<usize>,
    old: &str,
    new: &'a str,
) -> (Range<usize>, &'a str) {
    let node = run.map.first_node().and_then(|n| document.nodes.get(n));
    if node.is_some_and(|n| matches!(n.writing, Writing::FrontMatter(_))) {
        return (range.clone(), new);
    }
    let (front, back) = common(old, new);
    (
        range.start + front..range.end - back,
        new.get(front..new.len() - back).unwrap_or(new),
    )
}

/// How many bytes two texts have in common at the front and, of the rest, at the back.
fn common(old: &str, new: &str) -> (usize, usize) {
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = old
        .chars()
        .zip(new.chars())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let (old, new) = (
        old.get(front..).unwrap_or_default(),
        new.get(front..).unwrap_or_default(),
    );
    let back = old
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    (front, back)
}

/// Whether an element holds something besides text that goes with it: an image, an icon.
fn holds_more(document: &Document, index: usize, element: &Element) -> bool {
    let inner = element.inner();
    let inside = document
        .elements
        .iter()
        .skip(index + 1)
        .take_while(|e| e.open.start < inner.end);
    inside.into_iter().any(|e| {
        let blank = document
            .source
            .get(e.inner())
            .is_none_or(|s| s.trim().is_empty());
        e.name != "br" && (!is_formatting(e) || blank)
    })
}

fn is_formatting(element: &Element) -> bool {
    matches!(
        element.name.as_str(),
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
    )
}

fn default_writing(document: &Document) -> Writing {
    match document.format {
        Format::Html => Writing::Html,
        Format::Markdown => Writing::Markdown,
        Format::Plain => Writing::Plain,
    }
}
