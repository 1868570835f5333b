-- Places and groups of our own, and the people who look after customers: what checks and ratings are about.
CREATE TABLE subjects (
  id BLOB NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('site', 'team', 'employee')),
  number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  site_id BLOB REFERENCES subjects (id),
  region TEXT NOT NULL,
  user_id BLOB UNIQUE REFERENCES users (id),
  active BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL
);

-- The grade that each check gave, with the one before it. It stays as it was given when the thresholds change.
CREATE TABLE subject_checks (
  subject_id BLOB NOT NULL REFERENCES subjects (id),
  response_id BLOB NOT NULL,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  day DATE NOT NULL,
  score BIGINT NOT NULL,
  grade TEXT NOT NULL,
  grade_before TEXT,
  entered_at TIMESTAMP NOT NULL,
  PRIMARY KEY (subject_id, response_id)
);

CREATE TABLE trainings (
  id BLOB NOT NULL PRIMARY KEY,
  subject_id BLOB NOT NULL REFERENCES subjects (id),
  name TEXT NOT NULL,
  day DATE NOT NULL,
  created_by BLOB REFERENCES users (id),
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX trainings_of ON trainings (subject_id, day);

-- n, sum and sum of squares of each measure, by month and subject.
CREATE TABLE subject_tallies (
  subject_id BLOB NOT NULL,
  month INTEGER NOT NULL,
  measure TEXT NOT NULL,
  n BIGINT NOT NULL,
  sum BIGINT NOT NULL,
  sum_sq BIGINT NOT NULL,
  PRIMARY KEY (subject_id, month, measure)
) WITHOUT ROWID;

-- What a feed calls a response that it brought, so that it comes in once.
CREATE TABLE response_feeds (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  feed_key TEXT NOT NULL,
  response_id BLOB NOT NULL,
  PRIMARY KEY (account_id, feed_key)
);
CREATE INDEX response_feeds_key ON response_feeds (feed_key);

CREATE INDEX responses_subject ON responses (subject_id, day) WHERE subject_id IS NOT NULL;
