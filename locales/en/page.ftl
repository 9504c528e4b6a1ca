# The frame of every page, the front page, and the pages of history and uptime.

# Frame
page-title = { $page } Status
page-title-of = { $title } | { $page } Status
page-description = Current status and incident history of { $page }.
skip-to-content = Skip to content
language-switch = Language
language-english = English
language-japanese = 日本語
theme-system = Theme: as on this device
theme-light = Theme: light
theme-dark = Theme: dark
own-time = Your time: { $time }
page-updated = This page was updated. { $what }
tagline = System status
subscribe-to-updates = Subscribe to updates
subscribe-short = Subscribe
subscribe-hint = A feed reader brings you every incident and maintenance as it is posted.
current-status = Current Status
incident-history = Incident History
uptime = Uptime
incidents = Incidents
announcements = Announcements
no-announcements = No announcements stand now.
announcements-current = Standing now
all-announcements = All announcements
announcements-past = Earlier announcements
announcement-window = Shown { $window }
footer-links = Links
footer-atom = Atom
footer-rss = RSS
footer-api = API
footer-verify = Verify this record
footer-times = All times are in { $zone }.
footer-record = Record no. { $number }
powered-by = Powered by { $name }
company-link = Our site
support-link = Support
show-more = Show more
days-back = Back to the current status

# Banner
as-of = As of { $time }
not-measured-since = Not measured since { $time }
not-measured-notice = { $component } has not been measured since { $time }.
stale-copy = Nothing has confirmed this page since { $time }. It shows what was known then.
not-updated-since = This page can not be updated right now. It was last confirmed at { $time }.
outside-the-record = *Posted outside the record while it can not be written. This notice stands until { $time }.*
copy-grows-old = This page is served as a copy made at { $time }.
horizon = { $good_count } of { $total_count ->
    [one] 1 system
   *[other] { $total_count } systems
} operational
held-until = Held by an operator until { $time }
contradiction = Our probes see problems with { $component } since { $time }. We are checking.
contradiction-said = { $component } is listed as { $status }, but our probes see problems since { $time }. We are checking.
still-held-by = still { $status }: held by { $holders }
held-by = Held by { $holders }
held-by-nobody = an operator's word

# Systems
components = Systems
component = System
no-components = No systems yet.
component-about = About { $component }
depends-on = Depends on { $names }
third-party = Third party
legend = Legend
status-column = Status
duration-column = Duration
date-column = Date
related-column = Incidents and maintenance
days-ago = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}
today = Today
percent-uptime = { $percent } % uptime
percent-uptime-of = Uptime of { $component } over the last { $count ->
    [one] day
   *[other] { $count } days
}: { $percent } %
uptime-unknown = no data
no-downtime = No downtime recorded on this day.
no-data = No data exists for this day.
no-downtime-on-other-days = No downtime on other days.
days-with-events = Days with downtime of { $component }
related = Related
nothing-related = No incidents or maintenance related to this downtime.
components-major-outage = { $count ->
    [one] 1 component had a major outage.
   *[other] { $count } components had a major outage.
}
components-partial-outage = { $count ->
    [one] 1 component had a partial outage.
   *[other] { $count } components had a partial outage.
}
components-degraded = { $count ->
    [one] 1 component had degraded performance.
   *[other] { $count } components had degraded performance.
}
components-maintenance = { $count ->
    [one] 1 component was under maintenance.
   *[other] { $count } components were under maintenance.
}
components-not-measured = { $count ->
    [one] 1 component was not measured.
   *[other] { $count } components were not measured.
}
day-major-outage = Major outage { $duration }
day-partial-outage = Partial outage { $duration }
day-degraded = Degraded performance { $duration }
day-maintenance = Maintenance { $duration }
day-not-measured = Not measured { $duration }
day-spoken = { $date }: { $words }

# Past incidents
past-incidents = Past Incidents
past-days = { $count ->
    [one] last day
   *[other] last { $count } days
}
today-stands-above = See the top of this page for what is going on now.
today-not-told = No incident has been opened yet. See the systems above for how they are now.
today-under-maintenance = Maintenance is in progress; it stands above.
today-not-measured = Not every system is being measured now; see above.
no-incidents-today = No incidents reported today.
no-incidents = No incidents reported.
read-postmortem = Read the postmortem
read-details = Read details
scheduled-maintenance = Scheduled Maintenance
incident-in-progress = Open incidents
maintenance-in-progress = Maintenance in progress
all-past-incidents = All past incidents

# History
no-incidents-in-month = No incidents reported for this month.
no-incidents-match = No incidents match.
previous-page = Previous page
next-page = Next page
earlier-months = Earlier
later-months = Later
pages = Pages
filter = Filter
filter-apply = Show
filter-clear = Clear the filter
filter-component = System
filter-impact = Impact
filter-month = Month
filter-all-components = All systems
filter-all-impacts = All impacts
filter-all-months = All months
search = Search
search-label = Search incidents
search-results = { $count ->
    [one] 1 incident found for “{ $words }”
   *[other] { $count } incidents found for “{ $words }”
}
search-nothing = Nothing found for “{ $words }”.
search-hint = Try fewer words, or another month, component or impact.
search-title = Search for “{ $words }”
search-range = { $first } to { $last } of { $total }

# Uptime
uptime-of = Uptime of { $component }
uptime-over = Uptime over the past { $count ->
    [one] day
   *[other] { $count } days
}
uptime-view-history = View historical uptime
uptime-earlier = Previous three months
uptime-later = Next three months
uptime-months = { $first } to { $last }
uptime-choose = Choose a system
uptime-none-shown = This page shows no uptime.
uptime-how = Uptime is what remains of the counted time after downtime. A major outage counts in full, a partial outage as 0.3 of its time; degraded performance and maintenance do not count. Time that was not measured is left out. Figures are cut after two decimals, not rounded.
uptime-days-recorded = Days on record
uptime-month-figure = { $month }: { $percent } %
future-day = Still to come

# Feeds
feed-title = { $page } Status - Incident History
feed-atom-title = { $page } Status History - Atom Feed
feed-rss-title = { $page } Status History - RSS Feed
calendar-title = { $page } Maintenance
calendar = Calendar
add-to-calendar = Add to calendar
maintenance-calendar = Maintenance calendar
embed-home = View details
embed-close = Close
feed-scheduled-event = THIS IS A SCHEDULED EVENT { $window }
badge-label = status
badge-uptime-label = uptime { $count } days
badge-uptime-label-of = { $component } uptime { $count } days

# What can go wrong with a request
not-found-title = Page not found
not-found = There is nothing at this address. It may have been moved, or never have been here.
not-found-link = To the current status
error-title = This page can not be shown
error = Something went wrong on our side. The error has been recorded; please try again in a few minutes.
error-bad-request = This address can not be understood.
error-too-many = Too many requests came from your network. Please try again in a minute.
error-unavailable = The page is starting or being moved. Please try again in a few moments.
error-request-id = Request { $request_id }
unknown-host-title = No status page here
unknown-host = No status page answers for { $host }
unknown-host-hint = If this host should show a page, enter it as the page's address in the settings.
