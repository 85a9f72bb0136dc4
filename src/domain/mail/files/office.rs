//! Documents that are archives inside: which are documents, and which carry code. Nothing is unpacked.

use super::reason::FileRefusal;

/// Most entries of a zip that are looked at; a document has hundreds at most.
const MAX_ENTRIES: usize = 10_000;
/// How far from the end the directory of a zip may be announced.
const MAX_TAIL: usize = 22 + 65_535;
/// Directory entries of the older container begin at multiples of this.
const OLE_ENTRY: usize = 128;

/// What a zip is, by the names in its directory.
pub(super) fn zip(content: &[u8]) -> Result<&'static str, FileRefusal> {
    let mut found = Found::default();
    let mut entries = Entries::of(content).ok_or(FileRefusal::Archive)?;
    for entry in entries.by_ref().take(MAX_ENTRIES) {
        found.look_at(&entry);
    }
    if !entries.is_whole {
        return Err(FileRefusal::Archive);
    }
    found.judge(content)
}

#[derive(Default)]
struct Found {
    has_types: bool,
    is_iwork: bool,
    part: Option<&'static str>,
    /// The worst of what is wrong with it.
    wrong: Option<FileRefusal>,
}

impl Found {
    fn look_at(&mut self, entry: &Entry<'_>) {
        let name = entry.name.to_ascii_lowercase();
        self.has_types |= name == "[content_types].xml";
        self.is_iwork |= name == "index.zip" || name == "index/document.iwa";
        let wrong = match name.as_str() {
            "meta-inf/manifest.mf" | "androidmanifest.xml" => Some(FileRefusal::Program),
            _ if entry.is_encrypted => Some(FileRefusal::Encrypted),
            name if has_code(name) => Some(FileRefusal::Macros),
            _ => None,
        };
        if rank(wrong) > rank(self.wrong) {
            self.wrong = wrong;
        }
        self.part = self
            .part
            .or(match name.split_once('/').map(|(folder, _)| folder) {
                Some("word") => {
                    Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
                }
                Some("xl") => {
                    Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
                }
                Some("ppt") => Some(
                    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                ),
                Some("visio") => Some("application/vnd.ms-visio.drawing"),
                _ => None,
            });
    }

    fn judge(&self, content: &[u8]) -> Result<&'static str, FileRefusal> {
        let kind = open_document(content)
            .or(self.part.filter(|_| self.has_types))
            .or(self.is_iwork.then_some("application/vnd.apple.iwork"));
        match (kind, self.wrong) {
            (_, Some(FileRefusal::Program)) => Err(FileRefusal::Program),
            (None, _) => Err(FileRefusal::Archive),
            (Some(_), Some(wrong)) => Err(wrong),
            (Some(kind), None) => Ok(kind),
        }
    }
}

/// Macros of Microsoft's documents, and of open ones.
fn has_code(name: &str) -> bool {
    name.ends_with("vbaproject.bin") || name.starts_with("basic/") || name.starts_with("scripts/")
}

fn rank(wrong: Option<FileRefusal>) -> u8 {
    match wrong {
        Some(FileRefusal::Program) => 3,
        Some(FileRefusal::Encrypted) => 2,
        Some(_) => 1,
        None => 0,
    }
}

/// Open documents and EPUB begin with an entry `mimetype` that is not compressed.
fn open_document(content: &[u8]) -> Option<&'static str> {
    const KINDS: [&str; 6] = [
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.graphics",
        "application/epub+zip",
        "application/vnd.oasis.opendocument",
    ];
    let name = content.get(30..38)?;
    let more = usize::from(u16::from_le_bytes(content.get(28..30)?.try_into().ok()?));
    let value = content.get(38 + more..)?;
    let is_first = name == b"mimetype" && content.get(8..10)? == [0, 0];
    KINDS
        .into_iter()
        .find(|kind| is_first && value.starts_with(kind.as_bytes()))
}

struct Entry<'x> {
    name: std::borrow::Cow<'x, str>,
    is_encrypted: bool,
}

/// The entries of a zip's directory.
struct Entries<'x> {
    rest: &'x [u8],
    left: usize,
    /// Whether every entry that was promised was there.
    is_whole: bool,
}

impl<'x> Entries<'x> {
    fn of(content: &'x [u8]) -> Option<Self> {
        let from = content.len().saturating_sub(MAX_TAIL);
        let tail = content.get(from..)?;
        let at = tail
            .windows(4)
            .rposition(|window| window == b"PK\x05\x06")?;
        let end = tail.get(at..)?;
        let field = |at: usize| Some(u32::from_le_bytes(end.get(at..at + 4)?.try_into().ok()?));
        let start = usize::try_from(field(16)?).ok()?;
        let count = u16::from_le_bytes(end.get(10..12)?.try_into().ok()?);
        Some(Self {
            rest: content.get(start..)?,
            left: usize::from(count),
            is_whole: true,
        })
    }

    fn read(&mut self) -> Option<Entry<'x>> {
        let number = |at: usize| {
            let bytes = self.rest.get(at..at + 2)?.try_into().ok()?;
            Some(u16::from_le_bytes(bytes))
        };
        if !self.rest.starts_with(b"PK\x01\x02") {
            return None;
        }
        let flags = number(8)?;
        let name_len = usize::from(number(28)?);
        let len = 46 + name_len + usize::from(number(30)?) + usize::from(number(32)?);
        let name = self.rest.get(46..46 + name_len)?;
        self.rest = self.rest.get(len..)?;
        Some(Entry {
            name: String::from_utf8_lossy(name),
            is_encrypted: flags & 1 == 1,
        })
    }
}

impl<'x> Iterator for Entries<'x> {
    type Item = Entry<'x>;

    fn next(&mut self) -> Option<Entry<'x>> {
        self.left = self.left.checked_sub(1)?;
        let entry = self.read();
        self.is_whole &= entry.is_some();
        entry
    }
}

/// What is wrong with an older office document.
pub(super) fn ole(content: &[u8]) -> Option<FileRefusal> {
    let wide = |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let wanted = [
        (wide("EncryptedPackage"), FileRefusal::Encrypted),
        (wide("EncryptedSummary"), FileRefusal::Encrypted),
        (wide("_VBA_PROJECT"), FileRefusal::Macros),
        (wide("Macros\0"), FileRefusal::Macros),
        // the strings of an installer
        (wide("\u{4840}\u{3F3F}\u{4577}"), FileRefusal::Program),
    ];
    content.chunks(OLE_ENTRY).find_map(|entry| {
        let found = wanted.iter().find(|(name, _)| entry.starts_with(name));
        found.map(|(_, refusal)| *refusal)
    })
}

/// Whether a PDF says that it needs a password; many that do can be read all the same.
pub(super) fn is_locked_pdf(content: &[u8]) -> bool {
    const ENDS: usize = 64 * 1024;
    let says = |part: &[u8]| part.windows(9).any(|window| window == b"/Encrypt ");
    let head = content.get(..ENDS).unwrap_or(content);
    let tail = content.get(content.len().saturating_sub(ENDS)..);
    says(head) || tail.is_some_and(says)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A zip of entries that are stored: name, content, flags.
    pub(in crate::domain::mail::files) fn a_zip(entries: &[(&str, &str, u16)]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut directory = Vec::new();
        for (name, content, flags) in entries {
            let start = u32::try_from(out.len()).unwrap();
            let name_len = u16::try_from(name.len()).unwrap().to_le_bytes();
            let size = u32::try_from(content.len()).unwrap().to_le_bytes();
            let common = [
                &[20, 0],
                &flags.to_le_bytes()[..],
                &[0; 10],
                &size,
                &size,
                &name_len,
                &[0, 0],
            ]
            .concat();
            out.extend(
                [
                    b"PK\x03\x04".as_slice(),
                    &common,
                    name.as_bytes(),
                    content.as_bytes(),
                ]
                .concat(),
            );
            directory.extend(
                [
                    b"PK\x01\x02\x14\0".as_slice(),
                    &common,
                    &[0; 10],
                    &start.to_le_bytes(),
                    name.as_bytes(),
                ]
                .concat(),
            );
        }
        let at = u32::try_from(out.len()).unwrap().to_le_bytes();
        let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
        let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
        out.extend(directory);
        out.extend(
            [
                b"PK\x05\x06\0\0\0\0".as_slice(),
                &count,
                &count,
                &size,
                &at,
                &[0, 0],
            ]
            .concat(),
        );
        out
    }

    #[test]
    fn b12_documents_are_told_from_archives_and_code_in_them_is_seen() {
        let types = ("[Content_Types].xml", "<x/>", 0);
        let odt = "application/vnd.oasis.opendocument.text";
        for (entries, expected) in [
            (
                vec![types, ("word/document.xml", "", 0)],
                Ok("wordprocessingml.document"),
            ),
            (
                vec![types, ("xl/workbook.xml", "", 0)],
                Ok("spreadsheetml.sheet"),
            ),
            (
                vec![("mimetype", odt, 0), ("content.xml", "", 0)],
                Ok("opendocument.text"),
            ),
            (
                vec![("mimetype", "application/epub+zip", 0)],
                Ok("epub+zip"),
            ),
            (vec![("Index/Document.iwa", "", 0)], Ok("iwork")),
            (
                vec![types, ("word/vbaProject.bin", "", 0)],
                Err(FileRefusal::Macros),
            ),
            (
                vec![("mimetype", odt, 0), ("Basic/Standard/Module1.xml", "", 0)],
                Err(FileRefusal::Macros),
            ),
            (
                vec![types, ("word/document.xml", "", 1)],
                Err(FileRefusal::Encrypted),
            ),
            (
                vec![("META-INF/MANIFEST.MF", "", 0)],
                Err(FileRefusal::Program),
            ),
            (vec![("photos/1.jpg", "", 0)], Err(FileRefusal::Archive)),
            (
                vec![("word/document.xml", "", 0)],
                Err(FileRefusal::Archive),
            ),
        ] {
            let judged = zip(&a_zip(&entries));
            let matches = match (&judged, &expected) {
                (Ok(kind), Ok(end)) => kind.ends_with(end),
                (judged, expected) => judged == expected,
            };
            assert!(matches, "{entries:?}: {judged:?}");
        }
    }

    #[test]
    fn b12_a_zip_whose_directory_is_broken_is_an_archive() {
        let whole = a_zip(&[("[Content_Types].xml", "", 0), ("word/document.xml", "", 0)]);
        let cut = &whole[..whole.len() - 30];
        assert_eq!(zip(cut), Err(FileRefusal::Archive));
        let mut torn = whole.clone();
        let second = torn.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        torn[second] = b'x';
        assert_eq!(zip(&torn), Err(FileRefusal::Archive));
        assert_eq!(zip(b"PK\x05\x06"), Err(FileRefusal::Archive));
    }

    #[test]
    fn b12_older_documents_with_macros_or_a_password_are_seen() {
        let with = |name: &str| {
            let mut content = vec![0; 512];
            content.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            content
        };
        assert_eq!(ole(&with("EncryptedPackage")), Some(FileRefusal::Encrypted));
        assert_eq!(ole(&with("_VBA_PROJECT_CUR")), Some(FileRefusal::Macros));
        assert_eq!(ole(&with("WordDocument")), None);
        assert!(is_locked_pdf(b"trailer << /Encrypt 5 0 R >>"));
        assert!(!is_locked_pdf(b"%PDF-1.7"));
    }
}
