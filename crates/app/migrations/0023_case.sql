-- What happened in a case, and what is therefore to be done by whom until when.

-- kind: a code of the program's events, or done | waived | corrected | annulled | closed | reopened. about_id: the event before it, of
-- which it tells. happened_at: when it was so; recorded_at: when the program learned of it. channel: here | phone | fax | in_person |
-- letter | other_system. content: what its kind needs, as JSON. form_key: a form that is sent twice is recorded once.
create table case_event (
    id {identity},
    case_id bigint not null references care_case (id),
    kind text not null,
    step text,
    about_id bigint references case_event (id),
    happened_at text not null,
    recorded_at text not null,
    channel text not null,
    whom text,
    content text not null,
    attachment_id bigint references attachment (id),
    form_key text,
    account_id bigint references account (id),
    organization_id bigint references organization (id)
);
create index case_event_by_case on case_event (case_id, id);
create unique index case_event_by_form on case_event (case_id, form_key);

-- What a step of the program asks for, made anew from the events: state: waiting | met | late | missed | waived | gone (no longer asked).
-- organization_id: who owes it; none: nobody in the care team has the role yet.
create table obligation (
    id {identity},
    case_id bigint not null references care_case (id),
    step text not null,
    event_id bigint not null references case_event (id),
    from_role text not null,
    to_role text,
    organization_id bigint references organization (id),
    begins_at text not null,
    due_at text,
    state text not null,
    met_at text,
    met_event_id bigint references case_event (id),
    reminded_at text,
    unique (case_id, step, event_id)
);
create index obligation_by_organization on obligation (organization_id, state, due_at);
create index obligation_waiting on obligation (due_at) where state = 'waiting';
