-- The directory: organization → site → service at a site (HSDS; FHIR Organization / Location / HealthcareService).

create table import_batch (
    id {id},
    format text not null,
    scope text not null,
    file_name text not null,
    sha256 text not null,
    as_of text,
    imported_at text not null,
    imported_by text not null,
    source_rows bigint not null,
    report text not null,
    undone_at text
);

-- Which lists (format/prefecture/kind) a batch brought: a list that it did not bring has nothing gone.
create table import_batch_scope (
    batch_id bigint not null references import_batch (id),
    scope text not null,
    source_rows bigint not null,
    primary key (batch_id, scope)
) {clustered};
create index import_batch_scope_by_scope on import_batch_scope (scope);

create table organization (
    id {id},
    name text not null,
    name_key text not null,
    prefecture_code text,
    corporate_number text,
    created_batch_id bigint
);
create index organization_by_name on organization (name_key);
create index organization_by_number on organization (corporate_number);

-- precision: exact (a source's own point) | town (middle of its town) | none.
create table site (
    id {id},
    organization_id bigint references organization (id),
    name text not null,
    kana text,
    name_key text not null,
    postal_code text,
    address text,
    building text,
    municipality_code text,
    address_key text,
    lat double precision,
    lng double precision,
    location_precision text not null default 'none',
    phone text,
    phone_key text,
    fax text,
    url text,
    status text not null default 'active',
    closed_on text,
    last_assured_on text,
    last_assured_by text,
    created_batch_id bigint
);
create index site_by_name on site (name_key);
create index site_by_address on site (address_key);
create index site_by_municipality on site (municipality_code);
create index site_by_phone on site (phone_key);

-- system: place (10 characters: prefecture + kind + 7) | medical_net (医療情報ネット, not permanent).
create table site_code (
    system text not null,
    code text not null,
    site_id bigint not null references site (id),
    batch_id bigint,
    primary key (system, code, site_id)
) {clustered};
create index site_code_by_site on site_code (site_id);

create table service (
    id {id},
    site_id bigint not null references site (id),
    category text not null,
    name text,
    capacity bigint,
    eligibility text,
    area_served text,
    hours_note text,
    detail text,
    status text not null default 'active',
    closed_on text,
    last_assured_on text,
    last_assured_by text,
    created_batch_id bigint
);
create index service_by_site on service (site_id);
create index service_by_category on service (category);

-- weekday: 1 Monday … 7 Sunday, 8 public holiday. is_open with no times: the day is known, the hours are not.
create table service_hours (
    service_id bigint not null references service (id),
    weekday bigint not null,
    slot bigint not null default 1,
    is_open boolean not null,
    opens text,
    closes text,
    batch_id bigint,
    primary key (service_id, weekday, slot)
) {clustered};

-- What a service can do, and by which filing it is known.
create table service_capability (
    service_id bigint not null references service (id),
    capability text not null,
    since text,
    filing text,
    note text,
    batch_id bigint,
    primary key (service_id, capability)
) {clustered};
create index service_capability_by_capability on service_capability (capability);

-- Whom to call. audience: public | professional (never on a public page).
create table contact_point (
    id {id},
    site_id bigint not null references site (id),
    service_id bigint references service (id),
    audience text not null,
    purpose text not null,
    name text,
    phone text,
    fax text,
    email text,
    hours_note text,
    last_assured_on text,
    last_assured_by text,
    batch_id bigint
);
create index contact_point_by_site on contact_point (site_id);

-- What one list says of one place: the provenance of every field, and what the next import is compared with.
create table source_record (
    id {id},
    scope text not null,
    record_key text not null,
    content_hash text not null,
    content text not null,
    source_rows bigint not null,
    site_id bigint not null references site (id),
    service_id bigint references service (id),
    created_batch_id bigint not null,
    batch_id bigint not null,
    seen_batch_id bigint not null,
    gone_batch_id bigint,
    unique (record_key, scope)
);
create index source_record_by_scope on source_record (scope, seen_batch_id);
create index source_record_by_site on source_record (site_id);
create index source_record_by_service on source_record (service_id);

-- One changed row of a batch, as the fields before and after: what undo reads. A row that the batch made is told by created_batch_id.
-- entity 'sighting': entity_id is the batch that had met the records before, after_fields the list of their ids.
create table batch_change (
    id {id},
    batch_id bigint not null references import_batch (id),
    entity text not null,
    entity_id bigint not null,
    before_fields text not null,
    after_fields text not null
);
create index batch_change_by_batch on batch_change (batch_id);
create index batch_change_by_entity on batch_change (entity, entity_id);

-- Two sites that may be one; a person decides.
create table match_review (
    id {id},
    site_id bigint not null references site (id),
    candidate_site_id bigint not null references site (id),
    confidence double precision not null,
    reasons text not null,
    batch_id bigint,
    status text not null default 'open',
    decided_at text,
    decided_by text
);
create index match_review_by_status on match_review (status);
