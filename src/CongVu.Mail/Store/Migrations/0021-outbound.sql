-- Work is taken by destination: a destination that keeps us waiting does not hold up the others. priority: 0 first, 2 circulars.
ALTER TABLE outbound_recipients ADD COLUMN priority SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE outbound_recipients ADD COLUMN delay_told SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX outbound_destination ON outbound_recipients(domain, priority, next_attempt_at);
DROP INDEX outbound_due;

-- Policies of other domains (RFC 8461), which hold until they run out whatever DNS says meanwhile.
CREATE TABLE mta_sts_policies (
  domain TEXT PRIMARY KEY,
  record_id TEXT NOT NULL,
  policy TEXT NOT NULL,
  expires_at BIGINT NOT NULL);

-- How TLS with other domains went, by UTC day, for the reports of RFC 8460. Empty failure: it went well.
CREATE TABLE tls_results (
  day BIGINT NOT NULL,
  domain TEXT NOT NULL,
  policy TEXT NOT NULL,
  policy_text TEXT NOT NULL,
  host TEXT NOT NULL,
  failure TEXT NOT NULL,
  sessions BIGINT NOT NULL,
  PRIMARY KEY (day, domain, policy, host, failure)){without_rowid};
