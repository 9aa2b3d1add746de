-- Sessions, each by the id of its first token; and when all but one of an account were ended last.
create table sessions (
    id text primary key,
    user_id text not null,
    created_at integer not null,
    issued_at integer not null,
    last_seen_at integer not null,
    expires_at integer not null,
    method text not null,
    ip text,
    user_agent text
) strict, without rowid;

create index sessions_by_account on sessions (user_id, created_at, id);
create index sessions_expiry on sessions (expires_at);

alter table users add column others_ended_at integer;
alter table users add column kept_session text;
