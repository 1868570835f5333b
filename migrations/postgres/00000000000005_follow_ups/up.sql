-- What is promised to customers who are not content, and what became of it. One for each response.
CREATE TABLE follow_ups (
  account_id BYTEA NOT NULL REFERENCES accounts (id),
  response_id BYTEA NOT NULL,
  contact_id BYTEA,
  owner_id BYTEA NOT NULL REFERENCES users (id),
  due_on DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'declined', 'withdrawn')),
  wish TEXT CHECK (wish IN ('telephone', 'mail', 'meeting')),
  promised_at TIMESTAMP NOT NULL,
  closed_at TIMESTAMP,
  closed_by BYTEA REFERENCES users (id),
  note TEXT,
  told BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (account_id, response_id)
);
CREATE INDEX follow_ups_open ON follow_ups (due_on) WHERE state = 'open';

-- What we say to customers about what they said: they read it on their own page.
CREATE TABLE replies (
  account_id BYTEA NOT NULL REFERENCES accounts (id),
  id BYTEA NOT NULL,
  response_id BYTEA NOT NULL,
  words TEXT NOT NULL,
  written_by BYTEA NOT NULL REFERENCES users (id),
  written_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX replies_response ON replies (account_id, response_id);

-- Who would speak for us to others. Everybody who answers is asked, or nobody.
CREATE TABLE reference_answers (
  account_id BYTEA NOT NULL REFERENCES accounts (id),
  response_id BYTEA NOT NULL,
  contact_id BYTEA,
  willing BOOLEAN NOT NULL,
  said_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, response_id)
);
