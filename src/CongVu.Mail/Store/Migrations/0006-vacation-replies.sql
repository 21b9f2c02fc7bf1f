-- Who has been answered while a holder is away, so that nobody is answered each time (RFC 3834 §2).
CREATE TABLE vacation_replies (
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  sender TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, sender)){without_rowid};
