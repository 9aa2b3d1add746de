-- One-time codes sent by SMS, and what guessing them has cost.

-- At most one of a kind for each account, together with the pending token (jti) that it belongs to.
create table codes (
    user_id text not null,
    kind text not null,
    jti text not null,
    code_hash text not null,
    attempts integer not null,
    max_attempts integer not null,
    created_at integer not null,
    expires_at integer not null,
    primary key (user_id, kind)
) strict, without rowid;

create index codes_expiry on codes (expires_at);

-- One row for each wrong code that the account's budget counts.
create table wrong_codes (
    user_id text not null,
    kind text not null,
    at integer not null
) strict;

create index wrong_codes_by_account on wrong_codes (user_id, kind, at);
create index wrong_codes_expiry on wrong_codes (at);
