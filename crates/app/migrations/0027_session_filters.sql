-- What somebody last searched lists of people for: it must stand in no address. A JSON object, by list; gone with the session.
alter table session add column filters text;
