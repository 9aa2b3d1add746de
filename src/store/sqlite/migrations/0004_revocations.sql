-- Whose token was revoked, where that is known.

alter table revoked_tokens add column user_id text;
