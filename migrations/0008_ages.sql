-- Rules may ask how long a contact has been known: only of those that came later is it known.
ALTER TABLE usher.workspace
    ADD COLUMN first_swept_at timestamptz,
    ADD COLUMN ages bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN ages_checked_at timestamptz;
COMMENT ON COLUMN usher.workspace.first_swept_at IS 'When the first sweep was complete; null before. Contacts read until then were there from the beginning.';
COMMENT ON COLUMN usher.workspace.ages IS 'How many seconds a contact has been known when rules of the active ruleset change their mind.';
COMMENT ON COLUMN usher.workspace.ages_checked_at IS 'Contacts that came to such an age until then have been evaluated.';
UPDATE usher.workspace w
SET first_swept_at = (
    SELECT min(s.finished_at) FROM usher.sweep s
    WHERE s.workspace = w.workspace AND s.state = 'completed');

ALTER TABLE usher.contact ADD COLUMN known_since timestamptz;
COMMENT ON COLUMN usher.contact.known_since IS 'When it was first read, if that was after the first complete sweep; null is: it was there from the beginning.';
UPDATE usher.contact c
SET known_since = c.first_seen_at
FROM usher.workspace w
WHERE w.workspace = c.workspace AND c.first_seen_at > w.first_swept_at;

-- Those that came to an age since the last look.
CREATE INDEX contact_by_age ON usher.contact (workspace, known_since) WHERE known_since IS NOT NULL;
