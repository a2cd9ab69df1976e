-- What attachments there are; their bytes lie beside. Times are ms since the
-- epoch, ids raw bytes.

CREATE TABLE attachment (
    id           BLOB NOT NULL PRIMARY KEY,
    owner        TEXT NOT NULL,
    conversation TEXT NOT NULL,
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    size         INTEGER NOT NULL,
    -- What it counts of what its owner may have.
    counted      INTEGER NOT NULL,
    width        INTEGER,
    height       INTEGER,
    thumbnail    INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    -- 0 begun, 1 complete, 2 sent.
    state        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attachment_of ON attachment (owner, created_at, counted);

CREATE INDEX attachment_unsent ON attachment (owner, created_at) WHERE state < 2;

-- For the sweep.
CREATE INDEX attachment_at ON attachment (created_at);
