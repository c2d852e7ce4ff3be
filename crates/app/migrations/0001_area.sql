-- Areas, their members, what was counted in them, and where each number came from.
-- Days are ISO text (2025-01-01), instants ISO text in UTC with microseconds: the same order and the same SQL on both engines.

create table setting (
    name text primary key,
    value text not null
);

-- A file of a publisher that was loaded once: what a number on a page points back to.
create table source_file (
    id {id},
    kind text not null,
    title text not null,
    publisher text not null,
    file_name text not null,
    sha256 text not null,
    as_of text,
    loaded_at text not null,
    unique (kind, sha256)
);

-- A division of the country that holds between two dates (335, 330 and 339 medical areas are all right, at different times).
create table area_set (
    code text primary key,
    kind text not null,
    name text not null,
    valid_from text,
    valid_to text,
    source_id bigint references source_file (id)
);

-- kind: nation | prefecture | medical_area | designated_city | municipality (also a ward) | daily_life_area | insurer | any layer's own
-- kind (health_center, medical_association, …). Sets 'nation' (code 00), 'prefecture' (2 digits) and 'municipality' (5 digits) hold what every other set is made of.
create table area (
    area_set text not null references area_set (code),
    code text not null,
    kind text not null,
    name text not null,
    kana text,
    prefecture_code text,
    valid_from text,
    valid_to text,
    label_lat double precision,
    label_lng double precision,
    outline text,
    outline_source_id bigint references source_file (id),
    primary key (area_set, code)
);
create index area_by_kind on area (kind, code);

-- Leaves (municipality or ward, 5 digits) of an area. 川崎市 lies in two medical areas, so this is no tree.
create table area_member (
    area_set text not null,
    area_code text not null,
    municipality_code text not null,
    primary key (area_set, area_code, municipality_code),
    foreign key (area_set, area_code) references area (area_set, code)
) {clustered};
create index area_member_by_municipality on area_member (municipality_code);

-- Areas of one set that touch; both directions are kept.
create table area_neighbor (
    area_set text not null,
    area_code text not null,
    neighbor_code text not null,
    primary key (area_set, area_code, neighbor_code)
);

create table municipality_succession (
    old_code text not null,
    new_code text not null,
    valid_from text not null,
    primary key (old_code, new_code)
);

-- A town (町字) with the point that stands for it. town_key is what addresses are compared with.
create table town (
    municipality_code text not null,
    name text not null,
    small_name text not null default '',
    town_key text not null,
    lat double precision not null,
    lng double precision not null,
    source_id bigint references source_file (id),
    primary key (municipality_code, name, small_name)
);

-- One number of one source: unknown values keep their reason (blank, suppressed, unreported) and are no zero.
-- It belongs to an area of one set; under another set it holds only where the members are identical.
create table observation (
    indicator text not null,
    area_set text not null,
    area_code text not null,
    period text not null,
    sex text not null default 'all',
    age_from bigint not null default 0,
    age_to bigint not null default 999,
    value double precision,
    unknown_reason text,
    source_id bigint not null references source_file (id),
    primary key (indicator, area_set, area_code, period, sex, age_from, age_to)
) {clustered};
