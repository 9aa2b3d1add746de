-- Passkeys, and the challenges that were answered.

create table passkeys (
    credential_id text primary key, -- the authenticator's name for it, as base64url
    id text not null unique,
    user_id text not null,
    name text not null,
    public_key blob not null,
    sign_count integer not null,
    is_synced integer not null,
    rp_id text not null, -- the domain that it was made for
    created_at integer not null,
    last_used_at integer
) strict, without rowid;

create index passkeys_by_account on passkeys (user_id, created_at, id);

create table used_challenges (
    challenge text primary key,
    expires_at integer not null
) strict, without rowid;

create index used_challenges_expiry on used_challenges (expires_at);
