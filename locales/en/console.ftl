# The console: what operators read.

console-skip = Skip to content
console-screens = Screens
console-menu = Menu
console-waiting = waiting
console-switch-page = Switch page
console-see-page = See the public page
console-pages = Pages
console-pages-none = There is no page that you may see. Ask an administrator for a role.
console-to-start = To the start of the console
console-system = System

console-error-unknown = You are not signed in
console-error-unknown-more = Sign in, then open this screen again.
console-error-forbidden = You may not do that
console-error-forbidden-more = Your role on this page does not allow it. Ask an administrator of the page.
console-error-missing = There is nothing here
console-error-missing-more = This screen does not exist, or not for you.
console-error-busy = This can not be done right now
console-error-busy-more = Too much is going on, or the record can not be reached. Try again in a moment; the public page keeps serving.
console-error-failed = Something failed
console-error-failed-more = The server's log has it under { $number }.
console-error-refused = That is not possible

console-told-hold-ended = The hold was ended.
console-told-status-set = The status was changed.

console-now = Now
console-now-subtitle = As of { $time }. { $count ->
    [0] Nothing waits for you.
    [one] 1 thing waits for you.
   *[other] { $count } things wait for you.
}
console-count = { $count }
console-now-promises = Promised updates
console-now-contradictions = Said and measured differ
console-now-open = Going on
console-now-calm = No incident is open, and nothing waits.
console-now-without = Statuses without an incident
console-now-held = Held statuses
console-now-postmortems = Postmortems owed
console-overdue-by = { $duration } late
console-due-in = in { $duration }
console-until = by { $time }
console-since = since { $time }
console-reminded-at = You are reminded at { $time }.
console-promised-by = Readers expect an update by { $time }.
console-promised-when = Readers were promised an update { $words }.
console-promise-shown-late = The page says that the promised time has passed.
console-postmortem-owed = A postmortem was promised.
console-contradiction = { $component }: the page says { $public }, measured is { $measured }
console-contradiction-shown = The page tells readers of it.
console-contradiction-from = From { $time } on, the page tells readers of it.
console-contradiction-never = By its settings, the page does not tell readers of it.
console-held-until = Held until { $time }: { $reason }.
console-end-hold = End the hold
console-hold-reason = Held by an operator: { $reason }
console-no-text-in = No text in { $languages } yet
console-well-since = Measured well since { $time }. Resolve?
console-end-status = Back to operational
console-said-without = Said without an incident: readers see the status, but no explanation.
console-no-components = No systems yet.
console-no-monitor = Nothing measures it
console-lane-declared = Said
console-lane-measured = Measured
console-lane-public = Shown
