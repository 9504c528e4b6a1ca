//! `/events`: who has a page open is told of its change, in time and not too often.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use noroshi_domain::Locale;
use noroshi_publish::{Made, PagePath, path};
use noroshi_server::Limits;

use crate::kit::{Server, publish, read_answer, site};

/// An open stream, read line by line.
struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Opens one; reads its header.
    fn open(server: &Server, path: &str, more: &str) -> Self {
        let mut stream = server.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n").unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).unwrap(), 0, "closed: {head}");
        }
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(
            head.contains("content-type: text/event-stream\r\n"),
            "{head}"
        );
        assert!(head.contains("cache-control: no-store\r\n"), "{head}");
        Self(reader)
    }

    /// The next chunk of the body; `None` at its end.
    fn said(&mut self) -> Option<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let length = usize::from_str_radix(line.trim_end(), 16).unwrap();
        let mut chunk = vec![0; length + 2];
        self.0.read_exact(&mut chunk).unwrap();
        chunk.truncate(length);
        (length > 0).then(|| String::from_utf8(chunk).unwrap())
    }
}

fn with(limits: Limits) -> Server {
    Server::start(limits, &[site("acme", &[], None)])
}

fn put(server: &Server, path: PagePath, locale: Option<Locale>, body: &str) {
    let body = body.as_bytes().to_vec();
    let made = Made { path, locale, body };
    publish(&server.published, &site("acme", &[], None), vec![made]);
}

fn put_front(server: &Server, body: &str) {
    put(server, path::front(), Some(Locale::En), body);
}

/// The tag that the front page is answered with, without quotes and coding.
fn tag(server: &Server, path: &str) -> String {
    server.get(path).header("etag").trim_matches('"').to_owned()
}

#[test]
fn an_open_page_is_told_which_front_page_is_newest() {
    let pace = Limits {
        event_pace: Duration::ZERO,
        ..Limits::default()
    };
    let server = with(pace);
    let (mut english, mut japanese) = (
        Stream::open(&server, "/events", ""),
        Stream::open(&server, "/ja/events", ""),
    );
    let (first, japanese_tag) = (tag(&server, "/en/"), tag(&server, "/ja/"));
    let event = format!(
        "event: front\nid: {first}\n\
         data: {{\"age_s\":null,\"etag\":\"\\\"{first}\\\"\",\"issued\":null}}\n\n"
    );
    assert_eq!(english.said().unwrap(), event);
    assert!(japanese.said().unwrap().contains(&japanese_tag));
    // What is not the front page is not told; its next change is, with the time of rendering.
    put(
        &server,
        path::history(),
        Some(Locale::En),
        "another history",
    );
    put_front(&server, "<meta name=\"issued\" content=\"1772618390\">new");
    let said = english.said().unwrap();
    assert!(
        said.contains(&format!("id: {}\n", tag(&server, "/en/"))),
        "{said}"
    );
    assert!(said.contains("\"issued\":1772618390"), "{said}");
    assert!(said.contains("\"age_s\":10,"), "{said}");
    // The Japanese front page is as it was: its reader is told nothing until it changes.
    put(&server, path::front(), Some(Locale::Ja), "新しい");
    assert!(japanese.said().unwrap().contains(&tag(&server, "/ja/")));
}

#[test]
fn whoever_comes_back_with_the_newest_tag_is_told_nothing_new() {
    let limits = Limits {
        event_rest: Duration::from_millis(50),
        ..Limits::default()
    };
    let server = with(limits);
    let known = format!("last-event-id: {}\r\n", tag(&server, "/en/"));
    let mut stream = Stream::open(&server, "/events", &known);
    assert_eq!(stream.said().unwrap(), ":\n\n");
    put_front(&server, "new");
    let mut said = stream.said().unwrap();
    while said == ":\n\n" {
        said = stream.said().unwrap();
    }
    assert!(said.starts_with("event: front\n"), "{said}");
}

#[test]
fn many_changes_are_one_event_in_its_time() {
    let pace = Duration::from_millis(300);
    let limits = Limits {
        event_pace: pace,
        ..Limits::default()
    };
    let server = with(limits);
    // Before the first event, so that the second can not seem early however slow this machine is.
    let asked_at = Instant::now();
    let mut stream = Stream::open(&server, "/events", "");
    stream.said().unwrap();
    for number in 0..20 {
        put_front(&server, &format!("front page {number}"));
    }
    let said = stream.said().unwrap();
    assert!(
        asked_at.elapsed() >= pace,
        "told after {:?}",
        asked_at.elapsed()
    );
    assert!(
        said.contains(&tag(&server, "/en/")),
        "not the newest: {said}"
    );
}

#[test]
fn a_stream_outlives_the_idle_time_by_its_comments() {
    let limits = Limits {
        event_rest: Duration::from_millis(40),
        idle_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = with(limits);
    let mut stream = Stream::open(&server, "/events", "");
    stream.said().unwrap();
    for _ in 0..12 {
        assert_eq!(stream.said().as_deref(), Some(":\n\n"));
    }
}

#[test]
fn a_stream_too_many_is_refused_and_pages_are_not() {
    let limits = Limits {
        event_streams: 1,
        ..Limits::default()
    };
    let server = with(limits);
    let mut first = Stream::open(&server, "/events", "");
    first.said().unwrap();
    let answer = server.get("/events");
    assert_eq!((answer.status, answer.header("retry-after")), (503, "2"));
    assert_eq!(server.get("/").status, 200);
    // A stream whose reader went away makes room.
    drop(first);
    let is_taken = || {
        let mut stream = server.connect();
        stream
            .write_all(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        start.ends_with(b"200")
    };
    let end = Instant::now() + Duration::from_secs(10);
    while !is_taken() {
        assert!(Instant::now() < end, "the place stays taken");
    }
}

#[test]
fn a_shutdown_ends_streams_at_their_seam() {
    let mut server = Server::with_one_page();
    let mut stream = Stream::open(&server, "/events", "");
    stream.said().unwrap();
    let began = Instant::now();
    server.stop();
    assert_eq!(stream.said(), None);
    assert!(began.elapsed() < Limits::default().shutdown_time);
}

#[test]
fn a_stream_ends_with_its_connections_time() {
    let limits = Limits {
        connection_time: Duration::from_millis(100),
        ..Limits::default()
    };
    let server = with(limits);
    let mut stream = Stream::open(&server, "/events", "");
    stream.said().unwrap();
    assert_eq!(stream.said(), None);
}

#[test]
fn the_stream_can_be_asked_for_and_not_written_to() {
    let server = Server::with_one_page();
    let mut head = server.connect();
    head.write_all(b"HEAD /events HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut head, true).status, 200);
    assert_eq!(read_answer(&mut head, false).status, 200);
    assert_eq!(server.ask("POST /events", &[]).status, 405);
    assert_eq!(server.ask("OPTIONS /events", &[]).status, 204);
}

#[test]
fn what_never_changes_is_kept_and_the_beat_tells_the_time() {
    let server = Server::with_one_page();
    put(&server, path::script(), None, "script();");
    let answer = server.get(path::script().as_str());
    assert_eq!(answer.text(), "script();");
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        answer.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    // The clock that wrote the beat, which tests drive, and not the machine's.
    assert_eq!(
        server.get("/beat.json").header("date"),
        "Wed, 04 Mar 2026 10:00:00 GMT"
    );
}
