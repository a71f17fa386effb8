-- What auditors read: views over the log, stable in name and columns.

CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Views for people: what Usher did and why. Read-only; see docs/audit-queries.md.';

-- A finished action lives in the log alone, so an action is read from its decision and its last events.
CREATE VIEW audit.actions AS
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
    d.body ->> 'ruleset_hash' AS ruleset_hash
FROM usher.event d
LEFT JOIN LATERAL (
    SELECT e.body ->> 'outcome' AS outcome, e.recorded_at AS finished_at
    FROM usher.event e
    WHERE e.workspace = d.workspace AND e.action_id = d.action_id AND e.body ? 'outcome'
    ORDER BY e.seq DESC
    LIMIT 1
) finish ON true
WHERE d.kind = 'decision.made' AND d.action_id IS NOT NULL;
COMMENT ON VIEW audit.actions IS 'One row per action, open ones too: who, which rules, from what to what, and how it ended.';
COMMENT ON COLUMN audit.actions.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.actions.action_id IS 'The action: the seq of its decision.';
COMMENT ON COLUMN audit.actions.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.actions.email IS 'Its primary e-mail address when it was decided.';
COMMENT ON COLUMN audit.actions.rule_ids IS 'The rules that wanted it.';
COMMENT ON COLUMN audit.actions.before IS 'What the fields held when it was decided.';
COMMENT ON COLUMN audit.actions.after IS 'What they were to hold.';
COMMENT ON COLUMN audit.actions.outcome IS 'applied, confirmed (by reading back), superseded, moot, undone; null while it is open.';
COMMENT ON COLUMN audit.actions.attempts IS 'Requests intended for it.';
COMMENT ON COLUMN audit.actions.decided_at IS 'When it was decided.';
COMMENT ON COLUMN audit.actions.finished_at IS 'When it ended; null while it is open.';
COMMENT ON COLUMN audit.actions.cause_seq IS 'The event that led to the decision.';
COMMENT ON COLUMN audit.actions.ruleset_hash IS 'The ruleset that decided.';

CREATE VIEW audit.attempts AS
SELECT
    i.workspace,
    i.action_id,
    i.contact_id,
    (i.body ->> 'attempt')::integer AS attempt,
    i.recorded_at AS intended_at,
    settled.finished_at,
    answer.http_status,
    answer.request_id,
    settled.outcome
FROM usher.event i
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
COMMENT ON VIEW audit.attempts IS 'One row per PATCH intended: when, what the API answered and how it was settled.';
COMMENT ON COLUMN audit.attempts.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.attempts.action_id IS 'The action.';
COMMENT ON COLUMN audit.attempts.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.attempts.attempt IS 'Its number within the action, from 1.';
COMMENT ON COLUMN audit.attempts.intended_at IS 'When the intent was recorded, before the request was sent.';
COMMENT ON COLUMN audit.attempts.finished_at IS 'When its outcome was recorded.';
COMMENT ON COLUMN audit.attempts.http_status IS 'The status of the answer; null where none came.';
COMMENT ON COLUMN audit.attempts.request_id IS 'Pylon''s id of the request; null where no answer came.';
COMMENT ON COLUMN audit.attempts.outcome IS 'applied, confirmed, refused, throttled, unknown, not_applied, not_taken, late; null while under way.';

CREATE VIEW audit.reads AS
SELECT
    e.workspace,
    e.action_id,
    e.contact_id,
    e.recorded_at AS read_at,
    (e.body #>> '{read,http_status}')::integer AS http_status,
    e.body #>> '{read,request_id}' AS request_id,
    e.body #> '{read,found}' AS found
FROM usher.event e
WHERE e.action_id IS NOT NULL AND e.body ? 'read';
COMMENT ON VIEW audit.reads IS 'One row per read-back: what a contact held after a PATCH whose outcome was unknown.';
COMMENT ON COLUMN audit.reads.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.reads.action_id IS 'The action.';
COMMENT ON COLUMN audit.reads.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.reads.read_at IS 'When it was recorded.';
COMMENT ON COLUMN audit.reads.http_status IS 'The status of the answer; null where none came.';
COMMENT ON COLUMN audit.reads.request_id IS 'Pylon''s id of the request.';
COMMENT ON COLUMN audit.reads.found IS 'What the fields in question held; null where the answer did not tell.';

CREATE VIEW audit.decisions AS
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
    e.body #> '{decision,violated}' AS violated
FROM usher.event e
WHERE e.kind = 'decision.made';
COMMENT ON VIEW audit.decisions IS 'One row per decision that differed from the contact''s last one.';
COMMENT ON COLUMN audit.decisions.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.decisions.seq IS 'Its place in the log.';
COMMENT ON COLUMN audit.decisions.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.decisions.ruleset_hash IS 'The ruleset that decided.';
COMMENT ON COLUMN audit.decisions.matched IS 'The rules that were true, each with the field values it saw.';
COMMENT ON COLUMN audit.decisions.beaten IS 'The wishes that a higher priority beat.';
COMMENT ON COLUMN audit.decisions.wishes IS 'The winning wish of each field.';
COMMENT ON COLUMN audit.decisions.result IS 'action, held, conflict, drift, already_so, shadow or none.';
COMMENT ON COLUMN audit.decisions.decided_at IS 'When.';
COMMENT ON COLUMN audit.decisions.conflicts IS 'The rules that could not agree, each with what it wanted.';
COMMENT ON COLUMN audit.decisions.shadow IS 'What rules in shadow would have set.';
COMMENT ON COLUMN audit.decisions.denied IS 'The wishes that a guardrail forbade; null is none.';
COMMENT ON COLUMN audit.decisions.violated IS 'The guardrails that the contact does not keep; null is none.';

CREATE VIEW audit.contact_history AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    e.recorded_at,
    e.kind,
    e.body -> 'changed' AS changed,
    e.body -> 'before' AS before,
    e.body -> 'after' AS after,
    CASE WHEN e.kind LIKE 'patch.%' THEN 'usher' ELSE coalesce(e.body ->> 'by', 'other') END AS by
FROM usher.event e
WHERE e.contact_id IS NOT NULL
  AND e.kind IN ('contact.created', 'contact.updated', 'contact.deleted', 'contact.restored',
                 'patch.applied', 'patch.confirmed', 'patch.not_taken')
  -- A request of which nothing was taken changed nothing.
  AND e.body -> 'changed' IS DISTINCT FROM '[]';
COMMENT ON VIEW audit.contact_history IS 'One row per change of a contact, whoever made it.';
COMMENT ON COLUMN audit.contact_history.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.contact_history.seq IS 'Its place in the log.';
COMMENT ON COLUMN audit.contact_history.contact_id IS 'The contact.';
COMMENT ON COLUMN audit.contact_history.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN audit.contact_history.kind IS 'contact.created, contact.updated, contact.deleted, contact.restored, patch.applied, patch.confirmed, or patch.not_taken of which a part was taken.';
COMMENT ON COLUMN audit.contact_history.changed IS 'The fields that changed.';
COMMENT ON COLUMN audit.contact_history.before IS 'What they held before.';
COMMENT ON COLUMN audit.contact_history.after IS 'What they held after.';
COMMENT ON COLUMN audit.contact_history.by IS 'usher, or other: a person or another program.';

CREATE VIEW audit.rule_activity AS
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
             SELECT jsonb_array_elements(e.body #> '{decision,beaten}'), 'beaten') AS r
    WHERE e.kind = 'decision.made'
    UNION ALL
    SELECT DISTINCT e.workspace, e.seq, (e.recorded_at AT TIME ZONE 'UTC')::date, r.id,
           CASE e.kind WHEN 'hold.placed' THEN 'held' WHEN 'action.blocked' THEN 'blocked'
                       WHEN 'drift.found' THEN 'drifted' ELSE 'applied' END
    FROM usher.event e,
         jsonb_each(e.body -> 'rules') AS f (field, ids), jsonb_array_elements_text(f.ids) AS r (id)
    WHERE e.kind IN ('patch.applied', 'patch.confirmed', 'hold.placed', 'action.blocked', 'drift.found')
) a
GROUP BY a.workspace, a.rule_id, a.day;
COMMENT ON VIEW audit.rule_activity IS 'One row per rule and day (UTC): how often it did what.';
COMMENT ON COLUMN audit.rule_activity.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.rule_activity.rule_id IS 'The rule.';
COMMENT ON COLUMN audit.rule_activity.day IS 'The day, in UTC.';
COMMENT ON COLUMN audit.rule_activity.matched IS 'Decisions recorded in which it was true.';
COMMENT ON COLUMN audit.rule_activity.applied IS 'Requests that set what it wanted.';
COMMENT ON COLUMN audit.rule_activity.held IS 'Wishes of it that were held for a person.';
COMMENT ON COLUMN audit.rule_activity.blocked IS 'Actions for it that the API refused.';
COMMENT ON COLUMN audit.rule_activity.beaten IS 'Decisions in which a higher priority beat it.';
COMMENT ON COLUMN audit.rule_activity.drifted IS 'Times that somebody else undid what it had set.';

CREATE VIEW audit.holds AS
SELECT
    p.workspace,
    p.seq AS hold_id,
    p.contact_id,
    p.body ->> 'field' AS field,
    p.body -> 'wish' AS what,
    p.body ->> 'reason' AS why,
    ended.kind AS ended,
    ended.who,
    p.recorded_at AS "when",
    ended.at AS ended_at
FROM usher.event p
LEFT JOIN LATERAL (
    SELECT substr(e.kind, 6) AS kind, e.body ->> 'who' AS who, e.recorded_at AS at
    FROM usher.event e
    WHERE e.workspace = p.workspace AND e.kind IN ('hold.released', 'hold.withdrawn')
      AND e.cause_seq = p.seq
    ORDER BY e.seq
    LIMIT 1
) ended ON true
WHERE p.kind = 'hold.placed';
COMMENT ON VIEW audit.holds IS 'One row per hold: what waited for a person, why, and who released it.';
COMMENT ON COLUMN audit.holds.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.holds.hold_id IS 'The seq of the event that placed it.';
COMMENT ON COLUMN audit.holds.contact_id IS 'The contact; null for a mass delete.';
COMMENT ON COLUMN audit.holds.field IS 'The field.';
COMMENT ON COLUMN audit.holds.what IS 'What is held.';
COMMENT ON COLUMN audit.holds.why IS 'Why.';
COMMENT ON COLUMN audit.holds.ended IS 'released, withdrawn (the rules want it no more, or another wish took its place); null while open.';
COMMENT ON COLUMN audit.holds.who IS 'Who released it.';
COMMENT ON COLUMN audit.holds."when" IS 'When it was placed.';
COMMENT ON COLUMN audit.holds.ended_at IS 'When it ended.';

CREATE VIEW audit.operators AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    e.body ->> 'what' AS what,
    e.body ->> 'reason' AS why,
    e.body ->> 'who' AS who,
    e.recorded_at AS "when"
FROM usher.event e
WHERE e.kind = 'operator.acted';
COMMENT ON VIEW audit.operators IS 'One row per act of an operator: released, resumed.';
COMMENT ON COLUMN audit.operators.workspace IS 'The workspace.';
COMMENT ON COLUMN audit.operators.seq IS 'Its place in the log.';
COMMENT ON COLUMN audit.operators.contact_id IS 'The contact, if it was about one.';
COMMENT ON COLUMN audit.operators.what IS 'What was done.';
COMMENT ON COLUMN audit.operators.why IS 'The reason given.';
COMMENT ON COLUMN audit.operators.who IS 'The operating system''s user who did it, and on which host.';
COMMENT ON COLUMN audit.operators."when" IS 'When.';
