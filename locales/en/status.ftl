# What components, incidents and the whole page can be.

status-operational = Operational
status-unknown = Not Measured
status-being-checked = Being Checked
status-since = Since { $time }
status-under-maintenance = Under Maintenance
status-under-maintenance-short = Maintenance
status-degraded-performance = Degraded Performance
status-partial-outage = Partial Outage
status-major-outage = Major Outage

lifecycle-investigating = Investigating
lifecycle-identified = Identified
lifecycle-monitoring = Monitoring
lifecycle-resolved = Resolved
lifecycle-postmortem = Postmortem
lifecycle-scheduled = Scheduled
lifecycle-in-progress = In progress
lifecycle-verifying = Verifying
lifecycle-completed = Completed
lifecycle-update = Update

impact-none = None
impact-maintenance = Maintenance
impact-minor = Minor
impact-major = Major
impact-critical = Critical

indicator-all-operational = All Systems Operational
indicator-major-system-outage = Major System Outage
indicator-partial-system-outage = Partial System Outage
indicator-minor-service-outage = Minor Service Outage
indicator-degraded-system-service = Degraded System Service
indicator-partially-degraded-service = Partially Degraded Service
indicator-under-maintenance = Service Under Maintenance
indicator-not-measured = Some Systems Are Not Being Measured
indicator-being-checked = Some Systems Are Being Checked

duration-hours = { $count ->
    [one] 1 hr
   *[other] { $count } hrs
}
duration-minutes = { $count ->
    [one] 1 min
   *[other] { $count } mins
}
duration-hours-minutes = { $hour_count ->
    [one] 1 hr
   *[other] { $hour_count } hrs
} { $minute_count ->
    [one] 1 min
   *[other] { $minute_count } mins
}
duration-plain-hours = { $count } hr
duration-plain-minutes = { $count } min
duration-plain-hours-minutes = { $hour_count } hr { $minute_count } min
