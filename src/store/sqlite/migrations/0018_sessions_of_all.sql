-- Sessions of all accounts, newest first, and those from one address.
create index sessions_newest on sessions (created_at, id);
create index sessions_by_ip on sessions (ip, created_at, id) where ip is not null;
