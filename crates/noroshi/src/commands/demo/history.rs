//! Two years of the company, lived through anew: every command is sent at the instant at which
//! it would have been, by a clock that stands there, so that promises are kept or late, planned
//! work begins and ends, and reports are dated as they were.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::{Date, Weekday};
use noroshi_domain::{
    Actor, Command, ComponentId, DAY_US, ImpactTime, IncidentFields, IncidentId, IncidentKind,
    Instant, Locale, MINUTE_US, NewComponent, NewIncident, NewPage, NewPromise, NewRecurrence,
    NewUpdate, PageId, PageSettings, Patch, StartDate, Status, Zone, next_due,
};
use noroshi_ops::{App, Clock, OpError, clock};

use super::company::{self, GROUPS, SYSTEMS, System};
use super::told::{
    Announced, Past, Planned, Plans, Recurring, Report, Said, Told, Window, both, day_of_work,
    days_before, instant, read,
};

/// The page's code: a demo that is started again is known by it.
pub(super) const PAGE: &str = "asagiri";
/// The first day of the page, in days before today.
const FIRST_DAYS: i64 = 735;
/// After how many days lived through the state is read anew, without what is long past.
const REFRESH_DAYS: i64 = 60;
/// How many occurrences of the recurring work lie in the past.
const OCCURRENCES: i64 = 26;
/// Days between them.
const OCCURRENCE_DAYS: i64 = 28;

/// At which time of day planned work is announced.
const TOLD_AHEAD_AT: &str = "10:30";

/// What happened, in files of some months each.
const PAST: [&str; 5] = [
    include_str!("past_1.toml"),
    include_str!("past_2.toml"),
    include_str!("past_3.toml"),
    include_str!("past_4.toml"),
    include_str!("past_5.toml"),
];
/// What is planned and announced.
const PLANS: &str = include_str!("plans.toml");

/// A clock that stands where it is put, until it is let go.
pub(super) struct SteeredClock {
    under: Arc<dyn Clock>,
    /// `i64::MAX`: let go.
    stands_at: AtomicI64,
}

impl SteeredClock {
    /// A clock that goes as another does.
    pub(super) fn over(under: Arc<dyn Clock>) -> Self {
        Self {
            under,
            stands_at: AtomicI64::new(i64::MAX),
        }
    }

    fn stand_at(&self, instant: Instant) {
        self.stands_at.store(instant.micros(), Ordering::SeqCst);
    }

    fn let_go(&self) {
        self.stand_at(Instant::MAX);
    }
}

impl Clock for SteeredClock {
    fn now(&self) -> Instant {
        let stands_at = Instant::from_micros(self.stands_at.load(Ordering::SeqCst));
        match stands_at {
            Instant::MAX => self.under.now(),
            _ => stands_at,
        }
    }
}

/// One thing that somebody did, at its instant.
enum Deed<'a> {
    Say(usize, &'a Told, &'a Said),
    Report(usize, &'a Told, &'a Report),
    Plan(&'a Planned),
    Announce(&'a Announced),
}

struct Making<'a> {
    app: &'a App,
    clock: &'a SteeredClock,
    page: PageId,
    zone: Zone,
    today: Date,
    refreshed_at: Instant,
    /// What the incidents were called when they were opened, by their place.
    incidents: Vec<Option<IncidentId>>,
}

/// Makes the page and lives through two years, up to what the clock says.
pub(super) fn make(app: &App, clock: &SteeredClock) -> Result<(), OpError> {
    let now = app.now();
    let made = make_until(app, clock, now);
    clock.let_go();
    made?;
    app.refresh()
}

fn make_until(app: &App, clock: &SteeredClock, now: Instant) -> Result<(), OpError> {
    let past: Vec<Told> = PAST
        .into_iter()
        .flat_map(|file| read::<Past>(file).incident)
        .collect();
    let plans: Plans = read(PLANS);
    let zone = Zone::parse(company::ZONE).expect("the zone is built in");
    let today = zone.date_of(now);
    let begin = instant(&zone, days_before(today, FIRST_DAYS), "10:00");
    clock.stand_at(begin);
    let mut making = Making {
        app,
        clock,
        page: create_page(app, &zone)?,
        refreshed_at: begin,
        incidents: past.iter().map(|_| None).collect(),
        zone,
        today,
    };
    making.systems()?;
    making.recur(&plans.recurring)?;
    for (at, deed) in making.deeds(&past, &plans) {
        if at > now {
            break;
        }
        making.live_until(at)?;
        making.perform(&deed)?;
    }
    making.live_until(now)
}

fn create_page(app: &App, zone: &Zone) -> Result<PageId, OpError> {
    let id = page_id();
    app.create_page(
        &Actor::command_line(),
        &NewPage {
            id: Some(id.clone()),
            name: company::texts(company::NAME),
            hosts: Vec::new(),
            path: None,
            url: None,
            zone: zone.clone(),
            default_locale: Locale::En,
            locales: Locale::ALL.to_vec(),
            settings: PageSettings {
                about: company::texts(company::ABOUT),
                ..PageSettings::default()
            },
        },
    )?;
    Ok(id)
}

/// Whether the page was made to its end: the newest announcement is the last thing made.
pub(super) fn is_whole(app: &App) -> Result<bool, OpError> {
    let state = app.state(&page_id())?;
    Ok(!state.announcements.is_empty())
}

/// The code of the demo's page.
pub(super) fn page_id() -> PageId {
    PageId::parse(PAGE).expect("the page's code is an identifier")
}

fn component(code: &str) -> ComponentId {
    ComponentId::parse(code).expect("the codes of the demo are identifiers")
}

impl Making<'_> {
    fn send(&self, command: Command) -> Result<String, OpError> {
        let actor = Actor::command_line();
        self.app
            .execute(&self.page, &actor, command, None)
            .map(|answer| answer.id)
    }

    fn at(&self, days: i64, at: &str) -> Instant {
        instant(&self.zone, days_before(self.today, days), at)
    }

    fn systems(&self) -> Result<(), OpError> {
        let first_day = days_before(self.today, FIRST_DAYS);
        for System {
            code,
            name,
            description,
            showcase,
            depends_on,
            ..
        } in SYSTEMS
        {
            self.send(Command::CreateComponent(Box::new(NewComponent {
                id: Some(component(code)),
                name: company::texts(*name),
                description: company::texts(*description),
                group_id: None,
                position: None,
                showcase: *showcase,
                start_date: StartDate::On(first_day),
                only_show_if_degraded: false,
                depends_on: depends_on.iter().map(|code| component(code)).collect(),
                third_party: false,
                restricted: false,
                status: Status::Operational,
                created_at: None,
            })))?;
        }
        for (group, name) in GROUPS {
            let members = SYSTEMS.iter().filter(|system| system.group == *group);
            self.send(Command::CreateGroup {
                id: None,
                name: company::texts(*name),
                description: noroshi_domain::Texts::default(),
                components: members.map(|system| component(system.code)).collect(),
                position: None,
            })?;
        }
        Ok(())
    }

    /// Everything that somebody did, in the order of time.
    fn deeds<'b>(&self, past: &'b [Told], plans: &'b Plans) -> Vec<(Instant, Deed<'b>)> {
        let mut deeds = Vec::new();
        for (place, told) in past.iter().enumerate() {
            let from = self.window(told).from;
            for said in &told.update {
                let at = from.plus_us(said.after * MINUTE_US);
                deeds.push((at, Deed::Say(place, told, said)));
            }
            if let Some(report) = &told.report {
                let at = report.instant(&self.zone, from);
                deeds.push((at, Deed::Report(place, told, report)));
            }
        }
        for planned in &plans.maintenance {
            let date = days_before(self.today, planned.days + planned.ahead);
            let at = instant(&self.zone, day_of_work(date, TOLD_AHEAD_AT), TOLD_AHEAD_AT);
            deeds.push((at, Deed::Plan(planned)));
        }
        for announced in &plans.announcement {
            let at = self.at(announced.days, &announced.at);
            deeds.push((at, Deed::Announce(announced)));
        }
        deeds.sort_by_key(|(at, _)| *at);
        deeds
    }

    /// Lets time pass, with all that it makes due.
    fn live_until(&mut self, instant: Instant) -> Result<(), OpError> {
        loop {
            let due = next_due(&*self.app.state(&self.page)?);
            let Some(due) = due.filter(|due| *due <= instant) else {
                break;
            };
            self.clock.stand_at(due);
            if clock::step(self.app, due)? == 0 {
                break;
            }
        }
        self.clock.stand_at(instant);
        if instant.since_us(self.refreshed_at) > REFRESH_DAYS * DAY_US {
            self.app.refresh()?;
            self.refreshed_at = instant;
        }
        Ok(())
    }

    fn perform(&mut self, deed: &Deed<'_>) -> Result<(), OpError> {
        match deed {
            Deed::Say(place, told, said) => self.say(*place, told, said),
            Deed::Report(place, told, report) => self.report(*place, told, report),
            Deed::Plan(planned) => self.plan(planned),
            Deed::Announce(announced) => self.announce(announced),
        }
    }

    fn window(&self, told: &Told) -> Window {
        told.window(&self.zone, self.today)
    }

    fn say(&mut self, place: usize, told: &Told, said: &Said) -> Result<(), OpError> {
        let window = self.window(told);
        let update = update(said, &window, &self.zone);
        let about = told.about;
        let known = |at| Patch::Set(ImpactTime { at, about });
        let impact_to = if said.is.is_over() {
            known(window.to)
        } else {
            Patch::Keep
        };
        if let Some(incident_id) = self.incidents[place].clone() {
            let fields = Box::new(IncidentFields {
                impact_to,
                ..IncidentFields::default()
            });
            return self
                .send(Command::PostUpdate {
                    incident_id,
                    update: Box::new(update),
                    fields,
                })
                .map(drop);
        }
        let filled = |words: &Option<super::told::Words>| {
            words
                .as_ref()
                .map(|words| window.texts(&self.zone, &words.en, &words.ja))
        };
        let effects_until = told.effects.map_or(Patch::Keep, |minutes| {
            Patch::Set(window.to.plus_us(minutes * MINUTE_US))
        });
        let id = self.send(Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Incident,
            fields: IncidentFields {
                name: Some(told.title.texts()),
                who_is_affected: filled(&told.who),
                how_to_check: filled(&told.check),
                what_to_do: filled(&told.todo),
                impact_from: known(window.from),
                impact_to,
                effects_until,
                ..IncidentFields::default()
            },
            update,
            backfilled_at: None,
        })))?;
        self.incidents[place] =
            Some(IncidentId::parse(&id).expect("what was drawn is an identifier"));
        Ok(())
    }

    fn report(&self, place: usize, told: &Told, report: &Report) -> Result<(), OpError> {
        let incident_id = self.incidents[place].clone();
        let incident_id = incident_id.expect("a report follows its incident");
        let body = self.window(told).texts(&self.zone, &report.en, &report.ja);
        self.send(Command::PublishPostmortem {
            incident_id,
            body,
            also: Vec::new(),
            notify: true,
        })
        .map(drop)
    }

    fn plan(&self, planned: &Planned) -> Result<(), OpError> {
        let from = self.at(planned.days, &planned.at);
        let to = from.plus_us(planned.lasts * MINUTE_US);
        let window = Window {
            from,
            to,
            about: false,
        };
        self.send(Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Maintenance,
            fields: IncidentFields {
                name: Some(planned.title.texts()),
                scheduled_for: Some(from),
                scheduled_until: Some(to),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                body: window.texts(&self.zone, &planned.en, &planned.ja),
                attach: Some(planned.components.clone()),
                ..NewUpdate::default()
            },
            backfilled_at: None,
        })))
        .map(drop)
    }

    /// Work every four weeks, at such days that some lies in the next week.
    fn recur(&self, recurring: &Recurring) -> Result<(), OpError> {
        let next = (5..12)
            .map(|days| days_before(self.today, -days))
            .find(|date| date.weekday() == Weekday::Wednesday)
            .expect("seven days hold a Wednesday");
        let first = days_before(next, OCCURRENCES * OCCURRENCE_DAYS);
        self.send(Command::CreateRecurrence(Box::new(NewRecurrence {
            rule: "FREQ=WEEKLY;INTERVAL=4".to_owned(),
            zone: None,
            first_at: instant(&self.zone, first, &recurring.at),
            duration_s: recurring.lasts * 60,
            name: recurring.title.texts(),
            body: both(&recurring.en, &recurring.ja),
            components: recurring.components.clone(),
            flags: noroshi_domain::PlanFlags::default(),
        })))
        .map(drop)
    }

    fn announce(&self, announced: &Announced) -> Result<(), OpError> {
        let from = self.at(announced.days, &announced.at);
        self.send(Command::CreateAnnouncement {
            title: announced.title.texts(),
            body: both(&announced.en, &announced.ja),
            from: None,
            to: Some(from.plus_us(announced.stands * DAY_US)),
            notify: false,
        })
        .map(drop)
    }
}

/// An update of the data as a command takes it.
pub(super) fn update(said: &Said, window: &Window, zone: &Zone) -> NewUpdate {
    let by = said
        .promise
        .map(|minutes| NewPromise::WithinS(minutes * 60));
    let when = said
        .promise_when
        .as_ref()
        .map(|words| NewPromise::When(words.texts()));
    let report = said.promise_report.then_some(NewPromise::Postmortem(None));
    NewUpdate {
        lifecycle: Some(said.is),
        body: window.texts(zone, &said.en, &said.ja),
        statuses: said.status.clone(),
        promises: [by, when, report].into_iter().flatten().collect(),
        ..NewUpdate::default()
    }
}
