-- A second step of signing in with a browser (RFC 6238). Not confirmed, it asks for nothing yet.
CREATE TABLE totp (
  principal_id BIGINT PRIMARY KEY REFERENCES principals(id),
  secret {blob} NOT NULL,
  is_confirmed SMALLINT NOT NULL DEFAULT 0,
  last_step BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL);

CREATE TABLE recovery_codes (
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  code_hash {blob} NOT NULL,
  PRIMARY KEY (principal_id, code_hash)){without_rowid};
