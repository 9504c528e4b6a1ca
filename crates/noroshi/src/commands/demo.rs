//! `noroshi demo`: the page of a made-up company with twelve systems, made by commands through
//! the one door, and served.

mod estate;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use noroshi_domain::{
    Actor, Command, ComponentId, DAY_US, ImpactTime, IncidentFields, IncidentId, IncidentKind,
    Instant, Lifecycle, Locale, MINUTE_US, NewComponent, NewIncident, NewPage, NewPromise,
    NewUpdate, PageId, PageSettings, Patch, StartDate, Status, Texts, Zone,
};
use noroshi_ops::App;

use crate::arguments::Common;
use crate::commands::serve::Serve;
use crate::door;
use crate::exit::Stop;
use crate::output;
use estate::{GROUPS, PAST, Past, SYSTEMS, System, Words};

/// How many days of past the demo makes.
const PAST_DAYS: i64 = 90;

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
        common.data = Some(common.data.unwrap_or_else(|| PathBuf::from("noroshi-demo")));
        let Some(lock) = door::lock(&common.folder())? else {
            return Err(Stop::try_again(format!(
                "{} is held by another noroshi: end it, or name another folder with --data",
                common.folder().join("lock").display()
            ))
            .into());
        };
        let app = door::open_app(&common)?;
        if app.pages().map_err(Stop::from)?.is_empty() {
            make(&app).map_err(Stop::from)?;
        }
        if self.only_make {
            return Ok(());
        }
        let address = self.listen;
        output::line(&format!("the page:      http://{address}/"))?;
        output::line(&format!("in Japanese:   http://{address}/ja/"))?;
        output::line(&format!(
            "for programs:  http://{address}/api/v2/summary.json"
        ))?;
        let serve = Serve {
            listen: address,
            tls_cert: None,
            tls_key: None,
        };
        let served = serve.serve(&app, &common);
        drop(lock);
        served
    }
}

struct Making<'a> {
    app: &'a App,
    page: PageId,
    now: Instant,
}

fn make(app: &App) -> Result<(), noroshi_ops::OpError> {
    let actor = Actor::command_line();
    let zone = Zone::parse("Asia/Tokyo").expect("the zone is built in");
    let page = app.create_page(
        &actor,
        &NewPage {
            id: None,
            name: Texts::of(Locale::En, "Asagiri").with(Locale::Ja, "アサギリ"),
            hosts: Vec::new(),
            path: None,
            url: None,
            zone,
            default_locale: Locale::En,
            locales: Locale::ALL.to_vec(),
            settings: PageSettings {
                about: Texts::of(
                    Locale::En,
                    "The status of Asagiri's customer-experience platform.",
                )
                .with(
                    Locale::Ja,
                    "顧客体験プラットフォーム「アサギリ」の稼働状況です。",
                ),
                ..PageSettings::default()
            },
        },
    )?;
    let page = PageId::parse(&page.id).expect("what was drawn is an identifier");
    let making = Making {
        app,
        page,
        now: app.now(),
    };
    making.systems()?;
    for past in PAST {
        making.past(past)?;
    }
    making.open_incident()?;
    making.maintenance()?;
    making.announcement()
}

fn texts(words: Words) -> Texts {
    Texts::of(Locale::En, words.0).with(Locale::Ja, words.1)
}

fn component(code: &str) -> ComponentId {
    ComponentId::parse(code).expect("the codes of the demo are identifiers")
}

impl Making<'_> {
    fn send(&self, command: Command) -> Result<String, noroshi_ops::OpError> {
        let actor = Actor::command_line();
        self.app
            .execute(&self.page, &actor, command, None)
            .map(|answer| answer.id)
    }

    fn days_ago(&self, days: i64) -> Instant {
        self.now.plus_us(-days * DAY_US)
    }

    fn systems(&self) -> Result<(), noroshi_ops::OpError> {
        let first_day = Zone::parse("Asia/Tokyo")
            .expect("the zone is built in")
            .date_of(self.days_ago(PAST_DAYS - 1));
        for System {
            code,
            name,
            description,
            third_party,
            depends_on,
            ..
        } in SYSTEMS
        {
            self.send(Command::CreateComponent(Box::new(NewComponent {
                id: Some(component(code)),
                name: texts(*name),
                description: texts(*description),
                group_id: None,
                position: None,
                showcase: true,
                start_date: StartDate::On(first_day),
                only_show_if_degraded: false,
                depends_on: depends_on.iter().map(|code| component(code)).collect(),
                third_party: *third_party,
                restricted: false,
                status: Status::Operational,
                created_at: Some(self.days_ago(PAST_DAYS)),
            })))?;
        }
        for (group, name) in GROUPS {
            let members = SYSTEMS.iter().filter(|system| system.group == *group);
            self.send(Command::CreateGroup {
                id: None,
                name: texts(*name),
                description: Texts::default(),
                components: members.map(|system| component(system.code)).collect(),
                position: None,
            })?;
        }
        Ok(())
    }

    /// A past incident: told as it went, its impact window closed by its end.
    fn past(&self, past: &Past) -> Result<(), noroshi_ops::OpError> {
        let from = self
            .days_ago(past.days_ago)
            .plus_us(past.minute_of_day * MINUTE_US);
        let to = from.plus_us(past.minutes * MINUTE_US);
        let exactly = |at| Patch::Set(ImpactTime { at, about: false });
        let id = self.send(Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Incident,
            fields: IncidentFields {
                name: Some(texts(past.title)),
                impact_from: exactly(from),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                lifecycle: Some(Lifecycle::Investigating),
                body: texts(past.first),
                statuses: BTreeMap::from([(component(past.component), past.status)]),
                notify: Some(false),
                ..NewUpdate::default()
            },
            backfilled_at: Some(from),
        })))?;
        let incident_id = IncidentId::parse(&id).expect("what was drawn is an identifier");
        let halfway = from.plus_us(past.minutes * MINUTE_US / 2);
        let steps = [
            (Lifecycle::Monitoring, halfway, None),
            (Lifecycle::Resolved, to, Some(to)),
        ];
        for (lifecycle, at, end) in steps {
            let body = if end.is_some() {
                texts(past.last)
            } else {
                Texts::default()
            };
            self.send(Command::PostUpdate {
                incident_id: incident_id.clone(),
                update: Box::new(NewUpdate {
                    lifecycle: Some(lifecycle),
                    body,
                    display_at: Some(at),
                    notify: Some(false),
                    ..NewUpdate::default()
                }),
                fields: Box::new(IncidentFields {
                    impact_to: end.map_or(Patch::Keep, exactly),
                    ..IncidentFields::default()
                }),
            })?;
        }
        Ok(())
    }

    fn open_incident(&self) -> Result<(), noroshi_ops::OpError> {
        let from = self.now.plus_us(-42 * MINUTE_US);
        let exactly = Patch::Set(ImpactTime {
            at: from,
            about: true,
        });
        self.send(Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Incident,
            fields: IncidentFields {
                name: Some(texts(estate::OPEN_TITLE)),
                who_is_affected: Some(texts(estate::OPEN_WHO)),
                how_to_check: Some(texts(estate::OPEN_CHECK)),
                what_to_do: Some(texts(estate::OPEN_DO)),
                impact_from: exactly,
                ..IncidentFields::default()
            },
            update: NewUpdate {
                lifecycle: Some(Lifecycle::Identified),
                body: texts(estate::OPEN_BODY),
                statuses: BTreeMap::from([
                    (component("datahub"), Status::PartialOutage),
                    (component("journeys"), Status::DegradedPerformance),
                ]),
                promises: vec![NewPromise::WithinS(3_600)],
                ..NewUpdate::default()
            },
            backfilled_at: None,
        })))
        .map(drop)
    }

    fn maintenance(&self) -> Result<(), noroshi_ops::OpError> {
        let from = self.now.plus_us(2 * DAY_US);
        self.send(Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Maintenance,
            fields: IncidentFields {
                name: Some(texts(estate::MAINTENANCE_TITLE)),
                scheduled_for: Some(from),
                scheduled_until: Some(from.plus_us(120 * MINUTE_US)),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                body: texts(estate::MAINTENANCE_BODY),
                attach: Some(vec![component("console"), component("analytics")]),
                ..NewUpdate::default()
            },
            backfilled_at: None,
        })))
        .map(drop)
    }

    fn announcement(&self) -> Result<(), noroshi_ops::OpError> {
        self.send(Command::CreateAnnouncement {
            title: texts(estate::ANNOUNCEMENT_TITLE),
            body: texts(estate::ANNOUNCEMENT_BODY),
            from: None,
            to: Some(self.now.plus_us(14 * DAY_US)),
            notify: false,
        })
        .map(drop)
    }
}
