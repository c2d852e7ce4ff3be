-- Who works here: people, what they do in which organization, how they prove who they are, where they are signed in.
-- Secrets that the program only compares (links, sessions, recovery codes) are kept as hashes.

-- login: the mail address in lower case. password_hash: argon2id as a PHC string; none until the invitation is taken.
-- status: active | suspended. totp_last_step: a code of that step or an earlier one was used.
create table account (
    id {identity},
    login text not null unique,
    name text not null,
    status text not null default 'active',
    password_hash text,
    password_set_at text,
    totp_secret text,
    totp_last_step bigint,
    created_at text not null
);

-- role: a code of roles.toml. valid_from, valid_to: first and last day (Japanese time).
create table membership (
    id {identity},
    account_id bigint not null references account (id),
    organization_id bigint not null references organization (id),
    role text not null,
    valid_from text not null,
    valid_to text,
    created_at text not null
);
create index membership_by_account on membership (account_id);
create index membership_by_organization on membership (organization_id);

-- For which municipality or area an organization answers, and as what. kind: area | association | municipality | support_center.
create table jurisdiction (
    organization_id bigint not null references organization (id),
    kind text not null,
    area_code text not null,
    primary key (organization_id, kind, area_code)
);

-- Work is addressed to an organization's function, never to one person. purpose: a code of mailboxes.toml.
create table mailbox (
    id {identity},
    organization_id bigint not null references organization (id),
    purpose text not null,
    created_at text not null,
    unique (organization_id, purpose)
);

create table mailbox_member (
    mailbox_id bigint not null references mailbox (id),
    account_id bigint not null references account (id),
    since text not null,
    primary key (mailbox_id, account_id)
);
create index mailbox_member_by_account on mailbox_member (account_id);

create table passkey (
    id {identity},
    account_id bigint not null references account (id),
    credential_id text not null unique,
    credential text not null,
    name text not null,
    created_at text not null,
    used_at text
);
create index passkey_by_account on passkey (account_id);

create table recovery_code (
    account_id bigint not null references account (id),
    code_hash text not null,
    used_at text,
    primary key (account_id, code_hash)
);

-- stage: second (the password was right) | enroll (a second factor must be set up) | full.
-- confirmed_at: when the person last proved who they are. challenge: of a passkey, while one is asked for.
create table session (
    id {identity},
    token_hash text not null unique,
    account_id bigint not null references account (id),
    membership_id bigint references membership (id),
    stage text not null,
    created_at text not null,
    seen_at text not null,
    confirmed_at text not null,
    origin text not null,
    agent text,
    challenge text,
    new_totp_secret text,
    ended_at text
);
create index session_by_account on session (account_id);

-- A link that was sent. purpose: invite | password | factor. account_id: whom it is for, where they have an account.
create table invitation (
    id {identity},
    token_hash text not null unique,
    purpose text not null,
    account_id bigint references account (id),
    login text not null,
    name text not null,
    organization_id bigint references organization (id),
    role text,
    valid_from text,
    valid_to text,
    created_at text not null,
    created_by bigint references account (id),
    expires_at text not null,
    used_at text,
    revoked_at text
);
create index invitation_by_organization on invitation (organization_id);

-- Failed attempts, to slow down whoever guesses. who_hash: of the address that was typed.
create table sign_in_failure (
    id {identity},
    at text not null,
    who_hash text not null,
    origin text not null
);
create index sign_in_failure_by_who on sign_in_failure (who_hash, at);
create index sign_in_failure_by_origin on sign_in_failure (origin, at);

-- Letters to be sent: never about a patient. The body goes once it was sent.
create table mail (
    id {identity},
    recipient text not null,
    subject text not null,
    body text,
    created_at text not null,
    next_at text not null,
    attempts bigint not null default 0,
    sent_at text,
    reason text
);
create index mail_waiting on mail (next_at) where sent_at is null;
