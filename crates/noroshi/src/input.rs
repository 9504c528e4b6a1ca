//! Reading what was typed: instants, durations, statuses, codes and names. Says what, where, and
//! how it should be written.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use noroshi_domain::{
    ComponentId, DAY_US, GroupId, Impact, ImpactTime, IncidentId, Instant, Lifecycle, Locale,
    NewPromise, Patch, State, Status, Texts, Zone,
};

use noroshi_ops::Role;

use crate::exit::Stop;

/// Reads an instant: RFC 3339, or a date and time in the page's zone, or `now`.
pub(crate) fn instant(
    option: &str,
    text: &str,
    zone: &Zone,
    now: Instant,
) -> Result<Instant, Stop> {
    if text == "now" {
        return Ok(now);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.into());
    }
    let civil = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let local = (civil == text)
        .then(|| text.parse::<DateTime>().ok())
        .flatten();
    let local = local.and_then(|local| zone.time_zone().to_timestamp(local).ok());
    local.map(Instant::from).ok_or_else(|| {
        Stop::bad_input(format!(
            "{option}: {text:?} is no instant: write it like 2026-03-04T09:41:00Z, or \
             2026-03-04T09:41 for the time in {}",
            zone.name()
        ))
    })
}

/// Reads an instant that may be roughly known: `~` before it says so; `none` empties it.
pub(crate) fn impact_time(
    option: &str,
    text: &str,
    zone: &Zone,
    now: Instant,
) -> Result<Patch<ImpactTime>, Stop> {
    if text == "none" {
        return Ok(Patch::Clear);
    }
    let (about, text) = text
        .strip_prefix('~')
        .map_or((false, text), |rest| (true, rest));
    Ok(Patch::Set(ImpactTime {
        at: instant(option, text, zone, now)?,
        about,
    }))
}

/// Reads a day.
pub(crate) fn date(option: &str, text: &str) -> Result<Date, Stop> {
    text.parse().map_err(|_| {
        Stop::bad_input(format!(
            "{option}: {text:?} is no date: write it like 2026-03-04"
        ))
    })
}

/// Reads a time zone.
pub(crate) fn zone(option: &str, text: &str) -> Result<Zone, Stop> {
    Zone::parse(text).map_err(|error| Stop::bad_input(format!("{option}: {error}")))
}

/// Reads a language.
pub(crate) fn locale(option: &str, text: &str) -> Result<Locale, Stop> {
    Locale::parse(text).ok_or_else(|| {
        Stop::bad_input(format!(
            "{option}: {text:?} is no language: choose en or ja"
        ))
    })
}

/// Reads a status: its name, or the first word of it.
pub(crate) fn status(option: &str, text: &str) -> Result<Status, Stop> {
    let full = match text {
        "maintenance" => "under_maintenance",
        "degraded" => "degraded_performance",
        "partial" => "partial_outage",
        "major" => "major_outage",
        other => other,
    };
    Status::parse(full)
        .filter(|status| status.can_be_said())
        .ok_or_else(|| {
            let said = Status::ALL
                .into_iter()
                .filter(|status| status.can_be_said());
            let names: Vec<&str> = said.map(Status::as_str).collect();
            Stop::bad_input(format!(
                "{option}: {text:?} is no status: choose {}",
                names.join(", ")
            ))
        })
}

/// Reads a lifecycle status.
pub(crate) fn lifecycle(option: &str, text: &str) -> Result<Lifecycle, Stop> {
    Lifecycle::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Lifecycle::ALL.into_iter().map(Lifecycle::as_str).collect();
        Stop::bad_input(format!(
            "{option}: {text:?} is no status: choose {}",
            names.join(", ")
        ))
    })
}

/// Reads an impact; `none` empties an override.
pub(crate) fn impact(option: &str, text: &str) -> Result<Patch<Impact>, Stop> {
    if text == "computed" {
        return Ok(Patch::Clear);
    }
    Impact::parse(text).map(Patch::Set).ok_or_else(|| {
        let names: Vec<&str> = Impact::ALL.into_iter().map(Impact::as_str).collect();
        let names = names.join(", ");
        Stop::bad_input(format!(
            "{option}: {text:?} is no impact: choose {names} or computed"
        ))
    })
}

/// Reads `CODE=STATUS`, the component by code or name.
pub(crate) fn component_status(
    option: &str,
    text: &str,
    state: &State,
) -> Result<(ComponentId, Status), Stop> {
    let (name, said) = text.rsplit_once('=').ok_or_else(|| {
        Stop::bad_input(format!("{option}: {text:?} must be like CODE=major_outage"))
    })?;
    Ok((component(option, name, state)?, status(option, said)?))
}

/// Finds a component by its code or its name.
pub(crate) fn component(option: &str, text: &str, state: &State) -> Result<ComponentId, Stop> {
    let by_code = ComponentId::parse(text)
        .ok()
        .filter(|id| state.components.contains_key(id));
    if let Some(id) = by_code {
        return Ok(id);
    }
    let of_name = |retired: bool| {
        let components = state.components.values();
        let wanted = components.filter(move |own| own.retired_at.is_some() == retired);
        wanted
            .filter(|own| has_text(&own.name, text))
            .map(|own| own.id.clone())
    };
    let live: Vec<ComponentId> = of_name(false).collect();
    let found = if live.is_empty() {
        of_name(true).collect()
    } else {
        live
    };
    only(option, "component", text, found)
}

/// Finds a group by its code or its name.
pub(crate) fn group(option: &str, text: &str, state: &State) -> Result<GroupId, Stop> {
    let by_code = GroupId::parse(text)
        .ok()
        .filter(|id| state.groups.contains_key(id));
    if let Some(id) = by_code {
        return Ok(id);
    }
    let groups = state
        .groups
        .values()
        .filter(|own| has_text(&own.name, text));
    only(
        option,
        "group",
        text,
        groups.map(|own| own.id.clone()).collect(),
    )
}

/// Reads an incident's code; a name will do where it is open and has the only one.
pub(crate) fn incident(text: &str, state: &State) -> Result<IncidentId, Stop> {
    let known = IncidentId::parse(text);
    if let Ok(id) = &known
        && state.incidents.contains_key(id)
    {
        return Ok(id.clone());
    }
    let named: Vec<IncidentId> = state
        .incidents
        .values()
        .filter(|own| own.is_open() && has_text(&own.name, text))
        .map(|own| own.id.clone())
        .collect();
    match known {
        Ok(id) if named.is_empty() => Ok(id),
        _ => only("CODE", "incident", text, named),
    }
}

fn has_text(texts: &Texts, text: &str) -> bool {
    texts.iter().any(|(_, own)| own == text)
}

fn only<T: ToString>(option: &str, kind: &str, text: &str, found: Vec<T>) -> Result<T, Stop> {
    let codes: Vec<String> = found.iter().map(T::to_string).collect();
    let mut found = found.into_iter();
    match (found.next(), codes.len()) {
        (Some(one), 1) => Ok(one),
        (None, _) => Err(Stop::not_found(format!(
            "{option}: {kind} {text:?} does not exist on this page: `noroshi {kind} list` shows all"
        ))),
        _ => Err(Stop::bad_input(format!(
            "{option}: several are called {text:?}: name one by its code: {}",
            codes.join(", ")
        ))),
    }
}

/// Reads a promise: a duration (`1h`), an instant, `when:WORDS`, `postmortem`, `postmortem:DATE`.
pub(crate) fn promise(
    text: &str,
    default: Locale,
    zone: &Zone,
    now: Instant,
) -> Result<NewPromise, Stop> {
    if let Some(words) = text.strip_prefix("when:") {
        return Ok(NewPromise::When(Texts::of(default, words.trim())));
    }
    if let Some(day) = text.strip_prefix("postmortem") {
        let day = day
            .strip_prefix(':')
            .map(|day| date("--promise", day))
            .transpose()?;
        return Ok(NewPromise::Postmortem(day));
    }
    if let Ok(duration) = text.parse::<SignedDuration>() {
        return Ok(NewPromise::WithinS(duration.as_secs()));
    }
    instant("--promise", text, zone, now)
        .map(NewPromise::By)
        .map_err(|_| {
            Stop::bad_input(format!(
                "--promise: {text:?} can not be read: write 1h, 2026-03-04T10:52:00Z, \
             when:WORDS or postmortem:2026-03-11"
            ))
        })
}

/// Reads when something ends: after days (`90d`) or another duration from now, or an instant.
pub(crate) fn end(option: &str, text: &str, now: Instant) -> Result<Instant, Stop> {
    let days = text
        .strip_suffix('d')
        .and_then(|days| days.parse::<u32>().ok());
    if let Some(days) = days {
        return Ok(now.plus_us(i64::from(days) * DAY_US));
    }
    if let Ok(duration) = text.parse::<SignedDuration>() {
        return Ok(now.plus_seconds(duration.as_secs()));
    }
    text.parse::<Timestamp>().map(Instant::from).map_err(|_| {
        Stop::bad_input(format!(
            "{option}: {text:?} is no end: write it like 90d, 12h or 2026-03-04T09:41:00Z"
        ))
    })
}

/// Reads a role.
pub(crate) fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let names = Role::ALL.map(Role::as_str);
        format!("choose one of {}", names.join(", "))
    })
}

/// Reads a duration of whole seconds.
pub(crate) fn seconds(option: &str, text: &str) -> Result<i64, Stop> {
    text.parse::<SignedDuration>()
        .map(|duration| duration.as_secs())
        .map_err(|_| {
            Stop::bad_input(format!(
                "{option}: {text:?} is no duration: write it like 90m or 1h 30m"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<Instant, Stop> {
        let zone = Zone::parse("Asia/Tokyo").unwrap();
        instant("--from", text, &zone, Instant::from_micros(7))
    }

    #[test]
    fn an_instant_without_an_offset_is_one_of_the_page_s_zone() {
        let wanted = Instant::parse("2026-03-04T00:41:00Z").unwrap();
        for text in [
            "2026-03-04T09:41",
            "2026-03-04 09:41:00",
            "2026-03-04T00:41:00Z",
        ] {
            assert_eq!(at(text).unwrap(), wanted, "{text}");
        }
        assert_eq!(at("now").unwrap(), Instant::from_micros(7));
    }

    #[test]
    fn an_impossible_instant_says_where_and_how_to_write_it() {
        for text in [
            "2026-02-30T10:00:00Z",
            "2026-02-30T10:00",
            "tomorrow",
            "",
            "25:00",
        ] {
            let stop = at(text).unwrap_err();
            assert!(stop.message.starts_with("--from: "), "{}", stop.message);
            assert!(stop.message.contains("Asia/Tokyo"), "{}", stop.message);
        }
    }

    #[test]
    fn promises_are_read_in_all_their_forms() {
        let read = |text| promise(text, Locale::En, &Zone::utc(), Instant::from_micros(0));
        assert_eq!(read("1h 30m").unwrap(), NewPromise::WithinS(5_400));
        let words = Texts::of(Locale::En, "when the cause is known");
        assert_eq!(
            read("when: when the cause is known").unwrap(),
            NewPromise::When(words)
        );
        assert_eq!(read("postmortem").unwrap(), NewPromise::Postmortem(None));
        assert!(read("soon").is_err());
    }
}
