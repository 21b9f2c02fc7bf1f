-- Addresses kept for somebody who has no account yet.
CREATE TABLE reserved_addresses (address TEXT PRIMARY KEY, created_at BIGINT NOT NULL);
