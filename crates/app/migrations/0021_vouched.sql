-- Who put down the address to which a link went: what is proposed by that link is decided by somebody else.
alter table confirmation_link add column vouched_by bigint references account (id);
alter table proposal add column vouched_by bigint references account (id);
