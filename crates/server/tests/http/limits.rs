//! What is too much, too long or too slow is refused, and others are served meanwhile.

use std::io::{Read, Write};
use std::time::Duration;

use noroshi_publish::{Made, path};
use noroshi_server::Limits;

use crate::kit::{Server, is_closed, publish, read_answer, site};

fn with(limits: Limits) -> Server {
    Server::start(limits, &[site("acme", &[], None)])
}

#[test]
fn a_header_that_does_not_end_is_cut_off() {
    let limits = Limits {
        header_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = with(limits);
    let mut silent = server.connect();
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")
        .unwrap();
    assert_eq!(server.get("/").status, 200, "others are served");
    assert!(is_closed(&mut silent));
    assert!(is_closed(&mut slow));
}

#[test]
fn a_connection_on_which_nothing_moves_is_closed() {
    let limits = Limits {
        idle_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = with(limits);
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 200);
    assert!(is_closed(&mut stream));
}

#[test]
fn a_connection_has_an_end() {
    let limits = Limits {
        // Long enough for the first answer on a machine that has much else to do.
        connection_time: Duration::from_secs(2),
        ..Limits::default()
    };
    let server = with(limits);
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 200);
    assert!(is_closed(&mut stream));
}

#[test]
fn a_connection_too_many_is_closed_and_those_before_it_are_served() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let server = with(limits);
    let (mut one, mut two) = (server.connect(), server.connect());
    let ask = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    one.write_all(ask).unwrap();
    two.write_all(ask).unwrap();
    assert_eq!(read_answer(&mut one, false).status, 200);
    assert_eq!(read_answer(&mut two, false).status, 200);
    let mut three = server.connect();
    drop(three.write_all(ask));
    assert!(is_closed(&mut three));
    one.write_all(ask).unwrap();
    assert_eq!(read_answer(&mut one, false).status, 200);
}

#[test]
fn too_large_a_header_is_431() {
    let server = Server::with_one_page();
    let large = format!("x-large: {}", "x".repeat(64 * 1024));
    assert_eq!(raw(&server, &large), 431);
    let many = (0..200)
        .map(|number| format!("x-{number}: 1"))
        .collect::<Vec<_>>()
        .join("\r\n");
    assert_eq!(raw(&server, &many), 431);
    assert_eq!(server.get("/").status, 200);
}

/// Sends headers that may be refused before they end.
fn raw(server: &Server, headers: &str) -> u16 {
    let mut stream = server.connect();
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n");
    drop(stream.write_all(request.as_bytes()));
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    String::from_utf8_lossy(&head[9..12]).parse().unwrap()
}

#[test]
fn too_long_an_address_is_414() {
    let server = Server::with_one_page();
    let answer = server.get(&format!("/?q={}", "x".repeat(9 * 1024)));
    assert_eq!(answer.status, 414);
    assert_eq!(
        server.get(&format!("/?q={}", "x".repeat(7 * 1024))).status,
        200
    );
}

#[test]
fn a_large_body_is_refused_unread() {
    let server = Server::with_one_page();
    let mut stream = server.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10485760\r\n\r\n")
        .unwrap();
    // Not one byte of the body was sent, and the answer is here.
    let answer = read_answer(&mut stream, false);
    assert_eq!((answer.status, answer.header("connection")), (413, "close"));
    let mut chunked = server.connect();
    chunked
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        .unwrap();
    let answer = read_answer(&mut chunked, false);
    assert_eq!((answer.status, answer.header("connection")), (405, "close"));
}

#[test]
fn requests_on_one_connection_are_answered_in_their_order() {
    let server = Server::with_one_page();
    let mut stream = server.connect();
    stream
        .write_all(
            b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET /ja/ HTTP/1.1\r\nhost: x\r\n\r\n\
              HEAD / HTTP/1.1\r\nhost: x\r\n\r\nGET /nothing HTTP/1.1\r\nhost: x\r\n\r\n",
        )
        .unwrap();
    assert!(
        read_answer(&mut stream, false)
            .text()
            .starts_with("[acme / en]")
    );
    assert!(
        read_answer(&mut stream, false)
            .text()
            .starts_with("[acme / ja]")
    );
    assert_eq!(read_answer(&mut stream, true).status, 200);
    assert_eq!(read_answer(&mut stream, false).status, 404);
}

#[test]
fn a_shutdown_lets_an_answer_under_way_finish() {
    let mut server = Server::with_one_page();
    // More than the sockets' buffers take: the answer can not be out before it is read.
    let body = vec![b'x'; 16 * 1024 * 1024];
    let made = Made {
        path: path::beat(),
        locale: None,
        body: body.clone(),
    };
    publish(&server.published, &site("acme", &[], None), vec![made]);
    let mut stream = server.connect();
    stream
        .write_all(b"GET /beat.json HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).unwrap();
    server.shutdown.cancel();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    server.stop();
    assert!(rest.ends_with(&body), "{} bytes came", rest.len());
}

#[test]
fn a_shutdown_takes_no_more_and_ends_what_is_open() {
    let mut server = Server::with_one_page();
    let mut open = server.connect();
    open.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut open, false).status, 200);
    server.stop();
    assert!(is_closed(&mut open));
    assert!(std::net::TcpStream::connect(server.address).is_err());
}
