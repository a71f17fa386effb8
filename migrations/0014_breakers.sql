-- An endpoint that fails is left alone by all workers of its workspace together, so how it fails is a row.
CREATE TABLE usher.breaker (
    workspace    text NOT NULL REFERENCES usher.workspace,
    endpoint     text NOT NULL,
    failures     integer NOT NULL CHECK (failures >= 0),
    since        timestamptz NOT NULL,
    cause        text NOT NULL,
    contact_id   text,
    next_try_at  timestamptz,
    told_at      timestamptz,
    PRIMARY KEY (workspace, endpoint)
);
COMMENT ON TABLE usher.breaker IS 'Endpoints of the API that have not given a good answer since they began to fail; the first good answer deletes the row.';
COMMENT ON COLUMN usher.breaker.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.breaker.endpoint IS 'list, get, create, update, delete, search or me.';
COMMENT ON COLUMN usher.breaker.failures IS 'Unusable answers in a row; waits that the API asked for are not counted.';
COMMENT ON COLUMN usher.breaker.since IS 'When the first of them came.';
COMMENT ON COLUMN usher.breaker.cause IS 'Why the last request failed.';
COMMENT ON COLUMN usher.breaker.contact_id IS 'The only contact that the failures are about; null where there are several, or none.';
COMMENT ON COLUMN usher.breaker.next_try_at IS 'Not before then, and then a single request; null while the endpoint is used as ever.';
COMMENT ON COLUMN usher.breaker.told_at IS 'When the alert was raised.';

-- A failure that repeats is one event when it begins and one when it ends, so it is counted meanwhile.
ALTER TABLE usher.action ADD COLUMN failing jsonb;
COMMENT ON COLUMN usher.action.failing IS 'The failure that repeats: {cause, since, count}; null is none.';

-- A page of a sweep settles what it shows, where it was asked for late enough.
ALTER TABLE usher.action ADD COLUMN lands_until timestamptz;
COMMENT ON COLUMN usher.action.lands_until IS 'Until when the request of unknown outcome may still change the contact; null before this version.';
