-- 引継ぎ: what one organization of a case hands over to the mailbox of another, with the receipt and the answer.

-- purpose: code of a step of the program, or 'other'; cause_id: the event with which the step's obligation began.
-- former_id: the one that was returned or taken back, in whose place this one was sent. to_organization_id: none: outside of the
-- network, recipient and fax say who. receipt_event_id: the step was done by sending this.
-- state: sent | read | accepted | returned | done | cancelled; reader, decider: name and role as they were then, for a receipt lasts.
-- read_channel, decided_channel: as a case_event's; not here: the sender typed in what came by telephone or FAX.
-- closed_why: withdrawn | case_over | died | elsewhere | annulled.
create table handover (
    id {identity},
    case_id bigint not null references care_case (id),
    purpose text not null,
    cause_id bigint references case_event (id),
    former_id bigint references handover (id),
    from_organization_id bigint not null references organization (id),
    from_role text not null,
    to_organization_id bigint references organization (id),
    to_role text,
    mailbox text,
    recipient text,
    fax text,
    subject text not null,
    words text not null,
    form_record_id bigint,
    receipt_event_id bigint references case_event (id),
    state text not null,
    form_key text,
    sent_at text not null,
    sent_by bigint references account (id),
    read_at text,
    read_by bigint references account (id),
    reader text,
    reader_role text,
    read_channel text,
    decided_at text,
    decided_by bigint references account (id),
    decider text,
    decider_role text,
    decided_channel text,
    reason text,
    ended_at text,
    closed_why text
);
create index handover_by_case on handover (case_id, id);
create unique index handover_by_form on handover (case_id, form_key);
create index handover_in on handover (to_organization_id, state, id);
create index handover_out on handover (from_organization_id, state, id);
-- One at a time: whoever would send a second one follows the first.
create unique index handover_live on handover (case_id, purpose, coalesce(cause_id, 0), coalesce(to_organization_id, 0), coalesce(recipient, ''))
    where state in ('sent', 'read', 'accepted');

create table handover_attachment (
    handover_id bigint not null references handover (id),
    attachment_id bigint not null references attachment (id),
    primary key (handover_id, attachment_id)
);

-- A link for who is outside of the network: opens once, with a code that is told by telephone.
create table handover_link (
    id {identity},
    handover_id bigint not null references handover (id),
    token_hash text not null unique,
    code_hash text not null,
    made_by bigint references account (id),
    made_at text not null,
    expires_at text not null,
    failures bigint not null default 0,
    used_at text
);
create index handover_link_by_handover on handover_link (handover_id);
