-- Links into rooms. `digest` is the SHA-256 of a link's secret, which is nowhere.
-- One that was taken back or has expired is kept for a while, to say so.
CREATE TABLE link (
    digest     BLOB PRIMARY KEY,
    id         BLOB NOT NULL,
    room       TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX link_of_room ON link (room);
