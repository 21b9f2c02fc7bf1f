-- Whoever sees some mailboxes of an account is told exactly what came into them and what left them.
ALTER TABLE entry_tombstones ADD COLUMN message_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entry_tombstones ADD COLUMN thread_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entry_tombstones ADD COLUMN created_modseq BIGINT NOT NULL DEFAULT 0;
