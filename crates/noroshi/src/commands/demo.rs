//! `noroshi demo`: the page of a made-up company with twelve systems and two years behind it,
//! made by commands through the one door, served, and moving while somebody watches.

mod company;
mod history;
mod moving;
mod told;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Monotonic};

use anyhow::Result;
use clap::Args;
use noroshi_ops::App;
use noroshi_publish::Published;

use crate::arguments::Common;
use crate::commands::serve::Serve;
use crate::door;
use crate::exit::Stop;
use crate::output;
use history::SteeredClock;
use moving::Moving;

/// Where the demo keeps its record unless told otherwise.
const FOLDER: &str = "noroshi-demo";
/// How long the addresses are held back for the first page to be made, in milliseconds at most.
const FIRST_PAGE_MS_MAX: u64 = 10_000;
/// How often it is looked for, in milliseconds.
const FIRST_PAGE_LOOK_MS: u64 = 2;

/// Options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Make the page and end, without serving it.
    #[arg(long)]
    only_make: bool,
}

impl Demo {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        let mut common = common.clone();
        common.data = Some(common.data.unwrap_or_else(|| PathBuf::from(FOLDER)));
        let Some(lock) = door::lock(&common.folder())? else {
            return Err(Stop::try_again(format!(
                "{} is held by another noroshi: end it, or name another folder with --data",
                common.folder().join("lock").display()
            ))
            .into());
        };
        let clock = Arc::new(SteeredClock::over(door::clock(&common)?));
        let app = door::open_app_by(&common, clock.clone())?;
        make_once(&app, &clock, &common)?;
        if self.only_make {
            return Ok(());
        }
        let serve = Serve {
            listen: self.listen,
            tls_cert: None,
            tls_key: None,
            api_requests: noroshi_server::Limits::default().api_requests,
            webhooks_anywhere: false,
        };
        let moving = Moving::start(&app)?;
        let served = serve.serve(&app, &common, &|address| greet(address, &common));
        moving.stop();
        drop(lock);
        served
    }
}

/// Makes the page where there is none; what else stands in the folder is left alone.
fn make_once(app: &App, clock: &SteeredClock, common: &Common) -> Result<()> {
    let pages = app.pages().map_err(Stop::from)?;
    if pages.is_empty() {
        let made = app.store().write_as_one(|| history::make(app, clock));
        return Ok(made.map_err(Stop::from)?);
    }
    let is_ours = pages == [history::page_id()];
    if is_ours && history::is_whole(app).map_err(Stop::from)? {
        return Ok(());
    }
    let what = if is_ours {
        "a demo that was ended while it was being made: remove it, or"
    } else {
        "another page:"
    };
    Err(Stop::bad_input(format!(
        "{} holds {what} name another folder with --data",
        common.folder().display()
    ))
    .into())
}

/// Says where the demo is, once there is something to be seen.
fn greet(address: &str, common: &Common) -> Result<()> {
    let deadline = Monotonic::now() + Duration::from_millis(FIRST_PAGE_MS_MAX);
    let folder = common.folder().join("published");
    while Monotonic::now() < deadline && Published::open(&folder)?.snapshot().pages.is_empty() {
        thread::sleep(Duration::from_millis(FIRST_PAGE_LOOK_MS));
    }
    output::line(&format!("the page:      {address}/"))?;
    output::line(&format!("in Japanese:   {address}/ja/"))?;
    output::line(&format!("for programs:  {address}/api/v2/summary.json"))?;
    output::line(&format!("the record:    {}", common.folder().display()))
}
