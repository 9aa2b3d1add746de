-- The keys of programs. Of a key itself only its hash is kept.
create table service_keys (
    id text primary key,
    name text not null unique,
    hash text not null,
    scopes text not null,
    created_by text not null,
    created_at integer not null,
    expires_at integer,
    last_used_on integer
) strict, without rowid;
