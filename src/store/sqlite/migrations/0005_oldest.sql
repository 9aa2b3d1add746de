-- How long messages have waited is asked often.

create index outbox_oldest on outbox (created_at) where failed_at is null;
