//! Every SQL statement there is, as plain text, each named by its question.
//!
//! One text serves both engines. Parameters are `$1 … $n` in order of first use. Two words are put
//! in by `db.rs`: `texts_of($n)` and `rows_of($n)` are tables with one column `value`, made of the
//! JSON array that is the parameter. Where engines must differ a statement is a named pair.

/// One statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    /// Its name, also the key of what is prepared.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: Text,
}

/// A statement's text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    /// One for both engines.
    Both(&'static str),
    /// Where they must differ.
    Pair {
        sqlite: &'static str,
        postgres: &'static str,
    },
}

use Text::{Both, Pair};

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: Statement = Statement {
            name: stringify!($name),
            text: $text,
        };)*

        /// Every statement, for the test that prepares each.
        #[cfg(feature = "testkit")]
        pub(crate) const ALL: &[Statement] = &[$($name),*];
    };
}

catalogue! {
    /// Does the database answer?
    PING = Both("select cast(1 as bigint)");

    /// Is there a settings table, that is: is there a schema?
    SETTINGS_TABLE = Pair {
        sqlite: "select count(*) from sqlite_master where type = 'table' and name = 'settings'",
        postgres: "select count(*)
            from pg_catalog.pg_class
            where oid = to_regclass('settings')",
    };

    SETTING = Both("select value from settings where key = $1");

    SET_SETTING = Both("
        insert into settings (key, value)
        values ($1, $2)
        on conflict (key) do update set value = excluded.value");

    DROP_SETTING = Both("delete from settings where key = $1");

    /// In the order in which they were made.
    HEADS = Both("
        select page_id, seq, epoch, head_hash, head_at, gone_at
        from pages
        order by (
            select at_us
            from journal
            where journal.page_id = pages.page_id
              and journal.seq = 1), page_id");

    HEAD = Both("
        select page_id, seq, epoch, head_hash, head_at, gone_at
        from pages
        where page_id = $1");

    CREATE_PAGE = Both("
        insert into pages (page_id, seq, epoch, head_hash, head_at)
        values ($1, $2, $3, $4, $5)
        on conflict (page_id) do nothing");

    /// Moves the head only where it still is what the writer decided on.
    MOVE_HEAD = Both("
        update pages
        set seq = $2, epoch = $3, head_hash = $4, head_at = $5
        where page_id = $1
          and seq = $6
          and head_hash = $7");

    PAGE_GONE = Both("
        update pages
        set gone_at = $2
        where page_id = $1");

    PURGE_FACTS = Both("delete from facts where page_id = $1");

    PURGE_SEARCH = Both("delete from search where page_id = $1");

    PURGE_SEARCH_TEXTS = Both("delete from search_texts where page_id = $1");

    PURGE_ANSWERS = Both("delete from answers where page_id = $1");

    PURGE_ENTRIES = Both("
        update journal
        set salt = null, payload = null
        where page_id = $1");

    SET_SIGNED_HEAD = Both("
        insert into heads (page_id, seq, head)
        values ($1, $2, $3)
        on conflict (page_id) do update set seq = excluded.seq, head = excluded.head");

    SIGNED_HEAD = Both("select head from heads where page_id = $1");

    ADD_ENTRY = Both("
        insert into journal (page_id, seq, at_us, header, audience, salt, payload)
        values ($1, $2, $3, $4, $5, $6, $7)");

    ERASE_ENTRY = Both("
        update journal
        set salt = null, payload = null
        where page_id = $1
          and seq = $2");

    /// Takes what mentions a deleted or restricted thing from the public journal.
    WITHHOLD_ENTRIES = Both("
        update journal
        set audience = 'team'
        where page_id = $1
          and audience = 'public'
          and payload like $2");

    ENTRIES_AFTER = Both("
        select header, audience, salt, payload, seq, at_us
        from journal
        where page_id = $1
          and seq > $2
        order by seq
        limit $3");

    ADD_ANSWER = Both("
        insert into answers (page_id, command_id, answer, at_us, digest)
        values ($1, $2, $3, $4, $5)");

    ANSWERS_AFTER = Both("
        select command_id, answer, at_us, digest
        from answers
        where page_id = $1
          and command_id > $2
        order by command_id
        limit $3");

    ANSWER = Both("
        select answer
        from answers
        where page_id = $1
          and command_id = $2");

    FORGET_ANSWERS = Both("
        delete from answers
        where (page_id, command_id) in (
            select page_id, command_id
            from answers
            where at_us < $1
            order by at_us
            limit $2)");

    /// `$2` is rows of kind, id, owner, holder, from, to, body; none twice.
    PUT_FACTS = Both("
        insert into facts (page_id, kind, id, owner, holder, from_us, to_us, body)
        select
            cast($1 as text), value ->> 0, value ->> 1, value ->> 2, value ->> 3,
            cast(value ->> 4 as bigint), cast(value ->> 5 as bigint), value ->> 6
        from rows_of($2)
        where true
        on conflict (page_id, kind, id) do update set
            owner = excluded.owner,
            holder = excluded.holder,
            from_us = excluded.from_us,
            to_us = excluded.to_us,
            body = excluded.body");

    DROP_FACT = Both("
        delete from facts
        where page_id = $1
          and kind = $2
          and id = $3");

    OWNER_OF_FACT = Both("
        select owner
        from facts
        where page_id = $1
          and kind = $2
          and id = $3");

    /// By page, kind and identifier, for the check of the whole record.
    FACTS_AFTER = Both("
        select id, body, owner, holder, from_us, to_us
        from facts
        where page_id = $1
          and kind = $2
          and id > $3
        order by id
        limit $4");

    FACTS_OF_KIND = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = $2");

    FACTS_ENDING_AFTER = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = $2
          and to_us >= $3");

    /// What belongs to incidents that end after an instant.
    FACTS_OF_INCIDENTS_ENDING_AFTER = Both("
        select part.id, part.body
        from facts incident
        join facts part
          on part.page_id = incident.page_id
         and part.kind = $2
         and part.owner = incident.id
        where incident.page_id = $1
          and incident.kind = 'incident'
          and incident.to_us >= $3");

    /// What of a component touches a window.
    FACTS_TOUCHING = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = $2
          and owner = $3
          and from_us <= $4
          and to_us >= $5
        order by from_us, id");

    /// What of any component touches a window.
    FACTS_OF_ALL_TOUCHING = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = $2
          and from_us <= $3
          and to_us >= $4
        order by from_us, id");

    FACTS_BY_ID = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = $2
          and id in (select value from texts_of($3))");

    FACTS_BY_OWNER = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = $2
          and owner in (select value from texts_of($3))");

    /// Updates and promises of incidents.
    PARTS_OF_INCIDENTS = Both("
        select id, body
        from facts
        where page_id = $1
          and kind in ('update', 'promise')
          and owner in (select value from texts_of($2))");

    FACTS_BY_HOLDER = Both("
        select id, body
        from facts
        where page_id = $1
          and holder in (select value from texts_of($2))
          and holder <> ''");

    /// Newest first, before a seek position.
    INCIDENTS_BEFORE = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = 'incident'
          and from_us >= $2
          and (from_us, id) < ($3, $4)
        order by from_us desc, id desc
        limit $5");

    /// Newest first, hidden ones left out: a text that a body holds has its quotes escaped, so what
    /// is looked for is a name of the body itself.
    INCIDENTS_PART = Both(r#"
        select id, body
        from facts
        where page_id = $1
          and kind = 'incident'
          and body not like '%"deleted_at":%'
        order by from_us desc, id desc
        limit $2 offset $3"#);

    INCIDENTS_OF_KIND_BEFORE = Both("
        select id, body
        from facts
        where page_id = $1
          and kind = 'incident'
          and owner = $2
          and (from_us, id) < ($3, $4)
        order by from_us desc, id desc
        limit $5");

    SEARCH_TEXT = Both("
        select body
        from search_texts
        where page_id = $1
          and incident_id = $2");

    SET_SEARCH_TEXT = Both("
        insert into search_texts (page_id, incident_id, body)
        values ($1, $2, $3)
        on conflict (page_id, incident_id) do update set body = excluded.body");

    DROP_SEARCH_TEXT = Both("
        delete from search_texts
        where page_id = $1
          and incident_id = $2");

    ADD_GRAMS = Both("
        insert into search (page_id, gram, incident_id)
        select cast($1 as text), value, cast($2 as text)
        from texts_of($3)
        where true
        on conflict do nothing");

    DROP_GRAMS = Both("
        delete from search
        where page_id = $1
          and incident_id = $2
          and gram in (select value from texts_of($3))");

    SEARCH_TEXTS_AFTER = Both("
        select incident_id, body
        from search_texts
        where page_id = $1
          and incident_id > $2
        order by incident_id
        limit $3");

    SEARCH_AFTER = Both("
        select gram, incident_id
        from search
        where page_id = $1
          and (gram, incident_id) > ($2, $3)
        order by gram, incident_id
        limit $4");

    /// Incidents that hold all of the grams, newest first, with their words.
    FOUND = Both("
        select incident.id, words.body
        from facts incident
        join search_texts words
          on words.page_id = incident.page_id
         and words.incident_id = incident.id
        where incident.page_id = $1
          and incident.kind = 'incident'
          and incident.id in (
            select incident_id
            from search
            where page_id = $1
              and gram in (select value from texts_of($2))
            group by incident_id
            having count(*) = $3)
        order by incident.from_us desc, incident.id desc
        limit $4");

    RECORD = Both("
        select id, page_id, version, created_us, sort, body
        from records
        where kind = $1
          and id = $2");

    /// Of one page, or of the installation where the page is empty.
    RECORDS = Both("
        select id, page_id, version, created_us, sort, body
        from records
        where kind = $1
          and page_id = $2
          and (sort, id) > ($3, $4)
        order by sort, id
        limit $5 offset $6");

    COUNT_RECORDS = Both("
        select count(*)
        from records
        where kind = $1
          and page_id = $2");

    RECORDS_BY_KEY = Both("
        select record.id, record.page_id, record.version, record.created_us, record.sort,
            record.body
        from record_keys held
        join records record
          on record.kind = held.kind
         and record.id = held.id
        where held.kind = $1
          and held.name = $2
          and held.value = $3
          and held.id > $4
        order by held.id
        limit $5");

    /// `$2` is identifiers.
    RECORDS_BY_ID = Both("
        select id, page_id, version, created_us, sort, body
        from records
        where kind = $1
          and id in (select value from texts_of($2))");

    ADD_RECORD = Both("
        insert into records (kind, id, page_id, version, created_us, sort, body)
        values ($1, $2, $3, 1, $4, $5, $6)
        on conflict (kind, id) do nothing");

    /// Only where it still is what the writer saw.
    CHANGE_RECORD = Both("
        update records
        set page_id = $3, version = version + 1, sort = $4, body = $5
        where kind = $1
          and id = $2
          and version = $6");

    DROP_RECORD = Both("
        delete from records
        where kind = $1
          and id = $2");

    /// Nothing where the key is another record's alone.
    ADD_RECORD_KEY = Both("
        insert into record_keys (kind, name, value, id, alone)
        values ($1, $2, $3, $4, $5)
        on conflict do nothing");

    DROP_RECORD_KEYS = Both("
        delete from record_keys
        where kind = $1
          and id = $2");

    PURGE_RECORD_KEYS = Both("
        delete from record_keys
        where (kind, id) in (
            select kind, id
            from records
            where page_id = $1)");

    PURGE_RECORDS = Both("delete from records where page_id = $1");

    ADD_AUDIT = Both("
        insert into audit (
            at_us, page_id, actor_kind, actor_id, action, subject_kind, subject_id, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8)");

    /// Newest first.
    AUDIT_BEFORE = Both("
        select seq, at_us, page_id, actor_kind, actor_id, action, subject_kind, subject_id, detail
        from audit
        where seq < $1
        order by seq desc
        limit $2");

    AUDIT_OF_PAGE_BEFORE = Both("
        select seq, at_us, page_id, actor_kind, actor_id, action, subject_kind, subject_id, detail
        from audit
        where page_id = $1
          and seq < $2
        order by seq desc
        limit $3");

    PURGE_AUDIT = Both("delete from audit where page_id = $1");
}
