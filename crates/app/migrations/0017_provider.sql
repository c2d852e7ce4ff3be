-- Sign-in by an organization's own provider (OpenID Connect): which ones, and whom of their people we know.

-- issuer: as its own discovery document names it. mfa: what in an ID token says that a second factor was asked there
-- (amr=mfa, acr=…); none: ours is asked.
create table provider (
    id {identity},
    label text not null,
    issuer text not null,
    client_id text not null,
    client_secret text not null,
    mfa text,
    created_at text not null,
    unique (issuer, client_id)
);

-- The organizations that a provider's people may enter.
create table provider_organization (
    provider_id bigint not null references provider (id),
    organization_id bigint not null references organization (id),
    primary key (provider_id, organization_id)
);

-- subject: the provider's own name of a person, that it never gives to another.
create table provider_link (
    provider_id bigint not null references provider (id),
    subject text not null,
    account_id bigint not null references account (id),
    linked_at text not null,
    primary key (provider_id, subject),
    unique (provider_id, account_id)
);
create index provider_link_by_account on provider_link (account_id);

-- Somebody on the way to a provider and back, for some minutes. errand: sign_in | confirm | link | invite.
-- state and browser come back as they went out; what they are compared with are hashes.
create table provider_visit (
    id {identity},
    provider_id bigint not null references provider (id),
    state_hash text not null unique,
    browser_hash text not null,
    nonce text not null,
    code_verifier text not null,
    errand text not null,
    session_id bigint references session (id),
    invitation_id bigint references invitation (id),
    next text not null,
    created_at text not null
);

-- By which provider a session began: it reaches that one's organizations and no others.
alter table session add column provider_id bigint references provider (id);
