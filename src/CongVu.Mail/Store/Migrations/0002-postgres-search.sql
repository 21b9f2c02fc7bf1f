-- The texts that search reads on PostgreSQL; the embedded store has an index database of its own and leaves this empty.
CREATE TABLE search_texts (
  key BIGINT PRIMARY KEY,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  cc TEXT NOT NULL,
  bcc TEXT NOT NULL,
  body TEXT NOT NULL);
