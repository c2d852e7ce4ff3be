-- The full text of every service as bigrams and filter tokens. Contentless: the row is the service of the same id.
create virtual table service_text using fts5 (
    tokens,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0"
);
