-- A service's own number, where its list tells another than its site's: the clinic's day care has a desk of its own.
-- Null: the site's holds.
alter table service add column phone text;
alter table service add column fax text;
create index service_by_phone on service (phone) where phone is not null;
