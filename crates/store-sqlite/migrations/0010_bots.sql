-- Keys by which bots speak. `hash` is the SHA-256 of a key's secret, which is
-- nowhere; times are ms since the epoch. One that was revoked is kept for a
-- while, for the server to close its sockets.
CREATE TABLE api_key (
    hash         BLOB PRIMARY KEY,
    sub          TEXT NOT NULL,
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX key_of_bot ON api_key (sub, name) WHERE revoked_at IS NULL;
CREATE INDEX revoked_key ON api_key (revoked_at) WHERE revoked_at IS NOT NULL;

-- Whoever disables or deletes an account, and however, revokes its keys.
CREATE TRIGGER key_disabled AFTER UPDATE OF disabled_at ON account WHEN new.disabled_at IS NOT NULL
BEGIN
    UPDATE api_key SET revoked_at = new.disabled_at WHERE sub = new.sub AND revoked_at IS NULL;
END;
