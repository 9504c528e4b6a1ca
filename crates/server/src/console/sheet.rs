//! A sheet: a form of plain fields, described by data, so that every noun's screen is the same
//! screen. What was typed and refused stands in it again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use noroshi_domain::{Command, Locale, Texts};
use noroshi_ops::owned::Owned;
use noroshi_text::{labels, msg};

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::picker::Picker;
use crate::console::refusal;
use crate::console::shell::Shell;
use crate::console::visit::{Desk, refused, shown};

/// The screen.
#[derive(Template)]
#[template(path = "console/sheet.html")]
pub(crate) struct Sheet {
    pub(crate) shell: Shell,
    pub(crate) l: Locale,
    /// What is wrong with what was sent.
    pub(crate) problem: Option<String>,
    /// Where the form goes.
    pub(crate) action: String,
    /// The revision that its author sees.
    pub(crate) seq: i64,
    /// Under which the command is carried out once.
    pub(crate) command: String,
    /// Templates that can fill it in.
    pub(crate) picker: Picker,
    pub(crate) parts: Vec<Part>,
    pub(crate) submit: String,
    /// Where nothing is done; empty: there is no such link.
    pub(crate) back: String,
    /// Screens that belong to it: address and words.
    pub(crate) links: Vec<(String, String)>,
    /// Other things that can be done, each a form of its own.
    pub(crate) buttons: Vec<Button>,
    /// What a file says, by the names of fields, each with where it says so.
    pub(crate) locked: BTreeMap<String, String>,
}

/// Fields that are called otherwise in a file.
const FILE_NAMES: [(&str, &str); 11] = [
    ("accent", "own_accent"),
    ("header_html", "header"),
    ("footer_html", "footer"),
    ("cadence_s", "cadence"),
    ("public_grace_s", "public_grace"),
    ("locales", "locale"),
    ("group_id", "group"),
    ("depends_on", "depends"),
    ("group_id", "member"),
    ("promise_s", "promise"),
    ("components", "c"),
];

/// Fields that belong together.
pub(crate) struct Part {
    pub(crate) heading: String,
    pub(crate) fields: Vec<Field>,
}

/// One field.
pub(crate) struct Field {
    pub(crate) name: Cow<'static, str>,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) kind: Kind,
}

/// What a field holds.
pub(crate) enum Kind {
    /// A line in each language: tag, name of the language, text.
    Lines(Vec<(&'static str, String, String)>),
    /// Several lines in each language.
    Areas(Vec<(&'static str, String, String)>),
    /// One line, with the type of its input.
    Line(&'static str, String),
    /// Several lines.
    Area(String),
    /// One of several: value, words, chosen.
    Choice(Vec<(String, String, bool)>),
    /// Boxes to tick: name, value, words, ticked.
    Ticks(Vec<(String, String, String, bool)>),
}

/// A form of one button.
pub(crate) struct Button {
    pub(crate) action: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    /// What must be ticked before it can be sent; empty: nothing.
    pub(crate) sure: String,
    /// What is typed for it: name, type of the input, words.
    pub(crate) asks: Option<(&'static str, &'static str, String)>,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Button {
    /// A button that asks nothing.
    pub(crate) fn plain(action: String, label: String) -> Self {
        Self {
            action,
            label,
            hint: String::new(),
            sure: String::new(),
            asks: None,
            fields: Vec::new(),
        }
    }
}

impl Field {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, label: String, kind: Kind) -> Self {
        Self {
            name: name.into(),
            label,
            hint: String::new(),
            kind,
        }
    }

    pub(crate) fn hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    /// What its inputs are called, without languages and codes.
    fn names(&self) -> Vec<String> {
        let head = |name: &str| name.split('.').next().unwrap_or(name).to_owned();
        match &self.kind {
            Kind::Ticks(boxes) => boxes.iter().map(|(name, ..)| head(name)).collect(),
            _ => vec![head(&self.name)],
        }
    }
}

/// What stands in the fields: what was sent, else what the record holds.
pub(crate) struct Typed<'a> {
    desk: &'a Desk,
    form: Option<&'a Form>,
}

impl<'a> Typed<'a> {
    /// The fields of a form that was sent; none: it is opened.
    pub(crate) const fn new(desk: &'a Desk, form: Option<&'a Form>) -> Self {
        Self { desk, form }
    }

    fn texts(&self, name: &str, stands: &Texts) -> Vec<(&'static str, String, String)> {
        let locales = self.desk.locales().into_iter();
        locales
            .map(|locale| {
                let text = match self.form {
                    Some(form) => form.raw(&format!("{name}.{}", locale.as_str())),
                    None => stands.get(locale).unwrap_or_default(),
                };
                (locale.as_str(), labels::language(locale), text.to_owned())
            })
            .collect()
    }

    /// A line in each language of the page.
    pub(crate) fn lines(&self, name: &'static str, label: String, stands: &Texts) -> Field {
        Field::new(name, label, Kind::Lines(self.texts(name, stands)))
    }

    /// Several lines in each language of the page.
    pub(crate) fn areas(&self, name: &'static str, label: String, stands: &Texts) -> Field {
        Field::new(name, label, Kind::Areas(self.texts(name, stands)))
    }

    fn value(&self, name: &str, stands: &str) -> String {
        match self.form {
            Some(form) => form.raw(name).to_owned(),
            None => stands.to_owned(),
        }
    }

    /// A line; `kind` is the type of its input.
    pub(crate) fn line(
        &self,
        (name, kind): (&'static str, &'static str),
        label: String,
        stands: &str,
    ) -> Field {
        Field::new(name, label, Kind::Line(kind, self.value(name, stands)))
    }

    /// Several lines.
    pub(crate) fn area(&self, name: &'static str, label: String, stands: &str) -> Field {
        Field::new(name, label, Kind::Area(self.value(name, stands)))
    }

    /// One of several.
    pub(crate) fn choice(
        &self,
        name: &'static str,
        label: String,
        choice: (&str, Vec<(String, String)>),
    ) -> Field {
        self.choice_of(name, label, choice)
    }

    /// One of several, of one of many things.
    pub(crate) fn choice_of(
        &self,
        name: impl Into<Cow<'static, str>>,
        label: String,
        (stands, options): (&str, Vec<(String, String)>),
    ) -> Field {
        let name = name.into();
        let chosen = self.value(&name, stands);
        let options = options.into_iter();
        let options = options.map(|(value, words)| {
            let is_chosen = value == chosen;
            (value, words, is_chosen)
        });
        Field::new(name, label, Kind::Choice(options.collect()))
    }

    /// Boxes to tick, each with its own name: name, words, whether it stands so.
    pub(crate) fn ticks(
        &self,
        label: String,
        boxes: impl IntoIterator<Item = (String, String, bool)>,
    ) -> Field {
        let boxes = boxes.into_iter().map(|(name, words, stands)| {
            let is_ticked = self.form.map_or(stands, |form| form.has(&name));
            (name, "on".to_owned(), words, is_ticked)
        });
        Field::new("", label, Kind::Ticks(boxes.collect()))
    }
}

impl Desk {
    /// A sheet of this page.
    pub(crate) fn sheet(&self, title: &str, (action, back): (&str, &str)) -> Sheet {
        Sheet {
            shell: self.shell(title),
            l: self.locale(),
            problem: None,
            action: self.address(action),
            seq: self.state.head.seq,
            command: self.visit.inner.app.chance().command_id().to_string(),
            picker: Picker::default(),
            parts: Vec::new(),
            submit: msg::console_save(self.locale()),
            back: self.address(back),
            links: Vec::new(),
            buttons: Vec::new(),
            locked: BTreeMap::new(),
        }
    }

    /// What a file says of this page.
    pub(crate) async fn owned(&self) -> Result<Option<Owned>, Response> {
        let page = self.page.clone();
        let found = self.visit.call(move |app| app.owned(&page)).await?;
        Ok(found.map(|found| found.value))
    }

    /// A command whose author saw the page at the revision that a form carries.
    pub(crate) fn seen(&self, form: &Form, command: Command) -> Command {
        let seq = form.get("seq").parse().unwrap_or(self.state.head.seq);
        Command::Seen {
            seq,
            command: Box::new(command),
        }
    }
}

impl Desk {
    /// Carries out what a sheet asks: done, it leads on; refused by a rule, the sheet stands as it
    /// was sent, with the reason.
    pub(crate) async fn carry_out(
        &self,
        (command, form): (Command, &Form),
        (path, told): (&str, Told),
        sheet: impl FnOnce() -> Sheet,
    ) -> Result<Response, Response> {
        Ok(match self.execute(command, form.command_id()).await? {
            Ok(_) => self.done(path, told),
            Err(error) => sheet().refused(refusal::word(self, &error)),
        })
    }

    /// Carries out what a button asks, which has no form around it.
    pub(crate) async fn press(
        &self,
        command: Command,
        (path, told): (&str, Told),
    ) -> Result<Response, Response> {
        match self.execute(command, None).await? {
            Ok(_) => Ok(self.done(path, told)),
            Err(error) => Err(self.visit.refuse_command(&error)),
        }
    }
}

impl Sheet {
    /// Adds fields.
    pub(crate) fn part(mut self, heading: String, fields: Vec<Field>) -> Self {
        self.parts.push(Part { heading, fields });
        self
    }

    /// What a file says of a row is shown, and where; it can be changed there only.
    pub(crate) fn locked(mut self, owned: Option<&Owned>, row: &str) -> Self {
        let Some((owned, fields)) = owned.and_then(|own| Some((own, own.row(row)?))) else {
            return self;
        };
        for (field, line) in fields {
            let line = i64::from(*line);
            let words = msg::console_set_by_file(self.l, &owned.file, line);
            let others = FILE_NAMES.iter().filter(|(name, _)| name == field);
            for name in others.map(|(_, other)| *other).chain([field.as_str()]) {
                self.locked.insert(name.to_owned(), words.clone());
            }
        }
        self.buttons.clear();
        self
    }

    /// The same for what a file sets as a whole.
    pub(crate) fn locked_whole(mut self, owned: Option<&Owned>, row: &str) -> Self {
        let Some((owned, fields)) = owned.and_then(|own| Some((own, own.row(row)?))) else {
            return self;
        };
        let first = fields.values().min().copied().unwrap_or(1);
        let names = self.parts.iter().flat_map(|part| &part.fields);
        let names: Vec<String> = names.flat_map(Field::names).collect();
        for name in names {
            let in_file = FILE_NAMES.iter().find(|(_, other)| *other == name);
            let in_file = in_file.map_or(name.as_str(), |(own, _)| own);
            let line = i64::from(fields.get(in_file).copied().unwrap_or(first));
            let words = msg::console_set_by_file(self.l, &owned.file, line);
            self.locked.insert(name, words);
        }
        self.buttons.clear();
        self
    }

    /// Where a file says a field; none: it does not.
    fn lock(&self, name: &str) -> Option<&String> {
        self.locked.get(name.split('.').next().unwrap_or(name))
    }

    /// Answers with the sheet as it was asked for.
    pub(crate) fn shown(&self) -> Response {
        shown(self)
    }

    /// Answers with the sheet as it was sent, and why nothing was done.
    pub(crate) fn refused(mut self, problem: String) -> Response {
        self.problem = Some(problem);
        refused(&self)
    }
}
