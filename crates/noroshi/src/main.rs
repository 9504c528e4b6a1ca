//! The `noroshi` command: pages, their record, and the server that shows them.
//!
//! `main` handles the error, `run` dispatches; each noun of the command line is a file in
//! `commands`. This is the only place that wires the crates together.

mod arguments;
mod commands;
mod control;
mod door;
mod exit;
mod input;
mod output;
mod post;
mod remote;
mod telling;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Noun};
use crate::exit::{Exit, Stop};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let serves = matches!(arguments.noun, Noun::Serve(_) | Noun::Demo(_));
    log_to_stderr(if serves { "info" } else { "warn" });
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let exit = error
                .downcast_ref::<Stop>()
                .map_or(Exit::Failure, |stop| stop.exit);
            output::note(&format!("noroshi: {error:#}"));
            ExitCode::from(exit as u8)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let common = arguments.common;
    if common.server.is_some() && arguments.noun.stays_on_the_host() {
        // Before anything is read or made: it would be done to the folder here.
        return Err(door::only_on_the_host().into());
    }
    match arguments.noun {
        Noun::Serve(serve) => serve.run(&common),
        Noun::Page(verb) => verb.run(&common),
        Noun::Component(verb) => verb.run(&common),
        Noun::Group(verb) => verb.run(&common),
        Noun::Incident(verb) => verb.run(&common),
        Noun::Maintenance(verb) => verb.run(&common),
        Noun::Template(verb) => verb.run(&common),
        Noun::Announcement(verb) => verb.run(&common),
        Noun::User(verb) => verb.run(&common),
        Noun::Admin(verb) => verb.run(&common),
        Noun::Token(verb) => verb.run(&common),
        Noun::SignOn(verb) => verb.run(&common),
        Noun::Mail(verb) => verb.run(&common),
        Noun::Subscriber(verb) => verb.run(&common),
        Noun::Key(verb) => verb.run(&common),
        Noun::Apply(apply) => apply.run(&common),
        Noun::Export { team } => commands::export::run(&common, team),
        Noun::Import(source) => source.run(&common),
        Noun::Publish(publish) => publish.run(&common),
        Noun::Notice(notice) => notice.run(&common),
        Noun::Report(kind) => kind.run(&common),
        Noun::Backup(backup) => backup.run(&common),
        Noun::Restore(restore) => restore.run(&common),
        Noun::Verify(verify) => verify.run(&common),
        Noun::Demo(demo) => demo.run(&common),
        Noun::Completions(completions) => completions.run(),
        Noun::Man(manual) => manual.run(),
    }
}

/// What no setting lets into the log: reading HTML tells every word of what is read.
const SILENT: &str = "html5ever=off";

fn log_to_stderr(default: &str) {
    let filter = EnvFilter::try_from_env("NOROSHI_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let filter = filter.add_directive(SILENT.parse().expect("it is a directive"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
