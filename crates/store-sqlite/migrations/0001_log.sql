-- The journal: what was said and read, in the order in which it was stored.
-- `id` is the change's stamp; entries and moves share one ascending sequence.
-- Neither table has a second index: every commit then touches the last page
-- alone. Whatever looks things up otherwise is in the index file.

CREATE TABLE person (
    id        INTEGER PRIMARY KEY,
    sub       TEXT NOT NULL UNIQUE,
    username  TEXT,
    folded    TEXT UNIQUE,
    last_seen INTEGER
) STRICT;

CREATE TABLE conversation (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    member_a INTEGER REFERENCES person,
    member_b INTEGER REFERENCES person
) STRICT;

CREATE TABLE entry (
    id            INTEGER PRIMARY KEY,
    conversation  INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    kind          INTEGER NOT NULL,
    author        INTEGER NOT NULL,
    message_id    BLOB NOT NULL,
    client_msg_id BLOB,
    at            INTEGER NOT NULL,
    sent_at       INTEGER,
    reply_to      INTEGER,
    text          TEXT
) STRICT;

CREATE TABLE cursor_move (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    reader       INTEGER NOT NULL,
    seq          INTEGER NOT NULL
) STRICT;
