-- Undoing a change of the email address also removes second factors that were set up since.

alter table email_undos add column phone text; -- the phone that was a second factor before; '-' if none was
