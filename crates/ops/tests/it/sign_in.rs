//! Accounts, sign-in, sessions and links through the door.

use noroshi_domain::{Locale, PageId};
use noroshi_ops::links::NewPerson;
use noroshi_ops::passwords::hashed_count;
use noroshi_ops::second_factor::Shown;
use noroshi_ops::sessions::Browser;
use noroshi_ops::users::{NewUser, User};
use noroshi_ops::{
    Access, Caller, OpError, Permission, Role, SESSION_IDLE_S, SESSION_S, SignIn, Stored,
    TRIES_OF_ADDRESS_MAX, TRIES_OF_BOTH_MAX, TRIES_S,
};
use noroshi_store::testkit::{Engine, engines};

use crate::kit::{BEGIN, Kit, at};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) fn browser(address: &str) -> Browser {
    Browser {
        agent: "Test".to_owned(),
        address: address.to_owned(),
    }
}

fn person(email: &str) -> NewPerson {
    NewPerson {
        email: email.to_owned(),
        name: "Ada".to_owned(),
        locale: Locale::Ja,
        password: PASSWORD.to_owned(),
    }
}

pub(crate) fn user(kit: &Kit, email: &str, access: Access) -> Stored<User> {
    let new = NewUser {
        email: email.to_owned(),
        name: "Ada".to_owned(),
        locale: Locale::En,
        password: Some(PASSWORD.to_owned()),
        access,
    };
    kit.app.create_user(&Caller::command_line(), &new).unwrap()
}

fn sign_in(kit: &Kit, email: &str, password: &str, address: &str) -> Result<String, OpError> {
    match kit.app.sign_in((email, password), &browser(address))? {
        SignIn::Done(secret) => Ok(secret),
        SignIn::CodeWanted(wanted) => panic!("a code is wanted: {wanted:?}"),
    }
}

pub(crate) fn is_in(kit: &Kit, secret: &str, now: noroshi_domain::Instant) -> bool {
    kit.app.caller_of_session(secret, now).is_ok()
}

#[test]
fn the_first_owner_is_made_once_by_a_link_of_the_host() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let first = kit.app.setup_link().unwrap().unwrap();
        let second = kit.app.setup_link().unwrap().unwrap();
        let weak = NewPerson {
            password: "short".to_owned(),
            ..person("ada@example.com")
        };
        let refused = kit.app.set_up(&second, &weak, &browser("1"));
        assert!(matches!(refused, Err(OpError::Refused(_))));
        let made = kit
            .app
            .set_up(&second, &person("ada@example.com"), &browser("1"));
        let owner = kit
            .app
            .caller_of_session(&made.unwrap(), at(BEGIN))
            .unwrap();
        assert_eq!(
            (owner.caller.name.as_str(), owner.caller.locale),
            ("Ada", Locale::Ja)
        );
        assert!(owner.caller.may(None, Permission::ManageInstallation));
        for link in [&first, &second] {
            let again = kit
                .app
                .set_up(link, &person("eve@example.com"), &browser("1"));
            assert_eq!(again, Err(OpError::Unauthenticated));
        }
        assert_eq!(kit.app.setup_link().unwrap(), None);
        assert!(sign_in(&kit, " ADA@example.com ", PASSWORD, "1").is_ok());
    }
}

#[test]
fn a_session_ends_by_rest_by_age_and_by_hand() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = user(&kit, "ada@example.com", Access::everywhere(Role::Viewer));
    let begin = at(BEGIN);
    let secret = sign_in(&kit, "ada@example.com", PASSWORD, "1").unwrap();
    assert!(is_in(&kit, &secret, begin.plus_seconds(SESSION_IDLE_S - 1)));
    // Used: it rests anew from there.
    assert!(is_in(
        &kit,
        &secret,
        begin.plus_seconds(2 * SESSION_IDLE_S - 2)
    ));
    assert!(!is_in(
        &kit,
        &secret,
        begin.plus_seconds(4 * SESSION_IDLE_S)
    ));
    let mut now = begin;
    while now.since_us(begin) < (SESSION_S - SESSION_IDLE_S) * 1_000_000 {
        now = now.plus_seconds(SESSION_IDLE_S / 2);
        is_in(&kit, &secret, now);
    }
    assert!(!is_in(&kit, &secret, begin.plus_seconds(SESSION_S)));

    let other = sign_in(&kit, "ada@example.com", PASSWORD, "2").unwrap();
    let signed_in = kit.app.caller_of_session(&other, begin).unwrap();
    let eve = user(&kit, "eve@example.com", Access::everywhere(Role::Viewer));
    let stolen = kit.app.end_session(&eve.caller(), &signed_in.session);
    assert!(matches!(stolen, Err(OpError::NotFound { .. })));
    kit.app
        .end_session(&ada.caller(), &signed_in.session)
        .unwrap();
    assert!(!is_in(&kit, &other, begin));
    for forged in ["", "0", &other[..63]] {
        assert!(!is_in(&kit, forged, begin), "{forged}");
    }
}

#[test]
fn an_account_that_is_not_there_costs_the_same_work_and_says_the_same() {
    let kit = Kit::new(Engine::Sqlite);
    user(&kit, "ada@example.com", Access::everywhere(Role::Viewer));
    let off = user(&kit, "off@example.com", Access::everywhere(Role::Viewer));
    kit.app
        .set_disabled(&Caller::command_line(), &off.id, true)
        .unwrap();
    let cost = |email, password| {
        let before = hashed_count();
        let answer = sign_in(&kit, email, password, "1");
        (hashed_count() - before, answer.map(drop))
    };
    let wrong = cost("ada@example.com", "wrong password");
    assert_eq!(wrong, (1, Err(OpError::Unauthenticated)));
    assert_eq!(cost("nobody@example.com", PASSWORD), wrong);
    assert_eq!(cost("off@example.com", PASSWORD), wrong);
}

#[test]
fn guessing_stops_unseen_for_one_account_and_for_one_address() {
    let kit = Kit::new(Engine::Sqlite);
    user(&kit, "ada@example.com", Access::everywhere(Role::Viewer));
    for _ in 0..TRIES_OF_BOTH_MAX {
        let wrong = sign_in(&kit, "ada@example.com", "wrong password", "1");
        assert_eq!(wrong, Err(OpError::Unauthenticated));
    }
    let before = hashed_count();
    let locked = sign_in(&kit, "ada@example.com", PASSWORD, "1");
    assert!(
        matches!(locked, Err(OpError::TooOften { .. })),
        "{locked:?}"
    );
    assert_eq!(hashed_count(), before, "what is refused costs no work");
    assert!(
        sign_in(&kit, "ada@example.com", PASSWORD, "2").is_ok(),
        "nobody is locked out from elsewhere"
    );
    for number in 0..TRIES_OF_ADDRESS_MAX - TRIES_OF_BOTH_MAX {
        let email = format!("u{number}@example.com");
        let wrong = sign_in(&kit, &email, PASSWORD, "1");
        assert_eq!(wrong, Err(OpError::Unauthenticated), "{number}");
    }
    let spread = sign_in(&kit, "other@example.com", PASSWORD, "1");
    assert!(
        matches!(spread, Err(OpError::TooOften { .. })),
        "{spread:?}"
    );
    kit.clock.set(at(BEGIN).plus_seconds(TRIES_S));
    assert!(sign_in(&kit, "ada@example.com", PASSWORD, "1").is_ok());
}

#[test]
fn a_way_in_from_the_host_opens_once_and_for_ten_minutes() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let host = Caller::command_line();
        let ada = user(&kit, "ada@example.com", Access::everywhere(Role::Viewer));
        let link = kit.app.login_link(&host, "ada@example.com").unwrap();
        let session = kit.app.use_login_link(&link, &browser("1")).unwrap();
        assert!(is_in(&kit, &session, at(BEGIN)));
        let again = kit.app.use_login_link(&link, &browser("1"));
        assert_eq!(again, Err(OpError::Unauthenticated));
        let late = kit.app.login_link(&host, "ada@example.com").unwrap();
        kit.clock.set(at(BEGIN).plus_seconds(600));
        let late = kit.app.use_login_link(&late, &browser("1"));
        assert_eq!(late, Err(OpError::Unauthenticated));
        assert!(matches!(
            kit.app.login_link(&ada.caller(), "ada@example.com"),
            Err(OpError::Forbidden(_))
        ));
        assert!(matches!(
            kit.app.login_link(&host, "nobody@example.com"),
            Err(OpError::NotFound { .. })
        ));
    }
}

#[test]
fn whoever_is_invited_becomes_what_the_inviter_may_give() {
    let kit = Kit::new(Engine::Sqlite);
    let page = [kit.page.clone()];
    let admin = user(
        &kit,
        "admin@example.com",
        Access::on_pages(Role::Admin, page.clone()),
    );
    let admin = admin.caller();
    let invite = |access| kit.app.invite(&admin, "new@example.com", access);
    assert!(matches!(
        invite(Access::everywhere(Role::Viewer)),
        Err(OpError::Forbidden(_))
    ));
    assert!(matches!(
        invite(Access::on_pages(Role::Owner, page.clone())),
        Err(OpError::Forbidden(_))
    ));
    let (_, link) = invite(Access::on_pages(Role::Responder, page)).unwrap();
    let wrong = kit
        .app
        .set_up(&link, &person("x@example.com"), &browser("1"));
    assert_eq!(wrong, Err(OpError::Unauthenticated), "it is no set-up");
    let session = kit
        .app
        .accept_invitation(&link, &person("forged@example.com"), &browser("1"))
        .unwrap();
    let guest = kit
        .app
        .caller_of_session(&session, at(BEGIN))
        .unwrap()
        .caller;
    assert!(guest.may(Some(&kit.page), Permission::PostIncident));
    assert!(!guest.may(Some(&kit.page), Permission::ManageTeam));
    assert!(
        kit.app
            .user_by_email("forged@example.com")
            .unwrap()
            .is_none()
    );
    let again = kit
        .app
        .accept_invitation(&link, &person("y@example.com"), &browser("1"));
    assert_eq!(again, Err(OpError::Unauthenticated));

    let (code, link) = kit
        .app
        .invite(&admin, "late@example.com", guest.access().clone())
        .unwrap();
    assert_eq!(kit.app.list_invitations(&guest).unwrap(), []);
    assert_eq!(kit.app.list_invitations(&admin).unwrap().len(), 1);
    assert!(kit.app.withdraw_invitation(&guest, &code).is_err());
    kit.app.withdraw_invitation(&admin, &code).unwrap();
    assert_eq!(kit.app.opens(&link), Err(OpError::Unauthenticated));
}

#[test]
fn roles_are_given_and_taken_by_those_who_hold_more_and_an_owner_stays() {
    let kit = Kit::new(Engine::Sqlite);
    let host = Caller::command_line();
    let page = [kit.page.clone()];
    let owner = user(&kit, "owner@example.com", Access::everywhere(Role::Owner));
    let admin = user(
        &kit,
        "admin@example.com",
        Access::on_pages(Role::Admin, page.clone()),
    );
    let guest = user(
        &kit,
        "guest@example.com",
        Access::on_pages(Role::Viewer, page),
    );
    let here = Some(&kit.page);
    let set = |caller: &Caller, of: &Stored<User>, page: Option<&PageId>, role| {
        kit.app.set_role(caller, &of.id, page, role)
    };
    set(&admin.caller(), &guest, here, Some(Role::Responder)).unwrap();
    for (caller, of, page, role) in [
        (&guest, &guest, here, Some(Role::Admin)),
        (&admin, &admin, here, Some(Role::Owner)),
        (&admin, &guest, None, Some(Role::Viewer)),
        (&admin, &owner, None, None),
    ] {
        let refused = set(&caller.caller(), of, page, role);
        let is_refused = matches!(
            refused,
            Err(OpError::Forbidden(_) | OpError::NotFound { .. })
        );
        assert!(is_refused, "{} {refused:?}", caller.value.email);
    }
    let last = set(&host, &owner, None, Some(Role::Admin));
    assert!(matches!(last, Err(OpError::Refused(_))), "{last:?}");
    let last = kit.app.set_disabled(&host, &owner.id, true);
    assert!(matches!(last, Err(OpError::Refused(_))), "{last:?}");
    set(&host, &admin, None, Some(Role::Owner)).unwrap();
    set(&host, &owner, None, None).unwrap();
}

#[test]
fn a_new_password_and_a_disabled_account_end_the_sessions() {
    let kit = Kit::new(Engine::Sqlite);
    let ada = user(&kit, "ada@example.com", Access::everywhere(Role::Viewer));
    let here = sign_in(&kit, "ada@example.com", PASSWORD, "1").unwrap();
    let there = sign_in(&kit, "ada@example.com", PASSWORD, "2").unwrap();
    let kept = kit.app.caller_of_session(&here, at(BEGIN)).unwrap();
    let new = "another long password";
    let change = |old| {
        kit.app
            .change_password(&kept.caller, (old, new), Some(&kept.session))
    };
    assert_eq!(change("wrong password"), Err(OpError::Unauthenticated));
    change(PASSWORD).unwrap();
    assert!(is_in(&kit, &here, at(BEGIN)));
    assert!(!is_in(&kit, &there, at(BEGIN)));
    assert!(sign_in(&kit, "ada@example.com", PASSWORD, "1").is_err());
    assert!(sign_in(&kit, "ada@example.com", new, "1").is_ok());

    kit.app
        .set_disabled(&Caller::command_line(), &ada.id, true)
        .unwrap();
    assert!(!is_in(&kit, &here, at(BEGIN)));
    assert!(sign_in(&kit, "ada@example.com", new, "1").is_err());
    kit.app
        .set_disabled(&Caller::command_line(), &ada.id, false)
        .unwrap();
    assert!(sign_in(&kit, "ada@example.com", new, "1").is_ok());
}

/// The code that a telephone shows: made by other code than ours.
fn code(secret_hex: &str, now: noroshi_domain::Instant) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        &noroshi_domain::unhex(secret_hex),
    );
    let step = now.micros() / 30_000_000;
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let hash = tag.as_ref();
    let at = usize::from(hash[19] % 16);
    let number = hash[at..at + 4]
        .iter()
        .fold(0_u64, |sum, byte| sum * 256 + u64::from(*byte));
    format!("{:06}", number % (1 << 31) % 1_000_000)
}

/// Somebody with a second factor: him, its secret, and the recovery codes.
fn with_factor(kit: &Kit) -> (Stored<User>, String, Vec<String>) {
    kit.app.keep_secrets_with([7; 32]);
    let ada = user(kit, "ada@example.com", Access::everywhere(Role::Viewer));
    let secret = kit.app.new_second_factor();
    let first = code(&secret, at(BEGIN));
    let set = |password: &str, code: &str| {
        kit.app
            .set_second_factor(&ada.caller(), password, (&secret, code))
    };
    assert_eq!(set("wrong password", &first), Err(OpError::Unauthenticated));
    assert_eq!(set(PASSWORD, "000000"), Err(OpError::Unauthenticated));
    let recovery = set(PASSWORD, &first).unwrap();
    (ada, secret, recovery)
}

/// Half a sign-in.
fn pending(kit: &Kit) -> String {
    match kit
        .app
        .sign_in(("ada@example.com", PASSWORD), &browser("1"))
    {
        Ok(SignIn::CodeWanted(wanted)) => wanted.pending,
        other => panic!("{other:?}"),
    }
}

fn give(kit: &Kit, pending: &str, code: &str) -> Result<String, OpError> {
    let shown = Shown::Code(code);
    kit.app.sign_in_with_code(pending, &shown, &browser("1"))
}

#[test]
fn a_code_is_wanted_taken_once_and_only_near_its_time() {
    let wrong = Err(OpError::Unauthenticated);
    for engine in engines() {
        let kit = Kit::new(engine);
        let (_, secret, _) = with_factor(&kit);
        let begun = pending(&kit);
        assert!(
            !is_in(&kit, &begun, at(BEGIN)),
            "half a sign-in opens nothing"
        );
        let first = code(&secret, at(BEGIN));
        assert_eq!(give(&kit, &begun, &first), wrong, "it was used");
        for steps in [2, -2] {
            let far = code(&secret, at(BEGIN).plus_seconds(30 * steps));
            assert_eq!(give(&kit, &begun, &far), wrong, "{steps}");
        }
        let next = code(&secret, at(BEGIN).plus_seconds(30));
        assert!(is_in(&kit, &give(&kit, &begun, &next).unwrap(), at(BEGIN)));
        assert_eq!(give(&kit, &begun, &next), wrong, "the sign-in is over");
        assert_eq!(
            give(&kit, &pending(&kit), &next),
            wrong,
            "the code was used"
        );
        let late = pending(&kit);
        kit.clock.set(at(BEGIN).plus_seconds(300));
        let now = code(&secret, at(BEGIN).plus_seconds(300));
        assert_eq!(
            give(&kit, &late, &now),
            wrong,
            "too long after the password"
        );
        assert!(give(&kit, &pending(&kit), &now).is_ok());
    }
}

#[test]
fn recovery_codes_are_kept_as_hashes_and_taken_once() {
    let kit = Kit::new(Engine::Sqlite);
    let (ada, secret, recovery) = with_factor(&kit);
    let stored = kit.app.store().record("user", &ada.id).unwrap().unwrap();
    assert!(!stored.body.contains(&secret), "{}", stored.body);
    assert!(!stored.body.contains(&recovery[0]), "{}", stored.body);
    let (first, rest) = recovery[0].split_at(8);
    let typed = format!(" {first}-{} ", rest.to_uppercase());
    assert!(give(&kit, &pending(&kit), &typed).is_ok());
    let again = give(&kit, &pending(&kit), &recovery[0]);
    assert_eq!(again, Err(OpError::Unauthenticated));
    assert!(give(&kit, &pending(&kit), &recovery[1]).is_ok());
}

#[test]
fn guessing_codes_stops_and_a_factor_is_dropped_with_the_password_only() {
    let kit = Kit::new(Engine::Sqlite);
    let (ada, secret, _) = with_factor(&kit);
    kit.clock.set(at(BEGIN).plus_seconds(3_600));
    let fresh = pending(&kit);
    for _ in 0..10 {
        let wrong = give(&kit, &fresh, "000000");
        assert_eq!(wrong, Err(OpError::Unauthenticated));
    }
    let right = code(&secret, at(BEGIN).plus_seconds(3_600));
    let stopped = give(&kit, &fresh, &right);
    assert!(
        matches!(stopped, Err(OpError::TooOften { .. })),
        "{stopped:?}"
    );
    let dropped = kit.app.drop_second_factor(&ada.caller(), "wrong password");
    assert_eq!(dropped, Err(OpError::Unauthenticated));
    kit.app.drop_second_factor(&ada.caller(), PASSWORD).unwrap();
    assert!(sign_in(&kit, "ada@example.com", PASSWORD, "1").is_ok());
}
