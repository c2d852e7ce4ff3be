-- Messages on a case (連絡), between those who look after a patient.

-- topic: a code of topics.toml. text: plain. role, phone: in which role it was written, and where its writer is called back.
-- former_id: the message that this one corrects.
create table message (
    id {identity},
    case_id bigint not null references care_case (id),
    topic text not null,
    text text not null,
    role text,
    phone text,
    former_id bigint references message (id),
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null
);
create index message_by_case on message (case_id, id);
create index message_by_former on message (former_id) where former_id is not null;

create table message_read (
    message_id bigint not null references message (id),
    account_id bigint not null references account (id),
    read_at text not null,
    primary key (message_id, account_id)
);

create table message_attachment (
    message_id bigint not null references message (id),
    attachment_id bigint not null references attachment (id),
    primary key (message_id, attachment_id)
);
