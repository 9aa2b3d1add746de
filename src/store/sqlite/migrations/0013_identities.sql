-- Logins at other providers.

-- Who an account's owner is there.
create table oauth_identities (
    provider text not null,
    subject_id text not null,
    user_id text not null,
    email text, -- there, when it was linked
    linked_at integer not null,
    last_used_at integer,
    primary key (provider, subject_id)
) strict, without rowid;

create unique index oauth_identities_by_user on oauth_identities (user_id, provider);

-- Steps of logins under way.
create table oauth_states (
    id text primary key, -- the hash of what the browser carries
    sealed blob not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index oauth_states_expiry on oauth_states (expires_at);
