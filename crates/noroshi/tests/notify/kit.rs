//! A page, its subscribers, a clock that is driven, and a stand-in that remembers what it was
//! given to send.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use noroshi_channel::Outcome;
use noroshi_domain::subscriber::{Channel, Level, Scope, Subscriber};
use noroshi_domain::*;
use noroshi_notify::{Attempt, Destination, Item, Notifier, Outside, Sending, Target, Token};
use noroshi_ops::{App, Caller, Chance, ManualClock, Writes};
use noroshi_store::testkit::{Database, Engine};
use tokio::runtime::{Builder, Runtime};

pub(crate) const START: &str = "2026-03-04T09:00:00Z";
/// How many steps a quiet state is waited for.
const STEPS_MAX: usize = 2_000;

/// What was sent, in the order in which it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) key: String,
    pub(crate) document: Option<String>,
    pub(crate) text: String,
}

/// How the stand-in answers.
pub(crate) type Answers = Box<dyn Fn(&Item) -> Option<Outcome> + Send>;

/// A stand-in for all services.
#[derive(Clone)]
pub(crate) struct Sink {
    sent: Arc<Mutex<Vec<Sent>>>,
    answer: Arc<Mutex<Answers>>,
}

impl Sink {
    fn new() -> Self {
        Self {
            sent: Arc::default(),
            answer: Arc::new(Mutex::new(Box::new(|_| Some(Outcome::delivered())))),
        }
    }

    /// From now on it answers so; `None`: never.
    pub(crate) fn answers(&self, answer: impl Fn(&Item) -> Option<Outcome> + Send + 'static) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(answer);
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn subjects_to(&self, to: &str) -> Vec<String> {
        let sent = self.sent().into_iter().filter(|own| own.to == to);
        sent.map(|own| own.subject).collect()
    }
}

impl Sending for Sink {
    fn send(&self, item: Item) -> Attempt {
        let answer = (self.answer.lock().unwrap_or_else(PoisonError::into_inner))(&item);
        let to = match item.target {
            Target::Plain(to) => to,
            Target::Secret(to) => to.to_string(),
        };
        let sections = item.message.sections.iter();
        let texts: Vec<&str> = sections.map(|own| own.text.as_str()).collect();
        let sent = Sent {
            to,
            subject: item.message.subject.clone(),
            key: item.message.key.clone(),
            document: item.document,
            text: texts.join("\n"),
        };
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sent);
        Box::pin(async move {
            match answer {
                Some(outcome) => outcome,
                None => std::future::pending().await,
            }
        })
    }
}

fn destinations(all: &Mutex<Vec<Destination>>) -> Vec<Destination> {
    all.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A channel of operators that gets every notice, and nothing of what readers are told.
pub(crate) fn channel(id: &str) -> Destination {
    Destination {
        id: id.to_owned(),
        name: format!("Channel {id}"),
        channel: Channel::Slack,
        target: serde_json::json!(id),
        locale: None,
        components: None,
        least: Level::Info,
        quiet: None,
        digest: None,
        notices: true,
        posts: false,
    }
}

pub(crate) struct Place {
    pub(crate) app: App,
    pub(crate) page: PageId,
    pub(crate) sink: Sink,
    clock: Arc<ManualClock>,
    runtime: Runtime,
    notifier: Option<Notifier>,
    monotonic_ms: u64,
    destinations: Arc<Mutex<Vec<Destination>>>,
    _database: Database,
}

pub(crate) fn instant(text: &str) -> Instant {
    let at: jiff::Timestamp = text.parse().expect("an instant");
    Instant::from_micros(at.as_microsecond())
}

impl Place {
    pub(crate) fn on(engine: Engine) -> Self {
        let database = engine.database();
        let clock = Arc::new(ManualClock::at(instant(START)));
        let chance = Chance::seeded("notify");
        let app = App::new(database.open(), clock.clone(), chance);
        app.keep_secrets_with([7; 32]);
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let mut place = Self {
            app,
            page: PageId::parse("larkspur").expect("an identifier"),
            sink: Sink::new(),
            clock,
            runtime,
            notifier: None,
            monotonic_ms: 0,
            destinations: Arc::default(),
            _database: database,
        };
        place.start("node1", true);
        place.make_page();
        place
    }

    /// Starts a notifier anew, as after a crash: what the old one had under way is not heard of.
    pub(crate) fn start(&mut self, node: &str, is_alone: bool) {
        self.notifier = Some(self.notifier_of(node, is_alone));
    }

    pub(crate) fn notifier_of(&self, node: &str, is_alone: bool) -> Notifier {
        let (app, channels) = (self.app.clone(), self.destinations.clone());
        let states = move || {
            let pages = app.pages().expect("the store answers");
            let state = |page: PageId| app.state(&page).map(|state| (page, state)).ok();
            pages.into_iter().filter_map(state).collect()
        };
        let outside = Outside {
            states: Box::new(states),
            token: Box::new(|kind, id| {
                let kind = if kind == Token::Confirm { "c" } else { "m" };
                Some(format!("{id}-{kind}"))
            }),
            unseal: Box::new(|_| None),
            destinations: Box::new(move |_| destinations(&channels)),
            chance: Box::new(|| 2_000),
            sending: Arc::new(self.sink.clone()),
        };
        let store = self.app.store().clone();
        let handle = self.runtime.handle().clone();
        Notifier::new(store, outside, handle, node.to_owned(), is_alone)
    }

    fn make_page(&mut self) {
        let english = |text: &str| Texts::of(Locale::En, text);
        let name = english("Larkspur").with(Locale::Ja, "ラークスパー");
        let new = NewPage {
            id: Some(self.page.clone()),
            name,
            hosts: vec!["status.larkspur.example".to_owned()],
            path: None,
            url: Some("https://status.larkspur.example".to_owned()),
            zone: Zone::utc(),
            default_locale: Locale::En,
            locales: vec![Locale::En, Locale::Ja],
            settings: PageSettings::default(),
        };
        let actor = Actor::command_line();
        self.app.create_page(&actor, &new).expect("a page");
        for (code, restricted) in [("api", false), ("jobs", false), ("secret", true)] {
            let component = NewComponent {
                id: ComponentId::parse(code).ok(),
                name: english(code),
                description: Texts::default(),
                group_id: None,
                position: None,
                showcase: true,
                start_date: StartDate::default(),
                only_show_if_degraded: false,
                depends_on: Vec::new(),
                third_party: false,
                restricted,
                status: Status::Operational,
                created_at: None,
            };
            self.act(Command::CreateComponent(Box::new(component)));
        }
        self.run();
    }

    pub(crate) fn act(&self, command: Command) -> noroshi_domain::Answer {
        let actor = Actor::command_line();
        let done = self.app.execute(&self.page, &actor, command, None);
        done.expect("the command is carried out")
    }

    /// Opens an incident, and gives its code.
    pub(crate) fn open(&self, name: &str, statuses: &[(&str, Status)]) -> IncidentId {
        self.open_at(name, statuses, None)
    }

    pub(crate) fn open_at(
        &self,
        name: &str,
        statuses: &[(&str, Status)],
        lifecycle: Option<Lifecycle>,
    ) -> IncidentId {
        let new = NewIncident {
            id: IncidentId::parse(name).ok(),
            kind: IncidentKind::Incident,
            fields: IncidentFields {
                name: Some(Texts::of(Locale::En, name)),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                lifecycle,
                ..update("It begins.", statuses)
            },
            backfilled_at: None,
        };
        self.act(Command::OpenIncident(Box::new(new)));
        IncidentId::parse(name).expect("an identifier")
    }

    pub(crate) fn post(&self, incident: &IncidentId, lifecycle: Lifecycle, body: &str) {
        self.act(Command::PostUpdate {
            incident_id: incident.clone(),
            update: Box::new(NewUpdate {
                lifecycle: Some(lifecycle),
                ..update(body, &[])
            }),
            fields: Box::default(),
        });
    }

    /// Adds a subscriber who is told by mail, and gives his code.
    pub(crate) fn subscribe(&self, email: &str, scope: Scope) -> String {
        let subscriber = Subscriber {
            email: Some(email.to_owned()),
            scope,
            ..Subscriber::new(self.page.clone(), Channel::Email)
        };
        self.add(subscriber)
    }

    pub(crate) fn add(&self, subscriber: Subscriber) -> String {
        let stored = self.app.new_record(Some(&self.page), subscriber);
        let mut writes = Writes::default();
        writes.put(&stored).expect("JSON");
        let caller = Caller::command_line();
        self.app.write_records(&caller, writes).expect("written");
        stored.id
    }

    /// The team has these channels from now on.
    pub(crate) fn team(&self, channels: &[Destination]) {
        let mut own = self
            .destinations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *own = channels.to_vec();
    }

    /// What a channel of the team was sent.
    pub(crate) fn told(&self, channel: &str) -> Vec<String> {
        self.sink.subjects_to(&format!("\"{channel}\""))
    }

    /// Somebody says that a component is well, whatever is measured, for thirty days.
    pub(crate) fn hold(&self, component: &str) {
        self.act(Command::PlaceHold {
            component_id: ComponentId::parse(component).expect("an identifier"),
            status: Status::Operational,
            reason: "The probe is wrong.".to_owned(),
            from: None,
            to: self.now().plus_seconds(29 * 86_400),
        });
    }

    /// What a monitor found of a component.
    pub(crate) fn measure(&self, component: &str, status: Option<Status>) {
        let component_id = ComponentId::parse(component).expect("an identifier");
        let measured = Command::Measured(vec![Measurement {
            component_id,
            status,
            since: self.now(),
        }]);
        let actor = Actor {
            kind: ActorKind::Monitor,
            id: "probe".to_owned(),
        };
        let done = self.app.execute(&self.page, &actor, measured, None);
        done.expect("it is measured");
    }

    pub(crate) fn now(&self) -> Instant {
        self.app.now()
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.clock.set(self.now().plus_seconds(seconds));
        self.monotonic_ms += (seconds * 1_000) as u64;
    }

    /// Steps until something is sent, and ends as a server does: what is under way is heard of.
    pub(crate) fn run_and_end(&mut self) {
        let mut notifier = self.notifier.take().expect("a notifier");
        self.monotonic_ms += 3_000;
        for _ in 0..STEPS_MAX {
            let stepped = notifier.step(self.now(), self.monotonic_ms);
            if stepped.expect("a step").in_flight > 0 {
                break;
            }
        }
        let most = Duration::from_millis(40);
        for _ in 0..STEPS_MAX {
            if notifier.settle(most, self.now()).expect("it is written") == 0 {
                return;
            }
        }
        panic!("it never ends");
    }

    /// Steps until there is nothing to do; what never ends stays under way.
    pub(crate) fn run(&mut self) {
        let mut notifier = self.notifier.take().expect("a notifier");
        self.run_of(&mut notifier);
        self.notifier = Some(notifier);
    }

    pub(crate) fn run_of(&mut self, notifier: &mut Notifier) {
        self.monotonic_ms += 3_000;
        let mut quiet = 0;
        for _ in 0..STEPS_MAX {
            let step = notifier
                .step(self.now(), self.monotonic_ms)
                .expect("a step");
            if step.more {
                quiet = 0;
                continue;
            }
            if quiet > 2 {
                return;
            }
            quiet += 1;
            let most = if step.in_flight > 0 { 40 } else { 1 };
            notifier.wait(Duration::from_millis(most), self.now());
        }
        panic!("it never gets quiet");
    }

    /// The states of what a subscriber was to be told, the newest first.
    pub(crate) fn log(&self, subscriber: &str) -> Vec<String> {
        let log = self.app.store().deliveries_of(subscriber, 50);
        let rows = log.expect("the log").into_iter();
        rows.map(|own| own.state).collect()
    }
}

pub(crate) fn update(body: &str, statuses: &[(&str, Status)]) -> NewUpdate {
    let statuses = statuses.iter().map(|(code, status)| {
        let code = ComponentId::parse(code).expect("an identifier");
        (code, *status)
    });
    NewUpdate {
        body: Texts::of(Locale::En, body),
        statuses: statuses.collect::<BTreeMap<_, _>>(),
        ..NewUpdate::default()
    }
}

impl Place {
    pub(crate) fn leave(&self, id: &str) {
        let found = self.app.record::<Subscriber>(id);
        let mut stored = found.expect("the store answers").expect("a subscriber");
        stored.value.state = noroshi_domain::subscriber::SubscriberState::Unsubscribed;
        let caller = Caller::command_line();
        let mut writes = Writes::default();
        writes.put(&stored).expect("JSON");
        self.app.write_records(&caller, writes).expect("written");
    }

    pub(crate) fn edit_first_update(&self, incident: &IncidentId, body: &str) {
        let state = self.app.state(&self.page).expect("a state");
        let mut updates = state.all_updates_of(incident);
        let first = updates.next().expect("an update").id.clone();
        self.act(Command::EditUpdate {
            incident_id: incident.clone(),
            update_id: first,
            body: Some(Texts::of(Locale::En, body)),
            display_at: None,
            notify: None,
        });
    }
}
