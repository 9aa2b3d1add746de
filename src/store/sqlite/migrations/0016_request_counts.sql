-- How many requests clients made, for limits that several servers share.
create table request_counts (
    client text not null,
    seconds integer not null,
    at integer not null,
    requests integer not null,
    expires_at integer not null,
    primary key (client, seconds, at)
) strict, without rowid;

create index request_counts_expiry on request_counts (expires_at);
