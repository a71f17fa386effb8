-- What auditors ask first: who has what, and why; what waits for a person; who agreed to it; and what
-- rules in shadow would do.

-- What ended a hold is looked up by the hold.
CREATE INDEX event_by_hold ON usher.event (workspace, cause_seq)
    WHERE kind IN ('hold.released', 'hold.refused', 'hold.withdrawn', 'hold.expired');
-- Contacts with drift are few, and looked for.
CREATE INDEX contact_by_drift ON usher.contact (workspace, contact_id) WHERE drifts <> '{}';

-- A login that reads this schema alone has to learn which workspaces there are.
CREATE VIEW audit.workspaces AS
SELECT w.workspace, w.created_at, w.ruleset_hash
FROM usher.workspace w;
COMMENT ON VIEW audit.workspaces IS 'One row per workspace.';
COMMENT ON COLUMN audit.workspaces.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.workspaces.created_at IS 'When it first ran.';
COMMENT ON COLUMN audit.workspaces.ruleset_hash IS 'The active ruleset; null before the first.';

-- One pass over each contact's events, in which the newest event that tells a thing wins: of arrays
-- that begin with the event's number, the greatest is the newest. What is joined is joined by key.
CREATE VIEW audit.access AS
SELECT
    c.workspace,
    c.contact_id,
    c.email,
    c.account_id,
    (SELECT jsonb_object_agg(x.label, x.ids)
     FROM (SELECT DISTINCT ON (t.label) t.label, t.ids
           FROM (SELECT (f.fact ->> 'seq')::bigint AS seq, coalesce(i.item ->> 'label', '') AS label,
                        CASE count(DISTINCT i.item ->> 'external_id')
                        WHEN 1 THEN to_jsonb(min(i.item ->> 'external_id'))
                        ELSE jsonb_agg(DISTINCT (i.item ->> 'external_id') COLLATE "C") END AS ids
                 FROM jsonb_array_elements(c.external_ids) AS f (fact),
                      jsonb_array_elements(f.fact -> 'all') AS i (item)
                 WHERE i.item ->> 'external_id' <> ''
                 GROUP BY 1, 2
                 UNION ALL
                 SELECT (f.fact ->> 'seq')::bigint, substr(n.name, 22), f.fact -> 'after' -> n.name
                 FROM jsonb_array_elements(c.external_ids) AS f (fact),
                      jsonb_array_elements_text(f.fact -> 'changed') AS n (name)
                 WHERE n.name LIKE 'account.external\_ids.%') t
           WHERE t.seq >= c.born_seq
           ORDER BY t.label, t.seq DESC) x
     WHERE x.ids IS NOT NULL) AS account_external_ids,
    c.role,
    c.role_id,
    c.since,
    c.origin,
    c.origin_seq,
    (SELECT array_agg(r.id ORDER BY r.id)
     FROM jsonb_array_elements_text(c.intent -> 'rules') AS r (id)) AS rule_ids,
    decision.body ->> 'ruleset_hash' AS ruleset_hash,
    (c.intent ->> 'action_id')::bigint AS action_id,
    (SELECT jsonb_object_agg(m.match ->> 'rule', m.match -> 'evidence')
     FROM jsonb_array_elements(
         coalesce(decision.body #> '{decision,matched}', '[]')
         || coalesce(decision.body #> '{decision,reverted}', '[]')) AS m (match)
     WHERE c.intent -> 'rules' ? (m.match ->> 'rule')) AS evidence,
    coalesce(decision.body #>> '{approvals,portal_role,who}', cause.body ->> 'who') AS approved_by,
    (SELECT jsonb_agg(h.hold ORDER BY h.hold ->> 'field', h.hold -> 'hold_id')
     FROM (SELECT p.hold
           FROM jsonb_array_elements(c.placed) AS p (hold)
           WHERE c.ended IS NULL OR (p.hold ->> 'hold_id')::bigint <> ALL (c.ended)
           UNION ALL
           SELECT jsonb_build_object('field', k.slot, 'rules', k.rules)
           FROM jsonb_each(newest.body -> 'held') AS k (slot, rules)) h) AS holds,
    (SELECT jsonb_agg(
         jsonb_build_object(
             'field', w.wish -> 'field', 'rules', w.wish -> 'rules', 'value', w.wish -> 'value',
             'found', w.wish -> 'from', 'since', (
                 SELECT f.drift -> 'since'
                 FROM jsonb_array_elements(c.drifts) AS f (drift)
                 WHERE f.drift -> 'field' = w.wish -> 'field'
                 ORDER BY (f.drift ->> 'seq')::bigint DESC
                 LIMIT 1)))
     FROM jsonb_array_elements(newest.body #> '{decision,wishes}') AS w (wish)
     WHERE w.wish ->> 'state' = 'drift') AS drift,
    newest.body #> '{decision,excepted}' AS exceptions,
    coalesce(nullif(current_setting('usher.as_of', true), '')::timestamptz, now()) AS as_of
FROM (
    -- DISTINCT takes no row away: it has these computed once, not once for each partition joined below.
    SELECT DISTINCT ON (o.workspace, o.contact_id)
        o.workspace, o.contact_id, o.born_seq, o.newest_seq, o.email, o.account_id, o.external_ids,
        o.role, o.role_id, o.since, o.origin, o.origin_seq, o.intent, o.placed, o.ended, o.drifts,
        (SELECT max(d.seq) FROM unnest(o.decisions) AS d (seq)
         WHERE d.seq < (o.intent ->> 'seq')::bigint) AS decision_seq
    FROM (
        SELECT
            s.workspace, s.contact_id, s.born_seq, s.newest_seq, s.email, s.account_id,
            s.external_ids, s.role, s.role_id, s.since, s.origin_seq, s.decisions, s.placed,
            s.ended, s.drifts,
            CASE
            WHEN s.is_ours THEN 'usher'
            -- Whoever was there when the first complete sweep ended had the role before Usher came.
            WHEN s.kind = 'contact.created' AND NOT EXISTS (
                SELECT 1 FROM usher.event f
                WHERE f.workspace = s.workspace AND f.kind = 'sweep.completed'
                  AND f.seq < s.origin_seq)
            THEN 'before_usher'
            ELSE 'somebody_else' END AS origin,
            -- What lands late is told without its request: it is the newest one that asked for it.
            (SELECT i.intent
             FROM jsonb_array_elements(s.intents) AS i (intent)
             WHERE s.is_ours AND (i.intent ->> 'seq')::bigint < s.origin_seq
               AND (i.intent ->> 'role' = s.role OR i.intent ->> 'role_id' = s.role_id)
             ORDER BY (i.intent ->> 'seq')::bigint DESC
             LIMIT 1) AS intent
        FROM (
            SELECT
                g.workspace, g.contact_id, g.born_seq, g.newest_seq, g.external_ids, g.intents,
                g.decisions, g.placed, g.ended, g.drifts,
                nullif(g.email[2], '') AS email,
                nullif(g.account[2], '') AS account_id,
                nullif(g.role[2], '') AS role,
                nullif(g.role_id[2], '') AS role_id,
                g.origin[1]::bigint AS origin_seq,
                g.origin[2] AS kind,
                g.origin[3]::timestamptz AS since,
                g.origin[2] LIKE 'patch.%' OR g.origin[4] = 'usher' AS is_ours
            FROM (
                SELECT
                    e.workspace, e.contact_id,
                    max(e.seq) FILTER (WHERE e.kind IN ('contact.created', 'contact.restored'))
                        AS born_seq,
                    max(e.seq) FILTER (WHERE e.kind = 'contact.deleted') AS deleted_seq,
                    max(e.seq) FILTER (WHERE e.tells) AS seen_seq,
                    max(ARRAY[e.place, lower((e.body #>> '{after,email}') COLLATE "C")])
                        FILTER (WHERE e.is_whole OR e.changed ? 'email') AS email,
                    max(ARRAY[e.place, CASE WHEN e.is_whole
                            THEN e.body #>> '{after,account,id}'
                            ELSE e.body #>> '{after,account_id}' END])
                        FILTER (WHERE e.is_whole OR e.changed ? 'account_id') AS account,
                    max(ARRAY[e.place, coalesce(
                            e.body #>> '{after,portal_role}', e.body #>> '{brought,portal_role}')])
                        FILTER (WHERE e.is_whole OR e.changed ? 'portal_role'
                                OR e.brought ? 'portal_role') AS role,
                    max(ARRAY[e.place, coalesce(
                            e.body #>> '{after,portal_role_id}',
                            e.body #>> '{brought,portal_role_id}')])
                        FILTER (WHERE e.is_whole OR e.changed ? 'portal_role_id'
                                OR e.brought ? 'portal_role_id') AS role_id,
                    max(ARRAY[e.place, e.kind, e.recorded_at::text, e.body ->> 'by'])
                        FILTER (WHERE e.is_whole
                                OR e.changed ?| ARRAY['portal_role', 'portal_role_id'])
                        AS origin,
                    jsonb_agg(
                        jsonb_build_object(
                            'seq', e.seq, 'all', coalesce(
                                CASE WHEN e.is_whole
                                THEN nullif(e.body #> '{after,account,external_ids}', 'null') END,
                                '[]'),
                            'changed', coalesce(e.changed, '[]'),
                            'after', CASE WHEN NOT e.is_whole THEN e.body -> 'after' END))
                        FILTER (WHERE e.is_whole
                                OR e.changed::text LIKE '%"account.external\_ids.%')
                        AS external_ids,
                    jsonb_agg(
                        jsonb_build_object(
                            'seq', e.seq, 'action_id', e.action_id,
                            'role', e.body #> '{values,portal_role}',
                            'role_id', e.body #> '{values,portal_role_id}',
                            'rules', e.body #> '{rules,portal_role}'))
                        FILTER (WHERE e.kind = 'patch.intended'
                                AND e.body -> 'values' ?| ARRAY['portal_role', 'portal_role_id'])
                        AS intents,
                    array_agg(e.seq) FILTER (WHERE e.kind = 'decision.made') AS decisions,
                    max(e.seq) FILTER (WHERE e.kind = 'decision.made') AS newest_seq,
                    jsonb_agg(
                        jsonb_build_object(
                            'hold_id', e.seq, 'field', e.body -> 'field', 'why', e.body -> 'reason',
                            'rules', e.body -> 'rules' -> (e.body ->> 'field'),
                            'since', to_char(
                                e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
                        FILTER (WHERE e.kind = 'hold.placed') AS placed,
                    array_agg(e.cause_seq)
                        FILTER (WHERE e.kind IN ('hold.released', 'hold.refused', 'hold.withdrawn',
                                                 'hold.expired')) AS ended,
                    jsonb_agg(
                        jsonb_build_object(
                            'seq', e.seq, 'field', e.body -> 'field', 'since', to_char(
                                e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
                        FILTER (WHERE e.kind = 'drift.found') AS drifts
                FROM (
                    SELECT
                        e.workspace, e.contact_id, e.seq, e.recorded_at, e.kind, e.action_id,
                        e.cause_seq, e.body,
                        lpad(e.seq::text, 19, '0') AS place,
                        e.kind IN ('contact.created', 'contact.restored') AS is_whole,
                        e.kind IN ('contact.created', 'contact.restored', 'contact.updated',
                                   'patch.applied', 'patch.confirmed', 'patch.not_taken') AS tells,
                        CASE WHEN e.kind IN ('contact.updated', 'patch.applied', 'patch.confirmed',
                                             'patch.not_taken')
                        THEN e.body -> 'changed' END AS changed,
                        CASE WHEN e.kind LIKE 'patch.%' THEN e.body -> 'brought' END AS brought
                    FROM usher.event e
                    WHERE e.contact_id IS NOT NULL
                      AND e.recorded_at <= coalesce(
                          nullif(current_setting('usher.as_of', true), '')::timestamptz, 'infinity')
                      AND e.kind IN (
                          'contact.created', 'contact.restored', 'contact.updated',
                          'contact.deleted', 'patch.intended', 'patch.applied', 'patch.confirmed',
                          'patch.not_taken', 'decision.made', 'hold.placed', 'hold.released',
                          'hold.refused', 'hold.withdrawn', 'hold.expired', 'drift.found')
                ) e
                GROUP BY e.workspace, e.contact_id
            ) g
            WHERE g.born_seq IS NOT NULL AND g.seen_seq > coalesce(g.deleted_seq, 0)
        ) s
    ) o
) c
LEFT JOIN usher.event decision
  ON decision.workspace = c.workspace AND decision.contact_id = c.contact_id
 AND decision.seq = c.decision_seq
-- Where the decision itself does not tell who approved it: the release or the approval that led to it.
LEFT JOIN usher.event cause
  ON cause.workspace = c.workspace AND cause.contact_id = c.contact_id
 AND cause.seq = decision.cause_seq
 AND (cause.kind = 'hold.released'
      OR cause.kind = 'operator.acted' AND cause.body ->> 'what' ~ '^(approved|released) ')
LEFT JOIN usher.event newest
  ON newest.workspace = c.workspace AND newest.contact_id = c.contact_id
 AND newest.seq = c.newest_seq AND newest.seq > c.born_seq;
COMMENT ON VIEW audit.access IS 'One row per living contact: which role it has, since when, and who or what gave it. From the event log alone; SET usher.as_of = ''2026-10-01'' shows it as the log stood then.';
COMMENT ON COLUMN audit.access.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.access.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.access.email IS 'Its primary e-mail address, in ASCII lower case.';
COMMENT ON COLUMN audit.access.account_id IS 'Its account; null is none.';
COMMENT ON COLUMN audit.access.account_external_ids IS 'The account''s ids in other systems, by label; null is none.';
COMMENT ON COLUMN audit.access.role IS 'Its portal role: no_access, member, admin or a custom role; null is none.';
COMMENT ON COLUMN audit.access.role_id IS 'Pylon''s id of the role.';
COMMENT ON COLUMN audit.access.since IS 'When it got this role, as far as the log knows: for before_usher, when it was first read.';
COMMENT ON COLUMN audit.access.origin IS 'usher; somebody_else (a person or another program); before_usher: it had the role when the first sweep was complete.';
COMMENT ON COLUMN audit.access.origin_seq IS 'The event that showed the role.';
COMMENT ON COLUMN audit.access.rule_ids IS 'The rules on whose account Usher gave it; null where somebody else did.';
COMMENT ON COLUMN audit.access.ruleset_hash IS 'The ruleset that decided; null where somebody else did.';
COMMENT ON COLUMN audit.access.action_id IS 'The action that gave it; null where somebody else did.';
COMMENT ON COLUMN audit.access.evidence IS 'What the conditions of those rules read, by rule and field.';
COMMENT ON COLUMN audit.access.approved_by IS 'Who approved or released the change; null where it needed nobody.';
COMMENT ON COLUMN audit.access.holds IS 'Changes of the contact that wait for a person: field, rules; of a hold on this contact alone also hold_id, why and since. Null is none.';
COMMENT ON COLUMN audit.access.drift IS 'What rules want and somebody else has changed: field, rules, value (wanted), found, since. Null is none.';
COMMENT ON COLUMN audit.access.exceptions IS 'Rules that an exception keeps from acting: rule, exception. Null is none.';
COMMENT ON COLUMN audit.access.as_of IS 'The time for which the row is true.';

CREATE VIEW audit.drift AS
SELECT
    c.workspace,
    c.contact_id,
    c.email,
    r.drift ->> 'field' AS field,
    r.rule_id,
    r.drift ->> 'value' AS value,
    nullif(r.drift -> 'found', 'null') AS current_value,
    (r.drift ->> 'since')::timestamptz AS since,
    (r.drift ->> 'seq')::bigint AS seq
FROM usher.contact c,
     jsonb_each(c.drifts) AS s (slot, rules),
     jsonb_each(s.rules) AS r (rule_id, drift)
WHERE c.drifts <> '{}' AND c.deleted_at IS NULL;
COMMENT ON VIEW audit.drift IS 'One row per contact, field and rule whose value somebody else has changed: the rule leaves it.';
COMMENT ON COLUMN audit.drift.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.drift.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.drift.email IS 'Its primary e-mail address.';
COMMENT ON COLUMN audit.drift.field IS 'The field.';
COMMENT ON COLUMN audit.drift.rule_id IS 'The rule.';
COMMENT ON COLUMN audit.drift.value IS 'What the rule wants.';
COMMENT ON COLUMN audit.drift.current_value IS 'What somebody else made it; null is nothing.';
COMMENT ON COLUMN audit.drift.since IS 'When the change was noticed.';
COMMENT ON COLUMN audit.drift.seq IS 'The event that tells of it.';

-- What people look at to decide: contacts, not only the holds on their rules.
CREATE VIEW audit.waiting AS
SELECT
    h.workspace,
    h.placed_seq AS hold_id,
    h.reason AS why,
    h.detail,
    h.rule_id,
    c.contact_id,
    c.email,
    c.change ->> 'field' AS field,
    c.change -> 'from' AS current_value,
    c.change ->> 'value' AS value,
    ARRAY(SELECT k.id FROM jsonb_object_keys(c.change -> 'rules') AS k (id) ORDER BY k.id)
        AS rule_ids,
    h.placed_at AS waiting_since,
    h.rejected_at AS refused_at
FROM usher.rule_hold h
LEFT JOIN (
    SELECT c.workspace, c.contact_id, c.email, s.change, b.hold
    FROM usher.contact c,
         jsonb_array_elements(c.held) AS s (change),
         jsonb_array_elements_text(s.change -> 'by') AS b (hold)
    WHERE c.held IS NOT NULL
) c ON c.workspace = h.workspace AND c.hold = h.reason || ':' || h.rule_id
UNION ALL
SELECT
    h.workspace, h.placed_seq, h.reason, NULL, NULL, nullif(h.contact_id, '*'), c.email,
    coalesce(h.wish ->> 'field', h.field), NULL, coalesce(h.wish ->> 'value', h.wish ->> 'missing'),
    ARRAY(SELECT r.id FROM jsonb_array_elements_text(h.wish -> 'rules') AS r (id) ORDER BY r.id),
    h.placed_at, coalesce(h.refused_at, h.expired_at)
FROM usher.hold h
LEFT JOIN usher.contact c ON c.workspace = h.workspace AND c.contact_id = h.contact_id
-- A mass delete that a person released waits for the next sweep.
WHERE NOT h.wish ? 'released_by'
UNION ALL
SELECT
    a.workspace, NULL, 'blocked', a.refused -> f.field ->> 'message', NULL, a.contact_id, c.email,
    f.field, NULL, f.value,
    ARRAY(SELECT r.id
          FROM jsonb_array_elements_text(
              a.rules -> CASE f.field WHEN 'portal_role_id' THEN 'portal_role' ELSE f.field END)
              AS r (id)
          ORDER BY r.id),
    b.recorded_at, NULL
FROM usher.action a
-- What could not be settled stays as it was sent; else the fields count that were refused.
CROSS JOIN LATERAL jsonb_each_text(coalesce(a.sent, a.desired)) AS f (field, value)
JOIN usher.contact c ON c.workspace = a.workspace AND c.contact_id = a.contact_id
LEFT JOIN usher.event b
  ON b.workspace = a.workspace AND b.action_id = a.action_id AND b.seq = a.cause_seq
WHERE a.state = 'blocked' AND (a.sent IS NOT NULL OR a.refused ? f.field);
COMMENT ON VIEW audit.waiting IS 'One row per change that waits for a person: held for its rule or for its contact, or refused by the API. A hold on a rule that keeps nothing back has one row without a contact.';
COMMENT ON COLUMN audit.waiting.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.waiting.hold_id IS 'The hold: what usher approve and usher reject take; null for what the API refused.';
COMMENT ON COLUMN audit.waiting.why IS 'limit, lowering, approval, rejected, own_changes, reasserted, revert, mass_delete or blocked.';
COMMENT ON COLUMN audit.waiting.detail IS 'Which limit, what asks for the approval, or what the API said.';
COMMENT ON COLUMN audit.waiting.rule_id IS 'The rule that is held; null where a contact is.';
COMMENT ON COLUMN audit.waiting.contact_id IS 'The contact; null for a mass delete.';
COMMENT ON COLUMN audit.waiting.email IS 'Its primary e-mail address.';
COMMENT ON COLUMN audit.waiting.field IS 'The field; contacts for a mass delete.';
COMMENT ON COLUMN audit.waiting.current_value IS 'What the field held when the change was held.';
COMMENT ON COLUMN audit.waiting.value IS 'What it is to hold; of a mass delete, how many contacts are missing.';
COMMENT ON COLUMN audit.waiting.rule_ids IS 'The rules that want the change.';
COMMENT ON COLUMN audit.waiting.waiting_since IS 'When the hold was placed, or the action blocked.';
COMMENT ON COLUMN audit.waiting.refused_at IS 'When a person rejected it or its time was over; null while it waits.';

-- A contact's newest decision stands until there is another, and none stands from before its return.
CREATE VIEW audit.shadow AS
SELECT
    c.workspace,
    c.contact_id,
    d.body ->> 'email' AS email,
    w.wish ->> 'rule' AS rule_id,
    w.wish ->> 'field' AS field,
    w.wish -> 'from' AS current_value,
    w.wish ->> 'value' AS value,
    w.wish ->> 'bound' AS bound,
    d.recorded_at AS decided_at,
    d.seq
FROM (
    SELECT
        e.workspace, e.contact_id,
        max(e.seq) FILTER (WHERE e.kind = 'decision.made') AS newest_seq,
        max(e.seq) FILTER (WHERE e.kind IN ('contact.created', 'contact.restored')) AS born_seq,
        max(e.seq) FILTER (WHERE e.kind = 'contact.deleted') AS deleted_seq,
        max(e.seq) FILTER (WHERE e.kind NOT IN ('decision.made', 'contact.deleted')) AS seen_seq
    FROM usher.event e
    WHERE e.contact_id IS NOT NULL
      AND e.kind IN ('contact.created', 'contact.restored', 'contact.updated', 'contact.deleted',
                     'patch.applied', 'patch.confirmed', 'patch.not_taken', 'decision.made')
    GROUP BY e.workspace, e.contact_id
) c
JOIN usher.event d
  ON d.workspace = c.workspace AND d.contact_id = c.contact_id AND d.seq = c.newest_seq
 AND d.seq > c.born_seq
CROSS JOIN LATERAL jsonb_array_elements(d.body #> '{decision,shadow}') AS w (wish)
WHERE c.seen_seq > coalesce(c.deleted_seq, 0);
COMMENT ON VIEW audit.shadow IS 'One row per living contact and wish of a rule in shadow, as the contact''s newest decision has it.';
COMMENT ON COLUMN audit.shadow.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.shadow.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.shadow.email IS 'Its primary e-mail address when it was decided.';
COMMENT ON COLUMN audit.shadow.rule_id IS 'The rule in shadow.';
COMMENT ON COLUMN audit.shadow.field IS 'The field.';
COMMENT ON COLUMN audit.shadow.current_value IS 'What the contact holds; null is nothing.';
COMMENT ON COLUMN audit.shadow.value IS 'What the rule would set, or its bound.';
COMMENT ON COLUMN audit.shadow.bound IS 'at_least or at_most; null where it is the value itself.';
COMMENT ON COLUMN audit.shadow.decided_at IS 'When it was decided.';
COMMENT ON COLUMN audit.shadow.seq IS 'The decision.';

-- One row for each contact of an approval: that is what a person answers for.
CREATE VIEW audit.approvals AS
SELECT DISTINCT ON (a.workspace, a.seq)
    a.workspace,
    a.seq,
    a.recorded_at AS approved_at,
    a.approved,
    a.body ->> 'who' AS who,
    a.body ->> 'reason' AS why,
    a.body ->> 'plan' AS plan,
    a.hold_id,
    ARRAY(SELECT DISTINCT r.id
          FROM (SELECT coalesce(a.body ->> 'rule', substring(a.body ->> 'what' FROM '^approved rule (.+)$'))
                UNION ALL
                SELECT jsonb_array_elements_text(c.change -> 'rules')
                FROM jsonb_array_elements(a.body -> 'changes') AS c (change)
                UNION ALL
                SELECT jsonb_array_elements_text(p.body #> '{wish,rules}')) AS r (id)
          WHERE r.id IS NOT NULL
          ORDER BY r.id) AS rule_ids,
    a.contact_id,
    c.email,
    a.body -> 'changes' AS changes,
    d.action_id,
    f.body ->> 'outcome' AS outcome
FROM (
    SELECT e.workspace, e.seq, e.recorded_at, e.contact_id, e.body, e.cause_seq AS hold_id,
           'hold' AS approved
    FROM usher.event e
    WHERE e.kind = 'hold.released'
    UNION ALL
    -- What approves a hold is told by the releases.
    SELECT e.workspace, e.seq, e.recorded_at, e.contact_id, e.body, NULL,
           CASE WHEN e.contact_id IS NULL THEN 'rule' ELSE 'plan' END
    FROM usher.event e
    WHERE e.kind = 'operator.acted' AND e.body ->> 'what' LIKE 'approved %'
      AND NOT e.body ? 'hold' AND e.body ->> 'what' NOT LIKE 'approved the hold %'
) a
LEFT JOIN usher.event p
  ON p.workspace = a.workspace AND p.kind = 'hold.placed' AND p.seq = a.hold_id
LEFT JOIN usher.contact c ON c.workspace = a.workspace AND c.contact_id = a.contact_id
-- Decisions name the act of approving a hold, of which there is one for all its contacts.
LEFT JOIN (
    SELECT e.workspace, (e.body ->> 'hold')::bigint AS hold_id, max(e.seq) AS seq
    FROM usher.event e
    WHERE e.kind = 'operator.acted' AND e.body ->> 'what' LIKE 'approved %' AND e.body ? 'hold'
    GROUP BY 1, 2
) act ON act.workspace = a.workspace AND act.hold_id = a.hold_id
LEFT JOIN usher.event d
  ON d.workspace = a.workspace AND d.contact_id = a.contact_id AND d.kind = 'decision.made'
 AND d.action_id IS NOT NULL AND d.seq > a.seq
 AND CASE WHEN d.body ? 'approvals'
     THEN d.body @@ format('$.approvals.*.seq == %s || $.approvals.*.seq == %s', a.seq, coalesce(act.seq, a.seq))::jsonpath
     ELSE d.cause_seq = a.seq END
LEFT JOIN usher.event f
  ON f.workspace = d.workspace AND f.action_id = d.action_id AND f.body ? 'outcome'
ORDER BY a.workspace, a.seq, d.seq DESC, f.seq DESC;
COMMENT ON VIEW audit.approvals IS 'One row per approval and contact that it lets change; for a rule, and for a hold as a whole, one without a contact.';
COMMENT ON COLUMN audit.approvals.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.approvals.seq IS 'The event that tells of it.';
COMMENT ON COLUMN audit.approvals.approved_at IS 'When.';
COMMENT ON COLUMN audit.approvals.approved IS 'What was approved: a hold (also by usher release), a rule, or a plan.';
COMMENT ON COLUMN audit.approvals.who IS 'Who approved it.';
COMMENT ON COLUMN audit.approvals.why IS 'The reason given.';
COMMENT ON COLUMN audit.approvals.plan IS 'The plan''s id; null for holds and rules.';
COMMENT ON COLUMN audit.approvals.hold_id IS 'The hold; null for plans and rules.';
COMMENT ON COLUMN audit.approvals.rule_ids IS 'The rules whose changes were approved.';
COMMENT ON COLUMN audit.approvals.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.approvals.email IS 'Its primary e-mail address.';
COMMENT ON COLUMN audit.approvals.changes IS 'Of a plan, the contact''s changes as approved: field, from, value, rules.';
COMMENT ON COLUMN audit.approvals.action_id IS 'The action that the approval let through; null while there is none.';
COMMENT ON COLUMN audit.approvals.outcome IS 'How that action ended; null while it is open.';

-- Beside an id stands the address, and no column needs quotes: new columns, the old ones stay.
CREATE OR REPLACE VIEW audit.attempts AS
SELECT
    i.workspace,
    i.action_id,
    i.contact_id,
    (i.body ->> 'attempt')::integer AS attempt,
    i.recorded_at AS intended_at,
    settled.finished_at,
    answer.http_status,
    answer.request_id,
    settled.outcome,
    c.email
FROM usher.event i
LEFT JOIN usher.contact c ON c.workspace = i.workspace AND c.contact_id = i.contact_id
-- A settled outcome says more than a late answer, and that more than "unknown".
LEFT JOIN LATERAL (
    SELECT substr(e.kind, 7) AS outcome, e.recorded_at AS finished_at
    FROM usher.event e
    WHERE e.workspace = i.workspace AND e.action_id = i.action_id
      AND e.kind LIKE 'patch.%' AND e.kind <> 'patch.intended'
      AND e.body -> 'attempt' = i.body -> 'attempt'
    ORDER BY CASE e.kind WHEN 'patch.unknown' THEN 2 WHEN 'patch.late' THEN 1 ELSE 0 END, e.seq DESC
    LIMIT 1
) settled ON true
LEFT JOIN LATERAL (
    SELECT (e.body ->> 'http_status')::integer AS http_status, e.body ->> 'request_id' AS request_id
    FROM usher.event e
    WHERE e.workspace = i.workspace AND e.action_id = i.action_id
      AND e.kind LIKE 'patch.%' AND e.kind <> 'patch.intended'
      AND e.body -> 'attempt' = i.body -> 'attempt' AND e.body ? 'http_status'
    ORDER BY e.seq
    LIMIT 1
) answer ON true
WHERE i.kind = 'patch.intended';
COMMENT ON COLUMN audit.attempts.email IS 'The contact''s primary e-mail address.';

CREATE OR REPLACE VIEW audit.reads AS
SELECT
    e.workspace,
    e.action_id,
    e.contact_id,
    e.recorded_at AS read_at,
    (e.body #>> '{read,http_status}')::integer AS http_status,
    e.body #>> '{read,request_id}' AS request_id,
    e.body #> '{read,found}' AS found,
    c.email
FROM usher.event e
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
WHERE e.action_id IS NOT NULL AND e.body ? 'read';
COMMENT ON COLUMN audit.reads.email IS 'The contact''s primary e-mail address.';

CREATE OR REPLACE VIEW audit.decisions AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    e.body ->> 'ruleset_hash' AS ruleset_hash,
    e.body #> '{decision,matched}' AS matched,
    e.body #> '{decision,beaten}' AS beaten,
    e.body #> '{decision,wishes}' AS wishes,
    e.body ->> 'result' AS result,
    e.recorded_at AS decided_at,
    e.body #> '{decision,conflicts}' AS conflicts,
    e.body #> '{decision,shadow}' AS shadow,
    e.body #> '{decision,denied}' AS denied,
    e.body #> '{decision,violated}' AS violated,
    e.body -> 'held' AS held,
    e.body #> '{decision,excepted}' AS excepted,
    e.body #> '{decision,reverted}' AS reverted,
    e.body ->> 'email' AS email,
    e.body -> 'approvals' AS approvals,
    e.body -> 'passed_over' AS passed_over
FROM usher.event e
WHERE e.kind = 'decision.made';
COMMENT ON COLUMN audit.decisions.email IS 'The contact''s primary e-mail address when it was decided.';
COMMENT ON COLUMN audit.decisions.approvals IS 'The approvals that let changes through, by field: who, seq and, of a plan, its id; null is none.';
COMMENT ON COLUMN audit.decisions.passed_over IS 'The rules that were passed over since they wait for a person, each with its fields; null is none.';

CREATE OR REPLACE VIEW audit.contact_history AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    e.recorded_at,
    e.kind,
    e.body -> 'changed' AS changed,
    e.body -> 'before' AS before,
    e.body -> 'after' AS after,
    CASE WHEN e.kind LIKE 'patch.%' THEN 'usher' ELSE coalesce(e.body ->> 'by', 'other') END AS by,
    CASE WHEN e.kind LIKE 'patch.%' THEN 'usher' ELSE coalesce(e.body ->> 'by', 'other') END
        AS changed_by,
    c.email
FROM usher.event e
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
WHERE e.contact_id IS NOT NULL
  AND e.kind IN ('contact.created', 'contact.updated', 'contact.deleted', 'contact.restored',
                 'patch.applied', 'patch.confirmed', 'patch.not_taken')
  -- A request of which nothing was taken changed nothing.
  AND e.body -> 'changed' IS DISTINCT FROM '[]';
COMMENT ON COLUMN audit.contact_history.changed_by IS 'The same as "by": usher, or other, which is a person or another program.';
COMMENT ON COLUMN audit.contact_history.email IS 'The contact''s primary e-mail address as last read.';

-- Joined by key: a hold on a rule ends once for itself and once for each of its contacts.
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
    ended.why AS ended_why,
    p.recorded_at AS placed_at,
    c.email
FROM usher.event p
LEFT JOIN usher.contact c ON c.workspace = p.workspace AND c.contact_id = p.contact_id
LEFT JOIN (
    SELECT DISTINCT ON (e.workspace, e.cause_seq, e.contact_id)
        e.workspace, e.cause_seq, e.contact_id, substr(e.kind, 6) AS kind, e.body ->> 'who' AS who,
        e.recorded_at AS at, e.body ->> 'reason' AS why
    FROM usher.event e
    WHERE e.kind IN ('hold.released', 'hold.refused', 'hold.withdrawn', 'hold.expired')
    ORDER BY e.workspace, e.cause_seq, e.contact_id, e.seq DESC
) ended ON ended.workspace = p.workspace AND ended.cause_seq = p.seq
       AND ended.contact_id IS NOT DISTINCT FROM p.contact_id
WHERE p.kind = 'hold.placed';
COMMENT ON COLUMN audit.holds.ended IS 'released, refused (by a person), expired (nobody decided in time; earlier versions say refused), withdrawn (the rules want it no more, or another wish took its place); null while open.';
COMMENT ON COLUMN audit.holds.placed_at IS 'The same as "when": when it was placed.';
COMMENT ON COLUMN audit.holds.email IS 'The contact''s primary e-mail address.';

CREATE OR REPLACE VIEW audit.operators AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    e.body ->> 'what' AS what,
    e.body ->> 'reason' AS why,
    e.body ->> 'who' AS who,
    e.recorded_at AS "when",
    e.recorded_at AS acted_at,
    c.email,
    e.body ->> 'plan' AS plan,
    (e.body ->> 'hold')::bigint AS hold_id,
    e.body ->> 'rule' AS rule_id
FROM usher.event e
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
WHERE e.kind = 'operator.acted';
COMMENT ON VIEW audit.operators IS 'One row per act of an operator: approved, rejected, released, resumed. A plan has one for each of its contacts.';
COMMENT ON COLUMN audit.operators.acted_at IS 'The same as "when": when it was done.';
COMMENT ON COLUMN audit.operators.email IS 'The contact''s primary e-mail address.';
COMMENT ON COLUMN audit.operators.plan IS 'The id of the plan that it was about; null is none.';
COMMENT ON COLUMN audit.operators.hold_id IS 'The hold that it was about; null is none.';
COMMENT ON COLUMN audit.operators.rule_id IS 'The rule that it was about; null is none.';
