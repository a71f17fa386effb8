-- Holds that nobody decided on in time end in their own way.
ALTER TABLE usher.event DROP CONSTRAINT event_kind_check;
ALTER TABLE usher.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'contact.created', 'contact.updated', 'contact.deleted', 'contact.restored', 'decision.made',
    'patch.intended', 'patch.applied', 'patch.confirmed', 'patch.refused', 'patch.throttled',
    'patch.unknown', 'patch.not_applied', 'patch.not_taken', 'patch.late', 'action.superseded',
    'action.moot', 'action.blocked', 'hold.placed', 'hold.released', 'hold.refused',
    'hold.withdrawn', 'hold.expired', 'drift.found', 'sweep.completed', 'sweep.aborted',
    'ruleset.activated', 'ruleset.refused', 'alert.raised', 'operator.acted'));

-- What rules wanted and somebody else changed is remembered by rule.
ALTER TABLE usher.contact ADD COLUMN drifts jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN usher.contact.drifts IS 'Drift by field and rule: {slot: {rule_id: {field, value, found, since, seq}}}.';
