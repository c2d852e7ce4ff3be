-- Files that hang on forms, and messages that are kept once.

-- form_key: a page that is sent twice is kept once.
alter table message add column form_key text;
create unique index message_by_form on message (case_id, form_key);

-- The file of an item of kind attachment; the item's answer is its name.
create table form_attachment (
    form_record_id bigint not null references form_record (id),
    item text not null,
    attachment_id bigint not null references attachment (id),
    primary key (form_record_id, item)
);

-- Before a file is erased it is asked what else it hangs on.
create index form_attachment_by_attachment on form_attachment (attachment_id);
create index message_attachment_by_attachment on message_attachment (attachment_id);
create index handover_attachment_by_attachment on handover_attachment (attachment_id);
create index case_event_by_attachment on case_event (attachment_id) where attachment_id is not null;
create index consent_by_attachment on consent (attachment_id) where attachment_id is not null;
create index form_record_by_former on form_record (former_id) where former_id is not null;
