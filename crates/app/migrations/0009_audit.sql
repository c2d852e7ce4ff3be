-- Who did what, when, from where: one row an action, written in the action's own transaction, never changed.
-- The sealer gives it its place in a chain of hashes within a second: chain, seq and link are null until then.

create table audit_entry (
    id {identity},
    at text not null,
    account_id bigint,
    organization_id bigint,
    role text,
    deed text not null,
    object_kind text not null,
    object_id text not null,
    outcome text not null,
    origin text not null,
    request_id text,
    note text,
    content_hash text not null,
    chain text,
    seq bigint,
    link text
);
create unique index audit_entry_by_place on audit_entry (chain, seq);
create index audit_entry_unsealed on audit_entry (id) where chain is null;
create index audit_entry_by_object on audit_entry (object_kind, object_id);
create index audit_entry_by_account on audit_entry (account_id, at);

-- One chain a month (Japanese time); its head outlives its rows. before_head: the head of the chain before it.
create table audit_chain (
    month text primary key,
    before_head text not null,
    head text not null,
    n_entries bigint not null,
    sealed_at text not null,
    erased_at text
);
