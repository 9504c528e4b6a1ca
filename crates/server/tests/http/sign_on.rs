//! Signing on with a provider: a stand-in that says what a test makes it say, true and false.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use noroshi_domain::PageId;
use noroshi_ops::sign_on::{GroupRole, NewProvider};
use noroshi_ops::{Access, Caller, Clock as _, Role, SIGN_ON_S, SIGN_ONS_OF_ADDRESS_MAX};
use serde_json::{Value, json};

use crate::accounts::{Browser, Place};
use crate::kit::Answer;

const GO: &str = "/console/sign-in/provider";
const BACK: &str = "/console/sign-in/provider/back";
const SETTINGS: &str = "/console/signing-in";
const SECRET: &str = "kept between the two";

/// A provider on a port of its own.
struct Provider {
    address: SocketAddr,
    says: Arc<Mutex<Says>>,
}

/// What it says next, and what it was asked.
struct Says {
    issuer: String,
    keys: Value,
    token: String,
    person: Value,
    asked: Vec<String>,
}

/// A key of a provider.
struct Key {
    id: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { id, pair }
    }

    fn shown(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "alg": "ES256",
            "x": part(&point[1..33]), "y": part(&point[33..65]),
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let signed = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signed.unwrap());
        format!("{message}.{signature}")
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&json!({ "alg": "ES256", "kid": self.id }), claims)
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

impl Provider {
    fn start(key: &Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let says = Arc::new(Mutex::new(Says {
            issuer: format!("http://{address}"),
            keys: json!([key.shown()]),
            token: String::new(),
            person: json!({}),
            asked: Vec::new(),
        }));
        let own = Arc::clone(&says);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                if !answer(stream, &own) {
                    return;
                }
            }
        });
        Self { address, says }
    }

    fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            drop(stream.write_all(b"GET /end HTTP/1.1\r\n\r\n"));
        }
    }
}

/// Answers one request; whether there will be more.
fn answer(stream: TcpStream, says: &Mutex<Says>) -> bool {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut says = says.lock().unwrap();
    let at = |path: &str| format!("{}{path}", says.issuer);
    let told = match path.as_str() {
        "/.well-known/openid-configuration" => json!({
            "issuer": says.issuer,
            "authorization_endpoint": at("/auth"),
            "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/me"),
            "jwks_uri": at("/keys"),
        }),
        "/keys" => json!({ "keys": says.keys }),
        "/token" => json!({ "id_token": says.token, "access_token": "opens-me" }),
        "/me" => says.person.clone(),
        _ => Value::Null,
    };
    says.asked
        .push(format!("{head}\n{}", String::from_utf8(body).unwrap()));
    let told = told.to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{told}",
        told.len()
    );
    drop(reader.into_inner().write_all(answer.as_bytes()));
    path != "/end"
}

fn rule(group: &str, role: Role, page: Option<&str>) -> GroupRole {
    GroupRole {
        group: group.to_owned(),
        role,
        page: page.map(|page| PageId::parse(page).unwrap()),
    }
}

fn settings(provider: &Provider) -> NewProvider {
    NewProvider {
        name: "Harbor".to_owned(),
        issuer: provider.issuer(),
        client_id: "noroshi".to_owned(),
        client_secret: Some(SECRET.to_owned()),
        scopes: Vec::new(),
        groups_claim: String::new(),
        roles: vec![
            rule("ops", Role::Responder, None),
            rule("readers", Role::Viewer, None),
            rule("bosses", Role::Owner, None),
        ],
    }
}

/// An installation with an owner, whose people sign on at a provider.
fn place(provider: &Provider) -> Place {
    let place = Place::with_user(Access::everywhere(Role::Owner));
    place.app().keep_secrets_with([7; 32]);
    let set = place
        .app()
        .set_provider(&Caller::command_line(), &settings(provider));
    set.unwrap();
    place
}

/// What the provider was asked to send back, and to sign.
struct Asked {
    state: String,
    nonce: String,
    challenge: String,
}

fn go(browser: &mut Browser<'_>) -> Asked {
    let answer = browser.get(&format!("{GO}?next=/console/account"));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location").to_owned();
    let part = |name: &str| {
        let (_, rest) = location.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    assert_eq!(part("response_type"), "code");
    assert_eq!(part("code_challenge_method"), "S256");
    assert!(part("redirect_uri").ends_with("any.example/console/sign-in/provider/back"));
    Asked {
        state: part("state"),
        nonce: part("nonce"),
        challenge: part("code_challenge"),
    }
}

fn come_back(browser: &mut Browser<'_>, state: &str) -> Answer {
    browser.get(&format!("{BACK}?code=once&state={state}"))
}

/// What a provider says of Bob, just now.
fn bob(place: &Place, provider: &Provider, nonce: &str, groups: &[&str]) -> Value {
    let now = place.clock.now().micros() / 1_000_000;
    json!({
        "iss": provider.issuer(), "aud": "noroshi", "sub": "bob-7", "nonce": nonce,
        "iat": now, "exp": now + 300, "email": "bob@example.com", "email_verified": true,
        "name": "Bob", "groups": groups,
    })
}

/// Bob signs on with groups.
fn sign_on<'a>(
    place: &'a Place,
    (provider, key): (&Provider, &Key),
    groups: &[&str],
) -> (Browser<'a>, Answer) {
    let mut browser = place.browser();
    let asked = go(&mut browser);
    let claims = bob(place, provider, &asked.nonce, groups);
    provider.say(|says| says.token = key.token(&claims));
    let answer = come_back(&mut browser, &asked.state);
    (browser, answer)
}

#[test]
fn whoever_comes_back_has_the_roles_of_his_groups_and_they_follow_them() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    let shown = place.browser().get("/console/sign-in").text();
    assert!(shown.contains("Sign in with Harbor"), "{shown}");

    // What the installation asks of passwords is the provider's matter here.
    let host = Caller::command_line();
    place.app().require_second_factor(&host, true).unwrap();
    let both = (&provider, &key);
    let (mut first, answer) = sign_on(&place, both, &["ops", "readers", "else"]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), "/console/account");
    let account = first.get("/console/account").text();
    assert!(account.contains("bob@example.com"), "{account}");
    let user = |place: &Place| {
        place
            .app()
            .user_by_email("bob@example.com")
            .unwrap()
            .unwrap()
    };
    assert_eq!(
        user(&place).value.access_at_most(),
        Access::everywhere(Role::Responder),
        "the mightier of two counts"
    );
    assert_eq!(first.get(SETTINGS).status, 403);

    let (mut second, answer) = sign_on(&place, both, &["bosses"]);
    assert_eq!(answer.status, 303);
    assert_eq!(second.get(SETTINGS).status, 200);
    assert_eq!(first.get(SETTINGS).status, 200, "it is the same person");
    let team = second.get("/console/team").text();
    assert!(team.contains("Everything: Owner (by group)"), "{team}");

    let (mut third, answer) = sign_on(&place, both, &["else"]);
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("None of your groups"));
    assert_eq!(third.get("/console/account").status, 303);
    assert_eq!(first.get("/console/account").status, 303, "it was ended");
    assert!(user(&place).value.access_at_most().is_empty());
}

#[test]
fn whoever_never_had_a_role_gets_no_account() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    let (_, answer) = sign_on(&place, (&provider, &key), &["else"]);
    assert_eq!(answer.status, 403);
    let found = place.app().user_by_email("bob@example.com").unwrap();
    assert!(found.is_none());
}

#[test]
fn a_code_is_exchanged_by_whoever_asked_for_it_and_shows_the_secret() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    let mut browser = place.browser();
    let asked = go(&mut browser);
    let claims = bob(&place, &provider, &asked.nonce, &["ops"]);
    provider.say(|says| says.token = key.token(&claims));
    assert_eq!(come_back(&mut browser, &asked.state).status, 303);
    let says = provider.says.lock().unwrap();
    let token = says.asked.iter().find(|asked| asked.starts_with("POST"));
    let token = token.unwrap();
    let (_, verifier) = token.split_once("code_verifier=").unwrap();
    let verifier = verifier.split('&').next().unwrap();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(hash), asked.challenge);
    let shown = STANDARD.encode("noroshi:kept%20between%20the%20two");
    assert!(token.contains(&format!("Basic {shown}")), "{token}");
    assert!(token.contains("grant_type=authorization_code&code=once&"));
}

#[test]
fn what_the_token_leaves_out_is_asked_of_the_provider() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    for (subject, status) in [("eve-1", 401), ("bob-7", 303)] {
        let mut browser = place.browser();
        let asked = go(&mut browser);
        let mut claims = bob(&place, &provider, &asked.nonce, &["ops"]);
        let mut person = claims.clone();
        claims.as_object_mut().unwrap().remove("groups");
        claims.as_object_mut().unwrap().remove("email");
        person["sub"] = json!(subject);
        provider.say(|says| {
            says.token = key.token(&claims);
            says.person = person;
        });
        let answer = come_back(&mut browser, &asked.state);
        assert_eq!(answer.status, status, "{subject}");
    }
    let says = provider.says.lock().unwrap();
    let asked = says.asked.iter().find(|asked| asked.starts_with("GET /me"));
    assert!(asked.unwrap().contains("Bearer opens-me"));
}

/// A lie, and how a test makes it.
type Lie<'a> = (&'a str, Box<dyn Fn(&mut Value) -> String + 'a>);

#[test]
fn what_is_not_said_to_us_now_signs_nobody_in() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    let now = place.clock.now().micros() / 1_000_000;
    let lies = [
        ("expired", "exp", json!(now - 61)),
        ("without end", "exp", Value::Null),
        ("old", "iat", json!(now - 601)),
        ("from the future", "iat", json!(now + 61)),
        ("undated", "iat", Value::Null),
        ("for others", "aud", json!("other")),
        ("for others too", "aud", json!(["noroshi", "other"])),
        ("given to others", "azp", json!("other")),
        ("of others", "iss", json!("https://evil.example")),
        ("asked by others", "nonce", json!("0".repeat(64))),
        ("asked by nobody", "nonce", Value::Null),
        ("of nobody", "sub", json!("")),
    ];
    for (name, claim, value) in lies {
        let refused = refused_with(&place, &provider, |claims| {
            claims[claim] = value;
            key.token(claims)
        });
        assert_eq!(refused, 401, "{name}");
    }
    let (_, answer) = sign_on(&place, (&provider, &key), &["ops"]);
    assert_eq!(answer.status, 303, "the same without the lie signs in");
}

#[test]
fn what_the_provider_did_not_sign_signs_nobody_in() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    let forger = Key::new("one");
    let headed = |header: Value| {
        let key = &key;
        move |claims: &mut Value| key.sign(&header, claims)
    };
    let lies: [Lie<'_>; 7] = [
        ("another key", Box::new(|claims| forger.token(claims))),
        (
            "nobody",
            Box::new(|claims| {
                let none = json!({ "alg": "none", "kid": "one" });
                format!("{}.", unsigned(&none, claims))
            }),
        ),
        (
            "what all know",
            Box::new(|claims| with_public_key(&key, claims)),
        ),
        (
            "a key that is not shown",
            Box::new(headed(json!({ "alg": "ES256", "kid": "two" }))),
        ),
        (
            "something to be understood",
            Box::new(headed(
                json!({ "alg": "ES256", "kid": "one", "crit": ["b64"] }),
            )),
        ),
        (
            "the provider, and changed",
            Box::new(|claims| {
                let token = key.token(claims);
                claims["groups"] = json!(["bosses"]);
                let other = key.token(claims);
                let (message, _) = other.rsplit_once('.').unwrap();
                let (_, signature) = token.rsplit_once('.').unwrap();
                format!("{message}.{signature}")
            }),
        ),
        ("no token", Box::new(|_| "no token".to_owned())),
    ];
    for (name, sign) in lies {
        assert_eq!(refused_with(&place, &provider, sign), 401, "by {name}");
    }
    let (_, answer) = sign_on(&place, (&provider, &key), &["ops"]);
    assert_eq!(answer.status, 303, "the same without the lie signs in");
}

fn wait(place: &Place, seconds: i64) {
    place.clock.set(place.clock.now().plus_seconds(seconds));
}

/// The status of a sign-on whose token is made by a test; nobody is signed in by it.
fn refused_with(
    place: &Place,
    provider: &Provider,
    make: impl FnOnce(&mut Value) -> String,
) -> u16 {
    let mut browser = place.browser();
    let asked = go(&mut browser);
    let mut claims = bob(place, provider, &asked.nonce, &["ops"]);
    let token = make(&mut claims);
    provider.say(|says| says.token = token);
    let answer = come_back(&mut browser, &asked.state);
    assert_eq!(browser.get("/console/account").status, 303, "nobody");
    answer.status
}

/// Signed with the public key as if it were a shared secret.
fn with_public_key(key: &Key, claims: &Value) -> String {
    use aws_lc_rs::hmac;
    let message = unsigned(&json!({ "alg": "HS256", "kid": "one" }), claims);
    let shared = hmac::Key::new(hmac::HMAC_SHA256, key.pair.public_key().as_ref());
    let tag = hmac::sign(&shared, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

#[test]
fn a_way_back_is_used_once_in_time_and_by_the_browser_that_left() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    let mut browser = place.browser();
    let asked = go(&mut browser);
    let left_with = browser.cookie.clone();
    let claims = bob(&place, &provider, &asked.nonce, &["ops"]);
    provider.say(|says| says.token = key.token(&claims));

    let planted = come_back(&mut place.browser(), &asked.state);
    assert_eq!(planted.status, 410, "another browser");
    let other = go(&mut place.browser());
    assert_eq!(
        come_back(&mut browser, &other.state).status,
        410,
        "another state"
    );
    browser.cookie.clone_from(&left_with);
    assert_eq!(come_back(&mut browser, &asked.state).status, 303);
    let mut again = place.browser();
    again.cookie = left_with;
    assert_eq!(come_back(&mut again, &asked.state).status, 410, "again");

    let mut late = place.browser();
    let asked = go(&mut late);
    wait(&place, SIGN_ON_S);
    assert_eq!(come_back(&mut late, &asked.state).status, 410, "too late");

    let mut declined = place.browser();
    let asked = go(&mut declined);
    let answer = declined.get(&format!("{BACK}?error=access_denied&state={}", asked.state));
    assert_eq!(answer.status, 401);
    let mut mixed = place.browser();
    let asked = go(&mut mixed);
    let answer = mixed.get(&format!(
        "{BACK}?code=once&iss=https%3A%2F%2Fevil.example&state={}",
        asked.state
    ));
    assert_eq!(answer.status, 410, "another provider");
}

#[test]
fn nobody_becomes_somebody_else_by_writing_his_address() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    place.add("bob@example.com", Access::everywhere(Role::Editor));
    for (verified, status) in [(json!(false), 403), (Value::Null, 403), (json!(true), 303)] {
        let mut browser = place.browser();
        let asked = go(&mut browser);
        let mut claims = bob(&place, &provider, &asked.nonce, &["readers"]);
        claims["email_verified"] = verified.clone();
        provider.say(|says| says.token = key.token(&claims));
        assert_eq!(
            come_back(&mut browser, &asked.state).status,
            status,
            "{verified}"
        );
    }
    let user = place
        .app()
        .user_by_email("bob@example.com")
        .unwrap()
        .unwrap();
    assert_eq!(
        user.value.access,
        Access::everywhere(Role::Editor),
        "it stays"
    );
    // The same address of another person there is another person.
    let mut browser = place.browser();
    let asked = go(&mut browser);
    let mut claims = bob(&place, &provider, &asked.nonce, &["ops"]);
    claims["sub"] = json!("eve-1");
    provider.say(|says| says.token = key.token(&claims));
    assert_eq!(come_back(&mut browser, &asked.state).status, 403);

    let id = user.id;
    place
        .app()
        .set_disabled(&Caller::command_line(), &id, true)
        .unwrap();
    let (_, answer) = sign_on(&place, (&provider, &key), &["ops"]);
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("disabled"));
}

#[test]
fn what_groups_give_counts_where_the_provider_said_so() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    place.add("bob@example.com", Access::everywhere(Role::Viewer));
    let (mut there, answer) = sign_on(&place, (&provider, &key), &["bosses"]);
    assert_eq!(answer.status, 303);
    assert_eq!(there.get(SETTINGS).status, 200);
    let mut here = place.signed_in("bob@example.com");
    assert_eq!(here.get(SETTINGS).status, 403, "a password knows no groups");

    let dropped = there.post("/console/signing-in/provider/drop", &[]);
    assert_eq!(dropped.status, 303);
    assert_eq!(there.get("/console/account").status, 303, "it was ended");
    assert_eq!(here.get("/console/account").status, 200);
    assert_eq!(place.browser().get(GO).status, 404);
    let shown = place.browser().get("/console/sign-in").text();
    assert!(!shown.contains("Harbor"));
}

#[test]
fn a_providers_new_key_is_asked_for() {
    let (old, new) = (Key::new("one"), Key::new("two"));
    let provider = Provider::start(&old);
    let place = place(&provider);
    let (_, answer) = sign_on(&place, (&provider, &old), &["ops"]);
    assert_eq!(answer.status, 303);
    provider.say(|says| says.keys = json!([new.shown()]));
    wait(&place, 61);
    let (_, answer) = sign_on(&place, (&provider, &new), &["ops"]);
    assert_eq!(answer.status, 303);
    let (_, answer) = sign_on(&place, (&provider, &old), &["ops"]);
    assert_eq!(answer.status, 401, "the old one is shown no more");
}

#[test]
fn a_provider_that_is_away_or_another_is_told() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    provider.say(|says| says.issuer = "https://evil.example".to_owned());
    let answer = place.browser().get(GO);
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("can not be reached"));
    drop(provider);
    assert_eq!(place.browser().get(GO).status, 502);
}

#[test]
fn leaving_for_the_provider_is_bounded() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = place(&provider);
    for _ in 0..SIGN_ONS_OF_ADDRESS_MAX {
        assert_eq!(place.browser().get(GO).status, 303);
    }
    assert_eq!(place.browser().get(GO).status, 429);
}

#[test]
fn an_owner_sets_the_provider_at_the_screen() {
    let key = Key::new("one");
    let provider = Provider::start(&key);
    let place = Place::with_user(Access::everywhere(Role::Owner));
    place.app().keep_secrets_with([7; 32]);
    place.add("admin@example.com", Access::everywhere(Role::Admin));
    let issuer = provider.issuer();
    let fields = [
        ("name", "Harbor"),
        ("issuer", issuer.as_str()),
        ("client_id", "noroshi"),
        ("client_secret", SECRET),
        ("group.0", "ops"),
        ("place.0", ""),
        ("role.0", "responder"),
        ("group.1", ""),
        ("place.1", ""),
        ("role.1", "viewer"),
    ];
    let path = "/console/signing-in/provider";
    let mut admin = place.signed_in("admin@example.com");
    assert_eq!(admin.post(path, &fields).status, 403);
    assert!(!admin.get("/console/team").text().contains(SETTINGS));

    let mut owner = place.signed_in("ada@example.com");
    assert!(owner.get("/console/team").text().contains(SETTINGS));
    for (position, value, words) in [
        (1, "http://id.example.com", "https://id.example.com"),
        (3, "", "client secret"),
        (2, "", "client ID"),
    ] {
        let mut wrong = fields;
        wrong[position].1 = value;
        let answer = owner.post(path, &wrong);
        assert_eq!(answer.status, 422, "{words}");
        let text = answer.text();
        assert!(
            text.contains(words) && text.contains("value=\"ops\""),
            "{text}"
        );
    }
    assert_eq!(owner.post(path, &fields).status, 303);
    let text = owner.get(SETTINGS).text();
    assert!(
        text.contains("value=\"ops\"") && text.contains(&issuer),
        "{text}"
    );
    assert!(text.contains("http://any.example/console/sign-in/provider/back"));
    assert!(!text.contains(SECRET));
    let kept = place.app().provider().unwrap().unwrap();
    assert!(!format!("{kept:?}").contains(SECRET), "it is sealed");
    assert_eq!(kept.value.roles, [rule("ops", Role::Responder, None)]);

    let mut without = fields;
    without[3].1 = "";
    without[6].1 = "editor";
    assert_eq!(owner.post(path, &without).status, 303, "the secret stays");
    let (_, answer) = sign_on(&place, (&provider, &key), &["ops"]);
    assert_eq!(answer.status, 303);
    let bob = place
        .app()
        .user_by_email("bob@example.com")
        .unwrap()
        .unwrap();
    assert_eq!(bob.value.access_at_most(), Access::everywhere(Role::Editor));
}
