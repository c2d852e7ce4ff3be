-- The 10 characters that the service's own list gives it: a hospital's day care goes by another number than the hospital.
alter table service add column place_code text;

-- The index knows addresses as people type them, too: it is built anew when the database is opened.
insert into setting (name, value) values ('stale', 'search') on conflict do nothing;
