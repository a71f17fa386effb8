-- The event log: what happened in a workspace, in order, appended and never edited.

COMMENT ON SCHEMA usher IS 'Usher''s own tables. People read the schema audit.';

-- Who the log belongs to. The row's lock orders the log; it is taken last in a transaction.
CREATE TABLE usher.workspace (
    workspace         text PRIMARY KEY CHECK (workspace ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    last_seq          bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    evaluated_seq     bigint NOT NULL DEFAULT 0 CHECK (evaluated_seq BETWEEN 0 AND last_seq),
    last_ref          integer NOT NULL DEFAULT 0,
    last_sweep_id     bigint NOT NULL DEFAULT 0,
    ruleset_hash      text,
    ruleset_seq       bigint,
    recheck_after     text,
    recheck_at        timestamptz,
    organisation_id   text,
    sweep_demanded_at timestamptz,
    created_at        timestamptz NOT NULL
);
COMMENT ON TABLE usher.workspace IS 'One Pylon organisation: the head of its event log and what its worker is at.';
COMMENT ON COLUMN usher.workspace.workspace IS 'The name operators gave it.';
COMMENT ON COLUMN usher.workspace.last_seq IS 'The number of the newest event. Numbers have no gaps.';
COMMENT ON COLUMN usher.workspace.evaluated_seq IS 'Events up to here have been evaluated.';
COMMENT ON COLUMN usher.workspace.last_ref IS 'The last small number given to a contact.';
COMMENT ON COLUMN usher.workspace.last_sweep_id IS 'The last number given to a sweep.';
COMMENT ON COLUMN usher.workspace.ruleset_hash IS 'The active ruleset; null before the first.';
COMMENT ON COLUMN usher.workspace.ruleset_seq IS 'The event that activated it.';
COMMENT ON COLUMN usher.workspace.recheck_after IS 'While a new ruleset is evaluated over all contacts: the last contact id done. Null when all are.';
COMMENT ON COLUMN usher.workspace.recheck_at IS 'The next moment at which time alone can change a decision: then all contacts are evaluated again.';
COMMENT ON COLUMN usher.workspace.organisation_id IS 'The organisation that the token belonged to at the first start; another one stops the workspace.';
COMMENT ON COLUMN usher.workspace.sweep_demanded_at IS 'When somebody last asked for a sweep that does not wait for the interval.';
COMMENT ON COLUMN usher.workspace.created_at IS 'When this workspace first ran.';

-- Rights that lapse, and pauses: apart from the workspace row, so that nobody waits on the log for them.
CREATE TABLE usher.lease (
    workspace  text NOT NULL REFERENCES usher.workspace,
    name       text NOT NULL CHECK (name ~ '^(sweep|evaluate|pause(:[a-z]+)?)$'),
    holder     text NOT NULL,
    fence      bigint NOT NULL,
    until      timestamptz NOT NULL,
    reason     text,
    PRIMARY KEY (workspace, name)
);
COMMENT ON TABLE usher.lease IS 'Who may sweep and who may evaluate, until when; and what is paused.';
COMMENT ON COLUMN usher.lease.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.lease.name IS 'sweep, evaluate; pause for the whole workspace, pause:ENDPOINT for one endpoint.';
COMMENT ON COLUMN usher.lease.holder IS 'The process that holds it, or that paused.';
COMMENT ON COLUMN usher.lease.fence IS 'Grows with every new holder: an older one can do no harm.';
COMMENT ON COLUMN usher.lease.until IS 'When it lapses; for a pause of the workspace, when it is looked at again.';
COMMENT ON COLUMN usher.lease.reason IS 'Why it is paused: unauthorized, organisation, token_changed, rate_limited.';

-- The log. The primary key names recorded_at because the table is partitioned by it.
CREATE TABLE usher.event (
    workspace    text NOT NULL REFERENCES usher.workspace,
    seq          bigint NOT NULL CHECK (seq > 0),
    recorded_at  timestamptz NOT NULL,
    kind         text NOT NULL CHECK (kind IN (
        'contact.created', 'contact.updated', 'contact.deleted', 'contact.restored',
        'decision.made',
        'patch.intended', 'patch.applied', 'patch.confirmed', 'patch.refused', 'patch.throttled',
        'patch.unknown', 'patch.not_applied', 'patch.not_taken', 'patch.late',
        'action.superseded', 'action.moot', 'action.blocked',
        'hold.placed', 'hold.released', 'hold.withdrawn', 'drift.found',
        'sweep.completed', 'sweep.aborted', 'ruleset.activated', 'ruleset.refused',
        'alert.raised', 'operator.acted')),
    contact_id   text,
    action_id    bigint,
    cause_seq    bigint,
    body         jsonb NOT NULL,
    PRIMARY KEY (workspace, seq, recorded_at)
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE usher.event IS 'What happened, in order. Append-only: the application role can neither change nor delete a row.';
COMMENT ON COLUMN usher.event.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.event.seq IS 'The place in the log of the workspace: 1, 2, 3 …, without a gap, in the order of commits.';
COMMENT ON COLUMN usher.event.recorded_at IS 'The database''s time when the place was taken.';
COMMENT ON COLUMN usher.event.kind IS 'What happened; docs/audit-queries.md explains each kind.';
COMMENT ON COLUMN usher.event.contact_id IS 'The contact it is about, if any.';
COMMENT ON COLUMN usher.event.action_id IS 'The action it belongs to, if any: the seq of the decision that wanted it.';
COMMENT ON COLUMN usher.event.cause_seq IS 'The event that led to this one.';
COMMENT ON COLUMN usher.event.body IS 'The particulars.';

-- One contact's story.
CREATE INDEX event_by_contact ON usher.event (workspace, contact_id, seq) WHERE contact_id IS NOT NULL;
-- One action's attempts.
CREATE INDEX event_by_action ON usher.event (workspace, action_id, seq) WHERE action_id IS NOT NULL;
-- The rare kinds that people ask for by name.
CREATE INDEX event_by_rare_kind ON usher.event (workspace, kind, seq)
    WHERE kind IN ('alert.raised', 'operator.acted', 'ruleset.activated', 'ruleset.refused',
                   'sweep.completed', 'sweep.aborted', 'hold.placed', 'hold.released',
                   'hold.withdrawn', 'drift.found', 'action.blocked', 'patch.late');

-- Catches what no other partition takes, so that a month's end never stops the worker.
CREATE TABLE usher.event_rest PARTITION OF usher.event DEFAULT;
COMMENT ON TABLE usher.event_rest IS 'Events of months that have no partition of their own.';

-- The application role may not create tables, so the owner lends it this one way to.
CREATE FUNCTION usher.make_event_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- Whoever waits for the lock makes all others wait behind it, so it waits but a moment.
SET lock_timeout = '500ms' AS $$
DECLARE
    first_of_month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    month_start    timestamptz;
    month_end      timestamptz;
    partition      text;
    made           integer := 0;
BEGIN
    FOR month IN 0 .. least(months_ahead, 24) LOOP
        month_start := (first_of_month AT TIME ZONE 'UTC' + make_interval(months => month)) AT TIME ZONE 'UTC';
        month_end := (first_of_month AT TIME ZONE 'UTC' + make_interval(months => month + 1)) AT TIME ZONE 'UTC';
        partition := 'event_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass('usher.' || partition) IS NOT NULL;
        -- A month whose first events went to event_rest stays there: moving rows is no worker's work.
        CONTINUE WHEN EXISTS (
            SELECT FROM usher.event_rest
            WHERE recorded_at >= month_start AND recorded_at < month_end);
        BEGIN
            EXECUTE format(
                'CREATE TABLE usher.%I PARTITION OF usher.event FOR VALUES FROM (%L) TO (%L)',
                partition, month_start, month_end);
            EXECUTE format(
                'COMMENT ON TABLE usher.%I IS %L', partition, 'Events of one month (UTC).');
            made := made + 1;
        -- Somebody reads the log for long, or another worker makes it: the next hour will do.
        EXCEPTION WHEN lock_not_available OR duplicate_table OR deadlock_detected THEN
            CONTINUE;
        END;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION usher.make_event_partitions(integer) IS
    'Makes the partitions of this month and of so many months ahead; returns how many were made.';
REVOKE ALL ON FUNCTION usher.make_event_partitions(integer) FROM PUBLIC;
