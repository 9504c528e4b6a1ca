//! Accounts as a browser meets them, and the attacks on them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use noroshi_domain::{Instant, Locale, PageId};
use noroshi_ops::users::NewUser;
use noroshi_ops::{
    Access, App, Caller, Chance, ManualClock, Role, SESSION_IDLE_S, TRIES_OF_BOTH_MAX,
};
use noroshi_publish::Published;
use noroshi_server::paths::{invitation_path, login_link_path, setup_path};
use noroshi_server::{Limits, Surface};
use noroshi_store::Store;

use crate::kit::{Answer, Server, read_answer};

const PASSWORD: &str = "correct horse battery";
const START: &str = "2026-11-18T05:00:00Z";
const SIGN_IN: &str = "/console/sign-in";
const ACCOUNT: &str = "/console/account";

/// A server whose clock the test drives.
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) clock: Arc<ManualClock>,
}

/// A browser that keeps its cookie and says where its forms stood.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    pub(crate) cookie: String,
    /// What it says of where a form stood.
    pub(crate) origin: &'static str,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let published = Published::open(&directory.path().join("published")).unwrap();
        let store = Store::open_sqlite(directory.path()).unwrap();
        let clock = Arc::new(ManualClock::at(Instant::parse(START).unwrap()));
        let app = App::new(store, Arc::clone(&clock) as Arc<_>, Chance::System);
        let surface = Surface::new(Arc::new(published), app, Limits::default());
        let server = Server::listen(directory, surface, None);
        Self { server, clock }
    }

    pub(crate) fn app(&self) -> &App {
        self.server.surface.app()
    }

    pub(crate) fn with_user(access: Access) -> Self {
        let place = Self::new();
        place.add("ada@example.com", access);
        place
    }

    pub(crate) fn add(&self, email: &str, access: Access) -> String {
        let new = NewUser {
            email: email.to_owned(),
            name: "Ada".to_owned(),
            locale: Locale::En,
            password: Some(PASSWORD.to_owned()),
            access,
        };
        let made = self.app().create_user(&Caller::command_line(), &new);
        made.unwrap().id
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            server: &self.server,
            cookie: String::new(),
            origin: "http://any.example",
        }
    }

    /// A browser in which somebody has signed in.
    pub(crate) fn signed_in(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD);
        assert_eq!(answer.status, 303);
        browser
    }
}

impl Browser<'_> {
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], &[])
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, fields, &[])
    }

    pub(crate) fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post(SIGN_IN, &[("email", email), ("password", password)])
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[&str],
    ) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            write!(body, "{name}=").unwrap();
            for byte in value.bytes() {
                write!(body, "%{byte:02X}").unwrap();
            }
            body.push('&');
        }
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: any.example\r\nconnection: close\r\n\
             content-length: {}\r\n",
            body.len()
        );
        let said = [("origin", self.origin), ("cookie", self.cookie.as_str())];
        for (name, value) in said.into_iter().filter(|(_, value)| !value.is_empty()) {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        for header in headers {
            write!(request, "{header}\r\n").unwrap();
        }
        let mut stream = self.server.connect();
        let request = format!("{request}\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let answer = read_answer(&mut stream, false);
        for given in answer.header("set-cookie").lines() {
            self.keep(given.split(';').next().unwrap());
        }
        answer
    }

    /// Keeps a cookie in the place of the one of its name; an empty one is none.
    fn keep(&mut self, given: &str) {
        let (name, value) = given.split_once('=').unwrap();
        let is_other = |pair: &&str| pair.split('=').next() != Some(name);
        let kept = self.cookie.split("; ").filter(|pair| !pair.is_empty());
        let own = Some(given).filter(|_| !value.is_empty());
        let all: Vec<&str> = kept.filter(is_other).chain(own).collect();
        self.cookie = all.join("; ");
    }
}

#[test]
fn from_the_printed_link_to_an_account_of_ones_own() {
    let place = Place::new();
    let mut browser = place.browser();
    let stranger = browser.get("/console");
    assert_eq!(stranger.status, 303);
    assert_eq!(
        stranger.header("location"),
        "/console/sign-in?next=/console"
    );
    assert!(
        browser
            .get(SIGN_IN)
            .text()
            .contains("the link that the server printed")
    );

    let token = place.app().setup_link().unwrap().unwrap();
    let form = browser.get(&setup_path(&token)).text();
    assert!(
        form.contains(&token) && form.contains("Set up Noroshi"),
        "{form}"
    );
    let fields = |password| {
        [
            ("token", token.as_str()),
            ("email", "ada@example.com"),
            ("name", "Ada <b>"),
            ("locale", "ja"),
            ("password", password),
        ]
    };
    let again = browser.post("/console/setup", &fields("short"));
    assert_eq!(again.status, 422);
    assert!(again.text().contains("At least 10 characters"));
    assert!(again.text().contains("Ada &#60;b&#62;"), "{}", again.text());
    let made = browser.post("/console/setup", &fields(PASSWORD));
    assert_eq!((made.status, made.header("location")), (303, "/console"));
    let account = browser.get(ACCOUNT);
    assert_eq!(account.status, 200);
    assert!(
        account.text().contains("自分のアカウント") && account.text().contains("ada@example.com")
    );
    assert!(!account.text().contains("<b>"));
    assert_eq!(browser.get(&setup_path(&token)).status, 410);

    assert_eq!(browser.post("/console/sign-out", &[]).status, 303);
    assert_eq!(browser.get(ACCOUNT).status, 303);
    assert_eq!(
        browser.sign_in("ada@example.com", "wrong password").status,
        401
    );
    assert_eq!(browser.sign_in("ada@example.com", PASSWORD).status, 303);
    assert_eq!(browser.get(ACCOUNT).status, 200);
}

#[test]
fn an_invitation_makes_the_account_it_names() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let owner = Caller::command_line();
    let access = Access::everywhere(Role::Responder);
    let (_, token) = place
        .app()
        .invite(&owner, "new@example.com", access)
        .unwrap();
    let mut browser = place.browser();
    assert!(
        browser
            .get(&invitation_path(&token))
            .text()
            .contains("new@example.com")
    );
    assert_eq!(
        browser.get(&setup_path(&token)).status,
        410,
        "it is no set-up"
    );
    let fields = [
        ("token", token.as_str()),
        ("email", "other@example.com"),
        ("name", "Eve"),
        ("password", PASSWORD),
        ("role", "owner"),
        ("access", "{\"everywhere\":\"owner\"}"),
    ];
    assert_eq!(browser.post("/console/invitation", &fields).status, 303);
    let made = place
        .app()
        .user_by_email("new@example.com")
        .unwrap()
        .unwrap();
    assert_eq!(made.value.access, Access::everywhere(Role::Responder));
    assert_eq!(browser.post("/console/invitation", &fields).status, 410);
}

#[test]
fn a_link_from_the_host_signs_in_once_and_looking_does_not_use_it_up() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let token = place
        .app()
        .login_link(&Caller::command_line(), "ada@example.com")
        .unwrap();
    let mut browser = place.browser();
    for _ in 0..2 {
        assert_eq!(browser.get(&login_link_path(&token)).status, 200);
    }
    let used = browser.post("/console/login-link", &[("token", &token)]);
    assert_eq!(used.status, 303);
    assert_eq!(browser.get(ACCOUNT).status, 200);
    let again = place
        .browser()
        .post("/console/login-link", &[("token", &token)]);
    assert_eq!(again.status, 410);
}

#[test]
fn name_password_and_sessions_are_ones_own_to_change() {
    let place = Place::with_user(Access::everywhere(Role::Viewer));
    let mut here = place.signed_in("ada@example.com");
    let mut there = place.signed_in("ada@example.com");
    let fields = [("name", "Ada L."), ("locale", "ja"), ("access", "owner")];
    assert_eq!(here.post(ACCOUNT, &fields).status, 303);
    assert!(
        here.get("/console/account?told=profile-changed")
            .text()
            .contains("プロフィールを変更しました")
    );
    let user = place
        .app()
        .user_by_email("ada@example.com")
        .unwrap()
        .unwrap();
    assert_eq!(user.value.access, Access::everywhere(Role::Viewer));

    let text = here.get(ACCOUNT).text();
    let (_, rest) = text.split_once("/console/account/sessions/").unwrap();
    let other = rest.split('/').next().unwrap().to_owned();
    assert_eq!(
        text.matches("/console/account/sessions/").count(),
        1,
        "not this one"
    );
    let end = format!("/console/account/sessions/{other}/end");
    place.add("eve@example.com", Access::everywhere(Role::Owner));
    let stolen = place.signed_in("eve@example.com").post(&end, &[]).status;
    assert_eq!(stolen, 404, "nobody ends another's session");
    assert_eq!(there.get(ACCOUNT).status, 200);
    assert_eq!(here.post(&end, &[]).status, 303);
    assert_eq!(there.get(ACCOUNT).status, 303);

    let change = |browser: &mut Browser<'_>, old| {
        let fields = [("old", old), ("new", "another long password")];
        browser.post("/console/account/password", &fields).status
    };
    assert_eq!(change(&mut here, "wrong"), 422);
    assert_eq!(change(&mut here, PASSWORD), 303);
    assert_eq!(here.get(ACCOUNT).status, 200);
    assert_eq!(
        place.browser().sign_in("ada@example.com", PASSWORD).status,
        401
    );
}

#[test]
fn a_form_of_another_site_does_nothing() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.signed_in("ada@example.com");
    for origin in ["https://evil.example", "null", ""] {
        browser.origin = origin;
        let fields = [("name", "Mallory")];
        assert_eq!(browser.post(ACCOUNT, &fields).status, 403, "{origin:?}");
        assert_eq!(browser.post("/console/sign-out", &[]).status, 403);
        let mut victim = place.browser();
        victim.origin = origin;
        // Signing somebody in as somebody else is an attack too.
        assert_eq!(victim.sign_in("ada@example.com", PASSWORD).status, 403);
    }
    let cross = ["sec-fetch-site: cross-site"];
    browser.origin = "http://any.example";
    let crossed = browser.send("POST", ACCOUNT, &[("name", "Mallory")], &cross);
    assert_eq!(crossed.status, 403);
    let user = place
        .app()
        .user_by_email("ada@example.com")
        .unwrap()
        .unwrap();
    assert_eq!(user.value.name, "Ada");
    let same = ["sec-fetch-site: same-origin"];
    let own = browser.send("POST", ACCOUNT, &[("name", "Ada L.")], &same);
    assert_eq!(own.status, 303);
}

#[test]
fn a_session_cookie_reaches_no_api() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.signed_in("ada@example.com");
    assert_eq!(browser.get("/api/noroshi/v1/caller").status, 401);
    let token = ["authorization: OAuth none"];
    let both = browser.send("GET", ACCOUNT, &[], &token);
    assert_eq!(both.status, 303, "who shows a token is who the token says");
}

#[test]
fn a_session_that_was_planted_is_not_the_one_that_signs_in() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.browser();
    browser.cookie = format!("noroshi={}", "a".repeat(64));
    let planted = browser.cookie.clone();
    assert_eq!(browser.sign_in("ada@example.com", PASSWORD).status, 303);
    assert_ne!(browser.cookie, planted);
    let before = browser.cookie.clone();
    assert_eq!(browser.sign_in("ada@example.com", PASSWORD).status, 303);
    assert_ne!(
        browser.cookie, before,
        "each sign-in has a session of its own"
    );
    let mut attacker = place.browser();
    attacker.cookie = planted;
    assert_eq!(attacker.get(ACCOUNT).status, 303);
}

#[test]
fn the_cookie_is_for_this_host_and_no_script_and_encrypted_where_anything_is() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.browser();
    let plain = browser.sign_in("ada@example.com", PASSWORD);
    let plain = plain.header("set-cookie");
    assert!(
        plain.starts_with("noroshi=") && !plain.contains("Secure"),
        "{plain}"
    );
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    browser.cookie.clear();
    browser.origin = "https://any.example";
    let https = ["x-forwarded-proto: https"];
    let behind = browser.send("POST", SIGN_IN, &fields, &https);
    let behind = behind.header("set-cookie");
    assert!(behind.starts_with("__Host-noroshi="), "{behind}");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/;"] {
        assert!(behind.contains(part), "{part}: {behind}");
    }
    assert!(!behind.contains("Domain"));
    assert_eq!(browser.send("GET", ACCOUNT, &[], &https).status, 200);
    assert_eq!(
        browser.get(ACCOUNT).status,
        303,
        "it does not count unencrypted"
    );
}

#[test]
fn no_screen_can_be_shown_within_another_site() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.signed_in("ada@example.com");
    for path in [SIGN_IN, ACCOUNT, "/console", "/console/none"] {
        let answer = browser.get(path);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[test]
fn signing_in_leads_nowhere_but_into_the_console() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    for (next, leads_to) in [
        ("/console/account", "/console/account"),
        ("https://evil.example/", "/console"),
        ("//evil.example/console", "/console"),
        ("/console/../../evil", "/console"),
        ("/console\\@evil.example", "/console"),
        ("/console/\r\nset-cookie: a=b", "/console"),
    ] {
        let mut browser = place.browser();
        let fields = [
            ("email", "ada@example.com"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let answer = browser.post(SIGN_IN, &fields);
        assert_eq!(answer.header("location"), leads_to, "{next:?}");
    }
}

#[test]
fn guessing_is_stopped_and_an_unknown_account_is_answered_the_same() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.browser();
    let known = browser.sign_in("ada@example.com", "wrong password");
    let unknown = browser.sign_in("eve@example.com", "wrong password");
    assert_eq!((known.status, unknown.status), (401, 401));
    assert_eq!(
        known.text().replace("ada@", ""),
        unknown.text().replace("eve@", "")
    );
    for _ in 1..TRIES_OF_BOTH_MAX {
        assert_eq!(
            browser.sign_in("ada@example.com", "wrong password").status,
            401
        );
    }
    let right = browser.sign_in("ada@example.com", PASSWORD);
    assert_eq!(right.status, 429);
    assert!(right.text().contains("Too many tries"));
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let elsewhere = browser.send("POST", SIGN_IN, &fields, &["x-forwarded-for: 192.0.2.9"]);
    assert_eq!(elsewhere.status, 303);
}

#[test]
fn a_forged_or_rested_session_opens_nothing() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    let mut browser = place.signed_in("ada@example.com");
    let good = browser.cookie.clone();
    for forged in [
        "noroshi=",
        "noroshi=x",
        &good[..good.len() - 1],
        &good.to_uppercase(),
    ] {
        forged.clone_into(&mut browser.cookie);
        assert_eq!(browser.get(ACCOUNT).status, 303, "{forged}");
    }
    good.clone_into(&mut browser.cookie);
    assert_eq!(browser.get(ACCOUNT).status, 200);
    let later = Instant::parse(START).unwrap().plus_seconds(SESSION_IDLE_S);
    place.clock.set(later);
    assert_eq!(browser.get(ACCOUNT).status, 303);
}

#[test]
fn a_role_on_one_page_opens_no_other() {
    let page = |id: &str| PageId::parse(id).unwrap();
    let place = Place::with_user(Access::on_pages(Role::Admin, [page("own")]));
    let mut browser = place.signed_in("ada@example.com");
    assert_eq!(browser.get("/console/pages/other").status, 404);
    let unknown = browser.get("/console/pages/none").text();
    assert_eq!(browser.get("/console/pages/other").text(), unknown);
}

/// What stands in a hidden field of a form.
fn hidden(text: &str, name: &str) -> String {
    let (_, rest) = text
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn with_a_second_factor_a_password_alone_opens_nothing() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    place.app().keep_secrets_with([7; 32]);
    let mut browser = place.signed_in("ada@example.com");
    let factor = "/console/account/second-factor";
    let secret = hidden(&browser.get(factor).text(), "secret");
    let wrong = [
        ("secret", secret.as_str()),
        ("code", "000000"),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.post(factor, &wrong).status, 422);
    let code = code_at(&secret, place.clock.as_ref());
    let right = [
        ("secret", secret.as_str()),
        ("code", code.as_str()),
        ("password", PASSWORD),
    ];
    let made = browser.post(factor, &right);
    assert_eq!(made.status, 200);
    let text = made.text();
    let (_, rest) = text.split_once("<li><code>").unwrap();
    let recovery = rest.split('<').next().unwrap().to_owned();
    assert!(
        browser
            .get(ACCOUNT)
            .text()
            .contains("10 recovery codes are left")
    );

    let mut other = place.browser();
    let asked = other.sign_in("ada@example.com", PASSWORD);
    assert_eq!((asked.status, asked.header("set-cookie")), (200, ""));
    assert_eq!(other.get(ACCOUNT).status, 303);
    let pending = hidden(&asked.text(), "pending");
    let give = |browser: &mut Browser<'_>, code: &str| {
        let fields = [
            ("pending", pending.as_str()),
            ("code", code),
            ("next", ACCOUNT),
        ];
        browser.post("/console/sign-in/code", &fields)
    };
    assert_eq!(give(&mut other, &code).status, 401, "it was used");
    let signed = give(&mut other, &recovery);
    assert_eq!((signed.status, signed.header("location")), (303, ACCOUNT));
    assert_eq!(other.get(ACCOUNT).status, 200);
    assert_eq!(give(&mut place.browser(), &recovery).status, 401);

    let drop = |browser: &mut Browser<'_>, password| {
        let path = "/console/account/second-factor/drop";
        browser.post(path, &[("password", password)]).status
    };
    assert_eq!(drop(&mut other, "wrong password"), 401);
    assert_eq!(drop(&mut other, PASSWORD), 303);
    assert_eq!(
        place.browser().sign_in("ada@example.com", PASSWORD).status,
        303
    );
}

#[test]
fn a_second_factor_that_is_required_is_set_up_before_anything_else() {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    place.app().keep_secrets_with([7; 32]);
    place.add("bob@example.com", Access::everywhere(Role::Admin));
    let require = "/console/signing-in/second-factor";
    let mut bob = place.signed_in("bob@example.com");
    assert_eq!(bob.post(require, &[("required", "yes")]).status, 403);
    let mut ada = place.signed_in("ada@example.com");
    assert_eq!(ada.post(require, &[("required", "yes")]).status, 303);

    let factor = "/console/account/second-factor";
    for browser in [&mut ada, &mut bob] {
        for path in [ACCOUNT, "/console", "/console/team", "/console/pages/a"] {
            let answer = browser.get(path);
            assert_eq!((answer.status, answer.header("location")), (303, factor));
        }
        let fields = [("name", "Eve"), ("locale", "en")];
        let changed = browser.post(ACCOUNT, &fields);
        assert_eq!(changed.header("location"), factor);
    }
    let screen = ada.get(factor).text();
    assert!(screen.contains("Set one up to go on"), "{screen}");
    let secret = hidden(&screen, "secret");
    let code = code_at(&secret, place.clock.as_ref());
    let fields = [
        ("secret", secret.as_str()),
        ("code", code.as_str()),
        ("password", PASSWORD),
    ];
    let made = ada.post(factor, &fields);
    assert_eq!(made.status, 200);
    assert!(made.text().contains("Your recovery codes"));
    let account = ada.get(ACCOUNT).text();
    assert!(!account.contains("second-factor/drop"), "{account}");
    let drop = ada.post(&format!("{factor}/drop"), &[("password", PASSWORD)]);
    assert_eq!(drop.status, 422, "it stays");

    // Whoever rules the host, and programs, are not held up.
    let link = place
        .app()
        .login_link(&Caller::command_line(), "bob@example.com");
    let link = link.unwrap();
    let mut by_link = place.browser();
    by_link.post("/console/login-link", &[("token", &link)]);
    assert_eq!(by_link.get(ACCOUNT).status, 200);
    assert_eq!(bob.get(ACCOUNT).status, 303);
    assert_eq!(bob.post("/console/sign-out", &[]).status, 303);

    assert_eq!(ada.post(require, &[("required", "no")]).status, 303);
    let mut bob = place.signed_in("bob@example.com");
    assert_eq!(bob.get(ACCOUNT).status, 200);
}

#[test]
fn who_is_refused_is_told_in_his_language_before_anybody_knows_him() {
    let place = Place::with_user(Access::everywhere(Role::Viewer));
    let japanese = ["accept-language: ja"];
    let mut browser = place.browser();
    let missing = browser.send("GET", "/console/nothing", &[], &japanese);
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("<html lang=\"ja\""));
    browser.origin = "https://evil.example";
    let other_site = browser.send("POST", ACCOUNT, &[], &japanese);
    assert_eq!(other_site.status, 403);
    assert!(other_site.text().contains("<html lang=\"ja\""));

    // Whoever is known is answered as everywhere else: in the language of his account.
    let mut known = place.signed_in("ada@example.com");
    let refused = known.send("GET", "/console/team", &[], &japanese);
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("<html lang=\"en\""));
}

/// The code that a telephone shows, worked out apart from the product.
fn code_at(secret_hex: &str, clock: &ManualClock) -> String {
    use noroshi_ops::Clock as _;
    let step = clock.now().micros() / 30_000_000;
    let key: Vec<u8> = noroshi_domain::unhex(secret_hex);
    let hash = hmac_sha1(&key, &step.to_be_bytes());
    let at = usize::from(hash[19] % 16);
    let bytes = hash[at..at + 4].iter();
    let number = bytes.fold(0_u64, |sum, byte| sum * 256 + u64::from(*byte));
    format!("{:06}", number % (1 << 31) % 1_000_000)
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    hmac::sign(&key, message).as_ref().to_vec()
}
