-- What auditors found missing: a workspace that was forgotten, requests that nothing settled, rules by
-- field, and views of what only the log's owner could ask.

-- Contacts of a workspace that was forgotten are known by their address all the same.
CREATE TABLE usher.former_contact (
    workspace   text NOT NULL REFERENCES usher.workspace,
    contact_id  text NOT NULL,
    email       text NOT NULL,
    PRIMARY KEY (workspace, contact_id)
);
COMMENT ON TABLE usher.former_contact IS 'The contacts that a workspace had when it was forgotten, for the views of audit.';
COMMENT ON COLUMN usher.former_contact.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.former_contact.contact_id IS 'The contact.';
COMMENT ON COLUMN usher.former_contact.email IS 'Its primary e-mail address as last read, as in usher.contact.';

-- Of what was forgotten before, the newest address in the log.
INSERT INTO usher.former_contact (workspace, contact_id, email)
SELECT f.workspace, f.contact_id, f.email
FROM (
    SELECT DISTINCT ON (e.workspace, e.contact_id)
        e.workspace, e.contact_id, lower((e.body #>> '{after,email}') COLLATE "C") AS email
    FROM usher.event e
    JOIN usher.workspace w ON w.workspace = e.workspace AND w.forgotten_at IS NOT NULL
    WHERE e.contact_id IS NOT NULL
      AND e.kind IN ('contact.created', 'contact.restored', 'contact.updated')
      AND (e.kind <> 'contact.updated' OR e.body -> 'changed' ? 'email')
    ORDER BY e.workspace, e.contact_id, e.seq DESC
) f
WHERE f.email <> '';

-- What was before a workspace was forgotten is history, not what holds now.
CREATE VIEW usher.forgetting AS
SELECT e.workspace, e.seq, e.recorded_at
FROM usher.event e
WHERE e.kind = 'operator.acted' AND e.body ->> 'what' = 'forgot the workspace';
COMMENT ON VIEW usher.forgetting IS 'One row per time that a workspace was forgotten.';
COMMENT ON COLUMN usher.forgetting.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.forgetting.seq IS 'The event that tells of it; what comes after it is of the workspace that came again.';
COMMENT ON COLUMN usher.forgetting.recorded_at IS 'When.';

-- A day is meant with all of it, as by usher access --as-of.
CREATE VIEW usher.audit_moment AS
SELECT CASE WHEN s.setting ~ '^\d{4}-\d{2}-\d{2}$'
       THEN (s.setting::date + 1)::timestamp AT TIME ZONE 'UTC'
       ELSE s.setting::timestamptz END AS moment
FROM (SELECT nullif(current_setting('usher.as_of', true), '') AS setting) s;
COMMENT ON VIEW usher.audit_moment IS 'The time that the setting usher.as_of names.';
COMMENT ON COLUMN usher.audit_moment.moment IS 'The end of the day (UTC) where it names one; null where it is not set.';

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
 AND newest.seq = c.newest_seq AND newest.seq > c.born_seq;
COMMENT ON VIEW audit.access IS 'One row per living contact: which role it has, since when, and who or what gave it. From the event log alone; SET usher.as_of = ''2026-10-01'' shows it as the log stood at the end of that day (UTC), a time with its zone as it stood then. A workspace that was forgotten has no row from then on.';
COMMENT ON COLUMN audit.access.unreadable_since IS 'Since when the contact is set aside: there, but not to be read, stored or evaluated as it is, so that the row tells what it was before; null is: it is not.';

CREATE OR REPLACE VIEW audit.actions AS
SELECT
    d.workspace,
    d.action_id,
    d.contact_id,
    d.body ->> 'email' AS email,
    (SELECT coalesce(array_agg(DISTINCT r.id ORDER BY r.id), '{}')
     FROM jsonb_each(d.body -> 'rules') AS f (field, ids), jsonb_array_elements_text(f.ids) AS r (id)
    ) AS rule_ids,
    d.body -> 'before' AS before,
    d.body -> 'changes' AS after,
    finish.outcome,
    (SELECT count(*) FROM usher.event i
     WHERE i.workspace = d.workspace AND i.action_id = d.action_id AND i.kind = 'patch.intended'
    )::integer AS attempts,
    d.recorded_at AS decided_at,
    finish.finished_at,
    d.cause_seq,
    d.body ->> 'ruleset_hash' AS ruleset_hash,
    d.body -> 'rules' AS rules,
    CASE WHEN finish.outcome IS NULL THEN coalesce(a.state, 'waiting') END AS state,
    CASE WHEN a.state = 'blocked' THEN blocked.at END AS blocked_at,
    CASE WHEN a.state = 'blocked' THEN blocked.why END AS blocked_why,
    finish.why AS ended_why
FROM usher.event d
LEFT JOIN LATERAL (
    SELECT e.body ->> 'outcome' AS outcome, e.recorded_at AS finished_at,
           e.body ->> 'reason' AS why
    FROM usher.event e
    WHERE e.workspace = d.workspace AND e.action_id = d.action_id AND e.body ? 'outcome'
    ORDER BY e.seq DESC
    LIMIT 1
) finish ON true
LEFT JOIN usher.action a ON a.workspace = d.workspace AND a.action_id = d.action_id
LEFT JOIN (
    SELECT DISTINCT ON (b.workspace, b.action_id)
        b.workspace, b.action_id, b.recorded_at AS at, b.body ->> 'reason' AS why
    FROM usher.event b
    WHERE b.kind = 'action.blocked'
    ORDER BY b.workspace, b.action_id, b.seq DESC
) blocked ON blocked.workspace = d.workspace AND blocked.action_id = d.action_id
WHERE d.kind = 'decision.made' AND d.action_id IS NOT NULL;
COMMENT ON COLUMN audit.actions.rule_ids IS 'The rules that wanted any of it; rules has them by field.';
COMMENT ON COLUMN audit.actions.rules IS 'The rules that wanted it, by field; those of portal_role_id are under portal_role.';
COMMENT ON COLUMN audit.actions.state IS 'Of an open action: ready, sending, unknown (to be settled by reading back), blocked (waits for the contact, the rules or a person), waiting (for the outcome of the action before it); null once it ended.';
COMMENT ON COLUMN audit.actions.blocked_at IS 'When it was blocked; null where it is not.';
COMMENT ON COLUMN audit.actions.blocked_why IS 'Why it is blocked; null where it is not.';
COMMENT ON COLUMN audit.actions.ended_why IS 'Why it was superseded or moot; null otherwise.';

CREATE OR REPLACE VIEW audit.attempts AS
SELECT
    i.workspace,
    i.action_id,
    i.contact_id,
    (i.body ->> 'attempt')::integer AS attempt,
    i.recorded_at AS intended_at,
    coalesce(ended.settled_at, settled.finished_at) AS finished_at,
    answer.http_status,
    answer.request_id,
    CASE WHEN ended.settled_as IS NULL THEN settled.outcome
    ELSE coalesce(settled.outcome, 'unknown') END AS outcome,
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    ended.settled_as,
    ended.settled_at,
    ended.settled_why
FROM usher.event i
LEFT JOIN usher.contact c ON c.workspace = i.workspace AND c.contact_id = i.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = i.workspace AND gone.contact_id = i.contact_id
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
-- An outcome that stayed unknown is settled by what ended the action.
LEFT JOIN LATERAL (
    SELECT substr(e.kind, 8) AS settled_as, e.recorded_at AS settled_at,
           e.body ->> 'reason' AS settled_why
    FROM usher.event e
    WHERE e.workspace = i.workspace AND e.action_id = i.action_id AND e.seq > i.seq
      AND e.kind IN ('action.superseded', 'action.moot')
      AND coalesce(e.body -> 'attempt' = i.body -> 'attempt', true)
      AND coalesce(settled.outcome, 'unknown') IN ('unknown', 'late')
    ORDER BY e.seq
    LIMIT 1
) ended ON true
WHERE i.kind = 'patch.intended';
COMMENT ON COLUMN audit.attempts.outcome IS 'applied, confirmed, refused, throttled, unknown, not_applied, not_taken, late; null while under way. Unknown it stays where reading back could not tell: settled_as says what became of it.';
COMMENT ON COLUMN audit.attempts.finished_at IS 'When its outcome was recorded, or what settled it.';
COMMENT ON COLUMN audit.attempts.settled_as IS 'How a request of unknown outcome was settled with its action: superseded (the contact holds something else, or a newer decision took its place) or moot (the contact or the workspace is gone); null where the outcome tells, and while nothing has.';
COMMENT ON COLUMN audit.attempts.settled_at IS 'When that was recorded.';
COMMENT ON COLUMN audit.attempts.settled_why IS 'Why.';

CREATE OR REPLACE VIEW audit.reads AS
SELECT
    e.workspace,
    e.action_id,
    e.contact_id,
    e.recorded_at AS read_at,
    (e.body #>> '{read,http_status}')::integer AS http_status,
    e.body #>> '{read,request_id}' AS request_id,
    e.body #> '{read,found}' AS found,
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    (e.body ->> 'attempt')::integer AS attempt,
    (e.body ->> 'failures')::integer AS failures,
    (e.body ->> 'since')::timestamptz AS failing_since
FROM usher.event e
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = e.workspace AND gone.contact_id = e.contact_id
WHERE e.action_id IS NOT NULL AND e.body ? 'read';
COMMENT ON VIEW audit.reads IS 'One row per read-back that is on record: what a contact held after a PATCH whose outcome was unknown. The same failure again is counted only (failures).';
COMMENT ON COLUMN audit.reads.attempt IS 'The request that it is about, as in audit.attempts.';
COMMENT ON COLUMN audit.reads.failures IS 'How often in a row the read-backs before this one failed in the same way, of which only the first has a row; null where they did not.';
COMMENT ON COLUMN audit.reads.failing_since IS 'When the first of those was; null where there were none.';

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
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    e.body ->> 'merged_into' AS merged_into,
    e.action_id
FROM usher.event e
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = e.workspace AND gone.contact_id = e.contact_id
WHERE e.contact_id IS NOT NULL
  AND e.kind IN ('contact.created', 'contact.updated', 'contact.deleted', 'contact.restored',
                 'patch.applied', 'patch.confirmed', 'patch.not_taken')
  -- A request of which nothing was taken changed nothing.
  AND e.body -> 'changed' IS DISTINCT FROM '[]';
COMMENT ON COLUMN audit.contact_history.merged_into IS 'Of a deletion, the contact that it was merged into; null is none that is known.';
COMMENT ON COLUMN audit.contact_history.action_id IS 'The action whose request changed it; null where somebody else did, and where a request landed late.';

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
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email
FROM usher.event p
LEFT JOIN usher.contact c ON c.workspace = p.workspace AND c.contact_id = p.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = p.workspace AND gone.contact_id = p.contact_id
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
COMMENT ON COLUMN audit.holds.why IS 'Of a rule: limit (it would change too many), lowering (it would take access from too many), approval (nobody has agreed to it), rejected. Of a contact: own_changes (Usher changed it too often), reasserted (a person undoes what the rule sets again and again), revert (giving back would raise access). Of the workspace: mass_delete.';

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
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    e.body ->> 'plan' AS plan,
    (e.body ->> 'hold')::bigint AS hold_id,
    e.body ->> 'rule' AS rule_id,
    e.body -> 'removed' AS removed
FROM usher.event e
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = e.workspace AND gone.contact_id = e.contact_id
WHERE e.kind = 'operator.acted';
COMMENT ON VIEW audit.operators IS 'One row per act of an operator: approved, rejected, released, resumed, forgot. A plan has one for each of its contacts.';
COMMENT ON COLUMN audit.operators.removed IS 'What was removed with a workspace that was forgotten, and how much of each; null for other acts.';

CREATE OR REPLACE VIEW audit.approvals AS
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
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
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
LEFT JOIN usher.former_contact gone
  ON gone.workspace = a.workspace AND gone.contact_id = a.contact_id
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
    (r.drift ->> 'seq')::bigint AS seq
FROM usher.contact c
CROSS JOIN LATERAL jsonb_each(c.drifts) AS s (slot, rules)
CROSS JOIN LATERAL jsonb_each(s.rules) AS r (rule_id, drift)
LEFT JOIN usher.event f
  ON f.workspace = c.workspace AND f.contact_id = c.contact_id
 AND f.seq = (r.drift ->> 'seq')::bigint
WHERE c.drifts <> '{}' AND c.deleted_at IS NULL;

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
    h.workspace, h.placed_seq, h.reason, NULL, NULL, nullif(h.contact_id, '*'), c.email,
    coalesce(h.wish ->> 'field', h.field), NULL, coalesce(h.wish ->> 'value', h.wish ->> 'missing'),
    ARRAY(SELECT r.id FROM jsonb_array_elements_text(h.wish -> 'rules') AS r (id) ORDER BY r.id),
    coalesce(p.recorded_at, h.placed_at), coalesce(h.refused_at, h.expired_at),
    ARRAY[h.placed_seq]
FROM usher.hold h
LEFT JOIN usher.event p
  ON p.workspace = h.workspace AND p.seq = h.placed_seq AND p.kind = 'hold.placed'
LEFT JOIN usher.contact c ON c.workspace = h.workspace AND c.contact_id = h.contact_id
-- A mass delete that a person released waits for the next sweep.
WHERE NOT h.wish ? 'released_by'
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
COMMENT ON VIEW audit.waiting IS 'One row per change that waits for a person: held for its rules or for its contact, or refused by the API. A hold on a rule that keeps nothing back has one row without a contact.';
COMMENT ON COLUMN audit.waiting.hold_id IS 'The hold: what usher approve and usher reject take; where several keep the change back, the oldest that is not rejected. Null for what the API refused.';
COMMENT ON COLUMN audit.waiting.rule_id IS 'The rule that this hold is on; null where a contact is held.';
COMMENT ON COLUMN audit.waiting.current_value IS 'What the field held when the change was held, or decided.';
COMMENT ON COLUMN audit.waiting.hold_ids IS 'All holds that keep the change back; null for what the API refused.';

CREATE OR REPLACE VIEW audit.shadow AS
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
    d.seq,
    CASE
    WHEN w.wish ->> 'bound' IS NULL THEN w.wish ->> 'value'
    -- To a bound, nobody without a role has more than no_access, and a custom role has no order.
    WHEN CASE w.wish ->> 'bound'
         WHEN 'at_least' THEN held.rank < wanted.rank ELSE held.rank > wanted.rank END
    THEN w.wish ->> 'value'
    ELSE w.wish ->> 'from' END AS would_be
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
CROSS JOIN LATERAL (
    SELECT array_position(
        '{no_access,member,admin}', coalesce(w.wish ->> 'from', 'no_access')) AS rank
) held
CROSS JOIN LATERAL (
    SELECT array_position('{no_access,member,admin}', w.wish ->> 'value') AS rank
) wanted
WHERE c.seen_seq > coalesce(c.deleted_seq, 0)
  AND NOT EXISTS (
      SELECT 1 FROM usher.forgetting f WHERE f.workspace = c.workspace AND f.seq > c.born_seq);
COMMENT ON COLUMN audit.shadow.would_be IS 'What the contact would hold by this wish alone: the same as now where a bound changes nothing; null is nothing.';

COMMENT ON COLUMN audit.workspaces.ruleset_hash IS 'The active ruleset; null before the first, and of a workspace that was forgotten: audit.rulesets has those that were.';

-- A portal role is what auditors ask of most. A request may set it by its slug or by its id, and the
-- other name comes with the answer: of arrays that begin with the event's number, the greatest is the
-- newest.
CREATE VIEW audit.role_changes AS
SELECT
    r.workspace,
    r.seq,
    r.contact_id,
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    r.recorded_at,
    r.kind,
    r.origin,
    r.role_before,
    r.role,
    r.role_id,
    r.rule_ids,
    r.action_id,
    d.body ->> 'ruleset_hash' AS ruleset_hash,
    r.merged_into
FROM (
    SELECT
        t.workspace, t.seq, t.contact_id, t.recorded_at, t.kind, t.rule_ids, t.action_id,
        t.merged_into, t.role, t.role_id,
        CASE
        WHEN t.is_ours THEN 'usher'
        WHEN t.kind = 'contact.created' AND NOT EXISTS (
            SELECT 1 FROM usher.event f
            WHERE f.workspace = t.workspace AND f.kind = 'sweep.completed' AND f.seq < t.seq
              AND f.seq > coalesce((
                  SELECT max(h.seq) FROM usher.forgetting h
                  WHERE h.workspace = t.workspace AND h.seq < t.seq), 0))
        THEN 'before_usher'
        ELSE 'somebody_else' END AS origin,
        CASE WHEN t.kind <> 'contact.created' THEN
            lag(t.role) OVER (PARTITION BY t.workspace, t.contact_id ORDER BY t.seq) END
            AS role_before
    FROM (
        SELECT
            e.workspace, e.seq, e.contact_id, e.recorded_at, e.kind, e.action_id,
            e.body ->> 'merged_into' AS merged_into,
            e.kind LIKE 'patch.%' OR e.body ->> 'by' = 'usher' AS is_ours,
            CASE WHEN e.kind LIKE 'patch.%' THEN
                ARRAY(SELECT i.id
                      FROM jsonb_array_elements_text(e.body #> '{rules,portal_role}') AS i (id)
                      ORDER BY i.id) END AS rule_ids,
            nullif((max(ARRAY[e.place, coalesce(
                        e.body #>> '{after,portal_role}', e.body #>> '{brought,portal_role}', '')])
                    FILTER (WHERE e.is_whole OR e.body -> 'changed' ? 'portal_role'
                            OR e.body -> 'brought' ? 'portal_role') OVER story)[2], '') AS role,
            nullif((max(ARRAY[e.place, coalesce(
                        e.body #>> '{after,portal_role_id}',
                        e.body #>> '{brought,portal_role_id}', '')])
                    FILTER (WHERE e.is_whole OR e.body -> 'changed' ? 'portal_role_id'
                            OR e.body -> 'brought' ? 'portal_role_id') OVER story)[2], '')
                AS role_id
        FROM (
            SELECT
                e.workspace, e.seq, e.contact_id, e.recorded_at, e.kind, e.action_id, e.body,
                lpad(e.seq::text, 19, '0') AS place,
                e.kind IN ('contact.created', 'contact.restored', 'contact.deleted') AS is_whole
            FROM usher.event e
            WHERE e.contact_id IS NOT NULL
              AND (e.kind IN ('contact.created', 'contact.restored', 'contact.deleted')
                   OR e.kind IN ('contact.updated', 'patch.applied', 'patch.confirmed',
                                 'patch.not_taken')
                      AND e.body -> 'changed' ?| ARRAY['portal_role', 'portal_role_id'])
        ) e
        WINDOW story AS (PARTITION BY e.workspace, e.contact_id ORDER BY e.seq)
    ) t
) r
LEFT JOIN usher.event d
  ON d.workspace = r.workspace AND d.contact_id = r.contact_id AND d.seq = r.action_id
 AND d.kind = 'decision.made'
LEFT JOIN usher.contact c ON c.workspace = r.workspace AND c.contact_id = r.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = r.workspace AND gone.contact_id = r.contact_id;
COMMENT ON VIEW audit.role_changes IS 'One row per change of a contact''s portal role, whoever made it; a contact that came, came back or is gone is one too.';
COMMENT ON COLUMN audit.role_changes.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.role_changes.seq IS 'The event that tells of it.';
COMMENT ON COLUMN audit.role_changes.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.role_changes.email IS 'Its primary e-mail address as last read.';
COMMENT ON COLUMN audit.role_changes.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN audit.role_changes.kind IS 'contact.created, contact.updated, contact.deleted, contact.restored, patch.applied, patch.confirmed, or patch.not_taken of which the role was taken.';
COMMENT ON COLUMN audit.role_changes.origin IS 'usher; somebody_else (a person or another program); before_usher: it came before the first sweep was complete.';
COMMENT ON COLUMN audit.role_changes.role_before IS 'The role before; null is none, and of a contact that came.';
COMMENT ON COLUMN audit.role_changes.role IS 'The role from then on: no_access, member, admin or a custom role; null is none, and of a contact that is gone.';
COMMENT ON COLUMN audit.role_changes.role_id IS 'Pylon''s id of that role.';
COMMENT ON COLUMN audit.role_changes.rule_ids IS 'The rules that wanted this role; null where somebody else set it, and where a request landed late (audit.access tells those).';
COMMENT ON COLUMN audit.role_changes.action_id IS 'The action whose request set it.';
COMMENT ON COLUMN audit.role_changes.ruleset_hash IS 'The ruleset that decided it.';
COMMENT ON COLUMN audit.role_changes.merged_into IS 'Of a contact that is gone, the one that it was merged into; null is none that is known.';

-- What is news while an alert is open is recorded again, so the ends before it tell alerts apart.
CREATE VIEW audit.alerts AS
SELECT
    a.workspace,
    a.seq,
    a.code,
    nullif(a.subject, '') AS subject,
    a.message,
    a.contact_id,
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    a.raised_at,
    a.raised,
    a.resolved_at,
    a.resolved_seq,
    a.resolved_seq IS NULL AND EXISTS (
        SELECT 1 FROM usher.alert o
        WHERE o.workspace = a.workspace AND o.code = a.code AND o.subject = a.subject) AS is_open
FROM (
    SELECT
        e.workspace, e.code, e.subject,
        min(e.seq) AS seq,
        min(coalesce((e.body ->> 'raised_at')::timestamptz, e.recorded_at)) AS raised_at,
        count(*) FILTER (WHERE e.kind = 'alert.raised') AS raised,
        (max(ARRAY[lpad(e.seq::text, 19, '0'), e.body ->> 'message']))[2] AS message,
        (max(ARRAY[lpad(e.seq::text, 19, '0'), e.contact_id])
            FILTER (WHERE e.contact_id IS NOT NULL))[2] AS contact_id,
        max(e.seq) FILTER (WHERE e.kind = 'alert.resolved') AS resolved_seq,
        max(coalesce((e.body ->> 'resolved_at')::timestamptz, e.recorded_at))
            FILTER (WHERE e.kind = 'alert.resolved') AS resolved_at
    FROM (
        SELECT
            e.workspace, e.seq, e.recorded_at, e.kind, e.contact_id, e.body,
            e.body ->> 'code' AS code, coalesce(e.body ->> 'subject', '') AS subject,
            count(*) FILTER (WHERE e.kind = 'alert.resolved') OVER (
                PARTITION BY e.workspace, e.body ->> 'code', coalesce(e.body ->> 'subject', '')
                ORDER BY e.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ends
        FROM usher.event e
        WHERE e.kind IN ('alert.raised', 'alert.resolved')
    ) e
    GROUP BY e.workspace, e.code, e.subject, e.ends
) a
LEFT JOIN usher.contact c ON c.workspace = a.workspace AND c.contact_id = a.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = a.workspace AND gone.contact_id = a.contact_id;
COMMENT ON VIEW audit.alerts IS 'One row per alert, from its beginning to its end.';
COMMENT ON COLUMN audit.alerts.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.alerts.seq IS 'The event that told of it first.';
COMMENT ON COLUMN audit.alerts.code IS 'Its stable name; docs/operations.md explains each.';
COMMENT ON COLUMN audit.alerts.subject IS 'What it is about, such as an endpoint or a rule; null where there is one of the code at a time.';
COMMENT ON COLUMN audit.alerts.message IS 'The event, its object and the remedy, as told last.';
COMMENT ON COLUMN audit.alerts.contact_id IS 'The contact that it was raised for last; null is none.';
COMMENT ON COLUMN audit.alerts.email IS 'That contact''s primary e-mail address as last read.';
COMMENT ON COLUMN audit.alerts.raised_at IS 'When its condition began, also where that could not be recorded at once.';
COMMENT ON COLUMN audit.alerts.raised IS 'How often it was raised: again where it was news again while it was open.';
COMMENT ON COLUMN audit.alerts.resolved_at IS 'When its condition ended, also where that could not be recorded at once; null where it did not.';
COMMENT ON COLUMN audit.alerts.resolved_seq IS 'The event that told of its end.';
COMMENT ON COLUMN audit.alerts.is_open IS 'Whether it is open now; early versions recorded no ends.';

CREATE VIEW audit.sweeps AS
SELECT
    e.workspace,
    e.seq,
    (e.body ->> 'sweep_id')::bigint AS sweep_id,
    s.started_at,
    e.recorded_at AS ended_at,
    substr(e.kind, 7) AS outcome,
    (e.body ->> 'pages')::integer AS pages,
    (e.body ->> 'contacts')::integer AS contacts,
    (e.body ->> 'missing')::integer AS missing,
    e.body ->> 'reason' AS why
FROM usher.event e
LEFT JOIN usher.sweep s
  ON s.workspace = e.workspace AND s.sweep_id = (e.body ->> 'sweep_id')::bigint
WHERE e.kind IN ('sweep.completed', 'sweep.aborted');
COMMENT ON VIEW audit.sweeps IS 'One row per sweep that ended: a reading of all contacts. What changed between two complete ones was seen by the later.';
COMMENT ON COLUMN audit.sweeps.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.sweeps.seq IS 'The event that tells of its end.';
COMMENT ON COLUMN audit.sweeps.sweep_id IS 'Its number.';
COMMENT ON COLUMN audit.sweeps.started_at IS 'When it began; null where that is not kept any more.';
COMMENT ON COLUMN audit.sweeps.ended_at IS 'When it ended.';
COMMENT ON COLUMN audit.sweeps.outcome IS 'completed, or aborted: given up, it proves nothing.';
COMMENT ON COLUMN audit.sweeps.pages IS 'Pages read.';
COMMENT ON COLUMN audit.sweeps.contacts IS 'Contacts on them.';
COMMENT ON COLUMN audit.sweeps.missing IS 'Known contacts that it did not show; null of an aborted one.';
COMMENT ON COLUMN audit.sweeps.why IS 'Why it was given up; null of a complete one.';

CREATE VIEW audit.rulesets AS
SELECT
    r.workspace,
    r.seq,
    r.ruleset_hash,
    r.activated_at,
    r.ended_at,
    r.files,
    r.rules,
    r.shadow,
    r.who,
    r.commit,
    r.as_committed,
    r.renamed
FROM (
    SELECT
        e.workspace, e.seq, e.kind,
        e.body ->> 'ruleset_hash' AS ruleset_hash,
        e.recorded_at AS activated_at,
        lead(e.recorded_at) OVER (PARTITION BY e.workspace ORDER BY e.seq) AS ended_at,
        e.body -> 'files' AS files,
        (e.body ->> 'rules')::integer AS rules,
        (e.body ->> 'shadow')::integer AS shadow,
        e.body ->> 'who' AS who,
        e.body ->> 'commit' AS commit,
        (e.body ->> 'as_committed')::boolean AS as_committed,
        e.body -> 'renamed' AS renamed
    FROM usher.event e
    WHERE e.kind = 'ruleset.activated'
       OR e.kind = 'operator.acted' AND e.body ->> 'what' = 'forgot the workspace'
) r
WHERE r.kind = 'ruleset.activated';
COMMENT ON VIEW audit.rulesets IS 'One row per time that a ruleset was put into force.';
COMMENT ON COLUMN audit.rulesets.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.rulesets.seq IS 'The event that tells of it.';
COMMENT ON COLUMN audit.rulesets.ruleset_hash IS 'The ruleset, as in audit.actions and audit.decisions.';
COMMENT ON COLUMN audit.rulesets.activated_at IS 'From when on it was in force.';
COMMENT ON COLUMN audit.rulesets.ended_at IS 'Until when: another took its place, or the workspace was forgotten; null while it is in force.';
COMMENT ON COLUMN audit.rulesets.files IS 'The names of its files.';
COMMENT ON COLUMN audit.rulesets.rules IS 'How many rules it has.';
COMMENT ON COLUMN audit.rulesets.shadow IS 'How many of them are in shadow.';
COMMENT ON COLUMN audit.rulesets.who IS 'Who ran the process that put it into force.';
COMMENT ON COLUMN audit.rulesets.commit IS 'The git commit of its folder; null where it was in none.';
COMMENT ON COLUMN audit.rulesets.as_committed IS 'Whether the commit has every file byte for byte, and no rule file more; null where that is not known.';
COMMENT ON COLUMN audit.rulesets.renamed IS 'The old ids of rules with their new ones, where something was carried over; null is none.';

-- They are few, and looked for.
CREATE INDEX event_by_aside ON usher.event (workspace, seq)
    WHERE kind IN ('contact.unreadable', 'contact.readable');

CREATE VIEW audit.set_aside AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    CASE WHEN c.contact_id IS NULL THEN gone.email ELSE c.email END AS email,
    e.recorded_at AS since,
    e.body ->> 'reason' AS reason,
    e.body -> 'place' AS place,
    ended.at AS ended_at,
    ended.why AS ended_why,
    EXISTS (
        SELECT 1 FROM usher.unreadable u
        WHERE u.workspace = e.workspace AND u.seq = e.seq) AS is_open
FROM usher.event e
LEFT JOIN LATERAL (
    SELECT n.recorded_at AS at, n.body ->> 'reason' AS why
    FROM usher.event n
    WHERE n.workspace = e.workspace AND n.contact_id = e.contact_id AND n.seq > e.seq
      AND n.kind IN ('contact.unreadable', 'contact.readable', 'contact.created',
                     'contact.restored', 'contact.deleted')
    ORDER BY n.seq
    LIMIT 1
) ended ON true
LEFT JOIN usher.contact c ON c.workspace = e.workspace AND c.contact_id = e.contact_id
LEFT JOIN usher.former_contact gone
  ON gone.workspace = e.workspace AND gone.contact_id = e.contact_id
WHERE e.kind = 'contact.unreadable';
COMMENT ON VIEW audit.set_aside IS 'One row per time that a contact was set aside, or stayed so with other bytes; audit.unreadable has those that are now.';
COMMENT ON COLUMN audit.set_aside.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.set_aside.seq IS 'The event that tells of it.';
COMMENT ON COLUMN audit.set_aside.contact_id IS 'The contact; null where it has no usable id.';
COMMENT ON COLUMN audit.set_aside.email IS 'Its primary e-mail address as last read; null where it never was.';
COMMENT ON COLUMN audit.set_aside.since IS 'When it was set aside.';
COMMENT ON COLUMN audit.set_aside.reason IS 'What was wrong with it.';
COMMENT ON COLUMN audit.set_aside.place IS 'Where it was read: {sweep_id, page, place}.';
COMMENT ON COLUMN audit.set_aside.ended_at IS 'When that was over, or other bytes of it came; null while it lasts, and where it has no usable id.';
COMMENT ON COLUMN audit.set_aside.ended_why IS 'Why it was over, or what was wrong with the other bytes.';
COMMENT ON COLUMN audit.set_aside.is_open IS 'Whether it is set aside with these bytes now.';
