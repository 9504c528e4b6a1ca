//! Open components and their groups, each with its status now.

use std::collections::{HashMap, HashSet};

use noroshi_domain::{
    Component, ComponentId, Group, GroupId, Hold, Instant, Lane, Span, State, Status,
};

/// An open component.
#[derive(Debug)]
pub struct System<'a> {
    /// Its fact.
    pub fact: &'a Component,
    /// Its place among its siblings, from 1, without gaps (reference 1.4).
    pub position: i64,
    /// Its public status now.
    pub status: Status,
    /// Its public status in API v1 and v2, which have no word for unknown: the last other one.
    pub compatible: Status,
    /// Since when it is not measured.
    pub unknown_since: Option<Instant>,
    /// Since when it is not operational, whatever it was in between; none while it is, and none
    /// where it is not measured.
    pub troubled_since: Option<Instant>,
    /// The hold that covers now.
    pub hold: Option<&'a Hold>,
    /// Its public spans, oldest first.
    pub spans: Vec<&'a Span>,
}

/// A group with a visible member.
#[derive(Debug)]
pub struct SystemGroup<'a> {
    /// Its fact.
    pub fact: &'a Group,
    /// Its place among the rows of the page, from 1, without gaps.
    pub position: i64,
    /// Places of its members among the systems, in order.
    pub members: Vec<usize>,
    /// Worst of its members.
    pub status: Status,
    /// The same in API v1 and v2.
    pub compatible: Status,
    /// When its own fields or a member last changed.
    pub updated_at: Instant,
}

/// A line at the top level of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A component outside groups, by its place among the systems.
    System(usize),
    /// A group, by its place among the groups.
    Group(usize),
}

/// Systems, groups and rows of a page, in page order, without those that are not to be seen.
pub(super) fn of<'a>(
    state: &'a State,
    hidden: &HashSet<&ComponentId>,
    now: Instant,
) -> (Vec<System<'a>>, Vec<SystemGroup<'a>>, Vec<Row>) {
    let holds: HashMap<&ComponentId, &Hold> = state
        .holds
        .values()
        .filter(|hold| hold.from <= now && now < hold.to)
        .map(|hold| (&hold.component_id, hold))
        .collect();
    let mut systems = Vec::new();
    let mut groups: Vec<SystemGroup<'_>> = Vec::new();
    let mut rows = Vec::new();
    let mut of_group: HashMap<&GroupId, usize> = HashMap::new();
    let open = state
        .live_components()
        .into_iter()
        .filter(|component| !hidden.contains(&component.id));
    for component in open {
        let place = systems.len();
        let mut system = system(state, component, holds.get(&component.id).copied(), now);
        match component
            .group_id
            .as_ref()
            .and_then(|id| state.groups.get(id))
        {
            None => {
                rows.push(Row::System(place));
                system.position = rows.len() as i64;
            }
            Some(group) => {
                let index = *of_group.entry(&group.id).or_insert_with(|| {
                    rows.push(Row::Group(groups.len()));
                    groups.push(SystemGroup::empty(group, rows.len() as i64));
                    groups.len() - 1
                });
                system.position = groups[index].members.len() as i64 + 1;
                groups[index].add(place, &system);
            }
        }
        systems.push(system);
    }
    (systems, groups, rows)
}

impl<'a> SystemGroup<'a> {
    const fn empty(group: &'a Group, position: i64) -> Self {
        Self {
            fact: group,
            position,
            members: Vec::new(),
            status: Status::Operational,
            compatible: Status::Operational,
            updated_at: group.updated_at,
        }
    }

    fn add(&mut self, place: usize, member: &System<'a>) {
        self.members.push(place);
        self.status = self.status.max(member.status);
        self.compatible = self.compatible.max(member.compatible);
        self.updated_at = self.updated_at.max(member.fact.updated_at);
    }
}

fn system<'a>(
    state: &'a State,
    component: &'a Component,
    hold: Option<&'a Hold>,
    now: Instant,
) -> System<'a> {
    let spans: Vec<&Span> = state.spans_of(Lane::Public, &component.id).collect();
    let covering = spans
        .iter()
        .rposition(|span| span.from <= now && span.to.is_none_or(|to| now < to));
    let status = covering.map_or(Status::Operational, |index| spans[index].status);
    let unknown = covering.filter(|_| status == Status::Unknown);
    let compatible = match unknown {
        None => status,
        // Only a stretch that ends where the silence begins was the last other status; a gap
        // before it was operational.
        Some(index) => index
            .checked_sub(1)
            .map(|before| spans[before])
            .filter(|before| before.to == Some(spans[index].from))
            .map_or(Status::Operational, |before| before.status),
    };
    let troubled_since = covering
        .filter(|_| unknown.is_none())
        .map(|index| first_of_trouble(&spans, index));
    System {
        fact: component,
        position: component.position,
        status,
        compatible,
        unknown_since: unknown.map(|index| spans[index].from),
        troubled_since,
        hold,
        spans,
    }
}

/// Where the trouble of a span began: the start of the first of the spans that lead to it without a
/// gap, silence left out.
fn first_of_trouble(spans: &[&Span], index: usize) -> Instant {
    let mut from = spans[index].from;
    for before in spans[..index].iter().rev() {
        if before.to != Some(from) || before.status == Status::Unknown {
            break;
        }
        from = before.from;
    }
    from
}
