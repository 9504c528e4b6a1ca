//! A page on an empty database, with a clock that stands.

use std::sync::Arc;

use noroshi_domain::{
    Actor, Answer, Command, ComponentId, IncidentFields, IncidentId, IncidentKind, Instant, Locale,
    NewComponent, NewIncident, NewPage, NewUpdate, PageId, PageSettings, StartDate, Status, Texts,
    Zone,
};
use noroshi_ops::{App, Chance, ManualClock, OpError};
use noroshi_store::testkit::{Database, Engine};

/// When tests begin.
pub(crate) const BEGIN: &str = "2026-03-04T01:00:00Z";

/// A page on a database of its own.
pub(crate) struct Kit {
    pub(crate) database: Database,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) app: App,
    pub(crate) page: PageId,
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn text(text: &str) -> Texts {
    Texts::of(Locale::En, text)
}

pub(crate) fn new_page(name: &str) -> NewPage {
    NewPage {
        id: None,
        name: text(name),
        hosts: Vec::new(),
        path: None,
        url: None,
        zone: Zone::parse("Asia/Tokyo").unwrap(),
        default_locale: Locale::En,
        locales: Locale::ALL.to_vec(),
        settings: PageSettings::default(),
    }
}

pub(crate) fn new_component(code: &str) -> Command {
    Command::CreateComponent(Box::new(NewComponent {
        id: Some(component(code)),
        name: text(code),
        description: Texts::default(),
        group_id: None,
        position: None,
        showcase: true,
        start_date: StartDate::Always,
        only_show_if_degraded: false,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        status: Status::Operational,
        created_at: None,
    }))
}

pub(crate) fn component(code: &str) -> ComponentId {
    ComponentId::parse(code).unwrap()
}

pub(crate) fn new_incident(title: &str, statuses: &[(&str, Status)]) -> NewIncident {
    NewIncident {
        id: None,
        kind: IncidentKind::Incident,
        fields: IncidentFields {
            name: Some(text(title)),
            ..IncidentFields::default()
        },
        update: NewUpdate {
            body: text("We are looking."),
            statuses: statuses
                .iter()
                .map(|(code, status)| (component(code), *status))
                .collect(),
            ..NewUpdate::default()
        },
        backfilled_at: None,
    }
}

impl Kit {
    pub(crate) fn new(engine: Engine) -> Self {
        let database = engine.database();
        let clock = Arc::new(ManualClock::at(at(BEGIN)));
        let app = App::new(database.open(), Arc::clone(&clock) as _, Chance::System);
        let answer = app
            .create_page(&Actor::command_line(), &new_page("Acme"))
            .unwrap();
        let page = PageId::parse(&answer.id).unwrap();
        let kit = Self {
            database,
            clock,
            app,
            page,
        };
        kit.send(new_component("api")).unwrap();
        kit.send(new_component("web")).unwrap();
        kit
    }

    /// A second process on the same database, with the same clock.
    pub(crate) fn another_app(&self) -> App {
        App::new(
            self.database.open(),
            Arc::clone(&self.clock) as _,
            Chance::System,
        )
    }

    pub(crate) fn send(&self, command: Command) -> Result<Answer, OpError> {
        self.app
            .execute(&self.page, &Actor::command_line(), command, None)
    }

    pub(crate) fn open_incident(&self, title: &str, statuses: &[(&str, Status)]) -> IncidentId {
        let command = Command::OpenIncident(Box::new(new_incident(title, statuses)));
        IncidentId::parse(&self.send(command).unwrap().id).unwrap()
    }

    pub(crate) fn seq(&self) -> i64 {
        self.app.store().head(&self.page).unwrap().unwrap().seq
    }

    /// Changes words inside a text of the record past the store, as somebody who tampers would:
    /// in the file itself, or by a statement where there is a server.
    pub(crate) fn tamper(&self, table: &str, text: &str, (from, to): (&str, &str)) {
        assert_eq!(from.len(), to.len(), "a file is changed in place");
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed, "{text} does not hold {from}");
        match (self.database.dir(), self.database.cluster()) {
            (Some(dir), _) => {
                self.app.store().scrub().unwrap();
                let path = dir.join("record.db");
                let mut bytes = std::fs::read(&path).unwrap();
                // A payload holds the same text as the row; there it stands inside a change.
                let mut at = bytes
                    .windows(text.len())
                    .enumerate()
                    .filter(|(_, window)| *window == text.as_bytes())
                    .map(|(at, _)| at)
                    .filter(|at| table != "facts" || !bytes[..*at].ends_with(b"{\"put\":"));
                let (first, second) = (at.next(), at.next());
                assert!(
                    first.is_some() && second.is_none(),
                    "{text} stands there {first:?} {second:?}"
                );
                let place = first.unwrap();
                bytes[place..place + changed.len()].copy_from_slice(changed.as_bytes());
                std::fs::write(&path, bytes).unwrap();
            }
            (None, Some(_)) => {
                let column = match table {
                    "facts" => "body",
                    "heads" => "head",
                    _ if text.contains("\"previous\"") => "header",
                    _ => "payload",
                };
                self.script(&format!(
                    "update {table} set {column} = '{changed}' where {column} = '{text}';"
                ));
            }
            (None, None) => unreachable!("a database is a folder or stands on a server"),
        }
    }

    /// Runs statements past the store.
    pub(crate) fn script(&self, text: &str) {
        self.database.script(text);
    }

    /// Faults of a whole check, with a fresh handle.
    pub(crate) fn faults(&self) -> Vec<String> {
        noroshi_ops::verify::verify(&self.another_app(), &self.page, true)
            .unwrap()
            .faults
    }
}
