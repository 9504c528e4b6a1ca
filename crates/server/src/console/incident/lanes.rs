//! The past of an incident as a picture: what was said and what was measured, one above the other,
//! with a table that says the same.

use noroshi_domain::lane::{Inputs, Stretch};
use noroshi_domain::{ComponentId, DAY_US, Incident, Instant, MINUTE_US, STATE_DAYS, Status};
use noroshi_text::{labels, msg};

use crate::console::now::tone;
use crate::console::visit::Desk;

/// The shortest stretch of time that is drawn, in microseconds: half an hour.
const SHORTEST_US: i64 = 30 * MINUTE_US;
/// What stands before the impact and after it, as a part of it.
const MARGIN_PARTS: i64 = 8;

/// The picture.
pub(super) struct Lanes {
    /// Where it begins and ends.
    pub(super) from: String,
    pub(super) to: String,
    pub(super) rows: Vec<Row>,
}

/// One system.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) said: Vec<Bar>,
    pub(super) measured: Vec<Bar>,
    /// The same in words.
    pub(super) words: Vec<String>,
}

/// One status from one instant to another, in per cent of the width.
pub(super) struct Bar {
    pub(super) tone: &'static str,
    pub(super) x: String,
    pub(super) width: String,
}

/// The window that is drawn.
#[derive(Clone, Copy)]
struct Window {
    from: Instant,
    to: Instant,
}

impl Window {
    /// Where an instant stands, in hundredths of a per cent.
    fn place(self, at: Instant) -> i64 {
        let whole = self.to.since_us(self.from).max(1);
        at.since_us(self.from).clamp(0, whole) * 10_000 / whole
    }

    fn bar(self, stretch: &Stretch) -> Bar {
        let (x, end) = (self.place(stretch.from), self.place(stretch.to));
        let percent = |part: i64| format!("{}.{:02}%", part / 100, part % 100);
        Bar {
            tone: tone(stretch.status),
            x: percent(x),
            width: percent((end - x).max(20)),
        }
    }
}

/// The lanes of what an incident touches; none where it touches nothing, or lies too far back.
pub(super) fn of(desk: &Desk, incident: &Incident) -> Option<Lanes> {
    let (state, now) = (&desk.state, desk.now);
    let began = incident
        .impact_from
        .map_or(incident.started_at, |time| time.at);
    let ended = incident
        .impact_to
        .map(|time| time.at)
        .or(incident.resolved_at);
    let ended = ended.unwrap_or(now).max(began.plus_us(SHORTEST_US));
    let margin = ended.since_us(began) / MARGIN_PARTS;
    let window = Window {
        from: began.plus_us(-margin),
        to: ended.plus_us(margin).min(now),
    };
    let is_held = window.from >= now.plus_us(-(STATE_DAYS - 2) * DAY_US) && window.from < window.to;
    if !is_held || incident.components.is_empty() {
        return None;
    }
    let rows = incident
        .components
        .iter()
        .filter(|id| state.components.contains_key(*id))
        .map(|id| row(desk, id, window));
    Some(Lanes {
        from: desk.time(window.from),
        to: desk.time(window.to),
        rows: rows.collect(),
    })
}

fn row(desk: &Desk, id: &ComponentId, window: Window) -> Row {
    let l = desk.locale();
    let inputs = Inputs::of(&desk.state, id, window.from, window.to);
    let declared: Vec<Stretch> = inputs
        .declared(window.from, window.to)
        .into_iter()
        .filter(|stretch| stretch.status != Status::Operational)
        .collect();
    let measured: Vec<Stretch> = inputs
        .measured
        .iter()
        .map(|span| Stretch {
            status: span.status,
            from: span.from.max(window.from),
            to: span.to.unwrap_or(desk.now).min(window.to),
        })
        .filter(|stretch| stretch.from < stretch.to)
        .collect();
    let word = |lane: &str, stretch: &Stretch| {
        let status = labels::status(stretch.status, l);
        msg::console_stretch(
            l,
            lane,
            &status,
            &desk.time(stretch.from),
            &desk.time(stretch.to),
        )
    };
    let said = msg::console_lane_declared(l);
    let found = msg::console_lane_measured(l);
    let words = declared.iter().map(|stretch| word(&said, stretch));
    let words = words.chain(measured.iter().map(|stretch| word(&found, stretch)));
    let component = desk.state.components.get(id);
    Row {
        name: component.map_or_else(String::new, |own| desk.pick(&own.name).to_owned()),
        words: words.collect(),
        said: declared.iter().map(|stretch| window.bar(stretch)).collect(),
        measured: measured.iter().map(|stretch| window.bar(stretch)).collect(),
    }
}
