-- Reorganizations that are planned, looked at, and applied as a whole. kind: 0 merger, 1 profile. state: 0 planned, 1 applied, 2 undone.
CREATE TABLE plans (
  id {id},
  kind SMALLINT NOT NULL,
  title TEXT NOT NULL,
  definition TEXT NOT NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT);
