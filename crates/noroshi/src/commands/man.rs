//! `noroshi man`: the manual, made from the same words as `--help`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Command, CommandFactory};
use clap_mangen::{Man, generate_to};

use crate::arguments::Arguments;
use crate::exit::Stop;
use crate::output;

/// Options of `man`.
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// The page of which command, like `incident create`; left out: the one that lists them.
    command: Vec<String>,
    /// Write the page of every command into this folder, for a package.
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    to: Option<PathBuf>,
}

impl Manual {
    pub(crate) fn run(&self) -> Result<()> {
        let mut whole = without_help(Arguments::command());
        if let Some(folder) = &self.to {
            let writing = || format!("writing the manual to {}", folder.display());
            std::fs::create_dir_all(folder).with_context(writing)?;
            return generate_to(whole, folder).with_context(writing);
        }
        // Fills in what commands inherit: global options, and the names of their parents.
        whole.build();
        let named = find(&whole, &self.command)?;
        let mut page = Vec::new();
        Man::new(named.clone())
            .render(&mut page)
            .context("writing the manual page")?;
        output::bytes(&page)
    }
}

/// `help` has no page of its own: it prints the pages of others.
fn without_help(command: Command) -> Command {
    command
        .disable_help_subcommand(true)
        .mut_subcommands(without_help)
}

fn find<'a>(whole: &'a Command, words: &[String]) -> Result<&'a Command, Stop> {
    let mut found = whole;
    for word in words {
        found = found.find_subcommand(word).ok_or_else(|| {
            let parent = found.get_bin_name().unwrap_or("noroshi");
            Stop::bad_input(format!(
                "COMMAND: {word:?} is no command of `{parent}`: `{parent} --help` lists them"
            ))
        })?;
    }
    Ok(found)
}
