-- What is one's own: devices to know one's sessions by, and leaving for good.

ALTER TABLE session ADD COLUMN device TEXT;
ALTER TABLE session ADD COLUMN place TEXT;

-- Sessions that begin at another issuer, as far as this server has seen them.
CREATE TABLE visit (
    id           BLOB PRIMARY KEY,
    sub          TEXT NOT NULL,
    device       TEXT,
    place        TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_of ON visit (sub, last_used_at);
CREATE INDEX visit_over ON visit (expires_at);

-- Who deleted his account keeps his id, so that his words stay his, and a row
-- of `account` without name and password.
ALTER TABLE person ADD COLUMN deleted_at INTEGER;
ALTER TABLE account ADD COLUMN deleted_at INTEGER;

CREATE INDEX deleted_account ON account (deleted_at) WHERE deleted_at IS NOT NULL;

-- Names that nobody gets any more: the SHA-256 of each, folded.
CREATE TABLE retired_name (
    digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
