//! The screens of people, keys and the audit, as a browser meets them.

use noroshi_ops::templates::Template;
use noroshi_ops::{Access, Caller, Role, Stored};

use crate::accounts::Place;
use crate::own::create_page;

#[test]
fn somebody_is_invited_given_a_role_and_disabled_at_the_screen() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut owner = place.signed_in("ada@example.com");
    let fields = [
        ("email", "new@example.com"),
        ("page", ""),
        ("role", "viewer"),
    ];
    let made = owner.post("/console/team/invitations", &fields);
    assert_eq!(made.status, 200);
    let text = made.text();
    let (before, rest) = text.split_once("/console/invitation?token=").unwrap();
    assert!(before.ends_with("<code>http://any.example"), "{before}");
    let token = &rest[..64];
    // Who gives in a hurry gives the least.
    let first = text.find("<option value=\"viewer\"").unwrap();
    assert!(first < text.find("<option value=\"owner\"").unwrap());
    assert!(
        owner
            .get("/console/team")
            .text()
            .contains("new@example.com")
    );
    assert!(
        !owner.get("/console/team").text().contains(token),
        "it is shown once"
    );
    let person = [
        ("token", token),
        ("name", "Bob"),
        ("password", "correct horse battery"),
    ];
    assert_eq!(
        place.browser().post("/console/invitation", &person).status,
        303
    );

    let bob = place
        .app()
        .user_by_email("new@example.com")
        .unwrap()
        .unwrap();
    let path = |what: &str| format!("/console/team/{}/{what}", bob.id);
    let role = |role| [("page", ""), ("role", role)];
    assert_eq!(owner.post(&path("role"), &role("admin")).status, 303);
    assert!(
        owner
            .get("/console/team")
            .text()
            .contains("Everything: Administrator")
    );
    let mut admin = place.signed_in("new@example.com");
    assert_eq!(
        admin.post(&path("role"), &role("owner")).status,
        403,
        "nobody raises himself"
    );
    assert_eq!(admin.get("/console/tokens").status, 200);
    assert_eq!(owner.post(&path("disable"), &[]).status, 303);
    assert_eq!(
        admin.get("/console/tokens").status,
        303,
        "his sessions are over"
    );
    let ada = place
        .app()
        .user_by_email("ada@example.com")
        .unwrap()
        .unwrap();
    let last = owner.post(&format!("/console/team/{}/disable", ada.id), &[]);
    assert_eq!(last.status, 422);
    assert!(last.text().contains("Somebody must own the installation"));
}

#[test]
fn a_token_is_made_shown_once_and_revoked_at_the_screen_and_the_audit_tells() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut owner = place.signed_in("ada@example.com");
    let fields = [
        ("name", "Deploy <i>"),
        ("page", ""),
        ("role", "viewer"),
        ("days", "30"),
    ];
    let made = owner.post("/console/tokens", &fields).text();
    let (_, rest) = made.split_once("nrs_").unwrap();
    let secret = format!("nrs_{}", &rest[..64]);
    let header = format!("authorization: OAuth {secret}");
    let ask = || {
        place
            .server
            .ask("GET /api/noroshi/v1/caller", &[&header])
            .status
    };
    assert_eq!(ask(), 200);
    let listed = owner.get("/console/tokens").text();
    assert!(
        !listed.contains(&secret) && !listed.contains("<i>"),
        "{listed}"
    );
    let token = place
        .app()
        .list_tokens(&Caller::command_line())
        .unwrap()
        .remove(0);
    let revoke = format!("/console/tokens/{}/revoke", token.id);
    assert_eq!(owner.post(&revoke, &[]).status, 303);
    assert_eq!(ask(), 401);
    for (name, value) in [("days", "0"), ("name", " "), ("role", "boss")] {
        let mut wrong = fields;
        for field in &mut wrong {
            if field.0 == name {
                field.1 = value;
            }
        }
        let status = owner.post("/console/tokens", &wrong).status;
        assert!(matches!(status, 404 | 422), "{name}: {status}");
    }
    let audit = owner.get("/console/audit").text();
    for act in [
        "Made a token",
        "Revoked a token",
        "Signed in",
        "Made an account",
        "Token: Deploy",
        "05:00 UTC",
    ] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
    assert!(!audit.contains(&secret) && !audit.contains("<i>"));
}

#[test]
fn the_audit_speaks_the_readers_language_and_goes_by_the_pages_clock() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    create_page(&place.server, "here");
    let mut owner = place.signed_in("ada@example.com");
    let profile = [("name", "Ada"), ("locale", "ja")];
    assert_eq!(owner.post("/console/account", &profile).status, 303);
    let audit = owner.get("/console/audit").text();
    for words in ["プロフィールを変更", "サインイン", "利用者: Ada", "14:00"] {
        assert!(audit.contains(words), "{words}: {audit}");
    }
    for name in ["profile_changed", "signed_in", "user Ada", "UTC"] {
        assert!(!audit.contains(name), "{name}: {audit}");
    }
}

#[test]
fn whoever_manages_nothing_finds_no_way_to_it() {
    let place = Place::with_user(Access::everywhere(Role::Responder));
    let mut browser = place.signed_in("ada@example.com");
    let account = browser.get("/console/account").text();
    for path in ["/console/team", "/console/tokens", "/console/audit"] {
        assert_eq!(browser.get(path).status, 403, "{path}");
        assert!(!account.contains(path), "{path}");
    }
}

#[test]
fn the_menu_leads_to_just_what_the_guard_lets_in() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let one = create_page(&place.server, "one");
    let people = [
        ("admin@example.com", Access::everywhere(Role::Admin)),
        (
            "page@example.com",
            Access::on_pages(Role::Owner, [one.clone()]),
        ),
        ("viewer@example.com", Access::on_pages(Role::Viewer, [one])),
    ];
    let mut linked = Vec::new();
    for (email, access) in people {
        place.add(email, access);
    }
    for name in ["ada", "admin", "page", "viewer"] {
        let mut browser = place.signed_in(&format!("{name}@example.com"));
        let menu = browser.get("/console/account").text();
        let screens = ["team", "tokens", "audit", "signing-in"];
        for path in screens.map(|screen| format!("/console/{screen}")) {
            let is_linked = menu.contains(&format!("href=\"{path}\""));
            let lets_in = browser.get(&path).status == 200;
            assert_eq!(is_linked, lets_in, "{name} at {path}");
            linked.extend(is_linked.then(|| format!("{name} {path}")));
        }
    }
    assert!(linked.contains(&"ada /console/signing-in".to_owned()));
    assert!(linked.contains(&"page /console/team".to_owned()));
}

#[test]
fn the_audit_has_words_for_the_life_of_a_template() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let page = create_page(&place.server, "one");
    let (app, caller) = (place.app(), Caller::command_line());
    let template = |name: &str| Template {
        name: name.to_owned(),
        ..Template::default()
    };
    let made = app.create_template(&caller, &page, template("Slow"));
    let changed = Stored {
        value: template("Slower"),
        ..made.unwrap()
    };
    let changed = app.change_template(&caller, &page, changed).unwrap();
    app.delete_template(&caller, &page, &changed.id).unwrap();
    let mut browser = place.signed_in("ada@example.com");
    let audit = browser.get("/console/audit").text();
    for words in [
        "Made a template",
        "Changed a template",
        "Deleted a template",
    ] {
        assert!(audit.contains(words), "{words}: {audit}");
    }
}
