-- Flagged or taken out of the count: so that they are found without reading all others.
ALTER TABLE responses ADD COLUMN doubtful BOOLEAN NOT NULL DEFAULT false;
UPDATE responses SET doubtful = TRUE WHERE state = 'excluded' OR (state = 'kept' AND flags <> '[]');
CREATE INDEX responses_doubtful ON responses (day, id) WHERE doubtful;
