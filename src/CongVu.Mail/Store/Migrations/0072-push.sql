-- Where a device wants to be told of changes while it is not connected (RFC 8620 §7.2).
CREATE TABLE push_subscriptions (
  id {id},
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  device TEXT NOT NULL,
  url TEXT NOT NULL,
  public_key {blob},
  secret {blob},
  code TEXT NOT NULL,
  is_verified SMALLINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL,
  types TEXT);
CREATE INDEX push_subscriptions_principal ON push_subscriptions(principal_id);
