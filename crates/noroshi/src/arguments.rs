//! The command line as it is typed: what every command takes, and texts in several languages.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use noroshi_domain::{Locale, Texts};

use crate::commands::{
    admin, announcement, apply, backup, completions, component, demo, group, import, incident, key,
    mail, maintenance, man, notice, page, publish, report, serve, sign_on, subscriber, template,
    token, user, verify,
};

/// A status page that tells the truth and stays up.
#[derive(Debug, Parser)]
#[command(
    name = "noroshi",
    version,
    max_term_width = 100,
    propagate_version = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) noun: Noun,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Folder of data [default: ./noroshi-data].
    #[arg(long, global = true, env = "NOROSHI_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of a database server (postgres://…), instead of the database in the folder of data.
    #[arg(
        long,
        global = true,
        env = "NOROSHI_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// Address of a server elsewhere, which is asked through its API.
    #[arg(long, global = true, env = "NOROSHI_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// The token that the server elsewhere knows you by.
    #[arg(
        long,
        global = true,
        env = "NOROSHI_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<String>,
    /// Which page, by code or name; needed where there are several.
    #[arg(long, global = true, value_name = "CODE")]
    pub(crate) page: Option<String>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of labels: en or ja; of a new page its default language.
    #[arg(long, global = true, value_name = "en|ja", value_parser = read_locale)]
    pub(crate) locale: Option<Locale>,
    /// The revision (`seq`) that you saw: text or settings that changed since are not replaced.
    #[arg(long, global = true, value_name = "SEQ")]
    pub(crate) seen: Option<i64>,
    /// Write to the store itself, though a server is running.
    #[arg(long, global = true)]
    pub(crate) direct: bool,
    /// The command's own code: the same again is answered as the first time.
    #[arg(long, global = true, value_name = "CODE", hide = true)]
    pub(crate) command_id: Option<String>,
    /// Take the time from this file (RFC 3339): for tests.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        hide = true,
        env = "NOROSHI_CLOCK_FILE"
    )]
    pub(crate) clock_file: Option<PathBuf>,
}

impl Common {
    /// The language of labels and messages.
    pub(crate) fn words(&self) -> Locale {
        self.locale.unwrap_or_default()
    }

    /// The folder of data.
    pub(crate) fn folder(&self) -> PathBuf {
        self.data
            .clone()
            .unwrap_or_else(|| PathBuf::from("noroshi-data"))
    }
}

fn read_locale(text: &str) -> Result<Locale, String> {
    Locale::parse(text).ok_or_else(|| "choose en or ja".to_owned())
}

/// What a command is about.
#[derive(Debug, Subcommand)]
pub(crate) enum Noun {
    /// Serve the pages.
    Serve(serve::Serve),
    /// Pages: create, list, show, update, delete, restore.
    #[command(subcommand)]
    Page(page::PageVerb),
    /// Components: create, list, update, say their status, hold, amend, retire.
    #[command(subcommand)]
    Component(component::ComponentVerb),
    /// Groups of components.
    #[command(subcommand)]
    Group(group::GroupVerb),
    /// Incidents: open, update, resolve, edit, postmortem, delete, erase.
    #[command(subcommand)]
    Incident(incident::IncidentVerb),
    /// Planned work, once or by a rule.
    #[command(subcommand)]
    Maintenance(maintenance::MaintenanceVerb),
    /// Templates: texts that an incident or an update begins from.
    #[command(subcommand)]
    Template(template::TemplateVerb),
    /// Announcements.
    #[command(subcommand)]
    Announcement(announcement::AnnouncementVerb),
    /// People: add, list, give roles, disable.
    #[command(subcommand)]
    User(user::UserVerb),
    /// The provider that people sign on with: set, show, drop.
    #[command(subcommand)]
    SignOn(sign_on::SignOnVerb),
    /// Those who are told: list, import, export, erase, log.
    #[command(subcommand)]
    Subscriber(subscriber::SubscriberVerb),
    /// The server that mails leave by: set, show, drop, test.
    #[command(subcommand)]
    Mail(mail::MailVerb),
    /// For whoever rules the host.
    #[command(subcommand)]
    Admin(admin::AdminVerb),
    /// API tokens: create, list, revoke.
    #[command(subcommand)]
    Token(token::TokenVerb),
    /// Signing keys: list, rotate.
    #[command(subcommand)]
    Key(key::KeyVerb),
    /// Make pages what a file says.
    Apply(apply::Apply),
    /// Print the file that makes the pages what they are.
    Export {
        /// The addresses of people with a role on the page, too, and their roles.
        #[arg(long)]
        team: bool,
    },
    /// Take over the record of another product.
    #[command(subcommand)]
    Import(import::ImportSource),
    /// Write a complete copy of a page, for any web server.
    Publish(publish::Publish),
    /// Say something on a page while its record can not be written.
    Notice(notice::NoticeCommand),
    /// Reports.
    #[command(subcommand)]
    Report(report::ReportKind),
    /// Copy the record into one file, also while a server runs.
    Backup(backup::Backup),
    /// Make a new folder of data from a backup.
    Restore(backup::Restore),
    /// Check that the record is whole and the tables are what it says.
    Verify(verify::Verify),
    /// Serve the page of a made-up company.
    Demo(demo::Demo),
    /// Print the script that lets a shell complete commands and options.
    Completions(completions::Completions),
    /// Print the manual page, for man or a package.
    Man(man::Manual),
}

impl Noun {
    /// Whether it is about this host's own folder and processes, or about people and secrets
    /// that no token reaches: a server elsewhere is not asked for it.
    pub(crate) fn stays_on_the_host(&self) -> bool {
        match self {
            Self::Serve(_)
            | Self::Demo(_)
            | Self::SignOn(_)
            | Self::Mail(_)
            | Self::Subscriber(_)
            | Self::Admin(_)
            | Self::Key(_)
            | Self::Publish(_)
            | Self::Notice(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Verify(_) => true,
            Self::Page(_)
            | Self::Component(_)
            | Self::Group(_)
            | Self::Incident(_)
            | Self::Maintenance(_)
            | Self::Template(_)
            | Self::Announcement(_)
            | Self::User(_)
            | Self::Token(_)
            | Self::Apply(_)
            | Self::Export { .. }
            | Self::Import(_)
            | Self::Report(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
}

/// Makes the options of one text: `--name`, in the page's default language, and one a language.
macro_rules! texts_options {
    ($($(#[doc = $doc:literal])* $name:ident = $flag:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default, Args)]
        pub(crate) struct $name {
            $(#[doc = $doc])*
            #[arg(id = $flag, long = $flag, value_name = "TEXT")]
            plain: Option<String>,
            #[arg(
                id = concat!($flag, "-en"),
                long = concat!($flag, "-en"),
                value_name = "TEXT",
                help = "The same in English"
            )]
            english: Option<String>,
            #[arg(
                id = concat!($flag, "-ja"),
                long = concat!($flag, "-ja"),
                value_name = "TEXT",
                help = "The same in Japanese"
            )]
            japanese: Option<String>,
        }

        impl $name {
            /// The texts that were given; none: nothing was.
            pub(crate) fn texts(&self, default: Locale) -> Option<Texts> {
                let given = [
                    (default, &self.plain),
                    (Locale::En, &self.english),
                    (Locale::Ja, &self.japanese),
                ];
                let texts: Texts = given
                    .into_iter()
                    .filter_map(|(locale, text)| Some((locale, text.clone()?)))
                    .filter(|(_, text)| !text.is_empty())
                    .collect();
                let is_given = [&self.plain, &self.english, &self.japanese];
                is_given.into_iter().any(Option::is_some).then_some(texts)
            }

            /// The given texts over those that stand: a language that was not given stays.
            pub(crate) fn over(&self, standing: &Texts, default: Locale) -> Option<Texts> {
                let given = self.texts(default)?;
                if given.is_empty() {
                    return Some(given);
                }
                let standing = standing.iter().map(|(locale, text)| (locale, text.to_owned()));
                let given = given.iter().map(|(locale, text)| (locale, text.to_owned()));
                Some(standing.chain(given).collect())
            }
        }
    )*};
}

texts_options! {
    /// Name.
    NameOptions = "name";
    /// Title.
    TitleOptions = "title";
    /// Description.
    DescriptionOptions = "description";
    /// Text, Markdown; empty: the standard text.
    BodyOptions = "body";
    /// Who is affected.
    WhoOptions = "who-is-affected";
    /// How a customer tells whether he is hit.
    CheckOptions = "how-to-check";
    /// What a customer should do now.
    DoOptions = "what-to-do";
    /// Headline above the components.
    HeadlineOptions = "headline";
    /// About text under the banner.
    AboutOptions = "about";
    /// Title of incidents that open by themselves; left out: the names of what is bad.
    AutomaticTitleOptions = "automatic-title";
}
