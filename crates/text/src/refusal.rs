//! Why a command was refused, in the caller's language.

use noroshi_domain::{ID_CHARS_MAX, Instant, Locale, Refusal};

use crate::{labels, msg};

/// The sentence for a refusal: what is wrong, where, and how to mend it. Instants are UTC.
pub fn word(refusal: &Refusal, locale: Locale) -> String {
    let instant = |at: &Instant| at.timestamp().to_string();
    match refusal {
        Refusal::NotFound { kind, id } => msg::refusal_not_found(locale, kind, id),
        Refusal::Taken { kind, id } => msg::refusal_taken(locale, kind, id),
        Refusal::BadId(bad) => msg::refusal_bad_id(locale, &bad.0, ID_CHARS_MAX as i64),
        Refusal::Empty { field } => msg::refusal_empty(locale, field),
        Refusal::TooLong { field, given, most } => {
            msg::refusal_too_long(locale, field, *given as i64, *most as i64)
        }
        Refusal::ForeignLocale {
            field,
            locale: foreign,
        } => msg::refusal_foreign_locale(locale, field, foreign),
        Refusal::Unsayable(status) => {
            msg::refusal_unsayable(locale, &labels::status(*status, locale))
        }
        Refusal::WrongKind(lifecycle) => {
            msg::refusal_wrong_kind(locale, &labels::lifecycle(*lifecycle, locale))
        }
        Refusal::EmptyWindow { from, to } => {
            msg::refusal_empty_window(locale, &instant(to), &instant(from))
        }
        Refusal::InFuture { field, at } => msg::refusal_in_future(locale, field, &instant(at)),
        Refusal::TooFar { field, at, days } => {
            msg::refusal_too_far(locale, field, &instant(at), *days)
        }
        Refusal::InPast { field, at } => msg::refusal_in_past(locale, field, &instant(at)),
        Refusal::DependencyCycle(id) => msg::refusal_dependency_cycle(locale, id),
        Refusal::IdleHold(id) => msg::refusal_idle_hold(locale, id),
        Refusal::NotResolved => msg::refusal_not_resolved(locale),
        Refusal::NoPostmortem => msg::refusal_no_postmortem(locale),
        Refusal::PromiseClosed => msg::refusal_promise_closed(locale),
        Refusal::MaintenanceOnly { field } => msg::refusal_maintenance_only(locale, field),
        Refusal::NoPlan => msg::refusal_no_plan(locale),
        Refusal::Retired(id) => msg::refusal_retired(locale, id),
        Refusal::BadRule { rule, reason } => msg::refusal_bad_rule(locale, rule, reason),
        Refusal::BadSetting { field, reason } => msg::refusal_bad_setting(locale, field, reason),
        Refusal::Changed { stands, sent } => msg::refusal_changed(locale, stands, sent),
        Refusal::SetByFile { field, file, line } => {
            msg::refusal_set_by_file(locale, field, file, i64::from(*line))
        }
        Refusal::MovedOn { stands, sent } => msg::refusal_moved_on(locale, *stands, *sent),
        Refusal::EmptyGroup => msg::refusal_empty_group(locale),
        Refusal::UndoOver => msg::refusal_undo_over(locale),
        Refusal::NotDeleted => msg::refusal_not_deleted(locale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_worded_in_the_callers_language_with_its_values() {
        let from = Instant::parse("2026-11-18T05:04:00Z").expect("an instant");
        let to = from.plus_seconds(-60);
        let refusal = Refusal::EmptyWindow { from, to };
        assert_eq!(
            word(&refusal, Locale::En),
            "the end (2026-11-18T05:03:00Z) must be after the start (2026-11-18T05:04:00Z)"
        );
        assert_eq!(
            word(&refusal, Locale::Ja),
            "終了（2026-11-18T05:03:00Z）は開始（2026-11-18T05:04:00Z）より後の時刻にしてください"
        );
    }
}
