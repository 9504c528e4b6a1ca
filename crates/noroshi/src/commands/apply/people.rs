//! People in a page's file: known by their addresses, given a role on the page after it is written,
//! each by himself. Whoever has no account is invited.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::PageId;
use noroshi_ops::Role;
use serde_json::{Value, json};

use crate::commands::apply::difference::{Fate, RowChange};
use crate::commands::apply::file::PageWish;
use crate::commands::apply::plan::Asked;
use crate::commands::user::KeptUser;
use crate::exit::Stop;

/// Everybody with an account, and those who are invited.
#[derive(Debug, Default)]
pub(crate) struct Team {
    pub(crate) users: Vec<KeptUser>,
    pub(crate) invited: Vec<Awaited>,
}

/// Somebody who is invited: his address, and the roles on pages that await him.
pub(crate) type Awaited = (String, BTreeMap<PageId, Role>);

/// What has to be done about one person on a page.
pub(crate) enum PersonStep {
    /// A role in the place of the one he has, if any.
    Give(String, Role),
    /// He has no account yet.
    Invite(String, Role),
    /// The role goes.
    Take(String),
}

/// Addresses are the same whatever their case.
pub(crate) fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What makes the roles on a page what a file wishes, with what that changes.
pub(crate) fn plan(
    wish: &PageWish,
    page: &PageId,
    team: &Team,
    asked: Asked<'_>,
) -> Result<Vec<(PersonStep, RowChange)>, Stop> {
    let mut steps = Vec::new();
    let mut named = BTreeSet::new();
    for own in &wish.people {
        let email = key(&own.email);
        if !named.insert(email.clone()) {
            let what = format!("{:?} stands in the file already", own.email);
            return Err(asked.source.wrong(own.spots.of("email"), &what));
        }
        let wished = json!({ "role": own.role });
        let user = team.users.iter().find(|user| key(&user.email) == email);
        let invited = team.invited.iter().find(|(other, _)| key(other) == email);
        let held = match (user, invited) {
            (Some(user), _) => user.pages.get(page),
            (None, Some((_, roles))) => roles.get(page),
            (None, None) => None,
        };
        if held == Some(&own.role) {
            continue;
        }
        let before = user.map(|_| json!({ "role": held }));
        let (step, fate) = match user {
            Some(_) => (PersonStep::Give(email, own.role), Fate::Changed),
            None => (PersonStep::Invite(email, own.role), Fate::Made),
        };
        let row = ("person", own.email.as_str(), "");
        let row = RowChange::new(row, fate, (before.as_ref(), &wished));
        steps.push((step, row));
    }
    if asked.prune && !wish.people.is_empty() {
        let others = team.users.iter();
        let others = others.filter(|user| !named.contains(&key(&user.email)));
        steps.extend(others.filter_map(|user| {
            let before = json!({ "role": user.pages.get(page)? });
            let row = ("person", user.email.as_str(), "");
            let row = RowChange::new(row, Fate::Removed, (Some(&before), &Value::Null));
            Some((PersonStep::Take(user.email.clone()), row))
        }));
    }
    Ok(steps)
}
