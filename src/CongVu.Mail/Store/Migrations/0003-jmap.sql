-- What a client of conversations needs to know of a message that is gone.
ALTER TABLE message_tombstones ADD COLUMN thread_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message_tombstones ADD COLUMN created_modseq BIGINT NOT NULL DEFAULT 0;

ALTER TABLE mailboxes ADD COLUMN sort_order BIGINT NOT NULL DEFAULT 0;

-- Bytes that a client has uploaded and not yet used (RFC 8620 §6.1).
CREATE TABLE uploads (
  id {id},
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  principal_id BIGINT NOT NULL REFERENCES principals(id),
  content_id BIGINT NOT NULL REFERENCES contents(id),
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE INDEX uploads_account ON uploads(account_id);
CREATE INDEX uploads_content ON uploads(content_id);

-- In whose name and with which signature a holder writes (RFC 8621 §6).
CREATE TABLE identities (
  id {id},
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  reply_to TEXT,
  bcc TEXT,
  text_signature TEXT NOT NULL DEFAULT '',
  html_signature TEXT NOT NULL DEFAULT '',
  created_modseq BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  destroyed SMALLINT NOT NULL DEFAULT 0);
CREATE INDEX identities_account ON identities(account_id);

-- Messages given to be sent (RFC 8621 §7); whether one still can be stopped is seen in the queue.
CREATE TABLE submissions (
  id {id},
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  identity_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  thread_id BIGINT NOT NULL,
  envelope TEXT NOT NULL,
  send_at BIGINT NOT NULL,
  canceled SMALLINT NOT NULL DEFAULT 0,
  queue_id BIGINT,
  created_modseq BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  destroyed SMALLINT NOT NULL DEFAULT 0);
CREATE INDEX submissions_account ON submissions(account_id);
CREATE INDEX submissions_queue ON submissions(queue_id) WHERE queue_id IS NOT NULL;

-- An account's answer while its holder is away (RFC 8621 §8).
CREATE TABLE vacations (
  account_id BIGINT PRIMARY KEY REFERENCES accounts(id),
  is_enabled SMALLINT NOT NULL DEFAULT 0,
  from_date BIGINT,
  to_date BIGINT,
  subject TEXT,
  text_body TEXT,
  html_body TEXT,
  modseq BIGINT NOT NULL);
