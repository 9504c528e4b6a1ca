//! Texts that stand where nobody has written any: of updates, promises, automatic incidents.

use noroshi_domain::{
    Instant, Lifecycle, Locale, NewPromise, POSTMORTEM_WORKING_DAYS, Page, Texts, Zone,
    end_of_working_day_after, standard,
};

use crate::{dates, labels, msg};

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

/// A time as a sentence written at `now` says it: the clock alone where it is the same day.
pub fn time_of(at: Instant, now: Instant, zone: &Zone, locale: Locale) -> String {
    if zone.date_of(at) == zone.date_of(now) {
        dates::clock_with_zone(at.timestamp(), zone.time_zone(), locale)
    } else {
        dates::moment(at.timestamp(), zone.time_zone(), locale)
    }
}

/// What an update says, with the sentences of what it promises put after it in each of its
/// locales. A body without words is the standard one of its lifecycle status.
///
/// `ended_at` is when the incident was resolved, or is by this update.
pub fn promising(
    page: &Page,
    (lifecycle, body): (Lifecycle, Texts),
    promises: &[NewPromise],
    (ended_at, now): (Option<Instant>, Instant),
) -> Texts {
    if promises.is_empty() {
        return body;
    }
    let body = if body.is_empty() {
        standard::texts(page, lifecycle)
    } else {
        body
    };
    body.iter()
        .map(|(locale, text)| {
            let sentences: Vec<String> = promises
                .iter()
                .map(|promise| sentence(page, promise, locale, (ended_at, now)))
                .collect();
            let between = match locale {
                Locale::En => " ",
                Locale::Ja => "",
            };
            (locale, format!("{text}\n\n{}", sentences.join(between)))
        })
        .collect()
}

fn sentence(
    page: &Page,
    promise: &NewPromise,
    locale: Locale,
    (ended_at, now): (Option<Instant>, Instant),
) -> String {
    let by = |at| promise_by(&time_of(at, now, &page.zone, locale), locale);
    match promise {
        NewPromise::By(at) => by(*at),
        NewPromise::WithinS(seconds) => by(now.plus_seconds(*seconds)),
        NewPromise::When(words) => promise_when(words.pick(locale, page.default_locale).0, locale),
        NewPromise::Postmortem(Some(day)) => promise_postmortem(&dates::date(*day, locale), locale),
        NewPromise::Postmortem(None) => match ended_at {
            Some(ended_at) => {
                let due_at =
                    end_of_working_day_after(&page.zone, ended_at, POSTMORTEM_WORKING_DAYS);
                // The end of a day is the first instant of the next.
                let day = page.zone.date_of(due_at.plus_us(-1));
                promise_postmortem(&dates::date(day, locale), locale)
            }
            None => msg::promise_sentence_postmortem_undated(locale),
        },
    }
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
            "Problems with A, B, C and 1 more system"
        );
        assert_eq!(
            automatic_title(&["チャット", "メール"], Locale::Ja),
            "チャット、メールで問題が発生しています"
        );
    }
}
