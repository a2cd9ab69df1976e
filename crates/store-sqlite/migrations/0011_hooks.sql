-- Webhooks of bots. Times are ms since the epoch. `heard` is the change up to which
-- a webhook has heard all, and `webhook_place` how far it is in each conversation.
CREATE TABLE webhook (
    sub           TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    secret        BLOB NOT NULL,
    set_at        INTEGER NOT NULL,
    failing_since INTEGER,
    disabled_at   INTEGER,
    heard         INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_place (
    sub          TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (sub, conversation)
) STRICT, WITHOUT ROWID;

-- Whoever disables or deletes an account, and however, disables its webhook.
CREATE TRIGGER hook_disabled AFTER UPDATE OF disabled_at ON account
WHEN new.disabled_at IS NOT NULL
BEGIN
    UPDATE webhook SET disabled_at = new.disabled_at
    WHERE sub = new.sub AND disabled_at IS NULL;
END;
