//! For whoever runs the server.

use noroshi_server::routes::{Class, ROUTES};

use crate::kit::Server;

#[test]
fn the_process_says_that_it_lives_and_that_it_can_answer() {
    let server = Server::with_one_page();
    let health = server.get("/healthz");
    assert_eq!((health.status, health.text().as_str()), (200, "ok\n"));
    let ready = server.get("/readyz");
    assert_eq!(ready.status, 200);
    assert_eq!(ready.text(), "{\"pages\":1,\"store\":\"up\"}");
    assert_eq!(
        server.ask("POST /healthz", &["content-length: 0"]).status,
        405
    );
}

#[test]
fn what_is_counted_is_open_metrics_and_only_for_this_machine() {
    let server = Server::with_one_page();
    server.get("/");
    server.get("/beat.json");
    server.get("/nothing");
    let now = noroshi_domain::Instant::parse("2026-03-04T09:59:57.500Z").unwrap();
    server.surface.metrics().follower("publish", now).mark(now);
    let answer = server.get("/metrics");
    let text = answer.text();
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    for line in [
        "noroshi_requests_total{class=\"page\",status=\"2xx\"} 1\n",
        "noroshi_requests_total{class=\"document\",status=\"2xx\"} 1\n",
        "noroshi_requests_total{class=\"refused\",status=\"4xx\"} 1\n",
        "noroshi_published_seq{page=\"acme\"} 7\n",
        "noroshi_follower_age_seconds{follower=\"publish\"} 2.5\n",
        "noroshi_connections 1\n",
        "noroshi_store_up 1\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    let passed_on = server.ask("GET /metrics", &["x-forwarded-for: 192.0.2.1"]);
    assert_eq!(passed_on.status, 404);
}

#[test]
fn every_route_answers_reading_and_refuses_the_rest() {
    let server = Server::with_one_page();
    for route in ROUTES.iter().filter(|route| route.class != Class::Query) {
        let path = route
            .pattern
            .replace("{id}", "inc1")
            .replace("{document}", "status")
            .replace("{code}", "none")
            .replace("{component}", "none")
            .replace("{month}", "2026-01");
        // A stream has no end: its head is asked for.
        let method = if route.class == Class::Stream {
            "HEAD"
        } else {
            "GET"
        };
        let answer = server.ask(&format!("{method} {path}"), &[]);
        assert!(answer.status < 500, "{path}: {}", answer.status);
        let posted = server
            .ask(&format!("POST {path}"), &["content-length: 0"])
            .status;
        assert!(matches!(posted, 404 | 405), "POST {path}: {posted}");
    }
}
