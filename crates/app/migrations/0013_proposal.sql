-- What offices want to be said of their services: only what somebody approved counts.

-- fields, before_fields: JSON, field → text; an empty text gives up what the office said, so that the lists count again.
-- state: open | approved | rejected | withdrawn. batch_id: what the approval wrote, and undo takes back.
create table proposal (
    id {identity},
    service_id bigint not null references service (id),
    fields text not null,
    before_fields text not null,
    note text,
    state text not null default 'open',
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null,
    decided_by bigint references account (id),
    decided_at text,
    decision_note text,
    batch_id bigint references import_batch (id)
);
create index proposal_by_service on proposal (service_id);
create index proposal_by_state on proposal (state, id);
