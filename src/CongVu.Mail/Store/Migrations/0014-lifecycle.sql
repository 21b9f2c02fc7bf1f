-- The last authenticated use of a mailbox, to the day (A8.1); where mail to a closed one is now to be sent, and until when that is told (A8.2).
ALTER TABLE accounts ADD COLUMN last_activity_at BIGINT;
ALTER TABLE accounts ADD COLUMN moved_to TEXT;
ALTER TABLE accounts ADD COLUMN moved_until BIGINT;
CREATE INDEX principals_home ON principals(home_account_id);
UPDATE accounts SET last_activity_at = (SELECT last_login_at FROM principals WHERE home_account_id = accounts.id);

-- Hashes of passwords that were replaced: they are not taken again (A12.1).
CREATE TABLE former_passwords (
  id {id},
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  password_hash TEXT NOT NULL,
  replaced_at BIGINT NOT NULL);
CREATE INDEX former_passwords_principal ON former_passwords(principal_id, id);
