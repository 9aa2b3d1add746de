-- Accounts by second factor, and by their ways to log in, newest first.
create index users_by_factor on users (is_mfa_enabled, created_at, id);
create index users_with_password on users (created_at, id) where hashed_password is not null;

-- The ways to log in that other tables know of, kept by triggers: 'passkey', and 'oidc:' with the id of a provider.
create table login_ways (
    way text not null,
    since integer not null, -- when the account was created
    user_id text not null,
    primary key (way, since, user_id)
) strict, without rowid;

create index login_ways_by_account on login_ways (user_id);

create trigger login_ways_passkey after insert on passkeys begin
    insert or ignore into login_ways (way, since, user_id)
    select 'passkey', created_at, id from users where id = new.user_id;
end;

create trigger login_ways_no_passkey after delete on passkeys begin
    delete from login_ways where user_id = old.user_id and way = 'passkey'
        and not exists (select 1 from passkeys where user_id = old.user_id);
end;

create trigger login_ways_identity after insert on oauth_identities begin
    insert or ignore into login_ways (way, since, user_id)
    select 'oidc:' || new.provider, created_at, id from users where id = new.user_id;
end;

create trigger login_ways_no_identity after delete on oauth_identities begin
    delete from login_ways where user_id = old.user_id and way = 'oidc:' || old.provider;
end;

-- A copy may write an account again and leave its identities.
create trigger login_ways_account after insert on users begin
    insert or ignore into login_ways (way, since, user_id)
    select 'oidc:' || provider, new.created_at, new.id from oauth_identities where user_id = new.id;
end;

create trigger login_ways_no_account after delete on users begin
    delete from login_ways where user_id = old.id;
end;

insert or ignore into login_ways (way, since, user_id)
select 'passkey', created_at, id from users where id in (select user_id from passkeys);
insert or ignore into login_ways (way, since, user_id)
select 'oidc:' || provider, users.created_at, users.id from oauth_identities join users on users.id = oauth_identities.user_id;
