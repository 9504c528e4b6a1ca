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
        let to = from.plus_us(announced.stands * DAY_US);
        let window = Window {
            from,
            to,
            about: false,
        };
        self.send(Command::CreateAnnouncement {
            title: announced.title.texts(),
            body: window.texts(&self.zone, &announced.en, &announced.ja),
            from: None,
            to: Some(to),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use noroshi_domain::end_of_working_day_after;

    use super::super::told::{Script, Scripts, Words};
    use super::*;

    /// How many incidents, reports and systems the demo is to have at least.
    const AT_LEAST: (usize, usize) = (60, 6);
    /// Times of day that stand in texts as they are, because no fact of the record says them.
    const SAID_AS_THEY_ARE: [&str; 1] = ["21:00"];

    fn past() -> Vec<Told> {
        let files = PAST.into_iter();
        files.flat_map(|file| read::<Past>(file).incident).collect()
    }

    fn scripts() -> Vec<Script> {
        read::<Scripts>(include_str!("scripts.toml")).script
    }

    fn zone() -> Zone {
        Zone::parse(company::ZONE).unwrap()
    }

    /// Seven days in a row, so that every weekday is today once; and one by a year's end.
    fn todays() -> Vec<Date> {
        let monday = jiff::civil::date(2026, 11, 23);
        let week = (0..7).map(|days| days_before(monday, -days));
        week.chain([jiff::civil::date(2027, 1, 1)]).collect()
    }

    /// Every text of a kind, in English and in Japanese.
    fn bodies() -> Vec<(String, String)> {
        let said = |said: &Said| (said.en.clone(), said.ja.clone());
        let of_past = past().into_iter().flat_map(|told| {
            let report = told.report.map(|report| (report.en, report.ja));
            let updates: Vec<_> = told.update.iter().map(said).collect();
            updates.into_iter().chain(report)
        });
        let of_scripts = scripts()
            .into_iter()
            .flat_map(|script| script.update.iter().map(said).collect::<Vec<_>>());
        of_past.chain(of_scripts).collect()
    }

    fn is_japanese(text: &str) -> bool {
        text.chars().any(|letter| ('ぁ'..='ん').contains(&letter))
    }

    #[test]
    fn there_is_enough_to_tell_and_no_text_stands_twice() {
        let past = past();
        assert!(past.len() >= AT_LEAST.0, "{} incidents", past.len());
        let reports = past.iter().filter(|told| told.report.is_some()).count();
        assert!(reports >= AT_LEAST.1, "{reports} reports");
        assert!(scripts().len() >= 3);
        let bodies = bodies();
        let english: BTreeSet<&str> = bodies.iter().map(|(en, _)| en.trim()).collect();
        let japanese: BTreeSet<&str> = bodies.iter().map(|(_, ja)| ja.trim()).collect();
        assert_eq!(
            (english.len(), japanese.len()),
            (bodies.len(), bodies.len())
        );
        let titles: BTreeSet<String> = past.iter().map(|told| told.title.ja.clone()).collect();
        assert_eq!(titles.len(), past.len());
    }

    #[test]
    fn every_text_stands_in_both_languages() {
        let past = past();
        let fields = |told: &Told| [told.who.clone(), told.check.clone(), told.todo.clone()];
        let words = past.iter().flat_map(|told| {
            let mut words: Vec<Words> = fields(told).into_iter().flatten().collect();
            words.push(told.title.clone());
            words
        });
        let all = words.map(|words| (words.en, words.ja)).chain(bodies());
        for (en, ja) in all {
            assert!(!en.trim().is_empty() && !is_japanese(&en), "{en}");
            assert!(ja.chars().any(|letter| letter > '\u{3000}'), "{ja}");
            assert!(!ja.contains(['(', ')', '?', '!']), "half-width marks: {ja}");
        }
    }

    #[test]
    fn no_text_tells_a_time_of_its_own() {
        for (en, ja) in bodies() {
            for text in [en, ja] {
                let mut bare = text.clone();
                for allowed in SAID_AS_THEY_ARE {
                    bare = bare.replace(allowed, "");
                }
                let bytes = bare.as_bytes();
                let tells = bytes.windows(5).any(|five| {
                    five[2] == b':' && [0, 1, 3, 4].iter().all(|at| five[*at].is_ascii_digit())
                });
                assert!(!tells, "a time is written out: {text}");
            }
        }
    }

    /// The times that a text names, in minutes after the beginning.
    fn named(text: &str, lasts: i64) -> Vec<i64> {
        let mut named = Vec::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            let (kind, minutes) = name.split_once(' ').unwrap_or((name, "0"));
            named.push(match kind {
                "to" | "period" | "lasting" => lasts,
                _ => minutes.parse().unwrap(),
            });
            rest = after;
        }
        named
    }

    #[test]
    fn nobody_tells_what_has_not_happened_yet() {
        for told in past() {
            let title = &told.title.en;
            let ends = told.update.iter().map(|said| said.after);
            assert!(ends.is_sorted(), "{title}: its updates are in order");
            let last = told.update.last().unwrap();
            assert!(last.is.is_over() && last.after >= told.lasts, "{title}");
            for said in &told.update {
                assert!(said.is.is_over() == std::ptr::eq(said, last), "{title}");
                // An end that is expected is told ahead: only where effects may last.
                let most = told.lasts + told.effects.unwrap_or(0);
                let most = if told.effects.is_some() {
                    most
                } else {
                    said.after
                };
                for text in [&said.en, &said.ja] {
                    let named = named(text, told.lasts);
                    assert!(named.iter().all(|at| *at <= most), "{title}: {text}");
                }
            }
        }
    }

    #[test]
    fn reports_come_when_they_were_promised_whatever_day_it_is() {
        let zone = zone();
        for today in todays() {
            for told in past() {
                let window = told.window(&zone, today);
                assert!(zone.date_of(window.to) < today, "{} is over", told.title.en);
                let Some(report) = &told.report else { continue };
                let last = told.update.last().unwrap();
                assert!(last.promise_report, "{}", told.title.en);
                let resolved = window.from.plus_us(last.after * MINUTE_US);
                let at = report.instant(&zone, window.from);
                let due = end_of_working_day_after(&zone, resolved, 5);
                assert!(resolved < at && at < due, "{}: {at}, {due}", told.title.en);
                assert!(zone.date_of(at) < today, "{}: {at}", told.title.en);
            }
        }
    }

    /// Reads `7月17日 10:05頃 〜 7月18日 00:35頃` back.
    fn read_period(text: &str, year: i16) -> Option<(jiff::civil::DateTime, i64)> {
        let line = text.lines().find(|line| line.contains(" 〜 "))?;
        let start = line.find(|letter: char| letter.is_ascii_digit())?;
        let clean: String = line[start..]
            .chars()
            .map(|letter| if letter.is_ascii_digit() { letter } else { ' ' })
            .collect();
        let numbers: Vec<i8> = clean
            .split_whitespace()
            .map(|digits| digits.parse().unwrap())
            .collect();
        let from = jiff::civil::date(year, numbers[0], numbers[1]).at(numbers[2], numbers[3], 0, 0);
        let rest = &numbers[4..];
        let last_day = line.split(" 〜 ").nth(1)?.contains('月');
        let (day, time) = if last_day {
            (jiff::civil::date(year, rest[0], rest[1]), &rest[2..])
        } else {
            (from.date(), rest)
        };
        let to = day.at(time[0], time[1], 0, 0);
        let minutes = to.since(from).unwrap().total(jiff::Unit::Minute).unwrap();
        Some((from, minutes as i64))
    }

    #[test]
    fn the_periods_in_texts_are_those_of_the_facts() {
        let (zone, mut count) = (zone(), 0);
        for today in todays() {
            for told in past() {
                let window = told.window(&zone, today);
                let last = told.update.last().unwrap();
                let texts = window.texts(&zone, &last.en, &last.ja);
                let ja = texts.get(Locale::Ja).unwrap();
                let from = zone.time_zone().to_datetime(window.from.timestamp());
                if let Some((read, minutes)) = read_period(ja, from.year()) {
                    assert_eq!((read, minutes), (from, told.lasts), "{ja}");
                    assert_eq!(ja.contains("頃 〜"), told.about, "{ja}");
                    count += 1;
                }
                assert!(!ja.contains('{') && !ja.contains('}'), "{ja}");
            }
        }
        assert!(
            count >= 25 * todays().len(),
            "only {count} periods were read"
        );
    }

    #[test]
    fn lengths_of_time_are_told_in_words() {
        let from = Instant::parse("2026-11-23T01:00:00Z").unwrap();
        let told = |minutes: i64| {
            let to = from.plus_us(minutes * MINUTE_US);
            let window = Window {
                from,
                to,
                about: false,
            };
            let texts = window.texts(&zone(), "{lasting}", "{lasting}");
            let of = |locale| texts.get(locale).unwrap().to_owned();
            (of(Locale::En), of(Locale::Ja))
        };
        let pair = |en: &str, ja: &str| (en.to_owned(), ja.to_owned());
        assert_eq!(told(1), pair("1 minute", "1分"));
        assert_eq!(told(60), pair("1 hour", "1時間"));
        assert_eq!(told(125), pair("2 hours 5 minutes", "2時間5分"));
    }
}
