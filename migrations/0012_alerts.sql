-- An alert begins and ends: what is open is kept here, so that it is told of once, however long it
-- lasts, and that its end is noticed.
CREATE TABLE usher.alert (
    workspace   text NOT NULL REFERENCES usher.workspace,
    code        text NOT NULL,
    subject     text NOT NULL,
    message     text NOT NULL,
    contact_id  text,
    raised_seq  bigint NOT NULL,
    raised_at   timestamptz NOT NULL,
    told_at     timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (workspace, code, subject)
);
COMMENT ON TABLE usher.alert IS 'Alerts that are not over.';
COMMENT ON COLUMN usher.alert.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.alert.code IS 'Its stable name.';
COMMENT ON COLUMN usher.alert.subject IS 'What it is about, such as an endpoint or a rule; empty where there is one of the code at a time.';
COMMENT ON COLUMN usher.alert.message IS 'The event, its object and the remedy.';
COMMENT ON COLUMN usher.alert.contact_id IS 'The contact that it was raised for last.';
COMMENT ON COLUMN usher.alert.raised_seq IS 'The event that recorded it last.';
COMMENT ON COLUMN usher.alert.raised_at IS 'When it began.';
COMMENT ON COLUMN usher.alert.told_at IS 'When people were notified last.';
COMMENT ON COLUMN usher.alert.seen_at IS 'When its condition was seen last.';

-- Its end is an event of its own. The rows that are there need no scan for a wider constraint.
ALTER TABLE usher.event DROP CONSTRAINT event_kind_check;
ALTER TABLE usher.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'contact.created', 'contact.updated', 'contact.deleted', 'contact.restored', 'decision.made',
    'patch.intended', 'patch.applied', 'patch.confirmed', 'patch.refused', 'patch.throttled',
    'patch.unknown', 'patch.not_applied', 'patch.not_taken', 'patch.late', 'action.superseded',
    'action.moot', 'action.blocked', 'hold.placed', 'hold.released', 'hold.refused',
    'hold.withdrawn', 'hold.expired', 'drift.found', 'sweep.completed', 'sweep.aborted',
    'ruleset.activated', 'ruleset.refused', 'alert.raised', 'alert.resolved',
    'operator.acted')) NOT VALID;

-- Ends are few, and status shows the newest.
CREATE INDEX event_by_resolution ON usher.event (workspace, seq) WHERE kind = 'alert.resolved';

-- An alert about decisions is over when no contact's last decision has its cause.
ALTER TABLE usher.contact ADD COLUMN alerts text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN usher.contact.alerts IS 'Alerts that its last decision is a cause of: code and subject.';
CREATE INDEX contact_alerts ON usher.contact (workspace, contact_id) WHERE alerts <> '{}';

-- Whether a worker runs is asked when none may be there to answer: each leaves a sign of life.
CREATE TABLE usher.worker (
    workspace       text NOT NULL REFERENCES usher.workspace,
    holder          text NOT NULL,
    version         text NOT NULL,
    started_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    stopped_at      timestamptz,
    sweep_interval  double precision NOT NULL,
    PRIMARY KEY (workspace, holder)
);
COMMENT ON TABLE usher.worker IS 'Processes that work for a workspace, or did within the last day.';
COMMENT ON COLUMN usher.worker.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.worker.holder IS 'The process, as in leases.';
COMMENT ON COLUMN usher.worker.version IS 'Its version.';
COMMENT ON COLUMN usher.worker.started_at IS 'When it began.';
COMMENT ON COLUMN usher.worker.seen_at IS 'Its last sign of life; one every few seconds.';
COMMENT ON COLUMN usher.worker.stopped_at IS 'When it was asked to stop; null while it runs, and where it died.';
COMMENT ON COLUMN usher.worker.sweep_interval IS 'Seconds between the end of a sweep and the next.';

-- Messages name the organisation as people know it.
ALTER TABLE usher.workspace ADD COLUMN organisation_name text;
COMMENT ON COLUMN usher.workspace.organisation_name IS 'The name of its organisation when it was last asked for.';
