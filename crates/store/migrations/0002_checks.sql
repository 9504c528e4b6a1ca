-- What the check of the whole record needs, and pages that are gone for good.

-- An answer carries the hash of its row: nothing else in the record says what it was.
-- Those of before are forgotten: they were kept for a week only.
delete from answers;
alter table answers add column digest TEXT not null default '';

-- Since when nothing is left of a page but its chain of headers.
alter table pages add column gone_at BIGINT;
