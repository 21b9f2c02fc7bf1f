-- What organizations ask for (A6-A8, A14.1). Days are texts like 2026-03-31, times Unix milliseconds.
-- document_key: the number, day and sender of a document, by which it is one request however often it arrives.
CREATE TABLE requests (
  id {id},
  reference TEXT NOT NULL UNIQUE,
  kind SMALLINT NOT NULL,
  state SMALLINT NOT NULL,
  organization_id BIGINT REFERENCES organizations(id),
  claimed_organization TEXT NOT NULL,
  channel SMALLINT NOT NULL,
  number TEXT NOT NULL,
  document_date TEXT,
  document_key TEXT UNIQUE,
  signer TEXT NOT NULL,
  requester TEXT NOT NULL,
  requester_position TEXT NOT NULL,
  phone TEXT NOT NULL,
  sender TEXT NOT NULL,
  owes_document SMALLINT NOT NULL,
  received_on TEXT,
  complete_on TEXT,
  due_on TEXT,
  due_is_provisional SMALLINT NOT NULL DEFAULT 0,
  owner TEXT,
  note TEXT NOT NULL,
  problems TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT);
CREATE INDEX requests_due ON requests(due_on) WHERE due_on IS NOT NULL;
CREATE INDEX requests_organization ON requests(organization_id);
CREATE INDEX requests_state ON requests(state);

-- A row of a request. state: 0 waiting, 1 done, 2 refused. problem: why it was refused.
CREATE TABLE request_rows (
  id {id},
  request_id BIGINT NOT NULL REFERENCES requests(id),
  position INTEGER NOT NULL,
  subject SMALLINT NOT NULL,
  action SMALLINT,
  cells TEXT NOT NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  problem TEXT,
  address TEXT,
  account_id BIGINT,
  done_at BIGINT);
CREATE INDEX request_rows_request ON request_rows(request_id, position);

-- Files of a request: what was signed, the lists, the answer. kind: 0 asked, 1 supplement, 2 answer as DOCX, 3 answer as PDF.
CREATE TABLE request_documents (
  id {id},
  request_id BIGINT NOT NULL REFERENCES requests(id),
  kind SMALLINT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  content_id BIGINT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE INDEX request_documents_request ON request_documents(request_id);

CREATE TABLE request_events (
  id {id},
  request_id BIGINT NOT NULL REFERENCES requests(id),
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  state SMALLINT NOT NULL,
  note TEXT NOT NULL);
CREATE INDEX request_events_request ON request_events(request_id);

-- The written answer: drafted, signed with a number, issued.
CREATE TABLE request_answers (
  request_id BIGINT PRIMARY KEY REFERENCES requests(id),
  number INTEGER,
  year INTEGER,
  signed_on TEXT,
  signer_title TEXT NOT NULL,
  signer_name TEXT NOT NULL,
  remarks TEXT NOT NULL,
  issued_at BIGINT,
  sent_to TEXT NOT NULL DEFAULT '',
  UNIQUE (year, number));

-- Mail that belongs to a request, both ways; the ids are those of Message-ID.
CREATE TABLE request_messages (
  message_id_header TEXT PRIMARY KEY,
  request_id BIGINT NOT NULL REFERENCES requests(id),
  account_id BIGINT,
  message_id BIGINT,
  at BIGINT NOT NULL);
CREATE INDEX request_messages_request ON request_messages(request_id);

-- How far the reader of an intake mailbox has come.
CREATE TABLE intake_positions (
  account_id BIGINT PRIMARY KEY,
  uidvalidity BIGINT NOT NULL,
  uid BIGINT NOT NULL);
