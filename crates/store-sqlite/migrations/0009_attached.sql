-- What the owner's device calls the message that has it.
ALTER TABLE attachment ADD COLUMN message TEXT;
