-- Decisions on the calendar that were entered here: they stand above those that come with the program.
CREATE TABLE year_decisions (year INTEGER PRIMARY KEY, document TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL);

-- What of a mailbox's life its account does not tell; days are texts. clock_from: idleness counts from there (reopening). step: 0 in use, 1 suspended, 2 closed, 3 removed.
-- notified_on: the day of the notice that removal counts from. closes_on: a closing that was ordered for a day to come. kept_until: the last day on which a closed one is restored.
CREATE TABLE mailbox_lives (
  account_id BIGINT PRIMARY KEY,
  clock_from TEXT,
  step SMALLINT NOT NULL DEFAULT 0,
  reason SMALLINT,
  since TEXT,
  notified_on TEXT,
  reopen_asked_on TEXT,
  closes_on TEXT,
  closes_reason SMALLINT,
  moved_to TEXT,
  kept_until TEXT);
CREATE INDEX mailbox_lives_step ON mailbox_lives(step) WHERE step > 0;
CREATE INDEX mailbox_lives_closing ON mailbox_lives(closes_on) WHERE closes_on IS NOT NULL;

CREATE TABLE mailbox_events (
  id {id},
  account_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  reason TEXT NOT NULL,
  document TEXT NOT NULL);
CREATE INDEX mailbox_events_account ON mailbox_events(account_id, id);

-- What shows a prohibited act (A8.1, A13).
CREATE TABLE mailbox_evidence (
  id {id},
  account_id BIGINT NOT NULL,
  event_id BIGINT NOT NULL REFERENCES mailbox_events(id),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  data {blob} NOT NULL);
CREATE INDEX mailbox_evidence_event ON mailbox_evidence(event_id);

-- kind: 0 legal hold, 1 leave. to_day: the last day; null without end.
CREATE TABLE mailbox_holds (
  id {id},
  account_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  reason TEXT NOT NULL,
  document TEXT NOT NULL,
  from_day TEXT NOT NULL,
  to_day TEXT,
  placed_by TEXT NOT NULL,
  placed_at BIGINT NOT NULL);
CREATE INDEX mailbox_holds_account ON mailbox_holds(account_id);

-- What the daily run proposes. step: 1 suspension, 3 removal. state: 0 proposed, 1 approved, 2 refused, 3 done.
CREATE TABLE lifecycle_batches (
  id {id},
  step SMALLINT NOT NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  is_stopped SMALLINT NOT NULL,
  mailboxes INTEGER NOT NULL,
  in_use INTEGER NOT NULL,
  proposed_on TEXT NOT NULL,
  proposed_at BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  note TEXT NOT NULL DEFAULT '');
CREATE INDEX lifecycle_batches_open ON lifecycle_batches(state) WHERE state < 2;

-- state: 0 waits, 1 done, 2 dropped, with its outcome.
CREATE TABLE lifecycle_items (
  batch_id BIGINT NOT NULL REFERENCES lifecycle_batches(id),
  account_id BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (batch_id, account_id)){without_rowid};
CREATE INDEX lifecycle_items_waiting ON lifecycle_items(account_id) WHERE state = 0;

-- A notice is sent once: its key says about what, whom and which day.
CREATE TABLE notices (
  id {id},
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  account_id BIGINT,
  recipient TEXT NOT NULL,
  sent_on TEXT NOT NULL,
  sent_at BIGINT NOT NULL);
CREATE INDEX notices_account ON notices(account_id);

-- What is left of a mailbox.
CREATE TABLE removal_records (
  id {id},
  account_id BIGINT NOT NULL UNIQUE,
  address TEXT NOT NULL,
  addresses TEXT NOT NULL,
  name TEXT NOT NULL,
  kind SMALLINT NOT NULL,
  reason SMALLINT NOT NULL,
  notified_on TEXT,
  batch_id BIGINT,
  approved_by TEXT NOT NULL,
  removed_on TEXT NOT NULL,
  removed_at BIGINT NOT NULL,
  mailboxes INTEGER NOT NULL,
  messages BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  digest TEXT NOT NULL,
  backups_until TEXT NOT NULL);

-- First passwords on their way to their holder: a code that is claimed, or a sealed slip. handle finds the code, code_hash proves it.
CREATE TABLE password_deliveries (
  id {id},
  principal_id BIGINT NOT NULL,
  is_slip SMALLINT NOT NULL,
  handle TEXT UNIQUE,
  code_hash TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  expires_at BIGINT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  ended_at BIGINT);
CREATE INDEX password_deliveries_principal ON password_deliveries(principal_id);
