//! Heads of answers, written once for each published file and way of asking.
//!
//! A head is what [`published`] says, as bytes: one truth for both ways an answer can go. It stays
//! while the snapshot stays it was made from.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE};
use http::{Response, StatusCode};
use hyper::body::Body as _;
use noroshi_domain::{Locale, SECOND_US};
use noroshi_publish::path::{PagePath, split_locale};
use noroshi_publish::{Asset, Coding, PageSet, Snapshot};

use crate::answer::{Body, Wanted, class_of, date_text, published};
use crate::asked::Asked;
use crate::conditions::{Codings, host_name, is_named, preferred};
use crate::find::{Found, page_of};
use crate::limits::HEADS_KEPT;
use crate::paths;
use crate::surface::Inner;

/// Says that the connection ends, and ends the head.
const LAST: &[u8] = b"\r\nconnection: close\r\n\r\n";
/// Ends the head.
const ON: &[u8] = b"\r\n\r\n";

/// Heads of one snapshot.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    of: Weak<Snapshot>,
    ready: HashMap<(usize, u8), Head>,
    date_s: i64,
    date: String,
    /// The head that goes out now.
    out: Vec<u8>,
}

/// A head up to its date.
#[derive(Debug)]
struct Head {
    /// Whose it is: while this is here, no other file can have its place in memory.
    asset: Weak<Asset>,
    status: StatusCode,
    has_body: bool,
    bytes: Box<[u8]>,
}

/// A file, and how it is wanted.
struct Chosen<'a> {
    asset: &'a Arc<Asset>,
    set: &'a Arc<PageSet>,
    prefix: &'a str,
    path: &'a str,
    locales: (Option<Locale>, Locale),
    is_negotiated: bool,
    wanted: Wanted,
    coding: Coding,
    body: &'a Bytes,
}

impl Heads {
    /// Hands head and body of an answer over to be sent; `None` where nothing is published that
    /// could be answered without more ado.
    pub(crate) fn answer<R>(
        &mut self,
        inner: &Inner,
        (asked, is_last): (&Asked<'_, '_>, bool),
        send: impl FnOnce(&[u8], &Bytes) -> R,
    ) -> Option<R> {
        let snapshot = inner.published.look();
        let mut remembered = None;
        let chosen = choose(inner, &snapshot, asked, &mut remembered)?;
        if !std::ptr::eq(self.of.as_ptr(), Arc::as_ptr(&snapshot)) {
            self.ready.clear();
            self.of = Arc::downgrade(&snapshot);
        }
        self.note_date(inner);
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let head = self.head(inner, &chosen);
        let (status, has_body) = (head.status, head.has_body && !asked.is_head);
        out.extend_from_slice(&head.bytes);
        out.extend_from_slice(self.date.as_bytes());
        out.extend_from_slice(if is_last { LAST } else { ON });
        inner.metrics.answered(class_of(chosen.asset), status);
        let none = Bytes::new();
        let outcome = send(&out, if has_body { chosen.body } else { &none });
        self.out = out;
        Some(outcome)
    }

    /// The date as it is sent, written once a second.
    fn note_date(&mut self, inner: &Inner) {
        let now = (inner.now)();
        let second = now.micros().div_euclid(SECOND_US);
        if second != self.date_s || self.date.is_empty() {
            (self.date_s, self.date) = (second, date_text(now));
        }
    }

    fn head(&mut self, inner: &Inner, chosen: &Chosen<'_>) -> &Head {
        let way = chosen.coding as u8
            | u8::from(chosen.wanted.is_known) << 2
            | u8::from(chosen.is_negotiated) << 3;
        let place = Arc::as_ptr(chosen.asset);
        let key = (place.addr(), way);
        if self.ready.len() >= HEADS_KEPT && !self.ready.contains_key(&key) {
            self.ready.clear();
        }
        let make = || Head::of(inner, chosen);
        let head = self.ready.entry(key).or_insert_with(make);
        if !std::ptr::eq(head.asset.as_ptr(), place) {
            *head = make();
        }
        head
    }
}

/// What stands where a reader asks, in memory.
fn choose<'a>(
    inner: &Inner,
    snapshot: &'a Snapshot,
    asked: &Asked<'_, 'a>,
    remembered: &'a mut Option<Arc<Asset>>,
) -> Option<Chosen<'a>> {
    let host = host_name(asked.host);
    if snapshot.moved(&host, asked.path).is_some() {
        return None;
    }
    let (set, prefix, whole) = page_of(snapshot, &host, asked.path)?;
    let (path_locale, path) = split_locale(whole);
    let has = |locale: Locale| set.site.locales.contains(&locale);
    if path_locale.is_some_and(|locale| !has(locale)) || path == paths::EVENTS {
        return None;
    }
    let path = paths::alias(path);
    let by_header = || preferred(asked.values("accept-language").next(), &set.site);
    let locale = path_locale.unwrap_or_else(by_header);
    let asset = if let Some(asset) = set.live_at(path, locale) {
        asset
    } else {
        let path = PagePath::parse(path)?;
        let published = &inner.published;
        remembered.insert(published.remembered(&set.site, &path, locale)?)
    };
    // Where a short link leads is no matter of its file alone.
    if asset.redirect.is_some() {
        return None;
    }
    let codings = Codings::named(asked.values("accept-encoding"));
    let is_known = is_named(asked.values("if-none-match"), &asset.tag);
    let (coding, body) = asset.body(codings.gzip, codings.brotli);
    Some(Chosen {
        asset,
        set,
        prefix,
        path,
        locales: (path_locale, locale),
        is_negotiated: path_locale.is_none(),
        wanted: Wanted { codings, is_known },
        coding,
        body,
    })
}

impl Head {
    fn of(inner: &Inner, chosen: &Chosen<'_>) -> Self {
        let found = Found {
            set: Arc::clone(chosen.set),
            prefix: chosen.prefix.to_owned(),
            path: chosen.path.to_owned(),
            path_locale: chosen.locales.0,
            locale: chosen.locales.1,
            is_negotiated: chosen.is_negotiated,
        };
        let response = published(chosen.asset, &found, chosen.wanted, &inner.now);
        Self {
            asset: Arc::downgrade(chosen.asset),
            status: response.status(),
            has_body: !response.body().is_end_stream(),
            bytes: written(response).into_boxed_slice(),
        }
    }
}

/// An answer's head as it goes over the wire, up to where the date comes.
fn written(mut response: Response<Body>) -> Vec<u8> {
    let status = response.status();
    // It is told anew with each answer, of the same clock.
    response.headers_mut().remove(DATE);
    if status != StatusCode::NOT_MODIFIED {
        let length = response.body().size_hint().exact().unwrap_or_default();
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"date: ");
    bytes
}
