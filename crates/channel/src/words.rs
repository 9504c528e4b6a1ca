//! What services' shapes of a message have in common.

use crate::message::{Message, Section};

/// A line over the message: `Investigating: Tickets do not load`.
pub(crate) fn headline(message: &Message) -> String {
    if message.state.is_empty() {
        message.title.clone()
    } else {
        format!("{}: {}", message.state, message.title)
    }
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
    let mut blocks: Vec<String> = message.sections.iter().map(labelled).collect();
    if !message.parts.is_empty() {
        let lines = parts(message).join("\n");
        blocks.push(format!("{}\n{lines}", message.parts_label));
    }
    blocks.push(message.at_words.clone());
    blocks.join("\n\n")
}

/// A text of at most so many characters: what is cut off is said to be.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    if most == 0 {
        return String::new();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}

/// A text in HTML or in Slack's own markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The same, cut so that its escaped form is at most so long.
pub(crate) fn escaped_cut(text: &str, most: usize) -> String {
    let length = |letter: char| match letter {
        '&' => "&amp;".len(),
        '<' | '>' => "&lt;".len(),
        _ => 1,
    };
    if text.chars().map(length).sum::<usize>() <= most {
        return escaped(text);
    }
    let mut room = most.saturating_sub(1);
    let fits = |letter: &char| {
        let is_room = length(*letter) <= room;
        room = room.saturating_sub(length(*letter));
        is_room
    };
    let kept: String = text.chars().take_while(fits).collect();
    if most == 0 {
        return String::new();
    }
    format!("{}…", escaped(&kept))
}
