-- The tokens are made by the program: letters of any script are cut at blanks alone, without Unicode's tables.
-- More of them are kept in memory before a segment is written, and more segments stand before they are merged.
drop table service_text;
create virtual table service_text using fts5 (
    name,
    other,
    content = '',
    contentless_delete = 1,
    tokenize = "ascii"
);
insert into service_text (service_text, rank) values ('hashsize', 8388608);
insert into service_text (service_text, rank) values ('automerge', 16);

-- Read when the database is opened: the index is then built anew from the rows.
insert into setting (name, value) values ('stale', 'search') on conflict do nothing;

-- The text itself is compared with the next edition's.
alter table source_record drop column content_hash;
