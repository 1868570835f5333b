-- Links that anybody may open: on a counter, a delivery note, a poster. The code is what stands, sealed, in
-- the address and in the picture that phones read.
CREATE TABLE open_links (
  id BLOB NOT NULL PRIMARY KEY,
  code BLOB NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  version_id BLOB NOT NULL REFERENCES survey_versions (id),
  language TEXT NOT NULL,
  password_hash TEXT,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  of_segment BOOLEAN NOT NULL,
  subject_id BLOB,
  opens_at TIMESTAMP,
  closes_at TIMESTAMP,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  most BIGINT,
  created_by BLOB REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX open_links_code ON open_links (code);
CREATE INDEX open_links_account ON open_links (account_id);

-- By which open link a response came in.
ALTER TABLE responses ADD COLUMN link_id BLOB;
CREATE INDEX responses_of_link ON responses (account_id, link_id, received_at) WHERE link_id IS NOT NULL;
