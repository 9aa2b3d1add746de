-- Accounts, registrations, sessions, login attempts, outbox, audit trail.
-- Moments are whole milliseconds since the Unix epoch, ids are 24 hexadecimal digits, flags are 0 or 1.
-- An email_key is an address in lower case: it finds every spelling of the address, and admits one account for all of them.

create table users (
    seq integer primary key,
    id text not null unique,
    email text not null,
    email_key text not null unique,
    hashed_password text,
    is_active integer not null,
    is_verified integer not null,
    is_superuser integer not null,
    full_name text,
    name_key text, -- the name in lower case, to be searched
    phone_number text,
    is_mfa_enabled integer not null,
    created_at integer not null,
    updated_at integer not null,
    last_login integer,
    tokens_invalidated_after integer,
    last_iat integer -- the newest moment of issue that any token of the account carries
) strict;

create index users_newest on users (created_at, id);
create index users_by_name on users (name_key) where name_key is not null;
create index users_superusers on users (created_at, id) where is_superuser = 1;
create index users_disabled on users (created_at, id) where is_active = 0;
create index users_unverified on users (created_at, id) where is_verified = 0;

-- Substrings of three characters or more. The text is folded already, so that the index finds what instr() finds.
create virtual table users_search using fts5 (
    email_key, name_key,
    content = 'users', content_rowid = 'seq', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);

create trigger users_search_insert after insert on users begin
    insert into users_search (rowid, email_key, name_key) values (new.seq, new.email_key, new.name_key);
end;

create trigger users_search_delete after delete on users begin
    insert into users_search (users_search, rowid, email_key, name_key)
    values ('delete', old.seq, old.email_key, old.name_key);
end;

create trigger users_search_update after update of email_key, name_key on users begin
    insert into users_search (users_search, rowid, email_key, name_key)
    values ('delete', old.seq, old.email_key, old.name_key);
    insert into users_search (rowid, email_key, name_key) values (new.seq, new.email_key, new.name_key);
end;

-- One row: totals that are kept, never counted.
create table user_counts (
    total integer not null,
    active integer not null,
    verified integer not null,
    superusers integer not null
) strict;

insert into user_counts values (0, 0, 0, 0);

create trigger user_counts_insert after insert on users begin
    update user_counts set
        total = total + 1,
        active = active + new.is_active,
        verified = verified + new.is_verified,
        superusers = superusers + new.is_superuser;
end;

create trigger user_counts_delete after delete on users begin
    update user_counts set
        total = total - 1,
        active = active - old.is_active,
        verified = verified - old.is_verified,
        superusers = superusers - old.is_superuser;
end;

create trigger user_counts_update after update of is_active, is_verified, is_superuser on users begin
    update user_counts set
        active = active + new.is_active - old.is_active,
        verified = verified + new.is_verified - old.is_verified,
        superusers = superusers + new.is_superuser - old.is_superuser;
end;

-- What happened on each day, in days since the epoch. Kept, so that it outlives the retention of events.
create table daily_counts (
    day integer primary key,
    registered integer not null default 0,
    verified integer not null default 0,
    logins integer not null default 0,
    failures integer not null default 0
) strict;

create trigger daily_counts_user after insert on users begin
    insert into daily_counts (day, registered) values (new.created_at / 86400000, 1)
    on conflict (day) do update set registered = registered + 1;
end;

create table pending_registrations (
    email_key text not null primary key,
    hashed_password text,
    full_name text,
    token_hash text not null unique,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index pending_registrations_expiry on pending_registrations (expires_at);
create index pending_registrations_newest on pending_registrations (created_at, email_key);

create table revoked_tokens (
    jti text not null primary key,
    expires_at integer not null
) strict, without rowid;

create index revoked_tokens_expiry on revoked_tokens (expires_at);

-- An attempt is under way until it failed; one under way for too long counts as failed when it started.
create table login_attempts (
    id text not null primary key,
    email_key text not null,
    started_at integer not null,
    ip text,
    failed integer not null
) strict, without rowid;

create index login_attempts_by_address on login_attempts (email_key, started_at, failed);
create index login_attempts_expiry on login_attempts (started_at);

-- One row for each message that an hourly cap counts.
create table recipient_caps (
    recipient text not null,
    at integer not null
) strict;

create index recipient_caps_by_recipient on recipient_caps (recipient, at);
create index recipient_caps_expiry on recipient_caps (at);

create table outbox (
    seq integer primary key,
    id text not null unique,
    kind text not null,
    recipient text not null,
    user_id text,
    pending_proof text,
    dies_with_change integer not null,
    payload blob not null,
    created_at integer not null,
    not_before integer not null,
    expires_at integer not null,
    attempts integer not null,
    lease text,
    lease_until integer,
    failed_at integer, -- when it was given up; until then it waits
    last_error text
) strict;

create index outbox_due on outbox (not_before, seq) where failed_at is null;
create index outbox_expiry on outbox (expires_at) where failed_at is null;
create index outbox_failed on outbox (failed_at) where failed_at is not null;
create index outbox_newest on outbox (created_at, id);
create index outbox_newest_failed on outbox (created_at, id) where failed_at is not null;
create index outbox_by_user on outbox (user_id) where user_id is not null;
create index outbox_by_recipient on outbox (recipient);

create table events (
    id text not null,
    at integer not null,
    kind text not null,
    user_id text,
    email text,
    actor text not null,
    ip text,
    request_id text,
    data text not null,
    primary key (at, id)
) strict, without rowid;

create index events_by_user on events (user_id, at, id) where user_id is not null;
create index events_by_kind on events (kind, at, id);

create trigger daily_counts_event after insert on events
when new.kind in ('user_verified', 'user_logged_in', 'login_failed') begin
    insert into daily_counts (day, verified, logins, failures) values (
        new.at / 86400000, new.kind = 'user_verified', new.kind = 'user_logged_in', new.kind = 'login_failed'
    )
    on conflict (day) do update set
        verified = verified + excluded.verified,
        logins = logins + excluded.logins,
        failures = failures + excluded.failures;
end;
