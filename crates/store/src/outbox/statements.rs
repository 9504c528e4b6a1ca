//! What is asked of the outbox; on `SQLite` another file than the record's.

use crate::catalogue::Statement;
use crate::catalogue::Text::{Both, Pair};

catalogue! {
    OUTBOX_FOLLOWED = Both("select seq from follows where page_id = $1");

    ADD_FOLLOW = Both("
        insert into follows (page_id, seq)
        values ($1, $2)
        on conflict (page_id) do nothing");

    /// Only from where the follower thinks it stands.
    MOVE_FOLLOW = Both("
        update follows
        set seq = $3
        where page_id = $1
          and seq = $2");

    DROP_FOLLOW = Both("delete from follows where page_id = $1");

    ADD_NOTICE = Both("
        insert into notices (
            notice_id, page_id, thread, seq, body, at_us, is_clear, is_open, reason, stage,
            after_sort, after_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, '')
        on conflict (notice_id) do nothing");

    NOTICE = Both("
        select notice_id, page_id, thread, seq, body, at_us, is_clear, stage, after_sort, after_id
        from notices
        where notice_id = $1");

    /// Of each thread the oldest that is still being made.
    OPEN_NOTICES = Both("
        select notice_id, page_id, thread, seq, body, at_us, is_clear, stage, after_sort, after_id
        from notices own
        where is_open = 1
          and not exists (
            select 1
            from notices earlier
            where earlier.thread = own.thread
              and earlier.seq < own.seq
              and earlier.is_open = 1)
        order by at_us, seq
        limit $1");

    /// Only from where its maker thinks it stands.
    MOVE_NOTICE = Both("
        update notices
        set is_open = $5, stage = $6, after_sort = $7, after_id = $8
        where notice_id = $1
          and is_open = 1
          and stage = $2
          and after_sort = $3
          and after_id = $4");

    /// `$1` is rows of recipient, channel, lane, due; the rest is the same for all.
    ADD_DELIVERIES = Both("
        insert into deliveries (
            notice_id, recipient, page_id, thread, seq, channel, lane, is_clear, state, open, told,
            attempts, made_us, due_us, done_us, owner, reference, reason)
        select
            cast($2 as text), value ->> 0, cast($3 as text), cast($4 as text), cast($5 as bigint),
            value ->> 1, value ->> 2, cast($6 as bigint), 'pending', 1, 0, 0, cast($7 as bigint),
            cast(value ->> 3 as bigint), 0, '', '', ''
        from rows_of($1)
        where true
        on conflict (notice_id, recipient) do nothing");

    /// Newer words take the place of older ones that nobody has yet.
    SUPERSEDE = Both("
        update deliveries
        set state = 'superseded', open = 0, done_us = $4
        where recipient in (select value from texts_of($1))
          and thread = $2
          and seq < $3
          and open = 1");

    /// What is due, but for lanes that are full, and what waits for another of its thread.
    DUE = Pair {
        sqlite: "
        select own.notice_id, own.recipient, own.page_id, own.thread, own.channel, own.lane,
            own.is_clear, own.attempts, own.made_us,
            exists (
                select 1
                from deliveries earlier
                where earlier.recipient = own.recipient
                  and earlier.thread = own.thread
                  and earlier.seq < own.seq
                  and earlier.told = 1) as has_been_told,
            coalesce((
                select earlier.reference
                from deliveries earlier
                where earlier.recipient = own.recipient
                  and earlier.thread = own.thread
                  and earlier.reference <> ''
                order by earlier.seq desc
                limit 1), '')
        from deliveries own
        where own.open = 1
          and own.due_us <= $1
          and own.lane not in (select value from texts_of($2))
          and not exists (
            select 1
            from deliveries other
            where other.recipient = own.recipient
              and other.thread = own.thread
              and other.open = 2)
        order by own.due_us
        limit $3",
        postgres: "
        select own.notice_id, own.recipient, own.page_id, own.thread, own.channel, own.lane,
            own.is_clear, own.attempts, own.made_us,
            cast(exists (
                select 1
                from deliveries earlier
                where earlier.recipient = own.recipient
                  and earlier.thread = own.thread
                  and earlier.seq < own.seq
                  and earlier.told = 1) as integer)::bigint as has_been_told,
            coalesce((
                select earlier.reference
                from deliveries earlier
                where earlier.recipient = own.recipient
                  and earlier.thread = own.thread
                  and earlier.reference <> ''
                order by earlier.seq desc
                limit 1), '')
        from deliveries own
        where own.open = 1
          and own.due_us <= $1
          and own.lane not in (select value from texts_of($2))
          and not exists (
            select 1
            from deliveries other
            where other.recipient = own.recipient
              and other.thread = own.thread
              and other.open = 2)
        order by own.due_us
        limit $3
        for update of own skip locked",
    };

    /// `$1` is rows of notice and recipient.
    START = Both("
        update deliveries
        set state = 'sending', open = 2, owner = $2, attempts = attempts + 1
        where open = 1
          and (notice_id, recipient) in (
            select value ->> 0, value ->> 1
            from rows_of($1))");

    /// `$1` is rows of notice and recipient: an all-clear to those never told of the trouble.
    SUPPRESS = Both("
        update deliveries
        set state = 'suppressed', open = 0, done_us = $2
        where open = 1
          and (notice_id, recipient) in (
            select value ->> 0, value ->> 1
            from rows_of($1))");

    /// What one node says of what it had under way, each found by its key: by their owner all would
    /// be compared with all. `$1` is rows of notice, recipient, state,
    /// open, told, due, done, reference, reason.
    FINISH = Both("
        update deliveries
        set state = found.became, open = found.is_open, due_us = found.due, done_us = found.done,
            told = case when told = 1 or found.said = 1 then 1 else 0 end, owner = '',
            reference = found.named, reason = found.why
        from (
            select value ->> 0 as notice, value ->> 1 as whom, value ->> 2 as became,
                cast(value ->> 3 as bigint) as is_open, cast(value ->> 4 as bigint) as said,
                cast(value ->> 5 as bigint) as due, cast(value ->> 6 as bigint) as done,
                value ->> 7 as named, value ->> 8 as why
            from rows_of($1)) found
        where notice_id = found.notice
          and recipient = found.whom
          and open + 0 = 2
          and owner || '' = $2");

    /// What is to wait again although the recipient has newer words coming, or has them already:
    /// he gets no old ones after them. `$1` is rows of notice and recipient.
    OUTDATE = Both("
        update deliveries
        set state = 'superseded', open = 0, done_us = $2
        where open = 1
          and (notice_id, recipient) in (
            select value ->> 0, value ->> 1
            from rows_of($1))
          and exists (
            select 1
            from deliveries later
            where later.recipient = deliveries.recipient
              and later.thread = deliveries.thread
              and later.seq > deliveries.seq)");

    /// What a node that is gone had under way may have been sent: it is sent again, with the same
    /// key; a text message only where it says that all is well, and nothing where newer words are
    /// on their way.
    TAKE_OVER = Both("
        update deliveries
        set state = 'uncertain', told = 1, owner = '', due_us = $2, done_us = $2,
            open = case
                when channel = 'sms' and is_clear = 0 then 0
                when exists (
                    select 1
                    from deliveries later
                    where later.recipient = deliveries.recipient
                      and later.thread = deliveries.thread
                      and later.seq > deliveries.seq) then 0
                else 1 end
        where open = 2
          and owner = $1");

    OWNERS = Both("select distinct owner from deliveries where open = 2");

    SET_BEAT = Both("
        insert into senders (node, beat)
        values ($1, 1)
        on conflict (node) do update set beat = senders.beat + 1");

    BEATS = Both("select node, beat from senders");

    DROP_SENDER = Both("delete from senders where node = $1");

    /// What became of what a recipient was to be told, newest first.
    DELIVERIES_OF = Both("
        select notice_id, recipient, page_id, thread, channel, state, attempts, made_us, due_us,
            done_us, reason
        from deliveries
        where recipient = $1
        order by thread desc, seq desc
        limit $2");

    /// Those of a page that ended so, newest first.
    DELIVERIES_ENDED = Both("
        select notice_id, recipient, page_id, thread, channel, state, attempts, made_us, due_us,
            done_us, reason
        from deliveries
        where page_id = $1
          and state = $2
          and done_us >= $3
        order by done_us desc
        limit $4");

    /// How many of one event are how far, per channel.
    DELIVERY_COUNTS = Both("
        select channel, state, count(*)
        from deliveries
        where notice_id = $1
        group by channel, state");

    NOTICES_OF_THREAD = Both("
        select notice_id, page_id, thread, seq, body, at_us, is_clear, stage, after_sort, after_id
        from notices
        where thread = $1
        order by seq");

    /// What waits and was tried before, per lane with why.
    AILING = Both("
        select lane, max(reason), count(*), min(made_us)
        from deliveries
        where open = 1
          and attempts > 0
          and page_id = $1
          and reason <> ''
        group by lane");

    DROP_RECIPIENT = Both("delete from deliveries where recipient = $1");

    END_RECIPIENT = Both("
        update deliveries
        set state = 'suppressed', open = 0, done_us = $2
        where recipient = $1
          and open = 1");

    FORGET_DELIVERIES = Both("
        delete from deliveries
        where (notice_id, recipient) in (
            select notice_id, recipient
            from deliveries
            where open = 0
              and done_us < $1
            order by done_us
            limit $2)");

    FORGET_NOTICES = Both("
        delete from notices
        where notice_id in (
            select notice_id
            from notices
            where page_id = $1
              and at_us < $2
              and is_open = 0
            order by at_us
            limit $3)");
}
