-- Changes of the email address that whoever reads the mail of the old one can undo.

create table email_undos (
    proof text not null primary key,
    user_id text not null,
    email text not null, -- the address before the change
    changed_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index email_undos_by_account on email_undos (user_id);
create index email_undos_expiry on email_undos (expires_at);
