//! The plain text of a mail.

use std::fmt::Write;

use crate::message::{Link, Message};

/// What stands between the message and what is said about it.
const RULE: &str = "-- ";

pub(super) fn write(message: &Message) -> String {
    let mut text = String::new();
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    if message.state.is_empty() {
        line(&message.title);
    } else {
        line(&message.state);
        line(&message.title);
    }
    line(&message.at_words);
    for section in &message.sections {
        line("");
        if let Some(label) = &section.label {
            line(&format!("■ {label}"));
        }
        line(&section.text);
    }
    if !message.parts.is_empty() {
        line("");
        line(&format!("■ {}", message.parts_label));
        for part in &message.parts {
            line(&format!("- {}: {}", part.name, part.status_words));
        }
    }
    if let Some(action) = &message.action {
        line("");
        line(&worded(action));
    }
    line("");
    line(RULE);
    line(&message.footer);
    for link in [&message.manage, &message.leave].into_iter().flatten() {
        line(&worded(link));
    }
    text
}

fn worded(link: &Link) -> String {
    let mut text = String::new();
    let _ = write!(text, "{}\n{}", link.label, link.url);
    text
}
