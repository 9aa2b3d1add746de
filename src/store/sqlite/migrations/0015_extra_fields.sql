-- What other programs keep in the document of an account on MongoDB, as BSON: it goes back there.
alter table users add column extra_fields blob;
