# One incident or maintenance, and what is promised about it.

incident-report-for = Incident Report for { $page }
maintenance-report-for = Scheduled Maintenance Report for { $page }
scheduled-for-page = Scheduled for { $page }
scheduled-for = Scheduled for { $window }
impact = Impact
impact-of = Impact: { $impact }
posted = Posted { $time }
posted-on = Posted on { $time }
edited = Edited { $time }
text-erased = The text of this update was erased.
only-in-english = This text exists in English only.
only-in-japanese = This text exists in Japanese only.
guidance = Impact and what to do
who-is-affected = Who is affected
how-to-check = How to check
what-to-do-now = What to do now
action-needed = Action needed
effects-until = Effects may last until
impact-window = Impact window
impact-from = Impact since { $time }
impact-from-about = Impact since about { $time }
about-time = about { $time }
window-of = { $from } to { $to }
incident-affects = This incident affects: { $names }.
incident-affected = This incident affected: { $names }.
maintenance-affects = This scheduled maintenance affects: { $names }.
maintenance-affected = This scheduled maintenance affected: { $names }.
affected-components = Affected systems
affected-components-past = Systems that were affected
maintained-components = Systems
times-caption = When each system was how
update-history = Updates
newest-first = newest first
incident-updates = Updates of this incident
maintenance-updates = Updates of this maintenance
postmortem = Postmortem
postmortem-published = Published { $time }
related-incidents = Related incidents
maintenance-not-started = This maintenance was to begin at { $time } and has not begun yet.
maintenance-overrunning = This maintenance was to end at { $time } and is still in progress.
maintenance-window = When
maintenance-ends-by = Planned to end at { $time }
change-of-status = { $component }: { $before } to { $after }

next-update-by = Next update by { $time }
next-update-when = Next update { $words }
update-was-due = An update was due at { $time }
update-was-due-large = An update was due at { $time }
promises = Promises
promise-kept = promised by { $promised }, given { $given }
promise-kept-early = promised by { $promised }, given { $given }, { $duration } early
promise-kept-late = promised by { $promised }, given { $given }, { $duration } late
promise-lifted = promised by { $promised }, lifted: { $reason }
promise-when-lifted = promised { $words }, lifted: { $reason }
promise-ended = promised by { $promised }, ended at { $given }
promises-kept-so-far = Promises so far: { $kept_count } of { $total_count } kept in time
promises-kept-count = { $kept_count } of { $total_count ->
    [one] 1 promise
   *[other] { $total_count } promises
} kept in time
postmortem-owed = A postmortem will be published by { $date }.
postmortem-overdue = A postmortem was due on { $date }.

promise-sentence-by = We will post the next update by { $time }.
promise-sentence-when = We will post the next update { $words }.
promise-sentence-postmortem = We will publish a postmortem by { $date }.
promise-sentence-postmortem-undated = We will publish a postmortem within 5 working days of the end of this incident.
automatic-title = Problems with { $names }
automatic-title-many = Problems with { $names } and { $count ->
    [one] 1 more system
   *[other] { $count } more systems
}
automatic-opened = Our probes see problems with { $component } since { $time }: { $status }.
automatic-joined = Our probes see problems with { $component } as well, since { $time }: { $status }.
automatic-caused-by = { $component } depends on { $cause } and is affected by it.
automatic-more = { $count ->
    [one] 1 more system is affected.
   *[other] { $count } more systems are affected.
}
automatic-monitoring = All affected systems answer normally again. We are watching them.
automatic-again = Our probes see problems with { $component } again.
automatic-resolved = All affected systems have answered normally for { $duration }. This incident is over.
