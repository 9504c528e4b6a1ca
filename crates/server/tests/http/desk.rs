//! The desk: who is let in, how he is refused, and what it takes.

use std::io::Write;

use noroshi_ops::tokens::NewToken;
use noroshi_ops::{App, Caller, Role};
use noroshi_server::Limits;

use crate::kit::{Answer, Server, read_answer};

const CALLER: &str = "/api/noroshi/v1/caller";

fn app(server: &Server) -> &App {
    server.surface.app()
}

fn token(server: &Server, role: Role) -> String {
    let new = NewToken {
        name: "Test".to_owned(),
        role,
        pages: Vec::new(),
        expires_at: None,
    };
    let made = app(server).create_token(&Caller::command_line(), &new);
    made.unwrap().1
}

fn is_guarded(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[test]
fn a_token_is_taken_however_clients_send_it() {
    let server = Server::with_one_page();
    let token = token(&server, Role::Viewer);
    for header in [
        format!("authorization: OAuth {token}"),
        format!("authorization: oauth {token}"),
        format!("authorization: Bearer {token}"),
        format!("authorization: {token}"),
    ] {
        let answer = server.ask(&format!("GET {CALLER}"), &[&header]);
        assert_eq!(answer.status, 200, "{header}");
        assert!(answer.text().contains("\"role\":\"viewer\""));
        is_guarded(&answer);
    }
    let in_query = server.get(&format!("{CALLER}?api_key={token}"));
    assert_eq!(
        in_query.status, 401,
        "only scripts of old put keys in addresses"
    );
    for header in ["authorization: Basic eDp5", "authorization: OAuth", "x: y"] {
        let answer = server.ask(&format!("GET {CALLER}"), &[header]);
        assert_eq!(answer.status, 401, "{header}");
        is_guarded(&answer);
    }
}

#[test]
fn what_stands_in_no_table_is_not_there() {
    let server = Server::with_one_page();
    let token = token(&server, Role::Owner);
    let header = format!("authorization: OAuth {token}");
    for line in [
        format!("DELETE {CALLER}"),
        "GET /api/noroshi/v1/none".to_owned(),
        "GET /v1/none.json".to_owned(),
        "GET /api/v1/none".to_owned(),
        "GET /console/none".to_owned(),
    ] {
        let answer = server.ask(&line, &[&header]);
        assert_eq!(answer.status, 404, "{line}");
        is_guarded(&answer);
    }
    assert_eq!(server.get("/v1").status, 404);
}

#[test]
fn the_desk_takes_bodies_up_to_its_limit_and_keeps_the_connection() {
    let limits = Limits {
        desk_body_bytes: 1_000,
        ..Limits::default()
    };
    let server = Server::start(limits, &[]);
    let mut stream = server.connect();
    for _ in 0..2 {
        let body = "x".repeat(500);
        let request =
            format!("POST {CALLER} HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(read_answer(&mut stream, false).status, 404);
    }
    let long = format!("POST {CALLER}");
    let answer = server.ask(&long, &["content-length: 1001"]);
    assert_eq!(answer.status, 413);
}

#[test]
fn more_than_the_desk_takes_at_once_is_told_to_come_again() {
    let limits = Limits {
        desk_requests: 0,
        ..Limits::default()
    };
    let server = Server::start(limits, &[]);
    let answer = server.get(CALLER);
    assert_eq!(answer.status, 503);
    assert!(!answer.header("retry-after").is_empty());
}
