//! What a plain request for a published file asks for, read without keeping anything of it.
//!
//! Only what almost every reader sends is understood: `GET` or `HEAD`, HTTP/1.1, a path, one host,
//! no body and nothing to agree on. All else is left to hyper, with the bytes as they came.

use std::mem::MaybeUninit;

use httparse::{Header, Status};

use crate::limits::{Limits, SHORT_HEADERS};

/// Room for the lines of a header.
type Room<'b> = [MaybeUninit<Header<'b>>; SHORT_HEADERS];

/// A request for a published file.
#[derive(Debug)]
pub(crate) struct Asked<'h, 'b> {
    pub(crate) is_head: bool,
    /// The connection is to end after the answer.
    pub(crate) is_last: bool,
    pub(crate) path: &'b str,
    pub(crate) host: &'b str,
    /// Bytes of the request; what follows them is the next one.
    pub(crate) length: usize,
    headers: &'h [Header<'b>],
}

/// What stands at the front of the bytes that came.
#[derive(Debug)]
pub(crate) enum Read<'h, 'b> {
    /// A request for a published file, it may be.
    Whole(Asked<'h, 'b>),
    /// The beginning of a header.
    Part,
    /// Something else.
    Other,
}

/// Reads the first request of some bytes.
pub(crate) fn read<'h, 'b>(
    bytes: &'b [u8],
    limits: &Limits,
    room: &'h mut Room<'b>,
) -> Read<'h, 'b> {
    // The parser would leave these away, again and again while more of them come.
    if matches!(bytes.first(), Some(b'\r' | b'\n')) {
        return Read::Other;
    }
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(bytes, room);
    let length = match parsed {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Read::Part,
        Err(_) => return Read::Other,
    };
    let is_head = match request.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Read::Other,
    };
    let headers: &'h [Header<'b>] = request.headers;
    // A query chooses or makes something: that is not looked up by its path alone.
    let path = request
        .path
        .filter(|path| path.starts_with('/') && !path.contains('?'));
    let (Some(path), Some(1)) = (path, request.version) else {
        return Read::Other;
    };
    if path.len() > limits.uri_bytes || headers.len() > limits.header_count {
        return Read::Other;
    }
    let Some((host, is_last)) = agreed(headers) else {
        return Read::Other;
    };
    Read::Whole(Asked {
        is_head,
        is_last,
        path,
        host,
        length,
        headers,
    })
}

/// The one host, and whether the connection ends; `None` where a header asks for more than a file.
fn agreed<'b>(headers: &[Header<'b>]) -> Option<(&'b str, bool)> {
    let (mut host, mut is_last) = (None, false);
    for header in headers {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        match header.name.len() {
            4 if is("host") && host.is_none() => host = Some(text(header)?),
            4 if is("host") => return None,
            10 if is("connection") => {
                let value = text(header)?;
                if value.eq_ignore_ascii_case("close") {
                    is_last = true;
                } else if !value.eq_ignore_ascii_case("keep-alive") {
                    return None;
                }
            }
            6 if is("expect") => return None,
            7 if is("upgrade") => return None,
            14 if is("content-length") => return None,
            17 if is("transfer-encoding") => return None,
            // Read later, and only as text.
            13 if is("if-none-match") => drop(text(header)?),
            15 if is("accept-encoding") || is("accept-language") => drop(text(header)?),
            _ => {}
        }
    }
    host.map(|host| (host, is_last))
}

/// A header's value where it is of visible ASCII, as everything is that is read here.
fn text<'b>(header: &Header<'b>) -> Option<&'b str> {
    let is_visible = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    let value = header.value;
    value.iter().all(is_visible).then_some(value)?;
    std::str::from_utf8(value).ok()
}

impl<'b> Asked<'_, 'b> {
    /// The values of a header, in their order; the name in lower case.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'b str> {
        let named = move |header: &&Header<'b>| header.name.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).filter_map(text)
    }
}
