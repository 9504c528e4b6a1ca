//! `noroshi apply FILE`: makes pages what a file says, and says what that changes. Applied again it
//! changes nothing. Each page changes as one: all that the file wishes for it, or nothing.

mod difference;
mod file;
mod order;
mod plan;
mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use noroshi_domain::{
    Command, Head, NewPage, PageId, PageSettings, Refusal, Seed, State, decide_new_page,
};
use noroshi_ops::Chance;
use noroshi_text::refusal;
use serde::Serialize;
use serde_json::json;

use crate::arguments::Common;
use crate::commands::apply::difference::RowChange;
use crate::commands::apply::file::{PageWish, Source};
use crate::commands::apply::plan::{Asked, Plan};
use crate::door::{self, Door, Intent};
use crate::exit::{Exit, Stop};
use crate::output;

/// How often a plan is made anew because the page moved on while it was made.
const PLANS_MAX: usize = 5;

/// Options of `apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The file (TOML); `noroshi export` writes one to begin with.
    file: PathBuf,
    /// Change nothing, and say what would change.
    #[arg(long)]
    plan: bool,
    /// Retire the components of its pages that the file does not name.
    #[arg(long)]
    prune: bool,
    /// Only if the page is still at the revision that --plan named.
    #[arg(long, value_name = "NUMBER", conflicts_with = "plan")]
    seq: Option<i64>,
}

/// A page of the file, and what it asks for.
struct PagePlan<'w> {
    wish: &'w PageWish,
    /// Where the page has to be made first.
    new: Option<NewPage>,
    /// As it stands, or as it will be made.
    state: Arc<State>,
    plan: Plan,
    rows: Vec<RowChange>,
}

/// What was done to one page, or would be.
#[derive(Serialize)]
struct Outcome {
    page: PageId,
    seq: i64,
    changes: Vec<RowChange>,
}

/// The pages that stand.
type Standing = BTreeMap<PageId, Arc<State>>;

impl Apply {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        let source = Source::read(&self.file)?;
        let wishes = source.pages()?;
        if wishes.len() > 1 && (self.seq.is_some() || common.page.is_some()) {
            return Err(Stop::bad_input(
                "the file names several pages: --seq and --page are for a file with one",
            )
            .into());
        }
        if !Door::stands(common) {
            // Nothing is made, not even the folder, unless all of it can be.
            let now = door::clock(common)?.now();
            let asked = self.asked(&source, common, now);
            let mut seed = Seed::new(Chance::System.bytes());
            let plans = plans(&wishes, &Standing::new(), None, (&mut seed, asked))?;
            if self.plan {
                return print(plans.into_iter().map(planned).collect(), self.plan, common);
            }
        }
        let intent = if self.plan {
            Intent::Read
        } else {
            Intent::Create
        };
        let door = Door::open(common, intent)?;
        let mut done = Vec::new();
        for attempt in 1..=PLANS_MAX {
            match self.attempt(&door, (&source, &wishes), common, &mut done) {
                Err(stop)
                    if stop.exit == Exit::TryAgain && attempt < PLANS_MAX && self.seq.is_none() => {
                }
                ended => {
                    ended?;
                    break;
                }
            }
        }
        print(done, self.plan, common)
    }

    fn asked<'a>(
        &self,
        source: &'a Source,
        common: &Common,
        now: noroshi_domain::Instant,
    ) -> Asked<'a> {
        Asked {
            source,
            prune: self.prune,
            words: common.words(),
            now,
        }
    }

    /// Plans on what stands now and carries it out; what is done is noted, page by page.
    fn attempt(
        &self,
        door: &Door,
        (source, wishes): (&Source, &[PageWish]),
        common: &Common,
        done: &mut Vec<Outcome>,
    ) -> Result<(), Stop> {
        let standing = standing(door)?;
        let asked = self.asked(source, common, door.now());
        let mut seed = Seed::new(Chance::System.bytes());
        let wanted = common.page.as_deref();
        let plans = plans(wishes, &standing, wanted, (&mut seed, asked))?;
        if self.plan {
            done.extend(plans.into_iter().map(planned));
            return Ok(());
        }
        for page in plans {
            let stands = page.state.head.seq;
            if let Some(sent) = self.seq.filter(|sent| *sent != stands) {
                let why = Refusal::MovedOn { stands, sent };
                return Err(Stop {
                    exit: Exit::Refused,
                    message: refusal::word(&why, common.words()),
                });
            }
            let outcome = carry_out(door, page, &mut seed, asked)?;
            done.extend((!outcome.changes.is_empty()).then_some(outcome));
        }
        Ok(())
    }
}

fn planned(page: PagePlan<'_>) -> Outcome {
    Outcome {
        page: page.state.page.id.clone(),
        seq: page.state.head.seq,
        changes: page.rows,
    }
}

fn standing(door: &Door) -> Result<Standing, Stop> {
    door.refresh()?;
    let mut standing = Standing::new();
    for id in door.pages()? {
        let state = door.state(&id)?;
        standing.insert(id, state);
    }
    Ok(standing)
}

fn carry_out(
    door: &Door,
    page: PagePlan<'_>,
    seed: &mut Seed,
    asked: Asked<'_>,
) -> Result<Outcome, Stop> {
    let PagePlan {
        wish,
        new,
        mut state,
        mut plan,
        mut rows,
    } = page;
    let id = state.page.id.clone();
    let mut seq = state.head.seq;
    if let Some(new) = new {
        seq = door.create_page(new)?.seq;
        door.refresh()?;
        state = door.state(&id)?;
        plan = plan::plan(wish, &state, seed, asked)?;
        rows.truncate(1);
        rows.extend(difference::rows(Some(&state), &plan.changes, asked.now));
    }
    if !plan.changes.is_empty() {
        let together = Command::Together {
            seq: state.head.seq,
            commands: plan.commands,
        };
        seq = door.execute(&id, together)?.seq;
    }
    Ok(Outcome {
        page: id,
        seq,
        changes: rows,
    })
}

/// What every page of the file asks for; refused as a whole where one of them is.
fn plans<'w>(
    wishes: &'w [PageWish],
    standing: &Standing,
    wanted: Option<&str>,
    (seed, asked): (&mut Seed, Asked<'_>),
) -> Result<Vec<PagePlan<'w>>, Stop> {
    let mut plans: Vec<PagePlan<'w>> = Vec::new();
    for wish in wishes {
        let found = find(wish, standing, wanted, asked)?;
        let plan = match found {
            Some(state) => {
                let plan = plan::plan(wish, &state, seed, asked)?;
                let rows = difference::rows(Some(&state), &plan.changes, asked.now);
                PagePlan {
                    wish,
                    new: None,
                    state,
                    plan,
                    rows,
                }
            }
            None => new_page(wish, seed, asked)?,
        };
        let id = &plan.state.page.id;
        if plans.iter().any(|other| other.state.page.id == *id) {
            let what = format!("the page {id} stands in the file already");
            return Err(asked.source.wrong(wish.spots.at, &what));
        }
        plans.push(plan);
    }
    addresses_differ(&plans, standing, asked)?;
    Ok(plans)
}

fn new_page<'w>(
    wish: &'w PageWish,
    seed: &mut Seed,
    asked: Asked<'_>,
) -> Result<PagePlan<'w>, Stop> {
    let code = wish.code.clone().unwrap_or_else(|| seed.draw().into());
    let bare = plan::bare_page(wish, code, asked)?;
    let default = bare.default_locale;
    let decided = |settings: PageSettings, seed: &mut Seed| {
        let new = NewPage {
            settings,
            ..bare.clone()
        };
        decide_new_page(&new, seed, asked.now).map(|decision| (new, decision))
    };
    let refused = |at, why: &Refusal| Stop {
        exit: Exit::Refused,
        message: asked.source.told(at, &refusal::word(why, asked.words)),
    };
    let mut made = decided(PageSettings::default(), seed)
        .map_err(|why| refused(plan::place(&wish.spots, &why), &why))?;
    for (index, setting) in wish.settings.iter().enumerate() {
        let wished = &wish.settings[..=index];
        let settings = settings::over(&PageSettings::default(), wished, (asked.source, default))?;
        made = decided(settings, seed).map_err(|why| refused(setting.spots.at, &why))?;
    }
    let (new, (decision, page)) = made;
    let state = State::new(page, Head::genesis());
    let plan = plan::plan(wish, &state, seed, asked)?;
    let mut rows = difference::rows(None, &decision.changes, asked.now);
    rows.extend(difference::rows(Some(&state), &plan.changes, asked.now));
    Ok(PagePlan {
        wish,
        new: Some(new),
        state: Arc::new(state),
        plan,
        rows,
    })
}

/// The page that a wish is about; `None`: a new one.
fn find(
    wish: &PageWish,
    standing: &Standing,
    wanted: Option<&str>,
    asked: Asked<'_>,
) -> Result<Option<Arc<State>>, Stop> {
    let named = |text: &str| {
        let pages = standing.values();
        let named = pages.filter(|state| {
            let page = &state.page;
            page.id.as_str() == text || page.name.iter().any(|(_, name)| name == text)
        });
        named.map(Arc::clone).collect::<Vec<_>>()
    };
    let found = match (&wish.code, wanted, &wish.name) {
        (Some(code), _, _) => standing.get(code).map(Arc::clone).into_iter().collect(),
        (None, Some(wanted), _) => {
            let found = named(wanted);
            if found.is_empty() {
                let what = format!("--page: there is no page {wanted:?}");
                return Err(Stop::not_found(what));
            }
            found
        }
        (None, None, Some(name)) => {
            let pages = standing.values();
            let of_name = pages.filter(|own| own.page.name.iter().any(|(_, own)| name.has(own)));
            of_name.map(Arc::clone).collect()
        }
        (None, None, None) => standing.values().map(Arc::clone).collect::<Vec<_>>(),
    };
    let codes = || {
        let codes: Vec<&str> = standing.keys().map(PageId::as_str).collect();
        codes.join(", ")
    };
    match found.as_slice() {
        [] if wish.code.is_some() || standing.is_empty() => Ok(None),
        [] => {
            // A page under a new name, or a new page? A guess would be costly.
            let what = format!(
                "no page has this name: give its code to rename one ({}), or a code of your own \
                 to make another",
                codes()
            );
            Err(asked.source.wrong(wish.spots.of("name"), &what))
        }
        [state] if state.page.deleted_at.is_some() => {
            let id = &state.page.id;
            let what = format!("the page {id} is deleted: `noroshi page restore {id}` first");
            Err(asked.source.wrong(wish.spots.at, &what))
        }
        [state] => Ok(Some(Arc::clone(state))),
        _ => {
            let what = format!(
                "several pages could be meant: give the code, one of {}",
                codes()
            );
            Err(asked.source.wrong(wish.spots.at, &what))
        }
    }
}

/// No two pages may be found at one place once all is done.
fn addresses_differ(
    plans: &[PagePlan<'_>],
    standing: &Standing,
    asked: Asked<'_>,
) -> Result<(), Stop> {
    let mut taken: BTreeMap<String, PageId> = BTreeMap::new();
    let planned: Vec<&PageId> = plans.iter().map(|plan| &plan.state.page.id).collect();
    for (id, state) in standing {
        if !planned.contains(&id) {
            let hosts = state.page.hosts.iter().cloned();
            let places = hosts.chain(state.page.path.clone());
            taken.extend(places.map(|place| (place, id.clone())));
        }
    }
    for plan in plans {
        let page = &plan.state.page;
        let path = plan.wish.path.clone().over(page.path.clone());
        let hosts = plan.wish.hosts.as_ref().unwrap_or(&page.hosts);
        let hosts = hosts
            .iter()
            .map(|host| ("hosts", host.to_ascii_lowercase()));
        for (key, place) in hosts.chain(path.map(|path| ("path", path))) {
            if let Some(other) = taken.insert(place.clone(), page.id.clone())
                && other != page.id
            {
                let what = format!("{place:?} is where the page {other} is found: choose another");
                return Err(asked.source.wrong(plan.wish.spots.of(key), &what));
            }
        }
    }
    Ok(())
}

fn print(outcomes: Vec<Outcome>, is_plan: bool, common: &Common) -> Result<()> {
    let changes = outcomes
        .iter()
        .map(|outcome| outcome.changes.len())
        .sum::<usize>();
    if common.json {
        return output::json(&json!({ "plan": is_plan, "pages": outcomes }));
    }
    for outcome in &outcomes {
        for line in outcome.changes.iter().flat_map(RowChange::lines) {
            output::line(&line)?;
        }
    }
    if changes == 0 {
        return output::line("nothing changes: every page is as the file says");
    }
    for outcome in outcomes {
        let Outcome { page, seq, changes } = outcome;
        let count = changes.len();
        match (is_plan, seq) {
            (_, _) if count == 0 => {}
            (true, 0) => output::line(&format!("page {page}: would be made, {count} changes"))?,
            (true, seq) => output::line(&format!(
                "page {page}: {count} changes to revision {seq}; to make these and no others: \
                 --seq {seq}"
            ))?,
            (false, seq) => output::line(&format!(
                "page {page}: {count} changes made, revision {seq}"
            ))?,
        }
    }
    Ok(())
}
