-- A signed file carries the directory one way: from the database in which it is kept to one in which it is read.

-- Whose files are taken here.
create table bundle_key (
    id {identity},
    public_key text not null unique,
    name text not null,
    trusted_at text not null,
    distrusted_at text
);

-- direction: made | taken. house: the database in which the directory is kept.
create table bundle (
    id {identity},
    direction text not null,
    public_key text not null,
    serial bigint not null,
    house text not null,
    made_at text not null,
    taken_at text,
    unique (direction, public_key, serial)
);

-- Which row of ours is which row of the house. entity: import_batch | organization | site | service.
create table bundle_row (
    entity text not null,
    their_id bigint not null,
    own_id bigint not null,
    primary key (entity, their_id)
) {clustered};
