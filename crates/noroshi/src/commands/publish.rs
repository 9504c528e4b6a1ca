//! `noroshi publish`: a complete copy of a page as files, for any web server.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use noroshi_ops::App;
use noroshi_publish::{Published, Publisher, Reach};
use serde_json::json;

use crate::arguments::Common;
use crate::commands::serve::signing;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::output;

/// Options of `publish`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// Folder to write to; what differs in it is made anew.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

impl Publish {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        let door = Door::open(common, Intent::Read)?;
        let page = door.page(common.page.as_deref())?;
        if page.state.page.settings.private {
            return Err(Stop::bad_input("a private page is not published").into());
        }
        self.refuse_what_is_not_ours(&page.id)?;
        let published = Published::open_copy(&self.to, &page.id)
            .with_context(|| format!("opening {}", self.to.display()))?;
        let published = Arc::new(published);
        let app: &App = door.host()?;
        let mut maker = Publisher::new(Arc::clone(&published), app.store().clone(), signing(app));
        let pages = [(page.id.clone(), Arc::clone(&page.state))];
        while maker
            .step(&pages, page.now, Reach::Here)
            .with_context(|| format!("writing to {}", self.to.display()))?
            .more
        {}
        let seq = page.state.head.seq;
        if common.json {
            return output::json(&json!({"page": page.id, "seq": seq, "folder": self.to}));
        }
        output::line(&format!("{}: entry {seq}", self.to.display()))
    }

    /// Nothing is written among files that are not this page's copy.
    fn refuse_what_is_not_ours(&self, page: &noroshi_domain::PageId) -> Result<()> {
        let is_empty = match std::fs::read_dir(&self.to) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => true,
        };
        let own = Published::find_copy(&self.to)?;
        let is_own = own.is_some_and(|copy| copy.knows(page));
        if is_empty || is_own {
            return Ok(());
        }
        let folder = self.to.display();
        Err(Stop::bad_input(format!(
            "--to: {folder} holds something else than a copy of this page: name an empty folder"
        ))
        .into())
    }
}
