//! The pages on which somebody subscribes, confirms, changes and leaves.

use askama::Template;

use super::{Link, Shell};

/// A page with forms, or with the news of what a form did.
#[derive(Clone, Debug, Template)]
#[template(path = "subscribe.html")]
pub struct SubscribePage {
    /// Head, masthead and footer.
    pub shell: Shell,
    /// The way back.
    pub back: Link,
    /// What it is.
    pub heading: String,
    /// Sentences under it.
    pub lead: Vec<String>,
    /// What is wrong with what was sent.
    pub problem: Option<String>,
    /// What was done.
    pub done: Option<String>,
    /// The forms, the likeliest first.
    pub forms: Vec<AskForm>,
    /// What signs a webhook: label, secret, hint.
    pub secret: Option<(String, String, String)>,
    /// The heading over the links.
    pub links_heading: String,
    /// Ways that need no form.
    pub links: Vec<Link>,
}

/// One form.
#[derive(Clone, Debug, Default)]
pub struct AskForm {
    /// Its identifier on the page.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// Where it is sent.
    pub action: String,
    /// Fields that are not shown.
    pub hidden: Vec<(String, String)>,
    /// A sentence before the fields.
    pub hint: Option<String>,
    /// Fields to type in.
    pub inputs: Vec<Input>,
    /// What is told, and in which language.
    pub scope: Option<ScopeFields>,
    /// The words on the button.
    pub submit: String,
    /// It is not what most come for.
    pub is_quiet: bool,
}

/// A field to type in.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// `email`, `url` …
    pub kind: String,
    /// Its label.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What the browser may fill in.
    pub autocomplete: String,
    /// It may not be empty.
    pub required: bool,
}

/// What is told, and in which language.
#[derive(Clone, Debug, Default)]
pub struct ScopeFields {
    /// The label of the languages.
    pub locale_label: String,
    /// The languages.
    pub locales: Vec<super::Choice>,
    /// It is about one incident: nothing else can be chosen.
    pub is_incident: bool,
    /// Something is chosen, so all of it is shown.
    pub is_open: bool,
    /// The words that show all of it.
    pub more: String,
    /// The label of the components.
    pub label: String,
    /// A sentence under it.
    pub hint: String,
    /// Groups and components.
    pub parts: Vec<Tick>,
    /// The label of the kinds.
    pub kinds_label: String,
    /// The kinds of news.
    pub kinds: Vec<Tick>,
    /// Only beginning and end.
    pub ends_only: bool,
    /// Its label.
    pub ends_only_label: String,
}

/// Something to tick.
#[derive(Clone, Debug, Default)]
pub struct Tick {
    /// The field's name.
    pub name: String,
    /// The field's value.
    pub value: String,
    /// Its label.
    pub label: String,
    /// It is ticked.
    pub checked: bool,
    /// It stands within a group.
    pub is_member: bool,
}
