-- Messages wait in lanes: one for mail and SMS, and one for each receiver of webhooks.

drop index outbox_due;

create index outbox_due on outbox (iif(kind = 'webhook', recipient, ''), not_before, seq) where failed_at is null;
