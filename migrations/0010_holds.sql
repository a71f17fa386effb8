-- A hold that nobody decided on in time ends by itself: neither a person's rejection nor their approval.
-- The rows that are there keep the old constraint; they need no scan for a wider one.
ALTER TABLE usher.event DROP CONSTRAINT event_kind_check;
ALTER TABLE usher.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'contact.created', 'contact.updated', 'contact.deleted', 'contact.restored', 'decision.made',
    'patch.intended', 'patch.applied', 'patch.confirmed', 'patch.refused', 'patch.throttled',
    'patch.unknown', 'patch.not_applied', 'patch.not_taken', 'patch.late', 'action.superseded',
    'action.moot', 'action.blocked', 'hold.placed', 'hold.released', 'hold.refused',
    'hold.withdrawn', 'hold.expired', 'drift.found', 'sweep.completed', 'sweep.aborted',
    'ruleset.activated', 'ruleset.refused', 'alert.raised', 'operator.acted')) NOT VALID;

-- A rule may be rejected without having been held, and is held by direction: what lowers access and what
-- does not have limits of their own.
ALTER TABLE usher.rule_hold DROP CONSTRAINT rule_hold_reason_check;
ALTER TABLE usher.rule_hold ADD CONSTRAINT rule_hold_reason_check
    CHECK (reason IN ('limit', 'lowering', 'approval', 'rejected'));
ALTER TABLE usher.rule_hold RENAME COLUMN refused_at TO rejected_at;
ALTER TABLE usher.rule_hold ADD COLUMN warned_at timestamptz;
COMMENT ON COLUMN usher.rule_hold.reason IS 'limit (it would change too many), lowering (it would take access from too many), approval (nobody has agreed to it) or rejected.';
COMMENT ON COLUMN usher.rule_hold.rejected_at IS 'When a person rejected it; the rule changes nothing from then on.';
COMMENT ON COLUMN usher.rule_hold.warned_at IS 'When an alert announced its expiry.';

ALTER TABLE usher.hold
    ADD COLUMN warned_at timestamptz,
    ADD COLUMN expired_at timestamptz;
COMMENT ON COLUMN usher.hold.refused_at IS 'When a person rejected it; the same change stays held.';
COMMENT ON COLUMN usher.hold.warned_at IS 'When an alert announced its expiry.';
COMMENT ON COLUMN usher.hold.expired_at IS 'When its time was over; the same change stays held.';
-- Until now, both were kept as one.
UPDATE usher.hold SET expired_at = refused_at, refused_at = NULL
WHERE refused_at >= placed_at + interval '7 days';

ALTER TABLE usher.approval ADD COLUMN approved_seq bigint;
COMMENT ON COLUMN usher.approval.approved_seq IS 'The event of the approval; null where an earlier version recorded it.';

-- One field may have several changes that wait: what all rules want, and what the rest wants without the
-- rules that are held.
UPDATE usher.contact c
SET held = (SELECT jsonb_agg(h.value) FROM jsonb_each(c.held) AS h)
WHERE c.held IS NOT NULL;
UPDATE usher.contact c
SET approved = (SELECT jsonb_agg(a.value) FROM jsonb_each(c.approved) AS a)
WHERE c.approved IS NOT NULL;
ALTER TABLE usher.contact
    ADD COLUMN declined jsonb,
    ADD COLUMN drifts jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN usher.contact.held IS 'Changes that holds on rules keep back: [{field, value, from, rules, by}].';
COMMENT ON COLUMN usher.contact.approved IS 'Changes that a person agreed to: [{field, value, from, rules, until, who, seq, plan}].';
COMMENT ON COLUMN usher.contact.declined IS 'Changes that a person rejected, or that nobody agreed to in time: [{field, value, from, rules, why}].';
COMMENT ON COLUMN usher.contact.drifts IS 'Values that a person changed after Usher had set them, by field and rule: {field, value, found, since, seq}.';

-- Rare, and looked for by an operator's decision and by reports.
CREATE INDEX contact_approved ON usher.contact (workspace, contact_id) WHERE approved IS NOT NULL;
CREATE INDEX contact_declined ON usher.contact (workspace, contact_id) WHERE declined IS NOT NULL;
CREATE INDEX contact_drifted ON usher.contact (workspace, contact_id) WHERE drifts <> '{}';
