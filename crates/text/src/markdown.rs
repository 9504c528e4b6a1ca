//! Update bodies as operators type them, made into HTML that is safe to show, or into plain text.
//!
//! Bodies are Markdown, but they must look as typed (PAGES "Texts as operators write them"): line
//! breaks are kept, raw HTML is shown as text, a line never becomes part of a list or a heading
//! that its writer did not mean. `lines` and `inline` prepare the text so that `CommonMark`
//! reads it in that sense. [`html`] is the only place where [`SafeHtml`] is made.

mod inline;
mod lines;

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};

use inline::Piece;

/// Emphasis within emphasis beyond this depth is shown without it.
const EMPHASIS_DEPTH_MAX: usize = 4;

/// Lists, their items and quotes within each other beyond this depth are shown without their marks:
/// nobody reads that deep, and what stands within costs more with each.
const BLOCK_DEPTH_MAX: usize = 24;

/// HTML that holds nothing but known tags and links to `http`, `https` and `mailto`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A body as HTML.
pub fn html(body: &str) -> SafeHtml {
    let prepared = lines::prepare(body);
    let mut raw = String::with_capacity(body.len() * 2);
    pulldown_cmark::html::push_html(&mut raw, events(&prepared).into_iter());
    SafeHtml(CLEANER.clean(&raw).to_string().trim_end().to_owned())
}

/// A body as plain text, for mail, chat and search: marks go, words, breaks and addresses stay.
pub fn plain(body: &str) -> String {
    let prepared = lines::prepare(body);
    let mut writer = PlainWriter::default();
    for event in events(&prepared) {
        writer.write(event);
    }
    writer.text.trim().to_owned()
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .tags(HashSet::from([
            "p",
            "br",
            "strong",
            "em",
            "a",
            "ul",
            "ol",
            "li",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "code",
            "pre",
            "hr",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        .allowed_classes(HashMap::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // Bodies are read in mails and feeds too, where nothing is relative to the page.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"));
    cleaner
});

fn events(prepared: &lines::Prepared) -> Vec<Event<'_>> {
    let parser = TextMergeStream::new(Parser::new_ext(&prepared.text, Options::ENABLE_TABLES));
    let mut mapping = Mapping::new(prepared);
    for event in parser {
        mapping.take(event);
    }
    mapping.events
}

/// Turns what `CommonMark` found into what a page shows.
struct Mapping<'a> {
    prepared: &'a lines::Prepared,
    events: Vec<Event<'a>>,
    /// Where links and images that are shown as links began; `None` for those within another.
    links: Vec<Option<CowStr<'a>>>,
    emphasis_depth: usize,
    block_depth: usize,
    in_code_block: bool,
    strong_is_open: bool,
}

impl<'a> Mapping<'a> {
    const fn new(prepared: &'a lines::Prepared) -> Self {
        Self {
            prepared,
            events: Vec::new(),
            links: Vec::new(),
            emphasis_depth: 0,
            block_depth: 0,
            in_code_block: false,
            strong_is_open: false,
        }
    }

    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::SoftBreak => self.events.push(Event::HardBreak),
            Event::Text(text) if self.in_code_block => {
                self.events.push(Event::Text(self.restored(&text)));
            }
            // Raw HTML is what somebody typed, so that is what is shown.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => self.events.push(Event::Code(self.restored(&text))),
            other => self.events.push(other),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            // Pages ask nobody else for anything: an image is a link to it.
            Tag::Link {
                link_type,
                dest_url,
                ..
            }
            | Tag::Image {
                link_type,
                dest_url,
                ..
            } => {
                let mut address = self.restored(&dest_url);
                if link_type == LinkType::Email {
                    address = CowStr::from(format!("mailto:{address}"));
                }
                let is_shown = self.links.iter().all(Option::is_none);
                self.links.push(is_shown.then(|| address.clone()));
                if is_shown {
                    self.events.push(link(address));
                }
            }
            Tag::Emphasis | Tag::Strong => {
                self.emphasis_depth += 1;
                if self.emphasis_depth <= EMPHASIS_DEPTH_MAX {
                    self.events.push(Event::Start(tag));
                }
            }
            Tag::List(_) | Tag::Item | Tag::BlockQuote(_) => {
                self.block_depth += 1;
                if self.block_depth <= BLOCK_DEPTH_MAX {
                    self.events.push(Event::Start(tag));
                }
            }
            Tag::Heading {
                level,
                id,
                classes,
                attrs,
            } => {
                let level = demoted(level);
                self.events.push(Event::Start(Tag::Heading {
                    level,
                    id,
                    classes,
                    attrs,
                }));
            }
            Tag::HtmlBlock => self.events.push(Event::Start(Tag::Paragraph)),
            tag => {
                self.in_code_block |= matches!(tag, Tag::CodeBlock(_));
                self.events.push(Event::Start(tag));
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link | TagEnd::Image => {
                if let Some(Some(address)) = self.links.pop() {
                    // A link without words would be nothing to click on.
                    if matches!(self.events.last(), Some(Event::Start(Tag::Link { .. }))) {
                        self.events.push(Event::Text(address));
                    }
                    self.events.push(Event::End(TagEnd::Link));
                }
            }
            TagEnd::Emphasis | TagEnd::Strong => {
                if self.emphasis_depth <= EMPHASIS_DEPTH_MAX {
                    self.events.push(Event::End(tag));
                }
                self.emphasis_depth -= 1;
            }
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.close_strong();
                if self.block_depth <= BLOCK_DEPTH_MAX {
                    self.events.push(Event::End(tag));
                }
                self.block_depth -= 1;
            }
            TagEnd::Heading(level) => {
                self.close_strong();
                self.events
                    .push(Event::End(TagEnd::Heading(demoted(level))));
            }
            TagEnd::HtmlBlock => {
                self.close_strong();
                self.events.push(Event::End(TagEnd::Paragraph));
            }
            tag => {
                self.in_code_block &= tag != TagEnd::CodeBlock;
                self.close_strong();
                self.events.push(Event::End(tag));
            }
        }
    }

    /// Text with the marks that [`inline`] left in it.
    fn text(&mut self, text: &str) {
        for piece in inline::pieces(text, &self.prepared.addresses) {
            match piece {
                Piece::Words(words) => {
                    self.events
                        .push(Event::Text(CowStr::from(words.to_owned())));
                }
                Piece::StrongBegins if !self.strong_is_open => {
                    self.strong_is_open = true;
                    self.events.push(Event::Start(Tag::Strong));
                }
                Piece::StrongBegins => {}
                Piece::StrongEnds => self.close_strong(),
                Piece::Address(address) => {
                    let address = CowStr::from(address.to_owned());
                    let text = Event::Text(address.clone());
                    if self.links.is_empty() {
                        self.events
                            .extend([link(address), text, Event::End(TagEnd::Link)]);
                    } else {
                        self.events.push(text);
                    }
                }
            }
        }
    }

    fn close_strong(&mut self) {
        if std::mem::take(&mut self.strong_is_open) {
            self.events.push(Event::End(TagEnd::Strong));
        }
    }

    fn restored(&self, text: &str) -> CowStr<'a> {
        CowStr::from(inline::restored(text, &self.prepared.addresses))
    }
}

fn link(address: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link {
        link_type: LinkType::Inline,
        dest_url: address,
        title: CowStr::from(""),
        id: CowStr::from(""),
    })
}

/// Headings of a body stand below those of the page around it.
const fn demoted(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 | HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

/// Writes events as plain text.
#[derive(Default)]
struct PlainWriter {
    text: String,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// The address of the open link, and where its words begin.
    link: Option<(String, usize)>,
}

impl PlainWriter {
    fn write(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::HardBreak => {
                self.text.push('\n');
                self.indent();
            }
            Event::Rule => self.block("---\n"),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block("");
                } else {
                    self.line();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.line();
                let depth = self.lists.len().saturating_sub(1);
                self.text.push_str(&"  ".repeat(depth));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let _ = write!(self.text, "{number}. ");
                        *number += 1;
                    }
                    _ => self.text.push_str("- "),
                }
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::Table(_)
                if self.lists.is_empty() =>
            {
                self.block("");
            }
            Tag::Paragraph if !self.text.ends_with("- ") && !self.text.ends_with(". ") => {
                self.line();
                self.indent();
            }
            Tag::TableRow => self.line(),
            Tag::TableCell if !(self.text.is_empty() || self.text.ends_with('\n')) => {
                self.text.push_str(" | ");
            }
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.into_string(), self.text.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => {
                let Some((address, from)) = self.link.take() else {
                    return;
                };
                let bare = address.strip_prefix("mailto:").unwrap_or(&address);
                let words = self.text.get(from..).unwrap_or_default();
                if words != bare && words != address {
                    let _ = write!(self.text, " ({bare})");
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.line();
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Item => {
                self.line();
            }
            _ => {}
        }
    }

    /// Begins a block: after a blank line, unless it is the first.
    fn block(&mut self, text: &str) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.lists.len()));
    }
}

#[cfg(test)]
mod tests;
