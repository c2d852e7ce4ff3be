-- The regular look at the audit log: what somebody wants to be looked into, and who has looked at which days.

create table audit_mark (
    id {identity},
    entry_id bigint not null unique,
    note text not null,
    account_id bigint references account (id),
    created_at text not null
);

create table audit_review (
    id {identity},
    from_day text not null,
    to_day text not null,
    n_entries bigint not null,
    n_refused bigint not null,
    n_marked bigint not null,
    finding text not null,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null
);
