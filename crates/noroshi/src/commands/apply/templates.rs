//! Templates in a file: known by their names, tried out on the page as it will be, and written after
//! it, each by itself.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::{Locale, Patch, State};
use noroshi_ops::templates::Template;
use noroshi_text::refusal;

use crate::commands::apply::difference::{Fate, RowChange};
use crate::commands::apply::file::{PageWish, TemplateWish, TextsWish};
use crate::commands::apply::plan::{self, Asked};
use crate::commands::template::Kept;
use crate::exit::{Exit, Stop};
use crate::input;

/// What has to be done with one template.
pub(crate) enum TemplateStep {
    /// Made, or put over the one with the code.
    Put(Option<String>, Box<Template>),
    /// Taken away.
    Delete(String),
}

/// What makes the templates of a page what a file wishes, with what that changes. `state` is the
/// page as it will be.
pub(crate) fn plan(
    wish: &PageWish,
    state: &State,
    standing: &[Kept],
    asked: Asked<'_>,
) -> Result<Vec<(TemplateStep, RowChange)>, Stop> {
    let mut steps = Vec::new();
    let mut named = BTreeSet::new();
    for own in &wish.templates {
        if !named.insert(own.name.as_str()) {
            let what = format!("the template {:?} stands in the file already", own.name);
            return Err(asked.source.wrong(own.spots.of("name"), &what));
        }
        let found = standing.iter().find(|kept| kept.name == own.name);
        let begun = found.map_or_else(new, Kept::template);
        let wished = wished(own, begun.clone(), state, asked)?;
        let refused = |why: &noroshi_domain::Refusal| Stop {
            exit: Exit::Refused,
            message: asked.source.told(
                plan::place(&own.spots, why),
                &refusal::word(why, asked.words),
            ),
        };
        let wished = wished.checked(state).map_err(|why| refused(&why))?;
        if found.is_some() && wished == begun {
            continue;
        }
        let row = RowChange::of_template(found, &Kept::sent(&wished));
        let code = found.map(|kept| kept.id.clone());
        steps.push((TemplateStep::Put(code, Box::new(wished)), row));
    }
    if asked.prune {
        let unnamed = standing.iter();
        let unnamed = unnamed.filter(|kept| !named.contains(kept.name.as_str()));
        steps.extend(unnamed.map(|kept| {
            let row = RowChange::template_gone(kept);
            (TemplateStep::Delete(kept.id.clone()), row)
        }));
    }
    Ok(steps)
}

fn new() -> Template {
    Template {
        notify: true,
        ..Template::default()
    }
}

/// A template as a file wishes it, over one that stands.
fn wished(
    own: &TemplateWish,
    stands: Template,
    state: &State,
    asked: Asked<'_>,
) -> Result<Template, Stop> {
    let default = state.page.default_locale;
    let texts = |wish: &Option<TextsWish>, stands: noroshi_domain::Texts, default: Locale| {
        wish.as_ref()
            .map_or_else(|| stands.clone(), |wish| wish.over(&stands, default))
    };
    let (mut components, mut statuses) = (stands.components, stands.statuses);
    if let Some(wished) = &own.components {
        (components, statuses) = (Vec::new(), BTreeMap::new());
        for (text, at) in wished {
            let told = |stop: Stop| asked.source.wrong(*at, &stop.message);
            let id = if text.contains('=') {
                let (id, status) =
                    input::component_status("components", text, state).map_err(told)?;
                statuses.insert(id.clone(), status);
                id
            } else {
                input::component("components", text, state).map_err(told)?
            };
            components.push(id);
        }
    }
    let over = |wish: &Patch<i64>, stands| wish.clone().over(stands);
    Ok(Template {
        name: own.name.clone(),
        title: texts(&own.title, stands.title, default),
        body: texts(&own.body, stands.body, default),
        group_id: own.group.clone().over(stands.group_id),
        lifecycle: own.lifecycle.clone().over(stands.lifecycle),
        promise_s: over(&own.promise_s, stands.promise_s),
        notify: own.notify.unwrap_or(stands.notify),
        components,
        statuses,
        tweet: stands.tweet,
    })
}

/// The components of a template as a file has them.
pub(crate) fn components_of(kept: &Kept) -> Vec<String> {
    let said = |id| kept.statuses.get(id).map(|status| status.as_str());
    let components = kept.components.iter();
    components
        .map(|id| match said(id) {
            Some(status) => format!("{id}={status}"),
            None => id.to_string(),
        })
        .collect()
}

impl RowChange {
    fn of_template(stood: Option<&Kept>, stands: &serde_json::Value) -> Self {
        let before = stood.map(|kept| Kept::sent(&kept.template()));
        let fate = if stood.is_some() {
            Fate::Changed
        } else {
            Fate::Made
        };
        let name = stands["name"].as_str().unwrap_or_default();
        let code = stood.map_or("", |kept| &kept.id);
        Self::new(("template", code, name), fate, (before.as_ref(), stands))
    }

    fn template_gone(kept: &Kept) -> Self {
        let nothing = serde_json::Value::Null;
        let row = ("template", kept.id.as_str(), kept.name.as_str());
        Self::new(row, Fate::Removed, (None, &nothing))
    }
}
