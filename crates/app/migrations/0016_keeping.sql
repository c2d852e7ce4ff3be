-- What is over its time goes: a batch whose changes were erased cannot be taken back.

alter table import_batch add column changes_erased_at text;

-- Why an account may not be erased for now: a matter before a court, an inquiry.
alter table account add column hold text;
