-- The full text of every service as bigrams (`name`: what it is called; `other`: who runs it, where it is, and the
-- filter tokens). Contentless: the row is the service of the same id.
create virtual table service_text using fts5 (
    name,
    other,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0"
);
