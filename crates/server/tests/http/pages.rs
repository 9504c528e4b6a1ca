//! Several pages in one installation: each under its own name, and nothing of one on another.

use noroshi_publish::Site;
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

/// Host and path that are asked for, and where the answer leads.
const LED_ON: &[(&str, &str, &str)] = &[
    ("old.example", "/", "https://one.example/"),
    (
        "OLD.example:443",
        "/history?q=a%20b",
        "https://one.example/history?q=a%20b",
    ),
    (
        "old.example",
        "/api/v2/status.json",
        "https://one.example/api/v2/status.json",
    ),
    (
        "old.example",
        "/ja/nothing",
        "https://one.example/ja/nothing",
    ),
    (
        "second.example",
        "/two/history",
        "https://two.example/two/history",
    ),
    (
        "second.example",
        "/history",
        "https://two.example/two/history",
    ),
    (
        "any.example",
        "/first/history",
        "https://one.example/history",
    ),
    ("one.example", "/first", "https://one.example/"),
    ("any.example", "/second/ja/", "/two/ja/"),
    ("any.example", "/third//evil.example", "/three/evil.example"),
];

#[test]
fn old_hosts_and_paths_lead_to_where_the_page_is_found_now() {
    let with_old = |site: Site, hosts: &[&str], paths: &[&str]| Site {
        old_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        old_paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        ..site
    };
    let one = site("one", &["one.example", "www.one.example"], None);
    let sites = [
        // What is found under a name now is not led away from it.
        with_old(one, &["old.example", "two.example"], &["/first", "/three"]),
        with_old(
            site("two", &["two.example"], Some("/two")),
            &["second.example"],
            &["/second"],
        ),
        with_old(site("three", &[], Some("/three")), &[], &["/third"]),
    ];
    let server = Server::start(Limits::default(), &sites);
    for (host, path, location) in LED_ON {
        for method in ["GET", "HEAD"] {
            let host = format!("host: {host}");
            let answer = server.ask(&format!("{method} {path}"), &[&host]);
            assert_eq!(
                (answer.status, answer.header("location")),
                (301, *location),
                "{host}{path}"
            );
        }
    }
    for (host, path) in [
        ("one.example", "/"),
        ("two.example", "/"),
        ("any.example", "/three/"),
        ("two.example", "/two"),
    ] {
        let answer = server.ask(&format!("GET {path}"), &[&format!("host: {host}")]);
        assert_eq!(answer.status, 200, "{host}{path}");
    }
    for (host, path) in [("two.example", "/first"), ("any.example", "/firstly")] {
        let answer = server.ask(&format!("GET {path}"), &[&format!("host: {host}")]);
        assert_eq!(answer.status, 404, "{host}{path}");
    }
    let posted = server.ask("POST /", &["host: old.example"]);
    assert_eq!(posted.status, 405);
}
