//! What services' shapes of a message have in common.

use crate::message::{Link, Message, Section};

/// What ends a text that was cut.
const CUT: char = '…';

/// A line over the message: `Investigating: Tickets do not load`.
pub(crate) fn headline(message: &Message) -> String {
    if message.state.is_empty() {
        message.title.clone()
    } else {
        format!("{}: {}", message.state, message.title)
    }
}

/// The sections, first those that ask the reader to do something.
pub(crate) fn sections(message: &Message) -> impl Iterator<Item = &Section> {
    let all = || message.sections.iter();
    let actions = all().filter(|own| own.is_action);
    actions.chain(all().filter(|own| !own.is_action))
}

/// The links: to the whole story, and how to change or end what one is told.
pub(crate) fn links(message: &Message) -> impl Iterator<Item = &Link> {
    let links = [&message.action, &message.manage, &message.leave];
    links.into_iter().flatten()
}

/// The label over a section with its text under it.
pub(crate) fn labelled(section: &Section) -> String {
    match &section.label {
        Some(label) => format!("{label}\n{}", section.text),
        None => section.text.clone(),
    }
}

/// The systems with how they are, a line each.
pub(crate) fn parts(message: &Message) -> Vec<String> {
    let parts = message.parts.iter();
    parts
        .map(|part| format!("{}: {}", part.name, part.status_words))
        .collect()
}

/// All of it as plain text, without its headline and its links.
pub(crate) fn body(message: &Message) -> String {
    let mut blocks: Vec<String> = sections(message).map(labelled).collect();
    if !message.parts.is_empty() {
        let lines = parts(message).join("\n");
        blocks.push(format!("{}\n{lines}", message.parts_label));
    }
    blocks.push(message.at_words.clone());
    blocks.join("\n\n")
}

/// How long a text is, as services count characters at worst: in UTF-16 units.
pub(crate) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A text of at most so many characters: what is cut off is said to be.
pub(crate) fn cut(text: &str, most: usize) -> String {
    cut_by(text, most, char::len_utf16)
}

/// A text whose letters cost at most so much together. Reads no further than that.
pub(crate) fn cut_by(text: &str, most: usize, cost: impl Fn(char) -> usize) -> String {
    let mark = cost(CUT);
    let (mut spent, mut kept) = (0, None);
    for (at, letter) in text.char_indices() {
        if spent + mark <= most {
            kept = Some(at);
        }
        spent += cost(letter);
        if spent > most {
            return kept.map_or_else(String::new, |end| format!("{}{CUT}", &text[..end]));
        }
    }
    text.to_owned()
}

/// How many bytes a letter needs in a JSON text.
pub(crate) const fn json_bytes(letter: char) -> usize {
    match letter {
        '"' | '\\' | '\n' => 2,
        '\0'..='\u{1f}' => r"\u0000".len(),
        _ => letter.len_utf8(),
    }
}

/// A letter in HTML or in Slack's own markup.
const fn entity(letter: char) -> Option<&'static str> {
    match letter {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

/// A text in HTML or in Slack's own markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The same, cut so that its escaped form is at most so long.
pub(crate) fn escaped_cut(text: &str, most: usize) -> String {
    let cost = |letter: char| entity(letter).map_or(letter.len_utf16(), str::len);
    escaped(&cut_by(text, most, cost))
}

/// The same, cut so that its escaped form, its lines as `<br>`, is at most so many bytes of JSON.
pub(crate) fn broken_cut(text: &str, most: usize) -> String {
    let cost = |letter: char| match letter {
        '\n' => "<br>".len(),
        _ => entity(letter).map_or(json_bytes(letter), str::len),
    };
    escaped(&cut_by(text, most, cost)).replace('\n', "<br>")
}

/// A link in HTML, its label at most so long.
pub(crate) fn anchor(link: &Link, most: usize) -> String {
    let url = escaped(&link.url).replace('"', "&quot;");
    format!("<a href=\"{url}\">{}</a>", escaped_cut(&link.label, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_letters_and_says_so() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("🔥🔥🔥", 5), "🔥🔥…");
        assert_eq!(cut("🔥🔥🔥", 4), "🔥…");
        assert_eq!(cut("abc", 1), "…");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(cut("", 0), "");
    }

    #[test]
    fn no_entity_is_cut_in_two() {
        assert_eq!(escaped_cut("a&b", 7), "a&amp;b");
        assert_eq!(escaped_cut("a&b", 6), "a…");
        assert_eq!(broken_cut("a\nb\nc", 9), "a<br>b…");
    }

    #[test]
    fn letters_need_what_json_makes_of_them() {
        for letter in ['a', 'é', 'あ', '🔥', '"', '\\', '\n', '\u{1}', '\u{7f}'] {
            let written = serde_json::Value::from(letter.to_string()).to_string();
            assert!(json_bytes(letter) >= written.len() - 2, "{letter:?}");
        }
    }
}
