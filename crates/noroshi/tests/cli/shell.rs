//! What shells and `man` are given: completions that complete, pages that are set without a
//! warning.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use noroshi_store::testkit::Engine;

use crate::kit::Installation;

/// What bash offers for a line whose last word is being typed.
fn offered(script: &Path, line: &str) -> Vec<String> {
    let script = script.display();
    let asks = format!(
        "source {script}\nCOMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()\n\
         _noroshi noroshi \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash")
        .args(["--norc", "-c", &asks])
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let at = Installation::new(Engine::Sqlite);
    let script = at.file("noroshi.bash", &at.ok(&["completions", "bash"]));
    assert_eq!(offered(&script, "noroshi compo"), ["component"]);
    assert_eq!(
        offered(&script, "noroshi component res"),
        ["restore"],
        "a command of a command"
    );
    assert!(
        offered(&script, "noroshi incident create --who").contains(&"--who-is-affected".to_owned())
    );
    assert_eq!(
        offered(&script, "noroshi component update --policy d"),
        ["declared"]
    );
}

#[test]
fn the_other_shells_are_told_of_every_command() {
    let at = Installation::new(Engine::Sqlite);
    for shell in ["zsh", "fish"] {
        let script = at.ok(&["completions", shell]);
        for command in ["serve", "component", "apply", "export", "completions"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let (exit, said) = at.fails(&["completions", "tcsh"]);
    assert_eq!(exit, 2);
    assert!(said.contains("bash"), "{said}");
}

/// Sets a manual page as `man` does; gives the text and what groff warns of.
fn set(page: &str) -> (String, String) {
    let mut groff = Command::new("groff")
        .args(["-man", "-ww", "-K", "utf8", "-T", "utf8", "-P-cbou"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("groff is installed by scripts/install");
    let mut input = groff.stdin.take().unwrap();
    input.write_all(page.as_bytes()).unwrap();
    drop(input);
    let output = groff.wait_with_output().unwrap();
    assert!(output.status.success());
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_manual_is_set_without_a_warning_and_names_commands_and_options() {
    let at = Installation::new(Engine::Sqlite);
    let (text, warnings) = set(&at.ok(&["man"]));
    assert_eq!(warnings, "");
    assert!(text.contains("noroshi-incident(1)"), "{text}");
    assert!(!text.contains("noroshi-help"), "{text}");
    let (text, warnings) = set(&at.ok(&["man", "incident", "create"]));
    assert_eq!(warnings, "");
    assert!(text.contains("--who-is-affected"), "{text}");
    let (exit, said) = at.fails(&["man", "incident", "reopen"]);
    assert_eq!(exit, 2);
    assert!(said.contains("\"reopen\""), "{said}");
}

#[test]
fn the_manual_of_every_command_is_written_to_a_folder() {
    let at = Installation::new(Engine::Sqlite);
    let folder = at.folder().join("man1");
    at.ok(&["man", "--to", folder.to_str().unwrap()]);
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for wanted in ["noroshi.1", "noroshi-component-hold.1", "noroshi-man.1"] {
        assert!(names.iter().any(|name| name == wanted), "{names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
    for name in names {
        let (_, warnings) = set(&std::fs::read_to_string(folder.join(&name)).unwrap());
        assert_eq!(warnings, "", "{name}");
    }
}
