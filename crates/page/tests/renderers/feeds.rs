//! Feeds as feed readers read them.

use noroshi_domain::{Announcement, AnnouncementId, Fact, Locale, Texts};
use noroshi_page::{View, feeds};

use crate::sketch::{LARKSPUR_NOW, at, larkspur, put};

#[test]
fn atom_is_read_back_with_its_entries_newest_first() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let bytes = feeds::atom(&view, &records, Locale::En);
    let feed = feed_rs::parser::parse(&bytes[..]).unwrap();
    assert_eq!(feed.id, "tag:status.larkspur.example,2005:/history");
    assert_eq!(
        feed.title.unwrap().content,
        "Larkspur Transit Status - Incident History"
    );
    assert_eq!(feed.entries.len(), 4);
    let open = &feed.entries[1];
    let number = u128::from_str_radix("hq8d2z6wv1xn", 36).unwrap();
    assert_eq!(
        open.id,
        format!("tag:status.larkspur.example,2005:Incident/{number}")
    );
    assert_eq!(
        open.title.as_ref().unwrap().content,
        "Some mobile tickets fail to load"
    );
    assert_eq!(
        open.links[0].href,
        "https://status.larkspur.example/incidents/hq8d2z6wv1xn"
    );
    let content = open.content.as_ref().unwrap().body.as_ref().unwrap();
    assert!(content.starts_with(
        "<p><small>Mar 4, 09:41 UTC</small><br><strong>Identified</strong> - A storage node"
    ));
    let planned = feed.entries[0]
        .content
        .as_ref()
        .unwrap()
        .body
        .as_ref()
        .unwrap();
    assert!(planned.contains("THIS IS A SCHEDULED EVENT Mar 8, 01:00-03:00 UTC"));
}

#[test]
fn rss_is_read_back_and_marks_maintenances() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let bytes = feeds::rss(&view, &records, Locale::En);
    let feed = feed_rs::parser::parse(&bytes[..]).unwrap();
    assert_eq!(feed.entries.len(), 4);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches("<maintenanceEndDate>").count(), 2);
    assert!(
        text.contains("<maintenanceEndDate>Sun, 08 Mar 2026 03:00:00 +0000</maintenanceEndDate>")
    );
    assert!(text.contains("<guid>https://status.larkspur.example/incidents/hq8d2z6wv1xn</guid>"));
}

#[test]
fn a_feed_in_japanese_has_its_words_and_marks_what_exists_in_english_only() {
    let (mut state, mut records) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    records[0].incident.name = Texts::of(Locale::En, "x").with(Locale::Ja, "券が表示されない");
    let view = View::project(&state, at(LARKSPUR_NOW));
    let text = String::from_utf8(feeds::atom(&view, &records, Locale::Ja)).unwrap();
    assert!(text.contains("xml:lang=\"ja\""));
    assert!(text.contains("券が表示されない"));
    assert!(text.contains("原因特定"));
    assert!(text.contains("&lt;span lang=&quot;en&quot;&gt;"));
    assert!(text.contains("https://status.larkspur.example/ja/incidents/hq8d2z6wv1xn"));
    feed_rs::parser::parse(text.as_bytes()).unwrap();
}

#[test]
fn what_would_break_xml_is_escaped_or_left_out() {
    let (state, mut records) = larkspur();
    records[0].incident.name = Texts::of(Locale::En, "a <b> & \"c\" ]]> \u{8}\u{b}");
    records[0].updates[0].body = Texts::of(Locale::En, "<script>x</script> ]]> & \u{1f}");
    let view = View::project(&state, at(LARKSPUR_NOW));
    for bytes in [
        feeds::atom(&view, &records, Locale::En),
        feeds::rss(&view, &records, Locale::En),
    ] {
        let feed = feed_rs::parser::parse(&bytes[..]).unwrap();
        let entry = feed
            .entries
            .iter()
            .find(|entry| {
                let title = entry.title.as_ref().unwrap();
                title.content.starts_with("a <b> & \"c\" ]]>") || title.content.starts_with("a ")
            })
            .unwrap();
        let words = entry
            .content
            .as_ref()
            .and_then(|content| content.body.as_ref());
        let words = words
            .or(entry.summary.as_ref().map(|text| &text.content))
            .unwrap();
        assert!(!words.contains("<script>"), "{words}");
    }
}

/// Compares with a golden file; `BLESS=1` writes it anew, to be reviewed as a diff.
fn compare(name: &str, bytes: &[u8]) {
    let path = format!("{}/tests/larkspur/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(std::str::from_utf8(bytes).unwrap(), golden, "{name}");
}

#[test]
fn the_feeds_of_the_fictional_page_are_these() {
    let (mut state, records) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    let view = View::project(&state, at(LARKSPUR_NOW));
    for locale in Locale::ALL {
        let name = locale.as_str();
        compare(
            &format!("history.{name}.atom"),
            &feeds::atom(&view, &records, locale),
        );
        compare(
            &format!("history.{name}.rss"),
            &feeds::rss(&view, &records, locale),
        );
    }
}

#[test]
fn announcements_are_in_the_feeds_from_their_beginning_to_their_end() {
    let (mut state, records) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    let announcement = |code: &str, title: &str, from: &str, to: Option<&str>| Announcement {
        id: AnnouncementId::parse(code).unwrap(),
        title: Texts::of(Locale::En, title),
        body: Texts::of(Locale::En, "The **desk** moves."),
        from: at(from),
        to: to.map(at),
        notify: false,
        created_at: at("2026-02-01T00:00:00Z"),
        updated_at: at("2026-02-01T00:00:00Z"),
        erased_at: None,
        edited_seq: None,
    };
    put(
        &mut state,
        [
            announcement("a1", "Stands", "2026-03-01T00:00:00Z", None),
            announcement(
                "a2",
                "Over",
                "2026-02-01T00:00:00Z",
                Some("2026-03-01T00:00:00Z"),
            ),
            announcement("a3", "To come", "2026-04-01T00:00:00Z", None),
        ]
        .map(Fact::Announcement),
    );
    let view = View::project(&state, at(LARKSPUR_NOW));
    for bytes in [
        feeds::atom(&view, &records, Locale::Ja),
        feeds::rss(&view, &records, Locale::Ja),
    ] {
        let feed = feed_rs::parser::parse(&bytes[..]).unwrap();
        let link = "https://status.larkspur.example/ja/announcements#announcement-a1";
        let own: Vec<_> = feed
            .entries
            .iter()
            .filter(|entry| entry.links[0].href.contains("/announcements"))
            .collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].links[0].href, link);
        assert_eq!(own[0].title.as_ref().unwrap().content, "Stands");
        assert!(
            String::from_utf8(bytes)
                .unwrap()
                .contains("&lt;strong&gt;desk&lt;/strong&gt;")
        );
        assert_eq!(feed.entries.len(), records.len() + 1);
    }
}

#[test]
fn feeds_carry_what_customers_need_to_know_and_what_is_promised() {
    let (state, mut records) = larkspur();
    let record = records
        .iter_mut()
        .find(|record| record.incident.id.as_str() == "hq8d2z6wv1xn")
        .unwrap();
    let incident = &mut record.incident;
    incident.who_is_affected = Texts::of(Locale::En, "Those who buy <by phone>.");
    incident.how_to_check = Texts::of(Locale::En, "Look at **the app**.");
    incident.what_to_do = Texts::of(Locale::En, "Show the mail instead.");
    incident.effects_until = Some(at("2026-03-04T12:30:00Z"));
    record
        .promises
        .push(crate::pages::promise("2026-03-04T10:15:00Z"));
    let view = View::project(&state, at(LARKSPUR_NOW));
    for bytes in [
        feeds::atom(&view, &records, Locale::En),
        feeds::rss(&view, &records, Locale::En),
    ] {
        let feed = feed_rs::parser::parse(&bytes[..]).unwrap();
        let words = |entry: &feed_rs::model::Entry| {
            let content = entry.content.as_ref().and_then(|own| own.body.clone());
            let summary = entry.summary.as_ref().map(|own| own.content.clone());
            content.or(summary).unwrap()
        };
        let told: Vec<String> = feed.entries.iter().map(words).collect();
        let own = told.iter().find(|told| told.contains("<dl>")).unwrap();
        for wanted in [
            "Those who buy &lt;by phone&gt;.",
            "<strong>the app</strong>",
            "Show the mail instead.",
            "Mar 4, 12:30 UTC",
            "Mar 4, 10:15 UTC",
        ] {
            let at = own.find(wanted);
            let updates = own.find("</dl><p><small>");
            assert!(at.is_some() && at < updates, "{wanted} in {own}");
        }
        let count = told.iter().filter(|told| told.contains("<dl>")).count();
        assert_eq!(count, 1);
    }
}
