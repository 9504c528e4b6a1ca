//! The days of a component or a group: seconds per status, and the incidents that touched them.

use std::collections::{HashMap, HashSet};

use noroshi_domain::uptime::{self, Calendar, Day, Percent, Today};
use noroshi_domain::{ComponentId, Incident, Span, Status};

use crate::view::{Event, System, SystemGroup, View};

/// Beyond this many rows of bars only the days on which something happened tell of themselves, and
/// groups that begin unfolded have no bars of their own: a front page of a hundred systems stays
/// within 60 kilobytes on the wire.
const FULL_ROWS_MAX: usize = 6;

/// Days with what happened on each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Days<'v> {
    /// The days, oldest first.
    pub(crate) list: Vec<Day>,
    /// The incidents that touched each.
    pub(crate) related: Vec<Vec<&'v Incident>>,
    /// The worst status of each; of a group, of any member.
    pub(crate) worst: Vec<Status>,
    /// Of a group: how many members were in each status, by day.
    pub(crate) members: Vec<HashMap<Status, i64>>,
}

impl<'v> Days<'v> {
    /// A component's days of a calendar.
    pub(crate) fn of<'s>(
        calendar: &Calendar,
        system: &System<'_>,
        spans: impl IntoIterator<Item = &'s Span>,
        events: &[Event<'v>],
    ) -> Self {
        let days = calendar.days(spans, system.fact.start_date);
        let mut related: Vec<Vec<&Incident>> = vec![Vec::new(); days.len()];
        for event in events {
            let first = days.partition_point(|day| day.to <= event.from);
            for (day, own) in days.iter().zip(&mut related).skip(first) {
                // Something that lasted no time at all still happened on its day.
                let touches =
                    day.from < event.to || (event.from == event.to && day.from <= event.to);
                if !touches {
                    break;
                }
                if !own.iter().any(|known| known.id == event.incident.id) {
                    own.push(event.incident);
                }
            }
        }
        let mut worst: Vec<Status> = days.iter().map(counted_worst).collect();
        // What has only just begun has no whole second yet; today shows it all the same.
        if let (Some(day), Some(worst)) = (days.last(), worst.last_mut())
            && day.counted
            && day.from <= calendar.now()
            && calendar.now() < day.to
        {
            *worst = system.status.max(*worst);
        }
        Self {
            list: days,
            related,
            worst,
            members: Vec::new(),
        }
    }

    /// A group's days, from those of its members that are showcased.
    pub(crate) fn of_group(members: &[&Self]) -> Self {
        let own: Vec<Vec<Day>> = members.iter().map(|member| member.list.clone()).collect();
        let days = uptime::group_days(&own);
        let mut group = Self {
            related: vec![Vec::new(); days.len()],
            worst: vec![Status::Operational; days.len()],
            members: vec![HashMap::new(); days.len()],
            list: days,
        };
        for member in members {
            for index in 0..group.list.len() {
                let status = member.worst[index];
                group.worst[index] = group.worst[index].max(status);
                *group.members[index].entry(status).or_default() += 1;
                for incident in &member.related[index] {
                    let known = &mut group.related[index];
                    if !known.iter().any(|known| known.id == incident.id) {
                        known.push(incident);
                    }
                }
            }
        }
        group
    }

    /// The uptime of the last `count` days.
    pub(crate) fn percent(&self, view: &View<'_>, count: usize, today: Today) -> Option<Percent> {
        let first = self.list.len().saturating_sub(count);
        uptime::percent(&self.list[first..], view.weights(), today, view.now())
    }
}

fn counted_worst(day: &Day) -> Status {
    if day.counted {
        day.seconds.worst()
    } else {
        Status::Operational
    }
}

/// The last ninety days of everything that is showcased.
#[derive(Debug, Default)]
pub(crate) struct Board<'v> {
    systems: HashMap<&'v ComponentId, Days<'v>>,
    /// Those whose bars are not drawn in the page.
    late: HashSet<&'v ComponentId>,
}

impl<'v> Board<'v> {
    /// The days of the first `shown_max` showcased components, of which the first `drawn_max` have
    /// their bars in the page.
    pub(crate) fn of(
        view: &'v View<'_>,
        events: &HashMap<&'v ComponentId, Vec<Event<'v>>>,
        (shown_max, drawn_max): (usize, usize),
    ) -> Self {
        let shown = || {
            let all = view.systems().iter();
            all.filter(|system| system.fact.showcase).take(shown_max)
        };
        let late = shown()
            .skip(drawn_max)
            .map(|system| &system.fact.id)
            .collect();
        let systems = shown()
            .map(|system| {
                let own = events.get(&system.fact.id).map_or(&[][..], Vec::as_slice);
                let spans = system.spans.iter().copied();
                (
                    &system.fact.id,
                    Days::of(view.calendar(), system, spans, own),
                )
            })
            .collect();
        Self { systems, late }
    }

    /// Whether there are few rows of bars, so that each may say all it knows.
    pub(crate) fn is_small(&self) -> bool {
        self.systems.len() <= FULL_ROWS_MAX
    }

    /// Whether a component's bars are an image of their own.
    pub(crate) fn is_late(&self, id: &ComponentId) -> bool {
        self.late.contains(id)
    }

    /// Those that are, in no order.
    pub(crate) fn late(&self) -> impl Iterator<Item = (&'v ComponentId, &Days<'v>)> {
        let late = self.late.iter().copied();
        late.filter_map(|id| Some((id, self.systems.get(id)?)))
    }

    /// A component's days, where it is showcased.
    pub(crate) fn system(&self, id: &ComponentId) -> Option<&Days<'v>> {
        self.systems.get(id)
    }

    /// A group's days and the places of its showcased members, where it has any.
    pub(crate) fn group(&self, view: &View<'_>, group: &SystemGroup<'_>) -> Option<Days<'v>> {
        let members = self.members(view, group);
        (!members.is_empty()).then(|| Days::of_group(&members))
    }

    /// The days of a group's showcased members.
    pub(crate) fn members(&self, view: &View<'_>, group: &SystemGroup<'_>) -> Vec<&Days<'v>> {
        group
            .members
            .iter()
            .filter_map(|member| self.system(&view.systems()[*member].fact.id))
            .collect()
    }
}
