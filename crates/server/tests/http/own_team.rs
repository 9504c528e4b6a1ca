//! People and tokens by the own API: the rules of the console's screens hold, secrets are answered
//! once, and the audit tells.

use std::sync::Arc;

use noroshi_domain::{Locale, PageId};
use noroshi_ops::tokens::NewToken;
use noroshi_ops::users::NewUser;
use noroshi_ops::{Access, App, Caller, Chance, Role, SystemClock};
use noroshi_publish::Published;
use noroshi_server::{Limits, Surface};
use noroshi_store::testkit::{Database, engines};
use serde_json::{Value, json};

use crate::kit::{Answer, Server};
use crate::own::{create_page, send_to};

/// A server on one engine, with a page and the owner Ada.
struct Team {
    server: Server,
    page: PageId,
    _database: Database,
}

impl Team {
    fn on(database: Database) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let published = Published::open(&directory.path().join("published")).unwrap();
        let app = App::new(database.open(), Arc::new(SystemClock), Chance::System);
        let surface = Surface::new(Arc::new(published), app, Limits::default());
        let server = Server::listen(directory, surface, None);
        let page = create_page(&server, "here");
        let team = Self {
            server,
            page,
            _database: database,
        };
        let new = NewUser {
            email: "ada@example.com".to_owned(),
            name: "Ada".to_owned(),
            locale: Locale::En,
            password: Some("correct horse battery".to_owned()),
            access: Access::everywhere(Role::Owner),
        };
        team.app()
            .create_user(&Caller::command_line(), &new)
            .unwrap();
        team
    }

    fn app(&self) -> &App {
        self.server.surface.app()
    }

    /// Somebody who asks with a token of a role on some pages, or on everything.
    fn token(&self, role: Role, pages: &[&PageId]) -> Asker<'_> {
        let new = NewToken {
            name: format!("{role:?}"),
            role,
            pages: pages.iter().map(|page| (*page).clone()).collect(),
            expires_at: None,
        };
        let made = self.app().create_token(&Caller::command_line(), &new);
        Asker {
            server: &self.server,
            token: made.unwrap().1,
        }
    }
}

struct Asker<'a> {
    server: &'a Server,
    token: String,
}

impl Asker<'_> {
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        send_to(self.server, (&self.token, method, path), body, &[])
    }

    fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let answer = self.send(method, path, body);
        let is_done = (200..300).contains(&answer.status);
        assert!(
            is_done,
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
        if answer.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn status(&self, method: &str, path: &str, body: Option<&Value>) -> u16 {
        self.send(method, path, body).status
    }
}

#[test]
fn a_token_is_made_answered_once_and_revoked() {
    for engine in engines() {
        let team = Team::on(engine.database());
        let owner = team.token(Role::Owner, &[]);
        let new = json!({
            "name": "Deploy",
            "role": "editor",
            "pages": ["here"],
            "expires_at": "2099-01-01T00:00:00+09:00",
        });
        let far = owner.send("POST", "/tokens", Some(&new));
        assert_eq!(far.status, 422, "{}", far.text());
        let new = json!({ "name": "Deploy", "role": "editor", "pages": ["here"] });
        let made = owner.send("POST", "/tokens", Some(&new));
        assert_eq!(made.status, 201);
        assert_eq!(made.header("cache-control"), "no-store");
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        let (code, secret) = (
            made["id"].as_str().unwrap(),
            made["token"].as_str().unwrap(),
        );
        let deploy = Asker {
            server: &team.server,
            token: secret.to_owned(),
        };
        assert_eq!(deploy.status("GET", "/caller", None), 200);
        let listed = owner.ok("GET", "/tokens", None);
        assert!(!listed.to_string().contains(&secret[..60]), "{listed}");
        let row = &listed[1];
        assert_eq!(row["id"], code);
        assert_eq!(row["pages"], json!({ "here": "editor" }));
        assert_eq!(row["role"], Value::Null);
        assert_eq!(row["state"], "valid");
        assert!(secret.ends_with(row["ending"].as_str().unwrap()));
        assert!(row["created_at"].as_str().unwrap().ends_with('Z'), "{row}");

        let path = format!("/tokens/{code}");
        assert_eq!(deploy.status("DELETE", &path, None), 403);
        owner.ok("DELETE", &path, None);
        owner.ok("DELETE", &path, None);
        assert_eq!(deploy.status("GET", "/caller", None), 401);
        assert_eq!(owner.ok("GET", "/tokens", None)[1]["state"], "revoked");
        assert_eq!(owner.status("DELETE", "/tokens/none", None), 404);
        let acts = acts(team.app());
        assert!(acts.contains(&"token_created".to_owned()), "{acts:?}");
        assert_eq!(acts.iter().filter(|act| *act == "token_revoked").count(), 1);
    }
}

/// What was done, the newest first.
fn acts(app: &App) -> Vec<String> {
    let rows = app.store().audit(None, None, 100).unwrap();
    rows.into_iter().map(|row| row.action).collect()
}

#[test]
fn nobody_gives_more_than_he_has_nor_where_he_has_nothing() {
    for engine in engines() {
        let team = Team::on(engine.database());
        let other = create_page(&team.server, "other");
        let admin = team.token(Role::Admin, &[]);
        let here = team.token(Role::Admin, &[&team.page]);
        let responder = team.token(Role::Responder, &[]);
        let token =
            |role: &str, pages: &[&str]| json!({ "name": "x", "role": role, "pages": pages });
        let invitation = |role: &str, page: Option<&str>| json!({ "email": "new@example.com", "role": role, "page": page });
        let account = |role: &str, page: Option<&str>| {
            json!({
                "email": "new@example.com", "password": "correct horse battery",
                "role": role, "page": page,
            })
        };
        for (asker, role, page) in [
            (&admin, "owner", None),
            (&admin, "owner", Some("here")),
            (&here, "owner", Some("here")),
            (&here, "viewer", None),
            (&here, "viewer", Some("other")),
            (&here, "viewer", Some("absent")),
            (&responder, "viewer", Some("here")),
        ] {
            let pages: Vec<&str> = page.into_iter().collect();
            for (path, body) in [
                ("/tokens", token(role, &pages)),
                ("/invitations", invitation(role, page)),
                ("/users", account(role, page)),
            ] {
                let status = asker.status("POST", path, Some(&body));
                assert_eq!(status, 403, "{path} {role} on {page:?}");
            }
        }
        let ada = team
            .app()
            .user_by_email("ada@example.com")
            .unwrap()
            .unwrap();
        let ada = format!("/users/{}", ada.id);
        let lowered = json!({ "role": "viewer" });
        let role = format!("{ada}/role");
        assert_eq!(admin.status("PUT", &role, Some(&lowered)), 403);
        assert_eq!(admin.status("POST", &format!("{ada}/disable"), None), 403);
        assert_eq!(here.status("POST", &format!("{ada}/disable"), None), 404);
        let elsewhere = team.token(Role::Viewer, &[&other]);
        assert_eq!(elsewhere.status("GET", "/users", None), 403);

        // What a page's admin manages is what he sees.
        let new = account("viewer", Some("here"));
        let made = here.ok("POST", "/users", Some(&new));
        let user = made["id"].as_str().unwrap();
        assert_eq!(here.status("POST", "/users", Some(&new)), 409);
        let owner = team.token(Role::Owner, &[]);
        let more = json!({ "role": "editor", "page": "other" });
        owner.ok("PUT", &format!("/users/{user}/role"), Some(&more));
        let seen = here.ok("GET", "/users", None);
        assert_eq!(seen.as_array().unwrap().len(), 1, "{seen}");
        assert_eq!(seen[0]["pages"], json!({ "here": "viewer" }));
        let tokens = here.ok("GET", "/tokens", None);
        let names: Vec<&Value> = tokens
            .as_array()
            .unwrap()
            .iter()
            .map(|own| &own["name"])
            .collect();
        assert_eq!(names, ["Admin"], "the one of this page");
        let missing = account("viewer", Some("absent"));
        assert_eq!(owner.status("POST", "/users", Some(&missing)), 404);
    }
}

#[test]
fn an_invitation_is_answered_once_and_withdrawn() {
    for engine in engines() {
        let team = Team::on(engine.database());
        let owner = team.token(Role::Owner, &[]);
        let new = json!({ "email": "eve@example.com", "role": "editor", "page": "here" });
        let made = owner.ok("POST", "/invitations", Some(&new));
        let path = made["path"].as_str().unwrap();
        assert!(team.server.get(path).text().contains("eve@example.com"));
        let listed = owner.ok("GET", "/invitations", None);
        assert_eq!(listed[0]["id"], made["id"]);
        assert_eq!(listed[0]["pages"], json!({ "here": "editor" }));
        let (_, secret) = path.split_once("token=").unwrap();
        assert!(!listed.to_string().contains(secret), "{listed}");
        let withdrawn = format!("/invitations/{}", made["id"].as_str().unwrap());
        owner.ok("DELETE", &withdrawn, None);
        assert_eq!(owner.status("DELETE", &withdrawn, None), 404);
        assert!(!team.server.get(path).text().contains("eve@example.com"));
        let acts = acts(team.app());
        for act in ["invited", "invitation_withdrawn"] {
            assert!(acts.contains(&act.to_owned()), "{act}: {acts:?}");
        }
    }
}

#[test]
fn people_are_given_roles_and_disabled_and_an_owner_stays() {
    for engine in engines() {
        let team = Team::on(engine.database());
        let owner = team.token(Role::Owner, &[]);
        let bob = json!({
            "email": "bob@example.com", "name": "Bob", "locale": "ja",
            "password": "correct horse battery", "role": "viewer",
        });
        let made = owner.send("POST", "/users", Some(&bob));
        assert_eq!(made.status, 201, "{}", made.text());
        assert!(!made.text().contains("argon2"), "{}", made.text());
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        let bob = format!("/users/{}", made["id"].as_str().unwrap());
        let role = format!("{bob}/role");
        owner.ok(
            "PUT",
            &role,
            Some(&json!({ "role": "admin", "page": "here" })),
        );
        owner.ok("PUT", &role, Some(&json!({ "role": null })));
        owner.ok("POST", &format!("{bob}/disable"), None);
        let users = owner.ok("GET", "/users", None);
        let row = &users[1];
        assert_eq!(row["name"], "Bob");
        assert_eq!(row["role"], Value::Null);
        assert_eq!(row["pages"], json!({ "here": "admin" }));
        assert!(row["disabled_at"].is_string(), "{row}");
        owner.ok("POST", &format!("{bob}/enable"), None);
        assert!(owner.ok("GET", "/users", None)[1]["disabled_at"].is_null());

        let ada = format!("/users/{}", users[0]["id"].as_str().unwrap());
        for (method, path, body) in [
            ("POST", format!("{ada}/disable"), None),
            (
                "PUT",
                format!("{ada}/role"),
                Some(json!({ "role": "admin" })),
            ),
            ("PUT", format!("{ada}/role"), Some(json!({ "role": null }))),
        ] {
            let answer = owner.send(method, &path, body.as_ref());
            assert_eq!(answer.status, 422, "{path}");
            assert!(
                answer.text().contains("own the installation"),
                "{}",
                answer.text()
            );
        }
        let acts = acts(team.app());
        for act in [
            "user_created",
            "role_given",
            "role_taken",
            "user_disabled",
            "user_enabled",
        ] {
            assert!(acts.contains(&act.to_owned()), "{act}: {acts:?}");
        }
    }
}

#[test]
fn what_is_no_person_and_no_token_is_refused_with_its_place() {
    let team = Team::on(engines()[0].database());
    let owner = team.token(Role::Owner, &[]);
    let short = json!({ "email": "a@example.com", "password": "short", "role": "viewer" });
    for (path, body, at) in [
        ("/tokens", json!({ "name": "x", "role": "boss" }), "role"),
        ("/tokens", json!({ "name": "x" }), "role"),
        (
            "/tokens",
            json!({ "name": "x", "role": "viewer", "hash": "x" }),
            "hash",
        ),
        ("/invitations", json!({ "role": "viewer" }), "email"),
        (
            "/users",
            json!({ "email": "a@example.com", "role": "viewer" }),
            "password",
        ),
    ] {
        let answer = owner.send("POST", path, Some(&body));
        assert_eq!(answer.status, 422, "{path} {body}");
        assert!(answer.text().contains(at), "{}", answer.text());
    }
    for (path, body) in [
        ("/tokens", json!({ "name": " ", "role": "viewer" })),
        (
            "/invitations",
            json!({ "email": "nobody", "role": "viewer" }),
        ),
        ("/users", short),
    ] {
        assert_eq!(
            owner.status("POST", path, Some(&body)),
            422,
            "{path} {body}"
        );
    }
    assert_eq!(owner.status("POST", "/users/none/disable", None), 404);
}
