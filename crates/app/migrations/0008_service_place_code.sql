-- The 10 characters that the service's own list gives it: a hospital's day care goes by another number than the hospital.
alter table service add column place_code text;
