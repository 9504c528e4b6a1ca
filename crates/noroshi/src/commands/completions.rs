//! `noroshi completions`: the script that lets a shell complete commands and options.

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::arguments::Arguments;
use crate::output;

/// Options of `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// For which shell.
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<()> {
        let mut script = Vec::new();
        let mut command = Arguments::command();
        generate(self.shell, &mut command, "noroshi", &mut script);
        output::bytes(&script)
    }
}
