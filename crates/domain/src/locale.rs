//! Languages, and texts that stand in one or more of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language the product speaks.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Locale {
    /// Every locale.
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The BCP 47 tag: `en`, `ja`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// Reads a BCP 47 tag by its language subtag: `ja`, `ja-JP`, `EN_us`.
    pub fn parse(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|locale| locale.as_str().eq_ignore_ascii_case(language))
    }
}

/// A text in one or more locales of its page; an absent locale has no entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<Locale, String>);

impl Texts {
    /// A text in one locale.
    pub fn of(locale: Locale, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(locale, text.into())]))
    }

    /// Adds or replaces one locale's text.
    #[must_use]
    pub fn with(mut self, locale: Locale, text: impl Into<String>) -> Self {
        self.set(locale, text);
        self
    }

    /// Adds or replaces one locale's text.
    pub fn set(&mut self, locale: Locale, text: impl Into<String>) {
        self.0.insert(locale, text.into());
    }

    /// The text of exactly this locale.
    pub fn get(&self, locale: Locale) -> Option<&str> {
        self.0.get(&locale).map(String::as_str)
    }

    /// The text for a reader: his locale, else the page's default, else the first that exists;
    /// with the locale it is really in. `("", wanted)` when there is none.
    pub fn pick(&self, wanted: Locale, default: Locale) -> (&str, Locale) {
        [wanted, default]
            .into_iter()
            .find_map(|locale| self.get(locale).map(|text| (text, locale)))
            .or_else(|| {
                self.0
                    .iter()
                    .next()
                    .map(|(locale, text)| (text.as_str(), *locale))
            })
            .unwrap_or(("", wanted))
    }

    /// Whether no locale has a text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Locales and texts, in the order of locales.
    pub fn iter(&self) -> impl Iterator<Item = (Locale, &str)> {
        self.0.iter().map(|(locale, text)| (*locale, text.as_str()))
    }
}

impl FromIterator<(Locale, String)> for Texts {
    fn from_iter<I: IntoIterator<Item = (Locale, String)>>(texts: I) -> Self {
        Self(texts.into_iter().collect())
    }
}
