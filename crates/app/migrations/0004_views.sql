-- The documented views that definitions (checks, later indicators) may read. Plain names, no personal data.

-- The leaves of the area of `/`; without one, every leaf is at home.
create view v_home_municipality as
select a.code as municipality_code
from area a
where a.kind = 'municipality'
  and (
    not exists (select 1 from setting where name = 'home_area')
    or a.code in (select value from setting where name = 'home_area')
    or a.code in (
      select m.municipality_code
      from area_member m
      join setting h on h.value = m.area_code
      where h.name = 'home_area'
    )
  );

create view v_service as
select
    s.id as service_id,
    s.category,
    s.capacity,
    case when t.status = 'closed' then 'closed' when s.status <> 'active' then s.status else t.status end as status,
    coalesce(s.closed_on, t.closed_on) as closed_on,
    coalesce(s.last_assured_on, t.last_assured_on) as last_assured_on,
    t.id as site_id,
    t.name as site_name,
    t.name_key as site_name_key,
    t.address,
    t.address_key,
    t.municipality_code,
    t.lat,
    t.lng,
    t.location_precision,
    t.phone,
    t.phone_key,
    t.fax,
    t.url,
    o.name as organization_name
from service s
join site t on t.id = s.site_id
left join organization o on o.id = t.organization_id;

create view v_site as
select
    t.id as site_id,
    t.name as site_name,
    t.name_key as site_name_key,
    t.organization_id,
    t.address,
    t.address_key,
    t.municipality_code,
    t.lat,
    t.lng,
    t.location_precision,
    t.phone,
    t.phone_key,
    t.fax,
    t.url,
    t.status,
    t.closed_on,
    t.last_assured_on
from site t;

create view v_service_capability as
select service_id, capability, since, filing, note from service_capability;

create view v_service_hours as
select service_id, weekday, slot, is_open, opens, closes from service_hours;

create view v_site_code as
select system, code, site_id from site_code;

create view v_source_record as
select id as source_record_id, scope, record_key, site_id, service_id, batch_id, seen_batch_id, gone_batch_id from source_record;

create view v_contact_point as
select id as contact_point_id, site_id, service_id, audience, purpose, phone, fax, email, last_assured_on from contact_point;

create view v_match_review as
select id as match_review_id, site_id, candidate_site_id, confidence, status from match_review;

create view v_import_batch as
select id as batch_id, format, scope, file_name, as_of, imported_at, source_rows, undone_at from import_batch;

create view v_area as
select area_set, kind as area_kind, code as area_code, name as area_name, prefecture_code, valid_from, valid_to from area;

create view v_municipality as
select a.code as municipality_code, a.name as municipality_name, a.prefecture_code, a.valid_from, a.valid_to
from area a
where a.kind = 'municipality';

create view v_area_member as
select a.area_set, a.kind as area_kind, a.code as area_code, a.name as area_name, m.municipality_code
from area_member m
join area a on a.area_set = m.area_set and a.code = m.area_code;

create view v_town as
select municipality_code, name as town_name, small_name, lat, lng from town;

create view v_observation as
select indicator, area_set, area_code, period, sex, age_from, age_to, value, unknown_reason, source_id from observation;
