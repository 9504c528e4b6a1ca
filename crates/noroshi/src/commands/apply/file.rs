//! The file as it is written: TOML read into wishes, each knowing where it stands, so that
//! whatever is wrong with it can be told with line and column.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use noroshi_domain::{
    ComponentId, GroupId, Lifecycle, Locale, PageId, PageSettings, Patch, Policy, Texts, Zone,
};
use noroshi_ops::Role;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::commands::apply::settings;
use crate::exit::Stop;
use crate::input;

/// The largest file, in bytes; a larger one is refused unread. What it asks for fits the control
/// socket then.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// How alike a key and a known one must be to be taken for a slip of the pen (0 to 1).
const ALIKE_LEAST: f64 = 0.7;

/// The text of a file, and where it came from.
pub(crate) struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Stop> {
        let unread = |error: std::io::Error| {
            Stop::bad_input(format!("{} can not be read: {error}", path.display()))
        };
        let mut text = String::new();
        let file = File::open(path).map_err(unread)?;
        let mut bounded = file.take(FILE_BYTES_MAX + 1);
        bounded.read_to_string(&mut text).map_err(unread)?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(Stop::bad_input(format!(
                "{} is larger than {FILE_BYTES_MAX} bytes: give each page a file of its own",
                path.display()
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }

    /// The file's name, as it was given.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// What tells its text from any other.
    pub(crate) fn digest(&self) -> String {
        noroshi_domain::hash_hex(self.text.as_bytes())
    }

    /// The line of a place, from 1; `at` in bytes.
    pub(crate) fn line(&self, at: usize) -> u32 {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// What is wrong at a place, told as `FILE:LINE:COLUMN: …`.
    pub(crate) fn wrong(&self, at: usize, what: &str) -> Stop {
        Stop::bad_input(self.told(at, what))
    }

    /// A message with its place before it; `at` in bytes.
    pub(crate) fn told(&self, at: usize, what: &str) -> String {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = self.line(at);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count() + 1;
        format!("{}:{line}:{column}: {what}", self.path.display())
    }

    /// The pages it wishes for.
    pub(crate) fn pages(&self) -> Result<Vec<PageWish>, Stop> {
        let parsed = DeTable::parse(&self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.wrong(at, &format!("this is not TOML: {}", error.message()))
        })?;
        let mut top = Keys::new(self, "a file", parsed.get_ref(), 0);
        let tables = top.tables("page")?;
        top.finish()?;
        if tables.is_empty() {
            return Err(self.wrong(0, "the file names no page: begin one with [[page]]"));
        }
        tables
            .into_iter()
            .map(|(table, at)| self.page(table, at))
            .collect()
    }

    fn page(&self, table: &DeTable<'_>, at: usize) -> Result<PageWish, Stop> {
        let mut keys = Keys::new(self, "a page", table, at);
        let code = keys.parsed("code", |text| {
            PageId::parse(text).map_err(|error| error.to_string())
        })?;
        let name = keys.texts("name")?;
        let zone = keys.parsed("zone", |text| {
            Zone::parse(text).map_err(|error| error.to_string())
        })?;
        let default_locale = keys.parsed("default_locale", locale)?;
        let locales = keys.list("locales", locale)?;
        let hosts = keys.list("hosts", |text| Ok(text.to_owned()))?;
        let path = keys.emptiable("path", |text| Ok(text.to_owned()))?;
        let url = keys.emptiable("url", |text| Ok(text.to_owned()))?;
        let settings = self.settings(&mut keys)?;
        let mut rows = Vec::new();
        for (table, at) in keys.tables("component")? {
            rows.push((at, RowWish::Component(self.component(table, at)?)));
        }
        for (table, at) in keys.tables("group")? {
            rows.push((at, RowWish::Group(self.group(table, at)?)));
        }
        let templates = keys.tables("template")?;
        let templates = templates
            .into_iter()
            .map(|(table, at)| self.template(table, at))
            .collect::<Result<_, _>>()?;
        let people = keys.tables("person")?;
        let people = people
            .into_iter()
            .map(|(table, at)| self.person(table, at))
            .collect::<Result<_, _>>()?;
        // Rows stand on the page as they stand in the file, components and groups mixed.
        rows.sort_by_key(|(at, _)| *at);
        Ok(PageWish {
            spots: keys.finish()?,
            code,
            name,
            zone,
            default_locale,
            locales: locales.map(|given| given.into_iter().map(|(locale, _)| locale).collect()),
            hosts: hosts.map(|given| given.into_iter().map(|(host, _)| host).collect()),
            path,
            url,
            settings,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            templates,
            people,
        })
    }

    fn person(&self, table: &DeTable<'_>, at: usize) -> Result<PersonWish, Stop> {
        let mut keys = Keys::new(self, "a person", table, at);
        let email = keys.parsed("email", |text| match text.trim() {
            own if own.contains('@') => Ok(own.to_owned()),
            own => Err(format!(
                "{own:?} is no address: write it like ada@example.com"
            )),
        })?;
        let role = keys.parsed("role", input::role)?;
        let spots = keys.finish()?;
        let lacks = |what: &str| self.wrong(at, what);
        let email = email.ok_or_else(|| {
            lacks("a person is known by an address: add one, like email = \"ada@example.com\"")
        })?;
        let role = role.ok_or_else(|| {
            lacks("a person needs a role on the page: add one, like role = \"responder\"")
        })?;
        Ok(PersonWish { spots, email, role })
    }

    fn template(&self, table: &DeTable<'_>, at: usize) -> Result<TemplateWish, Stop> {
        let mut keys = Keys::new(self, "a template", table, at);
        let name = keys.parsed("name", |text| match text.trim() {
            "" => Err("a template needs a name that is not empty".to_owned()),
            name => Ok(name.to_owned()),
        })?;
        let name = name.ok_or_else(|| {
            let what =
                "a template is known by its name: add one, like name = \"Payments are slow\"";
            self.wrong(at, what)
        })?;
        Ok(TemplateWish {
            name,
            group: keys.emptiable("group", |text| Ok(text.to_owned()))?,
            title: keys.texts("title")?,
            body: keys.texts("body")?,
            lifecycle: keys.emptiable("lifecycle", lifecycle)?,
            components: keys.list("components", |text| Ok(text.to_owned()))?,
            promise_s: keys.seconds("promise_s")?,
            notify: keys.flag("notify")?,
            spots: keys.finish()?,
        })
    }

    fn settings(&self, keys: &mut Keys<'_>) -> Result<Vec<SettingWish>, Stop> {
        let mut wishes = Vec::new();
        let Some((table, _)) = keys.table("settings")? else {
            return Ok(wishes);
        };
        let known = settings::fields::<PageSettings>();
        for (key, value) in table {
            let (name, at) = (key.get_ref().as_ref(), key.span().start);
            if !known.contains(&name) {
                return Err(self.unknown("the settings of a page", name, at, known));
            }
            wishes.push(SettingWish {
                key: name.to_owned(),
                spots: Spots {
                    at: value.span().start,
                    keys: BTreeMap::new(),
                },
                value: self.json(value)?,
            });
        }
        Ok(wishes)
    }

    fn group(&self, table: &DeTable<'_>, at: usize) -> Result<GroupWish, Stop> {
        let mut keys = Keys::new(self, "a group", table, at);
        let code = keys.parsed("code", |text| {
            GroupId::parse(text).map_err(|error| error.to_string())
        })?;
        let name = keys.texts("name")?;
        let description = keys.texts("description")?;
        let members = keys.tables("component")?;
        let members = members
            .into_iter()
            .map(|(table, at)| self.component(table, at))
            .collect::<Result<_, _>>()?;
        Ok(GroupWish {
            code,
            name,
            description,
            members,
            spots: keys.finish()?,
        })
    }

    fn component(&self, table: &DeTable<'_>, at: usize) -> Result<ComponentWish, Stop> {
        let mut keys = Keys::new(self, "a component", table, at);
        Ok(ComponentWish {
            code: keys.parsed("code", |text| {
                ComponentId::parse(text).map_err(|error| error.to_string())
            })?,
            name: keys.texts("name")?,
            description: keys.texts("description")?,
            showcase: keys.flag("showcase")?,
            start_date: keys.date("start_date")?,
            only_show_if_degraded: keys.flag("only_show_if_degraded")?,
            depends_on: keys.list("depends_on", |text| Ok(text.to_owned()))?,
            third_party: keys.flag("third_party")?,
            restricted: keys.flag("restricted")?,
            policy: keys.parsed("policy", policy)?,
            grace_s: keys.seconds("grace_s")?,
            spots: keys.finish()?,
        })
    }

    fn unknown(&self, of: &str, key: &str, at: usize, known: &[&str]) -> Stop {
        let alike = known
            .iter()
            .map(|name| (strsim::jaro_winkler(key, name), *name))
            .filter(|(likeness, _)| *likeness >= ALIKE_LEAST)
            .max_by(|one, two| one.0.total_cmp(&two.0));
        let hint = match alike {
            Some((_, name)) => format!("did you mean {name:?}?"),
            None => format!("it may have {}", known.join(", ")),
        };
        self.wrong(at, &format!("{of} has no key {key:?}: {hint}"))
    }

    /// A value as JSON, in which settings are kept.
    fn json(&self, value: &Spanned<DeValue<'_>>) -> Result<Value, Stop> {
        Ok(match value.get_ref() {
            DeValue::String(text) => Value::from(text.as_ref()),
            DeValue::Integer(_) => Value::from(self.integer(value)?),
            DeValue::Boolean(flag) => Value::from(*flag),
            DeValue::Array(values) => {
                let values = values.iter().map(|value| self.json(value));
                Value::Array(values.collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => {
                let rows = table
                    .iter()
                    .map(|(key, value)| Ok((key.get_ref().to_string(), self.json(value)?)));
                Value::Object(rows.collect::<Result<_, Stop>>()?)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => {
                let what = format!(
                    "no setting is {}: write a text, a whole number, true or false",
                    value.get_ref().type_str()
                );
                return Err(self.wrong(value.span().start, &what));
            }
        })
    }

    fn integer(&self, value: &Spanned<DeValue<'_>>) -> Result<i64, Stop> {
        let written = value.get_ref().as_integer();
        written
            .and_then(|own| i64::from_str_radix(own.as_str(), own.radix()).ok())
            .ok_or_else(|| {
                let what = "this must be a whole number of at most 19 digits";
                self.wrong(value.span().start, what)
            })
    }
}

/// Where a wish stands, and each of its keys; in bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spots {
    pub(crate) at: usize,
    pub(crate) keys: BTreeMap<String, usize>,
}

impl Spots {
    /// Where a field of a refusal stands; the wish itself where it is not among its keys.
    pub(crate) fn of(&self, field: &str) -> usize {
        let key = match field {
            "host" => "hosts",
            other => other,
        };
        self.keys.get(key).copied().unwrap_or(self.at)
    }
}

/// Texts as wished: a language that is not named stays, an empty one goes.
#[derive(Debug, Clone)]
pub(crate) enum TextsWish {
    /// In the page's default language.
    Plain(String),
    /// By language.
    Each(Vec<(Locale, String)>),
}

impl TextsWish {
    /// These over those that stand.
    pub(crate) fn over(&self, standing: &Texts, default: Locale) -> Texts {
        let mut texts: BTreeMap<Locale, String> = standing
            .iter()
            .map(|(locale, text)| (locale, text.to_owned()))
            .collect();
        let each: Vec<(Locale, &str)> = match self {
            Self::Plain(text) => vec![(default, text)],
            Self::Each(each) => each
                .iter()
                .map(|(locale, text)| (*locale, text.as_str()))
                .collect(),
        };
        for (locale, text) in each {
            if text.is_empty() {
                texts.remove(&locale);
            } else {
                texts.insert(locale, text.to_owned());
            }
        }
        texts.into_iter().collect()
    }

    /// Whether a text is among them.
    pub(crate) fn has(&self, text: &str) -> bool {
        match self {
            Self::Plain(own) => own == text,
            Self::Each(each) => each.iter().any(|(_, own)| own == text),
        }
    }

    /// One of them, for messages.
    pub(crate) fn first(&self) -> &str {
        match self {
            Self::Plain(own) => own,
            Self::Each(each) => each.first().map_or("", |(_, text)| text),
        }
    }
}

/// One setting of a page.
#[derive(Debug, Clone)]
pub(crate) struct SettingWish {
    pub(crate) key: String,
    pub(crate) spots: Spots,
    pub(crate) value: Value,
}

/// A page as wished; what is absent stays as it is.
#[derive(Debug, Clone)]
pub(crate) struct PageWish {
    pub(crate) spots: Spots,
    pub(crate) code: Option<PageId>,
    pub(crate) name: Option<TextsWish>,
    pub(crate) zone: Option<Zone>,
    pub(crate) default_locale: Option<Locale>,
    pub(crate) locales: Option<Vec<Locale>>,
    pub(crate) hosts: Option<Vec<String>>,
    pub(crate) path: Patch<String>,
    pub(crate) url: Patch<String>,
    pub(crate) settings: Vec<SettingWish>,
    pub(crate) rows: Vec<RowWish>,
    pub(crate) templates: Vec<TemplateWish>,
    pub(crate) people: Vec<PersonWish>,
}

/// A person with a role on the page.
#[derive(Debug, Clone)]
pub(crate) struct PersonWish {
    pub(crate) spots: Spots,
    /// Address, to sign in with.
    pub(crate) email: String,
    pub(crate) role: Role,
}

/// A template as wished; what is absent stays as it is.
#[derive(Debug, Clone)]
pub(crate) struct TemplateWish {
    pub(crate) spots: Spots,
    pub(crate) name: String,
    pub(crate) group: Patch<String>,
    pub(crate) title: Option<TextsWish>,
    pub(crate) body: Option<TextsWish>,
    pub(crate) lifecycle: Patch<Lifecycle>,
    /// Codes or names, each alone or with `=STATUS`.
    pub(crate) components: Option<Vec<(String, usize)>>,
    pub(crate) promise_s: Patch<i64>,
    pub(crate) notify: Option<bool>,
}

/// A row of the top level.
#[derive(Debug, Clone)]
pub(crate) enum RowWish {
    Component(ComponentWish),
    Group(GroupWish),
}

/// A group as wished, with the members that it must have.
#[derive(Debug, Clone)]
pub(crate) struct GroupWish {
    pub(crate) spots: Spots,
    pub(crate) code: Option<GroupId>,
    pub(crate) name: Option<TextsWish>,
    pub(crate) description: Option<TextsWish>,
    pub(crate) members: Vec<ComponentWish>,
}

/// A component as wished; what is absent stays as it is.
#[derive(Debug, Clone)]
pub(crate) struct ComponentWish {
    pub(crate) spots: Spots,
    pub(crate) code: Option<ComponentId>,
    pub(crate) name: Option<TextsWish>,
    pub(crate) description: Option<TextsWish>,
    pub(crate) showcase: Option<bool>,
    pub(crate) start_date: Patch<Date>,
    pub(crate) only_show_if_degraded: Option<bool>,
    pub(crate) depends_on: Option<Vec<(String, usize)>>,
    pub(crate) third_party: Option<bool>,
    pub(crate) restricted: Option<bool>,
    pub(crate) policy: Option<Policy>,
    pub(crate) grace_s: Patch<i64>,
}

fn locale(text: &str) -> Result<Locale, String> {
    Locale::parse(text).ok_or_else(|| format!("{text:?} is no language: choose en or ja"))
}

fn lifecycle(text: &str) -> Result<Lifecycle, String> {
    Lifecycle::parse(text).ok_or_else(|| {
        let known = Lifecycle::ALL.map(Lifecycle::as_str).join(", ");
        format!("{text:?} is no lifecycle status: choose one of {known}")
    })
}

fn policy(text: &str) -> Result<Policy, String> {
    match text {
        "worst" => Ok(Policy::Worst),
        "declared" => Ok(Policy::Declared),
        _ => Err(format!("{text:?} is no policy: choose worst or declared")),
    }
}

/// A table being read: remembers which keys it may have.
struct Keys<'t> {
    source: &'t Source,
    /// What the table tells of, with its article.
    of: &'static str,
    table: &'t DeTable<'t>,
    at: usize,
    known: Vec<&'static str>,
}

impl<'t> Keys<'t> {
    const fn new(source: &'t Source, of: &'static str, table: &'t DeTable<'t>, at: usize) -> Self {
        Self {
            source,
            of,
            table,
            at,
            known: Vec::new(),
        }
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn wrong(&self, value: &Spanned<DeValue<'_>>, key: &str, must: &str) -> Stop {
        let is = value.get_ref().type_str();
        let what = format!("{key} must be {must}, this is {is}");
        self.source.wrong(value.span().start, &what)
    }

    fn text(
        &self,
        key: &str,
        value: &'t Spanned<DeValue<'t>>,
        must: &str,
    ) -> Result<&'t str, Stop> {
        let text = value.get_ref().as_str();
        text.ok_or_else(|| self.wrong(value, key, must))
    }

    fn parsed<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Stop> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let text = self.text(key, value, "a text in quotes")?;
        let read = read(text).map_err(|what| self.source.wrong(value.span().start, &what))?;
        Ok(Some(read))
    }

    /// A text; an empty one empties the field.
    fn emptiable<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Patch<T>, Stop> {
        let read = self.parsed(key, |text| match text {
            "" => Ok(Patch::Clear),
            some => read(some).map(Patch::Set),
        })?;
        Ok(read.unwrap_or_default())
    }

    fn texts(&mut self, key: &'static str) -> Result<Option<TextsWish>, Stop> {
        let must = "a text, or texts by language like { en = \"…\", ja = \"…\" }";
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let Some(table) = value.get_ref().as_table() else {
            let text = self.text(key, value, must)?;
            return Ok(Some(TextsWish::Plain(text.to_owned())));
        };
        let mut each = Vec::new();
        for (language, text) in table {
            let language = locale(language.get_ref())
                .map_err(|what| self.source.wrong(language.span().start, &what))?;
            each.push((
                language,
                self.text(key, text, "a text in quotes")?.to_owned(),
            ));
        }
        Ok(Some(TextsWish::Each(each)))
    }

    fn flag(&mut self, key: &'static str) -> Result<Option<bool>, Stop> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let flag = value.get_ref().as_bool();
        flag.map(Some)
            .ok_or_else(|| self.wrong(value, key, "true or false"))
    }

    /// A day, bare or in quotes; an empty text empties.
    fn date(&mut self, key: &'static str) -> Result<Patch<Date>, Stop> {
        let must = "a day like 2026-03-04, or \"\" for all days";
        let Some(value) = self.get(key) else {
            return Ok(Patch::Keep);
        };
        let written = match value.get_ref() {
            DeValue::Datetime(written) => written.to_string(),
            _ => self.text(key, value, must)?.to_owned(),
        };
        if written.is_empty() {
            return Ok(Patch::Clear);
        }
        written.parse().map(Patch::Set).map_err(|_| {
            let what = format!("{key}: {written:?} is no day: write it like 2026-03-04");
            self.source.wrong(value.span().start, &what)
        })
    }

    /// Seconds; an empty text empties.
    fn seconds(&mut self, key: &'static str) -> Result<Patch<i64>, Stop> {
        let Some(value) = self.get(key) else {
            return Ok(Patch::Keep);
        };
        if value.get_ref().as_str() == Some("") {
            return Ok(Patch::Clear);
        }
        let seconds = self.source.integer(value)?;
        if seconds < 0 {
            return Err(self.wrong(value, key, "a number of seconds, 0 or more"));
        }
        Ok(Patch::Set(seconds))
    }

    fn list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Vec<(T, usize)>>, Stop> {
        let must = "a list of texts like [\"one\", \"two\"]";
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let values = value.get_ref().as_array();
        let values = values.ok_or_else(|| self.wrong(value, key, must))?;
        let mut read_all = Vec::new();
        for value in values {
            let at = value.span().start;
            let text = self.text(key, value, "a list of texts in quotes")?;
            let one = read(text).map_err(|what| self.source.wrong(at, &what))?;
            read_all.push((one, at));
        }
        Ok(Some(read_all))
    }

    fn table(&mut self, key: &'static str) -> Result<Option<(&'t DeTable<'t>, usize)>, Stop> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.wrong(value, key, "a table"))?;
        Ok(Some((table, value.span().start)))
    }

    /// Tables written as `[[key]]`, as one `[key]`, or in a list.
    fn tables(&mut self, key: &'static str) -> Result<Vec<(&'t DeTable<'t>, usize)>, Stop> {
        let must = format!("a table: begin it with [[{key}]]");
        let Some(value) = self.get(key) else {
            return Ok(Vec::new());
        };
        let one = |value: &'t Spanned<DeValue<'t>>| {
            let table = value.get_ref().as_table();
            let table = table.ok_or_else(|| self.wrong(value, key, &must))?;
            Ok((table, value.span().start))
        };
        match value.get_ref() {
            DeValue::Array(values) => values.iter().map(one).collect(),
            _ => Ok(vec![one(value)?]),
        }
    }

    /// Where everything stands, once every key that may be there has been asked for.
    fn finish(self) -> Result<Spots, Stop> {
        let mut spots = Spots {
            at: self.at,
            keys: BTreeMap::new(),
        };
        for (key, value) in self.table {
            let (name, at) = (key.get_ref().as_ref(), key.span().start);
            if !self.known.contains(&name) {
                return Err(self.source.unknown(self.of, name, at, &self.known));
            }
            spots.keys.insert(name.to_owned(), value.span().start);
        }
        Ok(spots)
    }
}
