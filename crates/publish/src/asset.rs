//! Ready bytes: one body in the codings readers take, with the tag that names it.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::limits::{
    BROTLI_QUALITY, BROTLI_QUALITY_QUIET, BROTLI_WINDOW, BROTLI_WINDOW_MIN, COMPRESSED_BYTES_MIN,
    GZIP_LEVEL,
};
use crate::path::{ContentType, PagePath};

/// How a body is coded on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// brotli.
    Brotli,
}

impl Coding {
    /// The `Content-Encoding`; none for a plain body.
    pub const fn header(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

/// What stands at a published path, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// What it is.
    pub content_type: ContentType,
    /// Names exactly these bytes: hex of a SHA-256, without quotes.
    pub tag: String,
    /// The body as it is.
    pub identity: Bytes,
    /// The same in gzip; none where it would not be smaller.
    pub gzip: Option<Bytes>,
    /// The same in brotli; none where it would not be smaller.
    pub brotli: Option<Bytes>,
    /// Where a short link leads, as a path within the page.
    pub redirect: Option<String>,
    /// How much was spent on making it small.
    effort: Effort,
}

/// How much was spent on making a body small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Nothing yet.
    None,
    /// What readers need not wait for.
    Quick,
    /// As much as can be.
    Whole,
}

impl Asset {
    /// Compresses a body and names it.
    pub fn new(path: &PagePath, body: Vec<u8>) -> Self {
        Self::plain(path, body).quick()
    }

    /// Names a body, and compresses it later.
    pub(crate) fn plain(path: &PagePath, body: Vec<u8>) -> Self {
        Self {
            content_type: path.content_type(),
            tag: tag_of(&body),
            gzip: None,
            brotli: None,
            redirect: redirect_target(path, &body),
            identity: Bytes::from(body),
            effort: Effort::None,
        }
    }

    /// The same, compressed as quickly as it is worth.
    pub(crate) fn quick(self) -> Self {
        let body = &self.identity;
        Self {
            gzip: smaller(gzip(body), body),
            brotli: smaller(brotli(body, BROTLI_QUALITY), body),
            effort: Effort::Quick,
            ..self
        }
    }

    /// The same, with the smallest brotli that can be had.
    pub(crate) fn whole(&self) -> Self {
        let body = &self.identity;
        let brotli = smaller(brotli(body, BROTLI_QUALITY_QUIET), body);
        Self {
            brotli: brotli.or_else(|| self.brotli.clone()),
            effort: Effort::Whole,
            ..self.clone()
        }
    }

    /// Whether it waits for being compressed at all.
    pub(crate) fn is_plain(&self) -> bool {
        self.effort == Effort::None
    }

    /// Whether it could still be made smaller.
    pub(crate) fn is_quick(&self) -> bool {
        self.effort == Effort::Quick && self.brotli.is_some()
    }

    /// The body in the best coding that the reader takes, and which one that is.
    pub fn body(&self, gzip: bool, brotli: bool) -> (Coding, &Bytes) {
        match (&self.brotli, &self.gzip) {
            (Some(body), _) if brotli => (Coding::Brotli, body),
            (_, Some(body)) if gzip => (Coding::Gzip, body),
            _ => (Coding::Identity, &self.identity),
        }
    }

    /// When a page was rendered, in unix seconds; none where it is no page.
    pub fn issued_s(&self) -> Option<i64> {
        let (head, tail) = issued(&self.identity)?;
        let digits = &self.identity[head.len()..self.identity.len() - tail.len()];
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// How much memory it takes, about.
    pub fn bytes(&self) -> usize {
        let coded = |body: &Option<Bytes>| body.as_ref().map_or(0, Bytes::len);
        self.identity.len() + coded(&self.gzip) + coded(&self.brotli)
    }
}

/// Whether two bodies say the same: equal but for the time of rendering, which pages carry in
/// `meta[name=issued]` and which alone is no reason to publish again.
pub(crate) fn same_but_for_time(one: &[u8], two: &[u8]) -> bool {
    match (issued(one), issued(two)) {
        (Some((head_one, tail_one)), Some((head_two, tail_two))) => {
            head_one == head_two && tail_one == tail_two
        }
        _ => one == two,
    }
}

/// What stands before and after the digits of the time of rendering.
fn issued(body: &[u8]) -> Option<(&[u8], &[u8])> {
    const MARK: &[u8] = b"<meta name=\"issued\" content=\"";
    // The mark stands in the head; looking further would only cost time.
    let head = &body[..body.len().min(4096)];
    let from = head.windows(MARK.len()).position(|window| window == MARK)? + MARK.len();
    let digits = body[from..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    Some((&body[..from], &body[from + digits..]))
}

/// The page that stands at a short link in a folder: it leads on by itself.
///
/// The prefix is for copies of the folder; a server puts its own before what it reads out of this.
pub(crate) fn redirect_page(prefix: &str, target: &str) -> Vec<u8> {
    // Both are paths of ours: nothing in them needs escaping.
    let whole = format!("{prefix}{target}");
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>{target}</title>\
         <link rel=\"canonical\" href=\"{whole}\">\
         <meta http-equiv=\"refresh\" content=\"0;url={whole}\">\
         <a href=\"{whole}\" data-path=\"{target}\">{target}</a>\n"
    )
    .into_bytes()
}

fn redirect_target(path: &PagePath, body: &[u8]) -> Option<String> {
    if !path.as_str().starts_with("/i/") {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("data-path=\"")?;
    rest.split_once('"').map(|(target, _)| target.to_owned())
}

fn tag_of(body: &[u8]) -> String {
    // 128 bits tell any two bodies apart.
    noroshi_domain::hex(&Sha256::digest(body)[..16])
}

fn smaller(coded: Vec<u8>, body: &[u8]) -> Option<Bytes> {
    (body.len() >= COMPRESSED_BYTES_MIN && coded.len() < body.len()).then(|| Bytes::from(coded))
}

fn gzip(body: &[u8]) -> Vec<u8> {
    if body.len() < COMPRESSED_BYTES_MIN {
        return Vec::new();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
    encoder
        .write_all(body)
        .expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail")
}

/// The smallest window that still holds a whole body, up to [`BROTLI_WINDOW`]: the coder clears
/// memory for all of it, and most bodies are small.
fn brotli_window(bytes: usize) -> i32 {
    let bits = usize::BITS - bytes.leading_zeros();
    i32::try_from(bits).map_or(BROTLI_WINDOW, |bits| {
        bits.clamp(BROTLI_WINDOW_MIN, BROTLI_WINDOW)
    })
}

fn brotli(body: &[u8], quality: i32) -> Vec<u8> {
    if body.len() < COMPRESSED_BYTES_MIN {
        return Vec::new();
    }
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: brotli_window(body.len()),
        size_hint: body.len(),
        ..Default::default()
    };
    let mut coded = Vec::new();
    brotli::BrotliCompress(&mut &*body, &mut coded, &parameters)
        .expect("writing to memory does not fail");
    coded
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn path(text: &str) -> PagePath {
        PagePath::parse(text).unwrap()
    }

    fn unbrotlied(asset: &Asset) -> Vec<u8> {
        let mut body = Vec::new();
        brotli::BrotliDecompress(&mut &asset.brotli.as_ref().unwrap()[..], &mut body).unwrap();
        body
    }

    #[test]
    fn four_codings_unpack_to_one_body() {
        let body: Vec<u8> = (0..400)
            .flat_map(|nth| {
                format!("system {} is operational, ", nth * 7_919 % 10_007).into_bytes()
            })
            .collect();
        let plain = Asset::plain(&path("/"), body.clone());
        assert_eq!(plain.body(true, true), (Coding::Identity, &plain.identity));
        assert!(plain.is_plain());
        let asset = plain.quick();
        let mut gunzipped = Vec::new();
        flate2::read::GzDecoder::new(&asset.gzip.as_ref().unwrap()[..])
            .read_to_end(&mut gunzipped)
            .unwrap();
        let whole = asset.whole();
        assert_eq!(asset.identity, body);
        assert_eq!(gunzipped, body);
        assert_eq!(unbrotlied(&asset), body);
        assert_eq!(unbrotlied(&whole), body);
        assert!(whole.brotli.as_ref().unwrap().len() < asset.brotli.as_ref().unwrap().len());
        assert_eq!((asset.is_quick(), whole.is_quick()), (true, false));
        assert_eq!(asset.tag, whole.tag);
        assert_eq!(asset.body(true, true).0, Coding::Brotli);
        assert_eq!(asset.body(true, false).0, Coding::Gzip);
        assert_eq!(asset.body(false, false).0, Coding::Identity);
    }

    #[test]
    fn a_small_body_is_sent_as_it_is() {
        let asset = Asset::new(&path("/beat.json"), b"{}".to_vec());
        assert_eq!(asset.body(true, true), (Coding::Identity, &asset.identity));
    }

    #[test]
    fn the_time_of_rendering_alone_is_no_difference() {
        let page = |issued: &str, text: &str| {
            format!("<head><meta name=\"issued\" content=\"{issued}\"></head>{text}").into_bytes()
        };
        assert!(same_but_for_time(&page("1", "a"), &page("234", "a")));
        assert!(!same_but_for_time(&page("1", "a"), &page("1", "b")));
        assert!(!same_but_for_time(b"one", b"two"));
        let issued_s = |body: Vec<u8>| Asset::new(&path("/"), body).issued_s();
        assert_eq!(issued_s(page("234", "a")), Some(234));
        assert_eq!(issued_s(b"one".to_vec()), None);
    }

    #[test]
    fn a_short_link_leads_where_its_page_says() {
        let page = redirect_page("/acme", "/incidents/abc");
        assert_eq!(
            Asset::new(&path("/i/x1"), page.clone()).redirect.as_deref(),
            Some("/incidents/abc")
        );
        assert_eq!(Asset::new(&path("/history"), page).redirect, None);
    }
}
