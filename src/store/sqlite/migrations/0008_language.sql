-- The language that somebody is written to in (BCP 47).
alter table users add column language text;
alter table pending_registrations add column language text;
