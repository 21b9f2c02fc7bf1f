-- What mail showed about how official addresses are used (A13.4, A13.5, A13.7). One row for a recipient or sender here.
CREATE TABLE usage_findings (
  id {id},
  at BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  account_id BIGINT NOT NULL,
  address TEXT NOT NULL,
  peer TEXT NOT NULL,
  evidence TEXT NOT NULL,
  message_id_header TEXT NOT NULL);
CREATE INDEX usage_findings_account ON usage_findings(account_id, id);
CREATE INDEX usage_findings_kind ON usage_findings(kind, id);
