//! Whatever is asked: no panic, no 500, and the server goes on.

use std::io::{Read, Write};

use proptest::prelude::*;

use crate::kit::{Server, site};

/// The status of an answer to these bytes; none where the server only closed.
fn status(server: &Server, request: &[u8]) -> Option<u16> {
    let mut stream = server.connect();
    drop(stream.write_all(request));
    drop(stream.shutdown(std::net::Shutdown::Write));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let head = String::from_utf8_lossy(&answer).into_owned();
    head.split(' ').nth(1).and_then(|code| code.parse().ok())
}

fn server() -> Server {
    let sites = [
        site("one", &["one.example"], Some("/one")),
        site("two", &[], Some("/two")),
    ];
    Server::start(noroshi_server::Limits::default(), &sites)
}

#[test]
fn no_path_and_no_header_is_answered_with_a_failure() {
    let server = server();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(400));
    let requests = (
        "(GET|HEAD|POST|OPTIONS|get|[A-Z]{1,9})",
        "(/one|/two|)(/(ja|en|i|incidents|history|uptime|api/v2))?(/[!-~]{0,20}){0,3}",
        "(\\?(page|q|component|impact|locale)=[!-~]{0,30})?",
        "(one\\.example|two|\\[::1\\]|:|[!-~]{0,20})",
        "(accept-encoding|accept-language|if-none-match|range|content-length|expect|upgrade)",
        "[ -~]{0,60}",
    );
    runner
        .run(&requests, |(method, path, query, host, name, value)| {
            let request = format!(
                "{method} {path}{query} HTTP/1.1\r\nhost: {host}\r\n{name}: {value}\r\n\r\n"
            );
            let status = status(&server, request.as_bytes());
            prop_assert!(
                status.is_none_or(|code| code < 500 || code == 503),
                "{request}: {status:?}"
            );
            Ok(())
        })
        .unwrap();
    assert_eq!(server.ask("GET /", &["host: one.example"]).status, 200);
}

#[test]
fn no_bytes_stop_the_server() {
    let server = server();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(150));
    runner
        .run(&proptest::collection::vec(any::<u8>(), 0..300), |bytes| {
            let status = status(&server, &bytes);
            prop_assert!(status.is_none_or(|code| code < 500), "{status:?}");
            Ok(())
        })
        .unwrap();
    assert_eq!(server.ask("GET /", &["host: one.example"]).status, 200);
}
