//! Every page with every sample: the same bytes each time, escaped, well formed, small, reachable.

use std::collections::HashSet;
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use noroshi_page::html::{STYLE, STYLES, samples, scripts};
use scraper::{Html, Selector};

fn select<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("tests write selectors that parse");
    page.select(&selector).collect()
}

/// An ancestor has the class.
fn inside(element: scraper::ElementRef<'_>, class: &str) -> bool {
    element
        .ancestors()
        .filter_map(scraper::ElementRef::wrap)
        .any(|ancestor| {
            ancestor.value().name() != "body"
                && ancestor.value().classes().any(|word| word == class)
        })
}

fn page(wanted: &str) -> Html {
    let (_, html) = samples::rendered()
        .into_iter()
        .find(|(name, _)| name == wanted)
        .expect("the sample exists");
    Html::parse_document(&html)
}

#[test]
fn the_same_context_gives_the_same_bytes() {
    assert_eq!(samples::rendered(), samples::rendered());
}

#[test]
fn every_tag_is_closed_in_its_place() {
    for (name, html) in samples::rendered() {
        assert_eq!(unclosed(&html), Vec::<String>::new(), "{name}");
    }
}

/// Walks the tags with a stack; returns what does not match.
fn unclosed(html: &str) -> Vec<String> {
    const EMPTY: [&str; 9] = [
        "meta", "link", "br", "img", "input", "hr", "!doctype", "wbr", "source",
    ];
    let mut open: Vec<String> = Vec::new();
    let mut wrong = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else {
            break;
        };
        let tag = &rest[start + 1..start + length];
        rest = &rest[start + length + 1..];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap_or_default();
        if let Some(closed) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(closed) {
                wrong.push(format!("</{closed}>"));
            }
        } else if !tag.ends_with('/') && !EMPTY.contains(&name) {
            open.push(name.to_owned());
            if name == "script" || name == "style" {
                let end = rest.find("</").expect("raw text ends");
                rest = &rest[end..];
            }
        }
    }
    wrong.extend(open);
    wrong
}

#[test]
fn names_cannot_break_out() {
    for (name, html) in samples::rendered() {
        assert!(!html.contains("<script>alert"), "{name}");
        let page = Html::parse_document(&html);
        assert!(select(&page, "img[onerror]").is_empty(), "{name}");
        for script in select(&page, "script") {
            match (script.attr("type"), script.attr("src")) {
                // Text that no browser runs, and what the security policy names by its hash.
                (Some("text/plain"), None) => assert_eq!(script.text().count(), 1, "{name}"),
                (None, None) => {
                    let text: String = script.text().collect();
                    assert_eq!(text, scripts::theme(), "{name}");
                }
                (kind, address) => {
                    assert_eq!(kind, Some("module"), "{name}");
                    assert_eq!(address, Some(scripts::page_path()), "{name}");
                    assert_eq!(script.inner_html(), "", "{name}");
                }
            }
        }
    }
}

#[test]
fn nothing_needs_inline_style_or_script() {
    for (name, html) in samples::rendered() {
        let page = Html::parse_document(&html);
        for element in select(&page, "*") {
            for (attribute, _) in element.value().attrs() {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {attribute}"
                );
            }
        }
        for style in select(&page, "style") {
            let text: String = style.text().collect();
            assert!(
                STYLES.contains(&text.as_str()),
                "{name}: the policy does not name this style"
            );
        }
    }
}

#[test]
fn ids_are_unique_and_labels_point_at_them() {
    for (name, html) in samples::rendered() {
        let page = Html::parse_document(&html);
        let mut ids = HashSet::new();
        for element in select(&page, "[id]") {
            let id = element.attr("id").expect("selected by it");
            assert!(ids.insert(id.to_owned()), "{name}: {id} twice");
        }
        for element in select(&page, "[aria-labelledby]") {
            let id = element.attr("aria-labelledby").expect("selected by it");
            assert!(ids.contains(id), "{name}: {id} is missing");
        }
        for element in select(&page, "a[href^='#'], use") {
            let id = element
                .attr("href")
                .expect("selected by it")
                .trim_start_matches('#');
            assert!(
                ids.contains(id) || id.starts_with("d20"),
                "{name}: {id} is missing"
            );
        }
    }
}

#[test]
fn a_page_has_one_first_heading_and_skips_no_level() {
    for (name, html) in samples::rendered() {
        let page = Html::parse_document(&html);
        let levels: Vec<u8> = select(&page, "h1, h2, h3, h4, h5, h6, [role=heading]")
            .into_iter()
            // What operators write begins at a level of their own.
            .filter(|heading| !inside(*heading, "body"))
            .map(|heading| {
                let level = heading
                    .attr("aria-level")
                    .unwrap_or(&heading.value().name()[1..]);
                level.parse().expect("a level is a digit")
            })
            .collect();
        assert_eq!(levels.first(), Some(&1), "{name}: {levels:?}");
        assert!(!levels[1..].contains(&1), "{name}: {levels:?}");
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "{name}: {levels:?}");
        }
    }
}

#[test]
fn the_dark_theme_is_the_same_whether_chosen_or_preferred() {
    let after = |start: &str| {
        let (_, rest) = STYLE.split_once(start).expect("the style sheet has it");
        rest.split_once('}').expect("a rule ends").0.to_owned()
    };
    let preferred = after("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){");
    assert_eq!(
        preferred,
        after(":root[data-theme=dark]{color-scheme:dark;")
    );
    assert!(preferred.contains("--bg:"), "{preferred}");
    let count = STYLES.join("").matches("prefers-color-scheme").count();
    assert_eq!(count, 1, "a rule that the switch of themes does not know");
}

#[test]
fn the_front_page_is_at_most_20_kilobytes_on_the_wire() {
    for (name, html) in samples::rendered() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(html.as_bytes()).expect("memory takes it");
        let size = encoder.finish().expect("memory takes it").len();
        assert!(size <= 20_000, "{name}: {size} bytes");
    }
}

#[test]
fn the_front_page_has_the_names_that_scrapers_know() {
    let page = page("front-ok.en");
    for selector in [
        "body.status.index.status-none > .layout-content.status.status-index",
        "meta[name=issued][content='1794981432']",
        "link[rel=alternate][type='application/atom+xml']",
        "link[rel=alternate][type='application/rss+xml']",
        ".masthead-container.basic > .masthead.no-logo > .page-name.font-largest",
        ".updates-dropdown-container > .updates-dropdown > .updates-dropdown-section.atom",
        ".page-status.status-none > span.status.font-large",
        ".page-status > span.last-updated-stamp.font-small var[data-var=date]",
        ".components-section.font-regular .components-uptime-link.history-footer-link",
        ".components-container.one-column > .component-container.border-color.is-group.open",
        ".component-inner-container[data-js-hook=component-group-opener] span.name > span.fa",
        ".child-components-container > .component-inner-container.status-green.showcased",
        ".component-inner-container[data-component-id][data-component-status=operational]",
        ".component-inner-container span.tooltip-base.tool[title]",
        ".component-inner-container span.tool.icon-indicator.fa.fa-check",
        ".shared-partial.uptime-90-days-wrapper svg[viewBox='0 0 448 34'][height='34']",
        ".legend > .legend-item.light.legend-item-date-range > span",
        ".legend-item-uptime-value span#uptime-percent-t1zq9m7xw4kf > var[data-var=uptime-percent]",
        ".scheduled-maintenance > .incident-title.font-large.border-color small[data-unix-time]",
        ".incidents-list.format-expanded > #past-incidents",
        ".status-day.no-incidents > .date.border-color.font-large",
        ".incident-container > .incident-title.impact-major.font-large > a",
        ".incident-container > .updates-container > .update.font-regular.postmortem > a",
        ".page-footer.border-color.font-small > a.history-footer-link[href='/en/history']",
    ] {
        assert!(!select(&page, selector).is_empty(), "{selector}");
    }
    assert_eq!(select(&page, ".incidents-list > .status-day").len(), 15);
    let bars = "svg#uptime-component-t1zq9m7xw4kf.availability-time-line-graphic > \
                rect.uptime-day.component-t1zq9m7xw4kf[width='3'][height='34'][fill^='#']";
    let bars = select(&page, bars);
    assert_eq!(bars.len(), 90);
    assert_eq!(bars[89].attr("x"), Some("445"));
    assert!(
        bars[89]
            .attr("class")
            .is_some_and(|class| class.contains("day-89 "))
    );
}

#[test]
fn an_open_incident_stands_in_the_place_of_the_banner() {
    let page = page("front-incident.en");
    assert!(select(&page, ".page-status").is_empty());
    for selector in [
        "body.status-minor",
        ".unresolved-incidents > .unresolved-incident.impact-major > .incident-title.font-large",
        ".incident-title a.actual-title.with-ellipsis[href='/en/incidents/c4qx7h2mzk9v']",
        ".unresolved-incident .updates.font-regular > .update > strong",
        ".unresolved-incident .updates .update > small",
        ".unresolved-incident a.subscribe",
    ] {
        assert!(!select(&page, selector).is_empty(), "{selector}");
    }
}

#[test]
fn what_is_not_measured_is_never_green() {
    let page = page("front-unknown.en");
    for element in select(&page, ".component-status.unk, .icon-indicator.unk") {
        let classes = element.value().attr("class").unwrap_or_default();
        assert!(!classes.split(' ').any(|class| class == "ok"), "{classes}");
    }
    assert!(select(&page, ".lead.ok").is_empty());
    assert!(!select(&page, ".component-inner-container.status-grey").is_empty());
}

#[test]
fn days_that_are_not_drawn_can_not_be_reached() {
    let page = page("front-ok.en");
    let slots = select(&page, "[data-component-id=d8rlc3vpd5nh] .days > *");
    assert_eq!(slots.len(), 90, "one over each column");
    for rule in [
        ".n90,.days>:nth-child(-n+30){display:none}",
        ".n60,.days>:nth-child(-n+60){display:none}",
    ] {
        assert!(STYLE.contains(rule), "{rule}");
    }
}

#[test]
fn a_day_tells_its_date_what_was_and_what_is_related() {
    let page = page("front-ok.en");
    let days = "[data-component-id=d8rlc3vpd5nh] .days > *";
    let troubled = select(&page, &format!("{days} > button"));
    assert_eq!(troubled.len(), 6, "only these are steps of the keyboard");
    for button in troubled {
        let label = button.attr("aria-label").unwrap_or_default();
        let slot = scraper::ElementRef::wrap(button.parent().expect("it stands in its day"));
        let slot = slot.expect("a day is an element");
        let box_of = |selector: &str| -> String {
            let selector = Selector::parse(selector).expect("it parses");
            slot.select(&selector)
                .flat_map(|one| one.text())
                .collect::<String>()
        };
        assert!(
            label.starts_with(&box_of(".tooltip-box > .date")),
            "{label}"
        );
        assert!(label.contains(&box_of(".tooltip-box > .st")), "{label}");
        assert!(!box_of(".related-events a[href^='/en/incidents/']").is_empty());
    }
    let calm = select(
        &page,
        &format!("{days}[tabindex='-1'] > .tooltip-box > .date"),
    );
    assert_eq!(calm.len(), 84);
}

#[test]
fn the_incident_page_has_the_names_that_scrapers_know() {
    let page = page("incident-resolved.en");
    for selector in [
        ".layout-content.status.status-incident .container",
        ".page-title > h1.color-primary.incident-name.whitespace-pre-wrap.impact-major",
        ".page-title > .font-largest.color-secondary.subheader",
        ".incident-updates-container > .row.update-row > h2.update-title.span3.font-large",
        ".update-container.span9 > .update-body.font-regular > span.whitespace-pre-wrap",
        ".update-timestamp.font-small.color-secondary > span.ago[data-datetime-unix]",
        ".components-affected.font-small.color-secondary.border-color",
        "#postmortem",
    ] {
        assert!(!select(&page, selector).is_empty(), "{selector}");
    }
}

#[test]
fn the_history_carries_the_json_that_scrapers_read() {
    let page = page("history-months.en");
    let element = select(
        &page,
        "div[data-react-class=HistoryIndex][data-react-props]",
    );
    let props = element[0].attr("data-react-props").expect("selected by it");
    assert!(props.starts_with("{\"months\":") && props.contains("<script>alert"));
    for selector in [
        ".layout-content.status.status-full-history",
        ".months-container > .month > .month-title",
        ".month .incident-container > .incident-data > .incident-title.impact-major",
        ".incident-data > .incident-body",
        ".incident-data .secondary",
    ] {
        assert!(!select(&page, selector).is_empty(), "{selector}");
    }
}

#[test]
fn the_uptime_figures_are_there_as_text_that_no_browser_runs() {
    let page = page("front-ok.en");
    let script = select(&page, "script.uptime-data[type='text/plain']");
    let text: String = script[0].text().collect();
    assert!(text.starts_with("window.uptimeData = {"));
    assert!(text.contains("uptimeValues = [{"));
}
