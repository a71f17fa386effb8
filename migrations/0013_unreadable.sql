-- One contact that cannot be read or stored is set aside, and all others go on.
-- The rows that are there keep the old constraint; they need no scan for a wider one.
ALTER TABLE usher.event DROP CONSTRAINT event_kind_check;
ALTER TABLE usher.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'contact.created', 'contact.updated', 'contact.deleted', 'contact.restored',
    'contact.unreadable', 'contact.readable', 'decision.made',
    'patch.intended', 'patch.applied', 'patch.confirmed', 'patch.refused', 'patch.throttled',
    'patch.unknown', 'patch.not_applied', 'patch.not_taken', 'patch.late', 'action.superseded',
    'action.moot', 'action.blocked', 'hold.placed', 'hold.released', 'hold.refused',
    'hold.withdrawn', 'hold.expired', 'drift.found', 'sweep.completed', 'sweep.aborted',
    'ruleset.activated', 'ruleset.refused', 'alert.raised', 'alert.resolved',
    'operator.acted')) NOT VALID;

-- Apart from usher.contact, since a contact that was never readable has no row there.
CREATE TABLE usher.unreadable (
    workspace     text NOT NULL REFERENCES usher.workspace,
    contact_id    text NOT NULL,
    raw_digest    bytea NOT NULL,
    reason        text NOT NULL,
    place         jsonb,
    seq           bigint NOT NULL,
    since         timestamptz NOT NULL,
    sweep_id      bigint,
    retry_at      timestamptz,
    ruleset_hash  text,
    PRIMARY KEY (workspace, contact_id, raw_digest),
    CHECK (ruleset_hash IS NULL OR retry_at IS NOT NULL)
);
COMMENT ON TABLE usher.unreadable IS 'Contacts set aside: there, but not to be read or stored as they are. Nothing is decided or sent for them.';
COMMENT ON COLUMN usher.unreadable.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.unreadable.contact_id IS 'The contact; empty where it has no usable id, and its bytes are all it is known by.';
COMMENT ON COLUMN usher.unreadable.raw_digest IS 'SHA-256 of its bytes as they came.';
COMMENT ON COLUMN usher.unreadable.reason IS 'What is wrong with it.';
COMMENT ON COLUMN usher.unreadable.place IS 'Where it was read first: {sweep_id, page, place}.';
COMMENT ON COLUMN usher.unreadable.seq IS 'The event that recorded it.';
COMMENT ON COLUMN usher.unreadable.since IS 'Since when the contact is set aside, with these bytes or others.';
COMMENT ON COLUMN usher.unreadable.sweep_id IS 'The last sweep that showed it.';
COMMENT ON COLUMN usher.unreadable.retry_at IS 'What the database refused is tried again from then on, though its bytes are the same; null is: with every sweep.';
COMMENT ON COLUMN usher.unreadable.ruleset_hash IS 'The ruleset under which its evaluation failed; another one is tried at once. Null where reading or storing failed.';

-- The API gives fewer contacts at a time where whole pages are too slow or too large.
ALTER TABLE usher.sweep ADD COLUMN page_size integer;
COMMENT ON COLUMN usher.sweep.page_size IS 'Contacts asked for at once, where that is fewer than usual; null is the usual number.';

CREATE VIEW audit.unreadable AS
SELECT
    u.workspace,
    nullif(u.contact_id, '') AS contact_id,
    c.email,
    u.reason,
    u.place,
    u.seq,
    u.since,
    u.retry_at
FROM usher.unreadable u
LEFT JOIN usher.contact c ON c.workspace = u.workspace AND c.contact_id = u.contact_id;
COMMENT ON VIEW audit.unreadable IS 'Contacts set aside now: there, but not to be read or stored as they are.';
COMMENT ON COLUMN audit.unreadable.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.unreadable.contact_id IS 'The contact; null where it has no usable id.';
COMMENT ON COLUMN audit.unreadable.email IS 'Its primary e-mail address when it could be read last; null where it never could.';
COMMENT ON COLUMN audit.unreadable.reason IS 'What is wrong with it.';
COMMENT ON COLUMN audit.unreadable.place IS 'Where it was read first: {sweep_id, page, place}.';
COMMENT ON COLUMN audit.unreadable.seq IS 'The event that recorded it.';
COMMENT ON COLUMN audit.unreadable.since IS 'Since when it is set aside.';
COMMENT ON COLUMN audit.unreadable.retry_at IS 'What the database refused is tried again from then on; null is: with every sweep.';
