-- Work that runs behind the pages, and the files it works on.

-- state: queued | running | done | failed | cancelled. On whose behalf: account_id in membership_id (none: the program itself).
-- after_id: the job that this one goes on from; a form that is sent twice asks for one.
-- lease_until: a running job whose worker does not renew this is taken up again.
create table job (
    id {identity},
    kind text not null,
    input text not null,
    state text not null default 'queued',
    stage text,
    n_done bigint,
    n_total bigint,
    attempts bigint not null default 0,
    run_at text not null,
    lease_until text,
    worker text,
    account_id bigint references account (id),
    membership_id bigint references membership (id),
    organization_id bigint references organization (id),
    after_id bigint references job (id),
    origin text not null,
    created_at text not null,
    ended_at text,
    result text,
    reason text
);
create index job_waiting on job (run_at) where state in ('queued', 'running');
create unique index job_by_former on job (after_id);
create index job_by_organization on job (organization_id, id);

-- A file that came through a page. Its content goes when its retention ends.
create table upload (
    id {identity},
    file_name text not null,
    sha256 text not null,
    size bigint not null,
    content {bytes},
    account_id bigint references account (id),
    organization_id bigint references organization (id),
    created_at text not null
);

-- Which job wrote a batch: a job that is taken up again finds what it has done.
alter table import_batch add column job_id bigint;
create unique index import_batch_by_job on import_batch (job_id);
