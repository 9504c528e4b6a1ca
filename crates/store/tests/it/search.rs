//! Finding incidents by their words.

use noroshi_domain::*;
use noroshi_store::Store;
use noroshi_store::testkit::engines;

use crate::builders::*;

fn found(store: &Store, words: &str) -> Vec<String> {
    let ids = store.search(&page_id(), words, 10).unwrap();
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn japanese_without_blanks_and_any_width_and_case_are_found() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(
            &store,
            0,
            puts([
                page(),
                Fact::Incident(Box::new(incident("i1", 1, ja("公開APIの応答遅延について")))),
                update("u1", "i1", 1, ja("ただいま調査しています。")),
                Fact::Incident(Box::new(incident("i2", 2, ja("管理画面の停止")))),
                update(
                    "u2",
                    "i2",
                    2,
                    Texts::of(Locale::En, "Elevated Error Rates, 遅延なし"),
                ),
            ]),
        );
        for (words, expected) in [
            ("遅延", vec!["i2", "i1"]),
            ("応答遅延", vec!["i1"]),
            ("公開API", vec!["i1"]),
            ("公開ＡＰＩ", vec!["i1"]),
            ("公開api　調査", vec!["i1"]),
            ("調査 停止", vec![]),
            ("停", vec!["i2"]),
            ("elevated", vec!["i2"]),
            ("ERROR rates", vec!["i2"]),
            ("延遅", vec![]),
            ("errorrates", vec![]),
            ("", vec![]),
            (" 　", vec![]),
            ("100%'\"_\\", vec![]),
        ] {
            assert_eq!(
                found(&store, words),
                expected,
                "{words:?} on {}",
                engine.name()
            );
        }
        let one = store.search(&page_id(), "遅延", 1).unwrap();
        assert_eq!(one, [incident_id("i2")]);
    }
}

#[test]
fn words_follow_every_change_of_an_incident() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let mut one = incident("i1", 1, ja("遅延"));
        write(
            &store,
            0,
            puts([page(), Fact::Incident(Box::new(one.clone()))]),
        );
        write(&store, 1, puts([update("u1", "i1", 1, ja("調査中"))]));
        assert_eq!(found(&store, "調査"), ["i1"]);

        write(&store, 2, puts([update("u1", "i1", 1, ja("復旧済"))]));
        assert_eq!(found(&store, "調査"), Vec::<String>::new());
        assert_eq!(found(&store, "復旧"), ["i1"]);

        one.postmortem = Some(Postmortem {
            body: ja("原因は証明書"),
            published_at: at(3),
            update_id: UpdateId::parse("u1").unwrap(),
        });
        one.what_to_do = ja("再起動");
        write(&store, 3, vec![put(&one)]);
        assert_eq!(found(&store, "証明書 再起動"), ["i1"]);

        let gone = update("u1", "i1", 1, ja("")).key();
        write(&store, 4, vec![Change::Drop(gone)]);
        assert_eq!(found(&store, "復旧"), Vec::<String>::new());
        assert_eq!(found(&store, "遅延"), ["i1"]);

        one.deleted_at = Some(at(5));
        write(&store, 5, vec![put(&one)]);
        assert_eq!(found(&store, "遅延"), Vec::<String>::new());
        one.deleted_at = None;
        write(&store, 6, vec![put(&one)]);
        assert_eq!(found(&store, "遅延"), ["i1"]);
    }
}

#[test]
fn words_of_a_hidden_update_and_notes_of_components_are_not_searched() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let mut one = incident("i1", 1, ja("遅延"));
        one.affected_notes
            .insert(component_id("api"), ja("秘密の部品"));
        let Fact::Update(mut hidden) = update("u1", "i1", 1, ja("撤回した文")) else {
            unreachable!()
        };
        hidden.hidden_at = Some(at(2));
        let facts = [page(), Fact::Incident(Box::new(one)), Fact::Update(hidden)];
        write(&store, 0, puts(facts));
        for words in ["秘密", "撤回"] {
            assert_eq!(found(&store, words), Vec::<String>::new(), "{words}");
        }
    }
}

#[test]
fn a_large_history_is_written_in_seconds_and_searched() {
    let words = |number: usize| {
        format!(
            "We are investigating report {number} of elevated error rates in region {}. \
             Customers may see time-outs while requests are retried; {} 件の遅延を確認しました。",
            number % 17,
            number * 31
        )
    };
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        for part in 0..10 {
            let mut facts = Vec::new();
            for number in part * 30..part * 30 + 30 {
                let id = format!("i{number}");
                let name = ja(&words(number));
                facts.push(Fact::Incident(Box::new(incident(&id, number as i64, name))));
                for update_number in 0..3 {
                    let key = format!("u{number}x{update_number}");
                    let body = ja(&words(number * 3 + update_number).repeat(5));
                    facts.push(update(&key, &id, number as i64, body));
                }
            }
            write(&store, part as i64 + 1, puts(facts));
        }
        assert_eq!(store.search(&page_id(), "遅延", 2_000).unwrap().len(), 300);
        assert_eq!(found(&store, "report 299 elevated")[0], "i299");
    }
}
