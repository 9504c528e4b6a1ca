//! An answer is the same whether a request goes the short way or through hyper.
//!
//! A line break before a request is left away by hyper and is not plain enough for the short way:
//! so each request is asked both ways. Which way it went shows in `Date`: the short way tells the
//! test's own time.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use noroshi_publish::path::{self, PagePath};
use noroshi_publish::{Made, Site};
use noroshi_server::Limits;
use proptest::prelude::*;

use crate::kit::{Answer, Server, is_closed, publish, read_answer, site};

/// `Date` by the clock that tests hand to the server.
const OWN_DATE: &str = "Wed, 04 Mar 2026 10:00:00 GMT";

fn sites() -> [Site; 2] {
    [
        site("one", &["one.example"], Some("/one")),
        site("two", &[], Some("/two")),
    ]
}

/// A server with a page that has a short link, an asset and the frame besides.
fn server() -> Server {
    let server = Server::start(Limits::default(), &sites());
    let made = |path: &str, body: &str| Made {
        path: PagePath::parse(path).unwrap(),
        locale: None,
        body: body.as_bytes().to_vec(),
    };
    let link = "<a href=\"/one/incidents/inc1\" data-path=\"/incidents/inc1\">x</a>";
    let more = vec![
        made("/assets/page-1.js", &"let a = 1;".repeat(60)),
        made("/i/short", link),
        made(path::EMBED_FRAME, "<p>frame</p>"),
        made("/empty.txt", ""),
    ];
    publish(&server.published, &sites()[0], more);
    server
}

/// Asked at last, so that the server ends the connection.
const LAST: &str = "GET /beat.json HTTP/1.1\r\nhost: else.example\r\nconnection: close\r\n\r\n";

/// All that comes back to some requests and a last one.
fn said(server: &Server, request: &str) -> Vec<u8> {
    let mut stream = server.connect();
    drop(stream.write_all(format!("{request}{LAST}").as_bytes()));
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes));
    bytes
}

/// The answers in what came back, and what is left over.
fn answers(mut bytes: &[u8], heads: &[bool]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for is_head in heads {
        if bytes.is_empty() {
            break;
        }
        answers.push(read_answer(&mut bytes, *is_head));
    }
    assert!(bytes.is_empty(), "more came than was asked for");
    answers
}

/// Status, headers in their order of name, body; and the date for itself.
type Told = (u16, Vec<(String, String)>, Vec<u8>);

fn told(answer: Answer) -> (Told, String) {
    let mut headers: Vec<_> = answer.headers.into_iter().collect();
    headers.sort();
    let date = headers.iter().position(|(name, _)| name == "date");
    let date = date.map(|place| headers.remove(place).1);
    (
        (answer.status, headers, answer.body),
        date.unwrap_or_default(),
    )
}

/// Asks both ways; gives the answer, and whether the plain request went the short way.
fn both(server: &Server, request: &str) -> (Vec<Told>, bool) {
    let starts = request.split_inclusive("\r\n\r\n");
    let mut heads: Vec<bool> = starts.map(|one| one.starts_with("HEAD")).collect();
    heads.push(false);
    let short = answers(&said(server, request), &heads);
    let hyper = answers(&said(server, &format!("\r\n{request}")), &heads);
    let (short, dates): (Vec<_>, Vec<_>) = short.into_iter().map(told).unzip();
    let hyper: Vec<_> = hyper.into_iter().map(|answer| told(answer).0).collect();
    assert_eq!(short, hyper, "{request:?}");
    (short, dates[0] == OWN_DATE)
}

#[test]
fn every_published_file_is_answered_the_same_both_ways_however_it_is_asked_for() {
    let server = server();
    let paths = [
        "/",
        "/one",
        "/one/",
        "/one/ja/",
        "/one/en/history",
        "/ja",
        "/ja/",
        "/two/history",
        "/api/v2",
        "/api",
        "/api/v2/status.json",
        "/beat.json",
        "/history.atom",
        "/404.html",
        "/incidents/inc1",
        "/incidents/inc1.json",
        "/assets/page-1.js",
        "/empty.txt",
    ];
    let tag = server.ask("GET /", &["host: one.example"]);
    let known = format!("if-none-match: {}", tag.header("etag"));
    let wishes = [
        "",
        "accept-encoding: gzip",
        "accept-encoding: gzip, br",
        "Accept-Encoding: br;q=0, *",
        "accept-language: ja,en;q=0.5",
        "accept-language: fr",
        &known,
        "if-none-match: *",
        "range: bytes=0-10",
        "cookie: \u{e9}",
        "connection: close",
        "connection: keep-alive",
        "if-modified-since: Wed, 04 Mar 2026 10:00:00 GMT",
    ];
    for path in paths {
        for host in [
            "one.example",
            "ONE.example:81",
            "one.example.",
            "else.example",
        ] {
            for wish in wishes {
                for method in ["GET", "HEAD"] {
                    let line = if wish.is_empty() { "" } else { "\r\n" };
                    let request =
                        format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{wish}{line}\r\n");
                    let (told, is_short) = both(&server, &request);
                    // Where nothing is published, hyper says so, and asks not to keep it.
                    let is_published = told[0].0 != 404 || path == "/404.html";
                    assert_eq!(is_short, is_published, "{request:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_not_plain_is_answered_as_hyper_does() {
    let server = server();
    let host = "host: one.example\r\n";
    for request in [
        format!("GET / HTTP/1.0\r\n{host}\r\n"),
        format!("GET / HTTP/1.0\r\nconnection: keep-alive\r\n{host}\r\n"),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\n{host}{host}\r\n"),
        format!("GET http://one.example/ HTTP/1.1\r\n{host}\r\n"),
        format!("GET /?locale=ja HTTP/1.1\r\n{host}\r\n"),
        format!("GET /i/short HTTP/1.1\r\n{host}\r\n"),
        format!("GET /nothing HTTP/1.1\r\n{host}\r\n"),
        format!("GET /healthz HTTP/1.1\r\n{host}\r\n"),
        format!("OPTIONS / HTTP/1.1\r\n{host}\r\n"),
        format!("POST / HTTP/1.1\r\n{host}content-length: 0\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}content-length: 0\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}expect: 100-continue\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}upgrade: h2c\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}connection: upgrade\r\nupgrade: h2c\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}accept-encoding: gzip\u{e9}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host} folded: x\r\n\r\n"),
        format!("GET /\r\n{host}\r\n"),
        format!("GET  / HTTP/1.1\r\n{host}\r\n"),
        format!("GET / HTTP/1.1\r\n{host}no colon\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}bad name: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}x: a\0b\r\n\r\n"),
        format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(9_000)),
        format!("GET / HTTP/1.1\r\n{host}x: {}\r\n\r\n", "x".repeat(9_000)),
        format!("GET / HTTP/1.1\r\n{host}{}\r\n", "x: y\r\n".repeat(70)),
        format!("GET / HTTP/1.1\r\n{host}{}\r\n", "x: y\r\n".repeat(120)),
    ] {
        let head = |bytes: Vec<u8>| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let first = text.split("\r\n\r\n").next().unwrap_or_default();
            assert!(!first.contains(OWN_DATE), "{request:?} went the short way");
            let lines = text.lines().filter(|line| !line.starts_with("date:"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let plain = head(said(&server, &request));
        let hyper = head(said(&server, &format!("\r\n{request}")));
        assert_eq!(plain, hyper, "{request:?}");
    }
}

#[test]
fn requests_that_come_together_or_in_pieces_are_answered_in_their_order() {
    let server = server();
    let host = "host: one.example\r\n";
    let all = format!(
        "GET / HTTP/1.1\r\n{host}\r\nHEAD /ja/ HTTP/1.1\r\n{host}\r\n\
         GET /beat.json HTTP/1.1\r\n{host}\r\nGET /nothing HTTP/1.1\r\n{host}\r\n\
         GET /history HTTP/1.1\r\n{host}\r\nGET / HTTP/1.1\r\nconnection: close\r\n{host}\r\n\
         GET / HTTP/1.1\r\n{host}\r\n"
    );
    let (told, _) = both(&server, &all);
    let statuses: Vec<_> = told.iter().map(|(status, ..)| *status).collect();
    assert_eq!(
        statuses,
        [200, 200, 200, 404, 200, 200],
        "the rest came after the end"
    );
    // The same cut everywhere: a piece comes when the one before was read.
    let plain = &all[..all.find("GET /nothing").unwrap()];
    for cut in 1..plain.len() {
        let mut stream = server.connect();
        stream.write_all(&plain.as_bytes()[..cut]).unwrap();
        let whole = plain[..cut].matches("\r\n\r\n").count();
        let mut seen = Vec::new();
        for nth in 0..3 {
            if nth == whole {
                stream.write_all(&plain.as_bytes()[cut..]).unwrap();
            }
            seen.push(self::told(read_answer(&mut stream, nth == 1)));
        }
        if whole == 3 {
            stream.write_all(&plain.as_bytes()[cut..]).unwrap();
        }
        for (nth, (one, date)) in seen.iter().enumerate() {
            assert_eq!((one, date.as_str()), (&told[nth], OWN_DATE), "cut at {cut}");
        }
    }
}

#[test]
fn a_reader_who_takes_his_time_gets_every_byte_in_order() {
    let server = server();
    let body: Vec<u8> = (0..4_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let made = Made {
        path: path::beat(),
        locale: None,
        body: body.clone(),
    };
    publish(&server.published, &sites()[0], vec![made]);
    let mut stream = server.connect();
    let ask = b"GET /beat.json HTTP/1.1\r\nhost: one.example\r\n\r\n";
    stream.write_all(ask).unwrap();
    // The second request waits behind the first answer, which fills all room there is.
    stream.write_all(ask).unwrap();
    for _ in 0..2 {
        let answer = read_answer(&mut stream, false);
        assert_eq!((answer.status, answer.header("date")), (200, OWN_DATE));
        assert!(answer.body == body, "the body is another");
    }
    assert_eq!(server.ask("GET /", &["host: one.example"]).status, 200);
}

#[test]
fn a_reader_who_takes_nothing_is_cut_off() {
    let limits = Limits {
        idle_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Server::start(limits, &sites());
    let made = Made {
        path: path::beat(),
        locale: None,
        body: vec![b'x'; 16 * 1024 * 1024],
    };
    publish(&server.published, &sites()[0], vec![made]);
    let mut stream = server.connect();
    stream
        .write_all(b"GET /beat.json HTTP/1.1\r\nhost: one.example\r\n\r\n")
        .unwrap();
    let metrics = server.surface.metrics();
    let until = std::time::Instant::now() + Duration::from_secs(20);
    let waits = |is_open: bool| {
        while (metrics.connection_count() > 0) != is_open {
            assert!(
                std::time::Instant::now() < until,
                "still open: {}",
                !is_open
            );
            std::thread::yield_now();
        }
    };
    waits(true);
    waits(false);
    assert!(is_closed(&mut stream));
}

#[test]
fn a_header_that_comes_byte_by_byte_has_the_time_of_one_header() {
    let limits = Limits {
        header_time: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = Server::start(limits, &sites());
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: one.example\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 200);
    // A byte whenever nothing came for a while: it ends by itself all the same.
    let pause = Duration::from_millis(20);
    stream.set_read_timeout(Some(pause)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nx: ").unwrap();
    let is_open = |stream: &mut std::net::TcpStream| {
        let waits = |kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut);
        matches!(stream.read(&mut [0]), Err(error) if waits(error.kind()))
    };
    let mut count = 0;
    while is_open(&mut stream) && stream.write_all(b"x").is_ok() {
        count += 1;
        assert!(count < 500, "it goes on");
    }
    assert!(count > 0, "it was cut off at once");
}

#[test]
fn heads_follow_what_is_published() {
    let server = server();
    let mut stream = server.connect();
    let ask = b"GET /api/v2/status.json HTTP/1.1\r\nhost: one.example\r\n\r\n";
    let mut before = String::new();
    for round in 0..20 {
        let body = format!("{{\"round\":{round}}}").into_bytes();
        let made = Made {
            path: path::api_v2("status"),
            locale: None,
            body: body.clone(),
        };
        publish(&server.published, &sites()[0], vec![made]);
        stream.write_all(ask).unwrap();
        let answer = read_answer(&mut stream, false);
        assert_eq!(answer.body, body);
        assert_eq!(answer.header("content-length"), body.len().to_string());
        assert_ne!(answer.header("etag"), before);
        before = answer.header("etag").to_owned();
    }
}

#[test]
fn heads_follow_what_a_page_allows_though_its_files_stay() {
    let server = server();
    let mut stream = server.connect();
    for style in ["c3R5bGU=", "b3RoZXI="] {
        let mut site = sites()[0].clone();
        site.styles = vec![style.to_owned()];
        publish(&server.published, &site, Vec::new());
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: one.example\r\n\r\n")
            .unwrap();
        let answer = read_answer(&mut stream, false);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains(&format!("'sha256-{style}'")), "{policy}");
    }
}

#[test]
fn what_came_before_hyper_took_over_is_counted_as_what_comes_after() {
    let server = server();
    let mut stream = server.connect();
    for path in ["/", "/nothing", "/"] {
        write!(stream, "GET {path} HTTP/1.1\r\nhost: one.example\r\n\r\n").unwrap();
        read_answer(&mut stream, false);
    }
    let text = server.get("/metrics").text();
    for count in [
        "noroshi_requests_total{class=\"page\",status=\"2xx\"} 2",
        "noroshi_requests_total{class=\"refused\",status=\"4xx\"} 1",
    ] {
        assert!(text.contains(count), "{count} is not in {text}");
    }
}

#[test]
fn whatever_is_asked_is_answered_the_same_both_ways() {
    let server = server();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    let requests = (
        "(GET|GET|HEAD|POST|get)",
        "(/one|/two|)(/(ja|en))?(/|/history|/api/v2/status.json|/[!-~]{0,8})",
        "(one\\.example|two|[!-~]{0,12})",
        "(accept-encoding|accept-language|if-none-match|connection|range|te|expect)",
        "(gzip|br|ja|en;q=0|\\*|close|keep-alive|[ -~]{0,20})(, ?(gzip;q=0|br|ja|close))?",
        "(\r\n\r\n|\n\n|\r\n)",
    );
    runner
        .run(&requests, |(method, path, host, name, value, end)| {
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{name}: {value}{end}");
            let lines = |bytes: Vec<u8>| {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let mut lines: Vec<_> = text
                    .split("\r\n")
                    .filter(|line| !line.starts_with("date: "))
                    .map(str::to_owned)
                    .collect();
                lines.sort();
                lines
            };
            let plain = lines(said(&server, &request));
            let hyper = lines(said(&server, &format!("\r\n{request}")));
            prop_assert_eq!(plain, hyper, "{:?}", request);
            Ok(())
        })
        .unwrap();
}
