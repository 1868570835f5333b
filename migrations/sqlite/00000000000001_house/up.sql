-- Reference tables: small, the same on every node.

CREATE TABLE users (
  id BLOB NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('administrator', 'quality_manager', 'account_manager', 'executive', 'auditor')),
  language TEXT NOT NULL,
  zone TEXT NOT NULL,
  region TEXT,
  password_hash TEXT,
  active BOOLEAN NOT NULL,
  digest BOOLEAN NOT NULL,
  failures INTEGER NOT NULL,
  locked_until TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE sessions (
  token_hash BLOB NOT NULL PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id),
  form_key TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE TABLE segments (
  id BLOB NOT NULL PRIMARY KEY,
  tier TEXT NOT NULL,
  region TEXT NOT NULL,
  product_line TEXT NOT NULL,
  UNIQUE (tier, region, product_line)
);

CREATE TABLE accounts (
  id BLOB NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('customer', 'dealer', 'supplier', 'bank', 'partner', 'own', 'nobody')),
  parent_id BLOB REFERENCES accounts (id),
  tier TEXT NOT NULL,
  region TEXT NOT NULL,
  product_line TEXT NOT NULL,
  manager_id BLOB REFERENCES users (id),
  deputy_id BLOB REFERENCES users (id),
  active BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX accounts_manager ON accounts (manager_id);
CREATE INDEX accounts_tier ON accounts (tier);

CREATE TABLE account_tiers (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  from_day DATE NOT NULL,
  tier TEXT NOT NULL,
  decided_by BLOB REFERENCES users (id),
  decided_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, from_day)
);

CREATE TABLE suppressions (
  address_hash BLOB NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'by_hand')),
  since TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE TABLE survey_versions (
  id BLOB NOT NULL PRIMARY KEY,
  survey TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  definition TEXT NOT NULL,
  hash BLOB NOT NULL,
  published_at TIMESTAMP NOT NULL,
  UNIQUE (survey, version)
);

CREATE TABLE waves (
  id BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  version_id BLOB NOT NULL REFERENCES survey_versions (id),
  state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'running', 'paused', 'cancelled', 'finished')),
  audience TEXT NOT NULL,
  start_at TIMESTAMP,
  closes_at TIMESTAMP NOT NULL,
  planned_at TIMESTAMP,
  created_by BLOB REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE tier_models (
  tier TEXT NOT NULL PRIMARY KEY,
  model TEXT NOT NULL,
  fitted_at TIMESTAMP NOT NULL
);

CREATE TABLE reports (
  id BLOB NOT NULL PRIMARY KEY,
  tier TEXT NOT NULL,
  month INTEGER NOT NULL,
  language TEXT NOT NULL,
  html TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL,
  UNIQUE (tier, month, language)
);

CREATE TABLE jobs (
  id BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  slot TEXT NOT NULL,
  payload TEXT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'claimed', 'done', 'failed')),
  attempt INTEGER NOT NULL,
  claimed_by TEXT,
  claimed_until TIMESTAMP,
  error TEXT,
  finished_at TIMESTAMP,
  UNIQUE (name, slot)
);
CREATE INDEX jobs_due ON jobs (state, due_at);

CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  until TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
  id BLOB NOT NULL PRIMARY KEY,
  at TIMESTAMP NOT NULL,
  actor_id BLOB REFERENCES users (id),
  action TEXT NOT NULL,
  record TEXT NOT NULL,
  record_id TEXT NOT NULL,
  account_id BLOB
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_account ON audit (account_id, at);

-- What a change was from and to: apart from the trail, so that it can be erased and the trail stays.
CREATE TABLE audit_details (
  audit_id BLOB NOT NULL PRIMARY KEY,
  before_json TEXT,
  after_json TEXT
);

-- Hot tables: distributed by account. The account stands in every key.

CREATE TABLE contacts (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  name TEXT NOT NULL,
  salutation TEXT,
  phone TEXT,
  language TEXT NOT NULL,
  role TEXT,
  consent BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (account_id, id),
  UNIQUE (account_id, email_folded)
);
CREATE INDEX contacts_email ON contacts (email_folded);

CREATE TABLE invitations (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  wave_id BLOB NOT NULL REFERENCES waves (id),
  version_id BLOB NOT NULL REFERENCES survey_versions (id),
  contact_id BLOB NOT NULL,
  segment_id BLOB NOT NULL REFERENCES segments (id),
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'delivered', 'failed', 'cancelled')),
  created_at TIMESTAMP NOT NULL,
  delivered_at TIMESTAMP,
  delivered_day DATE,
  answered_at TIMESTAMP,
  closes_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, id),
  UNIQUE (account_id, wave_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX invitations_wave ON invitations (wave_id, state);
CREATE INDEX invitations_contact ON invitations (account_id, contact_id, created_at);

CREATE TABLE wave_skips (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  wave_id BLOB NOT NULL REFERENCES waves (id),
  contact_id BLOB NOT NULL,
  why TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (account_id, wave_id, contact_id)
);
CREATE INDEX wave_skips_wave ON wave_skips (wave_id, why);

-- Contacts whom somebody holds back from a wave. The last three say where they count as asked, once they do.
CREATE TABLE wave_holds (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  wave_id BLOB NOT NULL REFERENCES waves (id),
  contact_id BLOB NOT NULL,
  reason TEXT NOT NULL,
  held_by BLOB NOT NULL REFERENCES users (id),
  held_at TIMESTAMP NOT NULL,
  segment_id BLOB REFERENCES segments (id),
  kind TEXT,
  counted_day DATE,
  PRIMARY KEY (account_id, wave_id, contact_id)
);
CREATE INDEX wave_holds_wave ON wave_holds (wave_id);

CREATE TABLE mails (
  account_id BLOB NOT NULL,
  id BLOB NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'digest')),
  invitation_id BLOB,
  wave_id BLOB,
  user_id BLOB,
  to_address TEXT NOT NULL,
  to_name TEXT NOT NULL,
  language TEXT NOT NULL,
  payload TEXT NOT NULL,
  once_key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled', 'too_late')),
  state_at TIMESTAMP NOT NULL,
  why TEXT,
  attempt INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  due_at TIMESTAMP NOT NULL,
  too_late_at TIMESTAMP NOT NULL,
  claimed_by TEXT,
  claimed_until TIMESTAMP,
  dated_at TIMESTAMP,
  reply TEXT,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, id),
  UNIQUE (account_id, once_key)
);
CREATE INDEX mails_due ON mails (state, due_at);
CREATE INDEX mails_wave ON mails (wave_id, state);

-- The built-in mailbox: what the service sent while no mail server is set.
CREATE TABLE letters (
  account_id BLOB NOT NULL,
  id BLOB NOT NULL,
  mail_id BLOB NOT NULL,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  received_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX letters_received ON letters (received_at);

CREATE TABLE responses (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  invitation_id BLOB,
  contact_id BLOB,
  wave_id BLOB,
  version_id BLOB NOT NULL REFERENCES survey_versions (id),
  segment_id BLOB NOT NULL REFERENCES segments (id),
  kind TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('web', 'import', 'telephone', 'paper', 'third_party', 'open_link', 'spot_check')),
  state TEXT NOT NULL CHECK (state IN ('kept', 'excluded', 'erased')),
  why_excluded TEXT,
  answers TEXT NOT NULL,
  quotable BOOLEAN NOT NULL,
  language TEXT NOT NULL,
  received_at TIMESTAMP NOT NULL,
  day DATE NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  revision BIGINT NOT NULL,
  took_seconds BIGINT,
  flags TEXT NOT NULL,
  source TEXT,
  subject_id BLOB,
  entered_by BLOB REFERENCES users (id),
  PRIMARY KEY (account_id, id),
  UNIQUE (account_id, invitation_id)
) WITHOUT ROWID;
CREATE INDEX responses_quotable ON responses (day, received_at, id) WHERE quotable;

CREATE TABLE measurements (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  response_id BLOB NOT NULL,
  measure TEXT NOT NULL,
  day DATE NOT NULL,
  x BIGINT NOT NULL,
  PRIMARY KEY (account_id, response_id, measure)
) WITHOUT ROWID;

-- What was filled in and not sent: never counted, and no response until the form is sent.
CREATE TABLE provisional_answers (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  invitation_id BLOB NOT NULL,
  answers TEXT NOT NULL,
  sign TEXT NOT NULL CHECK (sign IN ('pointer', 'key', 'touch')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'discarded')),
  given_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, invitation_id)
);
CREATE INDEX provisional_answers_waiting ON provisional_answers (given_at) WHERE state = 'waiting';

-- Fetches of links that look like a machine's: one row for each sign and class of program.
CREATE TABLE machine_visits (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  invitation_id BLOB NOT NULL,
  sign TEXT NOT NULL CHECK (sign IN ('head', 'name', 'burst', 'hidden_link')),
  agent TEXT NOT NULL CHECK (agent IN ('browser', 'mail_program', 'scanner', 'tool', 'nameless')),
  times BIGINT NOT NULL,
  first_at TIMESTAMP NOT NULL,
  last_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, invitation_id, sign, agent)
);

CREATE TABLE orders (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  feed_key TEXT NOT NULL,
  number TEXT,
  ordered_on DATE NOT NULL,
  amount BIGINT NOT NULL,
  promised_on DATE,
  delivered_on DATE,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, id),
  UNIQUE (account_id, feed_key)
);
CREATE INDEX orders_day ON orders (account_id, ordered_on);

CREATE TABLE warnings (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  cause TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('yellow', 'orange', 'red')),
  state TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  trend TEXT NOT NULL,
  evidence TEXT NOT NULL,
  raised_at TIMESTAMP NOT NULL,
  level_since TIMESTAMP NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  below_since TIMESTAMP,
  acknowledged_at TIMESTAMP,
  escalated_to BLOB,
  escalated_at TIMESTAMP,
  owner_id BLOB,
  due_on DATE,
  real_cause TEXT,
  remedy TEXT,
  closed_at TIMESTAMP,
  revision BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX warnings_one_open ON warnings (account_id, cause) WHERE open;
CREATE INDEX warnings_open ON warnings (open, level);

CREATE TABLE warning_events (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  warning_id BLOB NOT NULL,
  at TIMESTAMP NOT NULL,
  actor_id BLOB,
  what TEXT NOT NULL,
  from_value TEXT,
  to_value TEXT,
  note TEXT,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX warning_events_of ON warning_events (account_id, warning_id, at);
CREATE INDEX warning_events_at ON warning_events (at);

CREATE TABLE cases (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('retention', 'win_back')),
  state TEXT NOT NULL CHECK (state IN ('open', 'refused', 'deferred', 'closed')),
  cause TEXT NOT NULL,
  cause_note TEXT,
  warning_id BLOB,
  probability DOUBLE NOT NULL,
  probability_low DOUBLE NOT NULL,
  probability_high DOUBLE NOT NULL,
  value BIGINT NOT NULL,
  cost BIGINT NOT NULL,
  net BIGINT NOT NULL,
  net_low BIGINT NOT NULL,
  net_high BIGINT NOT NULL,
  threshold BIGINT NOT NULL,
  arithmetic TEXT NOT NULL,
  owner_id BLOB,
  outcome TEXT,
  outcome_note TEXT,
  deferred_until DATE,
  opened_at TIMESTAMP NOT NULL,
  closed_at TIMESTAMP,
  revision BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX cases_one_open ON cases (account_id) WHERE state = 'open';
CREATE INDEX cases_queue ON cases (state, net);

CREATE TABLE case_steps (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  case_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  title TEXT,
  due_on DATE NOT NULL,
  owner_id BLOB,
  done_at TIMESTAMP,
  done_by BLOB,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX case_steps_of ON case_steps (account_id, case_id, due_on);

CREATE TABLE case_touches (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  case_id BLOB NOT NULL,
  at TIMESTAMP NOT NULL,
  user_id BLOB NOT NULL,
  channel TEXT NOT NULL,
  note TEXT NOT NULL,
  offer TEXT,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX case_touches_of ON case_touches (account_id, case_id, at);

CREATE TABLE case_events (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  id BLOB NOT NULL,
  case_id BLOB NOT NULL,
  at TIMESTAMP NOT NULL,
  actor_id BLOB,
  what TEXT NOT NULL,
  from_value TEXT,
  to_value TEXT,
  note TEXT,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX case_events_of ON case_events (account_id, case_id, at);

-- Tallies: what figures are read from. Additive, exact, folded in the transaction of the response.

-- How often each value of each question was given, by day. The slot spreads many writers over
-- several rows; readers add the slots up.
CREATE TABLE tally_days (
  day DATE NOT NULL,
  version_id BLOB NOT NULL,
  question TEXT NOT NULL,
  value TEXT NOT NULL,
  segment_id BLOB NOT NULL,
  slot INTEGER NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (version_id, question, day, value, segment_id, slot)
) WITHOUT ROWID;

-- n, sum and sum of squares of each measure, by month, account and as-of segment. The rows that one
-- response changes stand side by side.
CREATE TABLE tally_accounts (
  month INTEGER NOT NULL,
  measure TEXT NOT NULL,
  account_id BLOB NOT NULL,
  segment_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  n BIGINT NOT NULL,
  sum BIGINT NOT NULL,
  sum_sq BIGINT NOT NULL,
  PRIMARY KEY (month, account_id, measure, segment_id, kind)
) WITHOUT ROWID;

-- Grows whenever a tally of the month changes: what readers keep in memory is valid while it stands still.
CREATE TABLE tally_stamps (
  month INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  stamp BIGINT NOT NULL,
  PRIMARY KEY (month, slot)
) WITHOUT ROWID;

-- Which measures a month has.
CREATE TABLE tally_measures (
  month INTEGER NOT NULL,
  measure TEXT NOT NULL,
  PRIMARY KEY (month, measure)
) WITHOUT ROWID;
