-- How people are told while they are away. Times are ms since the epoch, ids
-- raw bytes.

CREATE TABLE push_subscription (
    sub        TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    p256dh     BLOB NOT NULL,
    auth       BLOB NOT NULL,
    preview    INTEGER NOT NULL,
    session    BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (sub, endpoint)
) STRICT, WITHOUT ROWID;

CREATE INDEX push_subscription_of ON push_subscription (session) WHERE session IS NOT NULL;

-- Whoever ends a session, and however, ends what it subscribed.
CREATE TRIGGER push_ended AFTER UPDATE OF ended_at ON session WHEN new.ended_at IS NOT NULL
BEGIN
    DELETE FROM push_subscription WHERE session = new.id;
END;

CREATE TRIGGER push_forgotten AFTER DELETE ON session
BEGIN
    DELETE FROM push_subscription WHERE session = old.id;
END;

-- Of which messages somebody is told: 1 those that name him, 2 none. All of a
-- conversation that is not here.
CREATE TABLE push_wanted (
    sub          TEXT NOT NULL,
    conversation TEXT NOT NULL,
    wanted       INTEGER NOT NULL,
    PRIMARY KEY (sub, conversation)
) STRICT, WITHOUT ROWID;

-- The one key that pushes are signed with.
CREATE TABLE push_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    pem TEXT NOT NULL
) STRICT;
