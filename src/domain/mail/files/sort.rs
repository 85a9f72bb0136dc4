//! The files of one mail, sorted: what the agent gets, what the sender is told, what nobody meant.

use std::collections::{HashMap, HashSet};

use super::examine::{Good, Verdict, examine, ignored_by_type};
use super::mark::{Mark, Shows, marks, replaced};
use super::reason::{FileNote, FileRefusal, Ignored, RefusedFile};
use crate::domain::mail::{Attachment, Screening};

/// Most files of one mail (B12).
pub const MAX_FILES: usize = 25;
/// Most bytes of all files of one mail together (B12).
pub const MAX_TOGETHER: usize = 40 * 1024 * 1024;
/// A larger inline image is no logo of a signature, in bytes.
const MAX_LOGO: usize = 128 * 1024;
/// Most logos of one mail that are remembered for its conversation.
const MAX_LOGOS: usize = 8;

/// A mail's files and what is known about them.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// The files.
    pub files: &'a [Attachment],
    /// The sender's own words.
    pub text: &'a str,
    /// The mail that was forwarded below them.
    pub forwarded: Option<&'a str>,
    /// What a scan has found.
    pub screening: Screening,
    /// Hashes of the small inline images that earlier mails of the conversation brought, of [`recurring`].
    pub seen: &'a HashSet<[u8; 32]>,
}

/// A file for the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile<'a> {
    /// The file.
    pub file: &'a Attachment,
    /// Its type, by its bytes where they tell.
    pub content_type: String,
    /// Its number, if it is an image: those in the text first, in the order in which they stand there.
    pub image: Option<u32>,
    /// What the agent should know.
    pub notes: Vec<FileNote>,
}

/// What became of each file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sorted<'a> {
    /// The sender's words, with `[image 1: name]` where an image stands.
    pub text: String,
    /// The forwarded mail, the same way.
    pub forwarded: Option<String>,
    /// For the agent, in the order of the mail.
    pub kept: Vec<KeptFile<'a>>,
    /// For the sender to know.
    pub refused: Vec<RefusedFile>,
    /// Left out without a word.
    pub ignored: Vec<(&'a str, Ignored)>,
}

/// The hashes of the images that a signature may repeat in the next mail: small ones that stand in the text.
pub fn recurring(files: &[Attachment]) -> Vec<[u8; 32]> {
    let mut hashes = Vec::new();
    for file in files.iter().filter(|file| is_logo(file)) {
        if hashes.len() < MAX_LOGOS && !hashes.contains(&file.sha256) {
            hashes.push(file.sha256);
        }
    }
    hashes
}

fn is_logo(file: &Attachment) -> bool {
    let is_shown = file.is_referenced || file.is_inline;
    is_shown && file.content.len() <= MAX_LOGO && file.content_type.starts_with("image/")
}

/// Sorts the files of a mail.
pub fn sort<'a>(arrived: &Arrived<'a>) -> Sorted<'a> {
    let mut desk = Desk::new(arrived);
    desk.leave_out();
    desk.limit();
    desk.number();
    desk.finish()
}

/// The files in the making.
struct Desk<'s, 'a> {
    arrived: &'s Arrived<'a>,
    verdicts: Vec<Verdict>,
    numbers: Vec<Option<u32>>,
    /// Which file a file is the same as: the first of them, mostly itself.
    same_as: Vec<usize>,
    by_name: HashMap<String, usize>,
    by_id: HashMap<&'a str, usize>,
}

impl<'s, 'a> Desk<'s, 'a> {
    fn new(arrived: &'s Arrived<'a>) -> Self {
        let mut first: HashMap<[u8; 32], usize> = HashMap::new();
        let mut by_name = HashMap::new();
        let mut by_id = HashMap::new();
        let mut same_as = Vec::with_capacity(arrived.files.len());
        for (at, file) in arrived.files.iter().enumerate() {
            same_as.push(*first.entry(file.sha256).or_insert(at));
            by_name.insert(key(&file.name), at);
            if let Some(id) = &file.content_id {
                by_id.entry(id.as_str()).or_insert(at);
            }
        }
        let verdict = |file: &Attachment| match arrived.screening {
            // E6: nothing of it is opened
            Screening::Unscanned => ignored_by_type(file)
                .map_or(Verdict::Refuse(FileRefusal::NotScanned), Verdict::Ignore),
            Screening::Clean | Screening::Spam | Screening::Virus => examine(file),
        };
        Self {
            arrived,
            verdicts: arrived.files.iter().map(verdict).collect(),
            numbers: vec![None; arrived.files.len()],
            same_as,
            by_name,
            by_id,
        }
    }

    /// The file that a mark shows.
    fn shown(&self, mark: &Mark<'_>) -> Option<usize> {
        let at = match mark.shows {
            Shows::Id(id) => self.by_id.get(id.to_lowercase().as_str()),
            Shows::Name(name) => self.by_name.get(&key(name)),
        };
        self.same_as.get(*at?).copied()
    }

    /// The files that the texts show, each time they do.
    fn placed(&self) -> Vec<usize> {
        let Arrived {
            text, forwarded, ..
        } = *self.arrived;
        let all = marks(text).chain(forwarded.into_iter().flat_map(marks));
        all.filter_map(|mark| self.shown(&mark)).collect()
    }

    /// What is a file, but not one that the sender meant to send.
    fn leave_out(&mut self) {
        let placed: HashSet<usize> = self.placed().into_iter().collect();
        let files = self.arrived.files.iter().enumerate();
        for ((at, file), verdict) in files.zip(&mut self.verdicts) {
            let Verdict::Keep(good) = verdict else {
                continue;
            };
            let first = self.same_as.get(at).copied().unwrap_or(at);
            let ignored =
                if good.is_image && is_logo(file) && self.arrived.seen.contains(&file.sha256) {
                    Ignored::SeenBefore
                } else if file.is_referenced && good.is_image && !placed.contains(&first) {
                    Ignored::Quoted
                } else if first != at {
                    Ignored::Twice
                } else {
                    continue;
                };
            *verdict = Verdict::Ignore(ignored);
        }
    }

    /// B12: the first 25, of at most 40 MB together.
    fn limit(&mut self) {
        let (mut count, mut bytes) = (0, 0);
        for (file, verdict) in self.arrived.files.iter().zip(&mut self.verdicts) {
            if !matches!(verdict, Verdict::Keep(_)) {
                continue;
            }
            if count == MAX_FILES {
                *verdict = Verdict::Refuse(FileRefusal::TooMany);
            } else if bytes + file.content.len() > MAX_TOGETHER {
                *verdict = Verdict::Refuse(FileRefusal::TooLargeTogether);
            } else {
                count += 1;
                bytes += file.content.len();
            }
        }
    }

    /// Images in the text first, then the others.
    fn number(&mut self) {
        let mut next = 1;
        let order = self.placed().into_iter().chain(0..self.verdicts.len());
        for at in order {
            let is_image =
                matches!(self.verdicts.get(at), Some(Verdict::Keep(good)) if good.is_image);
            if let Some(number @ None) = self.numbers.get_mut(at)
                && is_image
            {
                *number = Some(next);
                next += 1;
            }
        }
    }

    /// What stands in the text for a file.
    fn words(&self, mark: &Mark<'_>) -> Option<String> {
        let at = self.shown(mark)?;
        let name = &self.arrived.files.get(at)?.name;
        Some(match (self.verdicts.get(at)?, self.numbers.get(at)?) {
            (Verdict::Keep(_), Some(number)) => format!("[image {number}: {name}]"),
            (Verdict::Keep(_), None) => format!("[file: {name}]"),
            (Verdict::Refuse(_), _) => format!("[left out: {name}]"),
            (Verdict::Ignore(_), _) => String::new(),
        })
    }

    fn finish(self) -> Sorted<'a> {
        let shown = |text: &str| {
            let text = replaced(text, |mark| self.words(mark));
            text.trim().to_owned()
        };
        let mut sorted = Sorted {
            text: shown(self.arrived.text),
            forwarded: self.arrived.forwarded.map(shown),
            ..Sorted::default()
        };
        let files = self.arrived.files.iter().zip(self.numbers);
        for ((file, image), verdict) in files.zip(self.verdicts) {
            match verdict {
                Verdict::Keep(Good {
                    content_type,
                    notes,
                    ..
                }) => sorted.kept.push(KeptFile {
                    file,
                    content_type,
                    image,
                    notes,
                }),
                Verdict::Refuse(reason) => sorted.refused.push(RefusedFile {
                    name: file.name.clone(),
                    reason,
                }),
                Verdict::Ignore(why) => sorted.ignored.push((&file.name, why)),
            }
        }
        sorted
    }
}

/// Names as they are compared: texts are wrapped and lose double spaces.
fn key(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
#[path = "sort_tests.rs"]
mod tests;
