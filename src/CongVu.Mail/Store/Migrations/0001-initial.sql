-- {id} is a never reused 64-bit key, {blob} bytes. Times are Unix milliseconds, UTC. Booleans are 0 or 1.

CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

CREATE TABLE domains (name TEXT PRIMARY KEY, created_at BIGINT NOT NULL);

-- Who signs in.
CREATE TABLE principals (
  id {id},
  login TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  is_administrator SMALLINT NOT NULL DEFAULT 0,
  state SMALLINT NOT NULL DEFAULT 0,
  home_account_id BIGINT,
  password_hash TEXT,
  password_changed_at BIGINT,
  must_change_password SMALLINT NOT NULL DEFAULT 0,
  password_expires_at BIGINT,
  last_login_at BIGINT,
  created_at BIGINT NOT NULL);

CREATE TABLE app_passwords (
  id {id},
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  label TEXT NOT NULL,
  scram_salt {blob} NOT NULL,
  scram_iterations INTEGER NOT NULL,
  scram_stored_key {blob} NOT NULL,
  scram_server_key {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT);
CREATE INDEX app_passwords_principal ON app_passwords(principal_id);

-- What holds mail: a person's or an organization's mailbox.
CREATE TABLE accounts (
  id {id},
  kind SMALLINT NOT NULL,
  name TEXT NOT NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  quota_bytes BIGINT NOT NULL,
  used_bytes BIGINT NOT NULL DEFAULT 0,
  message_count BIGINT NOT NULL DEFAULT 0,
  modseq BIGINT NOT NULL DEFAULT 1,
  tombstone_floor BIGINT NOT NULL DEFAULT 0,
  hold_until BIGINT,
  removed_at BIGINT,
  created_at BIGINT NOT NULL);

-- Normalized (lower case, NFC) address to account. An address stays reserved when its account is removed.
CREATE TABLE addresses (
  address TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  is_primary SMALLINT NOT NULL DEFAULT 0,
  state SMALLINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL);
CREATE INDEX addresses_account ON addresses(account_id);

-- A principal's rights over a whole account: 1 own, 2 send as.
CREATE TABLE grants (
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  rights INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (principal_id, account_id));
CREATE INDEX grants_account ON grants(account_id);

CREATE TABLE mailboxes (
  id {id},
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  path TEXT NOT NULL,
  role SMALLINT NOT NULL DEFAULT 0,
  uidvalidity BIGINT NOT NULL,
  uidnext BIGINT NOT NULL DEFAULT 1,
  message_count BIGINT NOT NULL DEFAULT 0,
  unseen_count BIGINT NOT NULL DEFAULT 0,
  deleted_count BIGINT NOT NULL DEFAULT 0,
  size_bytes BIGINT NOT NULL DEFAULT 0,
  modseq BIGINT NOT NULL,
  created_modseq BIGINT NOT NULL,
  UNIQUE (account_id, path));

CREATE TABLE mailbox_rights (
  mailbox_id BIGINT NOT NULL REFERENCES mailboxes(id),
  identifier TEXT NOT NULL,
  rights INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, identifier));
CREATE INDEX mailbox_rights_identifier ON mailbox_rights(identifier);

CREATE TABLE subscriptions (
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  name TEXT NOT NULL,
  PRIMARY KEY (principal_id, name));

-- Facts of a content apart from its bytes, so that listings read packed rows.
CREATE TABLE contents (
  id {id},
  size BIGINT NOT NULL,
  storage SMALLINT NOT NULL,
  file TEXT,
  stored_size BIGINT NOT NULL,
  attachment_bytes BIGINT NOT NULL DEFAULT 0,
  sha256 {blob} NOT NULL,
  body_sha256 {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  orphaned_at BIGINT,
  facts_version INTEGER NOT NULL,
  facts {blob} NOT NULL);

CREATE INDEX contents_file ON contents(file) WHERE file IS NOT NULL;
CREATE INDEX contents_orphaned ON contents(orphaned_at) WHERE orphaned_at IS NOT NULL;

CREATE TABLE content_data (content_id BIGINT PRIMARY KEY REFERENCES contents(id), data {blob} NOT NULL);

-- A message of one account. A vaulted message is out of every mailbox and restorable until vault_until.
CREATE TABLE messages (
  id {id},
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  content_id BIGINT NOT NULL REFERENCES contents(id),
  thread_id BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  size BIGINT NOT NULL,
  prefix {blob} NOT NULL,
  created_modseq BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  vaulted_at BIGINT,
  vault_until BIGINT,
  hold SMALLINT NOT NULL DEFAULT 0,
  removed_reason TEXT);
CREATE INDEX messages_account_modseq ON messages(account_id, modseq);
CREATE INDEX messages_content ON messages(content_id);
CREATE INDEX messages_vault ON messages(vault_until) WHERE vault_until IS NOT NULL;

-- A message's copy in a mailbox. flags: 1 seen, 2 answered, 4 flagged, 8 deleted, 16 draft; keywords are space separated.
CREATE TABLE entries (
  mailbox_id BIGINT NOT NULL REFERENCES mailboxes(id),
  uid BIGINT NOT NULL,
  message_id BIGINT NOT NULL REFERENCES messages(id),
  flags INTEGER NOT NULL,
  keywords TEXT NOT NULL DEFAULT '',
  saved_at BIGINT NOT NULL,
  created_modseq BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  PRIMARY KEY (mailbox_id, uid)){without_rowid};
CREATE INDEX entries_message ON entries(message_id);
CREATE INDEX entries_modseq ON entries(mailbox_id, modseq);

CREATE TABLE entry_tombstones (
  mailbox_id BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  PRIMARY KEY (mailbox_id, modseq, uid)){without_rowid};
CREATE TABLE message_tombstones (
  account_id BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, modseq, message_id)){without_rowid};
CREATE TABLE mailbox_tombstones (
  account_id BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  mailbox_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, modseq, mailbox_id)){without_rowid};

-- Hashes of the Message-IDs (with the base subject) seen in an account, so that replies find their thread.
CREATE TABLE thread_refs (
  account_id BIGINT NOT NULL,
  ref BIGINT NOT NULL,
  thread_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, ref)){without_rowid};

-- A message to more accounts than one transaction should serve: accepted by this row, delivered to the accounts a slice at a time.
CREATE TABLE fanouts (
  id {id},
  content_id BIGINT NOT NULL REFERENCES contents(id),
  sender TEXT NOT NULL,
  remote TEXT NOT NULL,
  message_id_header TEXT NOT NULL,
  size BIGINT NOT NULL,
  recipients TEXT NOT NULL,
  thread_keys TEXT NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  received_at BIGINT NOT NULL);

CREATE TABLE search_pending (message_id BIGINT PRIMARY KEY, account_id BIGINT NOT NULL);
CREATE INDEX search_pending_account ON search_pending(account_id);

CREATE TABLE outbound_messages (
  id {id},
  content_id BIGINT NOT NULL REFERENCES contents(id),
  prefix {blob} NOT NULL,
  sender TEXT NOT NULL,
  account_id BIGINT,
  envelope_id TEXT,
  dsn_return SMALLINT NOT NULL DEFAULT 0,
  smtputf8 SMALLINT NOT NULL DEFAULT 0,
  body SMALLINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL);

CREATE TABLE outbound_recipients (
  id {id},
  message_id BIGINT NOT NULL REFERENCES outbound_messages(id),
  recipient TEXT NOT NULL,
  domain TEXT NOT NULL,
  original_recipient TEXT,
  notify SMALLINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at BIGINT NOT NULL,
  last_status TEXT,
  lease_owner TEXT,
  lease_until BIGINT);
CREATE INDEX outbound_due ON outbound_recipients(next_attempt_at);
CREATE INDEX outbound_recipients_message ON outbound_recipients(message_id);

CREATE TABLE trace (
  id {id},
  at BIGINT NOT NULL,
  event SMALLINT NOT NULL,
  remote TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message_id_header TEXT NOT NULL,
  size BIGINT NOT NULL,
  content_id BIGINT,
  detail TEXT NOT NULL);
CREATE INDEX trace_at ON trace(at);

CREATE TABLE audit (
  id {id},
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  seal_sequence BIGINT,
  seal {blob});
CREATE INDEX audit_unsealed ON audit(id) WHERE seal IS NULL;
