//! What a search of the history found: titles and the places of the words, page by page.

use noroshi_domain::{Impact, Locale, Texts};
use noroshi_text::{labels, markdown, msg};

use crate::found::Wanted;
use crate::frame::Frame;
use crate::history::{Filter, Listing, filter_query, filters, matching, with_query};
use crate::html::{self, FoundIncident, History, Results};
use crate::telling;
use crate::view::{Told, View};
use crate::words;

/// How many incidents stand on a page of results.
pub const RESULTS_A_PAGE: usize = 20;

/// What was searched.
#[derive(Debug, Clone, Copy)]
pub struct Search<'b> {
    /// The words.
    pub words: &'b str,
    /// From 1.
    pub page_number: i64,
}

/// `/history?q=WORDS`: what a search found, the latest first; `None` beyond its last page.
pub fn history_search(
    view: &View<'_>,
    search: Search<'_>,
    listing: Listing<'_>,
    locale: Locale,
) -> Option<Vec<u8>> {
    let frame = Frame::new(view, locale);
    let found = matching(&frame, listing);
    let skipped = usize::try_from(search.page_number - 1).ok()?;
    let skipped = skipped.checked_mul(RESULTS_A_PAGE)?;
    if skipped > 0 && skipped >= found.len() {
        return None;
    }
    let wanted = Wanted::of(search.words);
    let shown: Vec<FoundIncident> = found
        .iter()
        .skip(skipped)
        .take(RESULTS_A_PAGE)
        .map(|told| line(&frame, told, &wanted))
        .collect();
    let last = skipped + shown.len();
    let heading = msg::search_title(locale, search.words);
    let link = |number: i64, label: String| {
        let mut parts = vec![format!("q={}", encoded(search.words))];
        parts.extend(filter_query(listing.filter));
        if number > 1 {
            parts.push(format!("page={number}"));
        }
        frame.link(&with_query("/history", &parts), &label)
    };
    let newer = (skipped > 0).then(|| link(search.page_number - 1, msg::previous_page(locale)));
    let older = (last < found.len()).then(|| link(search.page_number + 1, msg::next_page(locale)));
    let [first_told, last_told, total_told] =
        [skipped + 1, last, found.len()].map(|number| number.to_string());
    let range = msg::search_range(locale, &first_told, &last_told, &total_told);
    let context = History {
        shell: frame.nowhere(&heading),
        back: frame.back(),
        heading: msg::incident_history(locale),
        sections: frame.sections(false),
        sections_label: msg::pages(locale),
        filters: searched(&frame, search.words, listing.filter),
        months: Vec::new(),
        results: Some(Results {
            heading: msg::search_results(locale, found.len() as i64, search.words),
            incidents: shown,
            empty: msg::search_nothing(locale, search.words),
            hint: msg::search_hint(locale),
        }),
        range,
        pager_label: msg::pages(locale),
        newer,
        older,
        props: String::new(),
    };
    Some(html::render(&context).into_bytes())
}

fn searched(frame: &Frame<'_, '_>, words: &str, filter: &Filter) -> html::Filters {
    html::Filters {
        query: words.to_owned(),
        clear: Some(frame.link("/history", &msg::filter_clear(frame.locale))),
        ..filters(frame, filter)
    }
}

fn line(frame: &Frame<'_, '_>, told: &Told<'_>, wanted: &Wanted) -> FoundIncident {
    let (view, locale) = (frame.view, frame.locale);
    let incident = told.incident;
    let title = words::pick(view, &incident.name, locale);
    let impact: Impact = incident.shown_impact();
    let (place, excerpt, lang) = excerpt(frame, told, wanted);
    FoundIncident {
        href: frame.addresses.incident(&incident.id),
        title: wanted.marked(title.text),
        lang: title.lang,
        impact: words::impact_level(impact),
        impact_words: words::impact_told(impact, locale),
        when: telling::window(frame, told),
        components: telling::names(frame, told),
        place,
        excerpt,
        excerpt_lang: lang,
    }
}

/// The text that holds most of the words: what it is, the place in it, and its language where that
/// is not the reader's.
fn excerpt(
    frame: &Frame<'_, '_>,
    told: &Told<'_>,
    wanted: &Wanted,
) -> (String, Vec<html::Part>, Option<String>) {
    let locale = frame.locale;
    let mut best: Option<(usize, String, Locale, String)> = None;
    for (label, texts) in texts_of(frame, told) {
        // The reader's own language first: of equals the first is kept.
        let own = texts.get(locale).map(|text| (locale, text));
        let others = texts.iter().filter(|(other, _)| *other != locale);
        for (language, text) in own.into_iter().chain(others) {
            let text = markdown::plain(text).replace('\n', " ");
            let count = wanted.count_in(&text);
            if best.as_ref().is_none_or(|(most, ..)| count > *most) {
                best = Some((count, label.clone(), language, text));
            }
        }
    }
    match best {
        Some((_, label, language, text)) => {
            let lang = (language != locale).then(|| language.as_str().to_owned());
            (label, wanted.excerpt(&text), lang)
        }
        None => (String::new(), Vec::new(), None),
    }
}

/// What readers are told of an incident beside its title: updates, report, what to know.
fn texts_of<'b>(frame: &Frame<'_, '_>, told: &'b Told<'_>) -> Vec<(String, &'b Texts)> {
    let locale = frame.locale;
    let incident = told.incident;
    let mut texts: Vec<(String, &Texts)> = told
        .updates
        .iter()
        .map(|update| {
            let label = labels::update(update.fact.lifecycle, update.before, locale);
            (label, &update.fact.body)
        })
        .collect();
    if let Some(report) = &incident.postmortem {
        texts.push((msg::postmortem(locale), &report.body));
    }
    texts.push((msg::who_is_affected(locale), &incident.who_is_affected));
    texts.push((msg::how_to_check(locale), &incident.how_to_check));
    texts.push((msg::what_to_do_now(locale), &incident.what_to_do));
    texts.retain(|(_, texts)| !texts.is_empty());
    texts
}

/// A text as the value of a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].map(|digit| {
                char::from_digit(u32::from(digit), 16)
                    .expect("four bits are one digit")
                    .to_ascii_uppercase()
            }));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_an_address_as_forms_write_them() {
        assert_eq!(encoded("障害 a&b=c"), "%E9%9A%9C%E5%AE%B3%20a%26b%3Dc");
    }
}
