-- Records: `body` is the record in JSON and the truth; the other columns repeat what is searched.
-- Times are milliseconds since the epoch.

CREATE TABLE sessions (
    session_id    TEXT PRIMARY KEY,
    version       INTEGER NOT NULL,
    client_id     TEXT NOT NULL,
    container_id  TEXT NOT NULL,
    status        TEXT NOT NULL,
    last_activity INTEGER NOT NULL,
    ttl           INTEGER NOT NULL,
    open_commands INTEGER NOT NULL,
    body          TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_client ON sessions (client_id, last_activity DESC, session_id DESC) WHERE status <> 'expired';
CREATE INDEX sessions_in_container ON sessions (container_id) WHERE status <> 'expired';
CREATE INDEX sessions_open ON sessions (ttl, status, open_commands) WHERE status <> 'expired';
CREATE INDEX sessions_over ON sessions (ttl) WHERE status = 'expired';

CREATE TABLE threads (
    thread_id TEXT PRIMARY KEY,
    version   INTEGER NOT NULL,
    body      TEXT NOT NULL
) STRICT;

CREATE TABLE pointers (
    pointer_key TEXT PRIMARY KEY,
    thread_id   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE containers (
    container_id  TEXT PRIMARY KEY,
    version       INTEGER NOT NULL,
    client_id     TEXT NOT NULL,
    state         TEXT NOT NULL,
    open_commands INTEGER NOT NULL,
    due_at        INTEGER,
    body          TEXT NOT NULL
) STRICT;
CREATE INDEX containers_awake ON containers (container_id) WHERE state IN ('starting', 'running', 'draining');
CREATE INDEX containers_waiting ON containers (client_id, due_at, container_id)
    WHERE state IN ('stopped', 'failed') AND open_commands > 0 AND due_at IS NOT NULL;

CREATE TABLE commands (
    command_id   TEXT PRIMARY KEY,
    version      INTEGER NOT NULL,
    session_id   TEXT NOT NULL,
    container_id TEXT NOT NULL,
    state        TEXT NOT NULL,
    sequence     INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT;
CREATE INDEX commands_of_session ON commands (session_id, sequence DESC);
CREATE INDEX commands_open ON commands (container_id, sequence) WHERE state IN ('queued', 'running');

-- `due_at` is NULL once a reply is sent or given up.
CREATE TABLE replies (
    reply_id TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    due_at   INTEGER,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX replies_due ON replies (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE journal (
    journal_id  TEXT PRIMARY KEY,
    version     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_time ON journal (received_at DESC, journal_id DESC);

CREATE TABLE events (
    session_id TEXT NOT NULL,
    sequence   INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    client_id  TEXT NOT NULL,
    project_id TEXT NOT NULL,
    thread_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    PRIMARY KEY (session_id, sequence)
) STRICT;
CREATE INDEX events_by_time ON events (at);

-- The last number given out in a session: outlives its events, so that numbers never start again.
CREATE TABLE event_counters (
    session_id TEXT PRIMARY KEY,
    last       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    claim_key  TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_by_expiry ON claims (expires_at);

-- `content` is NULL when it is a file of the folder `mail`.
CREATE TABLE blobs (
    blob_id     TEXT PRIMARY KEY,
    received_at INTEGER NOT NULL,
    content     BLOB
) STRICT;
CREATE INDEX blobs_by_time ON blobs (received_at);

-- AUTOINCREMENT: an id is part of a receipt and must never come back.
CREATE TABLE messages (
    message_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    direction    TEXT NOT NULL,
    container_id TEXT NOT NULL,
    visible_at   INTEGER NOT NULL,
    receives     INTEGER NOT NULL DEFAULT 0,
    sent_at      INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT;
CREATE INDEX messages_of_queue ON messages (direction, container_id, visible_at);
CREATE INDEX messages_dead ON messages (sent_at) WHERE direction = 'dead';
