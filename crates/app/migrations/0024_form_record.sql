-- Forms that were filled in, of a patient and maybe in a case. A row stays as it was written: who has more to say writes another.

-- form, form_version: whose words are in form_text. content: the answers by the codes of items, as JSON. former_id: the one that it began
-- from. form_key: a page that is sent twice is kept once.
create table form_record (
    id {identity},
    patient_id bigint not null references patient (id),
    case_id bigint references care_case (id),
    form text not null,
    form_version text not null,
    content text not null,
    former_id bigint references form_record (id),
    form_key text,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null,
    annulled_by bigint references account (id),
    annulled_at text,
    annulled_reason text
);
create index form_record_by_patient on form_record (patient_id, form);
create index form_record_by_case on form_record (case_id);
create index form_record_by_form on form_record (form, id);
create unique index form_record_by_key on form_record (patient_id, form_key);

-- The words of a form as they stood when its first record was written: its records are read and printed by them.
create table form_text (
    code text not null,
    version text not null,
    file text not null,
    text text not null,
    kept_at text not null,
    primary key (code, version)
);
