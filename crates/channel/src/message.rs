//! A message in one language, ready for any service to shape.

pub use noroshi_domain::subscriber::Level;
use noroshi_domain::{Instant, Locale, Status};

/// What is told to one recipient, in one language. Every word in it is final; a service only
/// arranges them and escapes them for its own format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Names this telling to this recipient; the same on every attempt, so that whoever gets it
    /// twice can tell. Letters, digits, `-`.
    pub key: String,
    /// Names what belongs together for the recipient: all messages of one incident have the same.
    /// Letters, digits, `-`.
    pub thread: String,
    /// Whether it begins its thread.
    pub is_first: bool,
    /// What it tells of.
    pub kind: Kind,
    /// How bad it is, for a colour or a severity.
    pub level: Level,
    /// When what it tells happened.
    pub at: Instant,
    /// The same, worded in the page's zone: "Nov 24, 01:03 JST".
    pub at_words: String,
    /// The language of all words.
    pub locale: Locale,
    /// Name of the page.
    pub page_name: String,
    /// Address of the page.
    pub page_url: String,
    /// One line for a mail's subject: `[Larkspur] Investigating: Tickets do not load`.
    pub subject: String,
    /// The incident's title.
    pub title: String,
    /// Where it stands, in words: "Investigating"; empty where there is no such thing.
    pub state: String,
    /// What to say, the most urgent first.
    pub sections: Vec<Section>,
    /// What is touched, the worst first.
    pub parts: Vec<Part>,
    /// Label over the parts: "Affected systems".
    pub parts_label: String,
    /// Where the whole story is read, or what to press: "Confirm".
    pub action: Option<Link>,
    /// What stands small at the end: why the recipient gets this.
    pub footer: String,
    /// Where the recipient changes what he is told.
    pub manage: Option<Link>,
    /// Where he ends it: answers a bare POST as RFC 8058 asks.
    pub leave: Option<Link>,
    /// The shortest form, at most 300 characters, with the address: for text messages and pushes.
    pub short: String,
}

/// What a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Trouble, or more of it.
    Trouble,
    /// Trouble is over.
    AllClear,
    /// Planned work.
    Maintenance,
    /// A report after the end.
    Postmortem,
    /// An announcement.
    Announcement,
    /// Asks whether the address is the recipient's.
    Confirmation,
    /// For operators: something asks for them.
    Notice,
    /// For operators: what they were told of is over.
    NoticeOver,
    /// A trial of the channel.
    Test,
    /// For operators: what stands open.
    Digest,
}

/// A labelled piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// "What to do now"; absent: the text stands alone.
    pub label: Option<String>,
    /// Plain text with line breaks; links stand as addresses.
    pub text: String,
    /// The same as safe HTML: paragraphs, lists, emphasis, links.
    pub html: String,
    /// Whether it asks the reader to do something.
    pub is_action: bool,
}

/// A system and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// The same in words.
    pub status_words: String,
}

/// Words that lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words.
    pub label: String,
    /// An absolute address.
    pub url: String,
}
