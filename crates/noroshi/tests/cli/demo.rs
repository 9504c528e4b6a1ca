//! `noroshi demo`: twelve systems, a past, an open incident, planned work; a sound record.

use noroshi_store::testkit::Engine;

use crate::kit::Installation;

#[test]
fn the_demo_makes_its_page_through_the_door() {
    let at = Installation::new(Engine::Sqlite);
    at.ok(&["demo", "--only-make"]);
    assert_eq!(
        at.json(&["component", "list"]).as_array().unwrap().len(),
        12
    );
    let incidents = at.json(&["incident", "list"]);
    assert_eq!(incidents.as_array().unwrap().len(), 10);
    assert_eq!(
        at.json(&["incident", "list", "--open"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        at.json(&["maintenance", "list", "--open"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    at.ok(&["verify", "--full"]);
    let seq = at.seq();
    at.ok(&["demo", "--only-make"]);
    assert_eq!(at.seq(), seq, "a second start makes nothing twice");
}
