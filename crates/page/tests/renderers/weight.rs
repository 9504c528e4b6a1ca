//! What a front page weighs on the wire, with a record behind it that differs from day to day.

use std::io::Write as _;
use std::ops::RangeInclusive;

use flate2::Compression;
use flate2::write::GzEncoder;
use noroshi_domain::{
    ComponentId, Fact, Group, GroupId, IncidentRecord, Lifecycle, Locale, State, Status, Texts,
};
use noroshi_page::{View, front, late_bars};

use crate::sketch::{at, claim, component, incident, page, put, put_record, span, state, update};

const NOW: &str = "2026-03-31T09:00:00Z";
/// Words of which bodies are made, so that no two are alike.
const WORDS: [(&str, &str); 12] = [
    ("requests", "リクエスト"),
    ("a slow disk", "遅いディスク"),
    ("the queue of jobs", "ジョブの実行待ち"),
    ("one availability zone", "1つのゾーン"),
    ("certificates", "証明書"),
    ("retries by clients", "クライアントの再試行"),
    ("sign-in", "ログイン"),
    ("the search index", "検索インデックス"),
    ("exports", "エクスポート"),
    ("a rolled back release", "取り消したリリース"),
    ("the relay servers", "中継サーバー"),
    ("mail to one provider", "一部の宛先へのメール"),
];

fn both(number: usize, english: &str, japanese: &str) -> Texts {
    let (a, b) = (WORDS[number % 12], WORDS[(number * 7 + 3) % 12]);
    Texts::of(
        Locale::En,
        format!("{english} {} and {} ({number}).", a.0, b.0),
    )
    .with(
        Locale::Ja,
        format!("{}と{}{japanese}（{number}）。", a.1, b.1),
    )
}

/// `systems` components in groups of six, the first `showcased` with bars, each with trouble on
/// `troubles` days, and an incident on each of the last fifteen days.
fn heavy(systems: usize, showcased: usize, troubles: usize) -> State {
    let mut state = state(page("Asia/Tokyo", &[Locale::En, Locale::Ja]), NOW);
    for number in 0..systems {
        if number % 6 == 0 {
            let group = Group {
                id: GroupId::parse(&format!("g{number}")).unwrap(),
                name: both(number, "Group of", "のグループ"),
                description: Texts::default(),
                position: number as i64,
                created_at: at("2025-01-06T08:00:00Z"),
                updated_at: at("2025-01-06T08:00:00Z"),
                edited_seq: None,
            };
            put(&mut state, [Fact::Group(group)]);
        }
        let code = format!("c{number}x{}", number * 7919 % 1000);
        let mut own = component(&code, "", number as i64);
        own.name = both(number, "System for", "のシステム");
        own.description = both(number + 5, "What handles", "を扱います");
        own.showcase = number < showcased;
        own.group_id = Some(GroupId::parse(&format!("g{}", number - number % 6)).unwrap());
        put(&mut state, [Fact::Component(Box::new(own))]);
    }
    let systems_codes: Vec<ComponentId> = state.components.keys().cloned().collect();
    for (place, code) in systems_codes.iter().enumerate() {
        for trouble in 0..troubles {
            trouble_on(&mut state, code, place * troubles + trouble);
        }
    }
    for day in 0..15 {
        let code = &systems_codes[day % systems_codes.len()];
        state_incident(&mut state, code, day);
    }
    state
}

fn trouble_on(state: &mut State, code: &ComponentId, number: usize) {
    let (month, day) = (1 + number * 5 % 3, 1 + number * 11 % 28);
    let from = format!("2026-{month:02}-{day:02}T{:02}:10:00Z", number % 20);
    let to = format!(
        "2026-{month:02}-{day:02}T{:02}:{:02}:00Z",
        number % 20 + 1,
        number % 60
    );
    let statuses = [
        Status::PartialOutage,
        Status::DegradedPerformance,
        Status::MajorOutage,
    ];
    let fact = Fact::Span(span(code.as_str(), statuses[number % 3], &from, Some(&to)));
    put(state, [fact]);
}

fn state_incident(state: &mut State, component: &ComponentId, day: usize) {
    let when = |hour: usize| format!("2026-03-{:02}T0{hour}:05:00Z", 17 + day);
    let code = format!("i{day}x{}", day * 7907 % 1000);
    let mut own = incident(&code, "", &when(1));
    own.name = both(day, "Trouble with", "で問題が発生しました");
    own.lifecycle = Lifecycle::Resolved;
    own.resolved_at = Some(at(&when(4)));
    own.components = vec![component.clone()];
    let told = [
        (
            4,
            Lifecycle::Resolved,
            "All is well again after work on",
            "を直し、復旧しました",
        ),
        (3, Lifecycle::Monitoring, "We watch", "の経過を見ています"),
        (
            1,
            Lifecycle::Investigating,
            "We look into reports about",
            "についての報告を調べています",
        ),
    ];
    let updates = told.map(|(hour, lifecycle, english, japanese)| {
        let mut own = update(&code, &format!("u{day}x{hour}"), lifecycle, "", &when(hour));
        own.body = both(day * 3 + hour, english, japanese);
        own
    });
    let record = IncidentRecord {
        incident: own,
        updates: updates.to_vec(),
        promises: Vec::new(),
        claims: vec![claim(
            &code,
            component.as_str(),
            Status::PartialOutage,
            &when(1),
            Some(&when(4)),
        )],
    };
    put_record(state, &record);
}

/// As browsers fetch it, at the publisher's quality: in brotli and in gzip.
fn on_the_wire(state: &State, locale: Locale) -> [usize; 2] {
    let html = front(&View::project(state, at(NOW)), locale);
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 5,
        lgwin: 20,
        ..Default::default()
    };
    let mut brotlied = Vec::new();
    brotli::BrotliCompress(&mut &html[..], &mut brotlied, &parameters).unwrap();
    let mut gzipped = GzEncoder::new(Vec::new(), Compression::new(6));
    gzipped.write_all(&html).unwrap();
    [brotlied.len(), gzipped.finish().unwrap().len()]
}

fn weighs(state: &State, what: &str, bytes: RangeInclusive<usize>) {
    for locale in Locale::ALL {
        let weights = on_the_wire(state, locale);
        let fits = weights.iter().all(|weight| bytes.contains(weight));
        assert!(
            fits,
            "{what}, {locale:?}: {weights:?} bytes in brotli and gzip"
        );
    }
}

#[test]
fn twelve_systems_with_two_rows_of_bars_and_fifteen_days_weigh_20_kilobytes_at_most() {
    weighs(&heavy(12, 2, 4), "12 systems, 2 with bars", 8_000..=20_000);
}

#[test]
fn a_hundred_systems_with_bars_weigh_60_kilobytes_at_most() {
    weighs(
        &heavy(100, 100, 4),
        "100 systems with bars",
        20_000..=60_000,
    );
}

#[test]
fn three_hundred_systems_with_bars_weigh_100_kilobytes_at_most() {
    weighs(
        &heavy(300, 300, 4),
        "300 systems with bars",
        30_000..=100_000,
    );
}

#[test]
fn bars_that_the_page_does_not_draw_are_images_with_the_same_words() {
    let state = heavy(45, 45, 4);
    let view = View::project(&state, at(NOW));
    let html = String::from_utf8(front(&view, Locale::En)).unwrap();
    let images = late_bars(&view);
    assert_eq!(images.len(), 5);
    assert_eq!(html.matches("<img class=\"availability").count(), 5);
    assert_eq!(html.matches("<svg class=\"availability").count(), 40);
    for (id, svg) in images {
        let named = format!("loading=\"lazy\" src=\"/components/{id}/bars.svg\" alt=\"");
        let (_, rest) = html.split_once(&named).unwrap();
        assert!(rest.split('"').next().unwrap().contains('%'), "{id}");
        // What happened is told beside it, and drawn in it.
        assert!(
            rest.split("</div></div>")
                .next()
                .unwrap()
                .contains("<button")
        );
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.contains("--par") && svg.len() < 4_000, "{svg}");
        assert_eq!(svg.matches("v14h-3z").count() / 10, 8, "{svg}");
    }
    assert_eq!(late_bars(&View::project(&heavy(40, 40, 4), at(NOW))), []);
}
