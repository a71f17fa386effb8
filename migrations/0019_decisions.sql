-- An operator may reject a mass delete: its contacts stay, and nothing waits until more are missing.
ALTER TABLE usher.mass_delete ADD COLUMN refused_at timestamptz;

COMMENT ON TABLE usher.mass_delete IS
    'Workspaces of which too many contacts are missing: nothing is deleted until an operator approves it.';
COMMENT ON COLUMN usher.mass_delete.refused_at IS
    'When an operator rejected it: the contacts stay, and it waits again once more of them are missing.';

-- Drift that an operator rejected is not reported any more, and stays on record.
CREATE OR REPLACE VIEW audit.drift AS
SELECT
    c.workspace,
    c.contact_id,
    c.email,
    r.drift ->> 'field' AS field,
    r.rule_id,
    r.drift ->> 'value' AS value,
    nullif(r.drift -> 'found', 'null') AS current_value,
    coalesce(f.recorded_at, (r.drift ->> 'since')::timestamptz) AS since,
    (r.drift ->> 'seq')::bigint AS seq,
    r.drift #>> '{rejection,who}' AS rejected_by,
    (r.drift #>> '{rejection,seq}')::bigint AS rejected_seq
FROM usher.contact c
CROSS JOIN LATERAL jsonb_each(c.drifts) AS s (slot, rules)
CROSS JOIN LATERAL jsonb_each(s.rules) AS r (rule_id, drift)
LEFT JOIN usher.event f
  ON f.workspace = c.workspace AND f.contact_id = c.contact_id
 AND f.seq = (r.drift ->> 'seq')::bigint
WHERE c.drifts <> '{}' AND c.deleted_at IS NULL;

COMMENT ON COLUMN audit.drift.rejected_by IS
    'The operator who decided that the value stays; null while the drift waits for a decision.';
COMMENT ON COLUMN audit.drift.rejected_seq IS
    'The event of that decision; null while the drift waits for one.';

-- A rejected mass delete does not wait.
CREATE OR REPLACE VIEW audit.waiting AS
SELECT
    h.workspace,
    h.placed_seq AS hold_id,
    h.reason AS why,
    h.detail,
    h.rule_id,
    h.contact_id,
    h.email,
    h.change ->> 'field' AS field,
    h.change -> 'from' AS current_value,
    h.change ->> 'value' AS value,
    ARRAY(SELECT k.id FROM jsonb_object_keys(h.change -> 'rules') AS k (id) ORDER BY k.id)
        AS rule_ids,
    h.placed_at AS waiting_since,
    h.rejected_at AS refused_at,
    h.hold_ids
FROM (
    -- Several holds may keep one change back: the oldest that is not rejected stands for them.
    SELECT
        h.workspace, h.placed_seq, h.reason, h.detail, h.rule_id, h.rejected_at,
        c.contact_id, c.email, c.change, coalesce(p.recorded_at, h.placed_at) AS placed_at,
        row_number() OVER change AS number,
        array_agg(h.placed_seq) OVER (
            change ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS hold_ids
    FROM usher.rule_hold h
    LEFT JOIN usher.event p
      ON p.workspace = h.workspace AND p.seq = h.placed_seq AND p.kind = 'hold.placed'
    LEFT JOIN (
        SELECT c.workspace, c.contact_id, c.email, s.change, s.place, b.hold
        FROM usher.contact c,
             jsonb_array_elements(c.held) WITH ORDINALITY AS s (change, place),
             jsonb_array_elements_text(s.change -> 'by') AS b (hold)
        WHERE c.held IS NOT NULL
    ) c ON c.workspace = h.workspace AND c.hold = h.reason || ':' || h.rule_id
    WINDOW change AS (
        PARTITION BY h.workspace, c.contact_id, c.place,
                     CASE WHEN c.contact_id IS NULL THEN h.placed_seq END
        ORDER BY h.rejected_at IS NOT NULL, h.placed_seq)
) h
WHERE h.number = 1
UNION ALL
SELECT
    h.workspace, h.placed_seq, h.reason, NULL, NULL, h.contact_id, c.email,
    coalesce(h.wish ->> 'field', h.field), NULL, h.wish ->> 'value',
    ARRAY(SELECT r.id FROM jsonb_array_elements_text(h.wish -> 'rules') AS r (id) ORDER BY r.id),
    coalesce(p.recorded_at, h.placed_at), coalesce(h.refused_at, h.expired_at),
    ARRAY[h.placed_seq]
FROM usher.hold h
LEFT JOIN usher.event p
  ON p.workspace = h.workspace AND p.seq = h.placed_seq AND p.kind = 'hold.placed'
LEFT JOIN usher.contact c ON c.workspace = h.workspace AND c.contact_id = h.contact_id
UNION ALL
SELECT
    m.workspace, m.placed_seq, 'mass_delete', NULL, NULL, NULL, NULL, 'contacts', NULL,
    m.missing::text, '{}', coalesce(p.recorded_at, m.placed_at), m.refused_at,
    ARRAY[m.placed_seq]
FROM usher.mass_delete m
LEFT JOIN usher.event p
  ON p.workspace = m.workspace AND p.seq = m.placed_seq AND p.kind = 'hold.placed'
UNION ALL
SELECT
    a.workspace, NULL, 'blocked', a.refused -> f.field ->> 'message', NULL, a.contact_id, c.email,
    f.field, coalesce(a.sent_before -> f.field, d.body -> 'before' -> f.field), f.value,
    ARRAY(SELECT r.id
          FROM jsonb_array_elements_text(
              a.rules -> CASE f.field WHEN 'portal_role_id' THEN 'portal_role' ELSE f.field END)
              AS r (id)
          ORDER BY r.id),
    b.recorded_at, NULL, NULL
FROM usher.action a
-- What could not be settled stays as it was sent; else the fields count that were refused.
CROSS JOIN LATERAL jsonb_each_text(coalesce(a.sent, a.desired)) AS f (field, value)
JOIN usher.contact c ON c.workspace = a.workspace AND c.contact_id = a.contact_id
LEFT JOIN usher.event d
  ON d.workspace = a.workspace AND d.contact_id = a.contact_id AND d.seq = a.action_id
LEFT JOIN (
    SELECT DISTINCT ON (b.workspace, b.action_id) b.workspace, b.action_id, b.recorded_at
    FROM usher.event b
    WHERE b.kind = 'action.blocked'
    ORDER BY b.workspace, b.action_id, b.seq DESC
) b ON b.workspace = a.workspace AND b.action_id = a.action_id
WHERE a.state = 'blocked' AND (a.sent IS NOT NULL OR a.refused ? f.field);

COMMENT ON COLUMN audit.waiting.hold_id IS
    'The hold, an ID that usher approve and usher reject take; where several keep the change back, the oldest that is not rejected. Null for what the API refused: usher approvals shows its ID.';
