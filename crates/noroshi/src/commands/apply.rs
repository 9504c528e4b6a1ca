//! `noroshi apply FILE`: makes pages what a file says, and says what that changes. Applied again it
//! changes nothing. Each page changes as one: all that the file wishes for it, or nothing; its
//! templates are written after it. What the file sets is written down as its own, so that neither
//! console nor APIs change it.

mod difference;
mod file;
mod order;
mod owned;
pub(crate) mod people;
mod plan;
mod settings;
pub(crate) mod templates;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use noroshi_domain::{
    Command, Head, Instant, NewPage, PageId, PageSettings, Refusal, Seed, State, decide_new_page,
};
use noroshi_ops::Chance;
use noroshi_text::refusal;
use serde::Serialize;
use serde_json::json;

use crate::arguments::Common;
use crate::commands::admin::At;
use crate::commands::apply::difference::RowChange;
use crate::commands::apply::file::{PageWish, Source};
use crate::commands::apply::people::{PersonStep, Team};
use crate::commands::apply::plan::{Asked, Plan};
use crate::commands::apply::templates::TemplateStep;
use crate::commands::template::Kept;
use crate::commands::user::Given;
use crate::door::{self, Door, Intent, OwnedFile};
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
    /// Change nothing, and give what the file sets back: console and APIs may change it again.
    #[arg(long, conflicts_with_all = ["plan", "prune", "seq"])]
    release: bool,
    #[command(flatten)]
    at: At,
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
    templates: Vec<TemplateStep>,
    people: Vec<PersonStep>,
    /// What a file said of the page so far.
    owned: Option<OwnedFile>,
}

/// What was done to one page, or would be.
#[derive(Serialize)]
struct Outcome {
    page: PageId,
    seq: i64,
    changes: Vec<RowChange>,
    /// Since when the page differs from this very file, which was applied then.
    #[serde(skip_serializing_if = "Option::is_none")]
    drifted_since: Option<Instant>,
    /// Links that make an account once; they are not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invitations: Vec<Invitation>,
}

/// A link for somebody without an account.
#[derive(Serialize)]
struct Invitation {
    email: String,
    link: String,
}

/// The pages that stand.
type Standing = BTreeMap<PageId, Stands>;

/// A page that stands, with what is no fact of it.
#[derive(Clone)]
struct Stands {
    state: Arc<State>,
    templates: Vec<Kept>,
    owned: Option<OwnedFile>,
}

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
        if !self.release && !Door::stands(common) {
            // Nothing is made, not even the folder, unless all of it can be.
            let now = door::clock(common)?.now();
            let nobody = Team::default();
            let asked = self.asked(&source, common, (now, &nobody));
            let mut seed = Seed::new(Chance::System.bytes());
            let plans = plans(&wishes, &Standing::new(), None, (&mut seed, asked))?;
            if self.plan {
                return print(plans.into_iter().map(planned).collect(), self.plan, common);
            }
        }
        let intent = match (self.plan, self.release) {
            (true, _) => Intent::Read,
            (false, true) => Intent::Write,
            (false, false) => Intent::Create,
        };
        let door = Door::open(common, intent)?;
        if self.release {
            return release(&door, (&source, &wishes), common);
        }
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
        (now, team): (Instant, &'a Team),
    ) -> Asked<'a> {
        Asked {
            team,
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
        let team = team(door, wishes)?;
        let asked = self.asked(source, common, (door.now(), &team));
        let mut seed = Seed::new(Chance::System.bytes());
        let wanted = common.page.as_deref();
        let plans = plans(wishes, &standing, wanted, (&mut seed, asked))?;
        if self.plan {
            let digest = source.digest();
            done.extend(plans.into_iter().map(|plan| drifted(plan, &digest)));
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
            let outcome = carry_out(door, page, (&mut seed, &self.at), asked)?;
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
        drifted_since: None,
        invitations: Vec::new(),
    }
}

/// What a plan would do; where this very file was applied before, somebody else made the
/// difference.
fn drifted(page: PagePlan<'_>, digest: &str) -> Outcome {
    let applied = page.owned.as_ref().filter(|owned| owned.digest == digest);
    let since = applied.map(|owned| owned.applied_at);
    Outcome {
        drifted_since: since.filter(|_| !page.rows.is_empty()),
        ..planned(page)
    }
}

/// Gives what the file sets back to the team, page by page.
fn release(door: &Door, (source, wishes): (&Source, &[PageWish]), common: &Common) -> Result<()> {
    let standing = standing(door)?;
    let asked = Asked {
        source,
        team: &Team::default(),
        prune: false,
        words: common.words(),
        now: door.now(),
    };
    for wish in wishes {
        let Some(found) = find(wish, &standing, common.page.as_deref(), asked)? else {
            return Err(source.wrong(wish.spots.at, "there is no such page").into());
        };
        let id = &found.state.page.id;
        let line = match &found.owned {
            Some(owned) => format!("page {id}: what {} set is the team's again", owned.file),
            None => format!("page {id}: no file sets anything"),
        };
        door.release(id)?;
        output::line(&line)?;
    }
    Ok(())
}

fn standing(door: &Door) -> Result<Standing, Stop> {
    door.refresh()?;
    let mut standing = Standing::new();
    for id in door.pages()? {
        let stands = Stands {
            state: door.state(&id)?,
            templates: door.templates(&id)?,
            owned: door.owned(&id)?,
        };
        standing.insert(id, stands);
    }
    Ok(standing)
}

/// Everybody, where the file names somebody.
fn team(door: &Door, wishes: &[PageWish]) -> Result<Team, Stop> {
    if wishes.iter().all(|wish| wish.people.is_empty()) {
        return Ok(Team::default());
    }
    Ok(Team {
        users: door.users()?,
        invited: door.invited()?,
    })
}

/// Gives, takes and invites, each by himself.
fn carry_out_people(
    door: &Door,
    page: &PageId,
    steps: Vec<PersonStep>,
    at: &At,
) -> Result<Vec<Invitation>, Stop> {
    let mut invitations = Vec::new();
    for step in steps {
        match step {
            PersonStep::Give(email, role) => door.set_role(&email, Some(page), Some(role))?,
            PersonStep::Take(email) => door.set_role(&email, Some(page), None)?,
            PersonStep::Invite(email, role) => {
                let given = Given {
                    role,
                    page: Some(page.clone()),
                };
                let path = door.invite(&email, &given)?;
                let link = at.link(door, &path)?;
                invitations.push(Invitation { email, link });
            }
        }
    }
    Ok(invitations)
}

fn carry_out(
    door: &Door,
    page: PagePlan<'_>,
    (seed, at): (&mut Seed, &At),
    asked: Asked<'_>,
) -> Result<Outcome, Stop> {
    let PagePlan {
        wish,
        new,
        mut state,
        mut plan,
        mut rows,
        templates,
        people,
        owned,
    } = page;
    let id = state.page.id.clone();
    let mut seq = state.head.seq;
    if let Some(new) = new {
        seq = door.create_page(new)?.seq;
        door.refresh()?;
        state = door.state(&id)?;
        plan = plan::plan(wish, &state, seed, asked)?;
        let of_templates = rows.split_off(rows.len() - templates.len() - people.len());
        rows.truncate(1);
        rows.extend(difference::rows(Some(&state), &plan.changes, asked.now));
        rows.extend(of_templates);
    }
    let says = OwnedFile {
        file: asked.source.name(),
        digest: asked.source.digest(),
        applied_at: asked.now,
        rows: plan.owned,
    };
    let is_known = owned.as_ref().is_some_and(|owned| says.is_as(owned));
    // The API refuses what a file says, and it does not know that this is the file.
    if door.is_elsewhere() && owned.is_some() && !rows.is_empty() {
        door.release(&id)?;
    }
    if !plan.changes.is_empty() {
        let together = Command::Together {
            seq: state.head.seq,
            commands: plan.commands,
        };
        seq = door.execute(&id, together)?.seq;
    }
    if !templates.is_empty() {
        // They are checked against the page as it is now.
        door.refresh()?;
    }
    for step in templates {
        match step {
            TemplateStep::Put(code, template) => {
                door.put_template(&id, (code.as_deref(), *template))?;
            }
            TemplateStep::Delete(code) => door.delete_template(&id, &code)?,
        }
    }
    let invitations = carry_out_people(door, &id, people, at)?;
    if !is_known || !rows.is_empty() {
        door.own(&id, &says)?;
    }
    Ok(Outcome {
        page: id,
        seq,
        changes: rows,
        drifted_since: None,
        invitations,
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
        let (mut plan, templates) = match found {
            Some(Stands {
                state,
                templates,
                owned,
            }) => {
                let plan = plan::plan(wish, &state, seed, asked)?;
                let rows = difference::rows(Some(&state), &plan.changes, asked.now);
                let plan = PagePlan {
                    wish,
                    new: None,
                    state,
                    plan,
                    rows,
                    templates: Vec::new(),
                    people: Vec::new(),
                    owned,
                };
                (plan, templates)
            }
            None => (new_page(wish, seed, asked)?, Vec::new()),
        };
        let steps = templates::plan(wish, &plan.plan.after, &templates, asked)?;
        let (steps, rows): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        plan.templates = steps;
        plan.rows.extend(rows);
        let steps = people::plan(wish, &plan.state.page.id, asked.team, asked)?;
        let (steps, rows): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        plan.people = steps;
        plan.rows.extend(rows);
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
        templates: Vec::new(),
        people: Vec::new(),
        owned: None,
    })
}

/// The page that a wish is about; `None`: a new one.
fn find(
    wish: &PageWish,
    standing: &Standing,
    wanted: Option<&str>,
    asked: Asked<'_>,
) -> Result<Option<Stands>, Stop> {
    let named = |text: &str| {
        let pages = standing.values();
        let named = pages.filter(|stands| {
            let page = &stands.state.page;
            page.id.as_str() == text || page.name.iter().any(|(_, name)| name == text)
        });
        named.cloned().collect::<Vec<_>>()
    };
    let found = match (&wish.code, wanted, &wish.name) {
        (Some(code), _, _) => standing.get(code).cloned().into_iter().collect(),
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
            let is_called = |own: &&Stands| {
                let mut texts = own.state.page.name.iter();
                texts.any(|(_, own)| name.has(own))
            };
            pages.filter(is_called).cloned().collect()
        }
        (None, None, None) => standing.values().cloned().collect::<Vec<_>>(),
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
        [stands] if stands.state.page.deleted_at.is_some() => {
            let id = &stands.state.page.id;
            let what = format!("the page {id} is deleted: `noroshi page restore {id}` first");
            Err(asked.source.wrong(wish.spots.at, &what))
        }
        [stands] => Ok(Some(stands.clone())),
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
    for (id, Stands { state, .. }) in standing {
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
        if let Some(since) = outcome.drifted_since {
            let page = &outcome.page;
            output::line(&format!(
                "page {page}: drift, the file is as it was applied at {since} and the page is not"
            ))?;
        }
        for line in outcome.changes.iter().flat_map(RowChange::lines) {
            output::line(&line)?;
        }
    }
    if changes == 0 {
        return output::line("nothing changes: every page is as the file says");
    }
    for outcome in outcomes {
        let Outcome {
            page,
            seq,
            changes,
            invitations,
            ..
        } = outcome;
        for Invitation { email, link } in invitations {
            output::line(&format!(
                "{email} has no account yet; this link makes it, once: {link}"
            ))?;
        }
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
