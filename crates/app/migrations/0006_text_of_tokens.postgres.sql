-- The text itself is compared with the next edition's.
alter table source_record drop column content_hash;
