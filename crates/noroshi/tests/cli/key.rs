//! The signing key: changed so that anyone can follow, and named where it was exchanged.

use noroshi_store::testkit::{Engine, engines};

use crate::kit::Installation;

#[test]
fn a_new_key_signs_and_old_heads_still_verify() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let page = at.json(&["page", "list"])[0]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        let page_id = noroshi_domain::PageId::parse(&page).unwrap();
        let old_head = at.store().signed_head(&page_id).unwrap().unwrap();
        let seq = at.seq();
        let key = at.ok(&["key", "rotate"]);
        assert!(!old_head.contains(&key), "{}", engine.name());
        at.ok(&["component", "status", "api", "major_outage"]);
        let head = at.store().signed_head(&page_id).unwrap().unwrap();
        assert!(head.contains(&key), "{head}");
        at.ok(&["verify", "--full"]);
        at.ok(&["verify", "--against", &old_head]);
        let keys = at.json(&["key", "list"]);
        assert_eq!(keys.as_array().unwrap().len(), 2);
        assert_eq!(keys[0]["from_seq"], 1);
        assert_eq!(keys[0]["until_seq"], seq + 1);
        assert_eq!(keys[1]["key"], key.as_str());
        assert_eq!(keys[1]["from_seq"], seq + 1);
        assert!(keys[1]["until_seq"].is_null());
    }
}

#[test]
fn a_key_is_changed_beside_a_running_server_which_goes_on_with_it() {
    let at = Installation::with_page(Engine::Sqlite);
    let server = at.serve(&[]);
    server.wait_for("/beat.json", "public_key", 60_000);
    let key = at.ok(&["key", "rotate"]);
    at.ok(&["component", "status", "api", "major_outage"]);
    server.wait_for("/beat.json", &format!("\"key\":\"{key}\""), 60_000);
    server.wait_for("/beat.json", "\"changes\":[", 60_000);
    let (exit, said) = at.fails(&["key", "rotate", "--direct"]);
    assert_eq!(exit, 2, "{said}");
    assert!(server.terminate());
    at.ok(&["verify", "--full"]);
}

#[test]
fn an_exchanged_key_is_named_as_a_break() {
    let at = Installation::with_page(Engine::Sqlite);
    at.ok(&["key", "rotate"]);
    at.ok(&["verify"]);
    at.store()
        .set_setting("signing_seed", &"ab".repeat(32))
        .unwrap();
    at.ok(&["component", "status", "api", "major_outage"]);
    let said = at.names_faults();
    assert!(
        said.contains("the key was exchanged without a change-over"),
        "{said}"
    );
}

#[test]
fn a_change_over_that_was_forged_is_named() {
    let at = Installation::with_page(Engine::Sqlite);
    let key = at.ok(&["key", "rotate"]);
    let keys = at.store().setting("signing_keys").unwrap().unwrap();
    let place = keys.rfind("\"signature\":\"").unwrap() + "\"signature\":\"".len();
    let mut forged = keys;
    let digit = if forged[place..].starts_with('0') {
        "1"
    } else {
        "0"
    };
    forged.replace_range(place..=place, digit);
    at.store().set_setting("signing_keys", &forged).unwrap();
    let said = at.names_faults();
    let named = format!("key {key}: its change-over is not signed by it and the key before");
    assert!(said.contains(&named), "{said}");
}

impl Installation {
    /// What `verify` names, which is to find something.
    fn names_faults(&self) -> String {
        let output = self.run(&["verify"]);
        assert_eq!(output.status.code(), Some(6));
        String::from_utf8(output.stdout).unwrap()
    }
}
