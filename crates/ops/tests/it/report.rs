//! The uptime report against seconds worked out by hand.

use jiff::civil::date;
use noroshi_domain::{Command, Refusal, Status};
use noroshi_ops::report::{By, Question, uptime};
use noroshi_ops::{OpError, REPORT_DAYS_MAX, REPORT_ROWS_MAX};
use noroshi_store::testkit::engines;

use crate::kit::{Kit, at, component};

fn amended(kit: &Kit) {
    kit.clock.set(at("2026-04-10T00:00:00Z"));
    kit.app.refresh().unwrap();
    // 2026-03-31 23:00 to 2026-04-01 02:00 in Tokyo.
    kit.send(Command::Amend {
        component_id: component("api"),
        from: at("2026-03-31T14:00:00Z"),
        to: at("2026-03-31T17:00:00Z"),
        status: Status::MajorOutage,
        incident_id: None,
    })
    .unwrap();
}

fn ask(kit: &Kit, by: By) -> serde_json::Value {
    let asked = Question {
        by,
        from: date(2026, 3, 31),
        to: date(2026, 4, 2),
        component: Some(component("api")),
    };
    serde_json::to_value(uptime(&kit.app, &kit.page, &asked).unwrap()).unwrap()
}

#[test]
fn an_outage_over_midnight_is_split_by_the_page_s_days() {
    for engine in engines() {
        let kit = Kit::new(engine);
        amended(&kit);
        let days = ask(&kit, By::Day);
        let of = |field: &str| -> Vec<serde_json::Value> {
            days["days"]
                .as_array()
                .unwrap()
                .iter()
                .map(|day| day[field].clone())
                .collect()
        };
        assert_eq!(
            of("date"),
            ["2026-03-31", "2026-04-01", "2026-04-02"],
            "{}",
            engine.name()
        );
        assert_eq!(of("major_outage_s"), [3_600, 7_200, 0], "{}", engine.name());
        assert_eq!(
            of("uptime_percent"),
            [95.83, 91.66, 100.0],
            "{}",
            engine.name()
        );
        let months = ask(&kit, By::Month);
        assert_eq!(months["months"][1]["month"], "2026-04");
        assert_eq!(months["months"][1]["major_outage_s"], 7_200);
        assert_eq!(months["months"][1]["uptime_percent"], 95.83);
        assert_eq!(ask(&kit, By::Quarter)["quarters"][1]["quarter"], "2026-Q2");
        assert_eq!(ask(&kit, By::Year)["years"][0]["major_outage_s"], 10_800);
    }
}

#[test]
fn a_component_that_never_was_is_not_found() {
    let kit = Kit::new(engines()[0]);
    let asked = Question {
        by: By::Day,
        from: date(2026, 3, 1),
        to: date(2026, 3, 2),
        component: Some(component("nowhere")),
    };
    assert!(uptime(&kit.app, &kit.page, &asked).is_err());
}

#[test]
fn a_report_that_would_be_too_long_is_refused_before_it_is_worked_out() {
    for engine in engines() {
        let kit = Kit::new(engine);
        amended(&kit);
        let asked = |by: By, first: jiff::civil::Date| {
            let question = Question {
                by,
                from: first,
                to: jiff::civil::Date::MAX,
                component: Some(component("api")),
            };
            uptime(&kit.app, &kit.page, &question).map(|report| report.rows.len())
        };
        let too_many =
            |field, given, most| Err(OpError::Refused(Refusal::TooLong { field, given, most }));
        // 2026-04-10 in Tokyo is the last day; the bounds are counted from it by the calendar.
        let (name, today) = (engine.name(), date(2026, 4, 10));
        let rows_over = today - jiff::Span::new().days(REPORT_ROWS_MAX as i64);
        let over = too_many("rows", REPORT_ROWS_MAX + 1, REPORT_ROWS_MAX);
        assert_eq!(asked(By::Day, rows_over), over, "{name}");
        let fits = rows_over.tomorrow().unwrap();
        assert_eq!(asked(By::Day, fits), Ok(REPORT_ROWS_MAX), "{name}");
        assert_eq!(asked(By::Year, rows_over), Ok(137 + 1), "{name}");
        let days_over = today - jiff::Span::new().days(REPORT_DAYS_MAX as i64);
        let over = too_many(
            "from..to × components",
            REPORT_DAYS_MAX + 1,
            REPORT_DAYS_MAX,
        );
        assert_eq!(asked(By::Year, days_over), over, "{name}");
    }
}
