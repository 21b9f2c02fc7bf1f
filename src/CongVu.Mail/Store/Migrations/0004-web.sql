-- Who is signed in with a browser. Only the hash of what the cookie holds is kept.
CREATE TABLE web_sessions (
  id {id},
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  token_hash {blob} NOT NULL,
  is_public SMALLINT NOT NULL,
  remote TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL);
CREATE UNIQUE INDEX web_sessions_token ON web_sessions(token_hash);
CREATE INDEX web_sessions_principal ON web_sessions(principal_id);

CREATE TABLE sign_ins (
  id {id},
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  at BIGINT NOT NULL,
  succeeded SMALLINT NOT NULL,
  remote TEXT NOT NULL,
  user_agent TEXT NOT NULL);
CREATE INDEX sign_ins_principal ON sign_ins(principal_id, at);

-- What the webmail keeps for a person: one document.
CREATE TABLE preferences (principal_id BIGINT PRIMARY KEY REFERENCES principals(id), document TEXT NOT NULL);
