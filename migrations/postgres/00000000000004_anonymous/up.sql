-- Anonymous answers that wait to be opened together: sealed, all of one length, under a random identifier.
CREATE TABLE anonymous_box (
  id BYTEA NOT NULL PRIMARY KEY,
  version_id BYTEA NOT NULL REFERENCES survey_versions (id),
  sealed BYTEA NOT NULL
);
CREATE INDEX anonymous_box_version ON anonymous_box (version_id);

-- That invitations were used whose answers wait: only who has the installation's secret knows which.
CREATE TABLE anonymous_marks (
  mark BYTEA NOT NULL PRIMARY KEY,
  version_id BYTEA NOT NULL REFERENCES survey_versions (id)
);

-- When answers to a version were opened, and of how many people a group had to be.
CREATE TABLE anonymous_openings (
  version_id BYTEA NOT NULL REFERENCES survey_versions (id),
  day DATE NOT NULL,
  least INTEGER NOT NULL,
  PRIMARY KEY (version_id, day)
);
