-- A hold that nobody released in time, or that somebody refused, is on record too.
ALTER TABLE usher.event DROP CONSTRAINT event_kind_check;
ALTER TABLE usher.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'contact.created', 'contact.updated', 'contact.deleted', 'contact.restored', 'decision.made',
    'patch.intended', 'patch.applied', 'patch.confirmed', 'patch.refused', 'patch.throttled',
    'patch.unknown', 'patch.not_applied', 'patch.not_taken', 'patch.late', 'action.superseded',
    'action.moot', 'action.blocked', 'hold.placed', 'hold.released', 'hold.refused',
    'hold.withdrawn', 'drift.found', 'sweep.completed', 'sweep.aborted', 'ruleset.activated',
    'ruleset.refused', 'alert.raised', 'operator.acted'));

-- Nothing is decided under new rules before all that they would change has been counted.
ALTER TABLE usher.workspace
    ADD COLUMN is_counted boolean NOT NULL DEFAULT false,
    ADD COLUMN limits jsonb,
    ADD COLUMN limits_before jsonb;
COMMENT ON COLUMN usher.workspace.is_counted IS 'All changes that the active ruleset wants were counted against its limits.';
COMMENT ON COLUMN usher.workspace.limits IS 'What the active ruleset grants itself: {files, rules}, by name.';
COMMENT ON COLUMN usher.workspace.limits_before IS 'The same of the ruleset before, while all contacts are evaluated: what both grant holds until then.';

-- Contacts are few times held, and then they are looked for.
ALTER TABLE usher.contact
    ADD COLUMN held jsonb,
    ADD COLUMN approved jsonb;
COMMENT ON COLUMN usher.contact.held IS 'Wishes that holds on rules keep back, by field: {field, value, from, rules, by}.';
COMMENT ON COLUMN usher.contact.approved IS 'Changes that a person agreed to, by field: {field, value, from, rules, until}; any other is held or counted like new.';
CREATE INDEX contact_held ON usher.contact (workspace, contact_id) WHERE held IS NOT NULL;

-- Counted by the minute, so that a limit over a day costs as many rows as there are busy minutes.
CREATE TABLE usher.change_count (
    workspace  text NOT NULL REFERENCES usher.workspace,
    minute     timestamptz NOT NULL,
    scope      text NOT NULL,
    class      text NOT NULL CHECK (class IN ('all', 'privileged', 'lowering')),
    changes    integer NOT NULL,
    PRIMARY KEY (workspace, minute, scope, class)
);
COMMENT ON TABLE usher.change_count IS 'Contacts that became actions within the last day or so, for the limits.';
COMMENT ON COLUMN usher.change_count.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.change_count.minute IS 'The beginning of the minute.';
COMMENT ON COLUMN usher.change_count.scope IS 'workspace, file:NAME or rule:ID.';
COMMENT ON COLUMN usher.change_count.class IS 'all; of those, privileged or lowering.';
COMMENT ON COLUMN usher.change_count.changes IS 'How many.';

-- One row holds every change of a rule, those that come later too.
CREATE TABLE usher.rule_hold (
    workspace   text NOT NULL REFERENCES usher.workspace,
    rule_id     text NOT NULL,
    reason      text NOT NULL CHECK (reason IN ('limit', 'approval')),
    rule_hash   text NOT NULL,
    detail      text NOT NULL,
    placed_seq  bigint NOT NULL,
    placed_at   timestamptz NOT NULL,
    refused_at  timestamptz,
    PRIMARY KEY (workspace, rule_id, reason),
    UNIQUE (workspace, placed_seq)
);
COMMENT ON TABLE usher.rule_hold IS 'Rules whose changes wait for a person.';
COMMENT ON COLUMN usher.rule_hold.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.rule_hold.rule_id IS 'The rule as written, all rows of its table included, or one row.';
COMMENT ON COLUMN usher.rule_hold.reason IS 'limit (it would change too many) or approval (nobody has agreed to it).';
COMMENT ON COLUMN usher.rule_hold.rule_hash IS 'What the rule meant: another meaning is another hold.';
COMMENT ON COLUMN usher.rule_hold.detail IS 'Which limit, or what asks for the approval.';
COMMENT ON COLUMN usher.rule_hold.placed_seq IS 'The event that placed it: the hold''s name.';
COMMENT ON COLUMN usher.rule_hold.placed_at IS 'When.';
COMMENT ON COLUMN usher.rule_hold.refused_at IS 'When a person refused it, or seven days had passed; the rule changes nothing from then on.';

-- A rule that a person agreed to needs no second time.
CREATE TABLE usher.approval (
    workspace    text NOT NULL REFERENCES usher.workspace,
    rule_hash    text NOT NULL,
    rule_id      text NOT NULL,
    approved_at  timestamptz NOT NULL,
    who          text NOT NULL,
    PRIMARY KEY (workspace, rule_hash)
);
COMMENT ON TABLE usher.approval IS 'Rules that a person agreed to.';
COMMENT ON COLUMN usher.approval.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.approval.rule_hash IS 'What the rule means.';
COMMENT ON COLUMN usher.approval.rule_id IS 'The rule, or the row.';
COMMENT ON COLUMN usher.approval.approved_at IS 'When.';
COMMENT ON COLUMN usher.approval.who IS 'Who.';

-- A hold that nobody released within seven days is refused.
ALTER TABLE usher.hold ADD COLUMN refused_at timestamptz;
COMMENT ON COLUMN usher.hold.refused_at IS 'When a person refused it, or seven days had passed; the same wish stays held.';

-- Holds on rules come without a contact; what ends one contact's part does not end the hold.
CREATE OR REPLACE VIEW audit.holds AS
SELECT
    p.workspace,
    p.seq AS hold_id,
    p.contact_id,
    p.body ->> 'field' AS field,
    coalesce(p.body -> 'wish', p.body -> 'held') AS what,
    p.body ->> 'reason' AS why,
    ended.kind AS ended,
    ended.who,
    p.recorded_at AS "when",
    ended.at AS ended_at,
    p.body ->> 'rule' AS rule_id,
    ended.why AS ended_why
FROM usher.event p
LEFT JOIN LATERAL (
    SELECT substr(e.kind, 6) AS kind, e.body ->> 'who' AS who, e.recorded_at AS at,
           e.body ->> 'reason' AS why
    FROM usher.event e
    WHERE e.workspace = p.workspace
      AND e.kind IN ('hold.released', 'hold.refused', 'hold.withdrawn')
      AND e.cause_seq = p.seq AND e.contact_id IS NOT DISTINCT FROM p.contact_id
    ORDER BY e.seq DESC
    LIMIT 1
) ended ON true
WHERE p.kind = 'hold.placed';
COMMENT ON COLUMN audit.holds.contact_id IS 'The contact; null for a rule and for a mass delete.';
COMMENT ON COLUMN audit.holds.why IS 'own_changes, mass_delete, limit (a rule would change too many) or approval (nobody has agreed to a rule).';
COMMENT ON COLUMN audit.holds.ended IS 'released, refused (by a person, or after seven days), withdrawn (the rules want it no more, or another wish took its place); null while open.';
COMMENT ON COLUMN audit.holds.who IS 'Who released or refused it.';
COMMENT ON COLUMN audit.holds.rule_id IS 'The rule that is held; null for a hold on one contact.';
COMMENT ON COLUMN audit.holds.ended_why IS 'The reason given for its end.';

-- What a hold on a rule keeps back stands in the decisions.
CREATE OR REPLACE VIEW audit.rule_activity AS
SELECT
    a.workspace,
    a.rule_id,
    a.day,
    count(*) FILTER (WHERE a.what = 'matched') AS matched,
    count(*) FILTER (WHERE a.what = 'applied') AS applied,
    count(*) FILTER (WHERE a.what = 'held') AS held,
    count(*) FILTER (WHERE a.what = 'blocked') AS blocked,
    count(*) FILTER (WHERE a.what = 'beaten') AS beaten,
    count(*) FILTER (WHERE a.what = 'drifted') AS drifted
FROM (
    SELECT DISTINCT e.workspace, e.seq, (e.recorded_at AT TIME ZONE 'UTC')::date AS day,
           r.rule ->> 'rule' AS rule_id, r.what
    FROM usher.event e,
         LATERAL (
             SELECT jsonb_array_elements(e.body #> '{decision,matched}') AS rule, 'matched' AS what
             UNION ALL
             SELECT jsonb_array_elements(e.body #> '{decision,beaten}'), 'beaten'
         ) r
    WHERE e.kind = 'decision.made'
    UNION ALL
    SELECT DISTINCT e.workspace, e.seq, (e.recorded_at AT TIME ZONE 'UTC')::date, r.id, 'held'
    FROM usher.event e, jsonb_each(e.body -> 'held') AS f (field, ids),
         jsonb_array_elements_text(f.ids) AS r (id)
    WHERE e.kind = 'decision.made'
    UNION ALL
    SELECT DISTINCT e.workspace, e.seq, (e.recorded_at AT TIME ZONE 'UTC')::date, r.id,
           CASE e.kind WHEN 'hold.placed' THEN 'held' WHEN 'action.blocked' THEN 'blocked'
                       WHEN 'drift.found' THEN 'drifted' ELSE 'applied' END
    FROM usher.event e, jsonb_each(e.body -> 'rules') AS f (field, ids),
         jsonb_array_elements_text(f.ids) AS r (id)
    WHERE e.kind IN
        ('patch.applied', 'patch.confirmed', 'hold.placed', 'action.blocked', 'drift.found')
) a
GROUP BY a.workspace, a.rule_id, a.day;
