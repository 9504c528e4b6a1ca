//! The HTML of a mail: one column, no image, nothing loaded from anywhere; light and dark.

use std::fmt::Write;

use noroshi_domain::{Locale, Status};

use crate::message::{Link, Message};

const STYLE: &str = "\
body{margin:0;padding:0;background:#f4f5f7;color:#1b1f24;line-height:1.6}\
.page{max-width:600px;margin:0 auto;padding:24px 16px}\
.card{background:#ffffff;border-radius:8px;overflow:hidden;border:1px solid #dde1e6}\
.state{padding:10px 24px;color:#ffffff;font-weight:700}\
.body{padding:20px 24px 24px}\
h1{font-size:21px;line-height:1.35;margin:0 0 4px}\
h2{font-size:15px;line-height:1.4;margin:20px 0 4px}\
p,ul,ol{margin:0 0 12px}\
.at,.small{color:#5b6472;font-size:14px}\
.ask{border:2px solid #1b1f24;border-radius:6px;padding:12px 16px 4px;margin:20px 0}\
.ask h2{margin-top:0}\
.parts{list-style:none;padding:0}\
.parts li{padding:4px 0;border-top:1px solid #e6e9ed}\
.go{display:inline-block;margin-top:8px;padding:11px 20px;border-radius:6px;background:#1b4f8f;\
color:#ffffff;font-weight:700;text-decoration:none}\
.small{padding:16px 8px}\
a{color:#1b4f8f}\
@media (prefers-color-scheme:dark){\
body{background:#14171b;color:#e8eaed}\
.card{background:#1d2126;border-color:#343a42}\
.at,.small{color:#a9b1bb}\
.ask{border-color:#e8eaed}\
.parts li{border-color:#343a42}\
.go{background:#8ab8f0;color:#0e1216}\
a{color:#8ab8f0}\
}";

pub(super) fn write(message: &Message) -> String {
    let (lang, fonts) = match message.locale {
        Locale::En => (
            "en",
            "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
        ),
        Locale::Ja => (
            "ja",
            "-apple-system,'Hiragino Sans','Yu Gothic UI','Noto Sans JP',Meiryo,sans-serif",
        ),
    };
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{subject}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body style=\"font-family:{fonts};font-size:16px\">\n<div class=\"page\">\n\
         <div class=\"card\">\n",
        subject = escape(&message.subject),
    );
    if !message.state.is_empty() {
        let colour = message.level.colour();
        let state = escape(&message.state);
        put(
            &mut html,
            &format!("<div class=\"state\" style=\"background:{colour}\">{state}</div>"),
        );
    }
    put(&mut html, "<div class=\"body\">");
    put(&mut html, &format!("<h1>{}</h1>", escape(&message.title)));
    let at = escape(&message.at_words);
    put(&mut html, &format!("<p class=\"at\">{at}</p>"));
    body(&mut html, message);
    put(&mut html, "</div>\n</div>");
    foot(&mut html, message);
    html.push_str("</div>\n</body>\n</html>\n");
    html
}

fn body(html: &mut String, message: &Message) {
    for section in &message.sections {
        let label = section.label.as_ref();
        let label = label.map(|label| format!("<h2>{}</h2>", escape(label)));
        let label = label.unwrap_or_default();
        let own = &section.html;
        let block = if section.is_action && !label.is_empty() {
            format!("<div class=\"ask\">{label}{own}</div>")
        } else {
            format!("{label}{own}")
        };
        put(html, &block);
    }
    if !message.parts.is_empty() {
        let label = escape(&message.parts_label);
        put(html, &format!("<h2>{label}</h2>\n<ul class=\"parts\">"));
        for part in &message.parts {
            let (mark, name) = (mark(part.status), escape(&part.name));
            let words = escape(&part.status_words);
            put(html, &format!("<li>{mark} {name}: {words}</li>"));
        }
        put(html, "</ul>");
    }
    if let Some(Link { label, url }) = &message.action {
        let (label, url) = (escape(label), escape(url));
        put(
            html,
            &format!("<p><a class=\"go\" href=\"{url}\">{label}</a></p>"),
        );
        // Whoever can not press it can copy it.
        put(html, &format!("<p class=\"at\">{url}</p>"));
    }
}

fn foot(html: &mut String, message: &Message) {
    let links = [&message.manage, &message.leave].into_iter().flatten();
    let links: Vec<String> = links
        .map(|link| {
            let (label, url) = (escape(&link.label), escape(&link.url));
            format!("<a href=\"{url}\">{label}</a>")
        })
        .collect();
    let footer = escape(&message.footer);
    let links = links.join(" · ");
    put(html, &format!("<p class=\"small\">{footer}<br>{links}</p>"));
}

fn put(html: &mut String, text: &str) {
    let _ = writeln!(html, "{text}");
}

/// A status is never told by colour alone.
const fn mark(status: Status) -> &'static str {
    match status {
        Status::Operational => "✓",
        Status::Unknown => "?",
        Status::UnderMaintenance => "⚙",
        Status::DegradedPerformance => "◔",
        Status::PartialOutage => "◑",
        Status::MajorOutage => "✕",
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
