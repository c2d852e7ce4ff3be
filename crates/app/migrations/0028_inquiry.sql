-- 受入れ照会（匿名）: many are asked at once whether they could take somebody; who it is only the chosen one learns.

-- kind: an inquiry of the case's program; title: what it was called there. What the asked see of the person is copied here, from age_band to
-- note, with the needs below; nothing else of the record. phone: where the sender is called back. state: open | chosen | closed;
-- closed_why: withdrawn | died | admitted | case_ended | annulled. users_choice: how the user chose, in words.
create table inquiry (
    id {identity},
    case_id bigint not null references care_case (id),
    kind text not null,
    title text not null,
    age_band text not null,
    sex text,
    care_level text,
    municipality_code text,
    town text,
    from_on text,
    until_on text,
    note text,
    phone text not null,
    state text not null,
    closed_why text,
    closed_at text,
    users_choice text,
    form_key text,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    sent_at text not null
);
create index inquiry_by_case on inquiry (case_id, state);
create unique index inquiry_by_form on inquiry (case_id, form_key) where form_key is not null;

create table inquiry_need (
    inquiry_id bigint not null references inquiry (id),
    capability text not null,
    primary key (inquiry_id, capability)
);

-- Who is asked: a service, or (service_id none) the coordination office that finds one. is_reached: somebody there has an account; the others
-- are asked by telephone. state: asked | read | answered | chosen | cancelled | closed. answer: can | waiting | cannot | more | forwarded;
-- reason: a code of inquiry.toml. channel: by which way it was answered; phone: whom to call back there.
-- answered_by, answered_for: who wrote it down, for which organization.
create table inquiry_target (
    id {identity},
    inquiry_id bigint not null references inquiry (id),
    organization_id bigint references organization (id),
    service_id bigint references service (id),
    is_reached boolean not null,
    state text not null,
    version bigint not null default 1,
    read_at text,
    read_by bigint references account (id),
    answer text,
    reason text,
    words text,
    free_from text,
    phone text,
    channel text,
    answered_at text,
    answered_by bigint references account (id),
    answered_for bigint references organization (id),
    account_id bigint references account (id),
    created_at text not null
);
create unique index inquiry_target_by_inquiry on inquiry_target (inquiry_id, service_id);
create index inquiry_target_by_organization on inquiry_target (organization_id, state);
