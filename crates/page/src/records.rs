//! The public record of a page: its beat, and its journal as anyone may read it.

use std::fmt::Write;

use noroshi_domain::{Audience, Entry, Instant, PageId};
use serde::Serialize;

use crate::api_v2::bytes;
use crate::view::View;
use crate::words;

#[derive(Serialize)]
struct Beat<'v, H> {
    page: &'v str,
    seq: i64,
    head: &'v H,
    at: String,
    next_at: String,
}

/// `/beat.json`: where the page's journal ends (signed by the caller), when this was written, and
/// when the next beat is due.
pub fn beat<H: Serialize>(view: &View<'_>, head: &H, next_at: Instant) -> Vec<u8> {
    bytes(&Beat {
        page: view.page().id.as_str(),
        seq: view.head().seq,
        head,
        at: words::iso(view, view.now()),
        next_at: words::iso(view, next_at),
    })
}

/// `/journal.json?after=N`: every header, salt and payload of public entries only.
///
/// Headers and payloads stand as they were hashed. `next` is the `after` of what follows; it is
/// null where these entries reach the end, `head_seq`.
pub fn journal_json(page: &PageId, entries: &[Entry], head_seq: i64) -> Vec<u8> {
    let mut json = format!("{{\"page\":\"{page}\",\"seq\":{head_seq},\"entries\":[");
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write_entry(&mut json, entry).expect("writing to memory does not fail");
    }
    let last = entries.last().map(|entry| entry.header.seq);
    let next = last
        .filter(|seq| *seq < head_seq)
        .map_or_else(|| "null".to_owned(), |seq| seq.to_string());
    write!(json, "],\"next\":{next}}}").expect("writing to memory does not fail");
    json.into_bytes()
}

fn write_entry(json: &mut String, entry: &Entry) -> std::fmt::Result {
    write!(
        json,
        "{{\"header\":{},\"audience\":\"{}\"",
        entry.header_json,
        entry.audience.as_str()
    )?;
    if entry.audience == Audience::Public
        && let (Some(salt), Some(payload)) = (&entry.salt, &entry.payload_json)
    {
        write!(json, ",\"salt\":\"{salt}\",\"payload\":{payload}")?;
    }
    json.push('}');
    Ok(())
}
