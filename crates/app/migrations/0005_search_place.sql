-- Written with service_text, from the same rows, by the same code; rebuilt from them at any time.

-- Where a service is, on the unit sphere: the squared chord to a point orders and bounds by great-circle distance
-- with nothing but sums and products, the same on both engines.
create table service_place (
    service_id {id},
    x double precision not null,
    y double precision not null,
    z double precision not null
);

-- Every span of opening hours that occurs: what "open at" is looked up in.
create table opening_span (
    weekday bigint not null,
    opens text not null,
    closes text not null,
    primary key (weekday, opens, closes)
) {clustered};
