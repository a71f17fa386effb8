-- The expiry of a hold on a rule declines what it kept back. audit.access showed that as held until the
-- contact was decided on again.

-- They are few, and looked for.
CREATE INDEX event_by_rule_expiry ON usher.event (workspace, seq)
WHERE kind = 'hold.expired' AND contact_id IS NULL;

CREATE OR REPLACE VIEW audit.access AS
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
           WHERE (p.hold ->> 'hold_id')::bigint > c.born_seq
             AND (c.ended IS NULL OR (p.hold ->> 'hold_id')::bigint <> ALL (c.ended))
           UNION ALL
           SELECT jsonb_build_object('field', k.slot, 'rules', k.rules)
           FROM jsonb_each(newest.body -> 'held') AS k (slot, rules)
           -- What expired since is declined, whatever the newest decision said.
           WHERE NOT EXISTS (
               SELECT 1 FROM jsonb_array_elements_text(newest.body -> 'held_by' -> k.slot) AS b (hold)
               WHERE (expired.seqs ->> b.hold)::bigint > c.newest_seq)
          ) h) AS holds,
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
    least(coalesce((SELECT m.moment FROM usher.audit_moment m), now()), now()) AS as_of,
    c.unreadable_since
FROM (
    -- DISTINCT takes no row away: it has these computed once, not once for each partition joined below.
    SELECT DISTINCT ON (o.workspace, o.contact_id)
        o.workspace, o.contact_id, o.born_seq, o.newest_seq, o.email, o.account_id, o.external_ids,
        o.role, o.role_id, o.since, o.origin, o.origin_seq, o.intent, o.placed, o.ended, o.drifts,
        o.unreadable_since,
        (SELECT max(d.seq) FROM unnest(o.decisions) AS d (seq)
         WHERE d.seq < (o.intent ->> 'seq')::bigint) AS decision_seq
    FROM (
        SELECT
            s.workspace, s.contact_id, s.born_seq, s.newest_seq, s.email, s.account_id,
            s.external_ids, s.role, s.role_id, s.since, s.origin_seq, s.decisions, s.placed,
            s.ended, s.drifts, s.unreadable_since,
            CASE
            WHEN s.is_ours THEN 'usher'
            -- Whoever was there when the first complete sweep ended had the role before Usher came.
            WHEN s.kind = 'contact.created' AND NOT EXISTS (
                SELECT 1 FROM usher.event f
                WHERE f.workspace = s.workspace AND f.kind = 'sweep.completed'
                  AND f.seq > s.forgotten_seq AND f.seq < s.origin_seq)
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
                coalesce(forgotten.seq, 0) AS forgotten_seq,
                (SELECT min((a.event ->> 'at')::timestamptz)
                 FROM jsonb_array_elements(g.asides) AS a (event)
                 WHERE (a.event ->> 'seq')::bigint > greatest(g.born_seq, g.readable_seq)
                ) AS unreadable_since,
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
                    max(e.seq) FILTER (WHERE e.kind = 'contact.readable') AS readable_seq,
                    jsonb_agg(jsonb_build_object('seq', e.seq, 'at', e.recorded_at))
                        FILTER (WHERE e.kind = 'contact.unreadable') AS asides,
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
                                e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
                        FILTER (WHERE e.kind = 'hold.placed') AS placed,
                    array_agg(e.cause_seq)
                        FILTER (WHERE e.kind IN ('hold.released', 'hold.refused', 'hold.withdrawn',
                                                 'hold.expired')) AS ended,
                    jsonb_agg(
                        jsonb_build_object(
                            'seq', e.seq, 'field', e.body -> 'field', 'since', to_char(
                                e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
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
                    FROM usher.event e CROSS JOIN usher.audit_moment m
                    WHERE e.contact_id IS NOT NULL
                      AND e.recorded_at <= coalesce(m.moment, 'infinity')
                      AND e.kind IN (
                          'contact.created', 'contact.restored', 'contact.updated',
                          'contact.deleted', 'patch.intended', 'patch.applied', 'patch.confirmed',
                          'patch.not_taken', 'decision.made', 'hold.placed', 'hold.released',
                          'hold.refused', 'hold.withdrawn', 'hold.expired', 'drift.found',
                          'contact.unreadable', 'contact.readable')
                ) e
                GROUP BY e.workspace, e.contact_id
            ) g
            LEFT JOIN (
                SELECT f.workspace, max(f.seq) AS seq
                FROM usher.forgetting f CROSS JOIN usher.audit_moment m
                WHERE f.recorded_at <= coalesce(m.moment, 'infinity')
                GROUP BY f.workspace
            ) forgotten ON forgotten.workspace = g.workspace
            WHERE g.born_seq IS NOT NULL AND g.seen_seq > coalesce(g.deleted_seq, 0)
              AND g.born_seq > coalesce(forgotten.seq, 0)
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
 AND newest.seq = c.newest_seq AND newest.seq > c.born_seq
-- The newest expiry of each hold on a rule, as decisions name it: the rule may have another id by then.
LEFT JOIN (
    SELECT x.workspace, jsonb_object_agg(n.hold, x.seq ORDER BY x.seq) AS seqs
    FROM usher.event x
    CROSS JOIN usher.audit_moment m
    JOIN usher.event p ON p.workspace = x.workspace AND p.seq = x.cause_seq
    CROSS JOIN LATERAL (
        VALUES (p.body ->> 'rule'), (coalesce(x.body ->> 'rule', p.body ->> 'rule'))) AS r (rule)
    CROSS JOIN LATERAL concat_ws(':', p.body ->> 'reason', r.rule) AS n (hold)
    WHERE x.kind = 'hold.expired' AND x.contact_id IS NULL
      AND x.recorded_at <= coalesce(m.moment, 'infinity')
    GROUP BY x.workspace
) expired ON expired.workspace = c.workspace;
