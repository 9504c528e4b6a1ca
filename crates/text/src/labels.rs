//! What the domain's closed choices are called.

use noroshi_domain::subscriber::{Channel, Level};
use noroshi_domain::{Impact, Lifecycle, Locale, Status};

use crate::msg;

/// A status: "Degraded Performance".
pub fn status(status: Status, locale: Locale) -> String {
    match status {
        Status::Operational => msg::status_operational(locale),
        Status::Unknown => msg::status_unknown(locale),
        Status::UnderMaintenance => msg::status_under_maintenance(locale),
        Status::DegradedPerformance => msg::status_degraded_performance(locale),
        Status::PartialOutage => msg::status_partial_outage(locale),
        Status::MajorOutage => msg::status_major_outage(locale),
    }
}

/// A status as legends have it: "Maintenance", not "Under Maintenance" (reference 3.7).
pub fn legend(of: Status, locale: Locale) -> String {
    match of {
        Status::UnderMaintenance => msg::status_under_maintenance_short(locale),
        other => status(other, locale),
    }
}

/// How long a component was in a status on one day: "Major outage 1 hr 12 mins".
///
/// `None` for operational time, which nobody is told of.
pub fn day_status(of: Status, duration: &str, locale: Locale) -> Option<String> {
    match of {
        Status::Operational => None,
        Status::Unknown => Some(msg::day_not_measured(locale, duration)),
        Status::UnderMaintenance => Some(msg::day_maintenance(locale, duration)),
        Status::DegradedPerformance => Some(msg::day_degraded(locale, duration)),
        Status::PartialOutage => Some(msg::day_partial_outage(locale, duration)),
        Status::MajorOutage => Some(msg::day_major_outage(locale, duration)),
    }
}

/// How many members of a group were in a status on one day; `None` for operational.
pub fn day_members(of: Status, count: i64, locale: Locale) -> Option<String> {
    match of {
        Status::Operational => None,
        Status::Unknown => Some(msg::components_not_measured(locale, count)),
        Status::UnderMaintenance => Some(msg::components_maintenance(locale, count)),
        Status::DegradedPerformance => Some(msg::components_degraded(locale, count)),
        Status::PartialOutage => Some(msg::components_partial_outage(locale, count)),
        Status::MajorOutage => Some(msg::components_major_outage(locale, count)),
    }
}

/// Where an incident or a maintenance stands: "Investigating".
pub fn lifecycle(lifecycle: Lifecycle, locale: Locale) -> String {
    match lifecycle {
        Lifecycle::Investigating => msg::lifecycle_investigating(locale),
        Lifecycle::Identified => msg::lifecycle_identified(locale),
        Lifecycle::Monitoring => msg::lifecycle_monitoring(locale),
        Lifecycle::Resolved => msg::lifecycle_resolved(locale),
        Lifecycle::Postmortem => msg::lifecycle_postmortem(locale),
        Lifecycle::Scheduled => msg::lifecycle_scheduled(locale),
        Lifecycle::InProgress => msg::lifecycle_in_progress(locale),
        Lifecycle::Verifying => msg::lifecycle_verifying(locale),
        Lifecycle::Completed => msg::lifecycle_completed(locale),
    }
}

/// An update's label: "Update" where its status is that of the update before (reference 3.7).
pub fn update(of: Lifecycle, before: Option<Lifecycle>, locale: Locale) -> String {
    if before == Some(of) {
        msg::lifecycle_update(locale)
    } else {
        lifecycle(of, locale)
    }
}

/// How much an incident hurts: "Minor".
pub fn impact(impact: Impact, locale: Locale) -> String {
    match impact {
        Impact::None => msg::impact_none(locale),
        Impact::Maintenance => msg::impact_maintenance(locale),
        Impact::Minor => msg::impact_minor(locale),
        Impact::Major => msg::impact_major(locale),
        Impact::Critical => msg::impact_critical(locale),
    }
}

/// How somebody is told: "Mail". Names of services are the same in every language.
pub fn channel(channel: Channel, locale: Locale) -> String {
    let service = match channel {
        Channel::Email => return msg::channel_email(locale),
        Channel::Sms => return msg::channel_sms(locale),
        Channel::WebPush => return msg::channel_web_push(locale),
        Channel::Http => return msg::channel_http(locale),
        Channel::Webhook => "Webhook",
        Channel::Slack => "Slack",
        Channel::Teams => "Microsoft Teams",
        Channel::Discord => "Discord",
        Channel::GoogleChat => "Google Chat",
        Channel::LineWorks => "LINE WORKS",
        Channel::Telegram => "Telegram",
        Channel::PagerDuty => "PagerDuty",
        Channel::Opsgenie => "Opsgenie",
    };
    service.to_owned()
}

/// What shares a service in the queue: `email`, `webhook/hooks.example.com`.
pub fn lane(lane: &str, locale: Locale) -> String {
    let (name, of) = lane.split_once('/').unwrap_or((lane, ""));
    let Some(known) = Channel::parse(name) else {
        return lane.to_owned();
    };
    let label = channel(known, locale);
    if of.is_empty() || known != Channel::Webhook {
        label
    } else {
        format!("{label} {of}")
    }
}

/// How bad something is: "Major".
pub fn level(level: Level, locale: Locale) -> String {
    match level {
        Level::Good => msg::level_good(locale),
        Level::Info => msg::level_info(locale),
        Level::Maintenance => msg::impact_maintenance(locale),
        Level::Minor => msg::impact_minor(locale),
        Level::Major => msg::impact_major(locale),
        Level::Critical => msg::impact_critical(locale),
    }
}

/// Why a message was not taken, in the reader's language where it is one of ours; what a service
/// said stays as it said it.
pub fn delivery_reason(reason: &str, locale: Locale) -> String {
    if let Some(status) = reason.strip_prefix("it answered ")
        && status.parse::<u16>().is_ok()
    {
        return msg::reason_answered(locale, status);
    }
    match reason {
        "the connection was refused" => msg::reason_refused(locale),
        "the certificate is not trusted or has expired" => msg::reason_certificate(locale),
        "the name does not resolve" => msg::reason_name(locale),
        "the connection was broken off" => msg::reason_broken(locale),
        "no answer in time" => msg::reason_time(locale),
        "no connection could be made" => msg::reason_connection(locale),
        "the address is in a private network" => msg::reason_private(locale),
        "no mail server is set" => msg::reason_no_mail_server(locale),
        "there is nobody or nothing to tell any more" => msg::reason_nobody(locale),
        "older than a day when it was seen" => msg::reason_stale(locale),
        other => other.to_owned(),
    }
}

/// A language's name in that language: "日本語".
pub fn language(of: Locale) -> String {
    match of {
        Locale::En => msg::language_english(of),
        Locale::Ja => msg::language_japanese(of),
    }
}

/// The word beside a text that its reader's language does not have: "この記事は日本語のみです".
pub fn only_in(text_locale: Locale, locale: Locale) -> String {
    match text_locale {
        Locale::En => msg::only_in_english(locale),
        Locale::Ja => msg::only_in_japanese(locale),
    }
}

/// Names one after another: `Chat, Mail`, `チャット、メール`.
pub fn names<'a>(names: impl IntoIterator<Item = &'a str>, locale: Locale) -> String {
    let between = match locale {
        Locale::En => ", ",
        Locale::Ja => "、",
    };
    names.into_iter().collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_called_as_clients_know_them() {
        let english: Vec<_> = Status::ALL
            .iter()
            .map(|of| status(*of, Locale::En))
            .collect();
        assert_eq!(
            english,
            [
                "Operational",
                "Not Measured",
                "Under Maintenance",
                "Degraded Performance",
                "Partial Outage",
                "Major Outage"
            ]
        );
        assert_eq!(legend(Status::UnderMaintenance, Locale::En), "Maintenance");
        assert_eq!(legend(Status::MajorOutage, Locale::Ja), "重大な障害");
    }

    #[test]
    fn a_repeated_status_is_an_update() {
        let label = |before| update(Lifecycle::Identified, before, Locale::Ja);
        assert_eq!(label(None), "原因特定");
        assert_eq!(label(Some(Lifecycle::Investigating)), "原因特定");
        assert_eq!(label(Some(Lifecycle::Identified)), "続報");
    }

    #[test]
    fn days_tell_of_everything_but_operation() {
        let told = day_status(Status::MajorOutage, "1 hr 12 mins", Locale::En);
        assert_eq!(told.as_deref(), Some("Major outage 1 hr 12 mins"));
        assert_eq!(day_status(Status::Operational, "3 hrs", Locale::En), None);
        let members = day_members(Status::MajorOutage, 1, Locale::En);
        assert_eq!(members.as_deref(), Some("1 component had a major outage."));
    }

    #[test]
    fn names_are_joined_as_the_language_does() {
        assert_eq!(names(["Chat", "Mail"], Locale::En), "Chat, Mail");
        assert_eq!(
            names(["チャット", "メール"], Locale::Ja),
            "チャット、メール"
        );
    }
}
