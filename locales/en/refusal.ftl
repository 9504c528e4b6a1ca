# Why a command is refused

refusal-not-found = { $kind } "{ $id }" does not exist on this page
refusal-taken = { $kind } "{ $id }" exists already: choose another
refusal-bad-id = identifier "{ $id }" must be 1 to { $most_count } characters of a-z and 0-9
refusal-empty = { $field } must not be empty
refusal-too-long = { $field } has { $given_count }, the most is { $most_count }
refusal-foreign-locale = { $field } has a text in { $language }, which is not a language of this page
refusal-unsayable = the status "{ $status }" can not be said: it is what monitors find
refusal-wrong-kind = the status "{ $status }" is not one of this kind
refusal-empty-window = the end ({ $to }) must be after the start ({ $from })
refusal-in-future = { $field } ({ $at }) must not be in the future
refusal-too-far = { $field } ({ $at }) is more than { $day_count } days away
refusal-in-past = { $field } ({ $at }) must be in the future
refusal-dependency-cycle = { $id } would depend on itself through others
refusal-idle-hold = a hold on { $id } would change nothing: nothing measures it, or its policy is declared
refusal-not-resolved = a postmortem can be published once the incident is resolved
refusal-no-postmortem = this incident has no published postmortem
refusal-promise-closed = this promise is no longer open
refusal-maintenance-only = { $field } is for maintenances only
refusal-no-plan = a maintenance needs scheduled_for and scheduled_until
refusal-retired = { $id } is retired
refusal-bad-rule = recurrence rule "{ $rule }": { $reason }
refusal-bad-setting = { $field }: { $reason }
refusal-changed = this was changed meanwhile: it stands at "{ $stands }", you sent "{ $sent }"
refusal-empty-group = a group needs at least one component
refusal-undo-over = this was deleted more than 30 days ago
refusal-not-deleted = this is not deleted
