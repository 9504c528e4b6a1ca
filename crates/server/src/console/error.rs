//! When a screen can not be shown: why, and where to go from there.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use noroshi_domain::{Locale, Refusal};
use noroshi_text::msg;

use crate::console::shell::{self, Shell};
use crate::console::visit::show;
use crate::desk::Refused;

/// A screen that says why there is no other.
#[derive(Template)]
#[template(path = "console/error.html")]
struct ErrorScreen {
    shell: Shell,
    l: Locale,
    sentence: String,
}

/// The answer to a refused request.
pub(crate) fn screen(refused: &Refused, locale: Locale) -> Response {
    let (status, title, sentence) = match refused {
        Refused::Unknown => (
            StatusCode::UNAUTHORIZED,
            msg::console_error_unknown(locale),
            msg::console_error_unknown_more(locale),
        ),
        Refused::Forbidden => (
            StatusCode::FORBIDDEN,
            msg::console_error_forbidden(locale),
            msg::console_error_forbidden_more(locale),
        ),
        Refused::NotFound => (
            StatusCode::NOT_FOUND,
            msg::console_error_missing(locale),
            msg::console_error_missing_more(locale),
        ),
        Refused::Busy => (
            StatusCode::SERVICE_UNAVAILABLE,
            msg::console_error_busy(locale),
            msg::console_error_busy_more(locale),
        ),
        Refused::Failed(number) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            msg::console_error_failed(locale),
            msg::console_error_failed_more(locale, number),
        ),
    };
    let screen = ErrorScreen {
        shell: shell::bare(locale, &title),
        l: locale,
        sentence,
    };
    show(status, &screen)
}

/// The answer to what a rule refuses where there is no form to show it in.
pub(crate) fn refusal(refusal: &Refusal, locale: Locale) -> Response {
    let screen = ErrorScreen {
        shell: shell::bare(locale, &msg::console_error_refused(locale)),
        l: locale,
        sentence: noroshi_text::refusal::word(refusal, locale),
    };
    show(StatusCode::UNPROCESSABLE_ENTITY, &screen)
}
