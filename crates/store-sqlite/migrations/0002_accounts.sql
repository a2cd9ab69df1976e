-- The built-in user pool. Ids and hashes are raw bytes, times ms since the
-- epoch; no secret is in here but the signing keys' private halves.

CREATE TABLE account (
    sub           TEXT PRIMARY KEY,
    username      TEXT NOT NULL,
    folded        TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER
) STRICT, WITHOUT ROWID;

-- `used` is the tokens used lately, oldest first: hash, salt and time each.
CREATE TABLE session (
    id           BLOB PRIMARY KEY,
    sub          TEXT NOT NULL REFERENCES account,
    client       TEXT NOT NULL,
    family       BLOB NOT NULL UNIQUE,
    current      BLOB NOT NULL,
    used         BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX live_session ON session (sub, last_used_at) WHERE ended_at IS NULL;
CREATE INDEX ended_session ON session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX session_over ON session (coalesce(ended_at, expires_at));

CREATE TABLE authorization_code (
    hash         BLOB PRIMARY KEY,
    session      BLOB NOT NULL,
    client       TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge    TEXT NOT NULL,
    nonce        TEXT,
    expires_at   INTEGER NOT NULL,
    taken        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX code_over ON authorization_code (expires_at);

CREATE TABLE signing_key (
    kid        TEXT PRIMARY KEY,
    pem        TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
