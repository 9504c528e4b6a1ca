//! What goes on while somebody watches: soon after the start an incident opens, is updated,
//! worsens and resolves, and after a pause that grows another one.
//!
//! Nothing is remembered but what the record holds: an incident that an earlier run left open is
//! told to its end first.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use noroshi_domain::{
    Actor, Command, ImpactTime, Incident, IncidentFields, IncidentId, IncidentKind, Instant,
    MINUTE_US, NewIncident, Patch, State,
};
use noroshi_ops::{App, OpError};

use super::history::{page_id, update};
use super::told::{Script, Scripts, Window, read};

/// The scripts, told one after another.
const SCRIPTS: &str = include_str!("scripts.toml");
/// How long after the start the first one opens, in seconds.
const FIRST_S: i64 = 10;
/// The pause after the first one, in seconds; each is twice as long as the one before.
const PAUSE_S: i64 = 300;
/// The longest pause, in seconds: what a demo that is left alone adds to its record is bounded.
const PAUSE_S_MAX: i64 = 86_400;
/// How often it is looked whether something is due, in milliseconds.
const LOOK_MS: u64 = 250;

/// An incident that is being told.
struct Play {
    incident: IncidentId,
    script: usize,
    /// Which of its updates comes next.
    next: usize,
    /// What the script's seconds count from.
    started_at: Instant,
}

/// Tells one script after another, by the clock of the application.
struct Teller {
    app: App,
    scripts: Vec<Script>,
    play: Option<Play>,
    /// How many were told since the start.
    told: u32,
    /// When the next one opens.
    opens_at: Instant,
}

/// The thread that tells.
pub(super) struct Moving {
    thread: JoinHandle<()>,
    end: Sender<()>,
}

impl Moving {
    /// Starts telling.
    pub(super) fn start(app: &App) -> Result<Self, std::io::Error> {
        let (end, ended) = mpsc::channel();
        let teller = Teller::new(app.clone());
        let thread = thread::Builder::new()
            .name("demo".to_owned())
            .spawn(move || teller.run(&ended))?;
        Ok(Self { thread, end })
    }

    /// Ends it, between two commands.
    pub(super) fn stop(self) {
        drop(self.end);
        if self.thread.join().is_err() {
            tracing::error!("demo: what moves the page panicked");
        }
    }
}

impl Teller {
    fn new(app: App) -> Self {
        let now = app.now();
        Self {
            app,
            scripts: read::<Scripts>(SCRIPTS).script,
            play: None,
            told: 0,
            opens_at: now.plus_seconds(FIRST_S),
        }
    }

    fn run(mut self, ended: &Receiver<()>) {
        let mut has_failed = false;
        while ended.recv_timeout(Duration::from_millis(LOOK_MS))
            == Err(mpsc::RecvTimeoutError::Timeout)
        {
            let stepped = self.step(self.app.now());
            if let Err(error) = &stepped
                && !has_failed
            {
                tracing::error!("demo: {error}");
            }
            has_failed = stepped.is_err();
        }
    }

    /// Does at most one thing that is due.
    fn step(&mut self, now: Instant) -> Result<(), OpError> {
        let state = self.app.state(&page_id())?;
        let Some(play) = &self.play else {
            if now >= self.opens_at {
                self.begin(&state, now)?;
            }
            return Ok(());
        };
        let is_open = |id| state.incidents.get(id).is_some_and(Incident::is_open);
        let said = self.scripts[play.script].update.get(play.next);
        // A person may have ended it, or taken it away.
        let Some(said) = said.filter(|_| is_open(&play.incident)) else {
            self.pause(now);
            return Ok(());
        };
        if now < play.started_at.plus_seconds(said.after) {
            return Ok(());
        }
        let from = state.incidents[&play.incident].impact_from;
        let window = window(from.map_or(now, |time| time.at), now);
        let impact_to = if said.is.is_over() {
            Patch::Set(ImpactTime {
                at: window.to,
                about: true,
            })
        } else {
            Patch::Keep
        };
        let posted = self.app.execute(
            &page_id(),
            &Actor::command_line(),
            Command::PostUpdate {
                incident_id: play.incident.clone(),
                update: Box::new(update(said, &window, &state.page.zone)),
                fields: Box::new(IncidentFields {
                    impact_to,
                    ..IncidentFields::default()
                }),
            },
            None,
        );
        self.after(posted.map(drop), now)
    }

    /// Goes on with what an earlier run left open, else opens the next script's incident.
    fn begin(&mut self, state: &State, now: Instant) -> Result<(), OpError> {
        if let Some((incident, script)) = self.left_open(state) {
            let next = state.updates_of(&incident.id).len();
            let updates = &self.scripts[script].update;
            let next = next.min(updates.len() - 1);
            self.play = Some(Play {
                incident: incident.id.clone(),
                script,
                next,
                started_at: now.plus_seconds(-updates[next].after),
            });
            return Ok(());
        }
        let of_scripts = |incident: &&Incident| self.script_of(incident).is_some();
        let count = state.incidents.values().filter(of_scripts).count();
        let script = count % self.scripts.len();
        let opened = self.open(state, script, now);
        if let Ok(incident) = &opened {
            self.play = Some(Play {
                incident: incident.clone(),
                script,
                next: 0,
                started_at: now,
            });
        }
        self.after(opened.map(drop), now)
    }

    fn script_of(&self, incident: &Incident) -> Option<usize> {
        self.scripts
            .iter()
            .position(|script| script.title.texts() == incident.name)
    }

    fn left_open<'a>(&self, state: &'a State) -> Option<(&'a Incident, usize)> {
        state
            .incidents
            .values()
            .filter(|incident| incident.is_open())
            .find_map(|incident| Some((incident, self.script_of(incident)?)))
    }

    fn open(&self, state: &State, script: usize, now: Instant) -> Result<IncidentId, OpError> {
        let script = &self.scripts[script];
        let from = whole_minute(now).plus_us(-script.since * MINUTE_US);
        let window = window(from, now);
        let zone = &state.page.zone;
        let filled = |words: &Option<super::told::Words>| {
            words
                .as_ref()
                .map(|words| window.texts(zone, &words.en, &words.ja))
        };
        let answer = self.app.execute(
            &page_id(),
            &Actor::command_line(),
            Command::OpenIncident(Box::new(NewIncident {
                id: None,
                kind: IncidentKind::Incident,
                fields: IncidentFields {
                    name: Some(script.title.texts()),
                    who_is_affected: filled(&script.who),
                    how_to_check: filled(&script.check),
                    what_to_do: filled(&script.todo),
                    impact_from: Patch::Set(ImpactTime {
                        at: from,
                        about: true,
                    }),
                    ..IncidentFields::default()
                },
                update: update(&script.update[0], &window, zone),
                backfilled_at: None,
            })),
            None,
        )?;
        Ok(IncidentId::parse(&answer.id).expect("what was drawn is an identifier"))
    }

    /// Goes on to the next update, or pauses: after the last one, and where the record refuses.
    fn after(&mut self, done: Result<(), OpError>, now: Instant) -> Result<(), OpError> {
        match (&done, &mut self.play) {
            (Ok(()), Some(play)) => {
                play.next += 1;
                if play.next == self.scripts[play.script].update.len() {
                    self.pause(now);
                }
            }
            // It is tried again at the next look.
            (Err(error), _) if error.is_passing() => {}
            _ => self.pause(now),
        }
        done
    }

    fn pause(&mut self, now: Instant) {
        let doubled = PAUSE_S.saturating_mul(1 << self.told.min(16));
        self.play = None;
        self.told += 1;
        self.opens_at = now.plus_seconds(doubled.min(PAUSE_S_MAX));
    }
}

fn whole_minute(instant: Instant) -> Instant {
    instant.plus_us(-instant.micros().rem_euclid(MINUTE_US))
}

/// What lies between two instants, in whole minutes, as texts tell it; at least one.
fn window(from: Instant, now: Instant) -> Window {
    Window {
        from,
        to: whole_minute(now).max(from.plus_us(MINUTE_US)),
        about: true,
    }
}
