//! Bodies of the compatible API: JSON, or a form with names nested in brackets
//! (`incident[component_ids][]=…`), read to the same value.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::ask::Fault;
use crate::paths::decode;

/// How deep values may stand in each other, in either writing.
pub(super) const DEPTH_MAX: usize = 16;
/// How many fields a form may have.
pub(super) const FORM_FIELDS_MAX: usize = 10_000;

/// Reads a body; none is an empty object.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Fault> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_ascii_lowercase)
        .unwrap_or_default();
    let text = std::str::from_utf8(body).map_err(|_| malformed("the body is not UTF-8"))?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(Map::new());
    }
    let is_json = kind.contains("json") || (kind.is_empty() && text.starts_with(['{', '[']));
    let value = if is_json {
        serde_json::from_str(text).map_err(|error| malformed(&format!("no JSON: {error}")))?
    } else if kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
        form(text)?
    } else {
        return Err(malformed("the body must be JSON or a form"));
    };
    check(&value, 0)?;
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(malformed("the body must be an object")),
    }
}

/// What no store takes and no client means: values too deep, and the character 0.
fn check(value: &Value, depth: usize) -> Result<(), Fault> {
    if depth > DEPTH_MAX {
        return Err(malformed("the body is nested too deep"));
    }
    let fits = |text: &str| {
        if text.contains('\0') {
            return Err(malformed("the body holds the character 0"));
        }
        Ok(())
    };
    match value {
        Value::String(text) => fits(text),
        Value::Array(values) => values.iter().try_for_each(|own| check(own, depth + 1)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, own)| {
            fits(name)?;
            check(own, depth + 1)
        }),
        _ => Ok(()),
    }
}

/// A form as the value that its names describe.
fn form(text: &str) -> Result<Value, Fault> {
    let mut root = Value::Object(Map::new());
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    for (count, pair) in pairs.enumerate() {
        if count >= FORM_FIELDS_MAX {
            return Err(malformed("the form has too many fields"));
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        put(&mut root, &parts(&decode(name))?, decode(value))?;
    }
    Ok(root)
}

/// `incident[component_ids][]` as `incident`, `component_ids` and an empty one.
fn parts(name: &str) -> Result<Vec<&str>, Fault> {
    let unreadable = || malformed(&format!("the field name {name:?} can not be read"));
    let (first, mut rest) = name.find('[').map_or((name, ""), |at| name.split_at(at));
    let mut parts = vec![first];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or_else(unreadable)?;
        let (part, after) = inner.split_once(']').ok_or_else(unreadable)?;
        parts.push(part);
        rest = after;
        if parts.len() > DEPTH_MAX {
            return Err(malformed("the form is nested too deep"));
        }
    }
    Ok(parts)
}

fn put(place: &mut Value, parts: &[&str], text: String) -> Result<(), Fault> {
    let mixed = || malformed("a field of the form is one value and several");
    let Some((first, rest)) = parts.split_first() else {
        *place = Value::String(text);
        return Ok(());
    };
    if first.is_empty() {
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let list = place.as_array_mut().ok_or_else(mixed)?;
        // A list of objects: fields belong to the last one until one of them comes again.
        let is_next = match (list.last(), rest.first()) {
            (Some(Value::Object(open)), Some(name)) => open.contains_key(*name),
            _ => true,
        };
        if is_next {
            list.push(Value::Null);
        }
        let open = list.last_mut().ok_or_else(mixed)?;
        return put(open, rest, text);
    }
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    let fields = place.as_object_mut().ok_or_else(mixed)?;
    let own = fields.entry((*first).to_owned()).or_insert(Value::Null);
    if !rest.is_empty() && own.is_string() {
        return Err(mixed());
    }
    put(own, rest, text)
}

fn malformed(reason: &str) -> Fault {
    Fault::Malformed(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn read_as(kind: &'static str, body: &str) -> Result<Value, Fault> {
        let mut headers = HeaderMap::new();
        if !kind.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        read(&headers, body.as_bytes()).map(Value::Object)
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn a_form_says_what_json_says() {
        let form = "incident[name]=Slow+tags&incident[component_ids][]=a&incident[component_ids][]=b\
                    &incident[components][a]=major_outage&incident[backfilled]=t";
        let json = json!({"incident": {
            "name": "Slow tags",
            "component_ids": ["a", "b"],
            "components": {"a": "major_outage"},
            "backfilled": "t",
        }});
        assert_eq!(read_as(FORM, form).unwrap(), json);
        assert_eq!(read_as("", form).unwrap(), json);
        let text = json.to_string();
        assert_eq!(
            read_as("application/json; charset=utf-8", &text).unwrap(),
            json
        );
        assert_eq!(read_as("", &text).unwrap(), json);
    }

    #[test]
    fn a_list_of_objects_in_a_form_is_cut_where_a_name_comes_again() {
        let form =
            "data[m][][timestamp]=1&data[m][][value]=2&data[m][][timestamp]=3&data[m][][value]=4";
        let read = read_as(FORM, form).unwrap();
        let expected = json!({"data": {"m": [
            {"timestamp": "1", "value": "2"},
            {"timestamp": "3", "value": "4"},
        ]}});
        assert_eq!(read, expected);
    }

    #[test]
    fn no_body_is_an_empty_object_and_a_bad_one_is_refused() {
        assert_eq!(read_as("", "").unwrap(), json!({}));
        assert_eq!(read_as(FORM, "  ").unwrap(), json!({}));
        let deep = "[".repeat(50) + &"]".repeat(50);
        for (kind, body) in [
            ("application/json", "{\"a\":"),
            ("application/json", "[1]"),
            ("application/json", "{\"a\":\"\\u0000\"}"),
            ("application/json", &format!("{{\"a\":{deep}}}")),
            ("text/xml", "<a/>"),
            (FORM, "a[b=1"),
            (FORM, "a=1&a[b]=2"),
            (FORM, "a[]=1&a[b]=2"),
            (FORM, &format!("a{}=1", "[b]".repeat(50))),
        ] {
            let read = read_as(kind, body);
            assert!(matches!(read, Err(Fault::Malformed(_))), "{body} {read:?}");
        }
    }
}
