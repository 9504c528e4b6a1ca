//! Texts that stand where nobody has written any: of updates, promises, automatic incidents.

use noroshi_domain::{Lifecycle, Locale, standard};

use crate::{labels, msg};

/// How many components a title names before it counts the rest.
const TITLE_NAMES_MAX: usize = 3;

/// The body of an update that was posted without one (English: reference 3.1).
pub fn update_text(lifecycle: Lifecycle, locale: Locale) -> String {
    standard::body(lifecycle, locale).to_owned()
}

/// The body of the reminder some minutes before a maintenance (reference 3.1, 3.5).
pub fn reminder_text(minutes: i64, locale: Locale) -> String {
    standard::reminder(minutes, locale)
}

/// The sentence of a promise to speak by a time, as it is put into a body.
pub fn promise_by(time: &str, locale: Locale) -> String {
    msg::promise_sentence_by(locale, time)
}

/// The sentence of a promise to speak on a condition: `words` is "when the cause is known".
pub fn promise_when(words: &str, locale: Locale) -> String {
    msg::promise_sentence_when(locale, words)
}

/// The sentence of a promise to publish a postmortem.
pub fn promise_postmortem(date: &str, locale: Locale) -> String {
    msg::promise_sentence_postmortem(locale, date)
}

/// The title of an incident that the measurement opened, by the names of its components.
pub fn automatic_title(names: &[&str], locale: Locale) -> String {
    let first = labels::names(names.iter().take(TITLE_NAMES_MAX).copied(), locale);
    match names.len().saturating_sub(TITLE_NAMES_MAX) {
        0 => msg::automatic_title(locale, &first),
        more => msg::automatic_title_many(locale, &first, more as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_texts_are_those_that_clients_have_seen_for_years() {
        let text = |lifecycle| update_text(lifecycle, Locale::En);
        assert_eq!(
            text(Lifecycle::Investigating),
            "We are currently investigating this issue."
        );
        assert_eq!(
            text(Lifecycle::Identified),
            "The issue has been identified and a fix is being implemented."
        );
        assert_eq!(
            text(Lifecycle::Monitoring),
            "A fix has been implemented and we are monitoring the results."
        );
        assert_eq!(
            text(Lifecycle::Resolved),
            "This incident has been resolved."
        );
        assert_eq!(
            text(Lifecycle::InProgress),
            "Scheduled maintenance is currently in progress. We will provide updates as necessary."
        );
        assert_eq!(
            text(Lifecycle::Verifying),
            "Verification is currently underway for the maintenance items."
        );
        assert_eq!(
            text(Lifecycle::Completed),
            "The scheduled maintenance has been completed."
        );
        assert_eq!(
            reminder_text(60, Locale::En),
            "Maintenance will begin as scheduled in 60 minutes."
        );
    }

    #[test]
    fn a_title_names_three_components_and_counts_the_rest() {
        assert_eq!(automatic_title(&["Chat"], Locale::En), "Problems with Chat");
        assert_eq!(
            automatic_title(&["A", "B", "C", "D"], Locale::En),
            "Problems with A, B, C and 1 more component"
        );
        assert_eq!(
            automatic_title(&["チャット", "メール"], Locale::Ja),
            "チャット、メールで問題が発生しています"
        );
    }
}
