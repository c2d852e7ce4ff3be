-- People who are cared for: who they are, what they agreed to, who looks after them, who saw their record in an emergency.

-- Files that somebody brought: content is sealed with the key of this id, which lies outside the database, to all that stands beside it.
create table attachment (
    id {identity},
    name text not null,
    media_type text not null,
    size bigint not null,
    key_id text not null,
    content {bytes} not null,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null
);

-- sex: male | female | other | unknown. born_on: a day, a month or a year, ISO; is_born_about: it is not known for certain.
-- merged_into: the record that goes on in its place. A patient needs no number, no certification and no care manager.
create table patient (
    id {identity},
    sex text not null,
    born_on text not null,
    is_born_about boolean not null,
    died_on text,
    postal_code text,
    municipality_code text,
    address text,
    phone text,
    merged_into bigint references patient (id),
    version bigint not null default 1,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null,
    changed_at text not null
);
create index patient_by_birth on patient (born_on);
create index patient_by_phone on patient (phone);

-- use: official | old | variant. key, kana_key: folded, without blanks.
create table patient_name (
    id {identity},
    patient_id bigint not null references patient (id),
    use text not null,
    family text not null,
    given text not null,
    family_kana text not null,
    given_kana text not null,
    key text not null,
    kana_key text not null
);
create index patient_name_by_patient on patient_name (patient_id);
create index patient_name_by_key on patient_name (key);
create index patient_name_by_kana on patient_name (kana_key);

-- kind: care_insurance (insurer: its number of six digits) | medical_record (organization_id: whose).
create table patient_identifier (
    id {identity},
    patient_id bigint not null references patient (id),
    kind text not null,
    insurer text,
    organization_id bigint references organization (id),
    number text not null
);
create index patient_identifier_by_patient on patient_identifier (patient_id);
-- Hospitals write 00123 and 123 of one patient.
create index patient_identifier_by_number on patient_identifier (ltrim(number, '0'));

-- level: none | applied | support_1 | support_2 | care_1 … care_5, from one day to another.
create table care_level (
    id {identity},
    patient_id bigint not null references patient (id),
    level text not null,
    valid_from text not null,
    valid_to text,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null
);
create index care_level_by_patient on care_level (patient_id, valid_from);

-- given_by: user | family. basis: consent | notice (院内掲示) | law. scope: a code of patients.toml; purpose: in words. withdrawn_on: from this day on it no longer holds.
create table consent (
    id {identity},
    patient_id bigint not null references patient (id),
    given_by text not null,
    giver text,
    scope text not null,
    purpose text not null,
    basis text not null,
    valid_from text not null,
    valid_to text,
    withdrawn_on text,
    attachment_id bigint references attachment (id),
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null
);
create index consent_by_patient on consent (patient_id);

-- Two records of one patient made one; moved: which rows of which tables, so that it can be undone.
create table patient_merge (
    id {identity},
    kept_id bigint not null references patient (id),
    gone_id bigint not null references patient (id),
    reason text not null,
    moved text not null,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null,
    undone_by bigint references account (id),
    undone_at text
);
create index patient_merge_by_kept on patient_merge (kept_id);

-- A case under a program of the area, in the version under which it began (program_text). access: open | protected | closed.
-- stage, stay, next_due_at and what is known of the stay repeat what the events say, for lists. closes_at: when it ends by itself.
create table care_case (
    id {identity},
    patient_id bigint not null references patient (id),
    program text not null,
    program_version text not null,
    access text not null,
    stage text not null,
    branch text,
    stay text,
    hospital_id bigint references organization (id),
    ward text,
    admitted_on text,
    discharge_planned_on text,
    discharged_on text,
    next_due_at text,
    closes_at text,
    n_overdue bigint not null default 0,
    opened_at text not null,
    closed_at text,
    closing_reason text,
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    changed_at text not null
);
create index care_case_by_patient on care_case (patient_id);
create index care_case_by_hospital on care_case (hospital_id, stay);
create index care_case_due on care_case (next_due_at) where closed_at is null;
create index care_case_closing on care_case (closes_at) where closed_at is null;

-- The words of a program as they stood when its first case began.
create table program_text (
    code text not null,
    version text not null,
    content text not null,
    kept_at text not null,
    primary key (code, version)
);

-- Who looks after a patient, in a case or (case_id none) always: an organization in a role, from one day to another.
-- role: a part of patients.toml; case_role: which of the program's roles that is in the case.
-- access_until: the last day on which it sees what it helped with; none: its part has not ended.
create table care_team (
    id {identity},
    patient_id bigint not null references patient (id),
    case_id bigint references care_case (id),
    organization_id bigint not null references organization (id),
    role text not null,
    case_role text,
    staff text,
    valid_from text not null,
    valid_to text,
    access_until text,
    account_id bigint references account (id),
    created_at text not null
);
create index care_team_by_patient on care_team (patient_id, organization_id);
create index care_team_by_case on care_team (case_id);
create index care_team_by_organization on care_team (organization_id, access_until);

-- 緊急時閲覧: somebody outside the care team saw a record for some hours, and why; outcome: what the review found.
create table emergency_access (
    id {identity},
    patient_id bigint not null references patient (id),
    account_id bigint not null references account (id),
    organization_id bigint not null references organization (id),
    reason text not null,
    begun_at text not null,
    ends_at text not null,
    reviewed_by bigint references account (id),
    reviewed_at text,
    outcome text
);
create index emergency_access_by_patient on emergency_access (patient_id, ends_at);
create index emergency_access_to_review on emergency_access (begun_at) where reviewed_at is null;
