-- What is told, to whom, and what became of it (DELIVERY "Notifications"). No words and no
-- addresses stand here: they are looked up when a message is sent, so that what was erased or
-- corrected meanwhile is never told.
--
-- On SQLite these tables have a file of their own: whoever posts an update never waits for the
-- queue.

-- Nodes that send: each counts up while it lives, and the others watch it.
create table senders (
    node TEXT not null,
    beat BIGINT not null,
    primary key (node)
) STRICT_KEYED;

-- How far each page's journal has been followed.
create table follows (
    page_id TEXT not null,
    seq BIGINT not null,
    primary key (page_id)
) STRICT_KEYED;

-- One row per event. While it is open its deliveries are still being made, in slices; `stage` and
-- `after_*` say how far that has got.
create table notices (
    notice_id TEXT not null,
    page_id TEXT not null,
    thread TEXT not null,
    seq BIGINT not null,
    body TEXT not null,
    at_us BIGINT not null,
    is_clear BIGINT not null,
    is_open BIGINT not null,
    reason TEXT not null,
    stage TEXT not null,
    after_sort BIGINT not null,
    after_id TEXT not null,
    primary key (notice_id)
) STRICT_ROWS;

-- Those still being made, in the order of their threads.
create index notices_open on notices (at_us, seq) where is_open = 1;

create index notices_by_thread on notices (thread, seq);

create index notices_by_page on notices (page_id, at_us);

-- One row per event and recipient. `open`: 1 waits, 2 is under way, 0 is over. `told`: the recipient
-- has it, or may have it.
create table deliveries (
    notice_id TEXT not null,
    recipient TEXT not null,
    page_id TEXT not null,
    thread TEXT not null,
    seq BIGINT not null,
    channel TEXT not null,
    lane TEXT not null,
    is_clear BIGINT not null,
    state TEXT not null,
    open BIGINT not null,
    told BIGINT not null,
    attempts BIGINT not null,
    made_us BIGINT not null,
    due_us BIGINT not null,
    done_us BIGINT not null,
    owner TEXT not null,
    reference TEXT not null,
    reason TEXT not null,
    primary key (notice_id, recipient)
) STRICT_ROWS;

-- What is due.
create index deliveries_due on deliveries (due_us) where open = 1;

-- Whose are under way.
create index deliveries_by_owner on deliveries (owner) where open = 2;

-- The order within a recipient's thread, and his log.
create index deliveries_by_thread on deliveries (recipient, thread, seq);

-- What a page's failures are.
create index deliveries_by_state on deliveries (page_id, state, done_us);

-- What is old.
create index deliveries_by_age on deliveries (done_us) where open = 0;
