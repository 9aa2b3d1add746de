-- Second factors beside the phone: the authenticator app, and recovery codes.

alter table users add column has_totp integer not null default 0;

-- What is sealed: the secret shared with the app, and the key that the account's recovery codes are hashed with.
create table factor_secrets (
    user_id text not null,
    kind text not null,
    sealed blob not null,
    sealed_under text not null, -- the name of the secret that seals it
    last_step integer not null, -- of an app: the newest step of time whose code was accepted
    made_at integer not null,
    primary key (user_id, kind)
) strict, without rowid;

create index factor_secrets_by_seal on factor_secrets (sealed_under);

-- Those that are not used yet.
create table recovery_codes (
    user_id text not null,
    code_hash text not null,
    primary key (user_id, code_hash)
) strict, without rowid;
