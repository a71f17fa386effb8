-- What a complete sweep did not show, and how far the proof of its absence is. Who is missing in a mass
-- delete is kept too, so that a person's release covers exactly those.
CREATE TABLE usher.absence (
    workspace    text NOT NULL REFERENCES usher.workspace,
    contact_id   text NOT NULL,
    sweep_id     bigint NOT NULL,
    is_held      boolean NOT NULL,
    released_seq bigint,
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at       timestamptz NOT NULL,
    problem      text,
    PRIMARY KEY (workspace, contact_id),
    FOREIGN KEY (workspace, contact_id) REFERENCES usher.contact,
    CHECK (NOT is_held OR released_seq IS NULL)
);
COMMENT ON TABLE usher.absence IS 'Contacts that the last complete sweep did not show and that are not proven to be gone.';
COMMENT ON COLUMN usher.absence.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.absence.contact_id IS 'The contact.';
COMMENT ON COLUMN usher.absence.sweep_id IS 'The first complete sweep that did not show it.';
COMMENT ON COLUMN usher.absence.is_held IS 'Whether it waits for a person to release a mass delete.';
COMMENT ON COLUMN usher.absence.released_seq IS 'The event of that release; null where none was needed.';
COMMENT ON COLUMN usher.absence.attempts IS 'How often it was asked for without learning whether it is gone.';
COMMENT ON COLUMN usher.absence.due_at IS 'When it is asked for next.';
COMMENT ON COLUMN usher.absence.problem IS 'Why the last answer proved nothing; null before the first.';
CREATE INDEX absence_due ON usher.absence (workspace, due_at) WHERE NOT is_held;

INSERT INTO usher.absence (workspace, contact_id, sweep_id, is_held, due_at)
SELECT workspace, contact_id, missing_sweep_id, false, clock_timestamp()
FROM usher.contact
WHERE missing_sweep_id IS NOT NULL;
DROP INDEX usher.contact_missing;
ALTER TABLE usher.contact DROP COLUMN missing_sweep_id;
-- Until now a release waited for the next sweep to say whom it covers. One that still waits is asked for
-- again, together with those whom it covers.
UPDATE usher.hold SET wish = wish - 'released_by' WHERE contact_id = '*';

-- A contact that Pylon merged into another one is gone, and people look for where it went.
ALTER TABLE usher.contact ADD COLUMN merged_into text;
COMMENT ON COLUMN usher.contact.merged_into IS 'The contact that it was merged into; null where it was not, or is not known to be.';

-- Which contacts a sweep can miss, and whether it began after it was asked for, are questions of order.
-- Numbers answer them whatever the clock did meanwhile.
ALTER TABLE usher.sweep ADD COLUMN known_ref integer;
UPDATE usher.sweep s
SET known_ref = (
    SELECT coalesce(max(c.ref), 0) FROM usher.contact c
    WHERE c.workspace = s.workspace AND c.first_seen_at < s.started_at)
WHERE s.state = 'running';
COMMENT ON COLUMN usher.sweep.known_ref IS 'The highest ref of a contact when it began: later ones it need not show; null in sweeps that older versions ended.';
ALTER TABLE usher.workspace ADD COLUMN sweep_demanded_after bigint;
UPDATE usher.workspace w
SET sweep_demanded_after = w.last_sweep_id
WHERE EXISTS (
    SELECT 1 FROM usher.sweep s
    WHERE s.workspace = w.workspace AND s.sweep_id = w.last_sweep_id
      AND w.sweep_demanded_at > s.started_at);
ALTER TABLE usher.workspace DROP COLUMN sweep_demanded_at;
COMMENT ON COLUMN usher.workspace.sweep_demanded_after IS 'A sweep with a higher number was asked for at once; null is: none ever was.';

-- A pause that a clock ahead wrote keeps its length, once the clock is right.
ALTER TABLE usher.lease ADD COLUMN set_at timestamptz;
COMMENT ON COLUMN usher.lease.set_at IS 'When the end of a pause was set; null in leases.';
-- A permit whose answer was seen is free one window later, whoever held it.
COMMENT ON COLUMN usher.permit.holder IS 'The process that uses it; null once the answer was seen.';

-- Every worker compares the clocks, and a clock that was set back is noticed also after a restart.
CREATE TABLE usher.clock (
    workspace text NOT NULL REFERENCES usher.workspace,
    holder    text NOT NULL,
    seen_at   timestamptz NOT NULL,
    fault     text,
    PRIMARY KEY (workspace, holder)
);
COMMENT ON TABLE usher.clock IS 'The last look of each worker at the database''s clock.';
COMMENT ON COLUMN usher.clock.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.clock.holder IS 'The process.';
COMMENT ON COLUMN usher.clock.seen_at IS 'The database''s time of the look.';
COMMENT ON COLUMN usher.clock.fault IS 'What is wrong with the clock, in words; null is nothing.';
