-- What is over its time goes: a batch whose changes were erased cannot be taken back.

alter table import_batch add column changes_erased_at text;
