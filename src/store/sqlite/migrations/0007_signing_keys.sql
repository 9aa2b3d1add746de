-- Keys that sign session tokens for others to verify. The private halves are sealed.
create table signing_keys (
    number integer primary key,
    kid text not null unique,
    algorithm text not null,
    public_key blob not null,
    sealed blob not null,
    created_at integer not null,
    signs_from integer not null
) strict;
