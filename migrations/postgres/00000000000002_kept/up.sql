-- What somebody had filled in word for word, fit or not, to be shown again; and when its page was given out.
ALTER TABLE provisional_answers ADD COLUMN typed TEXT;
ALTER TABLE provisional_answers ADD COLUMN begun_at TIMESTAMP;

-- Forms that were taken, by the key that the page gave each sending: one that comes again is no change.
CREATE TABLE sent_forms (
  account_id BYTEA NOT NULL REFERENCES accounts (id),
  invitation_id BYTEA NOT NULL,
  once TEXT NOT NULL,
  taken_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, invitation_id, once)
);
