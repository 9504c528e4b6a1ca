//! Published paths: status, headers, codings, tags, languages.

use std::io::Read;

use noroshi_publish::Made;
use noroshi_publish::path::PagePath;

use crate::kit::{Server, publish, site};

#[test]
fn a_page_comes_with_everything_that_frames_it() {
    let server = Server::with_one_page();
    let answer = server.get("/");
    assert_eq!(answer.status, 200);
    assert!(answer.text().starts_with("[acme / en]"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("referrer-policy"),
        "strict-origin-when-cross-origin"
    );
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=5, stale-if-error=86400"
    );
    assert_eq!(answer.header("vary"), "accept-encoding, accept-language");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-c3R5bGU='"),
        "{policy}"
    );
    assert!(
        policy.contains("; script-src 'self' 'sha256-") && policy.contains("; connect-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn what_a_reader_has_is_not_sent_again() {
    let server = Server::with_one_page();
    let tag = server.get("/").header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let answer = server.ask("GET /", &[&format!("if-none-match: {known}")]);
        assert_eq!(answer.status, 304, "{known}");
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), tag);
    }
    assert_eq!(
        server.ask("GET /", &["if-none-match: \"other\""]).status,
        200
    );
    assert_eq!(
        server
            .ask("GET /ja/", &[&format!("if-none-match: {tag}")])
            .status,
        200
    );
}

#[test]
fn a_head_is_a_get_without_its_body() {
    let server = Server::with_one_page();
    for path in ["/", "/api/v2/status.json", "/nothing"] {
        let (get, head) = (server.get(path), server.ask(&format!("HEAD {path}"), &[]));
        assert_eq!(head.status, get.status);
        assert_eq!(head.header("content-length"), get.body.len().to_string());
        assert_eq!(head.header("etag"), get.header("etag"));
        assert!(head.body.is_empty());
    }
}

#[test]
fn a_body_is_coded_as_the_reader_takes_it_and_each_coding_has_its_tag() {
    let server = Server::with_one_page();
    let whole = server.get("/").body;
    let mut tags = vec![server.get("/").header("etag").to_owned()];
    for (accepted, coding) in [
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("br;q=0, gzip", "gzip"),
    ] {
        let answer = server.ask("GET /", &[&format!("accept-encoding: {accepted}")]);
        assert_eq!(answer.header("content-encoding"), coding);
        assert!(answer.body.len() < whole.len() / 2);
        tags.push(answer.header("etag").to_owned());
        if coding == "gzip" {
            let mut body = Vec::new();
            flate2::read::GzDecoder::new(&answer.body[..])
                .read_to_end(&mut body)
                .unwrap();
            assert_eq!(body, whole);
        }
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "one for each coding: {tags:?}");
}

#[test]
fn the_language_is_the_query_s_then_the_path_s_then_the_browser_s_then_the_page_s() {
    let server = Server::with_one_page();
    let japanese = "accept-language: ja, en;q=0.5";
    let cases: [(&str, &[&str], &str, bool); 9] = [
        ("/", &[], "[acme / en]", true),
        ("/", &[japanese], "[acme / ja]", true),
        ("/?locale=en", &[japanese], "[acme / en]", false),
        ("/?locale=ja", &[], "[acme / ja]", false),
        ("/ja/", &[], "[acme / ja]", false),
        ("/ja/?locale=en", &[], "[acme / en]", false),
        ("/en/history", &[japanese], "[acme /history en]", false),
        ("/?locale=fr", &["accept-language: fr"], "[acme / en]", true),
        (
            "/history.atom",
            &[japanese],
            "[acme /history.atom ja]",
            true,
        ),
    ];
    for (path, headers, start, varies) in cases {
        let answer = server.ask(&format!("GET {path}"), headers);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.text().starts_with(start),
            "{path}: {}",
            answer.text()
        );
        assert_eq!(
            answer.header("vary").contains("accept-language"),
            varies,
            "{path}"
        );
    }
    let document = server.ask("GET /api/v2/status.json", &[japanese]);
    assert_eq!(document.header("vary"), "accept-encoding");
}

#[test]
fn other_sites_may_read_documents_and_feeds_but_not_pages() {
    let server = Server::with_one_page();
    for (path, kind) in [
        ("/api/v2/status.json", "application/json; charset=utf-8"),
        ("/history.atom", "application/atom+xml; charset=utf-8"),
        ("/beat.json", "application/json; charset=utf-8"),
        ("/incidents/inc1.json", "application/json; charset=utf-8"),
    ] {
        let answer = server.ask(
            &format!("GET {path}"),
            &["origin: https://elsewhere.example"],
        );
        assert_eq!((answer.status, answer.header("content-type")), (200, kind));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let preflight = server.ask(&format!("OPTIONS {path}"), &[]);
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-origin"), "*");
        assert_eq!(
            preflight.header("access-control-allow-methods"),
            "GET, HEAD, OPTIONS"
        );
    }
    let page = server.ask("OPTIONS /", &[]);
    assert_eq!(
        (page.status, page.header("allow")),
        (204, "GET, HEAD, OPTIONS")
    );
    assert_eq!(page.header("access-control-allow-origin"), "");
}

#[test]
fn where_nothing_is_the_page_says_so_itself_and_programs_get_json() {
    let server = Server::with_one_page();
    let page = server.ask("GET /nothing", &["accept-language: ja"]);
    assert_eq!(page.status, 404);
    assert!(page.text().starts_with("[acme /404.html ja]"));
    assert!(page.header("content-security-policy").contains("sha256-"));
    for path in [
        "/nothing.json",
        "/api/v2/nothing.json",
        "/incidents/none.json",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404);
        assert_eq!(
            answer.header("content-type"),
            "application/json; charset=utf-8"
        );
        assert!(answer.text().contains("\"not_found\""));
    }
    for path in [
        "/404.html",
        "/.site.json",
        "/../acme/.site.json",
        "/%2e%2e/x",
        "/a%00b",
        "/fr/",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn only_reading_is_answered() {
    let server = Server::with_one_page();
    for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
        let answer = server.ask(&format!("{method} /"), &["content-length: 0"]);
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
    }
    // Forms of subscribing are taken where there is a record to keep them in.
    let answer = server.ask("POST /subscriptions/new-email", &["content-length: 0"]);
    assert_eq!(answer.status, 503);
    let answer = server.ask("DELETE /subscribe", &["content-length: 0"]);
    assert_eq!(answer.status, 405);
}

#[test]
fn addresses_with_a_slash_too_many_lead_to_the_page() {
    let server = Server::with_one_page();
    for (path, location) in [
        ("/history/", "/history"),
        ("/ja/history/", "/ja/history"),
        ("/incidents", "/history"),
        ("/history/?utm=1", "/history?utm=1"),
    ] {
        let answer = server.get(path);
        assert_eq!(
            (answer.status, answer.header("location")),
            (301, location),
            "{path}"
        );
    }
    for path in [
        "//elsewhere.example/",
        "//elsewhere.example/history/",
        "/nothing/",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert!(server.get("/api/v2").text().starts_with("[acme /api en]"));
}

#[test]
fn a_short_link_leads_to_its_incident() {
    let server = Server::with_one_page();
    let body = "<a href=\"/incidents/inc1\" data-path=\"/incidents/inc1\">";
    let path = PagePath::parse("/i/r5kt").unwrap();
    let made = Made {
        path,
        locale: None,
        body: body.as_bytes().to_vec(),
    };
    publish(&server.published, &site("acme", &[], None), vec![made]);
    let answer = server.get("/i/r5kt");
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, "/incidents/inc1")
    );
}

#[test]
fn a_change_is_seen_at_once_and_leaves_the_rest_as_it_was() {
    let server = Server::with_one_page();
    let (front, history) = (server.get("/"), server.get("/history"));
    let made = Made {
        path: PagePath::parse("/").unwrap(),
        locale: Some(noroshi_domain::Locale::En),
        body: b"an incident".to_vec(),
    };
    publish(&server.published, &site("acme", &[], None), vec![made]);
    let after = server.get("/");
    assert_eq!(after.text(), "an incident");
    assert_ne!(after.header("etag"), front.header("etag"));
    assert_eq!(
        server.get("/history").header("etag"),
        history.header("etag")
    );
}

#[test]
fn what_an_earlier_run_published_is_served_before_anything_is_made() {
    let mut server = Server::with_one_page();
    let before = server.get("/ja/history");
    server.stop();
    let again = noroshi_publish::Published::open(&server.folder()).unwrap();
    let snapshot = again.snapshot();
    let set = snapshot.first().unwrap();
    assert!(set.entries.is_empty(), "nothing was made yet");
    let path = PagePath::parse("/history").unwrap();
    let asset = again
        .archived(&set.site, &path, noroshi_domain::Locale::Ja)
        .unwrap()
        .unwrap();
    assert_eq!(before.header("etag"), format!("\"{}\"", asset.tag));
}

#[test]
fn a_file_that_is_only_in_the_folder_is_served_too() {
    let server = Server::with_one_page();
    let path = PagePath::parse("/incidents/old1").unwrap();
    let own = site("acme", &[], None);
    let made = Made {
        path,
        locale: Some(noroshi_domain::Locale::En),
        body: b"old".to_vec(),
    };
    publish(&server.published, &own, vec![made]);
    // The next edition's live set is without it: it has grown old.
    let edition = noroshi_publish::Edition {
        site: own,
        state: None,
        made_at: None,
        live: Some(std::iter::once(PagePath::parse("/").unwrap()).collect()),
        gone: Vec::new(),
    };
    server.published.publish(edition, Vec::new()).unwrap();
    assert_eq!(server.get("/incidents/old1").text(), "old");
    assert_eq!(server.get("/incidents/old1").text(), "old");
    assert_eq!(
        server.get("/history").status,
        404,
        "no archive: it went with the live set"
    );
}
