-- Private records: what is no fact of a page (users, tokens, sessions, drafts, templates …).
--
-- One table for all kinds, as with facts: its columns are what queries look for, its body is JSON
-- that SQL never looks into. A record that belongs to no page has an empty page.

create table records (
    kind TEXT not null,
    id TEXT not null,
    page_id TEXT not null,
    version BIGINT not null,
    created_us BIGINT not null,
    sort BIGINT not null,
    body TEXT not null,
    primary key (kind, id)
) STRICT_ROWS;

-- Lists of one kind, of one page or of the installation.
create index records_by_sort on records (kind, page_id, sort, id);

-- What goes with a page.
create index records_by_page on records (page_id);

-- What records are looked up by.
create table record_keys (
    kind TEXT not null,
    name TEXT not null,
    value TEXT not null,
    id TEXT not null,
    alone BIGINT not null,
    primary key (kind, name, value, id)
) STRICT_KEYED;

-- A key that only one record may have.
create unique index record_keys_alone on record_keys (kind, name, value) where alone = 1;

-- The keys of one record.
create index record_keys_by_record on record_keys (kind, id);

-- Who did what to private records, in order.
create table audit (
    seq COUNTED primary key,
    at_us BIGINT not null,
    page_id TEXT not null,
    actor_kind TEXT not null,
    actor_id TEXT not null,
    action TEXT not null,
    subject_kind TEXT not null,
    subject_id TEXT not null,
    detail TEXT not null
) STRICT_ROWS;

create index audit_by_page on audit (page_id, seq);
