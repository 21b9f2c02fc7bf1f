-- In how many messages of each kind a token stood, by its slot.
CREATE TABLE spam_words (slot BIGINT PRIMARY KEY, spam BIGINT NOT NULL, ham BIGINT NOT NULL){without_rowid};

-- Junk mailboxes as the learner last saw them, and what lay in them.
CREATE TABLE junk_seen (mailbox_id BIGINT PRIMARY KEY, modseq BIGINT NOT NULL){without_rowid};
CREATE TABLE junk_messages (mailbox_id BIGINT NOT NULL, message_id BIGINT NOT NULL, PRIMARY KEY (mailbox_id, message_id)){without_rowid};
