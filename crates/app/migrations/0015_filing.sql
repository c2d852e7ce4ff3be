-- Filings and inspections as an authority records them: what was filed or found, what follows, what it changed.

-- kind: a code of filings.toml. state: recorded | waiting (something is to follow) | followed | taken_back.
-- status, closed_on: what it sets the service to from effective_on on; granted, withdrawn: codes of capabilities.
-- status_before, closed_before: how the service stood before the first filing that set it. is_applied: its day has come.
create table filing (
    id {identity},
    service_id bigint not null references service (id),
    kind text not null,
    day text not null,
    number text,
    effective_on text not null,
    status text,
    status_before text,
    closed_before text,
    granted text,
    withdrawn text,
    finding text,
    follow_up text,
    follow_up_due text,
    state text not null,
    is_applied boolean not null,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null,
    ended_by bigint references account (id),
    ended_at text
);
create index filing_by_service on filing (service_id, effective_on);
create index filing_by_state on filing (state, follow_up_due);
create index filing_to_apply on filing (effective_on) where not is_applied;
