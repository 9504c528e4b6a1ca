//! Pictures that are kept with a page: logo, the tab's picture, the cover.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Most bytes of a file that is read as a picture; which may stand, is checked where it is decided.
pub const PICTURE_FILE_BYTES_MAX: usize = 64 * 1024;

/// A picture as it is kept with a page, an address of the form `data:`. What it is say its first
/// bytes, not its name; none where they are no PNG, JPEG, WebP or SVG picture.
pub fn picture_as_data(bytes: &[u8]) -> Option<String> {
    let kind = match bytes {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpeg",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "webp",
        _ if is_svg(bytes) => "svg+xml",
        _ => return None,
    };
    let coded = BASE64_STANDARD.encode(bytes);
    Some(format!("data:image/{kind};base64,{coded}"))
}

fn is_svg(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        let text = text.trim_start();
        (text.starts_with("<svg") || text.starts_with("<?xml")) && text.contains("<svg")
    })
}
