-- The full text of every service as bigrams (weight A: what it is called; D: who runs it, where it is, and the
-- filter tokens); the same token text as in SQLite.
create table service_text (
    service_id bigint primary key,
    tokens tsvector not null
);
create index service_text_tokens on service_text using gin (tokens);
