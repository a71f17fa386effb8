-- What the migrations make, as pg_dump of PostgreSQL 15 writes it.
-- Made by scripts/dump-schema; a test compares it.
CREATE SCHEMA audit;

COMMENT ON SCHEMA audit IS 'Views for people: what Usher did and why. Read-only; see docs/audit-queries.md.';

CREATE SCHEMA usher;

COMMENT ON SCHEMA usher IS 'Usher''s own tables. People read the schema audit.';

CREATE FUNCTION usher.make_event_partitions(months_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '500ms'
    AS $$
DECLARE
    first_of_month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    month_start    timestamptz;
    month_end      timestamptz;
    partition      text;
    made           integer := 0;
BEGIN
    FOR month IN 0 .. least(months_ahead, 24) LOOP
        month_start := (first_of_month AT TIME ZONE 'UTC' + make_interval(months => month)) AT TIME ZONE 'UTC';
        month_end := (first_of_month AT TIME ZONE 'UTC' + make_interval(months => month + 1)) AT TIME ZONE 'UTC';
        partition := 'event_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass('usher.' || partition) IS NOT NULL;
        -- A month whose first events went to event_rest stays there: moving rows is no worker's work.
        CONTINUE WHEN EXISTS (
            SELECT FROM usher.event_rest
            WHERE recorded_at >= month_start AND recorded_at < month_end);
        BEGIN
            EXECUTE format(
                'CREATE TABLE usher.%I PARTITION OF usher.event FOR VALUES FROM (%L) TO (%L)',
                partition, month_start, month_end);
            EXECUTE format(
                'COMMENT ON TABLE usher.%I IS %L', partition, 'Events of one month (UTC).');
            made := made + 1;
        -- Somebody reads the log for long, or another worker makes it: the next hour will do.
        EXCEPTION WHEN lock_not_available OR duplicate_table OR deadlock_detected THEN
            CONTINUE;
        END;
    END LOOP;
    RETURN made;
END
$$;

COMMENT ON FUNCTION usher.make_event_partitions(months_ahead integer) IS 'Makes the partitions of this month and of so many months ahead; returns how many were made.';

CREATE VIEW usher.audit_moment AS
 SELECT
        CASE
            WHEN (s.setting ~ '^\d{4}-\d{2}-\d{2}$'::text) THEN ((((s.setting)::date + 1))::timestamp without time zone AT TIME ZONE 'UTC'::text)
            ELSE (s.setting)::timestamp with time zone
        END AS moment
   FROM ( SELECT NULLIF(current_setting('usher.as_of'::text, true), ''::text) AS setting) s;

COMMENT ON VIEW usher.audit_moment IS 'The time that the setting usher.as_of names.';

COMMENT ON COLUMN usher.audit_moment.moment IS 'The end of the day (UTC) where it names one; null where it is not set.';

CREATE TABLE usher.event (
    workspace text NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    contact_id text,
    action_id bigint,
    cause_seq bigint,
    body jsonb NOT NULL,
    CONSTRAINT event_seq_check CHECK ((seq > 0))
)
PARTITION BY RANGE (recorded_at);

COMMENT ON TABLE usher.event IS 'What happened, in order. Append-only: the application role can neither change nor delete a row.';

COMMENT ON COLUMN usher.event.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.event.seq IS 'The place in the log of the workspace: 1, 2, 3 …, without a gap, in the order of commits.';

COMMENT ON COLUMN usher.event.recorded_at IS 'The database''s time when the place was taken.';

COMMENT ON COLUMN usher.event.kind IS 'What happened; docs/audit-queries.md explains each kind.';

COMMENT ON COLUMN usher.event.contact_id IS 'The contact it is about, if any.';

COMMENT ON COLUMN usher.event.action_id IS 'The action it belongs to, if any: the seq of the decision that wanted it.';

COMMENT ON COLUMN usher.event.cause_seq IS 'The event that led to this one.';

COMMENT ON COLUMN usher.event.body IS 'The particulars.';

CREATE VIEW usher.forgetting AS
 SELECT e.workspace,
    e.seq,
    e.recorded_at
   FROM usher.event e
  WHERE ((e.kind = 'operator.acted'::text) AND ((e.body ->> 'what'::text) = 'forgot the workspace'::text));

COMMENT ON VIEW usher.forgetting IS 'One row per time that a workspace was forgotten.';

COMMENT ON COLUMN usher.forgetting.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.forgetting.seq IS 'The event that tells of it; what comes after it is of the workspace that came again.';

COMMENT ON COLUMN usher.forgetting.recorded_at IS 'When.';

CREATE VIEW audit.access AS
 SELECT c.workspace,
    c.contact_id,
    c.email,
    c.account_id,
    ( SELECT jsonb_object_agg(x.label, x.ids) AS jsonb_object_agg
           FROM ( SELECT DISTINCT ON (t.label) t.label,
                    t.ids
                   FROM ( SELECT ((f.fact ->> 'seq'::text))::bigint AS seq,
                            COALESCE((i.item ->> 'label'::text), ''::text) AS label,
                                CASE count(DISTINCT (i.item ->> 'external_id'::text))
                                    WHEN 1 THEN to_jsonb(min((i.item ->> 'external_id'::text)))
                                    ELSE jsonb_agg(DISTINCT ((i.item ->> 'external_id'::text) COLLATE "C"))
                                END AS ids
                           FROM jsonb_array_elements(c.external_ids) f(fact),
                            LATERAL jsonb_array_elements((f.fact -> 'all'::text)) i(item)
                          WHERE ((i.item ->> 'external_id'::text) <> ''::text)
                          GROUP BY ((f.fact ->> 'seq'::text))::bigint, COALESCE((i.item ->> 'label'::text), ''::text)
                        UNION ALL
                         SELECT ((f.fact ->> 'seq'::text))::bigint AS int8,
                            substr(n.name, 22) AS substr,
                            ((f.fact -> 'after'::text) -> n.name)
                           FROM jsonb_array_elements(c.external_ids) f(fact),
                            LATERAL jsonb_array_elements_text((f.fact -> 'changed'::text)) n(name)
                          WHERE (n.name ~~ 'account.external\_ids.%'::text)) t
                  WHERE (t.seq >= c.born_seq)
                  ORDER BY t.label, t.seq DESC) x
          WHERE (x.ids IS NOT NULL)) AS account_external_ids,
    c.role,
    c.role_id,
    c.since,
    c.origin,
    c.origin_seq,
    ( SELECT array_agg(r.id ORDER BY r.id) AS array_agg
           FROM jsonb_array_elements_text((c.intent -> 'rules'::text)) r(id)) AS rule_ids,
    (decision.body ->> 'ruleset_hash'::text) AS ruleset_hash,
    ((c.intent ->> 'action_id'::text))::bigint AS action_id,
    ( SELECT jsonb_object_agg((m.match ->> 'rule'::text), (m.match -> 'evidence'::text)) AS jsonb_object_agg
           FROM jsonb_array_elements((COALESCE((decision.body #> '{decision,matched}'::text[]), '[]'::jsonb) || COALESCE((decision.body #> '{decision,reverted}'::text[]), '[]'::jsonb))) m(match)
          WHERE ((c.intent -> 'rules'::text) ? (m.match ->> 'rule'::text))) AS evidence,
    COALESCE((decision.body #>> '{approvals,portal_role,who}'::text[]), (cause.body ->> 'who'::text)) AS approved_by,
    ( SELECT jsonb_agg(h.hold ORDER BY (h.hold ->> 'field'::text), (h.hold -> 'hold_id'::text)) AS jsonb_agg
           FROM ( SELECT p.hold
                   FROM jsonb_array_elements(c.placed) p(hold)
                  WHERE ((((p.hold ->> 'hold_id'::text))::bigint > c.born_seq) AND ((c.ended IS NULL) OR (((p.hold ->> 'hold_id'::text))::bigint <> ALL (c.ended))))
                UNION ALL
                 SELECT jsonb_build_object('field', k.slot, 'rules', k.rules) AS jsonb_build_object
                   FROM jsonb_each((newest.body -> 'held'::text)) k(slot, rules)
                  WHERE (NOT (EXISTS ( SELECT 1
                           FROM jsonb_array_elements_text(((newest.body -> 'held_by'::text) -> k.slot)) b(hold)
                          WHERE (((expired.seqs ->> b.hold))::bigint > c.newest_seq))))) h) AS holds,
    ( SELECT jsonb_agg(jsonb_build_object('field', (w.wish -> 'field'::text), 'rules', (w.wish -> 'rules'::text), 'value', (w.wish -> 'value'::text), 'found', (w.wish -> 'from'::text), 'since', ( SELECT (f.drift -> 'since'::text)
                   FROM jsonb_array_elements(c.drifts) f(drift)
                  WHERE ((f.drift -> 'field'::text) = (w.wish -> 'field'::text))
                  ORDER BY ((f.drift ->> 'seq'::text))::bigint DESC
                 LIMIT 1))) AS jsonb_agg
           FROM jsonb_array_elements((newest.body #> '{decision,wishes}'::text[])) w(wish)
          WHERE ((w.wish ->> 'state'::text) = 'drift'::text)) AS drift,
    (newest.body #> '{decision,excepted}'::text[]) AS exceptions,
    LEAST(COALESCE(( SELECT m.moment
           FROM usher.audit_moment m), now()), now()) AS as_of,
    c.unreadable_since
   FROM ((((( SELECT DISTINCT ON (o.workspace, o.contact_id) o.workspace,
            o.contact_id,
            o.born_seq,
            o.newest_seq,
            o.email,
            o.account_id,
            o.external_ids,
            o.role,
            o.role_id,
            o.since,
            o.origin,
            o.origin_seq,
            o.intent,
            o.placed,
            o.ended,
            o.drifts,
            o.unreadable_since,
            ( SELECT max(d.seq) AS max
                   FROM unnest(o.decisions) d(seq)
                  WHERE (d.seq < ((o.intent ->> 'seq'::text))::bigint)) AS decision_seq
           FROM ( SELECT s.workspace,
                    s.contact_id,
                    s.born_seq,
                    s.newest_seq,
                    s.email,
                    s.account_id,
                    s.external_ids,
                    s.role,
                    s.role_id,
                    s.since,
                    s.origin_seq,
                    s.decisions,
                    s.placed,
                    s.ended,
                    s.drifts,
                    s.unreadable_since,
                        CASE
                            WHEN s.is_ours THEN 'usher'::text
                            WHEN ((s.kind = 'contact.created'::text) AND (NOT (EXISTS ( SELECT 1
                               FROM usher.event f
                              WHERE ((f.workspace = s.workspace) AND (f.kind = 'sweep.completed'::text) AND (f.seq > s.forgotten_seq) AND (f.seq < s.origin_seq)))))) THEN 'before_usher'::text
                            ELSE 'somebody_else'::text
                        END AS origin,
                    ( SELECT i.intent
                           FROM jsonb_array_elements(s.intents) i(intent)
                          WHERE (s.is_ours AND (((i.intent ->> 'seq'::text))::bigint < s.origin_seq) AND (((i.intent ->> 'role'::text) = s.role) OR ((i.intent ->> 'role_id'::text) = s.role_id)))
                          ORDER BY ((i.intent ->> 'seq'::text))::bigint DESC
                         LIMIT 1) AS intent
                   FROM ( SELECT g.workspace,
                            g.contact_id,
                            g.born_seq,
                            g.newest_seq,
                            g.external_ids,
                            g.intents,
                            g.decisions,
                            g.placed,
                            g.ended,
                            g.drifts,
                            COALESCE(forgotten.seq, (0)::bigint) AS forgotten_seq,
                            ( SELECT min(((a.event ->> 'at'::text))::timestamp with time zone) AS min
                                   FROM jsonb_array_elements(g.asides) a(event)
                                  WHERE (((a.event ->> 'seq'::text))::bigint > GREATEST(g.born_seq, g.readable_seq))) AS unreadable_since,
                            NULLIF(g.email[2], ''::text) AS email,
                            NULLIF(g.account[2], ''::text) AS account_id,
                            NULLIF(g.role[2], ''::text) AS role,
                            NULLIF(g.role_id[2], ''::text) AS role_id,
                            (g.origin[1])::bigint AS origin_seq,
                            g.origin[2] AS kind,
                            (g.origin[3])::timestamp with time zone AS since,
                            ((g.origin[2] ~~ 'patch.%'::text) OR (g.origin[4] = 'usher'::text)) AS is_ours
                           FROM (( SELECT e.workspace,
                                    e.contact_id,
                                    max(e.seq) FILTER (WHERE (e.kind = 'contact.readable'::text)) AS readable_seq,
                                    jsonb_agg(jsonb_build_object('seq', e.seq, 'at', e.recorded_at)) FILTER (WHERE (e.kind = 'contact.unreadable'::text)) AS asides,
                                    max(e.seq) FILTER (WHERE (e.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text]))) AS born_seq,
                                    max(e.seq) FILTER (WHERE (e.kind = 'contact.deleted'::text)) AS deleted_seq,
                                    max(e.seq) FILTER (WHERE e.tells) AS seen_seq,
                                    max(ARRAY[e.place, lower(((e.body #>> '{after,email}'::text[]) COLLATE "C"))]) FILTER (WHERE (e.is_whole OR (e.changed ? 'email'::text))) AS email,
                                    max(ARRAY[e.place,
CASE
 WHEN e.is_whole THEN (e.body #>> '{after,account,id}'::text[])
 ELSE (e.body #>> '{after,account_id}'::text[])
END]) FILTER (WHERE (e.is_whole OR (e.changed ? 'account_id'::text))) AS account,
                                    max(ARRAY[e.place, COALESCE((e.body #>> '{after,portal_role}'::text[]), (e.body #>> '{brought,portal_role}'::text[]))]) FILTER (WHERE (e.is_whole OR (e.changed ? 'portal_role'::text) OR (e.brought ? 'portal_role'::text))) AS role,
                                    max(ARRAY[e.place, COALESCE((e.body #>> '{after,portal_role_id}'::text[]), (e.body #>> '{brought,portal_role_id}'::text[]))]) FILTER (WHERE (e.is_whole OR (e.changed ? 'portal_role_id'::text) OR (e.brought ? 'portal_role_id'::text))) AS role_id,
                                    max(ARRAY[e.place, e.kind, (e.recorded_at)::text, (e.body ->> 'by'::text)]) FILTER (WHERE (e.is_whole OR (e.changed ?| ARRAY['portal_role'::text, 'portal_role_id'::text]))) AS origin,
                                    jsonb_agg(jsonb_build_object('seq', e.seq, 'all', COALESCE(
CASE
 WHEN e.is_whole THEN NULLIF((e.body #> '{after,account,external_ids}'::text[]), 'null'::jsonb)
 ELSE NULL::jsonb
END, '[]'::jsonb), 'changed', COALESCE(e.changed, '[]'::jsonb), 'after',
CASE
 WHEN (NOT e.is_whole) THEN (e.body -> 'after'::text)
 ELSE NULL::jsonb
END)) FILTER (WHERE (e.is_whole OR ((e.changed)::text ~~ '%"account.external\_ids.%'::text))) AS external_ids,
                                    jsonb_agg(jsonb_build_object('seq', e.seq, 'action_id', e.action_id, 'role', (e.body #> '{values,portal_role}'::text[]), 'role_id', (e.body #> '{values,portal_role_id}'::text[]), 'rules', (e.body #> '{rules,portal_role}'::text[]))) FILTER (WHERE ((e.kind = 'patch.intended'::text) AND ((e.body -> 'values'::text) ?| ARRAY['portal_role'::text, 'portal_role_id'::text]))) AS intents,
                                    array_agg(e.seq) FILTER (WHERE (e.kind = 'decision.made'::text)) AS decisions,
                                    max(e.seq) FILTER (WHERE (e.kind = 'decision.made'::text)) AS newest_seq,
                                    jsonb_agg(jsonb_build_object('hold_id', e.seq, 'field', (e.body -> 'field'::text), 'why', (e.body -> 'reason'::text), 'rules', ((e.body -> 'rules'::text) -> (e.body ->> 'field'::text)), 'since', to_char((e.recorded_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text))) FILTER (WHERE (e.kind = 'hold.placed'::text)) AS placed,
                                    array_agg(e.cause_seq) FILTER (WHERE (e.kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]))) AS ended,
                                    jsonb_agg(jsonb_build_object('seq', e.seq, 'field', (e.body -> 'field'::text), 'since', to_char((e.recorded_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text))) FILTER (WHERE (e.kind = 'drift.found'::text)) AS drifts
                                   FROM ( SELECT e_1.workspace,
    e_1.contact_id,
    e_1.seq,
    e_1.recorded_at,
    e_1.kind,
    e_1.action_id,
    e_1.cause_seq,
    e_1.body,
    lpad((e_1.seq)::text, 19, '0'::text) AS place,
    (e_1.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text])) AS is_whole,
    (e_1.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text, 'contact.updated'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.not_taken'::text])) AS tells,
  CASE
   WHEN (e_1.kind = ANY (ARRAY['contact.updated'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.not_taken'::text])) THEN (e_1.body -> 'changed'::text)
   ELSE NULL::jsonb
  END AS changed,
  CASE
   WHEN (e_1.kind ~~ 'patch.%'::text) THEN (e_1.body -> 'brought'::text)
   ELSE NULL::jsonb
  END AS brought
   FROM (usher.event e_1
     CROSS JOIN usher.audit_moment m)
  WHERE ((e_1.contact_id IS NOT NULL) AND (e_1.recorded_at <= COALESCE(m.moment, 'infinity'::timestamp with time zone)) AND (e_1.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text, 'contact.updated'::text, 'contact.deleted'::text, 'patch.intended'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.not_taken'::text, 'decision.made'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text, 'drift.found'::text, 'contact.unreadable'::text, 'contact.readable'::text])))) e
                                  GROUP BY e.workspace, e.contact_id) g
                             LEFT JOIN ( SELECT f.workspace,
                                    max(f.seq) AS seq
                                   FROM (usher.forgetting f
                                     CROSS JOIN usher.audit_moment m)
                                  WHERE (f.recorded_at <= COALESCE(m.moment, 'infinity'::timestamp with time zone))
                                  GROUP BY f.workspace) forgotten ON ((forgotten.workspace = g.workspace)))
                          WHERE ((g.born_seq IS NOT NULL) AND (g.seen_seq > COALESCE(g.deleted_seq, (0)::bigint)) AND (g.born_seq > COALESCE(forgotten.seq, (0)::bigint)))) s) o) c
     LEFT JOIN usher.event decision ON (((decision.workspace = c.workspace) AND (decision.contact_id = c.contact_id) AND (decision.seq = c.decision_seq))))
     LEFT JOIN usher.event cause ON (((cause.workspace = c.workspace) AND (cause.contact_id = c.contact_id) AND (cause.seq = decision.cause_seq) AND ((cause.kind = 'hold.released'::text) OR ((cause.kind = 'operator.acted'::text) AND ((cause.body ->> 'what'::text) ~ '^(approved|released) '::text))))))
     LEFT JOIN usher.event newest ON (((newest.workspace = c.workspace) AND (newest.contact_id = c.contact_id) AND (newest.seq = c.newest_seq) AND (newest.seq > c.born_seq))))
     LEFT JOIN ( SELECT x.workspace,
            jsonb_object_agg(n.hold, x.seq ORDER BY x.seq) AS seqs
           FROM ((((usher.event x
             CROSS JOIN usher.audit_moment m)
             JOIN usher.event p ON (((p.workspace = x.workspace) AND (p.seq = x.cause_seq))))
             CROSS JOIN LATERAL ( VALUES ((p.body ->> 'rule'::text)), (COALESCE((x.body ->> 'rule'::text), (p.body ->> 'rule'::text)))) r(rule))
             CROSS JOIN LATERAL concat_ws(':'::text, (p.body ->> 'reason'::text), r.rule) n(hold))
          WHERE ((x.kind = 'hold.expired'::text) AND (x.contact_id IS NULL) AND (x.recorded_at <= COALESCE(m.moment, 'infinity'::timestamp with time zone)))
          GROUP BY x.workspace) expired ON ((expired.workspace = c.workspace)));

COMMENT ON VIEW audit.access IS 'One row per living contact: which role it has, since when, and who or what gave it. From the event log alone; SET usher.as_of = ''2026-10-01'' shows it as the log stood at the end of that day (UTC), a time with its zone as it stood then. A workspace that was forgotten has no row from then on.';

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

COMMENT ON COLUMN audit.access.unreadable_since IS 'Since when the contact is set aside: there, but not to be read, stored or evaluated as it is, so that the row tells what it was before; null is: it is not.';

CREATE TABLE usher.action (
    workspace text NOT NULL,
    action_id bigint NOT NULL,
    contact_id text NOT NULL,
    state text NOT NULL,
    ruleset_hash text NOT NULL,
    desired jsonb NOT NULL,
    rules jsonb NOT NULL,
    sent jsonb,
    sent_before jsonb,
    refused jsonb DEFAULT '{}'::jsonb NOT NULL,
    one_by_one boolean DEFAULT false NOT NULL,
    next jsonb,
    send_order smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    unsettled integer DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    holder text,
    lease_until timestamp with time zone,
    cause_seq bigint,
    reverts text[] DEFAULT '{}'::text[] NOT NULL,
    failing jsonb,
    lands_until timestamp with time zone,
    CONSTRAINT action_check CHECK (
CASE state
    WHEN 'ready'::text THEN (sent IS NULL)
    WHEN 'blocked'::text THEN true
    ELSE (sent IS NOT NULL)
END),
    CONSTRAINT action_check1 CHECK (((sent IS NULL) = (sent_before IS NULL))),
    CONSTRAINT action_check2 CHECK (((state = 'ready'::text) = (cause_seq IS NULL))),
    CONSTRAINT action_check3 CHECK (((state = 'sending'::text) = ((lease_until IS NOT NULL) AND (holder IS NOT NULL)))),
    CONSTRAINT action_check4 CHECK (((next IS NULL) OR (sent IS NOT NULL))),
    CONSTRAINT action_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'sending'::text, 'unknown'::text, 'blocked'::text])))
);

COMMENT ON TABLE usher.action IS 'Work still to be done, at most one per contact. Finished actions live in the log alone.';

COMMENT ON COLUMN usher.action.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.action.action_id IS 'The seq of the decision that wanted it.';

COMMENT ON COLUMN usher.action.contact_id IS 'The contact.';

COMMENT ON COLUMN usher.action.state IS 'ready to be sent, sending, unknown (to be settled by reading back), blocked (refused, or not to be settled).';

COMMENT ON COLUMN usher.action.ruleset_hash IS 'The ruleset that wants it; only the active one''s actions are sent.';

COMMENT ON COLUMN usher.action.desired IS 'The values still to be set, by field.';

COMMENT ON COLUMN usher.action.rules IS 'Which rules want each field.';

COMMENT ON COLUMN usher.action.sent IS 'The values of the request whose outcome is not known.';

COMMENT ON COLUMN usher.action.sent_before IS 'What those fields held when it was sent.';

COMMENT ON COLUMN usher.action.refused IS 'The fields that the API refused, and how.';

COMMENT ON COLUMN usher.action.one_by_one IS 'A patch of several fields was refused, so they go singly.';

COMMENT ON COLUMN usher.action.next IS 'A newer change, which waits for the outcome: {action_id, ruleset_hash, desired, rules, send_order}.';

COMMENT ON COLUMN usher.action.send_order IS '0 lowers access, 1 is anything else, 2 grants access.';

COMMENT ON COLUMN usher.action.due_at IS 'Not sent, or not read back, before then.';

COMMENT ON COLUMN usher.action.attempt IS 'Requests intended so far.';

COMMENT ON COLUMN usher.action.unsettled IS 'Answers in a row that settled nothing.';

COMMENT ON COLUMN usher.action.fence IS 'Grows with every claim: the answer to an older one is late.';

COMMENT ON COLUMN usher.action.holder IS 'The process that sends it.';

COMMENT ON COLUMN usher.action.lease_until IS 'When that process counts as dead.';

COMMENT ON COLUMN usher.action.cause_seq IS 'What the next event about it follows from: the intent under way, or what blocked it.';

COMMENT ON COLUMN usher.action.reverts IS 'The fields in which a rule gives back what it had set, since it is not true any more.';

COMMENT ON COLUMN usher.action.failing IS 'The failure that repeats: {cause, since, count}; null is none.';

COMMENT ON COLUMN usher.action.lands_until IS 'Until when the request of unknown outcome may still change the contact; null before this version.';

CREATE VIEW audit.actions AS
 SELECT d.workspace,
    d.action_id,
    d.contact_id,
    (d.body ->> 'email'::text) AS email,
    ( SELECT COALESCE(array_agg(DISTINCT r.id ORDER BY r.id), '{}'::text[]) AS "coalesce"
           FROM jsonb_each((d.body -> 'rules'::text)) f(field, ids),
            LATERAL jsonb_array_elements_text(f.ids) r(id)) AS rule_ids,
    (d.body -> 'before'::text) AS before,
    (d.body -> 'changes'::text) AS after,
    finish.outcome,
    (( SELECT count(*) AS count
           FROM usher.event i
          WHERE ((i.workspace = d.workspace) AND (i.action_id = d.action_id) AND (i.kind = 'patch.intended'::text))))::integer AS attempts,
    d.recorded_at AS decided_at,
    finish.finished_at,
    d.cause_seq,
    (d.body ->> 'ruleset_hash'::text) AS ruleset_hash,
    (d.body -> 'rules'::text) AS rules,
        CASE
            WHEN (finish.outcome IS NULL) THEN COALESCE(a.state, 'waiting'::text)
            ELSE NULL::text
        END AS state,
        CASE
            WHEN (a.state = 'blocked'::text) THEN blocked.at
            ELSE NULL::timestamp with time zone
        END AS blocked_at,
        CASE
            WHEN (a.state = 'blocked'::text) THEN blocked.why
            ELSE NULL::text
        END AS blocked_why,
    finish.why AS ended_why
   FROM (((usher.event d
     LEFT JOIN LATERAL ( SELECT (e.body ->> 'outcome'::text) AS outcome,
            e.recorded_at AS finished_at,
            (e.body ->> 'reason'::text) AS why
           FROM usher.event e
          WHERE ((e.workspace = d.workspace) AND (e.action_id = d.action_id) AND (e.body ? 'outcome'::text))
          ORDER BY e.seq DESC
         LIMIT 1) finish ON (true))
     LEFT JOIN usher.action a ON (((a.workspace = d.workspace) AND (a.action_id = d.action_id))))
     LEFT JOIN ( SELECT DISTINCT ON (b.workspace, b.action_id) b.workspace,
            b.action_id,
            b.recorded_at AS at,
            (b.body ->> 'reason'::text) AS why
           FROM usher.event b
          WHERE (b.kind = 'action.blocked'::text)
          ORDER BY b.workspace, b.action_id, b.seq DESC) blocked ON (((blocked.workspace = d.workspace) AND (blocked.action_id = d.action_id))))
  WHERE ((d.kind = 'decision.made'::text) AND (d.action_id IS NOT NULL));

COMMENT ON VIEW audit.actions IS 'One row per action, open ones too: who, which rules, from what to what, and how it ended.';

COMMENT ON COLUMN audit.actions.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.actions.action_id IS 'The action: the seq of its decision.';

COMMENT ON COLUMN audit.actions.contact_id IS 'The contact.';

COMMENT ON COLUMN audit.actions.email IS 'Its primary e-mail address when it was decided.';

COMMENT ON COLUMN audit.actions.rule_ids IS 'The rules that wanted any of it; rules has them by field.';

COMMENT ON COLUMN audit.actions.before IS 'What the fields held when it was decided.';

COMMENT ON COLUMN audit.actions.after IS 'What they were to hold.';

COMMENT ON COLUMN audit.actions.outcome IS 'applied, confirmed (by reading back), superseded, moot, undone; null while it is open.';

COMMENT ON COLUMN audit.actions.attempts IS 'Requests intended for it.';

COMMENT ON COLUMN audit.actions.decided_at IS 'When it was decided.';

COMMENT ON COLUMN audit.actions.finished_at IS 'When it ended; null while it is open.';

COMMENT ON COLUMN audit.actions.cause_seq IS 'The event that led to the decision.';

COMMENT ON COLUMN audit.actions.ruleset_hash IS 'The ruleset that decided.';

COMMENT ON COLUMN audit.actions.rules IS 'The rules that wanted it, by field; those of portal_role_id are under portal_role.';

COMMENT ON COLUMN audit.actions.state IS 'Of an open action: ready, sending, unknown (to be settled by reading back), blocked (waits for the contact, the rules or a person), waiting (for the outcome of the action before it); null once it ended.';

COMMENT ON COLUMN audit.actions.blocked_at IS 'When it was blocked; null where it is not.';

COMMENT ON COLUMN audit.actions.blocked_why IS 'Why it is blocked; null where it is not.';

COMMENT ON COLUMN audit.actions.ended_why IS 'Why it was superseded or moot; null otherwise.';

CREATE TABLE usher.alert (
    workspace text NOT NULL,
    code text NOT NULL,
    subject text NOT NULL,
    message text NOT NULL,
    contact_id text,
    raised_seq bigint NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE usher.alert IS 'Alerts that are not over.';

COMMENT ON COLUMN usher.alert.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.alert.code IS 'Its stable name.';

COMMENT ON COLUMN usher.alert.subject IS 'What it is about, such as an endpoint or a rule; empty where there is one of the code at a time.';

COMMENT ON COLUMN usher.alert.message IS 'The event, its object and the remedy.';

COMMENT ON COLUMN usher.alert.contact_id IS 'The contact that it was raised for last.';

COMMENT ON COLUMN usher.alert.raised_seq IS 'The event that recorded it last.';

COMMENT ON COLUMN usher.alert.raised_at IS 'When it began.';

COMMENT ON COLUMN usher.alert.told_at IS 'When people were notified last.';

COMMENT ON COLUMN usher.alert.seen_at IS 'When its condition was seen last.';

CREATE TABLE usher.contact (
    workspace text NOT NULL,
    contact_id text NOT NULL,
    ref integer NOT NULL,
    raw_digest bytea NOT NULL,
    document jsonb NOT NULL,
    email text,
    first_seen_at timestamp with time zone NOT NULL,
    changed_seq bigint NOT NULL,
    touched_seq bigint DEFAULT 0 NOT NULL,
    deleted_at timestamp with time zone,
    grants jsonb DEFAULT '{}'::jsonb NOT NULL,
    late jsonb DEFAULT '{}'::jsonb NOT NULL,
    decision_digest bytea,
    held jsonb,
    approved jsonb,
    known_since timestamp with time zone,
    declined jsonb,
    drifts jsonb DEFAULT '{}'::jsonb NOT NULL,
    alerts text[] DEFAULT '{}'::text[] NOT NULL,
    merged_into text
);

COMMENT ON TABLE usher.contact IS 'The snapshot: the last known state of every contact.';

COMMENT ON COLUMN usher.contact.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.contact.contact_id IS 'Pylon''s id of the contact.';

COMMENT ON COLUMN usher.contact.ref IS 'A small number for it, so that a page of a sweep is short to write down.';

COMMENT ON COLUMN usher.contact.raw_digest IS 'SHA-256 of the bytes as last read: the same bytes need no decoding.';

COMMENT ON COLUMN usher.contact.document IS 'The contact as last read, unknown keys included.';

COMMENT ON COLUMN usher.contact.email IS 'Its primary e-mail address in ASCII lower case if that is well-formed, else as it came.';

COMMENT ON COLUMN usher.contact.first_seen_at IS 'When it was first read.';

COMMENT ON COLUMN usher.contact.changed_seq IS 'The event of its last change that rules have to look at.';

COMMENT ON COLUMN usher.contact.touched_seq IS 'The last outcome of a PATCH for it: what was asked for before then is stale.';

COMMENT ON COLUMN usher.contact.deleted_at IS 'When its deletion was proven; null while it exists.';

COMMENT ON COLUMN usher.contact.grants IS 'What Usher set, by field: value, value before, rules, action, recent times.';

COMMENT ON COLUMN usher.contact.late IS 'What was sent without a trace so far and may still land, by field.';

COMMENT ON COLUMN usher.contact.decision_digest IS 'The last recorded decision; null is: nothing matched.';

COMMENT ON COLUMN usher.contact.held IS 'Changes that holds on rules keep back: [{field, value, from, rules, by}].';

COMMENT ON COLUMN usher.contact.approved IS 'Changes that a person agreed to: [{field, value, from, rules, until, who, seq, plan}].';

COMMENT ON COLUMN usher.contact.known_since IS 'When it was first read, if that was after the first complete sweep; null is: it was there from the beginning.';

COMMENT ON COLUMN usher.contact.declined IS 'Changes that a person rejected, or that nobody agreed to in time: [{field, value, from, rules, why}].';

COMMENT ON COLUMN usher.contact.drifts IS 'Values that a person changed after Usher had set them, by field and rule: {field, value, found, since, seq}.';

COMMENT ON COLUMN usher.contact.alerts IS 'Alerts that its last decision is a cause of: code and subject.';

COMMENT ON COLUMN usher.contact.merged_into IS 'The contact that it was merged into; null where it was not, or is not known to be.';

CREATE TABLE usher.former_contact (
    workspace text NOT NULL,
    contact_id text NOT NULL,
    email text NOT NULL
);

COMMENT ON TABLE usher.former_contact IS 'The contacts that a workspace had when it was forgotten, for the views of audit.';

COMMENT ON COLUMN usher.former_contact.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.former_contact.contact_id IS 'The contact.';

COMMENT ON COLUMN usher.former_contact.email IS 'Its primary e-mail address as last read, as in usher.contact.';

CREATE VIEW audit.alerts AS
 SELECT a.workspace,
    a.seq,
    a.code,
    NULLIF(a.subject, ''::text) AS subject,
    a.message,
    a.contact_id,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    a.raised_at,
    a.raised,
    a.resolved_at,
    a.resolved_seq,
    ((a.resolved_seq IS NULL) AND (EXISTS ( SELECT 1
           FROM usher.alert o
          WHERE ((o.workspace = a.workspace) AND (o.code = a.code) AND (o.subject = a.subject))))) AS is_open
   FROM ((( SELECT e.workspace,
            e.code,
            e.subject,
            min(e.seq) AS seq,
            min(COALESCE(((e.body ->> 'raised_at'::text))::timestamp with time zone, e.recorded_at)) AS raised_at,
            count(*) FILTER (WHERE (e.kind = 'alert.raised'::text)) AS raised,
            (max(ARRAY[lpad((e.seq)::text, 19, '0'::text), (e.body ->> 'message'::text)]))[2] AS message,
            (max(ARRAY[lpad((e.seq)::text, 19, '0'::text), e.contact_id]) FILTER (WHERE (e.contact_id IS NOT NULL)))[2] AS contact_id,
            max(e.seq) FILTER (WHERE (e.kind = 'alert.resolved'::text)) AS resolved_seq,
            max(COALESCE(((e.body ->> 'resolved_at'::text))::timestamp with time zone, e.recorded_at)) FILTER (WHERE (e.kind = 'alert.resolved'::text)) AS resolved_at
           FROM ( SELECT e_1.workspace,
                    e_1.seq,
                    e_1.recorded_at,
                    e_1.kind,
                    e_1.contact_id,
                    e_1.body,
                    (e_1.body ->> 'code'::text) AS code,
                    COALESCE((e_1.body ->> 'subject'::text), ''::text) AS subject,
                    count(*) FILTER (WHERE (e_1.kind = 'alert.resolved'::text)) OVER (PARTITION BY e_1.workspace, (e_1.body ->> 'code'::text), COALESCE((e_1.body ->> 'subject'::text), ''::text) ORDER BY e_1.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ends
                   FROM usher.event e_1
                  WHERE (e_1.kind = ANY (ARRAY['alert.raised'::text, 'alert.resolved'::text]))) e
          GROUP BY e.workspace, e.code, e.subject, e.ends) a
     LEFT JOIN usher.contact c ON (((c.workspace = a.workspace) AND (c.contact_id = a.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = a.workspace) AND (gone.contact_id = a.contact_id))));

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

CREATE VIEW audit.approvals AS
 SELECT DISTINCT ON (a.workspace, a.seq) a.workspace,
    a.seq,
    a.recorded_at AS approved_at,
    a.approved,
    (a.body ->> 'who'::text) AS who,
    (a.body ->> 'reason'::text) AS why,
    (a.body ->> 'plan'::text) AS plan,
    a.hold_id,
    ARRAY( SELECT DISTINCT r.id
           FROM ( SELECT COALESCE((a.body ->> 'rule'::text), "substring"((a.body ->> 'what'::text), '^approved rule (.+)$'::text)) AS "coalesce"
                UNION ALL
                 SELECT jsonb_array_elements_text((c_1.change -> 'rules'::text)) AS jsonb_array_elements_text
                   FROM jsonb_array_elements((a.body -> 'changes'::text)) c_1(change)
                UNION ALL
                 SELECT jsonb_array_elements_text((p.body #> '{wish,rules}'::text[])) AS jsonb_array_elements_text) r(id)
          WHERE (r.id IS NOT NULL)
          ORDER BY r.id) AS rule_ids,
    a.contact_id,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    (a.body -> 'changes'::text) AS changes,
    d.action_id,
    (f.body ->> 'outcome'::text) AS outcome
   FROM ((((((( SELECT e.workspace,
            e.seq,
            e.recorded_at,
            e.contact_id,
            e.body,
            e.cause_seq AS hold_id,
            'hold'::text AS approved
           FROM usher.event e
          WHERE (e.kind = 'hold.released'::text)
        UNION ALL
         SELECT e.workspace,
            e.seq,
            e.recorded_at,
            e.contact_id,
            e.body,
            NULL::bigint,
                CASE
                    WHEN (e.contact_id IS NULL) THEN 'rule'::text
                    ELSE 'plan'::text
                END AS "case"
           FROM usher.event e
          WHERE ((e.kind = 'operator.acted'::text) AND ((e.body ->> 'what'::text) ~~ 'approved %'::text) AND (NOT (e.body ? 'hold'::text)) AND ((e.body ->> 'what'::text) !~~ 'approved the hold %'::text))) a
     LEFT JOIN usher.event p ON (((p.workspace = a.workspace) AND (p.kind = 'hold.placed'::text) AND (p.seq = a.hold_id))))
     LEFT JOIN usher.contact c ON (((c.workspace = a.workspace) AND (c.contact_id = a.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = a.workspace) AND (gone.contact_id = a.contact_id))))
     LEFT JOIN ( SELECT e.workspace,
            ((e.body ->> 'hold'::text))::bigint AS hold_id,
            max(e.seq) AS seq
           FROM usher.event e
          WHERE ((e.kind = 'operator.acted'::text) AND ((e.body ->> 'what'::text) ~~ 'approved %'::text) AND (e.body ? 'hold'::text))
          GROUP BY e.workspace, ((e.body ->> 'hold'::text))::bigint) act ON (((act.workspace = a.workspace) AND (act.hold_id = a.hold_id))))
     LEFT JOIN usher.event d ON (((d.workspace = a.workspace) AND (d.contact_id = a.contact_id) AND (d.kind = 'decision.made'::text) AND (d.action_id IS NOT NULL) AND (d.seq > a.seq) AND
        CASE
            WHEN (d.body ? 'approvals'::text) THEN (d.body @@ (format('$.approvals.*.seq == %s || $.approvals.*.seq == %s'::text, a.seq, COALESCE(act.seq, a.seq)))::jsonpath)
            ELSE (d.cause_seq = a.seq)
        END)))
     LEFT JOIN usher.event f ON (((f.workspace = d.workspace) AND (f.action_id = d.action_id) AND (f.body ? 'outcome'::text))))
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

CREATE VIEW audit.attempts AS
 SELECT i.workspace,
    i.action_id,
    i.contact_id,
    ((i.body ->> 'attempt'::text))::integer AS attempt,
    i.recorded_at AS intended_at,
    COALESCE(ended.settled_at, settled.finished_at) AS finished_at,
    answer.http_status,
    answer.request_id,
        CASE
            WHEN (ended.settled_as IS NULL) THEN settled.outcome
            ELSE COALESCE(settled.outcome, 'unknown'::text)
        END AS outcome,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    ended.settled_as,
    ended.settled_at,
    ended.settled_why
   FROM (((((usher.event i
     LEFT JOIN usher.contact c ON (((c.workspace = i.workspace) AND (c.contact_id = i.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = i.workspace) AND (gone.contact_id = i.contact_id))))
     LEFT JOIN LATERAL ( SELECT substr(e.kind, 7) AS outcome,
            e.recorded_at AS finished_at
           FROM usher.event e
          WHERE ((e.workspace = i.workspace) AND (e.action_id = i.action_id) AND (e.kind ~~ 'patch.%'::text) AND (e.kind <> 'patch.intended'::text) AND ((e.body -> 'attempt'::text) = (i.body -> 'attempt'::text)))
          ORDER BY
                CASE e.kind
                    WHEN 'patch.unknown'::text THEN 2
                    WHEN 'patch.late'::text THEN 1
                    ELSE 0
                END, e.seq DESC
         LIMIT 1) settled ON (true))
     LEFT JOIN LATERAL ( SELECT ((e.body ->> 'http_status'::text))::integer AS http_status,
            (e.body ->> 'request_id'::text) AS request_id
           FROM usher.event e
          WHERE ((e.workspace = i.workspace) AND (e.action_id = i.action_id) AND (e.kind ~~ 'patch.%'::text) AND (e.kind <> 'patch.intended'::text) AND ((e.body -> 'attempt'::text) = (i.body -> 'attempt'::text)) AND (e.body ? 'http_status'::text))
          ORDER BY e.seq
         LIMIT 1) answer ON (true))
     LEFT JOIN LATERAL ( SELECT substr(e.kind, 8) AS settled_as,
            e.recorded_at AS settled_at,
            (e.body ->> 'reason'::text) AS settled_why
           FROM usher.event e
          WHERE ((e.workspace = i.workspace) AND (e.action_id = i.action_id) AND (e.seq > i.seq) AND (e.kind = ANY (ARRAY['action.superseded'::text, 'action.moot'::text])) AND COALESCE(((e.body -> 'attempt'::text) = (i.body -> 'attempt'::text)), true) AND (COALESCE(settled.outcome, 'unknown'::text) = ANY (ARRAY['unknown'::text, 'late'::text])))
          ORDER BY e.seq
         LIMIT 1) ended ON (true))
  WHERE (i.kind = 'patch.intended'::text);

COMMENT ON VIEW audit.attempts IS 'One row per PATCH intended: when, what the API answered and how it was settled.';

COMMENT ON COLUMN audit.attempts.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.attempts.action_id IS 'The action.';

COMMENT ON COLUMN audit.attempts.contact_id IS 'The contact.';

COMMENT ON COLUMN audit.attempts.attempt IS 'Its number within the action, from 1.';

COMMENT ON COLUMN audit.attempts.intended_at IS 'When the intent was recorded, before the request was sent.';

COMMENT ON COLUMN audit.attempts.finished_at IS 'When its outcome was recorded, or what settled it.';

COMMENT ON COLUMN audit.attempts.http_status IS 'The status of the answer; null where none came.';

COMMENT ON COLUMN audit.attempts.request_id IS 'Pylon''s id of the request; null where no answer came.';

COMMENT ON COLUMN audit.attempts.outcome IS 'applied, confirmed, refused, throttled, unknown, not_applied, not_taken, late; null while under way. Unknown it stays where reading back could not tell: settled_as says what became of it.';

COMMENT ON COLUMN audit.attempts.email IS 'The contact''s primary e-mail address.';

COMMENT ON COLUMN audit.attempts.settled_as IS 'How a request of unknown outcome was settled with its action: superseded (the contact holds something else, or a newer decision took its place) or moot (the contact or the workspace is gone); null where the outcome tells, and while nothing has.';

COMMENT ON COLUMN audit.attempts.settled_at IS 'When that was recorded.';

COMMENT ON COLUMN audit.attempts.settled_why IS 'Why.';

CREATE VIEW audit.contact_history AS
 SELECT e.workspace,
    e.seq,
    e.contact_id,
    e.recorded_at,
    e.kind,
    (e.body -> 'changed'::text) AS changed,
    (e.body -> 'before'::text) AS before,
    (e.body -> 'after'::text) AS after,
        CASE
            WHEN (e.kind ~~ 'patch.%'::text) THEN 'usher'::text
            ELSE COALESCE((e.body ->> 'by'::text), 'other'::text)
        END AS by,
        CASE
            WHEN (e.kind ~~ 'patch.%'::text) THEN 'usher'::text
            ELSE COALESCE((e.body ->> 'by'::text), 'other'::text)
        END AS changed_by,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    (e.body ->> 'merged_into'::text) AS merged_into,
    e.action_id
   FROM ((usher.event e
     LEFT JOIN usher.contact c ON (((c.workspace = e.workspace) AND (c.contact_id = e.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = e.workspace) AND (gone.contact_id = e.contact_id))))
  WHERE ((e.contact_id IS NOT NULL) AND (e.kind = ANY (ARRAY['contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'contact.restored'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.not_taken'::text])) AND ((e.body -> 'changed'::text) IS DISTINCT FROM '[]'::jsonb));

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

COMMENT ON COLUMN audit.contact_history.changed_by IS 'The same as "by": usher, or other, which is a person or another program.';

COMMENT ON COLUMN audit.contact_history.email IS 'The contact''s primary e-mail address as last read.';

COMMENT ON COLUMN audit.contact_history.merged_into IS 'Of a deletion, the contact that it was merged into; null is none that is known.';

COMMENT ON COLUMN audit.contact_history.action_id IS 'The action whose request changed it; null where somebody else did, and where a request landed late.';

CREATE VIEW audit.decisions AS
 SELECT e.workspace,
    e.seq,
    e.contact_id,
    (e.body ->> 'ruleset_hash'::text) AS ruleset_hash,
    (e.body #> '{decision,matched}'::text[]) AS matched,
    (e.body #> '{decision,beaten}'::text[]) AS beaten,
    (e.body #> '{decision,wishes}'::text[]) AS wishes,
    (e.body ->> 'result'::text) AS result,
    e.recorded_at AS decided_at,
    (e.body #> '{decision,conflicts}'::text[]) AS conflicts,
    (e.body #> '{decision,shadow}'::text[]) AS shadow,
    (e.body #> '{decision,denied}'::text[]) AS denied,
    (e.body #> '{decision,violated}'::text[]) AS violated,
    (e.body -> 'held'::text) AS held,
    (e.body #> '{decision,excepted}'::text[]) AS excepted,
    (e.body #> '{decision,reverted}'::text[]) AS reverted,
    (e.body ->> 'email'::text) AS email,
    (e.body -> 'approvals'::text) AS approvals,
    (e.body -> 'passed_over'::text) AS passed_over
   FROM usher.event e
  WHERE (e.kind = 'decision.made'::text);

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

COMMENT ON COLUMN audit.decisions.held IS 'The rules whose wish waits for a person, by field; null is none.';

COMMENT ON COLUMN audit.decisions.excepted IS 'The rules that an exception kept from acting; null is none.';

COMMENT ON COLUMN audit.decisions.reverted IS 'What rules give back that are not true any more; null is nothing.';

COMMENT ON COLUMN audit.decisions.email IS 'The contact''s primary e-mail address when it was decided.';

COMMENT ON COLUMN audit.decisions.approvals IS 'The approvals that let changes through, by field: who, seq and, of a plan, its id; null is none.';

COMMENT ON COLUMN audit.decisions.passed_over IS 'The rules that were passed over since they wait for a person, each with its fields; null is none.';

CREATE VIEW audit.drift AS
 SELECT c.workspace,
    c.contact_id,
    c.email,
    (r.drift ->> 'field'::text) AS field,
    r.rule_id,
    (r.drift ->> 'value'::text) AS value,
    NULLIF((r.drift -> 'found'::text), 'null'::jsonb) AS current_value,
    COALESCE(f.recorded_at, ((r.drift ->> 'since'::text))::timestamp with time zone) AS since,
    ((r.drift ->> 'seq'::text))::bigint AS seq,
    (r.drift #>> '{rejection,who}'::text[]) AS rejected_by,
    ((r.drift #>> '{rejection,seq}'::text[]))::bigint AS rejected_seq
   FROM (((usher.contact c
     CROSS JOIN LATERAL jsonb_each(c.drifts) s(slot, rules))
     CROSS JOIN LATERAL jsonb_each(s.rules) r(rule_id, drift))
     LEFT JOIN usher.event f ON (((f.workspace = c.workspace) AND (f.contact_id = c.contact_id) AND (f.seq = ((r.drift ->> 'seq'::text))::bigint))))
  WHERE ((c.drifts <> '{}'::jsonb) AND (c.deleted_at IS NULL));

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

COMMENT ON COLUMN audit.drift.rejected_by IS 'The operator who decided that the value stays; null while the drift waits for a decision.';

COMMENT ON COLUMN audit.drift.rejected_seq IS 'The event of that decision; null while the drift waits for one.';

CREATE VIEW audit.holds AS
 SELECT p.workspace,
    p.seq AS hold_id,
    p.contact_id,
    (p.body ->> 'field'::text) AS field,
    COALESCE((p.body -> 'wish'::text), (p.body -> 'held'::text)) AS what,
    (p.body ->> 'reason'::text) AS why,
    ended.kind AS ended,
    ended.who,
    p.recorded_at AS "when",
    ended.at AS ended_at,
    (p.body ->> 'rule'::text) AS rule_id,
    ended.why AS ended_why,
    p.recorded_at AS placed_at,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email
   FROM (((usher.event p
     LEFT JOIN usher.contact c ON (((c.workspace = p.workspace) AND (c.contact_id = p.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = p.workspace) AND (gone.contact_id = p.contact_id))))
     LEFT JOIN ( SELECT DISTINCT ON (e.workspace, e.cause_seq, e.contact_id) e.workspace,
            e.cause_seq,
            e.contact_id,
            substr(e.kind, 6) AS kind,
            (e.body ->> 'who'::text) AS who,
            e.recorded_at AS at,
            (e.body ->> 'reason'::text) AS why
           FROM usher.event e
          WHERE (e.kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]))
          ORDER BY e.workspace, e.cause_seq, e.contact_id, e.seq DESC) ended ON (((ended.workspace = p.workspace) AND (ended.cause_seq = p.seq) AND (NOT (ended.contact_id IS DISTINCT FROM p.contact_id)))))
  WHERE (p.kind = 'hold.placed'::text);

COMMENT ON VIEW audit.holds IS 'One row per hold: what waited for a person, why, and who released it.';

COMMENT ON COLUMN audit.holds.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.holds.hold_id IS 'The seq of the event that placed it.';

COMMENT ON COLUMN audit.holds.contact_id IS 'The contact; null for a rule and for a mass delete.';

COMMENT ON COLUMN audit.holds.field IS 'The field.';

COMMENT ON COLUMN audit.holds.what IS 'What is held.';

COMMENT ON COLUMN audit.holds.why IS 'Of a rule: limit (it would change too many), lowering (it would take access from too many), approval (nobody has agreed to it), rejected. Of a contact: own_changes (Usher changed it too often), reasserted (a person undoes what the rule sets again and again), revert (giving back would raise access). Of the workspace: mass_delete.';

COMMENT ON COLUMN audit.holds.ended IS 'released, refused (by a person), expired (nobody decided in time; earlier versions say refused), withdrawn (the rules want it no more, or another wish took its place); null while open.';

COMMENT ON COLUMN audit.holds.who IS 'Who released or refused it.';

COMMENT ON COLUMN audit.holds."when" IS 'When it was placed.';

COMMENT ON COLUMN audit.holds.ended_at IS 'When it ended.';

COMMENT ON COLUMN audit.holds.rule_id IS 'The rule that is held; null for a hold on one contact.';

COMMENT ON COLUMN audit.holds.ended_why IS 'The reason given for its end.';

COMMENT ON COLUMN audit.holds.placed_at IS 'The same as "when": when it was placed.';

COMMENT ON COLUMN audit.holds.email IS 'The contact''s primary e-mail address.';

CREATE VIEW audit.operators AS
 SELECT e.workspace,
    e.seq,
    e.contact_id,
    (e.body ->> 'what'::text) AS what,
    (e.body ->> 'reason'::text) AS why,
    (e.body ->> 'who'::text) AS who,
    e.recorded_at AS "when",
    e.recorded_at AS acted_at,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    (e.body ->> 'plan'::text) AS plan,
    ((e.body ->> 'hold'::text))::bigint AS hold_id,
    (e.body ->> 'rule'::text) AS rule_id,
    (e.body -> 'removed'::text) AS removed
   FROM ((usher.event e
     LEFT JOIN usher.contact c ON (((c.workspace = e.workspace) AND (c.contact_id = e.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = e.workspace) AND (gone.contact_id = e.contact_id))))
  WHERE (e.kind = 'operator.acted'::text);

COMMENT ON VIEW audit.operators IS 'One row per act of an operator: approved, rejected, released, resumed, forgot. A plan has one for each of its contacts.';

COMMENT ON COLUMN audit.operators.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.operators.seq IS 'Its place in the log.';

COMMENT ON COLUMN audit.operators.contact_id IS 'The contact, if it was about one.';

COMMENT ON COLUMN audit.operators.what IS 'What was done.';

COMMENT ON COLUMN audit.operators.why IS 'The reason given.';

COMMENT ON COLUMN audit.operators.who IS 'The operating system''s user who did it, and on which host.';

COMMENT ON COLUMN audit.operators."when" IS 'When.';

COMMENT ON COLUMN audit.operators.acted_at IS 'The same as "when": when it was done.';

COMMENT ON COLUMN audit.operators.email IS 'The contact''s primary e-mail address.';

COMMENT ON COLUMN audit.operators.plan IS 'The id of the plan that it was about; null is none.';

COMMENT ON COLUMN audit.operators.hold_id IS 'The hold that it was about; null is none.';

COMMENT ON COLUMN audit.operators.rule_id IS 'The rule that it was about; null is none.';

COMMENT ON COLUMN audit.operators.removed IS 'What was removed with a workspace that was forgotten, and how much of each; null for other acts.';

CREATE VIEW audit.reads AS
 SELECT e.workspace,
    e.action_id,
    e.contact_id,
    e.recorded_at AS read_at,
    ((e.body #>> '{read,http_status}'::text[]))::integer AS http_status,
    (e.body #>> '{read,request_id}'::text[]) AS request_id,
    (e.body #> '{read,found}'::text[]) AS found,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    ((e.body ->> 'attempt'::text))::integer AS attempt,
    ((e.body ->> 'failures'::text))::integer AS failures,
    ((e.body ->> 'since'::text))::timestamp with time zone AS failing_since
   FROM ((usher.event e
     LEFT JOIN usher.contact c ON (((c.workspace = e.workspace) AND (c.contact_id = e.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = e.workspace) AND (gone.contact_id = e.contact_id))))
  WHERE ((e.action_id IS NOT NULL) AND (e.body ? 'read'::text));

COMMENT ON VIEW audit.reads IS 'One row per read-back that is on record: what a contact held after a PATCH whose outcome was unknown. The same failure again is counted only (failures).';

COMMENT ON COLUMN audit.reads.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.reads.action_id IS 'The action.';

COMMENT ON COLUMN audit.reads.contact_id IS 'The contact.';

COMMENT ON COLUMN audit.reads.read_at IS 'When it was recorded.';

COMMENT ON COLUMN audit.reads.http_status IS 'The status of the answer; null where none came.';

COMMENT ON COLUMN audit.reads.request_id IS 'Pylon''s id of the request.';

COMMENT ON COLUMN audit.reads.found IS 'What the fields in question held; null where the answer did not tell.';

COMMENT ON COLUMN audit.reads.email IS 'The contact''s primary e-mail address.';

COMMENT ON COLUMN audit.reads.attempt IS 'The request that it is about, as in audit.attempts.';

COMMENT ON COLUMN audit.reads.failures IS 'How often in a row the read-backs before this one failed in the same way, of which only the first has a row; null where they did not.';

COMMENT ON COLUMN audit.reads.failing_since IS 'When the first of those was; null where there were none.';

CREATE VIEW audit.role_changes AS
 SELECT r.workspace,
    r.seq,
    r.contact_id,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    r.recorded_at,
    r.kind,
    r.origin,
    r.role_before,
    r.role,
    r.role_id,
    r.rule_ids,
    r.action_id,
    (d.body ->> 'ruleset_hash'::text) AS ruleset_hash,
    r.merged_into
   FROM (((( SELECT t.workspace,
            t.seq,
            t.contact_id,
            t.recorded_at,
            t.kind,
            t.rule_ids,
            t.action_id,
            t.merged_into,
            t.role,
            t.role_id,
                CASE
                    WHEN t.is_ours THEN 'usher'::text
                    WHEN ((t.kind = 'contact.created'::text) AND (NOT (EXISTS ( SELECT 1
                       FROM usher.event f
                      WHERE ((f.workspace = t.workspace) AND (f.kind = 'sweep.completed'::text) AND (f.seq < t.seq) AND (f.seq > COALESCE(( SELECT max(h.seq) AS max
                               FROM usher.forgetting h
                              WHERE ((h.workspace = t.workspace) AND (h.seq < t.seq))), (0)::bigint))))))) THEN 'before_usher'::text
                    ELSE 'somebody_else'::text
                END AS origin,
                CASE
                    WHEN (t.kind <> 'contact.created'::text) THEN lag(t.role) OVER (PARTITION BY t.workspace, t.contact_id ORDER BY t.seq)
                    ELSE NULL::text
                END AS role_before
           FROM ( SELECT e.workspace,
                    e.seq,
                    e.contact_id,
                    e.recorded_at,
                    e.kind,
                    e.action_id,
                    (e.body ->> 'merged_into'::text) AS merged_into,
                    ((e.kind ~~ 'patch.%'::text) OR ((e.body ->> 'by'::text) = 'usher'::text)) AS is_ours,
                        CASE
                            WHEN (e.kind ~~ 'patch.%'::text) THEN ARRAY( SELECT i.id
                               FROM jsonb_array_elements_text((e.body #> '{rules,portal_role}'::text[])) i(id)
                              ORDER BY i.id)
                            ELSE NULL::text[]
                        END AS rule_ids,
                    NULLIF((max(ARRAY[e.place, COALESCE((e.body #>> '{after,portal_role}'::text[]), (e.body #>> '{brought,portal_role}'::text[]), ''::text)]) FILTER (WHERE (e.is_whole OR ((e.body -> 'changed'::text) ? 'portal_role'::text) OR ((e.body -> 'brought'::text) ? 'portal_role'::text))) OVER story)[2], ''::text) AS role,
                    NULLIF((max(ARRAY[e.place, COALESCE((e.body #>> '{after,portal_role_id}'::text[]), (e.body #>> '{brought,portal_role_id}'::text[]), ''::text)]) FILTER (WHERE (e.is_whole OR ((e.body -> 'changed'::text) ? 'portal_role_id'::text) OR ((e.body -> 'brought'::text) ? 'portal_role_id'::text))) OVER story)[2], ''::text) AS role_id
                   FROM ( SELECT e_1.workspace,
                            e_1.seq,
                            e_1.contact_id,
                            e_1.recorded_at,
                            e_1.kind,
                            e_1.action_id,
                            e_1.body,
                            lpad((e_1.seq)::text, 19, '0'::text) AS place,
                            (e_1.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text, 'contact.deleted'::text])) AS is_whole
                           FROM usher.event e_1
                          WHERE ((e_1.contact_id IS NOT NULL) AND ((e_1.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text, 'contact.deleted'::text])) OR ((e_1.kind = ANY (ARRAY['contact.updated'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.not_taken'::text])) AND ((e_1.body -> 'changed'::text) ?| ARRAY['portal_role'::text, 'portal_role_id'::text]))))) e
                  WINDOW story AS (PARTITION BY e.workspace, e.contact_id ORDER BY e.seq)) t) r
     LEFT JOIN usher.event d ON (((d.workspace = r.workspace) AND (d.contact_id = r.contact_id) AND (d.seq = r.action_id) AND (d.kind = 'decision.made'::text))))
     LEFT JOIN usher.contact c ON (((c.workspace = r.workspace) AND (c.contact_id = r.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = r.workspace) AND (gone.contact_id = r.contact_id))));

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

CREATE VIEW audit.rule_activity AS
 SELECT a.workspace,
    a.rule_id,
    a.day,
    count(*) FILTER (WHERE (a.what = 'matched'::text)) AS matched,
    count(*) FILTER (WHERE (a.what = 'applied'::text)) AS applied,
    count(*) FILTER (WHERE (a.what = 'held'::text)) AS held,
    count(*) FILTER (WHERE (a.what = 'blocked'::text)) AS blocked,
    count(*) FILTER (WHERE (a.what = 'beaten'::text)) AS beaten,
    count(*) FILTER (WHERE (a.what = 'drifted'::text)) AS drifted
   FROM ( SELECT DISTINCT e.workspace,
            e.seq,
            ((e.recorded_at AT TIME ZONE 'UTC'::text))::date AS day,
            (r.rule ->> 'rule'::text) AS rule_id,
            r.what
           FROM usher.event e,
            LATERAL ( SELECT jsonb_array_elements((e.body #> '{decision,matched}'::text[])) AS rule,
                    'matched'::text AS what
                UNION ALL
                 SELECT jsonb_array_elements((e.body #> '{decision,beaten}'::text[])) AS jsonb_array_elements,
                    'beaten'::text) r
          WHERE (e.kind = 'decision.made'::text)
        UNION ALL
         SELECT DISTINCT e.workspace,
            e.seq,
            ((e.recorded_at AT TIME ZONE 'UTC'::text))::date AS timezone,
            r.id,
            'held'::text
           FROM usher.event e,
            LATERAL jsonb_each((e.body -> 'held'::text)) f(field, ids),
            LATERAL jsonb_array_elements_text(f.ids) r(id)
          WHERE (e.kind = 'decision.made'::text)
        UNION ALL
         SELECT DISTINCT e.workspace,
            e.seq,
            ((e.recorded_at AT TIME ZONE 'UTC'::text))::date AS timezone,
            r.id,
                CASE e.kind
                    WHEN 'hold.placed'::text THEN 'held'::text
                    WHEN 'action.blocked'::text THEN 'blocked'::text
                    WHEN 'drift.found'::text THEN 'drifted'::text
                    ELSE 'applied'::text
                END AS "case"
           FROM usher.event e,
            LATERAL jsonb_each((e.body -> 'rules'::text)) f(field, ids),
            LATERAL jsonb_array_elements_text(f.ids) r(id)
          WHERE (e.kind = ANY (ARRAY['patch.applied'::text, 'patch.confirmed'::text, 'hold.placed'::text, 'action.blocked'::text, 'drift.found'::text]))) a
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

CREATE VIEW audit.rulesets AS
 SELECT r.workspace,
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
   FROM ( SELECT e.workspace,
            e.seq,
            e.kind,
            (e.body ->> 'ruleset_hash'::text) AS ruleset_hash,
            e.recorded_at AS activated_at,
            lead(e.recorded_at) OVER (PARTITION BY e.workspace ORDER BY e.seq) AS ended_at,
            (e.body -> 'files'::text) AS files,
            ((e.body ->> 'rules'::text))::integer AS rules,
            ((e.body ->> 'shadow'::text))::integer AS shadow,
            (e.body ->> 'who'::text) AS who,
            (e.body ->> 'commit'::text) AS commit,
            ((e.body ->> 'as_committed'::text))::boolean AS as_committed,
            (e.body -> 'renamed'::text) AS renamed
           FROM usher.event e
          WHERE ((e.kind = 'ruleset.activated'::text) OR ((e.kind = 'operator.acted'::text) AND ((e.body ->> 'what'::text) = 'forgot the workspace'::text)))) r
  WHERE (r.kind = 'ruleset.activated'::text);

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

CREATE TABLE usher.unreadable (
    workspace text NOT NULL,
    contact_id text NOT NULL,
    raw_digest bytea NOT NULL,
    reason text NOT NULL,
    place jsonb,
    seq bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    sweep_id bigint,
    retry_at timestamp with time zone,
    ruleset_hash text,
    CONSTRAINT unreadable_check CHECK (((ruleset_hash IS NULL) OR (retry_at IS NOT NULL)))
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

CREATE VIEW audit.set_aside AS
 SELECT e.workspace,
    e.seq,
    e.contact_id,
        CASE
            WHEN (c.contact_id IS NULL) THEN gone.email
            ELSE c.email
        END AS email,
    e.recorded_at AS since,
    (e.body ->> 'reason'::text) AS reason,
    (e.body -> 'place'::text) AS place,
    ended.at AS ended_at,
    ended.why AS ended_why,
    (EXISTS ( SELECT 1
           FROM usher.unreadable u
          WHERE ((u.workspace = e.workspace) AND (u.seq = e.seq)))) AS is_open
   FROM (((usher.event e
     LEFT JOIN LATERAL ( SELECT n.recorded_at AS at,
            (n.body ->> 'reason'::text) AS why
           FROM usher.event n
          WHERE ((n.workspace = e.workspace) AND (n.contact_id = e.contact_id) AND (n.seq > e.seq) AND (n.kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text, 'contact.created'::text, 'contact.restored'::text, 'contact.deleted'::text])))
          ORDER BY n.seq
         LIMIT 1) ended ON (true))
     LEFT JOIN usher.contact c ON (((c.workspace = e.workspace) AND (c.contact_id = e.contact_id))))
     LEFT JOIN usher.former_contact gone ON (((gone.workspace = e.workspace) AND (gone.contact_id = e.contact_id))))
  WHERE (e.kind = 'contact.unreadable'::text);

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

CREATE VIEW audit.shadow AS
 SELECT c.workspace,
    c.contact_id,
    (d.body ->> 'email'::text) AS email,
    (w.wish ->> 'rule'::text) AS rule_id,
    (w.wish ->> 'field'::text) AS field,
    (w.wish -> 'from'::text) AS current_value,
    (w.wish ->> 'value'::text) AS value,
    (w.wish ->> 'bound'::text) AS bound,
    d.recorded_at AS decided_at,
    d.seq,
        CASE
            WHEN ((w.wish ->> 'bound'::text) IS NULL) THEN (w.wish ->> 'value'::text)
            WHEN
            CASE (w.wish ->> 'bound'::text)
                WHEN 'at_least'::text THEN (held.rank < wanted.rank)
                ELSE (held.rank > wanted.rank)
            END THEN (w.wish ->> 'value'::text)
            ELSE (w.wish ->> 'from'::text)
        END AS would_be
   FROM ((((( SELECT e.workspace,
            e.contact_id,
            max(e.seq) FILTER (WHERE (e.kind = 'decision.made'::text)) AS newest_seq,
            max(e.seq) FILTER (WHERE (e.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text]))) AS born_seq,
            max(e.seq) FILTER (WHERE (e.kind = 'contact.deleted'::text)) AS deleted_seq,
            max(e.seq) FILTER (WHERE (e.kind <> ALL (ARRAY['decision.made'::text, 'contact.deleted'::text]))) AS seen_seq
           FROM usher.event e
          WHERE ((e.contact_id IS NOT NULL) AND (e.kind = ANY (ARRAY['contact.created'::text, 'contact.restored'::text, 'contact.updated'::text, 'contact.deleted'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.not_taken'::text, 'decision.made'::text])))
          GROUP BY e.workspace, e.contact_id) c
     JOIN usher.event d ON (((d.workspace = c.workspace) AND (d.contact_id = c.contact_id) AND (d.seq = c.newest_seq) AND (d.seq > c.born_seq))))
     CROSS JOIN LATERAL jsonb_array_elements((d.body #> '{decision,shadow}'::text[])) w(wish))
     CROSS JOIN LATERAL ( SELECT array_position('{no_access,member,admin}'::text[], COALESCE((w.wish ->> 'from'::text), 'no_access'::text)) AS rank) held)
     CROSS JOIN LATERAL ( SELECT array_position('{no_access,member,admin}'::text[], (w.wish ->> 'value'::text)) AS rank) wanted)
  WHERE ((c.seen_seq > COALESCE(c.deleted_seq, (0)::bigint)) AND (NOT (EXISTS ( SELECT 1
           FROM usher.forgetting f
          WHERE ((f.workspace = c.workspace) AND (f.seq > c.born_seq))))));

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

COMMENT ON COLUMN audit.shadow.would_be IS 'What the contact would hold by this wish alone: the same as now where a bound changes nothing; null is nothing.';

CREATE TABLE usher.sweep (
    workspace text NOT NULL,
    sweep_id bigint NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    cursor text,
    pages integer DEFAULT 0 NOT NULL,
    contacts integer DEFAULT 0 NOT NULL,
    changed integer DEFAULT 0 NOT NULL,
    reason text,
    page_size integer,
    known_ref integer,
    CONSTRAINT sweep_check CHECK (((state = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT sweep_state_check CHECK ((state = ANY (ARRAY['running'::text, 'completed'::text, 'aborted'::text])))
);

COMMENT ON TABLE usher.sweep IS 'One reading of all contacts, page by page.';

COMMENT ON COLUMN usher.sweep.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.sweep.sweep_id IS 'Its number: 1, 2, 3 …';

COMMENT ON COLUMN usher.sweep.state IS 'running, completed or aborted.';

COMMENT ON COLUMN usher.sweep.started_at IS 'When it began.';

COMMENT ON COLUMN usher.sweep.finished_at IS 'When it ended.';

COMMENT ON COLUMN usher.sweep.cursor IS 'Where its next page begins; null is the first page.';

COMMENT ON COLUMN usher.sweep.pages IS 'Pages recorded.';

COMMENT ON COLUMN usher.sweep.contacts IS 'Contacts on them.';

COMMENT ON COLUMN usher.sweep.changed IS 'How many of those were new or different.';

COMMENT ON COLUMN usher.sweep.reason IS 'Why it was aborted.';

COMMENT ON COLUMN usher.sweep.page_size IS 'Contacts asked for at once, where that is fewer than usual; null is the usual number.';

COMMENT ON COLUMN usher.sweep.known_ref IS 'The highest ref of a contact when it began: later ones it need not show; null in sweeps that older versions ended.';

CREATE VIEW audit.sweeps AS
 SELECT e.workspace,
    e.seq,
    ((e.body ->> 'sweep_id'::text))::bigint AS sweep_id,
    s.started_at,
    e.recorded_at AS ended_at,
    substr(e.kind, 7) AS outcome,
    ((e.body ->> 'pages'::text))::integer AS pages,
    ((e.body ->> 'contacts'::text))::integer AS contacts,
    ((e.body ->> 'missing'::text))::integer AS missing,
    (e.body ->> 'reason'::text) AS why
   FROM (usher.event e
     LEFT JOIN usher.sweep s ON (((s.workspace = e.workspace) AND (s.sweep_id = ((e.body ->> 'sweep_id'::text))::bigint))))
  WHERE (e.kind = ANY (ARRAY['sweep.completed'::text, 'sweep.aborted'::text]));

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

CREATE VIEW audit.unreadable AS
 SELECT u.workspace,
    NULLIF(u.contact_id, ''::text) AS contact_id,
    c.email,
    u.reason,
    u.place,
    u.seq,
    u.since,
    u.retry_at
   FROM (usher.unreadable u
     LEFT JOIN usher.contact c ON (((c.workspace = u.workspace) AND (c.contact_id = u.contact_id))));

COMMENT ON VIEW audit.unreadable IS 'Contacts set aside now: there, but not to be read or stored as they are.';

COMMENT ON COLUMN audit.unreadable.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.unreadable.contact_id IS 'The contact; null where it has no usable id.';

COMMENT ON COLUMN audit.unreadable.email IS 'Its primary e-mail address when it could be read last; null where it never could.';

COMMENT ON COLUMN audit.unreadable.reason IS 'What is wrong with it.';

COMMENT ON COLUMN audit.unreadable.place IS 'Where it was read first: {sweep_id, page, place}.';

COMMENT ON COLUMN audit.unreadable.seq IS 'The event that recorded it.';

COMMENT ON COLUMN audit.unreadable.since IS 'Since when it is set aside.';

COMMENT ON COLUMN audit.unreadable.retry_at IS 'What the database refused is tried again from then on; null is: with every sweep.';

CREATE TABLE usher.hold (
    workspace text NOT NULL,
    contact_id text NOT NULL,
    field text NOT NULL,
    reason text NOT NULL,
    wish jsonb NOT NULL,
    placed_seq bigint NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    refused_at timestamp with time zone,
    warned_at timestamp with time zone,
    expired_at timestamp with time zone
);

COMMENT ON TABLE usher.hold IS 'Changes that wait for a person, one per contact and field.';

COMMENT ON COLUMN usher.hold.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.hold.contact_id IS 'The contact.';

COMMENT ON COLUMN usher.hold.field IS 'The field.';

COMMENT ON COLUMN usher.hold.reason IS 'own_changes, reasserted or revert.';

COMMENT ON COLUMN usher.hold.wish IS 'The change that is held: field, value and rules.';

COMMENT ON COLUMN usher.hold.placed_seq IS 'The event that placed it.';

COMMENT ON COLUMN usher.hold.placed_at IS 'When.';

COMMENT ON COLUMN usher.hold.refused_at IS 'When a person rejected it; the same change stays held.';

COMMENT ON COLUMN usher.hold.warned_at IS 'When an alert announced its expiry.';

COMMENT ON COLUMN usher.hold.expired_at IS 'When its time was over; the same change stays held.';

CREATE TABLE usher.mass_delete (
    workspace text NOT NULL,
    missing bigint NOT NULL,
    placed_seq bigint NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    refused_at timestamp with time zone
);

COMMENT ON TABLE usher.mass_delete IS 'Workspaces of which too many contacts are missing: nothing is deleted until an operator approves it.';

COMMENT ON COLUMN usher.mass_delete.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.mass_delete.missing IS 'Contacts that are missing and not released.';

COMMENT ON COLUMN usher.mass_delete.placed_seq IS 'The event that placed the hold.';

COMMENT ON COLUMN usher.mass_delete.placed_at IS 'When.';

COMMENT ON COLUMN usher.mass_delete.refused_at IS 'When an operator rejected it: the contacts stay, and it waits again once more of them are missing.';

CREATE TABLE usher.rule_hold (
    workspace text NOT NULL,
    rule_id text NOT NULL,
    reason text NOT NULL,
    rule_hash text NOT NULL,
    detail text NOT NULL,
    placed_seq bigint NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    rejected_at timestamp with time zone,
    warned_at timestamp with time zone,
    CONSTRAINT rule_hold_reason_check CHECK ((reason = ANY (ARRAY['limit'::text, 'lowering'::text, 'approval'::text, 'rejected'::text])))
);

COMMENT ON TABLE usher.rule_hold IS 'Rules whose changes wait for a person.';

COMMENT ON COLUMN usher.rule_hold.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.rule_hold.rule_id IS 'The rule as written, all rows of its table included, or one row.';

COMMENT ON COLUMN usher.rule_hold.reason IS 'limit (it would change too many), lowering (it would take access from too many), approval (nobody has agreed to it) or rejected.';

COMMENT ON COLUMN usher.rule_hold.rule_hash IS 'What the rule meant: another meaning is another hold.';

COMMENT ON COLUMN usher.rule_hold.detail IS 'Which limit, or what asks for the approval.';

COMMENT ON COLUMN usher.rule_hold.placed_seq IS 'The event that placed it: the hold''s name.';

COMMENT ON COLUMN usher.rule_hold.placed_at IS 'When.';

COMMENT ON COLUMN usher.rule_hold.rejected_at IS 'When a person rejected it; the rule changes nothing from then on.';

COMMENT ON COLUMN usher.rule_hold.warned_at IS 'When an alert announced its expiry.';

CREATE VIEW audit.waiting AS
 SELECT h.workspace,
    h.placed_seq AS hold_id,
    h.reason AS why,
    h.detail,
    h.rule_id,
    h.contact_id,
    h.email,
    (h.change ->> 'field'::text) AS field,
    (h.change -> 'from'::text) AS current_value,
    (h.change ->> 'value'::text) AS value,
    ARRAY( SELECT k.id
           FROM jsonb_object_keys((h.change -> 'rules'::text)) k(id)
          ORDER BY k.id) AS rule_ids,
    h.placed_at AS waiting_since,
    h.rejected_at AS refused_at,
    h.hold_ids
   FROM ( SELECT h_1.workspace,
            h_1.placed_seq,
            h_1.reason,
            h_1.detail,
            h_1.rule_id,
            h_1.rejected_at,
            c.contact_id,
            c.email,
            c.change,
            COALESCE(p.recorded_at, h_1.placed_at) AS placed_at,
            row_number() OVER change AS number,
            array_agg(h_1.placed_seq) OVER (change ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS hold_ids
           FROM ((usher.rule_hold h_1
             LEFT JOIN usher.event p ON (((p.workspace = h_1.workspace) AND (p.seq = h_1.placed_seq) AND (p.kind = 'hold.placed'::text))))
             LEFT JOIN ( SELECT c_1.workspace,
                    c_1.contact_id,
                    c_1.email,
                    s.change,
                    s.place,
                    b.hold
                   FROM usher.contact c_1,
                    LATERAL jsonb_array_elements(c_1.held) WITH ORDINALITY s(change, place),
                    LATERAL jsonb_array_elements_text((s.change -> 'by'::text)) b(hold)
                  WHERE (c_1.held IS NOT NULL)) c ON (((c.workspace = h_1.workspace) AND (c.hold = ((h_1.reason || ':'::text) || h_1.rule_id)))))
          WINDOW change AS (PARTITION BY h_1.workspace, c.contact_id, c.place,
                CASE
                    WHEN (c.contact_id IS NULL) THEN h_1.placed_seq
                    ELSE NULL::bigint
                END ORDER BY (h_1.rejected_at IS NOT NULL), h_1.placed_seq)) h
  WHERE (h.number = 1)
UNION ALL
 SELECT h.workspace,
    h.placed_seq AS hold_id,
    h.reason AS why,
    NULL::text AS detail,
    NULL::text AS rule_id,
    h.contact_id,
    c.email,
    COALESCE((h.wish ->> 'field'::text), h.field) AS field,
    NULL::jsonb AS current_value,
    (h.wish ->> 'value'::text) AS value,
    ARRAY( SELECT r.id
           FROM jsonb_array_elements_text((h.wish -> 'rules'::text)) r(id)
          ORDER BY r.id) AS rule_ids,
    COALESCE(p.recorded_at, h.placed_at) AS waiting_since,
    COALESCE(h.refused_at, h.expired_at) AS refused_at,
    ARRAY[h.placed_seq] AS hold_ids
   FROM ((usher.hold h
     LEFT JOIN usher.event p ON (((p.workspace = h.workspace) AND (p.seq = h.placed_seq) AND (p.kind = 'hold.placed'::text))))
     LEFT JOIN usher.contact c ON (((c.workspace = h.workspace) AND (c.contact_id = h.contact_id))))
UNION ALL
 SELECT m.workspace,
    m.placed_seq AS hold_id,
    'mass_delete'::text AS why,
    NULL::text AS detail,
    NULL::text AS rule_id,
    NULL::text AS contact_id,
    NULL::text AS email,
    'contacts'::text AS field,
    NULL::jsonb AS current_value,
    (m.missing)::text AS value,
    '{}'::text[] AS rule_ids,
    COALESCE(p.recorded_at, m.placed_at) AS waiting_since,
    m.refused_at,
    ARRAY[m.placed_seq] AS hold_ids
   FROM (usher.mass_delete m
     LEFT JOIN usher.event p ON (((p.workspace = m.workspace) AND (p.seq = m.placed_seq) AND (p.kind = 'hold.placed'::text))))
UNION ALL
 SELECT a.workspace,
    NULL::bigint AS hold_id,
    'blocked'::text AS why,
    ((a.refused -> f.field) ->> 'message'::text) AS detail,
    NULL::text AS rule_id,
    a.contact_id,
    c.email,
    f.field,
    COALESCE((a.sent_before -> f.field), ((d.body -> 'before'::text) -> f.field)) AS current_value,
    f.value,
    ARRAY( SELECT r.id
           FROM jsonb_array_elements_text((a.rules ->
                CASE f.field
                    WHEN 'portal_role_id'::text THEN 'portal_role'::text
                    ELSE f.field
                END)) r(id)
          ORDER BY r.id) AS rule_ids,
    b.recorded_at AS waiting_since,
    NULL::timestamp with time zone AS refused_at,
    NULL::bigint[] AS hold_ids
   FROM ((((usher.action a
     CROSS JOIN LATERAL jsonb_each_text(COALESCE(a.sent, a.desired)) f(field, value))
     JOIN usher.contact c ON (((c.workspace = a.workspace) AND (c.contact_id = a.contact_id))))
     LEFT JOIN usher.event d ON (((d.workspace = a.workspace) AND (d.contact_id = a.contact_id) AND (d.seq = a.action_id))))
     LEFT JOIN ( SELECT DISTINCT ON (b_1.workspace, b_1.action_id) b_1.workspace,
            b_1.action_id,
            b_1.recorded_at
           FROM usher.event b_1
          WHERE (b_1.kind = 'action.blocked'::text)
          ORDER BY b_1.workspace, b_1.action_id, b_1.seq DESC) b ON (((b.workspace = a.workspace) AND (b.action_id = a.action_id))))
  WHERE ((a.state = 'blocked'::text) AND ((a.sent IS NOT NULL) OR (a.refused ? f.field)));

COMMENT ON VIEW audit.waiting IS 'One row per change that waits for a person: held for its rules or for its contact, or refused by the API. A hold on a rule that keeps nothing back has one row without a contact.';

COMMENT ON COLUMN audit.waiting.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.waiting.hold_id IS 'The hold, an ID that usher approve and usher reject take; where several keep the change back, the oldest that is not rejected. Null for what the API refused: usher approvals shows its ID.';

COMMENT ON COLUMN audit.waiting.why IS 'limit, lowering, approval, rejected, own_changes, reasserted, revert, mass_delete or blocked.';

COMMENT ON COLUMN audit.waiting.detail IS 'Which limit, what asks for the approval, or what the API said.';

COMMENT ON COLUMN audit.waiting.rule_id IS 'The rule that this hold is on; null where a contact is held.';

COMMENT ON COLUMN audit.waiting.contact_id IS 'The contact; null for a mass delete.';

COMMENT ON COLUMN audit.waiting.email IS 'Its primary e-mail address.';

COMMENT ON COLUMN audit.waiting.field IS 'The field; contacts for a mass delete.';

COMMENT ON COLUMN audit.waiting.current_value IS 'What the field held when the change was held, or decided.';

COMMENT ON COLUMN audit.waiting.value IS 'What it is to hold; of a mass delete, how many contacts are missing.';

COMMENT ON COLUMN audit.waiting.rule_ids IS 'The rules that want the change.';

COMMENT ON COLUMN audit.waiting.waiting_since IS 'When the hold was placed, or the action blocked.';

COMMENT ON COLUMN audit.waiting.refused_at IS 'When a person rejected it or its time was over; null while it waits.';

COMMENT ON COLUMN audit.waiting.hold_ids IS 'All holds that keep the change back; null for what the API refused.';

CREATE TABLE usher.workspace (
    workspace text NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL,
    evaluated_seq bigint DEFAULT 0 NOT NULL,
    last_ref integer DEFAULT 0 NOT NULL,
    last_sweep_id bigint DEFAULT 0 NOT NULL,
    ruleset_hash text,
    ruleset_seq bigint,
    recheck_after text,
    recheck_at timestamp with time zone,
    organisation_id text,
    created_at timestamp with time zone NOT NULL,
    recheck_seq bigint DEFAULT 0 NOT NULL,
    is_counted boolean DEFAULT false NOT NULL,
    limits jsonb,
    limits_before jsonb,
    first_swept_at timestamp with time zone,
    ages bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    ages_checked_at timestamp with time zone,
    organisation_name text,
    sweep_demanded_after bigint,
    forgotten_at timestamp with time zone,
    CONSTRAINT workspace_check CHECK (((evaluated_seq >= 0) AND (evaluated_seq <= last_seq))),
    CONSTRAINT workspace_last_seq_check CHECK ((last_seq >= 0)),
    CONSTRAINT workspace_workspace_check CHECK ((workspace ~ '^[a-z0-9][a-z0-9_-]{0,62}$'::text))
);

COMMENT ON TABLE usher.workspace IS 'One Pylon organisation: the head of its event log and what its worker is at.';

COMMENT ON COLUMN usher.workspace.workspace IS 'The name operators gave it.';

COMMENT ON COLUMN usher.workspace.last_seq IS 'The number of the newest event. Numbers have no gaps.';

COMMENT ON COLUMN usher.workspace.evaluated_seq IS 'Events up to here have been evaluated.';

COMMENT ON COLUMN usher.workspace.last_ref IS 'The last small number given to a contact.';

COMMENT ON COLUMN usher.workspace.last_sweep_id IS 'The last number given to a sweep.';

COMMENT ON COLUMN usher.workspace.ruleset_hash IS 'The active ruleset; null before the first.';

COMMENT ON COLUMN usher.workspace.ruleset_seq IS 'The event that activated it.';

COMMENT ON COLUMN usher.workspace.recheck_after IS 'While a new ruleset is evaluated over all contacts: the last contact id done. Null when all are.';

COMMENT ON COLUMN usher.workspace.recheck_at IS 'The next moment at which time alone can change a decision: then all contacts are evaluated again.';

COMMENT ON COLUMN usher.workspace.organisation_id IS 'The organisation that the token belonged to at the first start; another one stops the workspace.';

COMMENT ON COLUMN usher.workspace.created_at IS 'When this workspace first ran.';

COMMENT ON COLUMN usher.workspace.recheck_seq IS 'The last event before all contacts were last evaluated again: what was decided before it is sent only once its contact has been evaluated again.';

COMMENT ON COLUMN usher.workspace.is_counted IS 'All changes that the active ruleset wants were counted against its limits.';

COMMENT ON COLUMN usher.workspace.limits IS 'What the active ruleset grants itself: {files, rules}, by name.';

COMMENT ON COLUMN usher.workspace.limits_before IS 'The same of the ruleset before, while all contacts are evaluated: what both grant holds until then.';

COMMENT ON COLUMN usher.workspace.first_swept_at IS 'When the first sweep was complete; null before. Contacts read until then were there from the beginning.';

COMMENT ON COLUMN usher.workspace.ages IS 'How many seconds a contact has been known when rules of the active ruleset change their mind.';

COMMENT ON COLUMN usher.workspace.ages_checked_at IS 'Contacts that came to such an age until then have been evaluated.';

COMMENT ON COLUMN usher.workspace.organisation_name IS 'The name of its organisation when it was last asked for.';

COMMENT ON COLUMN usher.workspace.sweep_demanded_after IS 'A sweep with a higher number was asked for at once; null is: none ever was.';

COMMENT ON COLUMN usher.workspace.forgotten_at IS 'When an operator had it forgotten: only its log and its rulesets are left; null while it exists.';

CREATE VIEW audit.workspaces AS
 SELECT w.workspace,
    w.created_at,
    w.ruleset_hash,
    w.forgotten_at
   FROM usher.workspace w;

COMMENT ON VIEW audit.workspaces IS 'One row per workspace.';

COMMENT ON COLUMN audit.workspaces.workspace IS 'The workspace.';

COMMENT ON COLUMN audit.workspaces.created_at IS 'When it first ran.';

COMMENT ON COLUMN audit.workspaces.ruleset_hash IS 'The active ruleset; null before the first, and of a workspace that was forgotten: audit.rulesets has those that were.';

COMMENT ON COLUMN audit.workspaces.forgotten_at IS 'When it was forgotten (usher workspace forget): its log stays; null while it exists.';

CREATE TABLE usher.absence (
    workspace text NOT NULL,
    contact_id text NOT NULL,
    sweep_id bigint NOT NULL,
    is_held boolean NOT NULL,
    released_seq bigint,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    problem text,
    CONSTRAINT absence_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT absence_check CHECK (((NOT is_held) OR (released_seq IS NULL)))
);

COMMENT ON TABLE usher.absence IS 'Contacts that the last complete sweep did not show and that are not proven to be gone.';

COMMENT ON COLUMN usher.absence.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.absence.contact_id IS 'The contact.';

COMMENT ON COLUMN usher.absence.sweep_id IS 'The first complete sweep that did not show it.';

COMMENT ON COLUMN usher.absence.is_held IS 'Whether it waits for a person to release a mass delete.';

COMMENT ON COLUMN usher.absence.released_seq IS 'The event of that release; null where none was needed.';

COMMENT ON COLUMN usher.absence.attempts IS 'How often it was asked for without learning whether it is gone.';

COMMENT ON COLUMN usher.absence.due_at IS 'When it is asked for next.';

COMMENT ON COLUMN usher.absence.problem IS 'Why the last answer proved nothing; null before the first.';

CREATE TABLE usher.approval (
    workspace text NOT NULL,
    rule_hash text NOT NULL,
    rule_id text NOT NULL,
    approved_at timestamp with time zone NOT NULL,
    who text NOT NULL,
    approved_seq bigint
);

COMMENT ON TABLE usher.approval IS 'Rules that a person agreed to.';

COMMENT ON COLUMN usher.approval.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.approval.rule_hash IS 'What the rule means.';

COMMENT ON COLUMN usher.approval.rule_id IS 'The rule, or the row.';

COMMENT ON COLUMN usher.approval.approved_at IS 'When.';

COMMENT ON COLUMN usher.approval.who IS 'Who.';

COMMENT ON COLUMN usher.approval.approved_seq IS 'The event of the approval; null where an earlier version recorded it.';

CREATE TABLE usher.breaker (
    workspace text NOT NULL,
    endpoint text NOT NULL,
    failures integer NOT NULL,
    since timestamp with time zone NOT NULL,
    cause text NOT NULL,
    contact_id text,
    next_try_at timestamp with time zone,
    told_at timestamp with time zone,
    CONSTRAINT breaker_failures_check CHECK ((failures >= 0))
);

COMMENT ON TABLE usher.breaker IS 'Endpoints of the API that have not given a good answer since they began to fail; the first good answer deletes the row.';

COMMENT ON COLUMN usher.breaker.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.breaker.endpoint IS 'list, get, create, update, delete, search or me.';

COMMENT ON COLUMN usher.breaker.failures IS 'Unusable answers in a row; waits that the API asked for are not counted.';

COMMENT ON COLUMN usher.breaker.since IS 'When the first of them came.';

COMMENT ON COLUMN usher.breaker.cause IS 'Why the last request failed.';

COMMENT ON COLUMN usher.breaker.contact_id IS 'The only contact that the failures are about; null where there are several, or none.';

COMMENT ON COLUMN usher.breaker.next_try_at IS 'Not before then, and then a single request; null while the endpoint is used as ever.';

COMMENT ON COLUMN usher.breaker.told_at IS 'When the alert was raised.';

CREATE TABLE usher.budget (
    workspace text NOT NULL,
    endpoint text NOT NULL,
    next_send_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE usher.budget IS 'The pace of one endpoint. Its row lock is the only door to permits.';

COMMENT ON COLUMN usher.budget.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.budget.endpoint IS 'list, get, create, update, delete, search or me.';

COMMENT ON COLUMN usher.budget.next_send_at IS 'Sends of a backlog are spread: not before then.';

CREATE TABLE usher.change_count (
    workspace text NOT NULL,
    minute timestamp with time zone NOT NULL,
    scope text NOT NULL,
    class text NOT NULL,
    changes integer NOT NULL,
    CONSTRAINT change_count_class_check CHECK ((class = ANY (ARRAY['all'::text, 'privileged'::text, 'lowering'::text])))
);

COMMENT ON TABLE usher.change_count IS 'Contacts that became actions within the last day or so, for the limits.';

COMMENT ON COLUMN usher.change_count.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.change_count.minute IS 'The beginning of the minute.';

COMMENT ON COLUMN usher.change_count.scope IS 'workspace, file:NAME or rule:ID.';

COMMENT ON COLUMN usher.change_count.class IS 'all; of those, privileged or lowering.';

COMMENT ON COLUMN usher.change_count.changes IS 'How many.';

CREATE TABLE usher.clock (
    workspace text NOT NULL,
    holder text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    fault text
);

COMMENT ON TABLE usher.clock IS 'The last look of each worker at the database''s clock.';

COMMENT ON COLUMN usher.clock.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.clock.holder IS 'The process.';

COMMENT ON COLUMN usher.clock.seen_at IS 'The database''s time of the look.';

COMMENT ON COLUMN usher.clock.fault IS 'What is wrong with the clock, in words; null is nothing.';

CREATE TABLE usher.event_rest (
    workspace text NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    contact_id text,
    action_id bigint,
    cause_seq bigint,
    body jsonb NOT NULL,
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);

COMMENT ON TABLE usher.event_rest IS 'Events of months that have no partition of their own.';

CREATE TABLE usher.lease (
    workspace text NOT NULL,
    name text NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT lease_name_check CHECK ((name = ANY (ARRAY['sweep'::text, 'evaluate'::text])))
);

COMMENT ON TABLE usher.lease IS 'The processes that may sweep and evaluate, and until when.';

COMMENT ON COLUMN usher.lease.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.lease.name IS 'sweep or evaluate.';

COMMENT ON COLUMN usher.lease.holder IS 'The process that holds it; empty where none does.';

COMMENT ON COLUMN usher.lease.fence IS 'Grows with every new holder and, for evaluate, with every decision of a person: a pass that began before does no harm.';

COMMENT ON COLUMN usher.lease.until IS 'When it lapses.';

CREATE TABLE usher.migration (
    name text NOT NULL,
    checksum bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE usher.migration IS 'Which steps of the schema were applied.';

COMMENT ON COLUMN usher.migration.name IS 'The file''s name without its ending.';

COMMENT ON COLUMN usher.migration.checksum IS 'SHA-256 of the SQL as applied.';

COMMENT ON COLUMN usher.migration.applied_at IS 'When it was applied.';

CREATE TABLE usher.pause (
    workspace text NOT NULL,
    endpoint text NOT NULL,
    reason text NOT NULL,
    until timestamp with time zone NOT NULL,
    set_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE usher.pause IS 'Endpoints, and whole workspaces, to which nothing is sent for now.';

COMMENT ON COLUMN usher.pause.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.pause.endpoint IS 'The endpoint; empty for the whole workspace.';

COMMENT ON COLUMN usher.pause.reason IS 'unauthorized, organisation, token_changed or rate_limited.';

COMMENT ON COLUMN usher.pause.until IS 'The end of an endpoint''s pause; the next check of the workspace''s.';

COMMENT ON COLUMN usher.pause.set_at IS 'The time at which that end was set.';

CREATE TABLE usher.permit (
    workspace text NOT NULL,
    endpoint text NOT NULL,
    permit integer NOT NULL,
    free_at timestamp with time zone NOT NULL,
    holder text,
    taken bigint DEFAULT 0 NOT NULL,
    CONSTRAINT permit_permit_check CHECK ((permit > 0))
);

COMMENT ON TABLE usher.permit IS 'The right to send one request now. Free again one window after the answer was seen.';

COMMENT ON COLUMN usher.permit.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.permit.endpoint IS 'The endpoint.';

COMMENT ON COLUMN usher.permit.permit IS 'Its number: 1 to the limit.';

COMMENT ON COLUMN usher.permit.free_at IS 'When it may be taken again; while held, one window after its holder''s lease.';

COMMENT ON COLUMN usher.permit.holder IS 'The process that uses it; null once the answer was seen.';

COMMENT ON COLUMN usher.permit.taken IS 'Grows with every taking: only the last taker can give it back.';

CREATE TABLE usher.ruleset (
    workspace text NOT NULL,
    ruleset_hash text NOT NULL,
    sources jsonb NOT NULL,
    first_active_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE usher.ruleset IS 'Every ruleset that was ever active, with its files.';

COMMENT ON COLUMN usher.ruleset.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.ruleset.ruleset_hash IS 'SHA-256 of its files.';

COMMENT ON COLUMN usher.ruleset.sources IS 'Its files: [{path, text}].';

COMMENT ON COLUMN usher.ruleset.first_active_at IS 'When it was first activated.';

CREATE TABLE usher.sweep_page (
    workspace text NOT NULL,
    sweep_id bigint NOT NULL,
    page integer NOT NULL,
    refs integer[] NOT NULL
);

COMMENT ON TABLE usher.sweep_page IS 'What each page of the newest sweep held; older sweeps'' pages are dropped.';

COMMENT ON COLUMN usher.sweep_page.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.sweep_page.sweep_id IS 'The sweep.';

COMMENT ON COLUMN usher.sweep_page.page IS 'The page''s number, from 1.';

COMMENT ON COLUMN usher.sweep_page.refs IS 'The refs of the contacts on it.';

CREATE TABLE usher.worker (
    workspace text NOT NULL,
    holder text NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    sweep_interval double precision NOT NULL
);

COMMENT ON TABLE usher.worker IS 'Processes that work for a workspace, or did within the last day.';

COMMENT ON COLUMN usher.worker.workspace IS 'The workspace.';

COMMENT ON COLUMN usher.worker.holder IS 'The process, as in leases.';

COMMENT ON COLUMN usher.worker.version IS 'Its version.';

COMMENT ON COLUMN usher.worker.started_at IS 'When it began.';

COMMENT ON COLUMN usher.worker.seen_at IS 'Its last sign of life; one every few seconds.';

COMMENT ON COLUMN usher.worker.stopped_at IS 'When it was asked to stop; null while it runs, and where it died.';

COMMENT ON COLUMN usher.worker.sweep_interval IS 'Seconds between the end of a sweep and the next.';

ALTER TABLE ONLY usher.event ATTACH PARTITION usher.event_rest DEFAULT;

ALTER TABLE ONLY usher.absence
    ADD CONSTRAINT absence_pkey PRIMARY KEY (workspace, contact_id);

ALTER TABLE ONLY usher.action
    ADD CONSTRAINT action_pkey PRIMARY KEY (workspace, action_id);

ALTER TABLE ONLY usher.action
    ADD CONSTRAINT action_workspace_contact_id_key UNIQUE (workspace, contact_id);

ALTER TABLE ONLY usher.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (workspace, code, subject);

ALTER TABLE ONLY usher.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (workspace, rule_hash);

ALTER TABLE ONLY usher.breaker
    ADD CONSTRAINT breaker_pkey PRIMARY KEY (workspace, endpoint);

ALTER TABLE ONLY usher.budget
    ADD CONSTRAINT budget_pkey PRIMARY KEY (workspace, endpoint);

ALTER TABLE ONLY usher.change_count
    ADD CONSTRAINT change_count_pkey PRIMARY KEY (workspace, minute, scope, class);

ALTER TABLE ONLY usher.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (workspace, holder);

ALTER TABLE ONLY usher.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (workspace, contact_id);

ALTER TABLE ONLY usher.contact
    ADD CONSTRAINT contact_workspace_ref_key UNIQUE (workspace, ref);

ALTER TABLE usher.event
    ADD CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'contact.restored'::text, 'contact.unreadable'::text, 'contact.readable'::text, 'decision.made'::text, 'patch.intended'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.refused'::text, 'patch.throttled'::text, 'patch.unknown'::text, 'patch.not_applied'::text, 'patch.not_taken'::text, 'patch.late'::text, 'action.superseded'::text, 'action.moot'::text, 'action.blocked'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text, 'drift.found'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'alert.raised'::text, 'alert.resolved'::text, 'operator.acted'::text]))) NOT VALID;

ALTER TABLE ONLY usher.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (workspace, seq, recorded_at);

ALTER TABLE ONLY usher.event_rest
    ADD CONSTRAINT event_rest_pkey PRIMARY KEY (workspace, seq, recorded_at);

ALTER TABLE ONLY usher.former_contact
    ADD CONSTRAINT former_contact_pkey PRIMARY KEY (workspace, contact_id);

ALTER TABLE ONLY usher.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (workspace, contact_id, field);

ALTER TABLE ONLY usher.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (workspace, name);

ALTER TABLE ONLY usher.mass_delete
    ADD CONSTRAINT mass_delete_pkey PRIMARY KEY (workspace);

ALTER TABLE ONLY usher.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

ALTER TABLE ONLY usher.pause
    ADD CONSTRAINT pause_pkey PRIMARY KEY (workspace, endpoint);

ALTER TABLE ONLY usher.permit
    ADD CONSTRAINT permit_pkey PRIMARY KEY (workspace, endpoint, permit);

ALTER TABLE ONLY usher.rule_hold
    ADD CONSTRAINT rule_hold_pkey PRIMARY KEY (workspace, rule_id, reason);

ALTER TABLE ONLY usher.rule_hold
    ADD CONSTRAINT rule_hold_workspace_placed_seq_key UNIQUE (workspace, placed_seq);

ALTER TABLE ONLY usher.ruleset
    ADD CONSTRAINT ruleset_pkey PRIMARY KEY (workspace, ruleset_hash);

ALTER TABLE ONLY usher.sweep_page
    ADD CONSTRAINT sweep_page_pkey PRIMARY KEY (workspace, sweep_id, page);

ALTER TABLE ONLY usher.sweep
    ADD CONSTRAINT sweep_pkey PRIMARY KEY (workspace, sweep_id);

ALTER TABLE ONLY usher.unreadable
    ADD CONSTRAINT unreadable_pkey PRIMARY KEY (workspace, contact_id, raw_digest);

ALTER TABLE ONLY usher.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (workspace, holder);

ALTER TABLE ONLY usher.workspace
    ADD CONSTRAINT workspace_pkey PRIMARY KEY (workspace);

CREATE INDEX absence_due ON usher.absence USING btree (workspace, due_at) WHERE (NOT is_held);

CREATE INDEX action_due ON usher.action USING btree (workspace, state, send_order, due_at);

CREATE INDEX contact_alerts ON usher.contact USING btree (workspace, contact_id) WHERE (alerts <> '{}'::text[]);

CREATE INDEX contact_approved ON usher.contact USING btree (workspace, contact_id) WHERE (approved IS NOT NULL);

CREATE INDEX contact_by_age ON usher.contact USING btree (workspace, known_since) WHERE (known_since IS NOT NULL);

CREATE INDEX contact_by_drift ON usher.contact USING btree (workspace, contact_id) WHERE (drifts <> '{}'::jsonb);

CREATE INDEX contact_by_email ON usher.contact USING btree (workspace, email);

CREATE INDEX contact_declined ON usher.contact USING btree (workspace, contact_id) WHERE (declined IS NOT NULL);

CREATE INDEX contact_drifted ON usher.contact USING btree (workspace, contact_id) WHERE (drifts <> '{}'::jsonb);

CREATE INDEX contact_held ON usher.contact USING btree (workspace, contact_id) WHERE (held IS NOT NULL);

CREATE INDEX event_by_action ON ONLY usher.event USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);

CREATE INDEX event_by_aside ON ONLY usher.event USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));

CREATE INDEX event_by_contact ON ONLY usher.event USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);

CREATE INDEX event_by_hold ON ONLY usher.event USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));

CREATE INDEX event_by_rare_kind ON ONLY usher.event USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));

CREATE INDEX event_by_resolution ON ONLY usher.event USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);

CREATE INDEX event_by_rule_expiry ON ONLY usher.event USING btree (workspace, seq) WHERE ((kind = 'hold.expired'::text) AND (contact_id IS NULL));

CREATE INDEX event_rest_workspace_action_id_seq_idx ON usher.event_rest USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);

CREATE INDEX event_rest_workspace_cause_seq_idx ON usher.event_rest USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));

CREATE INDEX event_rest_workspace_contact_id_seq_idx ON usher.event_rest USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);

CREATE INDEX event_unordered ON ONLY usher.event USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));

CREATE INDEX event_rest_workspace_contact_id_seq_idx1 ON usher.event_rest USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));

CREATE INDEX event_rest_workspace_kind_seq_idx ON usher.event_rest USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));

CREATE INDEX event_rest_workspace_seq_idx ON usher.event_rest USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);

CREATE INDEX event_rest_workspace_seq_idx1 ON usher.event_rest USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));

CREATE INDEX event_rest_workspace_seq_idx2 ON usher.event_rest USING btree (workspace, seq) WHERE ((kind = 'hold.expired'::text) AND (contact_id IS NULL));

ALTER INDEX usher.event_pkey ATTACH PARTITION usher.event_rest_pkey;

ALTER INDEX usher.event_by_action ATTACH PARTITION usher.event_rest_workspace_action_id_seq_idx;

ALTER INDEX usher.event_by_hold ATTACH PARTITION usher.event_rest_workspace_cause_seq_idx;

ALTER INDEX usher.event_by_contact ATTACH PARTITION usher.event_rest_workspace_contact_id_seq_idx;

ALTER INDEX usher.event_unordered ATTACH PARTITION usher.event_rest_workspace_contact_id_seq_idx1;

ALTER INDEX usher.event_by_rare_kind ATTACH PARTITION usher.event_rest_workspace_kind_seq_idx;

ALTER INDEX usher.event_by_resolution ATTACH PARTITION usher.event_rest_workspace_seq_idx;

ALTER INDEX usher.event_by_aside ATTACH PARTITION usher.event_rest_workspace_seq_idx1;

ALTER INDEX usher.event_by_rule_expiry ATTACH PARTITION usher.event_rest_workspace_seq_idx2;

ALTER TABLE ONLY usher.absence
    ADD CONSTRAINT absence_workspace_contact_id_fkey FOREIGN KEY (workspace, contact_id) REFERENCES usher.contact(workspace, contact_id);

ALTER TABLE ONLY usher.absence
    ADD CONSTRAINT absence_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.action
    ADD CONSTRAINT action_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.alert
    ADD CONSTRAINT alert_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.approval
    ADD CONSTRAINT approval_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.breaker
    ADD CONSTRAINT breaker_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.budget
    ADD CONSTRAINT budget_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.change_count
    ADD CONSTRAINT change_count_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.clock
    ADD CONSTRAINT clock_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.contact
    ADD CONSTRAINT contact_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE usher.event
    ADD CONSTRAINT event_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.former_contact
    ADD CONSTRAINT former_contact_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.hold
    ADD CONSTRAINT hold_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.lease
    ADD CONSTRAINT lease_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.mass_delete
    ADD CONSTRAINT mass_delete_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.pause
    ADD CONSTRAINT pause_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.permit
    ADD CONSTRAINT permit_workspace_endpoint_fkey FOREIGN KEY (workspace, endpoint) REFERENCES usher.budget(workspace, endpoint);

ALTER TABLE ONLY usher.rule_hold
    ADD CONSTRAINT rule_hold_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.ruleset
    ADD CONSTRAINT ruleset_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.sweep_page
    ADD CONSTRAINT sweep_page_workspace_sweep_id_fkey FOREIGN KEY (workspace, sweep_id) REFERENCES usher.sweep(workspace, sweep_id) ON DELETE CASCADE;

ALTER TABLE ONLY usher.sweep
    ADD CONSTRAINT sweep_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.unreadable
    ADD CONSTRAINT unreadable_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);

ALTER TABLE ONLY usher.worker
    ADD CONSTRAINT worker_workspace_fkey FOREIGN KEY (workspace) REFERENCES usher.workspace(workspace);
