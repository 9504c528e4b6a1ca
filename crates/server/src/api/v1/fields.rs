//! The fields of a write: read by name, each in all the spellings that clients send.
//!
//! What is not sent and what is `null` is left alone. What is asked for here is all that a write
//! can change: other fields are not looked at.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use noroshi_domain::{Instant, Zone};
use serde_json::{Map, Value};

use super::ask::Fault;

/// The fields of one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    /// What the object is called, for messages.
    of: &'static str,
    values: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of an object.
    pub(super) const fn new(of: &'static str, values: &'a Map<String, Value>) -> Self {
        Self { of, values }
    }

    /// No fields.
    pub(super) fn none() -> &'static Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        &NONE
    }

    /// A value as it was sent, `null` too.
    pub(super) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name)
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.raw(name).filter(|value| !value.is_null())
    }

    /// The refusal of a field.
    pub(super) fn invalid(&self, name: &str, reason: &str) -> Fault {
        let field = match self.of {
            "" => name.to_owned(),
            of => format!("{of}[{name}]"),
        };
        Fault::Invalid(format!("{field} {reason}"))
    }

    /// A text; an empty one too.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.invalid(name, "must be a text")),
        }
    }

    /// A text that is not empty: for fields that clients send empty when they mean nothing.
    pub(super) fn said(&self, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.text(name)?.filter(|text| !text.trim().is_empty()))
    }

    /// A text that must be there, for what is made.
    pub(super) fn required(&self, name: &str) -> Result<String, Fault> {
        self.said(name)?
            .ok_or_else(|| self.invalid(name, "must not be empty"))
    }

    /// The same, at most so many characters.
    pub(super) fn short(&self, name: &str, most: usize) -> Result<Option<String>, Fault> {
        let text = self.text(name)?;
        match &text {
            Some(text) if text.chars().count() > most => {
                Err(self.invalid(name, &format!("must have at most {most} characters")))
            }
            _ => Ok(text),
        }
    }

    /// Yes or no; old clients write `t` and `f`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        let unclear = || self.invalid(name, "must be true or false");
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(0) => Ok(Some(false)),
                Some(1) => Ok(Some(true)),
                _ => Err(unclear()),
            },
            Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "" => Ok(None),
                "true" | "t" | "1" | "yes" | "on" => Ok(Some(true)),
                "false" | "f" | "0" | "no" | "off" => Ok(Some(false)),
                _ => Err(unclear()),
            },
            Some(_) => Err(unclear()),
        }
    }

    /// A number that is one: no infinity.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        let number = match self.value(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.invalid(name, "must be a number")),
        }
    }

    /// A whole number.
    pub(super) fn int(&self, name: &str) -> Result<Option<i64>, Fault> {
        let whole = |number: f64| {
            let fits = number.fract() == 0.0 && number.abs() < 9e15;
            fits.then_some(number as i64)
        };
        match self.number(name)? {
            None => Ok(None),
            Some(number) => match whole(number) {
                Some(number) => Ok(Some(number)),
                None => Err(self.invalid(name, "must be a whole number")),
            },
        }
    }

    /// An instant: RFC 3339, or a date with or without a time, in the page's zone.
    pub(super) fn time(&self, name: &str, zone: &Zone) -> Result<Option<Instant>, Fault> {
        let Some(text) = self.said(name)? else {
            return Ok(None);
        };
        match instant(text.trim(), zone) {
            Some(at) => Ok(Some(at)),
            None => Err(self.invalid(name, "must be a time like 2026-03-04T09:41:12Z")),
        }
    }

    /// A day.
    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, Fault> {
        let Some(text) = self.said(name)? else {
            return Ok(None);
        };
        // Some clients send an instant where a day is meant.
        let day = text.trim().get(..10).unwrap_or(text.trim());
        match day.parse() {
            Ok(date) => Ok(Some(date)),
            Err(_) => Err(self.invalid(name, "must be a day like 2026-03-04")),
        }
    }

    /// One of some words; empty means nothing.
    pub(super) fn word<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.said(name)? else {
            return Ok(None);
        };
        match parse(text.trim()) {
            Some(value) => Ok(Some(value)),
            None => Err(self.invalid(name, &format!("is not known: {text:?}"))),
        }
    }

    /// A list of texts; empty ones are left out.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let unclear = || self.invalid(name, "must be a list");
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(Some(Vec::new())),
            Some(Value::Array(values)) => values
                .iter()
                .filter(|value| value.as_str() != Some("") && !value.is_null())
                .map(|value| value.as_str().map(str::to_owned).ok_or_else(unclear))
                .collect::<Result<Vec<_>, _>>()
                .map(Some),
            Some(_) => Err(unclear()),
        }
    }

    /// A list of identifiers.
    pub(super) fn codes<T, E>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<Vec<T>>, Fault> {
        let Some(texts) = self.list(name)? else {
            return Ok(None);
        };
        let read = |text: &String| {
            parse(text).map_err(|_| self.invalid(name, &format!("holds {text:?}, which is no id")))
        };
        texts.iter().map(read).collect::<Result<_, _>>().map(Some)
    }
}

fn instant(text: &str, zone: &Zone) -> Option<Instant> {
    if let Some(at) = Instant::parse(text) {
        return Some(at);
    }
    let in_zone = |text: &str, zone: &Zone| {
        let local: DateTime = text.parse().ok()?;
        let zoned = local.to_zoned(zone.time_zone().clone()).ok()?;
        Some(Instant::from(zoned.timestamp()))
    };
    if let Some(plain) = text.strip_suffix(" UTC") {
        return in_zone(plain, &Zone::utc());
    }
    // A date alone is its first instant.
    text.parse::<Date>().map_or_else(
        |_| in_zone(text, zone),
        |date| {
            if text.len() == 10 {
                Some(zone.start_of(date))
            } else {
                in_zone(text, zone)
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "values are written where they are used"
    )]
    fn with<T>(value: Value, ask: impl Fn(Fields<'_>) -> T) -> T {
        let object = json!({ "x": value });
        ask(Fields::new("thing", object.as_object().unwrap()))
    }

    #[test]
    fn flags_are_read_in_every_spelling_and_nothing_is_left_alone() {
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("t"), Some(true)),
            (json!("1"), Some(true)),
            (json!("f"), Some(false)),
            (json!("false"), Some(false)),
            (json!(0), Some(false)),
            (json!(""), None),
            (json!(null), None),
        ] {
            let read = with(value.clone(), |fields| fields.flag("x").unwrap());
            assert_eq!(read, expected, "{value}");
        }
        let fault = with(json!("maybe"), |fields| fields.flag("x").unwrap_err());
        assert!(matches!(fault, Fault::Invalid(reason) if reason.starts_with("thing[x] ")));
    }

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        let zone = Zone::parse("Asia/Tokyo").unwrap();
        for (text, expected) in [
            ("2026-03-04T09:41:12.207Z", "2026-03-04T09:41:12.207Z"),
            ("2026-03-04T09:41:12+09:00", "2026-03-04T00:41:12Z"),
            ("2026-03-04T09:41:12", "2026-03-04T00:41:12Z"),
            ("2026-03-04 09:41:12 UTC", "2026-03-04T09:41:12Z"),
            ("2026-03-04 09:41", "2026-03-04T00:41:00Z"),
            ("2026-03-04", "2026-03-03T15:00:00Z"),
        ] {
            let read = with(json!(text), |fields| fields.time("x", &zone).unwrap());
            assert_eq!(read, Instant::parse(expected), "{text}");
        }
        assert!(with(json!(""), |fields| fields.time("x", &zone).unwrap()).is_none());
        assert!(with(json!("soon"), |fields| fields.time("x", &zone)).is_err());
    }

    #[test]
    fn lists_leave_out_what_a_form_sends_for_an_empty_one() {
        let read = |value| with(value, |fields| fields.list("x").unwrap());
        assert_eq!(read(json!([""])), Some(Vec::new()));
        assert_eq!(read(json!(["a", null])), Some(vec!["a".to_owned()]));
        assert_eq!(read(json!(null)), None);
        assert!(with(json!({"a": 1}), |fields| fields.list("x")).is_err());
        assert!(with(json!([["a"]]), |fields| fields.list("x")).is_err());
    }

    #[test]
    fn numbers_are_numbers() {
        let int = |value| with(value, |fields| fields.int("x"));
        assert_eq!(int(json!("42")).unwrap(), Some(42));
        assert_eq!(int(json!(42.0)).unwrap(), Some(42));
        assert!(int(json!(1.5)).is_err());
        assert!(int(json!("inf")).is_err());
        assert!(int(json!(1e300)).is_err());
    }
}
