-- The full text of every service as bigrams and filter tokens; the same token text as in SQLite.
create table service_text (
    service_id bigint primary key,
    tokens tsvector not null
);
create index service_text_tokens on service_text using gin (tokens);
