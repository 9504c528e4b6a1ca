//! Lines of a body, rewritten so that `CommonMark` sees in them what their writer meant.
//!
//! What it would read out of them and nobody meant: headings from a line of dashes, code from
//! spaces, lists from `2024. `, a paragraph's line as part of the bullet above it.

use std::iter;

use super::inline;

/// Lists within lists beyond this depth stay on it.
const LIST_DEPTH_MAX: usize = 6;
/// Quotes within quotes beyond this depth stay on it.
const QUOTE_DEPTH_MAX: usize = 3;
/// Marks that begin a line of its own at the margin, whatever stands before and around.
const LINE_MARKS: [char; 6] = ['■', '→', '※', '・', '〜', '～'];

/// A body that `CommonMark` may read, and the addresses that were taken out of it.
pub(super) struct Prepared {
    pub(super) text: String,
    pub(super) addresses: Vec<String>,
}

/// Prepares a body.
pub(super) fn prepare(body: &str) -> Prepared {
    let body: String = body
        .replace("\r\n", "\n")
        .chars()
        .map(|character| match character {
            '\r' | '\u{2028}' | '\u{2029}' => '\n',
            '\0' => '\u{FFFD}',
            private if inline::is_private(private) => '\u{FFFD}',
            other => other,
        })
        .collect();
    let typed: Vec<&str> = body.split('\n').collect();
    let mut writer = Writer::default();
    let mut at = 0;
    while at < typed.len() {
        let line = Line::of(typed[at]);
        let inner = line
            .fence_ticks()
            .and_then(|ticks| fence_end(&typed[at + 1..], ticks));
        if let Some(inner) = inner {
            writer.fence(&line, &typed[at + 1..at + 1 + inner]);
            at += inner + 2;
        } else {
            writer.line(&line);
            at += 1;
        }
    }
    Prepared {
        text: writer.text,
        addresses: writer.addresses,
    }
}

/// How many lines stand before the one that closes a fence; `None` when none does.
fn fence_end(lines: &[&str], ticks: usize) -> Option<usize> {
    lines.iter().position(|line| {
        let line = line.trim();
        line.len() >= ticks && line.bytes().all(|byte| byte == b'`')
    })
}

/// A typed line: how far in it begins, and its words.
struct Line {
    indent: usize,
    words: String,
}

/// What the line before was, as far as it reaches into the next one.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, a blank line, or a block that ends with its line.
    #[default]
    Nothing,
    Text,
    /// Text with a bar in it, which may head a table.
    TextWithBar,
    Item,
    Quote,
    Table,
}

/// An open list item: how far in it was typed, and how far in its content is written.
struct Item {
    indent: usize,
    content: usize,
}

#[derive(Default)]
struct Writer {
    text: String,
    addresses: Vec<String>,
    items: Vec<Item>,
    before: Before,
}

impl Line {
    fn of(typed: &str) -> Self {
        let words = typed.trim_start_matches([' ', '\t']);
        let lead = &typed[..typed.len() - words.len()];
        let indent = lead.chars().fold(0, |column, character| match character {
            '\t' => column / 4 * 4 + 4,
            _ => column + 1,
        });
        Self {
            indent,
            words: words.trim_end_matches([' ', '\t']).to_owned(),
        }
    }

    fn is_blank(&self) -> bool {
        self.words.trim().is_empty()
    }

    /// How many backticks open a code block here.
    fn fence_ticks(&self) -> Option<usize> {
        let after = self.words.trim_start_matches('`');
        let ticks = self.words.len() - after.len();
        (ticks >= 3 && !after.contains('`')).then_some(ticks)
    }

    /// Three or more of `-`, `*` or `_` and nothing else but spaces.
    fn is_rule(&self) -> bool {
        let Some(first) = self
            .words
            .chars()
            .next()
            .filter(|first| "-*_".contains(*first))
        else {
            return false;
        };
        self.words
            .chars()
            .all(|character| character == first || character == ' ')
            && self.words.matches(first).count() >= 3
    }

    /// The line under a table's head: dashes, colons and at least one bar.
    fn is_table_delimiter(&self) -> bool {
        self.words.contains('|')
            && self.words.contains('-')
            && self
                .words
                .chars()
                .all(|character| "|-: ".contains(character))
    }

    /// A list marker and the words after it.
    fn marker(&self) -> Option<(&str, &str)> {
        let end = match self.words.chars().next()? {
            '-' | '*' | '+' => 1,
            // Three digits and more are a year or a code, not the number of an item.
            '0'..='9' => number_end(&self.words).filter(|end| *end <= 3)?,
            _ => return None,
        };
        let (marker, after) = self.words.split_at(end);
        let content = after.trim_start_matches([' ', '\t']);
        (content.len() < after.len() && !content.is_empty()).then_some((marker, content))
    }

    fn begins_at_margin(&self) -> bool {
        self.indent == 0 || self.words.starts_with(LINE_MARKS)
    }
}

impl Writer {
    fn line(&mut self, line: &Line) {
        if line.is_blank() {
            self.text.push('\n');
            self.before = Before::Nothing;
        } else if line.is_rule() {
            self.leave_lists();
            self.part();
            self.text.push_str("***\n\n");
            self.before = Before::Nothing;
        } else if line.words.starts_with('>') {
            self.quote(line);
        } else if let Some((marker, content)) = line
            .marker()
            .filter(|(marker, _)| self.may_begin_item(marker))
        {
            self.item(line.indent, marker, content);
        } else {
            self.words(line);
        }
    }

    /// `CommonMark`'s own rule: only a bullet or `1.` begins a list within a paragraph.
    fn may_begin_item(&self, marker: &str) -> bool {
        let is_in_text = matches!(self.before, Before::Text | Before::TextWithBar);
        !is_in_text || !self.items.is_empty() || ["-", "*", "+", "1.", "1)"].contains(&marker)
    }

    fn item(&mut self, indent: usize, marker: &str, content: &str) {
        if matches!(self.before, Before::Quote | Before::Table) {
            self.part();
        }
        while self
            .items
            .last()
            .is_some_and(|item| indent < item.indent + 2)
        {
            self.items.pop();
        }
        self.items.truncate(LIST_DEPTH_MAX - 1);
        let lead = self.items.last().map_or(0, |item| item.content);
        self.items.push(Item {
            indent,
            content: lead + marker.len() + 1,
        });
        let content = inline::marked(&escaped(content, true), &mut self.addresses);
        self.write(lead, &format!("{marker} {content}"));
        self.before = Before::Item;
    }

    fn quote(&mut self, line: &Line) {
        self.leave_lists();
        if self.before != Before::Quote {
            self.part();
        }
        let inner = line.words.trim_start_matches(['>', ' ']);
        let lead = &line.words[..line.words.len() - inner.len()];
        let depth = lead.matches('>').count().min(QUOTE_DEPTH_MAX);
        let is_marker = Line::of(inner).marker().is_some();
        let inner = self.marked(&escaped(inner, false), is_marker);
        self.write(0, &format!("{} {inner}", ">".repeat(depth)));
        self.before = Before::Quote;
    }

    fn words(&mut self, line: &Line) {
        let has_bar = line.words.contains('|');
        if line.begins_at_margin() {
            self.leave_lists();
        } else if self.before == Before::Nothing {
            while self
                .items
                .last()
                .is_some_and(|item| item.indent >= line.indent)
            {
                self.items.pop();
            }
        }
        if self.before == Before::Quote || (self.before == Before::Table && !has_bar) {
            self.part();
        }
        let is_delimiter = self.before == Before::TextWithBar && line.is_table_delimiter();
        let lead = self.items.last().map_or(0, |item| item.content);
        let words = if is_delimiter {
            line.words.clone()
        } else {
            self.marked(&escaped(&line.words, false), false)
        };
        self.write(lead, &words);
        self.before = match self.before {
            Before::Table => Before::Table,
            _ if is_delimiter => Before::Table,
            _ if has_bar => Before::TextWithBar,
            _ => Before::Text,
        };
    }

    /// A code block, as typed but for the spaces that its fence has before it.
    fn fence(&mut self, opening: &Line, inner: &[&str]) {
        if opening.indent == 0 {
            self.leave_lists();
        }
        if matches!(self.before, Before::Quote | Before::Table) {
            self.part();
        }
        let lead = self.items.last().map_or(0, |item| item.content);
        let ticks = opening.words.len() - opening.words.trim_start_matches('`').len();
        let ticks = "`".repeat(ticks);
        self.write(lead, &ticks);
        for line in inner {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            self.write(lead, &line[spaces.min(opening.indent)..]);
        }
        self.write(lead, &ticks);
        self.before = Before::Nothing;
    }

    fn marked(&mut self, words: &str, is_list: bool) -> String {
        if words.trim_start().starts_with('■') && !is_list {
            inline::marked_bold(words, &mut self.addresses)
        } else {
            inline::marked(words, &mut self.addresses)
        }
    }

    fn leave_lists(&mut self) {
        if !self.items.is_empty() {
            self.items.clear();
            self.part();
        }
    }

    /// Ends the block before, which would reach into the next line otherwise.
    fn part(&mut self) {
        if self.before != Before::Nothing {
            self.text.push('\n');
            self.before = Before::Nothing;
        }
    }

    fn write(&mut self, lead: usize, words: &str) {
        self.text.extend(iter::repeat_n(' ', lead));
        self.text.push_str(words);
        self.text.push('\n');
    }
}

/// The end of `12.` or `12)` at the beginning of words, when a space or nothing follows.
fn number_end(words: &str) -> Option<usize> {
    let digits = words.len()
        - words
            .trim_start_matches(|digit: char| digit.is_ascii_digit())
            .len();
    let after = words[digits..].strip_prefix(['.', ')'])?;
    (digits > 0 && (after.is_empty() || after.starts_with(' '))).then_some(digits + 1)
}

/// Words whose beginning `CommonMark` would take for something else, with a backslash before it.
fn escaped(words: &str, is_item: bool) -> String {
    let all_of = |mark: char| words.chars().all(|character| character == mark);
    let is_marked = all_of('=')
        || all_of('-')
        || all_of('+')
        || all_of('*')
        || words.starts_with("~~~")
        || words.starts_with("```")
        || begins_tag(words)
        || begins_definition(words)
        || (is_item && words.starts_with(['-', '+', '*']) && words[1..].starts_with(' '));
    if is_marked {
        return format!("\\{words}");
    }
    match number_end(words).filter(|end| is_item || *end > 3 || words.len() == *end) {
        Some(end) => format!("{}\\{}", &words[..end - 1], &words[end - 1..]),
        None => words.to_owned(),
    }
}

/// An HTML block would begin here; `<https://…>` and `<name@host>` are links.
fn begins_tag(words: &str) -> bool {
    let Some(inner) = words.strip_prefix('<') else {
        return false;
    };
    let is_address = ["http://", "https://", "mailto:"]
        .iter()
        .any(|start| inner.starts_with(start));
    let is_mail = inner
        .split_once('>')
        .is_some_and(|(name, _)| name.contains('@') && !name.contains([' ', '"', '=']));
    !(is_address || is_mail)
}

/// `[words]:` would define a link and vanish.
fn begins_definition(words: &str) -> bool {
    words.starts_with('[') && words.contains("]:")
}
