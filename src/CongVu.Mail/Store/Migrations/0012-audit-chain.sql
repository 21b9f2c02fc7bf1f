CREATE UNIQUE INDEX audit_sequence ON audit(seal_sequence) WHERE seal_sequence IS NOT NULL;
CREATE INDEX audit_at ON audit(at);
