//! Search in the history, as a reader asks for it.

use noroshi_domain::Command;
use noroshi_page::RESULTS_A_PAGE;

use crate::record::{Estate, incident};

fn ask(estate: &Estate, query: &str) -> String {
    let answer = estate.get(&format!("/en/history?{query}"));
    assert_eq!(answer.status, 200, "{query}");
    answer.text()
}

fn titles(page: &str) -> usize {
    page.matches("<h3 class=\"incident-title").count()
}

/// "Search of 応答遅延" on `web`, beside the estate's own incident on `api`.
fn with_another() -> Estate {
    let mut estate = Estate::new();
    estate.run(Command::OpenIncident(Box::new(incident(
        "inc2",
        "公開ＡＰＩの応答遅延",
        "**データベース**の再起動を<b>行い</b>ました。",
        "web",
    ))));
    estate.publish();
    estate
}

#[test]
fn words_are_found_without_blanks_and_marked_where_they_stand() {
    let estate = with_another();
    // 遅延 within a word; api in another width and case; ﾃﾞｰﾀ in half width.
    let page = ask(&estate, "q=%E9%81%85%E5%BB%B6+api");
    assert_eq!(titles(&page), 1);
    assert!(
        page.contains("公開<mark>ＡＰＩ</mark>の応答<mark>遅延</mark>"),
        "{page}"
    );
    let page = ask(&estate, "q=%EF%BE%83%EF%BE%9E%EF%BD%B0%EF%BE%80");
    assert_eq!(titles(&page), 1);
    assert!(page.contains("<mark>データ</mark>ベース"), "{page}");
    assert!(!page.contains("<b>行い</b>"), "what was typed stays text");
    assert!(page.contains("<strong>Investigating</strong> - "));
}

#[test]
fn words_component_impact_and_month_are_asked_for_together() {
    let estate = with_another();
    let words = "q=%E6%97%A5%E6%9C%AC%E8%AA%9E";
    for (filter, count) in [
        ("", 2),
        ("&component=web", 1),
        ("&component=web&impact=critical", 0),
        ("&month=2026-03", 2),
        ("&month=2026-02", 0),
        ("&month=soon", 0),
        ("&component=api&month=2026-03", 1),
        ("&component=api&month=&impact=", 1),
    ] {
        let page = ask(&estate, &format!("{words}{filter}"));
        assert_eq!(titles(&page), count, "{filter}");
        assert_eq!(page.contains("Try fewer words"), count == 0, "{filter}");
        assert!(page.contains("value=\"日本語\""), "the words are kept");
    }
    let page = ask(&estate, &format!("{words}&month=2026-03&component=web"));
    assert!(page.contains("name=\"month\" value=\"2026-03\""));
    assert!(page.contains("<option value=\"web\" selected>"));
    // A month without words is that month.
    assert!(ask(&estate, "month=2026-03&q=").contains("March 2026"));
}

#[test]
fn many_results_stand_on_pages_that_follow_each_other() {
    let mut estate = Estate::new();
    for number in 0..=RESULTS_A_PAGE {
        let one = incident(&format!("many{number}"), "A quagga stands", "Told.", "web");
        estate.run(Command::OpenIncident(Box::new(one)));
    }
    estate.publish();
    let first = ask(&estate, "q=quagga&component=web");
    assert_eq!(titles(&first), RESULTS_A_PAGE);
    assert!(first.contains("1 to 20 of 21"), "{first}");
    let next = "/en/history?q=quagga&#38;component=web&#38;page=2";
    assert!(first.contains(next), "{first}");
    let second = ask(&estate, "q=quagga&component=web&page=2");
    assert_eq!(titles(&second), 1);
    assert!(second.contains("21 to 21 of 21"));
    for beyond in ["3", "0", "-1", "99999999999999999999"] {
        let answer = estate.get(&format!("/history?q=quagga&page={beyond}"));
        let expected = if beyond.len() > 5 { 200 } else { 404 };
        assert_eq!(answer.status, expected, "{beyond}");
    }
}
