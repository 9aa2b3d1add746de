-- Email and SMS wait in queues of their own: neither is found past the other.

drop index outbox_due;

create index outbox_due on outbox (iif(kind = 'webhook', recipient, ''), kind, not_before, seq) where failed_at is null;
