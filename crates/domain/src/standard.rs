//! What an update says when its author says nothing (DOMAIN "Standard texts and locales").

use crate::facts::Page;
use crate::locale::{Locale, Texts};
use crate::status::Lifecycle;

/// The product's own text for a lifecycle status. English as every client knows it (reference 3.1).
pub const fn body(lifecycle: Lifecycle, locale: Locale) -> &'static str {
    match (locale, lifecycle) {
        (Locale::En, Lifecycle::Investigating) => "We are currently investigating this issue.",
        (Locale::En, Lifecycle::Identified) => {
            "The issue has been identified and a fix is being implemented."
        }
        (Locale::En, Lifecycle::Monitoring) => {
            "A fix has been implemented and we are monitoring the results."
        }
        (Locale::En, Lifecycle::Resolved) => "This incident has been resolved.",
        (Locale::En, Lifecycle::Postmortem) => "A report of this incident has been published.",
        (Locale::En, Lifecycle::Scheduled) => "This maintenance has been scheduled.",
        (Locale::En, Lifecycle::InProgress) => {
            "Scheduled maintenance is currently in progress. We will provide updates as necessary."
        }
        (Locale::En, Lifecycle::Verifying) => {
            "Verification is currently underway for the maintenance items."
        }
        (Locale::En, Lifecycle::Completed) => "The scheduled maintenance has been completed.",
        (Locale::Ja, Lifecycle::Investigating) => "現在、この問題について調査しています。",
        (Locale::Ja, Lifecycle::Identified) => "原因を特定し、修正を進めています。",
        (Locale::Ja, Lifecycle::Monitoring) => "修正を適用し、経過を観察しています。",
        (Locale::Ja, Lifecycle::Resolved) => "この障害は解消しました。",
        (Locale::Ja, Lifecycle::Postmortem) => "この障害の報告書を公開しました。",
        (Locale::Ja, Lifecycle::Scheduled) => "メンテナンスを予定しています。",
        (Locale::Ja, Lifecycle::InProgress) => {
            "予定どおりメンテナンスを実施しています。必要に応じてお知らせします。"
        }
        (Locale::Ja, Lifecycle::Verifying) => "メンテナンスの作業結果を確認しています。",
        (Locale::Ja, Lifecycle::Completed) => "予定していたメンテナンスは完了しました。",
    }
}

/// The text of the reminder so many minutes before a maintenance (reference 3.1, 3.5).
pub fn reminder(minutes: i64, locale: Locale) -> String {
    match locale {
        Locale::En => format!("Maintenance will begin as scheduled in {minutes} minutes."),
        Locale::Ja => format!("メンテナンスは予定どおり、{minutes}分後に開始します。"),
    }
}

/// That reminder in every locale of a page.
pub fn reminders(page: &Page, minutes: i64) -> Texts {
    page.locales
        .iter()
        .map(|locale| (*locale, reminder(minutes, *locale)))
        .collect()
}

/// The text for a lifecycle status in every locale of a page, its own settings first.
pub fn texts(page: &Page, lifecycle: Lifecycle) -> Texts {
    let own = page.settings.standard_texts.get(&lifecycle);
    page.locales
        .iter()
        .map(|locale| {
            let own = own.and_then(|texts| texts.get(*locale));
            (
                *locale,
                own.unwrap_or_else(|| body(lifecycle, *locale)).to_owned(),
            )
        })
        .collect()
}
