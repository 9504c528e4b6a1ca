//! Passkeys, shown by a key of the test's own that says the truth or lies.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use noroshi_domain::{hash_hex, unhex};
use noroshi_ops::assertion::{Algorithm, Assertion, Made, Site};
use noroshi_ops::passkeys::question_after_password;
use noroshi_ops::second_factor::Shown;
use noroshi_ops::users::User;
use noroshi_ops::{
    Access, Caller, OpError, PASSKEYS_OF_USER_MAX, QUESTION_S, QUESTIONS_OF_ADDRESS_MAX, Role,
    SignIn, Stored,
};
use noroshi_store::testkit::{Engine, engines};
use serde_json::{Value, json};

use crate::kit::{BEGIN, Kit, at};
use crate::sign_in::{PASSWORD, browser, is_in, user};

/// What a key is, however it signs.
enum Pair {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A key in somebody's pocket, and what it says.
struct Pocket {
    pair: Pair,
    id: Vec<u8>,
    /// Somebody touched it, and showed it who he is.
    flags: u8,
    count: u32,
    /// What its browser says of where it is.
    origin: &'static str,
    host: &'static str,
    cross_origin: bool,
}

/// What a key lies about.
type Lie = (&'static str, fn(&mut Pocket));

const TOUCHED: u8 = 0x01;
const KNOWN: u8 = 0x04;

fn site() -> Site {
    Site::of("https", "status.example")
}

impl Pocket {
    fn with(pair: Pair) -> Self {
        Self {
            pair,
            id: b"a key of a test".to_vec(),
            flags: TOUCHED | KNOWN,
            count: 0,
            origin: "https://status.example",
            host: "status.example",
            cross_origin: false,
        }
    }

    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self::with(Pair::P256(pair))
    }

    fn client_data(&self, kind: &str, question: &[u8]) -> Vec<u8> {
        let said = json!({
            "type": kind, "challenge": URL_SAFE_NO_PAD.encode(question),
            "origin": self.origin, "crossOrigin": self.cross_origin,
        });
        said.to_string().into_bytes()
    }

    fn key_data(&self, more: u8) -> Vec<u8> {
        let mut bytes = unhex(&hash_hex(self.host.as_bytes()));
        bytes.push(self.flags | more);
        bytes.extend(self.count.to_be_bytes());
        bytes
    }

    fn make(&self, question: &[u8]) -> Made {
        let mut key_data = self.key_data(0x40);
        key_data.extend([0; 16]);
        key_data.extend((self.id.len() as u16).to_be_bytes());
        key_data.extend(&self.id);
        let spki = |der: Result<PublicKeyX509Der<'_>, _>| der.unwrap().as_ref().to_vec();
        let (public_key, algorithm) = match &self.pair {
            Pair::P256(pair) => (spki(pair.public_key().as_der()), Algorithm::ES256),
            Pair::Ed25519(pair) => (spki(pair.public_key().as_der()), Algorithm::EdDSA),
            Pair::Rsa(pair) => (spki(pair.public_key().as_der()), Algorithm::RS256),
        };
        Made {
            client_data: self.client_data("webauthn.create", question),
            key_data,
            public_key,
            algorithm,
        }
    }

    fn sign(&self, question: &[u8]) -> Assertion {
        self.sign_as("webauthn.get", question)
    }

    fn sign_as(&self, kind: &str, question: &[u8]) -> Assertion {
        let (client_data, key_data) = (self.client_data(kind, question), self.key_data(0));
        let mut message = key_data.clone();
        message.extend(unhex(&hash_hex(&client_data)));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::P256(pair) => pair.sign(&random, &message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(&message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature);
                signed.unwrap();
                signature
            }
        };
        Assertion {
            credential: self.id.clone(),
            client_data,
            key_data,
            signature,
        }
    }
}

fn ada(kit: &Kit) -> Stored<User> {
    user(kit, "ada@example.com", Access::everywhere(Role::Viewer))
}

fn add(kit: &Kit, user: &Stored<User>, pocket: &Pocket) -> Result<(), OpError> {
    let question = kit.app.ask_new_passkey(&user.caller()).unwrap();
    let made = pocket.make(&question);
    let named = ("Telephone", PASSWORD);
    kit.app.add_passkey(&user.caller(), named, (&made, &site()))
}

fn ask(kit: &Kit) -> Vec<u8> {
    kit.app.ask_passkey(&browser("1")).unwrap()
}

fn show(kit: &Kit, assertion: &Assertion) -> Result<String, OpError> {
    kit.app
        .sign_in_with_passkey(assertion, &site(), &browser("1"))
}

const WRONG: Result<String, OpError> = Err(OpError::Unauthenticated);

#[test]
fn a_passkey_signs_in_alone_until_it_is_removed() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let ada = ada(&kit);
        let pocket = Pocket::new();
        add(&kit, &ada, &pocket).unwrap();
        let shown = pocket.sign(&ask(&kit));
        let secret = show(&kit, &shown).unwrap();
        let signed = kit.app.caller_of_session(&secret, at(BEGIN)).unwrap();
        assert_eq!(signed.caller.actor.id, ada.id);
        assert_eq!(show(&kit, &shown), WRONG, "a question is answered once");

        let held = kit.app.passkeys_of(&ada.id).unwrap();
        assert_eq!(held[0].value.last_used_at, Some(at(BEGIN)));
        let remove = |password| {
            kit.app
                .remove_passkey(&signed.caller, &held[0].id, password)
        };
        assert_eq!(remove("wrong password"), Err(OpError::Unauthenticated));
        let eve = user(&kit, "eve@example.com", Access::everywhere(Role::Owner));
        let stolen = kit.app.remove_passkey(&eve.caller(), &held[0].id, PASSWORD);
        assert!(
            matches!(stolen, Err(OpError::NotFound { .. })),
            "{stolen:?}"
        );
        remove(PASSWORD).unwrap();
        assert_eq!(show(&kit, &pocket.sign(&ask(&kit))), WRONG);
    }
}

#[test]
fn keys_of_each_kind_sign_in() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    let kinds = [
        Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
        Pair::Ed25519(Ed25519KeyPair::generate().unwrap()),
        Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
    ];
    for (number, pair) in kinds.into_iter().enumerate() {
        let pocket = Pocket {
            id: vec![number as u8; 16],
            ..Pocket::with(pair)
        };
        add(&kit, &ada, &pocket).unwrap();
        assert!(show(&kit, &pocket.sign(&ask(&kit))).is_ok(), "{number}");
    }
}

#[test]
fn a_key_that_was_not_made_here_now_by_its_owner_is_not_kept() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    let lies: [Lie; 6] = [
        ("another site", |key| key.origin = "https://evil.example"),
        ("unencrypted", |key| key.origin = "http://status.example"),
        ("another host", |key| key.host = "evil.example"),
        ("within another site", |key| key.cross_origin = true),
        ("untouched", |key| key.flags = KNOWN),
        ("by anybody", |key| key.flags = TOUCHED),
    ];
    for (name, lie) in lies {
        let mut pocket = Pocket::new();
        lie(&mut pocket);
        let added = add(&kit, &ada, &pocket);
        assert_eq!(added, Err(OpError::Unauthenticated), "{name}");
    }
    let eve = user(&kit, "eve@example.com", Access::everywhere(Role::Viewer));
    let caller = ada.caller();
    let keep = |made: &Made, name, password| {
        let site = site();
        kit.app
            .add_passkey(&caller, (name, password), (made, &site))
    };
    let pocket = Pocket::new();
    let of_eve = kit.app.ask_new_passkey(&eve.caller()).unwrap();
    let of_signing_in = ask(&kit);
    for question in [of_eve, of_signing_in, vec![0; 32], Vec::new()] {
        let kept = keep(&pocket.make(&question), "Telephone", PASSWORD);
        assert_eq!(kept, Err(OpError::Unauthenticated));
    }
    let made = pocket.make(&kit.app.ask_new_passkey(&caller).unwrap());
    let kept = keep(&made, "Telephone", "wrong password");
    assert_eq!(kept, Err(OpError::Unauthenticated));
    assert!(matches!(
        keep(&made, " ", PASSWORD),
        Err(OpError::Refused(_))
    ));
    let mut cut = made.clone();
    cut.key_data.truncate(50);
    assert_eq!(
        keep(&cut, "Telephone", PASSWORD),
        Err(OpError::Unauthenticated)
    );
    let late = pocket.make(&kit.app.ask_new_passkey(&caller).unwrap());
    kit.clock.set(at(BEGIN).plus_seconds(QUESTION_S));
    assert_eq!(
        keep(&late, "Telephone", PASSWORD),
        Err(OpError::Unauthenticated)
    );
    assert!(kit.app.passkeys_of(&ada.id).unwrap().is_empty());
}

#[test]
fn what_was_not_signed_here_now_signs_nobody_in() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    let mut pocket = Pocket::new();
    add(&kit, &ada, &pocket).unwrap();
    assert!(
        show(&kit, &pocket.sign(&ask(&kit))).is_ok(),
        "the truth does"
    );
    let lies: [Lie; 7] = [
        ("at another site", |key| key.origin = "https://evil.example"),
        ("for another host", |key| key.host = "evil.example"),
        ("within another site", |key| key.cross_origin = true),
        ("untouched", |key| key.flags = KNOWN),
        ("by anybody", |key| key.flags = TOUCHED),
        ("by another name", |key| key.id = b"another".to_vec()),
        ("by another key", |key| key.pair = Pocket::new().pair),
    ];
    for (name, lie) in lies {
        // The same key, and what it says changed.
        let mut liar = Pocket::with(pocket.pair);
        lie(&mut liar);
        let shown = liar.sign(&ask(&kit));
        assert_eq!(show(&kit, &shown), WRONG, "{name}");
        pocket = liar;
    }
}

#[test]
fn a_question_is_ours_fresh_and_put_to_whoever_signs_in() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    let mut pocket = Pocket::new();
    add(&kit, &ada, &pocket).unwrap();
    let of_making = kit.app.ask_new_passkey(&ada.caller()).unwrap();
    for question in [of_making, vec![0; 32], Vec::new()] {
        assert_eq!(show(&kit, &pocket.sign(&question)), WRONG);
    }
    let made = pocket.sign_as("webauthn.create", &ask(&kit));
    assert_eq!(show(&kit, &made), WRONG, "an answer to another question");
    let mut changed = pocket.sign(&ask(&kit));
    changed.key_data[36] = 9;
    assert_eq!(show(&kit, &changed), WRONG, "changed after it was signed");
    let late = pocket.sign(&ask(&kit));
    kit.clock.set(at(BEGIN).plus_seconds(QUESTION_S));
    assert_eq!(show(&kit, &late), WRONG, "too late");

    // A key that counts and counts no further has a double.
    pocket.count = 5;
    assert!(show(&kit, &pocket.sign(&ask(&kit))).is_ok());
    assert_eq!(show(&kit, &pocket.sign(&ask(&kit))), WRONG);
    pocket.count = 6;
    assert!(show(&kit, &pocket.sign(&ask(&kit))).is_ok());
    let host = Caller::command_line();
    kit.app.set_disabled(&host, &ada.id, true).unwrap();
    pocket.count = 7;
    assert_eq!(show(&kit, &pocket.sign(&ask(&kit))), WRONG, "disabled");
}

#[test]
fn a_passkey_is_a_second_factor() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    // As a second factor it need not know who touches it.
    let mut pocket = Pocket::new();
    add(&kit, &ada, &pocket).unwrap();
    pocket.flags = TOUCHED;
    let pending = || match kit
        .app
        .sign_in(("ada@example.com", PASSWORD), &browser("1"))
    {
        Ok(SignIn::CodeWanted(wanted)) => wanted,
        other => panic!("{other:?}"),
    };
    let wanted = pending();
    assert!(!wanted.takes_code);
    assert_eq!(wanted.passkeys, [noroshi_domain::hex(&pocket.id)]);
    let give = |pending: &str, assertion: &Assertion| {
        let site = site();
        let shown = Shown::Passkey(assertion, &site);
        kit.app.sign_in_with_code(pending, &shown, &browser("1"))
    };
    let right = pocket.sign(&question_after_password(&wanted.pending));
    let of_another = pocket.sign(&question_after_password(&pending().pending));
    assert_eq!(give(&wanted.pending, &of_another), WRONG);
    let code = Shown::Code("000000");
    let by_code = kit
        .app
        .sign_in_with_code(&wanted.pending, &code, &browser("1"));
    assert_eq!(by_code, WRONG, "there are no codes");
    let secret = give(&wanted.pending, &right).unwrap();
    assert!(is_in(&kit, &secret, at(BEGIN)));
    assert_eq!(give(&wanted.pending, &right), WRONG, "once");
    assert_eq!(
        show(&kit, &pocket.sign(&ask(&kit))),
        WRONG,
        "alone it must know"
    );

    let eve = user(&kit, "eve@example.com", Access::everywhere(Role::Viewer));
    let other = Pocket {
        id: b"hers".to_vec(),
        ..Pocket::new()
    };
    add(&kit, &eve, &other).unwrap();
    let wanted = pending();
    let hers = other.sign(&question_after_password(&wanted.pending));
    assert_eq!(give(&wanted.pending, &hers), WRONG, "somebody else's");
}

#[test]
fn the_last_factor_stays_where_one_is_required() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    let Ok(SignIn::Done(secret)) = kit
        .app
        .sign_in(("ada@example.com", PASSWORD), &browser("1"))
    else {
        panic!("a password is enough yet");
    };
    let lacks = || {
        let signed = kit.app.caller_of_session(&secret, at(BEGIN)).unwrap();
        signed.lacks_factor
    };
    let host = Caller::command_line();
    kit.app.require_second_factor(&host, true).unwrap();
    assert!(lacks());
    add(&kit, &ada, &Pocket::new()).unwrap();
    assert!(!lacks(), "a passkey is one");
    let held = kit.app.passkeys_of(&ada.id).unwrap();
    let remove = || kit.app.remove_passkey(&ada.caller(), &held[0].id, PASSWORD);
    assert!(matches!(remove(), Err(OpError::Refused(_))));
    kit.app.require_second_factor(&host, false).unwrap();
    remove().unwrap();
}

#[test]
fn passkeys_and_questions_are_bounded_and_each_key_is_somebodys() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = ada(&kit);
    let numbered = |number: usize| Pocket {
        id: vec![number as u8; 16],
        ..Pocket::new()
    };
    for number in 0..PASSKEYS_OF_USER_MAX {
        add(&kit, &ada, &numbered(number)).unwrap();
    }
    let more = add(&kit, &ada, &numbered(PASSKEYS_OF_USER_MAX));
    assert!(matches!(more, Err(OpError::Refused(_))), "{more:?}");
    let eve = user(&kit, "eve@example.com", Access::everywhere(Role::Viewer));
    let taken = add(&kit, &eve, &numbered(0));
    assert!(matches!(taken, Err(OpError::Refused(_))), "{taken:?}");

    for _ in 0..QUESTIONS_OF_ADDRESS_MAX {
        ask(&kit);
    }
    let more = kit.app.ask_passkey(&browser("1"));
    assert!(matches!(more, Err(OpError::TooOften { .. })));
    assert!(kit.app.ask_passkey(&browser("2")).is_ok());
    let audit = kit.app.store().audit(None, None, 100).unwrap();
    let details = audit.iter().filter(|row| row.action == "passkey_added");
    let names: Vec<Value> = details
        .map(|row| serde_json::from_str(&row.detail).unwrap())
        .collect();
    assert_eq!(names.len(), PASSKEYS_OF_USER_MAX);
    assert_eq!(names[0]["name"], "Telephone");
}
