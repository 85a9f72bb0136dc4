//! How large a picture is, from its header alone.

/// Most segments of a JPEG that are stepped over before its size; real ones have a dozen.
const MAX_SEGMENTS: usize = 2000;

/// Width and height in pixels of a PNG, GIF, JPEG or WebP.
pub(super) fn dimensions(content: &[u8]) -> Option<(u32, u32)> {
    if content.starts_with(b"\x89PNG") {
        (content.get(12..16)? == b"IHDR").then_some(())?;
        Some((be32(content, 16)?, be32(content, 20)?))
    } else if content.starts_with(b"GIF8") {
        Some((le16(content, 6)?, le16(content, 8)?))
    } else if content.starts_with(b"\xFF\xD8") {
        jpeg(content)
    } else if content.starts_with(b"RIFF") {
        webp(content)
    } else {
        None
    }
}

fn bytes<const N: usize>(content: &[u8], at: usize) -> Option<[u8; N]> {
    content.get(at..)?.first_chunk().copied()
}

fn be32(content: &[u8], at: usize) -> Option<u32> {
    bytes(content, at).map(u32::from_be_bytes)
}

fn be16(content: &[u8], at: usize) -> Option<u32> {
    bytes(content, at).map(u16::from_be_bytes).map(u32::from)
}

fn le16(content: &[u8], at: usize) -> Option<u32> {
    bytes(content, at).map(u16::from_le_bytes).map(u32::from)
}

fn le24(content: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = bytes(content, at)?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

/// Steps from segment to segment to the frame header.
fn jpeg(content: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    for _ in 0..MAX_SEGMENTS {
        let [mark, kind] = bytes(content, at)?;
        if mark != 0xFF {
            return None;
        }
        match kind {
            0xFF => at += 1, // padding
            0x01 | 0xD0..=0xD8 => at += 2,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Some((be16(content, at + 7)?, be16(content, at + 5)?));
            }
            0xD9 | 0xDA => return None,
            _ => at += 2 + be16(content, at + 2)? as usize,
        }
    }
    None
}

fn webp(content: &[u8]) -> Option<(u32, u32)> {
    const FOURTEEN_BITS: u32 = 0x3FFF;
    match content.get(12..16)? {
        b"VP8X" => Some((le24(content, 24)? + 1, le24(content, 27)? + 1)),
        b"VP8L" => {
            let bits = bytes(content, 21).map(u32::from_le_bytes)?;
            Some(((bits & FOURTEEN_BITS) + 1, (bits >> 14 & FOURTEEN_BITS) + 1))
        }
        b"VP8 " => Some((
            le16(content, 26)? & FOURTEEN_BITS,
            le16(content, 28)? & FOURTEEN_BITS,
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn b12_sizes_are_read_from_headers() {
        let png = [
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(),
            &[0, 0, 1, 44, 0, 0, 0, 200],
        ]
        .concat();
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x04xx\xFF\xFF\xC2\0\x11\x08\0\x02\0\x01\x03";
        let lossless = b"RIFFxxxxWEBPVP8Lxxxx\x2f\x01\x40\0\0";
        let extended = b"RIFFxxxxWEBPVP8Xxxxx\0\0\0\0\x0f\0\0\x07\0\0";
        let lossy = b"RIFFxxxxWEBPVP8 xxxxyyy\x9d\x01\x2a\x20\0\x10\0";
        for (content, expected) in [
            (png.as_slice(), Some((300, 200))),
            (b"GIF89a\x01\0\x02\0", Some((1, 2))),
            (jpeg, Some((1, 2))),
            (lossless, Some((2, 2))),
            (extended, Some((16, 8))),
            (lossy, Some((32, 16))),
            (b"GIF89a", None),
            (b"\xFF\xD8\xFF\xD9", None),
            (b"\xFF\xD8\xFF\xE0\0\0", None),
            (b"text", None),
        ] {
            assert_eq!(dimensions(content), expected, "{content:?}");
        }
    }

    proptest! {
        #[test]
        fn broken_headers_are_no_trouble(kind in 0..4_usize, tail in prop::collection::vec(any::<u8>(), 0..200)) {
            let head = [b"\x89PNG".as_slice(), b"GIF8", b"\xFF\xD8", b"RIFFxxxxWEBP"][kind];
            let _size = dimensions(&[head, &tail].concat());
        }
    }
}
