-- Pauses were rows of the leases, named pause and pause:ENDPOINT. They share nothing with leases but an
-- end, so they get a table.
CREATE TABLE usher.pause (
    workspace text NOT NULL REFERENCES usher.workspace,
    endpoint text NOT NULL,
    reason text NOT NULL,
    until timestamptz NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (workspace, endpoint)
);

COMMENT ON TABLE usher.pause IS 'Endpoints, and whole workspaces, to which nothing is sent for now.';
COMMENT ON COLUMN usher.pause.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.pause.endpoint IS 'The endpoint; empty for the whole workspace.';
COMMENT ON COLUMN usher.pause.reason IS 'unauthorized, organisation, token_changed or rate_limited.';
COMMENT ON COLUMN usher.pause.until IS 'The end of an endpoint''s pause; the next check of the workspace''s.';
COMMENT ON COLUMN usher.pause.set_at IS 'The time at which that end was set.';

-- A pause outlives the upgrade.
INSERT INTO usher.pause (workspace, endpoint, reason, until, set_at)
SELECT workspace, substr(name, length('pause:') + 1), coalesce(reason, 'unknown'), until,
       coalesce(set_at, until)
FROM usher.lease
WHERE name LIKE 'pause%';

DELETE FROM usher.lease WHERE name LIKE 'pause%';

-- Only leases are left.
ALTER TABLE usher.lease DROP CONSTRAINT lease_name_check;
ALTER TABLE usher.lease ADD CONSTRAINT lease_name_check CHECK (name IN ('sweep', 'evaluate'));
ALTER TABLE usher.lease DROP COLUMN reason;
ALTER TABLE usher.lease DROP COLUMN set_at;

COMMENT ON TABLE usher.lease IS 'The processes that may sweep and evaluate, and until when.';
COMMENT ON COLUMN usher.lease.name IS 'sweep or evaluate.';
COMMENT ON COLUMN usher.lease.holder IS 'The process that holds it; empty where none does.';
COMMENT ON COLUMN usher.lease.fence IS
    'Grows with every new holder and, for evaluate, with every decision of a person: a pass that began before does no harm.';
COMMENT ON COLUMN usher.lease.until IS 'When it lapses.';

-- The hold of a mass delete was a hold on a contact named *. It has a scope of its own.
CREATE TABLE usher.mass_delete (
    workspace text PRIMARY KEY REFERENCES usher.workspace,
    missing bigint NOT NULL,
    placed_seq bigint NOT NULL,
    placed_at timestamptz NOT NULL
);

COMMENT ON TABLE usher.mass_delete IS
    'Workspaces of which too many contacts are missing: nothing is deleted until a person releases it.';
COMMENT ON COLUMN usher.mass_delete.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.mass_delete.missing IS 'Contacts that are missing and not released.';
COMMENT ON COLUMN usher.mass_delete.placed_seq IS 'The event that placed the hold.';
COMMENT ON COLUMN usher.mass_delete.placed_at IS 'When.';

-- A hold outlives the upgrade, unless a person had released it already.
INSERT INTO usher.mass_delete (workspace, missing, placed_seq, placed_at)
SELECT workspace, coalesce((wish ->> 'missing')::bigint, 0), placed_seq, placed_at
FROM usher.hold
WHERE contact_id = '*' AND NOT wish ? 'released_by';

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
    m.missing::text, '{}', coalesce(p.recorded_at, m.placed_at), NULL, ARRAY[m.placed_seq]
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

DELETE FROM usher.hold WHERE contact_id = '*';

COMMENT ON TABLE usher.hold IS 'Changes that wait for a person, one per contact and field.';
COMMENT ON COLUMN usher.hold.contact_id IS 'The contact.';
COMMENT ON COLUMN usher.hold.field IS 'The field.';
COMMENT ON COLUMN usher.hold.reason IS 'own_changes, reasserted or revert.';
COMMENT ON COLUMN usher.hold.wish IS 'The change that is held: field, value and rules.';

-- The order in which actions are sent is not the priority of rules.
ALTER TABLE usher.action RENAME COLUMN priority TO send_order;

-- A queued change names it as the column does.
UPDATE usher.action
SET next = next - 'priority' || jsonb_build_object('send_order', next -> 'priority')
WHERE next ? 'priority';

COMMENT ON COLUMN usher.action.next IS
    'A newer change, which waits for the outcome: {action_id, ruleset_hash, desired, rules, send_order}.';
