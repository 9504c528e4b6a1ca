//! People from the host: the first link, invitations, roles, a way in.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use noroshi_store::testkit::{Engine, engines};

use crate::kit::Installation;

/// Makes an account with a password at once.
pub(crate) fn add(at: &Installation, email: &str, role: &str) {
    let mut command = at.command();
    command.args(["user", "add", "--email", email, "--role", role]);
    command.arg("--password-stdin");
    add_by(command);
}

/// Runs what makes an account with a password, and gives it one.
pub(crate) fn add_by(mut command: Command) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"correct horse battery\n")
        .unwrap();
    assert!(child.wait().unwrap().success());
}

/// What a server says when it starts: its address, and what follows within a moment.
fn greeting(
    at: &Installation,
) -> (
    std::process::Child,
    String,
    BufReader<std::process::ChildStdout>,
) {
    let mut child = at
        .command()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let address = first
        .trim()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    (child, address, lines)
}

#[test]
fn an_empty_server_prints_where_the_first_account_is_made_until_there_is_one() {
    let at = Installation::new(Engine::Sqlite);
    let (mut child, address, mut lines) = greeting(&at);
    let mut second = String::new();
    lines.read_line(&mut second).unwrap();
    let link = second.trim().strip_prefix("set up at ").unwrap();
    assert!(
        link.starts_with(&format!("{address}/console/setup?token=")),
        "{link}"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    add(&at, "ada@example.com", "owner");
    let (mut child, _, mut lines) = greeting(&at);
    // Links from the host lead to where it listens.
    let link = at.ok(&["admin", "login-link", "--email", "ada@example.com"]);
    assert!(link.contains("/console/login-link?token="), "{link}");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    lines.read_line(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn roles_are_given_taken_and_listed() {
    let at = Installation::with_page(Engine::Sqlite);
    add(&at, "ada@example.com", "owner");
    add(&at, "bob@example.com", "viewer");
    let page = at.json(&["page", "list"])[0]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    at.ok(&[
        "user",
        "role",
        "--email",
        "bob@example.com",
        "--role",
        "admin",
        "--page",
        &page,
    ]);
    at.ok(&[
        "user",
        "role",
        "--email",
        "BOB@example.com",
        "--role",
        "none",
    ]);
    let listed = at.json(&["user", "list"]);
    assert_eq!(listed[1]["email"], "bob@example.com");
    assert_eq!(listed[1]["role"], serde_json::Value::Null);
    assert_eq!(listed[1]["pages"][0], format!("{page}=admin"));
    assert!(!listed.to_string().contains("hash"));

    let (exit, said) = at.fails(&["user", "disable", "--email", "ada@example.com"]);
    assert_eq!(exit, 3, "{said}");
    at.ok(&["user", "disable", "--email", "bob@example.com"]);
    assert_eq!(at.json(&["user", "list"])[1]["state"], "disabled");
    let (exit, _) = at.fails(&["admin", "login-link", "--email", "bob@example.com"]);
    assert_eq!(exit, 4);
    at.ok(&["user", "enable", "--email", "bob@example.com"]);
    let link = at.ok(&[
        "admin",
        "login-link",
        "--email",
        "bob@example.com",
        "--at",
        "https://status.example/",
    ]);
    assert!(
        link.starts_with("https://status.example/console/login-link?token="),
        "{link}"
    );

    let link = at.ok(&[
        "user",
        "add",
        "--email",
        "eve@example.com",
        "--role",
        "editor",
    ]);
    assert!(link.starts_with("/console/invitation?token="), "{link}");
    let (exit, said) = at.fails(&[
        "user",
        "add",
        "--email",
        "bob@example.com",
        "--role",
        "editor",
    ]);
    assert_eq!(exit, 3, "{said}");
}

#[test]
fn a_second_factor_is_required_from_the_host_and_no_longer() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        at.ok(&["admin", "second-factor", "required"]);
        at.ok(&["admin", "second-factor", "required"]);
        let acts_of = |at: &Installation| {
            let audit = at.store().audit(None, None, 10).unwrap();
            let acts = audit.into_iter().map(|row| row.action);
            acts.filter(|act| act.starts_with("second_factor"))
                .collect::<Vec<_>>()
        };
        assert_eq!(acts_of(&at), ["second_factor_required"]);
        at.ok(&["admin", "second-factor", "optional"]);
        let acts = ["second_factor_optional", "second_factor_required"];
        assert_eq!(acts_of(&at), acts);
        let (exit, said) = at.fails(&["admin", "second-factor", "perhaps"]);
        assert!(exit == 2 && said.contains("required or optional"), "{said}");
    }
}
