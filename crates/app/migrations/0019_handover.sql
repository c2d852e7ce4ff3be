-- Which mailboxes whoever takes an invitation answers from then on: codes, separated by commas.
alter table invitation add column mailboxes text;
