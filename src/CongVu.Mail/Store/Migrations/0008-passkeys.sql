-- Keys with which people sign in instead of a password (WebAuthn). Only the public half is here.
CREATE TABLE passkeys (
  id {id},
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  credential_id {blob} NOT NULL,
  public_key {blob} NOT NULL,
  sign_count BIGINT NOT NULL,
  is_backup_eligible SMALLINT NOT NULL,
  is_backed_up SMALLINT NOT NULL,
  transports TEXT NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT);
CREATE UNIQUE INDEX passkeys_credential ON passkeys(credential_id);
CREATE INDEX passkeys_principal ON passkeys(principal_id);
