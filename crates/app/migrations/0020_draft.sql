-- What somebody has typed and not sent yet; nobody else reads it. deed: what it would be, object_id: of what.
create table draft (
    id {identity},
    account_id bigint not null references account (id),
    deed text not null,
    object_id bigint not null,
    content text not null,
    saved_at text not null,
    unique (account_id, deed, object_id)
);
create index draft_by_time on draft (saved_at);
