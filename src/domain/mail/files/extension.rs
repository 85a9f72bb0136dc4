//! What a name's extension says: enough to refuse a file, never to admit one.

use super::reason::FileRefusal;

/// What Windows, macOS, Android or Linux start, or install, by a double click.
const PROGRAMS: [&str; 41] = [
    "apk", "app", "appimage", "appx", "cgi", "chm", "class", "com", "cpl", "crx", "deb", "desktop",
    "dll", "dmg", "drv", "dylib", "exe", "gadget", "hta", "ipa", "iso", "jar", "jnlp", "lnk",
    "mpkg", "msc", "msi", "msix", "msp", "mst", "ocx", "pif", "pkg", "rpm", "scf", "scr", "so",
    "sys", "wasm", "xll", "xpi",
];
/// What an interpreter runs.
const SCRIPTS: [&str; 45] = [
    "applescript",
    "asp",
    "aspx",
    "awk",
    "bash",
    "bat",
    "cjs",
    "cmd",
    "command",
    "csh",
    "fish",
    "inf",
    "js",
    "jse",
    "jsp",
    "jsx",
    "ksh",
    "lua",
    "mjs",
    "php",
    "phps",
    "phtml",
    "pl",
    "pm",
    "ps1",
    "ps1xml",
    "psd1",
    "psm1",
    "py",
    "pyc",
    "pyw",
    "rb",
    "reg",
    "scpt",
    "sct",
    "sh",
    "tcl",
    "vb",
    "vbe",
    "vbs",
    "wsc",
    "wsf",
    "wsh",
    "ws",
    "zsh",
];
const ARCHIVES: [&str; 26] = [
    "7z", "ace", "arj", "bz2", "cab", "gz", "img", "lha", "lz", "lz4", "lzh", "lzma", "rar",
    "svgz", "tar", "tbz", "tbz2", "tgz", "txz", "vhd", "vhdx", "wim", "xz", "z", "zip", "zst",
];
/// Office formats that are made to carry macros.
const MACROS: [&str; 12] = [
    "docm", "dotm", "potm", "ppam", "ppsm", "pptm", "sldm", "xlam", "xlm", "xlsb", "xlsm", "xltm",
];

/// The extension of a sanitised name, lower-case, without its dot.
pub(super) fn of(name: &str) -> String {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.trim().to_ascii_lowercase()
}

/// Why a file with this extension is refused, whatever is in it.
pub(super) fn refusal(extension: &str) -> Option<FileRefusal> {
    let tables: [(&[&str], FileRefusal); 4] = [
        (&PROGRAMS, FileRefusal::Program),
        (&SCRIPTS, FileRefusal::Script),
        (&ARCHIVES, FileRefusal::Archive),
        (&MACROS, FileRefusal::Macros),
    ];
    tables
        .into_iter()
        .find(|(table, _)| table.contains(&extension))
        .map(|(_, refusal)| refusal)
}

/// The type of what no magic number tells: text of a kind, and formats that have none.
pub(super) fn content_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "csv" => "text/csv",
        "css" => "text/css",
        "md" | "markdown" => "text/markdown",
        "htm" | "html" | "xhtml" => "text/html",
        "eml" => "message/rfc822",
        "json" | "geojson" => "application/json",
        "xml" | "rss" | "gpx" | "kml" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        "srt" | "vtt" => "text/vtt",
        "tsv" => "text/tab-separated-values",
        "mp3" => "audio/mpeg",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "ppt" | "pps" => "application/vnd.ms-powerpoint",
        "msg" => "application/vnd.ms-outlook",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b12_the_last_extension_counts() {
        for (name, expected) in [
            ("setup.exe", Some(FileRefusal::Program)),
            ("invoice.pdf.EXE", Some(FileRefusal::Program)),
            ("menu.pdf.js", Some(FileRefusal::Script)),
            ("run.ps1", Some(FileRefusal::Script)),
            ("all.tar.gz", Some(FileRefusal::Archive)),
            ("prices.xlsm", Some(FileRefusal::Macros)),
            ("menu.pdf", None),
            ("exe", None),
            ("", None),
        ] {
            assert_eq!(refusal(&of(name)), expected, "{name}");
        }
    }
}
