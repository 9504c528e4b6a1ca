//! The uptime report against seconds worked out by hand.

use jiff::civil::date;
use noroshi_domain::{Command, Status};
use noroshi_ops::report::{By, Question, uptime};
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
