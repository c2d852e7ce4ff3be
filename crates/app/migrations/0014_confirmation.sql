-- Once a year an office is asked whether what is said of its services is right.

-- state: asked | reminded | answered | lapsed.
create table confirmation (
    id {identity},
    organization_id bigint not null references organization (id),
    state text not null default 'asked',
    asked_at text not null,
    reminded_at text,
    ended_at text
);
create unique index confirmation_waiting on confirmation (organization_id) where state in ('asked', 'reminded');
create index confirmation_by_organization on confirmation (organization_id, id);

-- The links of a confirmation: a reminder brings another one, and the first stays good.
create table confirmation_link (
    id {identity},
    token_hash text not null unique,
    confirmation_id bigint not null references confirmation (id),
    recipient text not null,
    created_at text not null,
    expires_at text not null
);
create index confirmation_link_by_confirmation on confirmation_link (confirmation_id);

-- Where an organization is asked that has nobody here to be asked.
create table confirmation_address (
    organization_id bigint primary key references organization (id),
    mail text not null,
    account_id bigint references account (id),
    created_at text not null
);

-- The import whose list says something else than the office: it proposes that by itself.
alter table proposal add column source_batch_id bigint references import_batch (id);
create index proposal_by_organization on proposal (organization_id, id);

-- Every list by organization asks for its sites.
create index site_by_organization on site (organization_id);
