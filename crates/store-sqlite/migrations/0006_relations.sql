-- What people have decided about others. Times are ms since the epoch.

CREATE TABLE block (
    sub   TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (sub, other)
) STRICT, WITHOUT ROWID;

-- Who may see whether somebody is there: 1 those whom he has a conversation
-- with, 2 nobody. Everybody of who is not here.
CREATE TABLE audience (
    sub      TEXT NOT NULL PRIMARY KEY,
    audience INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- His decisions go with a person.
CREATE TRIGGER decider_deleted AFTER UPDATE OF deleted_at ON person
WHEN new.deleted_at IS NOT NULL
BEGIN
    DELETE FROM block WHERE sub = new.sub;
    DELETE FROM audience WHERE sub = new.sub;
END;

CREATE TABLE report (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    by           TEXT NOT NULL,
    about        TEXT NOT NULL,
    conversation TEXT,
    seq          INTEGER,
    reason       TEXT NOT NULL
) STRICT;
