//! From a page as it is and as a file wishes it to the commands that make the difference, tried
//! out on a copy of the page: what is refused is refused before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::{
    Actor, Change, Command, Component, ComponentId, ComponentPatch, GroupId, Instant, Locale,
    NewComponent, NewPage, PageId, PagePatch, PageSettings, Patch, Refusal, Seed, StartDate, State,
    Status, Texts, Zone, decide,
};
use noroshi_text::refusal;

use crate::commands::apply::file::{
    ComponentWish, GroupWish, PageWish, RowWish, Source, Spots, TextsWish,
};
use crate::commands::apply::order;
use crate::commands::apply::owned::{self, Rows};
use crate::commands::apply::people::Team;
use crate::commands::apply::settings;
use crate::exit::Stop;

/// What reading a file needs besides it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) source: &'a Source,
    /// Components that the file does not name retire.
    pub(crate) prune: bool,
    /// Language of refusals, and of a new page that names none.
    pub(crate) words: Locale,
    pub(crate) now: Instant,
    /// Everybody; asked for only where the file names somebody.
    pub(crate) team: &'a Team,
}

/// One command, and what of the file asks for it.
pub(crate) struct Step<'w> {
    pub(crate) command: Command,
    pub(crate) spots: &'w Spots,
}

/// What has to be done, and what it would change.
pub(crate) struct Plan {
    pub(crate) commands: Vec<Command>,
    pub(crate) changes: Vec<Change>,
    /// The page as it will be.
    pub(crate) after: State,
    /// What the file says, and where.
    pub(crate) owned: Rows,
}

/// Where every named row is found.
pub(crate) struct Found<'w> {
    /// In the order of the file.
    pub(crate) components: Vec<(ComponentId, &'w ComponentWish, Option<GroupId>)>,
    pub(crate) groups: Vec<(GroupId, &'w GroupWish)>,
}

/// The page as the file first makes it, its rows and its settings left out.
pub(crate) fn bare_page(wish: &PageWish, code: PageId, asked: Asked<'_>) -> Result<NewPage, Stop> {
    let default_locale = wish.default_locale.unwrap_or(asked.words);
    let name = wish.name.as_ref().ok_or_else(|| {
        let what = "a new page needs a name: add one, like name = \"Acme\"";
        asked.source.wrong(wish.spots.at, what)
    })?;
    Ok(NewPage {
        id: Some(code),
        name: name.over(&Texts::default(), default_locale),
        hosts: wish.hosts.clone().unwrap_or_default(),
        path: wish.path.clone().over(None),
        url: wish.url.clone().over(None),
        zone: wish.zone.clone().unwrap_or_else(Zone::utc),
        default_locale,
        locales: wish.locales.clone().unwrap_or_else(|| Locale::ALL.to_vec()),
        settings: PageSettings::default(),
    })
}

/// Works out what makes a page what the file wishes. `chance` draws codes of new rows.
pub(crate) fn plan(
    wish: &PageWish,
    state: &State,
    chance: &mut Seed,
    asked: Asked<'_>,
) -> Result<Plan, Stop> {
    let found = find(wish, state, chance, asked)?;
    let mut steps = page_steps(wish, state, asked)?;
    let default = wish.default_locale.unwrap_or(state.page.default_locale);
    steps.extend(component_steps(&found, state, default, asked)?);
    steps.extend(group_steps(&found, state, default));
    if asked.prune {
        steps.extend(retiring_steps(wish, &found, state));
    }
    let (_, rows_made) = tried(state, &steps, asked)?;
    no_group_is_left_empty(&found, &rows_made, asked)?;
    steps.extend(order::steps(wish, &found, state, &rows_made));
    let (changes, after) = tried(state, &steps, asked)?;
    let commands = steps.into_iter().map(|step| step.command).collect();
    Ok(Plan {
        commands,
        changes,
        after,
        owned: owned::rows(wish, &found, asked.source),
    })
}

/// Carries the steps out on a copy; a refusal is told with the place that asks for it.
fn tried(
    state: &State,
    steps: &[Step<'_>],
    asked: Asked<'_>,
) -> Result<(Vec<Change>, State), Stop> {
    let attempt = |count: usize| {
        let commands = steps.iter().take(count).map(|step| step.command.clone());
        let together = Command::Together {
            seq: state.head.seq,
            commands: commands.collect(),
        };
        let actor = Actor::command_line();
        let seed = &mut Seed::of_text("plan");
        decide(state, &[], &actor, &together, (seed, asked.now))
    };
    match attempt(steps.len()) {
        Ok(decision) => {
            let mut after = state.clone();
            decision
                .changes
                .iter()
                .for_each(|change| after.apply(change));
            Ok((decision.changes, after))
        }
        Err(last) => {
            // The first so many steps are taken, with one more they are refused.
            let (mut taken, mut refused, mut why) = (0, steps.len(), last);
            while refused - taken > 1 {
                let middle = taken.midpoint(refused);
                match attempt(middle) {
                    Ok(_) => taken = middle,
                    Err(refusal) => (refused, why) = (middle, refusal),
                }
            }
            let at = place(steps[refused - 1].spots, &why);
            Err(Stop {
                exit: crate::exit::Exit::Refused,
                message: asked.source.told(at, &refusal::word(&why, asked.words)),
            })
        }
    }
}

/// Where the field that is refused stands.
pub(crate) fn place(spots: &Spots, why: &Refusal) -> usize {
    let field = match why {
        Refusal::Empty { field }
        | Refusal::TooLong { field, .. }
        | Refusal::ForeignLocale { field, .. }
        | Refusal::BadSetting { field, .. } => field,
        Refusal::DependencyCycle(_) => "depends_on",
        _ => return spots.at,
    };
    spots.of(field)
}

fn find<'w>(
    wish: &'w PageWish,
    state: &State,
    chance: &mut Seed,
    asked: Asked<'_>,
) -> Result<Found<'w>, Stop> {
    let mut found = Found {
        components: Vec::new(),
        groups: Vec::new(),
    };
    for row in &wish.rows {
        match row {
            RowWish::Component(own) => {
                let id = component_id(own, state, chance, asked)?;
                found.components.push((id, own, None));
            }
            RowWish::Group(group) => {
                let id = group_id(group, state, chance, asked)?;
                for own in &group.members {
                    let member = component_id(own, state, chance, asked)?;
                    found.components.push((member, own, Some(id.clone())));
                }
                found.groups.push((id, group));
            }
        }
    }
    let components = found.components.iter();
    named_once(components.map(|(id, own, _)| (id, &own.spots)), asked)?;
    named_once(found.groups.iter().map(|(id, own)| (id, &own.spots)), asked)?;
    not_a_namesake(&found, state, asked)?;
    Ok(found)
}

/// By code; without one by name, among those that stand; a name that nobody has is a new one.
fn component_id(
    wish: &ComponentWish,
    state: &State,
    chance: &mut Seed,
    asked: Asked<'_>,
) -> Result<ComponentId, Stop> {
    let standing = state.components.values();
    let standing = standing.filter(|own| own.retired_at.is_none());
    let standing = standing.map(|own| (own.id.clone(), &own.name));
    let by_name = by_name(
        (wish.name.as_ref(), wish.code.as_ref()),
        ("component", &wish.spots),
        standing,
        asked,
    )?;
    Ok(by_name.unwrap_or_else(|| chance.draw().into()))
}

fn group_id(
    wish: &GroupWish,
    state: &State,
    chance: &mut Seed,
    asked: Asked<'_>,
) -> Result<GroupId, Stop> {
    let standing = state.groups.values().map(|own| (own.id.clone(), &own.name));
    let by_name = by_name(
        (wish.name.as_ref(), wish.code.as_ref()),
        ("group", &wish.spots),
        standing,
        asked,
    )?;
    Ok(by_name.unwrap_or_else(|| chance.draw().into()))
}

/// The code that is given, or that of the only one with a name; `None`: nobody has the name.
fn by_name<'s, Id: Clone + ToString>(
    (name, code): (Option<&TextsWish>, Option<&Id>),
    (kind, spots): (&str, &Spots),
    standing: impl Iterator<Item = (Id, &'s Texts)>,
    asked: Asked<'_>,
) -> Result<Option<Id>, Stop> {
    if let Some(code) = code {
        return Ok(Some(code.clone()));
    }
    let Some(name) = name else {
        let what = format!("this {kind} has neither a code nor a name: give it one");
        return Err(asked.source.wrong(spots.at, &what));
    };
    let named: Vec<Id> = standing
        .filter(|(_, own)| own.iter().any(|(_, text)| name.has(text)))
        .map(|(id, _)| id)
        .collect();
    if named.len() > 1 {
        let codes: Vec<String> = named.iter().map(Id::to_string).collect();
        let what = format!(
            "several are called {:?}: say which by its code, one of {}",
            name.first(),
            codes.join(", ")
        );
        return Err(asked.source.wrong(spots.of("name"), &what));
    }
    Ok(named.into_iter().next())
}

fn named_once<'w, Id: Ord + ToString + 'w>(
    rows: impl Iterator<Item = (&'w Id, &'w Spots)>,
    asked: Asked<'_>,
) -> Result<(), Stop> {
    let mut seen = BTreeSet::new();
    for (id, spots) in rows {
        if !seen.insert(id) {
            let what = format!(
                "{} stands in the file already: name each once, and give namesakes codes",
                id.to_string()
            );
            return Err(asked.source.wrong(spots.at, &what));
        }
    }
    Ok(())
}

/// A new code under a name that stands elsewhere is more likely a slip than a second one.
fn not_a_namesake(found: &Found<'_>, state: &State, asked: Asked<'_>) -> Result<(), Stop> {
    let named: BTreeSet<&ComponentId> = found.components.iter().map(|(id, ..)| id).collect();
    for (id, wish, _) in &found.components {
        let Some(name) = wish.name.as_ref() else {
            continue;
        };
        if state.components.contains_key(id) {
            continue;
        }
        let namesake = state.components.values().find(|own| {
            own.retired_at.is_none()
                && !named.contains(&own.id)
                && own.name.iter().any(|(_, text)| name.has(text))
        });
        if let Some(own) = namesake {
            let what = format!(
                "{:?} stands on the page already, with the code {}: write code = \"{}\" if it is \
                 this one, or name both in the file",
                name.first(),
                own.id,
                own.id
            );
            return Err(asked.source.wrong(wish.spots.of("code"), &what));
        }
    }
    Ok(())
}

fn no_group_is_left_empty(found: &Found<'_>, after: &State, asked: Asked<'_>) -> Result<(), Stop> {
    let empty = found
        .groups
        .iter()
        .find(|(id, _)| !after.groups.contains_key(id));
    let Some((_, wish)) = empty else {
        return Ok(());
    };
    let what = "no component is left in this group: name its components under it, or leave it out";
    Err(asked.source.wrong(wish.spots.at, what))
}

fn page_steps<'w>(
    wish: &'w PageWish,
    state: &State,
    asked: Asked<'_>,
) -> Result<Vec<Step<'w>>, Stop> {
    let page = &state.page;
    let default = wish.default_locale.unwrap_or(page.default_locale);
    let name = wish
        .name
        .as_ref()
        .map(|name| name.over(&page.name, default));
    let hosts = wish.hosts.as_ref().map(|hosts| {
        let lower = hosts.iter().map(|host| host.to_ascii_lowercase());
        lower.collect::<Vec<_>>()
    });
    let url = match wish.url.clone() {
        Patch::Set(url) => Patch::Set(url.trim_end_matches('/').to_owned()),
        other => other,
    };
    let patch = PagePatch {
        name: changed(name, &page.name),
        hosts: changed(hosts, &page.hosts),
        path: patch(wish.path.clone(), page.path.as_ref()),
        url: patch(url, page.url.as_ref()),
        zone: changed(wish.zone.clone(), &page.zone),
        default_locale: changed(wish.default_locale, &page.default_locale),
        locales: changed(wish.locales.clone(), &page.locales),
        settings: None,
    };
    let mut steps = Vec::new();
    if patch != PagePatch::default() {
        steps.push(Step {
            command: Command::UpdatePage(Box::new(patch)),
            spots: &wish.spots,
        });
    }
    // One step a setting, so that the one that is refused is known.
    let mut settings = page.settings.clone();
    for setting in &wish.settings {
        let wished = std::slice::from_ref(setting);
        let next = settings::over(&settings, wished, (asked.source, default))?;
        if next != settings {
            settings = next;
            let patch = PagePatch {
                settings: Some(Box::new(settings.clone())),
                ..PagePatch::default()
            };
            steps.push(Step {
                command: Command::UpdatePage(Box::new(patch)),
                spots: &setting.spots,
            });
        }
    }
    Ok(steps)
}

fn changed<T: PartialEq>(wished: Option<T>, standing: &T) -> Option<T> {
    wished.filter(|wished| wished != standing)
}

/// A patch that changes nothing is none.
fn patch<T: PartialEq>(wished: Patch<T>, standing: Option<&T>) -> Patch<T> {
    match &wished {
        Patch::Set(new) if Some(new) == standing => Patch::Keep,
        Patch::Clear if standing.is_none() => Patch::Keep,
        _ => wished,
    }
}

/// Makes, brings back and changes components; where they stand in groups that exist, too.
fn component_steps<'w>(
    found: &Found<'w>,
    state: &State,
    default: Locale,
    asked: Asked<'_>,
) -> Result<Vec<Step<'w>>, Stop> {
    let mut made = Vec::new();
    let mut freed = Vec::new();
    let mut patched = Vec::new();
    for (id, wish, group) in &found.components {
        let step = |command| Step {
            command,
            spots: &wish.spots,
        };
        let standing = match state.components.get(id) {
            Some(own) if own.retired_at.is_some() => {
                made.push(step(Command::RestoreComponent(id.clone())));
                Component {
                    group_id: None,
                    ..own.clone()
                }
            }
            Some(own) => own.clone(),
            None => {
                let new = new_component(id, wish, default, asked)?;
                made.push(step(Command::CreateComponent(Box::new(new.clone()))));
                as_made(new, asked.now)
            }
        };
        let depends_on = dependencies(wish, found, state, asked)?;
        if let Some(wished) = &depends_on {
            let mut kept = standing.depends_on.clone();
            kept.retain(|other| wished.contains(other));
            if kept != standing.depends_on {
                // Freed first: what is turned around would be a circle for a moment.
                let patch = ComponentPatch {
                    depends_on: Some(kept),
                    ..ComponentPatch::default()
                };
                freed.push(step(update(id, patch)));
            }
        }
        let group_id = match group {
            // Groups that are new are made with their members.
            Some(group) if !state.groups.contains_key(group) => Patch::Keep,
            Some(group) => Patch::Set(group.clone()),
            None => Patch::Clear,
        };
        let patch = ComponentPatch {
            group_id: patch(group_id, standing.group_id.as_ref()),
            depends_on: changed(depends_on, &standing.depends_on),
            policy: changed(wish.policy, &state.policy_at(id, asked.now)),
            ..own_fields(wish, &standing, default)
        };
        if patch != ComponentPatch::default() {
            patched.push(step(update(id, patch)));
        }
    }
    made.extend(freed);
    made.extend(patched);
    Ok(made)
}

/// What changes of the fields that concern nothing else.
fn own_fields(wish: &ComponentWish, standing: &Component, default: Locale) -> ComponentPatch {
    let name = over(wish.name.as_ref(), &standing.name, default);
    let description = over(wish.description.as_ref(), &standing.description, default);
    ComponentPatch {
        name: changed(name, &standing.name),
        description: changed(description, &standing.description),
        showcase: changed(wish.showcase, &standing.showcase),
        start_date: patch(wish.start_date.clone(), standing.start_date.as_ref()),
        only_show_if_degraded: changed(wish.only_show_if_degraded, &standing.only_show_if_degraded),
        third_party: changed(wish.third_party, &standing.third_party),
        restricted: changed(wish.restricted, &standing.restricted),
        grace_s: patch(wish.grace_s.clone(), standing.grace_s.as_ref()),
        ..ComponentPatch::default()
    }
}

fn update(id: &ComponentId, patch: ComponentPatch) -> Command {
    Command::UpdateComponent {
        id: id.clone(),
        patch: Box::new(patch),
    }
}

fn over(wish: Option<&TextsWish>, standing: &Texts, default: Locale) -> Option<Texts> {
    wish.map(|texts| texts.over(standing, default))
}

fn new_component(
    id: &ComponentId,
    wish: &ComponentWish,
    default: Locale,
    asked: Asked<'_>,
) -> Result<NewComponent, Stop> {
    let name = over(wish.name.as_ref(), &Texts::default(), default).ok_or_else(|| {
        let what = format!("the component {id} is new and needs a name");
        asked.source.wrong(wish.spots.at, &what)
    })?;
    Ok(NewComponent {
        id: Some(id.clone()),
        name,
        description: over(wish.description.as_ref(), &Texts::default(), default)
            .unwrap_or_default(),
        group_id: None,
        position: None,
        showcase: wish.showcase.unwrap_or(true),
        start_date: match wish.start_date {
            Patch::Keep => StartDate::Today,
            Patch::Clear => StartDate::Always,
            Patch::Set(day) => StartDate::On(day),
        },
        only_show_if_degraded: wish.only_show_if_degraded.unwrap_or(false),
        depends_on: Vec::new(),
        third_party: wish.third_party.unwrap_or(false),
        restricted: wish.restricted.unwrap_or(false),
        status: Status::Operational,
        created_at: None,
    })
}

/// A component as it stands once it is made; what the file leaves to the day it is made on is
/// left out, since no step asks for it.
fn as_made(new: NewComponent, now: Instant) -> Component {
    Component {
        id: new.id.expect("a code was drawn for it"),
        name: new.name,
        description: new.description,
        group_id: None,
        position: 0,
        showcase: new.showcase,
        start_date: match new.start_date {
            StartDate::On(day) => Some(day),
            StartDate::Today | StartDate::Always => None,
        },
        only_show_if_degraded: new.only_show_if_degraded,
        depends_on: Vec::new(),
        third_party: new.third_party,
        restricted: new.restricted,
        grace_s: None,
        created_at: now,
        updated_at: now,
        retired_at: None,
        edited_seq: None,
    }
}

/// What a component depends on, each by code or name, in the file or on the page.
fn dependencies(
    wish: &ComponentWish,
    found: &Found<'_>,
    state: &State,
    asked: Asked<'_>,
) -> Result<Option<Vec<ComponentId>>, Stop> {
    let Some(wished) = &wish.depends_on else {
        return Ok(None);
    };
    let resolve = |(text, at): &(String, usize)| {
        let mut ids: BTreeSet<&ComponentId> = found
            .components
            .iter()
            .filter(|(id, own, _)| {
                id.as_str() == text || own.name.as_ref().is_some_and(|name| name.has(text))
            })
            .map(|(id, ..)| id)
            .collect();
        let standing = state.components.values();
        let standing = standing.filter(|own| own.retired_at.is_none());
        ids.extend(
            standing
                .filter(|own| {
                    own.id.as_str() == text || own.name.iter().any(|(_, name)| name == text)
                })
                .map(|own| &own.id),
        );
        let by_code = ids.iter().find(|id| id.as_str() == text);
        match (by_code, ids.len()) {
            (Some(id), _) => Ok((*id).clone()),
            (None, 1) => Ok(ids.into_iter().next().expect("there is one").clone()),
            (None, 0) => {
                let what = format!("{text:?} is no component, neither here nor on the page");
                Err(asked.source.wrong(*at, &what))
            }
            (None, _) => {
                let what = format!("several are called {text:?}: say which by its code");
                Err(asked.source.wrong(*at, &what))
            }
        }
    };
    wished
        .iter()
        .map(resolve)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn group_steps<'w>(found: &Found<'w>, state: &State, default: Locale) -> Vec<Step<'w>> {
    let mut members: BTreeMap<&GroupId, Vec<ComponentId>> = BTreeMap::new();
    for (id, _, group) in &found.components {
        if let Some(group) = group {
            members.entry(group).or_default().push(id.clone());
        }
    }
    let mut steps = Vec::new();
    for (id, wish) in &found.groups {
        let none = Texts::default();
        let standing = state.groups.get(id);
        let name = standing.map_or(&none, |own| &own.name);
        let description = standing.map_or(&none, |own| &own.description);
        let wished_name = over(wish.name.as_ref(), name, default);
        let wished_description = over(wish.description.as_ref(), description, default);
        let command = if standing.is_none() {
            Command::CreateGroup {
                id: Some(id.clone()),
                name: wished_name.unwrap_or_default(),
                description: wished_description.unwrap_or_default(),
                components: members.remove(id).unwrap_or_default(),
                position: None,
            }
        } else {
            let name = changed(wished_name, name);
            let description = changed(wished_description, description);
            if name.is_none() && description.is_none() {
                continue;
            }
            Command::UpdateGroup {
                id: id.clone(),
                name,
                description,
                components: None,
                position: None,
            }
        };
        steps.push(Step {
            command,
            spots: &wish.spots,
        });
    }
    steps
}

fn retiring_steps<'w>(wish: &'w PageWish, found: &Found<'w>, state: &State) -> Vec<Step<'w>> {
    let named: BTreeSet<&ComponentId> = found.components.iter().map(|(id, ..)| id).collect();
    let unnamed = state.components.values();
    let unnamed = unnamed.filter(|own| own.retired_at.is_none() && !named.contains(&own.id));
    unnamed
        .map(|own| Step {
            command: Command::RetireComponent(own.id.clone()),
            spots: &wish.spots,
        })
        .collect()
}
