//! Several pages in one installation: each under its own name, and nothing of one on another.

use noroshi_server::Limits;

use crate::kit::{Server, site};

fn three() -> Server {
    Server::start(
        Limits::default(),
        &[
            site("one", &["one.example", "www.one.example"], None),
            site("two", &["two.example"], Some("/two")),
            site("three", &[], Some("/three")),
        ],
    )
}

#[test]
fn each_host_and_each_prefix_answers_with_its_page() {
    let server = three();
    for (host, path, start) in [
        ("one.example", "/", "[one / en]"),
        ("WWW.One.Example:8443", "/", "[one / en]"),
        ("two.example", "/", "[two / en]"),
        ("two.example", "/two/history", "[two /history en]"),
        ("any.example", "/two", "[two / en]"),
        ("any.example", "/two/", "[two / en]"),
        ("any.example", "/two/ja/history", "[two /history ja]"),
        (
            "any.example",
            "/three/api/v2/status.json",
            "[three /api/v2/status.json any]",
        ),
    ] {
        let answer = server.ask(&format!("GET {path}"), &[&format!("host: {host}")]);
        assert_eq!(answer.status, 200, "{host}{path}");
        assert!(
            answer.text().starts_with(start),
            "{host}{path}: {}",
            answer.text()
        );
    }
}

#[test]
fn nothing_of_one_page_shows_on_another() {
    let server = three();
    let paths = [
        "/",
        "/history",
        "/three",
        "/three/",
        "/three/history",
        "/ja/",
        "/nothing",
        "/incidents/inc1",
        "/incidents/inc1.json",
        "/beat.json",
        "/three/beat.json",
        "/404.html",
        "//three/",
        "/two",
    ];
    for path in paths {
        for (host, own) in [("one.example", "one"), ("two.example", "two")] {
            let answer = server.ask(&format!("GET {path}"), &[&format!("host: {host}")]);
            for other in ["one", "two", "three"]
                .iter()
                .filter(|other| **other != own)
            {
                let text = answer.text();
                assert!(
                    !text.contains(&format!("[{other} ")),
                    "{host}{path} shows {other}"
                );
            }
        }
    }
    for (path, location) in [
        ("/three/history/", "/three/history"),
        ("/three/incidents", "/three/history"),
    ] {
        assert_eq!(server.get(path).header("location"), location);
    }
}

#[test]
fn a_name_that_nobody_claimed_is_answered_by_the_page_made_first() {
    let server = three();
    for (path, status) in [("/", 200), ("/history", 200), ("/threes", 404)] {
        let answer = server.ask(&format!("GET {path}"), &["host: unknown.example"]);
        assert_eq!(answer.status, status, "{path}");
        let text = answer.text();
        assert!(text.contains("[two "), "{text}");
        assert!(
            !text.contains("[one ") && !text.contains("[three "),
            "{text}"
        );
    }
}

#[test]
fn a_name_is_told_so_where_there_is_no_page_at_all() {
    let server = Server::start(Limits::default(), &[]);
    let answer = server.ask("GET /", &["host: unknown.example"]);
    assert_eq!(answer.status, 404);
    assert!(
        answer.text().contains("unknown.example"),
        "{}",
        answer.text()
    );
}

#[test]
fn one_page_answers_under_every_name() {
    let server = Server::start(Limits::default(), &[site("one", &["one.example"], None)]);
    for host in ["one.example", "10.0.0.1", "unknown.example", "[::1]:8080"] {
        let answer = server.ask("GET /", &[&format!("host: {host}")]);
        assert_eq!(
            (answer.status, &answer.text()[..11]),
            (200, "[one / en][".get(..11).unwrap())
        );
    }
}
