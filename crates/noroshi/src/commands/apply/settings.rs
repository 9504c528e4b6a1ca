//! The settings of a page in a file: laid over those that stand, key by key.
//!
//! The list of settings is not repeated here: it is asked of the type that holds them.

use noroshi_domain::{Locale, PageSettings};
use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, json};

use crate::commands::apply::file::{SettingWish, Source};
use crate::exit::Stop;

/// The settings after a file's wishes: tables are laid over tables, all else replaces, and an
/// empty text empties.
pub(crate) fn over(
    standing: &PageSettings,
    wishes: &[SettingWish],
    (source, default): (&Source, Locale),
) -> Result<PageSettings, Stop> {
    let mut settings = standing.clone();
    for wish in wishes {
        settings = laid(&settings, wish, default).map_err(|error| {
            // serde names the place within its own text, which nobody has seen.
            let error = error.to_string();
            let what = error.split(" at line ").next().unwrap_or(&error);
            source.wrong(wish.spots.at, &format!("{}: {what}", wish.key))
        })?;
    }
    Ok(settings)
}

fn laid(
    standing: &PageSettings,
    wish: &SettingWish,
    default: Locale,
) -> Result<PageSettings, serde_json::Error> {
    let standing = serde_json::to_value(standing)?;
    let try_on = |wished: &Value| {
        let mut all = standing.clone();
        lay(&mut all, &json!({ wish.key.as_str(): wished }));
        serde_json::from_value::<PageSettings>(all)
    };
    match &wish.value {
        // A bare text where texts by language are kept is one in the default language.
        Value::String(text) if !text.is_empty() => try_on(&wish.value)
            .or_else(|error| try_on(&json!({ default.as_str(): text })).map_err(|_| error)),
        value => try_on(value),
    }
}

fn lay(standing: &mut Value, wished: &Value) {
    let Value::Object(wished) = wished else {
        standing.clone_from(wished);
        return;
    };
    if !standing.is_object() {
        *standing = Value::Object(Map::new());
    }
    let Value::Object(rows) = standing else {
        return;
    };
    for (key, value) in wished {
        if value.as_str() == Some("") {
            rows.remove(key);
            continue;
        }
        let row = rows.entry(key.clone()).or_insert(Value::Null);
        lay(row, value);
        // A table that lost its last row is not there either.
        if row.as_object().is_some_and(Map::is_empty) {
            rows.remove(key);
        }
    }
}

/// The names of a type's fields.
pub(crate) fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It always fails: it has no value to give, it only listens for what is asked of it.
    drop(T::deserialize(Listener { names: &mut names }));
    names
}

struct Listener<'n> {
    names: &'n mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.names = fields;
        Err(serde::de::Error::custom("only the names were asked for"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(serde::de::Error::custom("this is no struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::apply::file::Spots;

    fn lay_over(standing: &PageSettings, key: &str, value: Value) -> PageSettings {
        let wish = SettingWish {
            key: key.to_owned(),
            spots: Spots::default(),
            value,
        };
        laid(standing, &wish, Locale::Ja).unwrap()
    }

    #[test]
    fn settings_are_laid_over_key_by_key_and_emptied_by_an_empty_text() {
        let none = PageSettings::default();
        let bare = lay_over(&none, "headline", json!("見出し"));
        assert_eq!(bare.headline.get(Locale::Ja), Some("見出し"));
        let both = lay_over(&bare, "headline", json!({"en": "Headline"}));
        assert_eq!(both.headline.get(Locale::Ja), Some("見出し"));
        assert_eq!(both.headline.get(Locale::En), Some("Headline"));
        let one = lay_over(&both, "headline", json!({"ja": ""}));
        assert_eq!(one.headline.get(Locale::Ja), None);
        assert_eq!(lay_over(&one, "headline", json!("")), none);
        let accent = lay_over(&none, "accent", json!("#123456"));
        assert_eq!(lay_over(&accent, "accent", json!("")), none);
    }

    #[test]
    fn the_names_of_settings_are_those_of_their_type() {
        let names = fields::<PageSettings>();
        assert!(
            names.contains(&"headline") && names.contains(&"weights"),
            "{names:?}"
        );
    }
}
