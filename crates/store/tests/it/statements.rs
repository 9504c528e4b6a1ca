//! The catalogue itself.

use noroshi_store::testkit::{Engine, engines};

#[test]
fn every_statement_prepares_on_every_engine() {
    for engine in engines() {
        let database = engine.database();
        let plans = database.open().plans().unwrap();
        assert!(plans.len() > 30, "{}: {}", engine.name(), plans.len());
    }
}

#[test]
fn no_statement_reads_a_whole_table_but_the_list_of_pages() {
    let database = Engine::Sqlite.database();
    let plans = database.open().plans().unwrap();
    for (name, plan) in plans {
        for line in plan.lines().filter(|line| line.starts_with("SCAN")) {
            let small = line.contains("json_each")
                || line.contains("CONSTANT ROW")
                || line.contains("sqlite_master")
                // As few as there are nodes, and what of the outbox is still open.
                || line.starts_with("SCAN senders")
                || line.contains("USING INDEX notices_open")
                || line.contains("INDEX deliveries_due")
                || line.contains("INDEX deliveries_by_owner")
                || (name == "HEADS" && line.starts_with("SCAN pages"));
            assert!(small, "{name}: {plan}");
        }
        let sorts = plan.contains("USE TEMP B-TREE FOR ORDER BY");
        let may_sort = ["FOUND", "FACTS_OF_ALL_TOUCHING", "HEADS"];
        assert!(!sorts || may_sort.contains(&name), "{name}: {plan}");
    }
}

#[test]
fn no_statement_has_to_read_a_whole_table_on_a_server() {
    let database = Engine::Postgres.database();
    for (name, plan) in database.open().plans().unwrap() {
        assert!(!plan.is_empty(), "{name}");
        for line in plan.lines().filter(|line| line.contains("Seq Scan on ")) {
            let is_small = (name == "HEADS" && line.contains("Seq Scan on pages"))
                || (name == "BEATS" && line.contains("Seq Scan on senders"));
            assert!(is_small, "{name}: {plan}");
        }
    }
}

#[test]
fn hot_statements_use_the_index_made_for_them() {
    let database = Engine::Sqlite.database();
    let plans = database.open().plans().unwrap();
    for (statement, index) in [
        ("FACTS_ENDING_AFTER", "facts_by_end"),
        ("FACTS_TOUCHING", "facts_by_owner"),
        ("FACTS_BY_OWNER", "facts_by_owner"),
        (
            "PARTS_OF_INCIDENTS",
            "facts_by_owner (page_id=? AND kind=? AND owner=?)",
        ),
        ("FACTS_BY_HOLDER", "facts_by_holder"),
        ("INCIDENTS_BEFORE", "facts_by_start"),
        ("INCIDENTS_PART", "facts_by_start"),
        ("INCIDENTS_OF_KIND_BEFORE", "facts_by_owner"),
        ("FACTS_OF_INCIDENTS_ENDING_AFTER", "facts_by_end"),
        ("FORGET_ANSWERS", "answers_by_age"),
        ("RECORDS", "records_by_sort"),
        (
            "RECORDS_BY_KEY",
            "PRIMARY KEY (kind=? AND name=? AND value=? AND id>?)",
        ),
        ("AUDIT_OF_PAGE_BEFORE", "audit_by_page"),
        ("PURGE_RECORDS", "records_by_page"),
        ("FOUND", "search USING PRIMARY KEY (page_id=? AND gram=?)"),
    ] {
        let (_, plan) = plans.iter().find(|(name, _)| *name == statement).unwrap();
        assert!(plan.contains(index), "{statement}: {plan}");
    }
}
