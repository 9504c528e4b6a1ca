# The explanation of the public API, with the page's own addresses.

api-title = Status API
api-intro = What this page shows can also be read by programs. The answers are JSON, need no key, and may be asked for from any web page.
api-base = Address
api-limits = Answers may be kept for a few seconds. Send If-None-Match with the ETag you were given, and you are told when nothing has changed.
api-example = Example
api-field = Field
api-meaning = Meaning
api-path = Path
api-answer = Answer
api-summary = Everything at once: the overall status, the components, open incidents, and maintenance that is planned or in progress.
api-status = The overall status: an indicator and its sentence.
api-components = All components with their status.
api-incidents = The 50 newest incidents with their updates.
api-incidents-unresolved = Incidents that are open.
api-maintenances = The 50 newest maintenances.
api-maintenances-upcoming = Maintenance that has not begun.
api-maintenances-active = Maintenance in progress.
api-indicator-values = The indicator is one of { $values }.
api-status-values = The status of a component is one of { $values }.
api-lifecycle-values = The status of an incident is one of { $values }.
api-impact-values = The impact of an incident is one of { $values }.
api-feeds = Feeds
api-feeds-intro = Incidents and maintenance are also published as Atom and RSS.
api-record = Record
api-record-intro = Everything this page has said is kept in a chain of entries that anyone can check.
