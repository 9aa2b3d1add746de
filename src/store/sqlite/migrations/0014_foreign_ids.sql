-- The ids of imported accounts in the systems that they come from.
alter table users add column foreign_id text;

create index users_by_foreign_id on users (foreign_id) where foreign_id is not null;
