-- Contents that something beside messages, queue and uploads keeps; the sweeper leaves them.
CREATE TABLE kept_contents (content_id BIGINT PRIMARY KEY REFERENCES contents(id), created_at BIGINT NOT NULL);
