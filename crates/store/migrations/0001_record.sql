-- The record of a page: the first schema.
--
-- All facts stand in one table. Its columns are what queries look for, its body is the fact as
-- canonical JSON and never looked into by SQL. Page, group, incident or span: the same row, so
-- that a check of the whole record is one loop over one table.
--
-- Words that differ by engine (type words and those after a table) are put in by the
-- migrator. Instants are microseconds UTC; an end that has not come is the greatest number.

create table pages (
    page_id TEXT not null,
    seq BIGINT not null,
    epoch BIGINT not null,
    head_hash TEXT not null,
    head_at BIGINT not null,
    primary key (page_id)
) STRICT_KEYED;

create table facts (
    page_id TEXT not null references pages (page_id),
    kind TEXT not null,
    id TEXT not null,
    owner TEXT not null,
    holder TEXT not null,
    from_us BIGINT not null,
    to_us BIGINT not null,
    body TEXT not null,
    primary key (page_id, kind, id)
) STRICT_ROWS;

-- Updates of an incident, spans of a component, incidents of one kind by time.
create index facts_by_owner on facts (page_id, kind, owner, from_us);

-- What is still open, or was within the live window.
create index facts_by_end on facts (page_id, kind, to_us);

-- Archives: all incidents by time.
create index facts_by_start on facts (page_id, kind, from_us);

-- Claims belong to a component; an incident finds its own here.
create index facts_by_holder on facts (page_id, holder) where holder <> '';

create table journal (
    page_id TEXT not null references pages (page_id),
    seq BIGINT not null,
    at_us BIGINT not null,
    header TEXT not null,
    audience TEXT not null check (audience in ('public', 'team')),
    salt TEXT,
    payload TEXT,
    primary key (page_id, seq)
) STRICT_ROWS;

create table answers (
    page_id TEXT not null references pages (page_id),
    command_id TEXT not null,
    answer TEXT not null,
    at_us BIGINT not null,
    primary key (page_id, command_id)
) STRICT_KEYED;

-- Answers are forgotten by age, whatever the page.
create index answers_by_age on answers (at_us);

create table heads (
    page_id TEXT not null references pages (page_id),
    seq BIGINT not null,
    head TEXT not null,
    primary key (page_id)
) STRICT_KEYED;

-- The words of an incident as searched: kept, so that a change touches only the grams that differ
-- and a find can be checked without putting the words together again.
create table search_texts (
    page_id TEXT not null references pages (page_id),
    incident_id TEXT not null,
    body TEXT not null,
    primary key (page_id, incident_id)
) STRICT_ROWS;

-- One row for each pair of neighbouring characters, and each character, that an incident's words
-- hold: Japanese has no blanks to cut words at.
create table search (
    page_id TEXT not null,
    gram TEXT not null,
    incident_id TEXT not null,
    primary key (page_id, gram, incident_id)
) STRICT_KEYED;
