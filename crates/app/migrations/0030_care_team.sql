-- Who came into a care team by whom.

-- brought_by: the organization that wrote the part, which may end it. reason: why somebody joined whom they had looked up.
-- told_at: the recorded_at of the case's event that made the part; with its annulment the part was none.
alter table care_team add column brought_by bigint references organization (id);
alter table care_team add column reason text;
alter table care_team add column told_at text;
