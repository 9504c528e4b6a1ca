//! What a rule refuses, in an operator's words: times in the page's zone, fields as forms call them.

use noroshi_domain::{Instant, Refusal};
use noroshi_ops::OpError;
use noroshi_text::msg;

use crate::console::visit::Desk;

/// Why a command was not carried out, for the form that asked for it.
pub(crate) fn word(desk: &Desk, error: &OpError) -> String {
    let l = desk.locale();
    match error {
        OpError::Refused(refusal) => of_rule(desk, refusal),
        OpError::Unanswered => msg::console_refused_unanswered(l),
        _ => msg::console_refused_busy(l),
    }
}

fn of_rule(desk: &Desk, refusal: &Refusal) -> String {
    let l = desk.locale();
    let time = |at: &Instant| desk.time(*at);
    match refusal {
        Refusal::Empty { field: "name" } => msg::console_refused_no_title(l),
        Refusal::Empty { field: "reason" } => msg::console_refused_no_reason(l),
        Refusal::Empty { .. } => msg::console_refused_empty(l),
        Refusal::EmptyWindow { from, .. } => msg::console_refused_window(l, &time(from)),
        Refusal::InFuture { at, .. } => msg::console_refused_future(l, &time(at)),
        Refusal::InPast { at, .. } => msg::console_refused_past(l, &time(at)),
        Refusal::TooFar { at, days, .. } => {
            msg::console_refused_far(l, &time(at), &days.to_string())
        }
        Refusal::TooLong { given, most, .. } => {
            msg::console_refused_long(l, &given.to_string(), &most.to_string())
        }
        Refusal::Changed { .. } => msg::console_refused_changed(l),
        other => noroshi_text::refusal::word(other, l),
    }
}
