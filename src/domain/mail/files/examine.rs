//! What one file is worth, whatever else is in the mail.

use super::extension;
use super::kind::{Class, Kind, sniff};
use super::reason::{FileNote, FileRefusal, Ignored};
use super::{image, office, svg};
use crate::domain::mail::Attachment;

/// The largest file in bytes (B12).
pub(super) const MAX_BYTES: usize = 20 * 1024 * 1024;
/// A picture of at most so many pixels a side tracks, it does not show (B12).
const PIXEL: u32 = 2;

/// A file that may be handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Good {
    pub(super) content_type: String,
    pub(super) is_image: bool,
    pub(super) notes: Vec<FileNote>,
}

/// What is to be done with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep(Good),
    Ignore(Ignored),
    Refuse(FileRefusal),
}

/// Looks into a file.
pub(super) fn examine(file: &Attachment) -> Verdict {
    if let Some(ignored) = ignored_by_type(file) {
        return Verdict::Ignore(ignored);
    }
    let extension = extension::of(&file.name);
    if file.content.is_empty() {
        return Verdict::Refuse(FileRefusal::Empty);
    }
    match judge(file, &extension, sniff(&file.content)) {
        // the largest are refused for what they are, if that is a reason
        Ok(_) if file.content.len() > MAX_BYTES => Verdict::Refuse(FileRefusal::TooLarge),
        Ok(good) if good.is_image && is_pixel(&file.content) => {
            Verdict::Ignore(Ignored::TrackingPixel)
        }
        Ok(good) => Verdict::Keep(good),
        Err(verdict) => verdict,
    }
}

impl From<FileRefusal> for Verdict {
    fn from(refusal: FileRefusal) -> Self {
        Self::Refuse(refusal)
    }
}

/// What nobody attached on purpose, by the type that the mail declares (B15). Nothing is opened for it.
pub(super) fn ignored_by_type(file: &Attachment) -> Option<Ignored> {
    match (
        file.content_type.as_str(),
        extension::of(&file.name).as_str(),
    ) {
        ("text/calendar" | "application/ics", _) | (_, "ics" | "vcs") => Some(Ignored::Invite),
        ("text/vcard" | "text/x-vcard" | "text/directory", _) | (_, "vcf") => {
            Some(Ignored::Contact)
        }
        (
            "application/pgp-signature"
            | "application/pgp-keys"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature",
            _,
        )
        | (_, "p7s") => Some(Ignored::MailSignature),
        _ => None,
    }
}

fn judge(file: &Attachment, extension: &str, kind: Option<Kind>) -> Result<Good, Verdict> {
    let class = kind.map_or(Class::Material, |kind| kind.class);
    if let Class::Left(ignored) = class {
        return Err(Verdict::Ignore(ignored));
    }
    if is_encrypted(file, extension) {
        return Err(FileRefusal::Encrypted.into());
    }
    if file.content_type == "application/ms-tnef" || file.name.eq_ignore_ascii_case("winmail.dat") {
        return Err(FileRefusal::Tnef.into());
    }
    let said = extension::refusal(extension);
    let good = by_class(file, extension, kind, said)?;
    match said {
        Some(refusal) => Err(refusal.into()),
        // whatever would be served as SVG must be one that was looked at
        None if extension == "svg" && class != Class::Svg => Err(FileRefusal::ActiveSvg.into()),
        None => Ok(good),
    }
}

fn by_class(
    file: &Attachment,
    extension: &str,
    kind: Option<Kind>,
    said: Option<FileRefusal>,
) -> Result<Good, FileRefusal> {
    let sniffed = kind.and_then(|kind| kind.content_type);
    match kind.map_or(Class::Material, |kind| kind.class) {
        Class::Program => Err(FileRefusal::Program),
        Class::Script => Err(FileRefusal::Script),
        Class::Tnef => Err(FileRefusal::Tnef),
        Class::Encrypted => Err(FileRefusal::Encrypted),
        Class::Archive => Err(said.unwrap_or(FileRefusal::Archive)),
        // a program that is a zip is one by its name, a document by what is in it
        Class::Zip => match said {
            Some(refusal) => Err(refusal),
            None => office::zip(&file.content).map(material),
        },
        Class::Ole => office::ole(&file.content).map_or_else(
            || {
                let known = extension::content_type(extension).or(sniffed);
                Ok(material(known.unwrap_or(UNKNOWN)))
            },
            Err,
        ),
        Class::Svg if svg::only_draws(&file.content) => Ok(picture("image/svg+xml")),
        Class::Svg => Err(FileRefusal::ActiveSvg),
        Class::Image => Ok(picture(sniffed.unwrap_or(UNKNOWN))),
        Class::Material | Class::Left(_) => Ok(of_material(file, extension, sniffed)),
    }
}

const UNKNOWN: &str = "application/octet-stream";

fn material(content_type: &str) -> Good {
    Good {
        content_type: content_type.to_owned(),
        is_image: false,
        notes: Vec::new(),
    }
}

fn picture(content_type: &str) -> Good {
    let is_rare = matches!(content_type, "image/heic" | "image/heif" | "image/tiff");
    Good {
        is_image: true,
        notes: is_rare
            .then_some(FileNote::NotForBrowsers)
            .into_iter()
            .collect(),
        ..material(content_type)
    }
}

fn of_material(file: &Attachment, extension: &str, sniffed: Option<&'static str>) -> Good {
    let declared = Some(file.content_type.as_str())
        .filter(|declared| !declared.starts_with("image/") && !declared.is_empty());
    let content_type = match sniffed {
        Some("text/plain") | None => extension::content_type(extension)
            .or(sniffed)
            .or(declared)
            .unwrap_or(UNKNOWN),
        Some(sniffed) => sniffed,
    };
    let mut good = material(content_type);
    if content_type == "application/pdf" && office::is_locked_pdf(&file.content) {
        good.notes.push(FileNote::PasswordProtected);
    }
    good
}

fn is_encrypted(file: &Attachment, extension: &str) -> bool {
    let by_type = matches!(
        file.content_type.as_str(),
        "application/pgp-encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime"
    );
    by_type || matches!(extension, "p7m" | "pgp" | "gpg")
}

fn is_pixel(content: &[u8]) -> bool {
    image::dimensions(content).is_some_and(|(width, height)| width <= PIXEL && height <= PIXEL)
}
