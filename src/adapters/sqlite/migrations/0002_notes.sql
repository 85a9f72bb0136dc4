-- What is remembered for a while, by keys that say about what.
CREATE TABLE notes (
    note_key   TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    value      TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_expiry ON notes (expires_at);
