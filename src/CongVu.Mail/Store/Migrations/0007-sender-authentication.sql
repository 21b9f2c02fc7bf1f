ALTER TABLE fanouts ADD COLUMN is_junk SMALLINT NOT NULL DEFAULT 0;

-- Keys that sign mail going out. A key is used from active_at on; the one before it stays in DNS for a while.
CREATE TABLE signing_keys (
  id {id},
  domain TEXT NOT NULL,
  selector TEXT NOT NULL,
  algorithm SMALLINT NOT NULL,
  private_key {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  active_at BIGINT NOT NULL);
CREATE UNIQUE INDEX signing_keys_name ON signing_keys(domain, selector);
