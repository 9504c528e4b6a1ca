-- What waits although it was tried: looked at every few seconds, however long the log is.
create index deliveries_ailing on deliveries (page_id, lane) where open = 1 and attempts > 0;
