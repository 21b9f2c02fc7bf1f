-- A message that waits for a person. state: 0 held, 1 released by one of two people, 2 released, 3 deleted. The envelope is JSON.
CREATE TABLE quarantine (
  id {id},
  content_id BIGINT NOT NULL,
  envelope TEXT NOT NULL,
  reason SMALLINT NOT NULL,
  detail TEXT NOT NULL,
  sender TEXT NOT NULL,
  subject TEXT NOT NULL,
  size BIGINT NOT NULL,
  held_at BIGINT NOT NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  first_by TEXT,
  decided_by TEXT,
  decided_at BIGINT,
  digested_at BIGINT);
CREATE INDEX quarantine_state ON quarantine(state, id);
CREATE INDEX quarantine_content ON quarantine(content_id);
