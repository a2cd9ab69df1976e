-- Entries that change messages and rooms.
--
-- `detail` is what an entry says beside its text, `state` what later ones made
-- of a message beside it; both are JSON. `reply_to` is the place that an entry
-- refers to: of a message the one that it answers, of a change its target. An
-- edit has no text of its own: it is in its target alone, so that a deletion
-- finds all there is.

ALTER TABLE entry ADD COLUMN detail TEXT;
ALTER TABLE entry ADD COLUMN state TEXT;

-- What a room's changes make of it by now, as JSON.
CREATE TABLE room (
    conversation INTEGER PRIMARY KEY REFERENCES conversation,
    state        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is or was in which room; the stamps of his cursor's last move and of
-- his going. What is said in a room changes no row of its members: a list
-- looks at the heads of its rooms.
CREATE TABLE room_member (
    person       INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    moved        INTEGER NOT NULL,
    gone         INTEGER,
    PRIMARY KEY (person, conversation)
) STRICT, WITHOUT ROWID;
