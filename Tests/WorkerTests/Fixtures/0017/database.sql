SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA audit;
CREATE SCHEMA usher;
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
CREATE VIEW usher.audit_moment AS
 SELECT
        CASE
            WHEN (s.setting ~ '^\d{4}-\d{2}-\d{2}$'::text) THEN ((((s.setting)::date + 1))::timestamp without time zone AT TIME ZONE 'UTC'::text)
            ELSE (s.setting)::timestamp with time zone
        END AS moment
   FROM ( SELECT NULLIF(current_setting('usher.as_of'::text, true), ''::text) AS setting) s;
SET default_tablespace = '';
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
CREATE VIEW usher.forgetting AS
 SELECT e.workspace,
    e.seq,
    e.recorded_at
   FROM usher.event e
  WHERE ((e.kind = 'operator.acted'::text) AND ((e.body ->> 'what'::text) = 'forgot the workspace'::text));
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
                   FROM jsonb_each((newest.body -> 'held'::text)) k(slot, rules)) h) AS holds,
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
   FROM (((( SELECT DISTINCT ON (o.workspace, o.contact_id) o.workspace,
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
     LEFT JOIN usher.event newest ON (((newest.workspace = c.workspace) AND (newest.contact_id = c.contact_id) AND (newest.seq = c.newest_seq) AND (newest.seq > c.born_seq))));
SET default_table_access_method = heap;
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
    priority smallint NOT NULL,
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
CREATE TABLE usher.former_contact (
    workspace text NOT NULL,
    contact_id text NOT NULL,
    email text NOT NULL
);
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
CREATE VIEW audit.drift AS
 SELECT c.workspace,
    c.contact_id,
    c.email,
    (r.drift ->> 'field'::text) AS field,
    r.rule_id,
    (r.drift ->> 'value'::text) AS value,
    NULLIF((r.drift -> 'found'::text), 'null'::jsonb) AS current_value,
    COALESCE(f.recorded_at, ((r.drift ->> 'since'::text))::timestamp with time zone) AS since,
    ((r.drift ->> 'seq'::text))::bigint AS seq
   FROM (((usher.contact c
     CROSS JOIN LATERAL jsonb_each(c.drifts) s(slot, rules))
     CROSS JOIN LATERAL jsonb_each(s.rules) r(rule_id, drift))
     LEFT JOIN usher.event f ON (((f.workspace = c.workspace) AND (f.contact_id = c.contact_id) AND (f.seq = ((r.drift ->> 'seq'::text))::bigint))))
  WHERE ((c.drifts <> '{}'::jsonb) AND (c.deleted_at IS NULL));
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
    NULLIF(h.contact_id, '*'::text) AS contact_id,
    c.email,
    COALESCE((h.wish ->> 'field'::text), h.field) AS field,
    NULL::jsonb AS current_value,
    COALESCE((h.wish ->> 'value'::text), (h.wish ->> 'missing'::text)) AS value,
    ARRAY( SELECT r.id
           FROM jsonb_array_elements_text((h.wish -> 'rules'::text)) r(id)
          ORDER BY r.id) AS rule_ids,
    COALESCE(p.recorded_at, h.placed_at) AS waiting_since,
    COALESCE(h.refused_at, h.expired_at) AS refused_at,
    ARRAY[h.placed_seq] AS hold_ids
   FROM ((usher.hold h
     LEFT JOIN usher.event p ON (((p.workspace = h.workspace) AND (p.seq = h.placed_seq) AND (p.kind = 'hold.placed'::text))))
     LEFT JOIN usher.contact c ON (((c.workspace = h.workspace) AND (c.contact_id = h.contact_id))))
  WHERE (NOT (h.wish ? 'released_by'::text))
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
CREATE VIEW audit.workspaces AS
 SELECT w.workspace,
    w.created_at,
    w.ruleset_hash,
    w.forgotten_at
   FROM usher.workspace w;
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
CREATE TABLE usher.approval (
    workspace text NOT NULL,
    rule_hash text NOT NULL,
    rule_id text NOT NULL,
    approved_at timestamp with time zone NOT NULL,
    who text NOT NULL,
    approved_seq bigint
);
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
CREATE TABLE usher.budget (
    workspace text NOT NULL,
    endpoint text NOT NULL,
    next_send_at timestamp with time zone NOT NULL
);
CREATE TABLE usher.change_count (
    workspace text NOT NULL,
    minute timestamp with time zone NOT NULL,
    scope text NOT NULL,
    class text NOT NULL,
    changes integer NOT NULL,
    CONSTRAINT change_count_class_check CHECK ((class = ANY (ARRAY['all'::text, 'privileged'::text, 'lowering'::text])))
);
CREATE TABLE usher.clock (
    workspace text NOT NULL,
    holder text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    fault text
);
CREATE TABLE usher.event_2026_11 (
    workspace text NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    contact_id text,
    action_id bigint,
    cause_seq bigint,
    body jsonb NOT NULL,
    CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'contact.restored'::text, 'contact.unreadable'::text, 'contact.readable'::text, 'decision.made'::text, 'patch.intended'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.refused'::text, 'patch.throttled'::text, 'patch.unknown'::text, 'patch.not_applied'::text, 'patch.not_taken'::text, 'patch.late'::text, 'action.superseded'::text, 'action.moot'::text, 'action.blocked'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text, 'drift.found'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'alert.raised'::text, 'alert.resolved'::text, 'operator.acted'::text]))),
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);
CREATE TABLE usher.event_2026_12 (
    workspace text NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    contact_id text,
    action_id bigint,
    cause_seq bigint,
    body jsonb NOT NULL,
    CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'contact.restored'::text, 'contact.unreadable'::text, 'contact.readable'::text, 'decision.made'::text, 'patch.intended'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.refused'::text, 'patch.throttled'::text, 'patch.unknown'::text, 'patch.not_applied'::text, 'patch.not_taken'::text, 'patch.late'::text, 'action.superseded'::text, 'action.moot'::text, 'action.blocked'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text, 'drift.found'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'alert.raised'::text, 'alert.resolved'::text, 'operator.acted'::text]))),
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);
CREATE TABLE usher.event_2027_01 (
    workspace text NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    contact_id text,
    action_id bigint,
    cause_seq bigint,
    body jsonb NOT NULL,
    CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'contact.restored'::text, 'contact.unreadable'::text, 'contact.readable'::text, 'decision.made'::text, 'patch.intended'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.refused'::text, 'patch.throttled'::text, 'patch.unknown'::text, 'patch.not_applied'::text, 'patch.not_taken'::text, 'patch.late'::text, 'action.superseded'::text, 'action.moot'::text, 'action.blocked'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text, 'drift.found'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'alert.raised'::text, 'alert.resolved'::text, 'operator.acted'::text]))),
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);
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
CREATE TABLE usher.lease (
    workspace text NOT NULL,
    name text NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    until timestamp with time zone NOT NULL,
    reason text,
    set_at timestamp with time zone,
    CONSTRAINT lease_name_check CHECK ((name ~ '^(sweep|evaluate|pause(:[a-z]+)?)$'::text))
);
CREATE TABLE usher.migration (
    name text NOT NULL,
    checksum bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE usher.permit (
    workspace text NOT NULL,
    endpoint text NOT NULL,
    permit integer NOT NULL,
    free_at timestamp with time zone NOT NULL,
    holder text,
    taken bigint DEFAULT 0 NOT NULL,
    CONSTRAINT permit_permit_check CHECK ((permit > 0))
);
CREATE TABLE usher.ruleset (
    workspace text NOT NULL,
    ruleset_hash text NOT NULL,
    sources jsonb NOT NULL,
    first_active_at timestamp with time zone NOT NULL
);
CREATE TABLE usher.sweep_page (
    workspace text NOT NULL,
    sweep_id bigint NOT NULL,
    page integer NOT NULL,
    refs integer[] NOT NULL
);
CREATE TABLE usher.worker (
    workspace text NOT NULL,
    holder text NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    sweep_interval double precision NOT NULL
);
ALTER TABLE ONLY usher.event ATTACH PARTITION usher.event_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');
ALTER TABLE ONLY usher.event ATTACH PARTITION usher.event_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
ALTER TABLE ONLY usher.event ATTACH PARTITION usher.event_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');
ALTER TABLE ONLY usher.event ATTACH PARTITION usher.event_rest DEFAULT;
INSERT INTO usher.absence VALUES
	('beta', '00000000-0000-4000-8000-000000000200', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000201', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000202', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000203', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000204', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000205', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000206', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000207', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000208', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000209', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000210', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000211', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000212', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000213', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000214', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000215', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000216', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000217', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000218', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000219', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000220', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000221', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000222', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000223', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000224', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000225', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000226', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL),
	('beta', '00000000-0000-4000-8000-000000000227', 2, true, NULL, 0, '2026-11-30 09:39:28.230304+00', NULL);
INSERT INTO usher.action VALUES
	('beta', 34, '00000000-0000-4000-8000-000000000229', 'blocked', '4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790', '{"custom_fields.seats": "many"}', '{"custom_fields.seats": ["seats"]}', NULL, NULL, '{"custom_fields.seats": {"code": "invalid_request", "status": 400, "message": "custom field seats takes a number"}}', false, NULL, 1, '2026-11-30 09:39:27.714487+00', 1, 0, 1, NULL, NULL, 37, '{}', NULL, NULL),
	('beta', 44, '00000000-0000-4000-8000-000000000230', 'ready', '4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790', '{"portal_role": "no_access"}', '{"portal_role": ["leavers"]}', NULL, NULL, '{}', false, NULL, 0, '2026-11-30 10:29:28.818822+00', 1, 0, 1, NULL, NULL, NULL, '{}', NULL, NULL),
	('default', 234, '7098442a-5f1e-488b-96ae-0afda8aede2a', 'ready', 'd1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda', '{"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}', '{"custom_fields.tier": ["queued-tiers"], "custom_fields.department": ["queued"]}', NULL, NULL, '{}', false, NULL, 1, '2026-11-30 09:39:30.603159+00', 0, 0, 0, NULL, NULL, NULL, '{}', NULL, NULL),
	('default', 235, '739de06f-3db8-4213-88b2-00e3546f0e2b', 'ready', 'd1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda', '{"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}', '{"custom_fields.tier": ["queued-tiers"], "custom_fields.department": ["queued"]}', NULL, NULL, '{}', false, NULL, 1, '2026-11-30 09:39:30.603159+00', 0, 0, 0, NULL, NULL, NULL, '{}', NULL, NULL),
	('default', 236, 'd9360bab-bee6-4033-a12b-7998c7ebffe3', 'ready', 'd1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda', '{"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}', '{"custom_fields.tier": ["queued-tiers"], "custom_fields.department": ["queued"]}', NULL, NULL, '{}', false, NULL, 1, '2026-11-30 09:39:30.603159+00', 0, 0, 0, NULL, NULL, NULL, '{}', NULL, NULL),
	('default', 117, '00000000-0000-4000-8000-000000000126', 'ready', 'd1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda', '{"custom_fields.seats": "many"}', '{"custom_fields.seats": ["seats"]}', NULL, NULL, '{}', false, NULL, 1, '2026-11-30 09:39:30.631999+00', 3, 0, 3, NULL, NULL, NULL, '{}', NULL, NULL),
	('default', 224, '9be6fb51-4cba-4855-b8e5-f2e62a2a63e5', 'sending', '', '{"custom_fields.department": "Queue"}', '{"custom_fields.department": ["queued"]}', '{"custom_fields.department": "Queue"}', '{}', '{}', false, '{"rules": {"custom_fields.tier": ["queued-tiers"]}, "desired": {"custom_fields.tier": "bronze"}, "reverts": [], "priority": 1, "action_id": 237, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}', 1, '2026-11-30 09:39:30.03442+00', 1, 0, 1, 'vm:12027:3360274A', '2026-11-30 09:39:45.054158+00', 226, '{}', NULL, NULL),
	('default', 225, 'b8379e96-b65d-4edc-98ad-3e74a15fad33', 'unknown', '', '{"custom_fields.department": "Queue"}', '{"custom_fields.department": ["queued"]}', '{"custom_fields.department": "Queue"}', '{}', '{}', false, '{"rules": {"custom_fields.tier": ["queued-tiers"]}, "desired": {"custom_fields.tier": "bronze"}, "reverts": [], "priority": 1, "action_id": 238, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}', 1, '2026-11-30 09:39:42.054158+00', 1, 1, 1, NULL, NULL, 227, '{}', NULL, '2026-11-30 09:39:42.054158+00');
INSERT INTO usher.alert VALUES
	('default', 'unreadable', '', 'contact 00000000-0000-4000-8000-000000000131 cannot be read or stored and is set aside: name has another type than the API''s reference says; nothing is decided or sent for it until its data change; all that are set aside: usher status', '00000000-0000-4000-8000-000000000131', 34, '2026-11-30 09:39:21.382191+00', '2026-11-30 09:39:21.382191+00', '2026-11-30 09:39:21.382191+00'),
	('default', 'guardrail', 'no-external-admins', 'contacts hold a value already that the guardrail no-external-admins denies, and it lowers nobody; docs/audit-queries.md tells how to list them', NULL, 71, '2026-11-30 09:39:21.436202+00', '2026-11-30 09:39:21.436202+00', '2026-11-30 09:39:21.436202+00'),
	('default', 'conflict', 'portal_role: pilot-admins, pilot-members', 'rules pilot-admins, pilot-members want different values for portal_role with the same priority, so nothing is done to it; give one of them a higher priority', NULL, 72, '2026-11-30 09:39:21.436202+00', '2026-11-30 09:39:21.436202+00', '2026-11-30 09:39:21.436202+00'),
	('default', 'blocked', '', 'the action for contact 00000000-0000-4000-8000-000000000126 is blocked: the API refused it; see: usher why 00000000-0000-4000-8000-000000000126; more within the hour: usher status', '00000000-0000-4000-8000-000000000126', 121, '2026-11-30 09:39:21.825913+00', '2026-11-30 09:39:21.825913+00', '2026-11-30 09:39:21.825913+00'),
	('default', 'held', '', 'rules are held, and their changes are not made: closing (lowering per_hour: 1, of the rule closing), many-labels (per_hour: 1, of the rule many-labels), support-leads (approval: required); see: usher holds, then usher approve or usher reject', NULL, 42, '2026-11-30 09:39:21.42802+00', '2026-11-30 09:39:21.42802+00', '2026-11-30 09:39:21.42802+00'),
	('default', 'drift', '', 'drift: a person or another program raised portal_role of contact 00000000-0000-4000-8000-000000000104 above the value set by leavers; it is left alone; to enforce the rules again: usher release 00000000-0000-4000-8000-000000000104 --reason …; all drift: usher drift', '00000000-0000-4000-8000-000000000104', 170, '2026-11-30 09:39:23.79829+00', '2026-11-30 09:39:23.79829+00', '2026-11-30 09:39:23.79829+00'),
	('default', 'revert', '', 'a change of portal_role of contact 00000000-0000-4000-8000-000000000113 is held: the revert would raise access; to make it: usher release 00000000-0000-4000-8000-000000000113 --reason …; all held changes: usher holds', '00000000-0000-4000-8000-000000000113', 171, '2026-11-30 09:39:23.79829+00', '2026-11-30 09:39:23.79829+00', '2026-11-30 09:39:23.79829+00'),
	('default', 'own_changes', '', 'a change of portal_role of contact 00000000-0000-4000-8000-000000000114 is held: Usher changed the field three times within an hour; to make it: usher release 00000000-0000-4000-8000-000000000114 --reason …; all held changes: usher holds', '00000000-0000-4000-8000-000000000114', 196, '2026-11-30 09:39:24.864185+00', '2026-11-30 09:39:24.864185+00', '2026-11-30 09:39:24.864185+00'),
	('beta', 'blocked', '', 'the action for contact 00000000-0000-4000-8000-000000000229 is blocked: the API refused it; see: usher why 00000000-0000-4000-8000-000000000229; more within the hour: usher status', '00000000-0000-4000-8000-000000000229', 38, '2026-11-30 09:39:27.764077+00', '2026-11-30 09:39:27.764077+00', '2026-11-30 09:39:27.764077+00'),
	('beta', 'mass_delete', '', '28 of 31 contacts are missing; nothing is deleted until a person runs: usher release mass-delete --reason …', NULL, 41, '2026-11-30 09:39:28.230304+00', '2026-11-30 09:39:28.230304+00', '2026-11-30 09:39:28.230304+00'),
	('beta', 'api_failing', 'update', 'the API''s endpoint update has given no good answer since 2026-11-30T09:39:28Z, the last because: the API asks to wait for 3000 s; single requests are tried until it is well, and everything else for it waits; see: usher status', NULL, 47, '2026-11-30 09:39:28.818822+00', '2026-11-30 09:39:28.818822+00', '2026-11-30 09:39:28.818822+00'),
	('beta', 'unauthorized', '', 'workspace beta is paused: me, request e4da8ac7-e78a-4b13-8c7a-eee0b8b4ea32: not authorised (401 invalid_api_token); the token is unknown or revoked; an admin of the workspace can make a new one. Replace its token; it goes on by itself when GET /me answers, or at once with: usher resume', NULL, 48, '2026-11-30 09:39:29.08146+00', '2026-11-30 09:39:29.08146+00', '2026-11-30 09:39:29.08146+00');
INSERT INTO usher.approval VALUES
	('default', '18f0cec7e0baac52d5244e4cf04d4597f7a335cda45b9ce4c2beef9ba02f5e70', 'partner-admins', '2026-11-30 09:39:22.733174+00', 'root@vm', 125);
INSERT INTO usher.breaker VALUES
	('beta', 'update', 0, '2026-11-30 09:39:28.818822+00', 'the API asks to wait for 3000 s', NULL, '2026-11-30 10:29:28.818822+00', '2026-11-30 09:39:28.818822+00'),
	('default', 'update', 1, '2026-11-30 09:39:30.06995+00', 'the API failed (500); it may have been applied', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', NULL, NULL);
INSERT INTO usher.budget VALUES
	('default', 'update', '2026-11-30 09:49:00.054158+00');
INSERT INTO usher.change_count VALUES
	('default', '2026-11-30 09:39:00+00', 'rule:names', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'workspace', 'lowering', 3),
	('default', '2026-11-30 09:39:00+00', 'file:customers.yaml', 'privileged', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:gold', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:leavers', 'lowering', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:sales', 'lowering', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:customers[north.example]', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:customers', 'privileged', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:free-mail', 'lowering', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:customers[south.example]', 'privileged', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:customers[south.example]', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'file:people.yaml', 'lowering', 3),
	('default', '2026-11-30 09:39:00+00', 'rule:seats', 'all', 2),
	('default', '2026-11-30 09:39:00+00', 'rule:many-members', 'all', 4),
	('default', '2026-11-30 09:39:00+00', 'file:people.yaml', 'privileged', 4),
	('default', '2026-11-30 09:39:00+00', 'workspace', 'privileged', 5),
	('default', '2026-11-30 09:39:00+00', 'rule:partner-admins', 'privileged', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:partner-admins', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:late-names', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:insists', 'all', 3),
	('default', '2026-11-30 09:39:00+00', 'rule:early-names', 'all', 2),
	('default', '2026-11-30 09:39:00+00', 'rule:acme-staff', 'all', 3),
	('default', '2026-11-30 09:39:00+00', 'rule:acme-staff', 'privileged', 3),
	('default', '2026-11-30 09:39:00+00', 'file:people.yaml', 'all', 19),
	('default', '2026-11-30 09:39:00+00', 'rule:customers', 'all', 3),
	('default', '2026-11-30 09:39:00+00', 'file:customers.yaml', 'all', 3),
	('default', '2026-11-30 09:39:00+00', 'rule:customers[east.example]', 'all', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:welcome', 'all', 2),
	('beta', '2026-11-30 09:39:00+00', 'file:rules.yaml', 'all', 1),
	('beta', '2026-11-30 09:39:00+00', 'workspace', 'all', 1),
	('beta', '2026-11-30 09:39:00+00', 'rule:seats', 'all', 1),
	('beta', '2026-11-30 09:39:00+00', 'workspace', 'lowering', 1),
	('beta', '2026-11-30 09:39:00+00', 'file:rules.yaml', 'lowering', 1),
	('beta', '2026-11-30 09:39:00+00', 'rule:leavers', 'lowering', 1),
	('default', '2026-11-30 09:39:00+00', 'rule:queued', 'all', 5),
	('default', '2026-11-30 09:39:00+00', 'workspace', 'all', 29),
	('default', '2026-11-30 09:39:00+00', 'rule:queued-tiers', 'all', 5),
	('default', '2026-11-30 09:39:00+00', 'file:queue.yaml', 'all', 7);
INSERT INTO usher.clock VALUES
	('default', 'vm:11609:DE88CA47', '2026-11-30 09:39:21.310413+00', NULL),
	('default', 'vm:11687:8A939B12', '2026-11-30 09:39:23.308057+00', NULL),
	('default', 'vm:11725:9E30594E', '2026-11-30 09:39:23.746353+00', NULL),
	('default', 'vm:11759:EC46048A', '2026-11-30 09:39:24.264545+00', NULL),
	('default', 'vm:11785:CBF918B2', '2026-11-30 09:39:24.800168+00', NULL),
	('default', 'vm:11809:A34FEB15', '2026-11-30 09:39:25.222444+00', NULL),
	('default', 'vm:11837:BEBC34E6', '2026-11-30 09:39:25.849461+00', NULL),
	('beta', 'vm:11898:062B6E51', '2026-11-30 09:39:27.634684+00', NULL),
	('beta', 'vm:11924:CFFD1192', '2026-11-30 09:39:28.181634+00', NULL),
	('beta', 'vm:11949:B66336B2', '2026-11-30 09:39:28.55991+00', NULL),
	('beta', 'vm:11986:7552A4D2', '2026-11-30 09:39:29.114776+00', NULL),
	('default', 'vm:12027:3360274A', '2026-11-30 09:39:29.963996+00', NULL);
INSERT INTO usher.contact VALUES
	('default', '00000000-0000-4000-8000-000000000130', 1, '\x223f955be5e393ccf5f7bd38dc253b6a3932dcd878373feb60697a5feee56b8b', '{"id": "00000000-0000-4000-8000-000000000130", "name": "A Person", "email": "vic@none.example", "emails": ["vic@none.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'vic@none.example', '2026-11-30 09:39:21.368201+00', 2, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000129', 2, '\xc1c70a91ad83508344338f2293df0c67c926a16c642158ba6ab6eadbdefab910', '{"id": "00000000-0000-4000-8000-000000000129", "name": "A Person", "email": "uma@east.example", "emails": ["uma@east.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'uma@east.example', '2026-11-30 09:39:21.368201+00', 3, 212, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["customers[east.example]"], "times": ["2026-11-30T09:39:25.366Z"], "value": "member"}}', '{}', '\x03e1016467bb69a4348d14e75a003683fb4e4eae0e818bc0f6d4193a2644939a', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000103', 28, '\xaed10f15f3ed9fcb810e7f718b676fb9eeb51f30a3979e203973c35ec0df3c50', '{"id": "00000000-0000-4000-8000-000000000103", "name": "A Person", "email": "dan@acme.example", "emails": ["dan@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'dan@acme.example', '2026-11-30 09:39:21.368201+00', 29, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000100', 31, '\xc79fe300de9986848df40082dc0093d0a2e67cb426a8285036c8e99c77e9a5fd', '{"id": "00000000-0000-4000-8000-000000000100", "name": "A Person", "email": "ana@acme.example", "emails": ["ana@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'ana@acme.example', '2026-11-30 09:39:21.368201+00', 32, 86, NULL, '{"portal_role": {"from": "member", "field": "portal_role", "rules": ["acme-staff"], "times": ["2026-11-30T09:39:21.559Z"], "value": "admin"}}', '{}', '\x47befc3458624ad34e45d19efd6f2a5ab20aed2d94c5cc07f888d27608d92810', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000106', 25, '\x3513eead4aaf487489afb5fc4c56a583229af5dc1f374cf6c4e88d653c8bbdee', '{"id": "00000000-0000-4000-8000-000000000106", "name": "A Person", "email": "two@at@acme.example", "emails": ["two@at@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'two@at@acme.example', '2026-11-30 09:39:21.368201+00', 26, 0, NULL, '{}', '{}', '\x323d1e35788597a039a57b1347926f0b58b401814f6b235dd9e7273c63b727b8', NULL, NULL, NULL, NULL, '{}', '{"guardrail no-external-admins"}', NULL),
	('default', '00000000-0000-4000-8000-000000000102', 29, '\x3628f5febf6464245cbb53bfccd672807b65050717ace934873c0a1cf5f2faac', '{"id": "00000000-0000-4000-8000-000000000102", "name": "A Person", "email": "ext-cyd@acme.example", "emails": ["ext-cyd@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'ext-cyd@acme.example', '2026-11-30 09:39:21.368201+00', 30, 0, NULL, '{}', '{}', '\x210e0384a6ac7031ce3e92e878dca6ffbaba5056c4e81953697452d550b2cba8', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000107', 24, '\x29b74e3da56016520364ec87356ca67aeb043326012fde483d6078463e04eb7f', '{"id": "00000000-0000-4000-8000-000000000107", "name": "A Person", "email": "fay@gmail.com", "emails": ["fay@gmail.com"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'fay@gmail.com', '2026-11-30 09:39:21.368201+00', 25, 87, NULL, '{"portal_role": {"from": "admin", "field": "portal_role", "rules": ["free-mail"], "times": ["2026-11-30T09:39:21.565Z"], "value": "member"}}', '{}', '\x80bd1dfa746c853a137dc3cdf1ba7a4b0a3dc28d024b09ed28e9e43fb36057cb', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000109', 22, '\x38fa7f6b3a35dd7b5d6c76ffb13fed46c640acd38c59ae9d7051f5704fd0f00d', '{"id": "00000000-0000-4000-8000-000000000109", "name": "A Person", "email": "hal@gold.example", "emails": ["hal@gold.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "gold"}, "status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'hal@gold.example', '2026-11-30 09:39:21.368201+00', 23, 0, NULL, '{}', '{}', '\xe844319c78b914d50b579734550b81edbebbfe510572d0009d161175b62402eb', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000110', 21, '\xc1eca683f3a659aa58a79d689bfb5c3dcb88b63e5cbb8415c7fc18c6ccc7b1b9', '{"id": "00000000-0000-4000-8000-000000000110", "name": "A Person", "email": "ida@gold.example", "emails": ["ida@gold.example"], "portal_role": "admin", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "gold"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'ida@gold.example', '2026-11-30 09:39:21.368201+00', 22, 0, NULL, '{}', '{}', '\x8b0250eaf871a7dabeac27e3324be6e01c00d374322ac787c2682fae566367f2', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000111', 20, '\x927c6a6906c702e82cdcb0cf7afc6982b13d83c762feadfeb5a614348daddd36', '{"id": "00000000-0000-4000-8000-000000000111", "name": "A Person", "email": "jim@silver.example", "emails": ["jim@silver.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "silver"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'jim@silver.example', '2026-11-30 09:39:21.368201+00', 21, 0, NULL, '{}', '{}', '\xd379292416df7db6c5f80e9b8bcadfbb89b3adda8b68816e7ac50497b41c0fd4', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000112', 19, '\xde068a0a7f4654c38362b3f944af06c4e56e55d5a407fa6e87da044c14c6bbe8', '{"id": "00000000-0000-4000-8000-000000000112", "name": "A Person", "email": "kim@tie.example", "emails": ["kim@tie.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'kim@tie.example', '2026-11-30 09:39:21.368201+00', 20, 0, NULL, '{}', '{}', '\xc9846d1b348bfae04c4fe3252b9158c56e7076b22a5befb52782004c4b1a62e5', NULL, NULL, NULL, NULL, '{}', '{"conflict portal_role: pilot-admins, pilot-members"}', NULL),
	('beta', '00000000-0000-4000-8000-000000000218', 13, '\x631b4d86ae4072d9effb3bb75b423ecb0610695b32b7167b8908145223775964', '{"id": "00000000-0000-4000-8000-000000000218", "name": "A Person", "email": "b18@bulk.example", "emails": ["b18@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b18@bulk.example', '2026-11-30 09:39:27.677732+00', 14, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000108', 23, '\x3efda6153f95aac2d0e945bd14aa569512784f54ffce038df5a846bf94adcdd1', '{"id": "00000000-0000-4000-8000-000000000108", "name": "A Person", "email": "gus@gold.example", "emails": ["gus@gold.example"], "portal_role": "member", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "gold"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'gus@gold.example', '2026-11-30 09:39:21.368201+00', 24, 95, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["gold"], "times": ["2026-11-30T09:39:21.582Z"], "value": "member"}}', '{}', '\x8b0250eaf871a7dabeac27e3324be6e01c00d374322ac787c2682fae566367f2', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000217', 14, '\x93778d9cdab82d4eb6a734a30d864aff100a8167732e2e6c19a8448cc67bf177', '{"id": "00000000-0000-4000-8000-000000000217", "name": "A Person", "email": "b17@bulk.example", "emails": ["b17@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b17@bulk.example', '2026-11-30 09:39:27.677732+00', 15, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000216', 15, '\xca716cd792e033015c9ee5637e405de5744b7cda6e3fe8c46f95f040e6815660', '{"id": "00000000-0000-4000-8000-000000000216", "name": "A Person", "email": "b16@bulk.example", "emails": ["b16@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b16@bulk.example', '2026-11-30 09:39:27.677732+00', 16, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000215', 16, '\x9941ab6e4b616cd929f08b98313f3d3637d70e6f1e8b1bb9a372984230ea0d59', '{"id": "00000000-0000-4000-8000-000000000215", "name": "A Person", "email": "b15@bulk.example", "emails": ["b15@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b15@bulk.example', '2026-11-30 09:39:27.677732+00', 17, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000214', 17, '\x3a090815c77bb568d45c7cc48d5baa4f54912c06aca833fdeacf4ab7deb0e4d3', '{"id": "00000000-0000-4000-8000-000000000214", "name": "A Person", "email": "b14@bulk.example", "emails": ["b14@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b14@bulk.example', '2026-11-30 09:39:27.677732+00', 18, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000213', 18, '\x862031973103dc72a960f2216653096bd693e44310b361cb90f28989c3be9a65', '{"id": "00000000-0000-4000-8000-000000000213", "name": "A Person", "email": "b13@bulk.example", "emails": ["b13@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b13@bulk.example', '2026-11-30 09:39:27.677732+00', 19, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000212', 19, '\xfa87f7f51b5482e5042f7b8a8c723dde29a8619a44480ea9c636ded73c0164a9', '{"id": "00000000-0000-4000-8000-000000000212", "name": "A Person", "email": "b12@bulk.example", "emails": ["b12@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b12@bulk.example', '2026-11-30 09:39:27.677732+00', 20, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000211', 20, '\x95b2a4d97d365c1dcf466a46d0e8de50fba8723b7f9e2bf92b5a9a0c91a3f24b', '{"id": "00000000-0000-4000-8000-000000000211", "name": "A Person", "email": "b11@bulk.example", "emails": ["b11@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b11@bulk.example', '2026-11-30 09:39:27.677732+00', 21, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000120', 11, '\x839f7bb59c640dc9b71b028144175c5752ecce0df963c5ff2fbcd7cd1b6ca90b', '{"id": "00000000-0000-4000-8000-000000000120", "name": "A Person", "email": "c1@closing.example", "emails": ["c1@closing.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'c1@closing.example', '2026-11-30 09:39:21.368201+00', 12, 0, NULL, '{}', '{}', '\x60a797de28eafcbeb552e890c917e04568821cf21fcdfb9436d8ce1d3b5a85ed', '[{"by": ["lowering:closing"], "from": "member", "field": "portal_role", "rules": {"closing": "2e9bcf2156439bc5904103776dcd911ecae71dfd942785aff0ad20b0a7789953"}, "value": "no_access"}]', NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000121', 10, '\xbe25cd318aa7441cf43b7339885e6d2c989dab3a6d992a809126d2ec80a3ed50', '{"id": "00000000-0000-4000-8000-000000000121", "name": "A Person", "email": "c2@closing.example", "emails": ["c2@closing.example"], "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'c2@closing.example', '2026-11-30 09:39:21.368201+00', 11, 0, NULL, '{}', '{}', '\xc72f0e23cb6cccd990fa2be0cf551d709b81db0addc012b8595359a8eb51effc', '[{"by": ["lowering:closing"], "from": "admin", "field": "portal_role", "rules": {"closing": "2e9bcf2156439bc5904103776dcd911ecae71dfd942785aff0ad20b0a7789953"}, "value": "no_access"}]', NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000122', 9, '\x0ed67ab188f19f8e184a374e98a6d153aaa6513c70c20ede8ce143c24fdfe47c', '{"id": "00000000-0000-4000-8000-000000000122", "name": "A Person", "email": "c3@closing.example", "emails": ["c3@closing.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'c3@closing.example', '2026-11-30 09:39:21.368201+00', 10, 0, NULL, '{}', '{}', '\x60a797de28eafcbeb552e890c917e04568821cf21fcdfb9436d8ce1d3b5a85ed', '[{"by": ["lowering:closing"], "from": "member", "field": "portal_role", "rules": {"closing": "2e9bcf2156439bc5904103776dcd911ecae71dfd942785aff0ad20b0a7789953"}, "value": "no_access"}]', NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000123', 8, '\x2c5a8f8e6a175f8e4c05d1dfbfb15e58edf134318efe29d468488c5523b08be7', '{"id": "00000000-0000-4000-8000-000000000123", "name": "A Person", "email": "oli@support.example", "emails": ["oli@support.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'oli@support.example', '2026-11-30 09:39:21.368201+00', 9, 0, NULL, '{}', '{}', '\x039314e74db2e178cd417204d7858b85b8e2c26cf5d25fc694926f198cedc927', '[{"by": ["approval:support-leads"], "from": "member", "field": "portal_role", "rules": {"support-leads": "397ab38a117cf41b52957db56aa4d61d97b9365bd7f0ab91f7a98fa16967f1ae"}, "value": "support-lead"}]', NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000126', 5, '\x16158787c8af65a8845b955f3ba25cc22e7ba41fd619946afccd3e6849407546', '{"id": "00000000-0000-4000-8000-000000000126", "name": "A Person", "email": "ray@seats.example", "emails": ["ray@seats.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'ray@seats.example', '2026-11-30 09:39:21.368201+00', 6, 112, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["seats"], "times": ["2026-11-30T09:39:21.694Z"], "value": "member"}}', '{}', '\x17bd3744364158e8d35ffa48af7160d4d518d7abaffc13f0003a40a7579a1481', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000118', 13, '\x2213d16f5371bee3666b68e603208ca81f48fc18ff9b8174fcc68c976924feff', '{"id": "00000000-0000-4000-8000-000000000118", "name": "A Person", "email": "m3@many.example", "emails": ["m3@many.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'm3@many.example', '2026-11-30 09:39:21.368201+00', 14, 149, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "times": ["2026-11-30T09:39:23.394Z"], "value": "member"}}', '{}', '\x9ba9f50b8d149ad3887c292e73c8c3cb351ae38ea13b47eedcbc3547d233ab51', '[{"by": ["limit:many-labels"], "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "value": "Many"}, {"by": ["limit:many-tiers"], "field": "custom_fields.tier", "rules": {"many-tiers": "12969acfe4066e669ae21efddebfadc6e668a0b5d5cc56da7330efa3985f76c3"}, "value": "bronze"}]', '[{"seq": 239, "who": "root@vm", "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "until": "2026-12-07T09:39:30.920Z", "value": "Many"}]', NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000104', 27, '\x9040474c786d6f4ca0550c54a08bb6ffdee2b492f39213b17bcd7390a09277ab', '{"id": "00000000-0000-4000-8000-000000000104", "name": "A Person", "email": "eve@acme.example", "emails": ["eve@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {"status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'eve@acme.example', '2026-11-30 09:39:21.368201+00', 158, 94, NULL, '{"portal_role": {"from": "admin", "field": "portal_role", "rules": [], "times": ["2026-11-30T09:39:21.574Z"], "value": "no_access"}}', '{}', '\x82704fac8469364222b80c13e4423e563039265a546c244a5fc5f5c2af66d299', NULL, NULL, NULL, NULL, '{"portal_role": {"leavers": {"seq": 164, "field": "portal_role", "found": "member", "since": "2026-11-30T09:39:23.797Z", "value": "no_access"}}}', '{"drift "}', NULL),
	('beta', '00000000-0000-4000-8000-000000000210', 21, '\x636f8f46d288d44a70dbb1a84bab15518074ad7149a1881df6224ed649285ba7', '{"id": "00000000-0000-4000-8000-000000000210", "name": "A Person", "email": "b10@bulk.example", "emails": ["b10@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b10@bulk.example', '2026-11-30 09:39:27.677732+00', 22, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000209', 22, '\xececed07ea5ffb20accb2aafd98b94d766c135724e8764d7176755e8fda28613', '{"id": "00000000-0000-4000-8000-000000000209", "name": "A Person", "email": "b09@bulk.example", "emails": ["b09@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b09@bulk.example', '2026-11-30 09:39:27.677732+00', 23, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000127', 4, '\x628f8ae5911999f6fa2a0e0a76d2f865e9989cc256069eadcb6a95bbd97eb64f', '{"id": "00000000-0000-4000-8000-000000000127", "name": "A Person", "email": "sue@north.example", "emails": ["sue@north.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'sue@north.example', '2026-11-30 09:39:21.368201+00', 5, 105, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["customers[north.example]"], "times": ["2026-11-30T09:39:21.618Z"], "value": "member"}}', '{}', '\x35b687ca1644a6cf48a8110d2fee76d61ad094b28551e7f27cf07c4f4b851abf', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000128', 3, '\x3acacf32b0c002776e586880fdac81c9aef1e29d8e748db9701793b1ad216441', '{"id": "00000000-0000-4000-8000-000000000128", "name": "A Person", "email": "tom@south.example", "emails": ["tom@south.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'tom@south.example', '2026-11-30 09:39:21.368201+00', 4, 107, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["customers[south.example]"], "times": ["2026-11-30T09:39:21.625Z"], "value": "admin"}}', '{}', '\x04fb4b16e6c01ea5dc7a38b48ef7a292c8c61ccb63f15ca53ace315eb14a6790', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000208', 23, '\x2b453cc3688263af20111189f288f3f0179474b6d7c48e524e89ead725e8689b', '{"id": "00000000-0000-4000-8000-000000000208", "name": "A Person", "email": "b08@bulk.example", "emails": ["b08@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b08@bulk.example', '2026-11-30 09:39:27.677732+00', 24, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000207', 24, '\xe92cdd3abf547be675765887e0b9fef110f2b21ad8e12c0c27f2a400f571de6b', '{"id": "00000000-0000-4000-8000-000000000207", "name": "A Person", "email": "b07@bulk.example", "emails": ["b07@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b07@bulk.example', '2026-11-30 09:39:27.677732+00', 25, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000206', 25, '\x69730bc20eca34e78ae6a643c7acb51f93673672995ec776e8872ea4074475fe', '{"id": "00000000-0000-4000-8000-000000000206", "name": "A Person", "email": "b06@bulk.example", "emails": ["b06@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b06@bulk.example', '2026-11-30 09:39:27.677732+00', 26, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000113', 18, '\x59cd75e98f74b5f94bd39c2bc4db7fc43fc3c64bd1135efea08d0101ba89b96f', '{"id": "00000000-0000-4000-8000-000000000113", "name": "A Person", "email": "lea@sales.example", "emails": ["lea@sales.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {"department": {"slug": "department", "value": "Support"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'lea@sales.example', '2026-11-30 09:39:21.368201+00', 157, 94, NULL, '{"portal_role": {"from": "admin", "field": "portal_role", "rules": ["sales"], "times": ["2026-11-30T09:39:21.574Z"], "value": "no_access"}}', '{}', '\xbbfa86b9d60bad062e5cc07e87c98c2d66b6c27de31d5e0af31747f3b0230c8c', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000116', 15, '\x95c68ace08fcab6abd06b460c47e5f7521a5713439added5a575b4ed0f0bffd3', '{"id": "00000000-0000-4000-8000-000000000116", "name": "A Person", "email": "m1@many.example", "emails": ["m1@many.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'm1@many.example', '2026-11-30 09:39:21.368201+00', 16, 145, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "times": ["2026-11-30T09:39:23.386Z"], "value": "member"}}', '{}', '\x9ba9f50b8d149ad3887c292e73c8c3cb351ae38ea13b47eedcbc3547d233ab51', '[{"by": ["limit:many-labels"], "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "value": "Many"}, {"by": ["limit:many-tiers"], "field": "custom_fields.tier", "rules": {"many-tiers": "12969acfe4066e669ae21efddebfadc6e668a0b5d5cc56da7330efa3985f76c3"}, "value": "bronze"}]', '[{"seq": 239, "who": "root@vm", "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "until": "2026-12-07T09:39:30.920Z", "value": "Many"}]', NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000105', 26, '\xb34431b50839901aeac19982e378cddafde624db331264e0c41f2e0d5f4217ac', '{"id": "00000000-0000-4000-8000-000000000105", "name": "A Person", "email": "lena@acme.example", "emails": ["lena@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {"status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'lena@acme.example', '2026-11-30 09:39:21.368201+00', 27, 94, NULL, '{"portal_role": {"from": "member", "field": "portal_role", "rules": ["acme-staff"], "times": ["2026-11-30T09:39:21.574Z"], "value": "admin"}}', '{}', '\x175e5633faf9e1d08bc475dc54dd441b10c27ae56df7e829761dc8d8cdee726e', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000125', 6, '\x171506eb701a611c57e027485d6653cc887454c4666a654f1f716a21582ca980', '{"id": "00000000-0000-4000-8000-000000000125", "name": "Dr. quinn", "email": "quinn@hello.example", "emails": ["quinn@hello.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'quinn@hello.example', '2026-11-30 09:39:21.368201+00', 7, 209, NULL, '{"name": {"from": "A Person", "field": "name", "rules": ["names"], "times": ["2026-11-30T09:39:21.574Z"], "value": "Dr. quinn"}, "custom_fields.department": {"from": "Welcome", "field": "custom_fields.department", "rules": [], "times": ["2026-11-30T09:39:21.574Z", "2026-11-30T09:39:25.360Z"], "value": ""}}', '{}', '\x63b6f6323abca92dcdfe51dd87d9b84f5c94aab132d3be15e758f3f69bc2f4d7', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000115', 16, '\xfbb21e689a4224ea1a50182c6a0f3600b3bef370a3d47f99d4dad9c058845442', '{"id": "00000000-0000-4000-8000-000000000115", "name": "Zac", "email": "nia@flip.example", "emails": ["nia@flip.example"], "portal_role": "member", "external_ids": [], "custom_fields": {"department": {"slug": "department", "value": "Early"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'nia@flip.example', '2026-11-30 09:39:21.368201+00', 189, 185, NULL, '{"custom_fields.department": {"from": "Late", "field": "custom_fields.department", "rules": ["early-names"], "times": ["2026-11-30T09:39:21.574Z", "2026-11-30T09:39:23.860Z", "2026-11-30T09:39:24.381Z"], "value": "Early"}}', '{}', '\x5ca35a79d9e04c48dc048aa46e8cfb24ee8743bc46b36b38ccfab74aca515c16', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000205', 26, '\x0ea9fb2e60ce722a6efda4c6005b0d88cdcf1064645c089895aceb34b49ec0b8', '{"id": "00000000-0000-4000-8000-000000000205", "name": "A Person", "email": "b05@bulk.example", "emails": ["b05@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b05@bulk.example', '2026-11-30 09:39:27.677732+00', 27, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000204', 27, '\x89f39a2e1943541edd071650770e19bfa1815815719af02c27db3163f5a2e49b', '{"id": "00000000-0000-4000-8000-000000000204", "name": "A Person", "email": "b04@bulk.example", "emails": ["b04@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b04@bulk.example', '2026-11-30 09:39:27.677732+00', 28, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000203', 28, '\xc5fa005f7fcde418a0b5f1122322093cb8ae05147cb73cc281159b292e203c2b', '{"id": "00000000-0000-4000-8000-000000000203", "name": "A Person", "email": "b03@bulk.example", "emails": ["b03@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b03@bulk.example', '2026-11-30 09:39:27.677732+00', 29, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000202', 29, '\x998a39920c81c124ef4e64df8f568d469f1728016d82e690d6fabc5573ec8fd4', '{"id": "00000000-0000-4000-8000-000000000202", "name": "A Person", "email": "b02@bulk.example", "emails": ["b02@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b02@bulk.example', '2026-11-30 09:39:27.677732+00', 30, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000201', 30, '\x6615ed8d450aea82eba40539e120f2ab4b3d23e10509750b9a6256f30b8b1be5', '{"id": "00000000-0000-4000-8000-000000000201", "name": "A Person", "email": "b01@bulk.example", "emails": ["b01@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b01@bulk.example', '2026-11-30 09:39:27.677732+00', 31, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000200', 31, '\x09d2ef1340c604ad2c99a4673968948753676f924584e63ba2420858c7d2317c', '{"id": "00000000-0000-4000-8000-000000000200", "name": "A Person", "email": "b00@bulk.example", "emails": ["b00@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b00@bulk.example', '2026-11-30 09:39:27.677732+00', 32, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '7098442a-5f1e-488b-96ae-0afda8aede2a', 34, '\x7afcfe6cff12be3ff00e23e11052a6c8b3ba596e5ba0636228e14cce1c4fb9e9', '{"id": "7098442a-5f1e-488b-96ae-0afda8aede2a", "name": "A Person", "email": "q5@queue.example", "emails": ["q5@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'q5@queue.example', '2026-11-30 09:39:30.558962+00', 230, 0, NULL, '{}', '{}', '\x2054589d78650d3178153e80975a5921fc896143cc035d3fe8bf5d6bdbd87ab9', NULL, NULL, '2026-11-30 09:39:30.558962+00', NULL, '{}', '{}', NULL),
	('default', '739de06f-3db8-4213-88b2-00e3546f0e2b', 35, '\x56dc7352428f03a8489fced2949ec49490bf1a1f2d591552ab9c16ae18ec7cf4', '{"id": "739de06f-3db8-4213-88b2-00e3546f0e2b", "name": "A Person", "email": "q4@queue.example", "emails": ["q4@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'q4@queue.example', '2026-11-30 09:39:30.558962+00', 231, 0, NULL, '{}', '{}', '\x2054589d78650d3178153e80975a5921fc896143cc035d3fe8bf5d6bdbd87ab9', NULL, NULL, '2026-11-30 09:39:30.558962+00', NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000119', 12, '\x09d505b851b599c8d327600d562a6e48a0e77b4a5d011c172eb06192dba316ce', '{"id": "00000000-0000-4000-8000-000000000119", "name": "A Person", "email": "m4@many.example", "emails": ["m4@many.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'm4@many.example', '2026-11-30 09:39:21.368201+00', 13, 149, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "times": ["2026-11-30T09:39:23.394Z"], "value": "member"}}', '{}', '\x9ba9f50b8d149ad3887c292e73c8c3cb351ae38ea13b47eedcbc3547d233ab51', '[{"by": ["limit:many-labels"], "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "value": "Many"}, {"by": ["limit:many-tiers"], "field": "custom_fields.tier", "rules": {"many-tiers": "12969acfe4066e669ae21efddebfadc6e668a0b5d5cc56da7330efa3985f76c3"}, "value": "bronze"}]', '[{"seq": 239, "who": "root@vm", "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "until": "2026-12-07T09:39:30.920Z", "value": "Many"}]', NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000117', 14, '\xc315fafe93a9cf8bd2b3538ec369c4f71c012465383dc832af42910b721752e0', '{"id": "00000000-0000-4000-8000-000000000117", "name": "A Person", "email": "m2@many.example", "emails": ["m2@many.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'm2@many.example', '2026-11-30 09:39:21.368201+00', 15, 146, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "times": ["2026-11-30T09:39:23.389Z"], "value": "member"}}', '{}', '\x9ba9f50b8d149ad3887c292e73c8c3cb351ae38ea13b47eedcbc3547d233ab51', '[{"by": ["limit:many-labels"], "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "value": "Many"}, {"by": ["limit:many-tiers"], "field": "custom_fields.tier", "rules": {"many-tiers": "12969acfe4066e669ae21efddebfadc6e668a0b5d5cc56da7330efa3985f76c3"}, "value": "bronze"}]', '[{"seq": 239, "who": "root@vm", "field": "custom_fields.department", "rules": {"many-labels": "a044d693bb2e862e3b9d1f8c30d6e8e4ce69d824713c1ca178dd05ee4fe76fa3"}, "until": "2026-12-07T09:39:30.920Z", "value": "Many"}]', NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000124', 7, '\xa78cc9fae0e8136265b0ffe440799e08f9ca63f47dec1dde90e1df8221ffe030', '{"id": "00000000-0000-4000-8000-000000000124", "name": "A Person", "email": "pat@partner.example", "emails": ["pat@partner.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}', 'pat@partner.example', '2026-11-30 09:39:21.368201+00', 8, 149, NULL, '{"portal_role": {"from": "member", "field": "portal_role", "rules": ["partner-admins"], "times": ["2026-11-30T09:39:23.394Z"], "value": "admin"}}', '{}', '\x5d22ed81c95d96e4d82762a5252d60ff89913eee252fc0414ee21b57443eb00f', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000114', 17, '\x3fb77cec3e5095abd62e9668fed2baef4790a1e1f0563b9ef8b70cedebd2e7ae', '{"id": "00000000-0000-4000-8000-000000000114", "name": "A Person", "email": "max@firm.example", "emails": ["max@firm.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'max@firm.example', '2026-11-30 09:39:21.368201+00', 190, 186, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["insists"], "times": ["2026-11-30T09:39:21.574Z", "2026-11-30T09:39:23.858Z", "2026-11-30T09:39:24.393Z"], "value": "member", "reasserted": ["2026-11-30T09:39:23.858Z", "2026-11-30T09:39:24.393Z"]}}', '{}', '\x9a35cf8fda5a951aeb8a1ae1b1fd541c9bade0f3459182988bae8f18daea04b1', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000219', 12, '\x18d8410cf3e21706d8e19ff9ec958b80adbd4c65b468187208419b95e100cc48', '{"id": "00000000-0000-4000-8000-000000000219", "name": "A Person", "email": "b19@bulk.example", "emails": ["b19@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b19@bulk.example', '2026-11-30 09:39:27.677732+00', 13, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', '00000000-0000-4000-8000-000000000101', 30, '\x45b6d1b9d697b0a7af0de4a3fadd3ac058c5eb0496707c7fabc603998a6610bc', '{"id": "00000000-0000-4000-8000-000000000101", "name": "A Person", "email": "bob@acme.example", "emails": ["bob@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'bob@acme.example', '2026-11-30 09:39:21.368201+00', 159, 94, NULL, '{"portal_role": {"from": "no_access", "field": "portal_role", "rules": [], "times": ["2026-11-30T09:39:21.574Z"], "value": "admin"}}', '{}', '\xaba697fdae926fe47f9d55739290ecab4ccf8db772b19afac86282bd7827b1a4', NULL, NULL, NULL, NULL, '{"portal_role": {"acme-staff": {"seq": 162, "field": "portal_role", "found": "member", "since": "2026-11-30T09:39:23.797Z", "value": "admin"}}}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000228', 3, '\x1329142422269fcead4f586f05762b73b042410d483b5b5147aa1ee357b52d36', '{"id": "00000000-0000-4000-8000-000000000228", "name": "A Person", "email": "b28@bulk.example", "emails": ["b28@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b28@bulk.example', '2026-11-30 09:39:27.677732+00', 4, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000227', 4, '\x9ce16ea9262370791855536a39896d7ff1cd6621d0557747a9a7f8a4a3ae29fe', '{"id": "00000000-0000-4000-8000-000000000227", "name": "A Person", "email": "b27@bulk.example", "emails": ["b27@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b27@bulk.example', '2026-11-30 09:39:27.677732+00', 5, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000226', 5, '\xae736f5c2e0ce92debbf75d52c276c8a072ac0a1492f63ca998c87c212e55d45', '{"id": "00000000-0000-4000-8000-000000000226", "name": "A Person", "email": "b26@bulk.example", "emails": ["b26@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b26@bulk.example', '2026-11-30 09:39:27.677732+00', 6, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000225', 6, '\x66bd36e10c67fcb5041315f76c4aa835369d9eaf861191114a6bdcf07165bc49', '{"id": "00000000-0000-4000-8000-000000000225", "name": "A Person", "email": "b25@bulk.example", "emails": ["b25@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b25@bulk.example', '2026-11-30 09:39:27.677732+00', 7, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000224', 7, '\xe5cbf3f51e5510f8c481b6c946eeccc73376eb926962ddefa04319050da3a150', '{"id": "00000000-0000-4000-8000-000000000224", "name": "A Person", "email": "b24@bulk.example", "emails": ["b24@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b24@bulk.example', '2026-11-30 09:39:27.677732+00', 8, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000223', 8, '\x4f7a87e028e5996c8f1a7b144b91e3b4b9bf98cff44e00ee161cf56273c38b28', '{"id": "00000000-0000-4000-8000-000000000223", "name": "A Person", "email": "b23@bulk.example", "emails": ["b23@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b23@bulk.example', '2026-11-30 09:39:27.677732+00', 9, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000222', 9, '\x06b8dfe40d801747b16fd1370d72782f54d3890e04d4c7f568c22cd4629b9ffb', '{"id": "00000000-0000-4000-8000-000000000222", "name": "A Person", "email": "b22@bulk.example", "emails": ["b22@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b22@bulk.example', '2026-11-30 09:39:27.677732+00', 10, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000221', 10, '\x73c4655fed87bf37e9f078fd165f2496d8b4bd70a3d6ceb887fc9efa543bcb66', '{"id": "00000000-0000-4000-8000-000000000221", "name": "A Person", "email": "b21@bulk.example", "emails": ["b21@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b21@bulk.example', '2026-11-30 09:39:27.677732+00', 11, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000220', 11, '\xe7f339cacebe9f2df912ff31085abd73b6ba69cdc3482369b4e9d602a4962af2', '{"id": "00000000-0000-4000-8000-000000000220", "name": "A Person", "email": "b20@bulk.example", "emails": ["b20@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b20@bulk.example', '2026-11-30 09:39:27.677732+00', 12, 0, NULL, '{}', '{}', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000229', 2, '\x738b4f5a5fcd61f8a3032a2fc6650e49c945e8f6ae2909fc49652385165c79ba', '{"id": "00000000-0000-4000-8000-000000000229", "name": "A Person", "email": "b29@bulk.example", "emails": ["b29@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b29@bulk.example', '2026-11-30 09:39:27.677732+00', 3, 0, NULL, '{}', '{}', '\x7be0add8460546b865fa45881047482dc0bff838637743bd51dc48df9d4f5b69', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('beta', '00000000-0000-4000-8000-000000000230', 1, '\x6efd5206ce00600d1e32dac7bb969fadf5183d531632815d691452bdd050c91d', '{"id": "00000000-0000-4000-8000-000000000230", "name": "A Person", "email": "b30@bulk.example", "emails": ["b30@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {"status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}', 'b30@bulk.example', '2026-11-30 09:39:27.677732+00', 42, 0, NULL, '{}', '{}', '\x7f0f61332f9aea537fd5a528d116f3716b3c10a29324d5e939a6493bfa77f86b', NULL, NULL, NULL, NULL, '{}', '{}', NULL),
	('default', 'd9360bab-bee6-4033-a12b-7998c7ebffe3', 36, '\x9d5cf072f35c57907fc3dcad3327a5848cdd9b0a9a40b9a264d5e0f2fdf07305', '{"id": "d9360bab-bee6-4033-a12b-7998c7ebffe3", "name": "A Person", "email": "q3@queue.example", "emails": ["q3@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'q3@queue.example', '2026-11-30 09:39:30.558962+00', 232, 0, NULL, '{}', '{}', '\x2054589d78650d3178153e80975a5921fc896143cc035d3fe8bf5d6bdbd87ab9', NULL, NULL, '2026-11-30 09:39:30.558962+00', NULL, '{}', '{}', NULL),
	('default', '9be6fb51-4cba-4855-b8e5-f2e62a2a63e5', 32, '\xdb42371da921d0c644375e597e9c64c7a81117c0394fc3a6b38b2be166150b51', '{"id": "9be6fb51-4cba-4855-b8e5-f2e62a2a63e5", "name": "A Person", "email": "q2@queue.example", "emails": ["q2@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'q2@queue.example', '2026-11-30 09:39:30.016976+00', 221, 0, NULL, '{}', '{}', '\x3efb2f7368ac916a3785c55cab2d36d505777b8c4d5d78289c412f2583f0a051', NULL, NULL, '2026-11-30 09:39:30.016976+00', NULL, '{}', '{}', NULL),
	('default', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', 33, '\x432e03a4d35f961963a8a49c09a5f18c516eaa020aa79935830fdd5aa5c89dc1', '{"id": "b8379e96-b65d-4edc-98ad-3e74a15fad33", "name": "A Person", "email": "q1@queue.example", "emails": ["q1@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}', 'q1@queue.example', '2026-11-30 09:39:30.016976+00', 222, 0, NULL, '{}', '{}', '\x3efb2f7368ac916a3785c55cab2d36d505777b8c4d5d78289c412f2583f0a051', NULL, NULL, '2026-11-30 09:39:30.016976+00', NULL, '{}', '{}', NULL);
INSERT INTO usher.event_2026_11 VALUES
	('default', 1, '2026-11-30 09:39:21.249454+00', 'ruleset.activated', NULL, NULL, NULL, '{"who": "root@vm", "files": ["customers.csv", "customers.yaml", "people.yaml", "staff.txt"], "rules": 22, "shadow": 1, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 2, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000130', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000130", "name": "A Person", "email": "vic@none.example", "emails": ["vic@none.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 3, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000129', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000129", "name": "A Person", "email": "uma@east.example", "emails": ["uma@east.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 4, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000128', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000128", "name": "A Person", "email": "tom@south.example", "emails": ["tom@south.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 5, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000127', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000127", "name": "A Person", "email": "sue@north.example", "emails": ["sue@north.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 6, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000126', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000126", "name": "A Person", "email": "ray@seats.example", "emails": ["ray@seats.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 7, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000125', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000125", "name": "A Person", "email": "quinn@hello.example", "emails": ["quinn@hello.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 8, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000124', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000124", "name": "A Person", "email": "pat@partner.example", "emails": ["pat@partner.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 9, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000123', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000123", "name": "A Person", "email": "oli@support.example", "emails": ["oli@support.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 10, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000122', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000122", "name": "A Person", "email": "c3@closing.example", "emails": ["c3@closing.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 11, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000121', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000121", "name": "A Person", "email": "c2@closing.example", "emails": ["c2@closing.example"], "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}}'),
	('default', 12, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000120', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000120", "name": "A Person", "email": "c1@closing.example", "emails": ["c1@closing.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 13, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000119', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000119", "name": "A Person", "email": "m4@many.example", "emails": ["m4@many.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 14, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000118', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000118", "name": "A Person", "email": "m3@many.example", "emails": ["m3@many.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 15, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000117', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000117", "name": "A Person", "email": "m2@many.example", "emails": ["m2@many.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 16, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000116', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000116", "name": "A Person", "email": "m1@many.example", "emails": ["m1@many.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 17, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000115', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000115", "name": "Ada", "email": "nia@flip.example", "emails": ["nia@flip.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 18, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000114', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000114", "name": "A Person", "email": "max@firm.example", "emails": ["max@firm.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 19, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000113', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000113", "name": "A Person", "email": "lea@sales.example", "emails": ["lea@sales.example"], "portal_role": "admin", "external_ids": [], "custom_fields": {"department": {"slug": "department", "value": "Sales"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}}'),
	('default', 20, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000112', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000112", "name": "A Person", "email": "kim@tie.example", "emails": ["kim@tie.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 21, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000111', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000111", "name": "A Person", "email": "jim@silver.example", "emails": ["jim@silver.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "silver"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 22, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000110', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000110", "name": "A Person", "email": "ida@gold.example", "emails": ["ida@gold.example"], "portal_role": "admin", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "gold"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}}'),
	('default', 23, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000109', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000109", "name": "A Person", "email": "hal@gold.example", "emails": ["hal@gold.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "gold"}, "status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 24, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000108', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000108", "name": "A Person", "email": "gus@gold.example", "emails": ["gus@gold.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {"tier": {"slug": "tier", "value": "gold"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 25, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000107', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000107", "name": "A Person", "email": "fay@gmail.com", "emails": ["fay@gmail.com"], "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}}'),
	('default', 26, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000106', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000106", "name": "A Person", "email": "two@at@acme.example", "emails": ["two@at@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}}'),
	('default', 27, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000105', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000105", "name": "A Person", "email": "lena@acme.example", "emails": ["lena@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {"status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 28, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000104', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000104", "name": "A Person", "email": "eve@acme.example", "emails": ["eve@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "admin", "external_ids": [], "custom_fields": {"status": {"slug": "status", "value": "left"}}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003", "integration_user_ids": []}}'),
	('default', 29, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000103', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000103", "name": "A Person", "email": "dan@acme.example", "emails": ["dan@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a2", "external_ids": [{"label": "crm", "external_id": "0015e00002"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 30, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000102', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000102", "name": "A Person", "email": "ext-cyd@acme.example", "emails": ["ext-cyd@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 31, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000101', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000101", "name": "A Person", "email": "bob@acme.example", "emails": ["bob@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 32, '2026-11-30 09:39:21.368201+00', 'contact.created', '00000000-0000-4000-8000-000000000100', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000100", "name": "A Person", "email": "ana@acme.example", "emails": ["ana@acme.example"], "account": {"id": "5b0c7a52-8c1e-4d0b-9a55-0000000000a1", "external_ids": [{"label": "crm", "external_id": "0015e00001"}]}, "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 33, '2026-11-30 09:39:21.368201+00', 'contact.unreadable', '00000000-0000-4000-8000-000000000131', NULL, NULL, '{"place": {"page": 1, "place": 1, "sweep_id": 1}, "digest": "175e588107107fc2e751f503329348e91e387bd43de65046b8aedd6a914b163f", "reason": "name has another type than the API''s reference says"}'),
	('default', 34, '2026-11-30 09:39:21.386233+00', 'alert.raised', '00000000-0000-4000-8000-000000000131', NULL, NULL, '{"code": "unreadable", "message": "contact 00000000-0000-4000-8000-000000000131 cannot be read or stored and is set aside: name has another type than the API''s reference says; nothing is decided or sent for it until its data change; all that are set aside: usher status"}'),
	('default', 35, '2026-11-30 09:39:21.394956+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 1}'),
	('default', 36, '2026-11-30 09:39:21.425961+00', 'hold.placed', NULL, NULL, NULL, '{"held": {"detail": "approval: required", "changes": 1}, "rule": "partner-admins", "reason": "approval"}'),
	('default', 37, '2026-11-30 09:39:21.425961+00', 'hold.placed', NULL, NULL, NULL, '{"held": {"detail": "approval: required", "changes": 1}, "rule": "support-leads", "reason": "approval"}'),
	('default', 38, '2026-11-30 09:39:21.425961+00', 'hold.placed', NULL, NULL, NULL, '{"held": {"detail": "per_hour: 1, of the rule many-labels", "changes": 4}, "rule": "many-labels", "reason": "limit"}'),
	('default', 39, '2026-11-30 09:39:21.425961+00', 'hold.placed', NULL, NULL, NULL, '{"held": {"detail": "per_hour: 2, of the rule many-members", "changes": 4}, "rule": "many-members", "reason": "limit"}'),
	('default', 40, '2026-11-30 09:39:21.425961+00', 'hold.placed', NULL, NULL, NULL, '{"held": {"detail": "per_hour: 1, of the rule many-tiers", "changes": 4}, "rule": "many-tiers", "reason": "limit"}'),
	('default', 41, '2026-11-30 09:39:21.425961+00', 'hold.placed', NULL, NULL, NULL, '{"held": {"detail": "lowering per_hour: 1, of the rule closing", "changes": 3}, "rule": "closing", "reason": "lowering"}'),
	('default', 42, '2026-11-30 09:39:21.433742+00', 'alert.raised', NULL, NULL, NULL, '{"code": "held", "message": "rules are held, and their changes are not made: closing (lowering per_hour: 1, of the rule closing), many-labels (per_hour: 1, of the rule many-labels), many-members (per_hour: 2, of the rule many-members), many-tiers (per_hour: 1, of the rule many-tiers), partner-admins (approval: required), support-leads (approval: required); see: usher holds, then usher approve or usher reject"}'),
	('default', 43, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000100', 43, 32, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "ana@acme.example", "rules": {"portal_role": ["staff"]}, "before": {"portal_role": "member"}, "result": "action", "changes": {"portal_role": "admin"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["staff"], "state": "change", "value": "admin", "priority": 200}], "changes": {"portal_role": "admin"}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 44, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000101', 44, 31, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "bob@acme.example", "rules": {"portal_role": ["staff"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "admin"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["staff"], "state": "change", "value": "admin", "priority": 200}], "changes": {"portal_role": "admin"}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 45, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000102', NULL, 30, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "ext-cyd@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "denied": [{"rule": "staff", "field": "portal_role", "value": "admin", "guardrail": "no-external-admins"}], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 46, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000104', 46, 28, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "eve@acme.example", "rules": {"portal_role": ["leavers"]}, "before": {"portal_role": "admin"}, "result": "action", "changes": {"portal_role": "no_access"}, "decision": {"beaten": [{"by": ["leavers"], "rule": "staff", "field": "portal_role", "value": "admin"}], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["leavers"], "state": "change", "value": "no_access", "priority": 900}], "changes": {"portal_role": "no_access"}, "matched": [{"rule": "leavers", "round": 1, "evidence": {"custom_fields.status": "left"}}, {"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('beta', 12, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000220', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000220", "name": "A Person", "email": "b20@bulk.example", "emails": ["b20@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 47, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000105', 47, 27, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "lena@acme.example", "rules": {"portal_role": ["staff"]}, "before": {"portal_role": "member"}, "result": "action", "changes": {"portal_role": "admin"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["staff"], "state": "change", "value": "admin", "priority": 200}], "changes": {"portal_role": "admin"}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "excepted": [{"rule": "leavers", "exception": "ex-lena"}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 48, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000106', NULL, 26, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "two@at@acme.example", "rules": {}, "before": {}, "result": "none", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [], "violated": ["no-external-admins"], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 49, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000107', 49, 25, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "fay@gmail.com", "rules": {"portal_role": ["free-mail"]}, "before": {"portal_role": "admin"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["free-mail"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "free-mail", "round": 1, "evidence": {"email.class": "public"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 50, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000108', 50, 24, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "gus@gold.example", "rules": {"portal_role": ["gold"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["gold"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "gold", "round": 1, "evidence": {"custom_fields.tier": "gold"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 51, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000109', NULL, 23, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "hal@gold.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [{"by": ["leavers"], "rule": "gold", "field": "portal_role", "value": "member"}], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["leavers"], "state": "already_so", "value": "no_access", "priority": 900}], "changes": {}, "matched": [{"rule": "gold", "round": 1, "evidence": {"custom_fields.tier": "gold"}}, {"rule": "leavers", "round": 1, "evidence": {"custom_fields.status": "left"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 52, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000110', NULL, 22, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "ida@gold.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "gold", "round": 1, "evidence": {"custom_fields.tier": "gold"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 53, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000111', NULL, 21, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "jim@silver.example", "rules": {}, "before": {}, "result": "shadow", "changes": {}, "decision": {"beaten": [], "shadow": [{"from": "no_access", "rule": "silver", "bound": "at_least", "field": "portal_role", "value": "member"}], "wishes": [], "changes": {}, "matched": [], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 54, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000112', NULL, 20, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "kim@tie.example", "rules": {}, "before": {}, "result": "conflict", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "pilot-admins", "round": 1, "evidence": {"email.domain": "tie.example", "account.external_ids.crm": "0015e00001"}}, {"rule": "pilot-members", "round": 1, "evidence": {"email.domain": "tie.example"}}], "conflicts": [{"kind": "tie", "slot": "portal_role", "contenders": [{"rule": "pilot-admins", "field": "portal_role", "value": "admin"}, {"rule": "pilot-members", "field": "portal_role", "value": "member"}]}]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 55, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000113', 55, 19, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "lea@sales.example", "rules": {"portal_role": ["sales"]}, "before": {"portal_role": "admin"}, "result": "action", "changes": {"portal_role": "no_access"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["sales"], "state": "change", "value": "no_access", "priority": 100}], "changes": {"portal_role": "no_access"}, "matched": [{"rule": "sales", "round": 1, "evidence": {"email.domain": "sales.example", "custom_fields.department": "Sales"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 86, '2026-11-30 09:39:21.564685+00', 'patch.applied', '00000000-0000-4000-8000-000000000100', 43, 78, '{"after": {"portal_role": "admin"}, "rules": {"portal_role": ["staff"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "admin"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "0e469281-6898-46db-885b-d16a75bbf6d7", "http_status": 200, "milliseconds": 15}'),
	('default', 223, '2026-11-30 09:39:30.03908+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 34, "sweep_id": 9}'),
	('default', 56, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000114', 56, 18, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "max@firm.example", "rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["insists"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 57, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000115', 57, 17, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "nia@flip.example", "rules": {"custom_fields.department": ["early-names"]}, "before": {}, "result": "action", "changes": {"custom_fields.department": "Early"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["early-names"], "state": "change", "value": "Early", "priority": 100}], "changes": {"custom_fields.department": "Early"}, "matched": [{"rule": "early-names", "round": 1, "evidence": {"name": "Ada", "email.domain": "flip.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 58, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000116', NULL, 16, '{"held": {"portal_role": ["many-members"], "custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "m1@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["limit:many-members"], "custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"], "many-members": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 59, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000117', NULL, 15, '{"held": {"portal_role": ["many-members"], "custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "m2@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["limit:many-members"], "custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"], "many-members": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 60, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000118', NULL, 14, '{"held": {"portal_role": ["many-members"], "custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "m3@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["limit:many-members"], "custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"], "many-members": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 87, '2026-11-30 09:39:21.568765+00', 'patch.applied', '00000000-0000-4000-8000-000000000107', 49, 74, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["free-mail"]}, "before": {"portal_role": "admin"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "8e6608c7-9f17-41da-85a2-605d7868842c", "http_status": 200, "milliseconds": 22}'),
	('default', 61, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000119', NULL, 13, '{"held": {"portal_role": ["many-members"], "custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "m4@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["limit:many-members"], "custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"], "many-members": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 62, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000120', NULL, 12, '{"held": {"portal_role": ["closing"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "c1@closing.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["lowering:closing"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["closing"], "state": "change", "value": "no_access", "priority": 100}], "changes": {"portal_role": "no_access"}, "matched": [{"rule": "closing", "round": 1, "evidence": {"email.domain": "closing.example"}}], "conflicts": []}, "passed_over": {"closing": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 63, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000121', NULL, 11, '{"held": {"portal_role": ["closing"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "c2@closing.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["lowering:closing"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["closing"], "state": "change", "value": "no_access", "priority": 100}], "changes": {"portal_role": "no_access"}, "matched": [{"rule": "closing", "round": 1, "evidence": {"email.domain": "closing.example"}}], "conflicts": []}, "passed_over": {"closing": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 64, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000122', NULL, 10, '{"held": {"portal_role": ["closing"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "c3@closing.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["lowering:closing"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["closing"], "state": "change", "value": "no_access", "priority": 100}], "changes": {"portal_role": "no_access"}, "matched": [{"rule": "closing", "round": 1, "evidence": {"email.domain": "closing.example"}}], "conflicts": []}, "passed_over": {"closing": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 65, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000123', NULL, 9, '{"held": {"portal_role": ["support-leads"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "oli@support.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["approval:support-leads"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["support-leads"], "state": "change", "value": "support-lead", "priority": 100}], "changes": {"portal_role": "support-lead"}, "matched": [{"rule": "support-leads", "round": 1, "evidence": {"email.domain": "support.example"}}], "conflicts": []}, "passed_over": {"support-leads": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 66, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000124', NULL, 8, '{"held": {"portal_role": ["partner-admins"]}, "basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "pat@partner.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"portal_role": ["approval:partner-admins"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["partner-admins"], "state": "change", "value": "admin", "priority": 100}], "changes": {"portal_role": "admin"}, "matched": [{"rule": "partner-admins", "round": 1, "evidence": {"email.domain": "partner.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "passed_over": {"partner-admins": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 67, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000125', 67, 7, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "quinn@hello.example", "rules": {"name": ["names"], "custom_fields.department": ["welcome"]}, "before": {"name": "A Person"}, "result": "action", "changes": {"name": "Dr. quinn", "custom_fields.department": "Welcome"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["welcome"], "state": "change", "value": "Welcome", "priority": 100}, {"from": "A Person", "field": "name", "rules": ["names"], "state": "change", "value": "Dr. quinn", "priority": 100}], "changes": {"name": "Dr. quinn", "custom_fields.department": "Welcome"}, "matched": [{"rule": "names", "round": 1, "evidence": {"email.domain": "hello.example"}}, {"rule": "welcome", "round": 1, "evidence": {"email.domain": "hello.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 68, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000126', 68, 6, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "ray@seats.example", "rules": {"portal_role": ["seats"], "custom_fields.seats": ["seats"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member", "custom_fields.seats": "many"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.seats", "rules": ["seats"], "state": "change", "value": "many", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["seats"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.seats": "many"}, "matched": [{"rule": "seats", "round": 1, "evidence": {"email.domain": "seats.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 69, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000127', 69, 5, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "sue@north.example", "rules": {"portal_role": ["customers[north.example]"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["customers[north.example]"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "customers[north.example]", "round": 1, "evidence": {"email.domain": "north.example", "account.external_ids.crm": "0015e00002"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 70, '2026-11-30 09:39:21.514471+00', 'decision.made', '00000000-0000-4000-8000-000000000128', 70, 4, '{"basis": {"at": "2026-11-30T09:39:21.436202Z"}, "email": "tom@south.example", "rules": {"portal_role": ["customers[south.example]"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "admin"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["customers[south.example]"], "state": "change", "value": "admin", "priority": 100}], "changes": {"portal_role": "admin"}, "matched": [{"rule": "customers[south.example]", "round": 1, "evidence": {"email.domain": "south.example", "account.external_ids.crm": "0015e00002"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 71, '2026-11-30 09:39:21.530655+00', 'alert.raised', NULL, NULL, NULL, '{"code": "guardrail", "message": "contacts hold a value already that the guardrail no-external-admins denies, and it lowers nobody; docs/audit-queries.md tells how to list them", "subject": "no-external-admins"}'),
	('default', 72, '2026-11-30 09:39:21.530655+00', 'alert.raised', NULL, NULL, NULL, '{"code": "conflict", "message": "rules pilot-admins, pilot-members want different values for portal_role with the same priority, so nothing is done to it; give one of them a higher priority", "subject": "portal_role: pilot-admins, pilot-members"}'),
	('default', 73, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000104', 46, 46, '{"rules": {"portal_role": ["leavers"]}, "before": {"portal_role": "admin"}, "values": {"portal_role": "no_access"}, "attempt": 1}'),
	('default', 74, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000107', 49, 49, '{"rules": {"portal_role": ["free-mail"]}, "before": {"portal_role": "admin"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 75, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000113', 55, 55, '{"rules": {"portal_role": ["sales"]}, "before": {"portal_role": "admin"}, "values": {"portal_role": "no_access"}, "attempt": 1}'),
	('default', 76, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000115', 57, 57, '{"rules": {"custom_fields.department": ["early-names"]}, "before": {}, "values": {"custom_fields.department": "Early"}, "attempt": 1}'),
	('default', 77, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000125', 67, 67, '{"rules": {"name": ["names"], "custom_fields.department": ["welcome"]}, "before": {"name": "A Person"}, "values": {"name": "Dr. quinn", "custom_fields.department": "Welcome"}, "attempt": 1}'),
	('default', 78, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000100', 43, 43, '{"rules": {"portal_role": ["staff"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "admin"}, "attempt": 1}'),
	('default', 79, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000101', 44, 44, '{"rules": {"portal_role": ["staff"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "admin"}, "attempt": 1}'),
	('default', 80, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000105', 47, 47, '{"rules": {"portal_role": ["staff"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "admin"}, "attempt": 1}'),
	('default', 81, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000108', 50, 50, '{"rules": {"portal_role": ["gold"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 82, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000114', 56, 56, '{"rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 83, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000126', 68, 68, '{"rules": {"portal_role": ["seats"], "custom_fields.seats": ["seats"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member", "custom_fields.seats": "many"}, "attempt": 1}'),
	('default', 84, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000127', 69, 69, '{"rules": {"portal_role": ["customers[north.example]"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 85, '2026-11-30 09:39:21.540919+00', 'patch.intended', '00000000-0000-4000-8000-000000000128', 70, 70, '{"rules": {"portal_role": ["customers[south.example]"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "admin"}, "attempt": 1}'),
	('default', 144, '2026-11-30 09:39:23.375235+00', 'patch.intended', '00000000-0000-4000-8000-000000000124', 139, 139, '{"rules": {"portal_role": ["partner-admins"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "admin"}, "attempt": 1}'),
	('default', 88, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000104', 46, 73, '{"after": {"portal_role": "no_access"}, "rules": {"portal_role": ["leavers"]}, "before": {"portal_role": "admin"}, "values": {"portal_role": "no_access"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "cd441825-c684-4c8f-a870-0d73307520cb", "http_status": 200, "milliseconds": 25}'),
	('default', 89, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000115', 57, 76, '{"after": {"custom_fields.department": "Early"}, "rules": {"custom_fields.department": ["early-names"]}, "before": {}, "values": {"custom_fields.department": "Early"}, "attempt": 1, "changed": ["custom_fields.department"], "outcome": "applied", "request_id": "181afa76-46b8-4199-ac14-228c87d3735b", "http_status": 200, "milliseconds": 25}'),
	('default', 90, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000105', 47, 80, '{"after": {"portal_role": "admin"}, "rules": {"portal_role": ["staff"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "admin"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "fb92f178-f77b-475f-bab8-6c2454b3f161", "http_status": 200, "milliseconds": 21}'),
	('default', 91, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000114', 56, 82, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "dae85cb9-ad41-411a-a596-5a96b5b43946", "http_status": 200, "milliseconds": 21}'),
	('default', 92, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000125', 67, 77, '{"after": {"name": "Dr. quinn", "custom_fields.department": "Welcome"}, "rules": {"name": ["names"], "custom_fields.department": ["welcome"]}, "before": {"name": "A Person"}, "values": {"name": "Dr. quinn", "custom_fields.department": "Welcome"}, "attempt": 1, "changed": ["custom_fields.department", "name"], "outcome": "applied", "request_id": "6b9d0a3a-eb3c-4ec9-8be8-1961e0f9bccb", "http_status": 200, "milliseconds": 25}'),
	('default', 93, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000113', 55, 75, '{"after": {"portal_role": "no_access"}, "rules": {"portal_role": ["sales"]}, "before": {"portal_role": "admin"}, "values": {"portal_role": "no_access"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "8214164f-9ed3-428e-ac26-47eeb6656378", "http_status": 200, "milliseconds": 25}'),
	('default', 94, '2026-11-30 09:39:21.578414+00', 'patch.applied', '00000000-0000-4000-8000-000000000101', 44, 79, '{"after": {"portal_role": "admin"}, "rules": {"portal_role": ["staff"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "admin"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "7a1164a3-9aac-4f79-a7ab-b72fc37f5778", "http_status": 200, "milliseconds": 25}'),
	('default', 95, '2026-11-30 09:39:21.590454+00', 'patch.applied', '00000000-0000-4000-8000-000000000108', 50, 81, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["gold"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "4bcb97a8-41e6-4389-8814-88acaaf6f92d", "http_status": 200, "milliseconds": 27}'),
	('default', 96, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000100', NULL, 86, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "ana@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["staff"], "state": "already_so", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 97, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000101', NULL, 94, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "bob@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["staff"], "state": "already_so", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}');
INSERT INTO usher.event_2026_11 VALUES
	('default', 98, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000104', NULL, 88, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "eve@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [{"by": ["leavers"], "rule": "staff", "field": "portal_role", "value": "admin"}], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["leavers"], "state": "already_so", "value": "no_access", "priority": 900}], "changes": {}, "matched": [{"rule": "leavers", "round": 1, "evidence": {"custom_fields.status": "left"}}, {"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 99, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000105', NULL, 90, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "lena@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["staff"], "state": "already_so", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "excepted": [{"rule": "leavers", "exception": "ex-lena"}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 100, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000107', NULL, 87, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "fay@gmail.com", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "free-mail", "round": 1, "evidence": {"email.class": "public"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 101, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000113', NULL, 93, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "lea@sales.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["sales"], "state": "already_so", "value": "no_access", "priority": 100}], "changes": {}, "matched": [{"rule": "sales", "round": 1, "evidence": {"email.domain": "sales.example", "custom_fields.department": "Sales"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 102, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000114', NULL, 91, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "max@firm.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 103, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000115', NULL, 89, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "nia@flip.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Early", "field": "custom_fields.department", "rules": ["early-names"], "state": "already_so", "value": "Early", "priority": 100}], "changes": {}, "matched": [{"rule": "early-names", "round": 1, "evidence": {"name": "Ada", "email.domain": "flip.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 104, '2026-11-30 09:39:21.610337+00', 'decision.made', '00000000-0000-4000-8000-000000000125', NULL, 92, '{"basis": {"at": "2026-11-30T09:39:21.583045Z"}, "email": "quinn@hello.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Welcome", "field": "custom_fields.department", "rules": ["welcome"], "state": "already_so", "value": "Welcome", "priority": 100}, {"from": "Dr. quinn", "field": "name", "rules": ["names"], "state": "already_so", "value": "Dr. quinn", "priority": 100}], "changes": {}, "matched": [{"rule": "names", "round": 1, "evidence": {"email.domain": "hello.example"}}, {"rule": "welcome", "round": 1, "evidence": {"email.domain": "hello.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 108, '2026-11-30 09:39:21.636481+00', 'decision.made', '00000000-0000-4000-8000-000000000108', NULL, 95, '{"basis": {"at": "2026-11-30T09:39:21.621889Z"}, "email": "gus@gold.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "gold", "round": 1, "evidence": {"custom_fields.tier": "gold"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 110, '2026-11-30 09:39:21.652186+00', 'decision.made', '00000000-0000-4000-8000-000000000127', NULL, 105, '{"basis": {"at": "2026-11-30T09:39:21.646447Z"}, "email": "sue@north.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "customers[north.example]", "round": 1, "evidence": {"email.domain": "north.example", "account.external_ids.crm": "0015e00002"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 111, '2026-11-30 09:39:21.652186+00', 'decision.made', '00000000-0000-4000-8000-000000000128', NULL, 106, '{"basis": {"at": "2026-11-30T09:39:21.646447Z"}, "email": "tom@south.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "customers[south.example]", "round": 1, "evidence": {"email.domain": "south.example", "account.external_ids.crm": "0015e00002"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 112, '2026-11-30 09:39:21.698615+00', 'patch.applied', '00000000-0000-4000-8000-000000000126', 68, 109, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["seats"], "custom_fields.seats": ["seats"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 2, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "request_id": "e04e62fb-9a64-4dca-a154-f82b172baff7", "http_status": 200, "milliseconds": 53}'),
	('default', 114, '2026-11-30 09:39:21.7179+00', 'decision.made', '00000000-0000-4000-8000-000000000126', NULL, 112, '{"basis": {"at": "2026-11-30T09:39:21.712625Z", "sent": {"custom_fields.seats": "many"}}, "email": "ray@seats.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "many", "field": "custom_fields.seats", "rules": ["seats"], "state": "already_so", "value": "many", "priority": 100}], "changes": {}, "matched": [{"rule": "seats", "round": 1, "evidence": {"email.domain": "seats.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 115, '2026-11-30 09:39:21.759333+00', 'patch.refused', '00000000-0000-4000-8000-000000000126', 68, 113, '{"code": "invalid_request", "reason": "custom field seats takes a number", "values": {"custom_fields.seats": "many"}, "attempt": 3, "request_id": "55981a64-5504-477b-9e55-7cf9a108509e", "http_status": 400, "milliseconds": 48}'),
	('default', 116, '2026-11-30 09:39:21.759333+00', 'action.superseded', '00000000-0000-4000-8000-000000000126', 68, 113, '{"reason": "decided afresh, since the rules wanted something else meanwhile", "outcome": "superseded"}'),
	('default', 105, '2026-11-30 09:39:21.621195+00', 'patch.applied', '00000000-0000-4000-8000-000000000127', 69, 84, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["customers[north.example]"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "bb47db82-b2f1-4842-9f78-b8d72d915fee", "http_status": 200, "milliseconds": 69}'),
	('default', 106, '2026-11-30 09:39:21.62802+00', 'patch.applied', '00000000-0000-4000-8000-000000000128', 70, 85, '{"after": {"portal_role": "admin"}, "rules": {"portal_role": ["customers[south.example]"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "admin"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "e9c214d8-1ea8-4f82-bc0f-33f6716fbbda", "http_status": 200, "milliseconds": 70}'),
	('default', 107, '2026-11-30 09:39:21.62802+00', 'patch.refused', '00000000-0000-4000-8000-000000000126', 68, 83, '{"code": "invalid_request", "reason": "custom field seats takes a number", "values": {"portal_role": "member", "custom_fields.seats": "many"}, "attempt": 1, "request_id": "49874b67-4486-4b0d-86d0-937c8b98e85d", "http_status": 400, "milliseconds": 70}'),
	('default', 109, '2026-11-30 09:39:21.638602+00', 'patch.intended', '00000000-0000-4000-8000-000000000126', 68, 68, '{"rules": {"portal_role": ["seats"], "custom_fields.seats": ["seats"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 2}'),
	('default', 113, '2026-11-30 09:39:21.707612+00', 'patch.intended', '00000000-0000-4000-8000-000000000126', 68, 68, '{"rules": {"portal_role": ["seats"], "custom_fields.seats": ["seats"]}, "before": {}, "values": {"custom_fields.seats": "many"}, "attempt": 3}'),
	('default', 117, '2026-11-30 09:39:21.769129+00', 'decision.made', '00000000-0000-4000-8000-000000000126', 117, 116, '{"basis": {"at": "2026-11-30T09:39:21.765329Z"}, "email": "ray@seats.example", "rules": {"custom_fields.seats": ["seats"]}, "before": {}, "result": "action", "changes": {"custom_fields.seats": "many"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.seats", "rules": ["seats"], "state": "change", "value": "many", "priority": 100}], "changes": {"custom_fields.seats": "many"}, "matched": [{"rule": "seats", "round": 1, "evidence": {"email.domain": "seats.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 118, '2026-11-30 09:39:21.777472+00', 'patch.intended', '00000000-0000-4000-8000-000000000126', 117, 117, '{"rules": {"custom_fields.seats": ["seats"]}, "before": {}, "values": {"custom_fields.seats": "many"}, "attempt": 1}'),
	('default', 119, '2026-11-30 09:39:21.827478+00', 'patch.refused', '00000000-0000-4000-8000-000000000126', 117, 118, '{"code": "invalid_request", "reason": "custom field seats takes a number", "values": {"custom_fields.seats": "many"}, "attempt": 1, "request_id": "9e174dcf-75b1-4762-9c47-32c592a0ea88", "http_status": 400, "milliseconds": 47}'),
	('default', 120, '2026-11-30 09:39:21.827478+00', 'action.blocked', '00000000-0000-4000-8000-000000000126', 117, 118, '{"rules": {"custom_fields.seats": ["seats"]}, "reason": "the API refused it", "refused": {"custom_fields.seats": {"code": "invalid_request", "status": 400, "message": "custom field seats takes a number"}}}'),
	('default', 121, '2026-11-30 09:39:21.82935+00', 'alert.raised', '00000000-0000-4000-8000-000000000126', NULL, NULL, '{"code": "blocked", "message": "the action for contact 00000000-0000-4000-8000-000000000126 is blocked: the API refused it; see: usher why 00000000-0000-4000-8000-000000000126; more within the hour: usher status"}'),
	('default', 122, '2026-11-30 09:39:22.721936+00', 'operator.acted', NULL, NULL, NULL, '{"who": "root@vm", "hold": 36, "rule": "partner-admins", "what": "approved the hold on rule partner-admins", "reason": "agreed with the account team"}'),
	('default', 123, '2026-11-30 09:39:22.721936+00', 'hold.released', NULL, NULL, 36, '{"who": "root@vm", "rule": "partner-admins", "reason": "agreed with the account team"}'),
	('default', 124, '2026-11-30 09:39:22.721936+00', 'hold.released', '00000000-0000-4000-8000-000000000124', NULL, 36, '{"who": "root@vm", "rule": "partner-admins", "reason": "agreed with the account team"}'),
	('default', 125, '2026-11-30 09:39:22.733174+00', 'operator.acted', NULL, NULL, NULL, '{"who": "root@vm", "rule": "partner-admins", "what": "approved rule partner-admins", "reason": "agreed with the account team"}'),
	('default', 126, '2026-11-30 09:39:22.866717+00', 'operator.acted', NULL, NULL, NULL, '{"who": "root@vm", "hold": 39, "rule": "many-members", "what": "approved the hold on rule many-members", "reason": "agreed with the account team"}'),
	('default', 127, '2026-11-30 09:39:22.866717+00', 'hold.released', NULL, NULL, 39, '{"who": "root@vm", "rule": "many-members", "reason": "agreed with the account team"}'),
	('default', 128, '2026-11-30 09:39:22.866717+00', 'hold.released', '00000000-0000-4000-8000-000000000116', NULL, 39, '{"who": "root@vm", "rule": "many-members", "reason": "agreed with the account team"}'),
	('default', 129, '2026-11-30 09:39:22.866717+00', 'hold.released', '00000000-0000-4000-8000-000000000117', NULL, 39, '{"who": "root@vm", "rule": "many-members", "reason": "agreed with the account team"}'),
	('default', 130, '2026-11-30 09:39:22.866717+00', 'hold.released', '00000000-0000-4000-8000-000000000118', NULL, 39, '{"who": "root@vm", "rule": "many-members", "reason": "agreed with the account team"}'),
	('default', 131, '2026-11-30 09:39:22.866717+00', 'hold.released', '00000000-0000-4000-8000-000000000119', NULL, 39, '{"who": "root@vm", "rule": "many-members", "reason": "agreed with the account team"}'),
	('default', 132, '2026-11-30 09:39:23.084606+00', 'hold.refused', NULL, NULL, 40, '{"who": "root@vm", "reason": "not in this quarter"}'),
	('default', 133, '2026-11-30 09:39:23.084606+00', 'operator.acted', NULL, NULL, NULL, '{"who": "root@vm", "hold": 40, "rule": "many-tiers", "what": "rejected rule many-tiers", "reason": "not in this quarter"}'),
	('default', 134, '2026-11-30 09:39:23.348369+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 2}'),
	('default', 135, '2026-11-30 09:39:23.352431+00', 'decision.made', '00000000-0000-4000-8000-000000000116', 135, 128, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.322124Z"}, "email": "m1@many.example", "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "approvals": {"portal_role": {"seq": 126, "who": "root@vm"}}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 145, '2026-11-30 09:39:23.388319+00', 'patch.applied', '00000000-0000-4000-8000-000000000116', 135, 140, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "7e1a0c3b-064d-4629-acb9-9c412b5885ef", "http_status": 200, "milliseconds": 8}'),
	('default', 146, '2026-11-30 09:39:23.392922+00', 'patch.applied', '00000000-0000-4000-8000-000000000117', 136, 141, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "ef656dff-0ae7-4d29-b1f5-3ecc2bb05f76", "http_status": 200, "milliseconds": 10}'),
	('default', 136, '2026-11-30 09:39:23.352431+00', 'decision.made', '00000000-0000-4000-8000-000000000117', 136, 129, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.322124Z"}, "email": "m2@many.example", "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "approvals": {"portal_role": {"seq": 126, "who": "root@vm"}}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 137, '2026-11-30 09:39:23.352431+00', 'decision.made', '00000000-0000-4000-8000-000000000118', 137, 130, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.322124Z"}, "email": "m3@many.example", "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "approvals": {"portal_role": {"seq": 126, "who": "root@vm"}}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 138, '2026-11-30 09:39:23.352431+00', 'decision.made', '00000000-0000-4000-8000-000000000119', 138, 131, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.322124Z"}, "email": "m4@many.example", "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}, {"from": "no_access", "field": "portal_role", "rules": ["many-members"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member", "custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "approvals": {"portal_role": {"seq": 126, "who": "root@vm"}}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 139, '2026-11-30 09:39:23.352431+00', 'decision.made', '00000000-0000-4000-8000-000000000124', 139, 124, '{"basis": {"at": "2026-11-30T09:39:23.322124Z"}, "email": "pat@partner.example", "rules": {"portal_role": ["partner-admins"]}, "before": {"portal_role": "member"}, "result": "action", "changes": {"portal_role": "admin"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["partner-admins"], "state": "change", "value": "admin", "priority": 100}], "changes": {"portal_role": "admin"}, "matched": [{"rule": "partner-admins", "round": 1, "evidence": {"email.domain": "partner.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "approvals": {"portal_role": {"seq": 122, "who": "root@vm"}}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 140, '2026-11-30 09:39:23.375235+00', 'patch.intended', '00000000-0000-4000-8000-000000000116', 135, 135, '{"rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 141, '2026-11-30 09:39:23.375235+00', 'patch.intended', '00000000-0000-4000-8000-000000000117', 136, 136, '{"rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 142, '2026-11-30 09:39:23.375235+00', 'patch.intended', '00000000-0000-4000-8000-000000000118', 137, 137, '{"rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 143, '2026-11-30 09:39:23.375235+00', 'patch.intended', '00000000-0000-4000-8000-000000000119', 138, 138, '{"rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 147, '2026-11-30 09:39:23.396463+00', 'patch.applied', '00000000-0000-4000-8000-000000000124', 139, 144, '{"after": {"portal_role": "admin"}, "rules": {"portal_role": ["partner-admins"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "admin"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "070b242c-2aa1-4a44-a26b-71befd20b0de", "http_status": 200, "milliseconds": 12}'),
	('default', 148, '2026-11-30 09:39:23.396463+00', 'patch.applied', '00000000-0000-4000-8000-000000000119', 138, 143, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "f4085294-6a20-445c-a265-8ac6745c4fd9", "http_status": 200, "milliseconds": 13}'),
	('default', 149, '2026-11-30 09:39:23.396463+00', 'patch.applied', '00000000-0000-4000-8000-000000000118', 137, 142, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["many-members"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "ef845b1d-0da2-4f96-90a2-7420531acd60", "http_status": 200, "milliseconds": 14}'),
	('default', 150, '2026-11-30 09:39:23.41208+00', 'decision.made', '00000000-0000-4000-8000-000000000116', NULL, 145, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.400661Z"}, "email": "m1@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 151, '2026-11-30 09:39:23.41208+00', 'decision.made', '00000000-0000-4000-8000-000000000117', NULL, 146, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.400661Z"}, "email": "m2@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 152, '2026-11-30 09:39:23.41208+00', 'decision.made', '00000000-0000-4000-8000-000000000118', NULL, 149, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.400661Z"}, "email": "m3@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 153, '2026-11-30 09:39:23.41208+00', 'decision.made', '00000000-0000-4000-8000-000000000119', NULL, 148, '{"held": {"custom_fields.tier": ["many-tiers"], "custom_fields.department": ["many-labels"]}, "basis": {"at": "2026-11-30T09:39:23.400661Z"}, "email": "m4@many.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "held_by": {"custom_fields.tier": ["limit:many-tiers"], "custom_fields.department": ["limit:many-labels"]}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["many-labels"], "state": "change", "value": "Many", "priority": 100}, {"field": "custom_fields.tier", "rules": ["many-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Many"}, "matched": [{"rule": "many-labels", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-members", "round": 1, "evidence": {"email.domain": "many.example"}}, {"rule": "many-tiers", "round": 1, "evidence": {"email.domain": "many.example"}}], "conflicts": []}, "passed_over": {"many-tiers": ["custom_fields.tier"], "many-labels": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 154, '2026-11-30 09:39:23.41208+00', 'decision.made', '00000000-0000-4000-8000-000000000124', NULL, 147, '{"basis": {"at": "2026-11-30T09:39:23.400661Z"}, "email": "pat@partner.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["partner-admins"], "state": "already_so", "value": "admin", "priority": 100}], "changes": {}, "matched": [{"rule": "partner-admins", "round": 1, "evidence": {"email.domain": "partner.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 155, '2026-11-30 09:39:23.787131+00', 'contact.updated', '00000000-0000-4000-8000-000000000115', NULL, NULL, '{"by": "other", "after": {"name": "Zed"}, "before": {"name": "Ada"}, "changed": ["name"]}'),
	('default', 156, '2026-11-30 09:39:23.787131+00', 'contact.updated', '00000000-0000-4000-8000-000000000114', NULL, NULL, '{"by": "other", "after": {"portal_role": "no_access", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001"}, "before": {"portal_role": "member", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role", "portal_role_id"]}'),
	('default', 157, '2026-11-30 09:39:23.787131+00', 'contact.updated', '00000000-0000-4000-8000-000000000113', NULL, NULL, '{"by": "other", "after": {"custom_fields.department": "Support"}, "before": {"custom_fields.department": "Sales"}, "changed": ["custom_fields.department"]}'),
	('default', 158, '2026-11-30 09:39:23.787131+00', 'contact.updated', '00000000-0000-4000-8000-000000000104', NULL, NULL, '{"by": "other", "after": {"portal_role": "member", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "before": {"portal_role": "no_access", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001"}, "changed": ["portal_role", "portal_role_id"]}'),
	('default', 159, '2026-11-30 09:39:23.787131+00', 'contact.updated', '00000000-0000-4000-8000-000000000101', NULL, NULL, '{"by": "other", "after": {"portal_role": "member", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "before": {"portal_role": "admin", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000003"}, "changed": ["portal_role", "portal_role_id"]}'),
	('default', 160, '2026-11-30 09:39:23.787131+00', 'contact.unreadable', '00000000-0000-4000-8000-000000000130', NULL, NULL, '{"place": {"page": 1, "place": 2, "sweep_id": 3}, "digest": "ba0351dd5e86e3ff74031b4c304cfb3cd4d5825cb44fa4b8aa1ec3a5b0c565d1", "reason": "name has another type than the API''s reference says"}'),
	('default', 161, '2026-11-30 09:39:23.793845+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 3}'),
	('default', 162, '2026-11-30 09:39:23.811597+00', 'drift.found', '00000000-0000-4000-8000-000000000101', NULL, 159, '{"field": "portal_role", "found": "member", "rules": {"portal_role": ["staff"]}, "value": "admin"}'),
	('default', 163, '2026-11-30 09:39:23.811597+00', 'decision.made', '00000000-0000-4000-8000-000000000101', NULL, 159, '{"basis": {"at": "2026-11-30T09:39:23.798290Z", "grants": {"portal_role": {"from": "no_access", "field": "portal_role", "rules": ["staff"], "value": "admin"}}}, "email": "bob@acme.example", "rules": {}, "before": {}, "result": "drift", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["staff"], "state": "drift", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 164, '2026-11-30 09:39:23.811597+00', 'drift.found', '00000000-0000-4000-8000-000000000104', NULL, 158, '{"field": "portal_role", "found": "member", "rules": {"portal_role": ["leavers"]}, "value": "no_access"}'),
	('default', 165, '2026-11-30 09:39:23.811597+00', 'decision.made', '00000000-0000-4000-8000-000000000104', NULL, 158, '{"basis": {"at": "2026-11-30T09:39:23.798290Z", "grants": {"portal_role": {"from": "admin", "field": "portal_role", "rules": ["leavers"], "value": "no_access"}}}, "email": "eve@acme.example", "rules": {}, "before": {}, "result": "drift", "changes": {}, "decision": {"beaten": [{"by": ["leavers"], "rule": "staff", "field": "portal_role", "value": "admin"}], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["leavers"], "state": "drift", "value": "no_access", "priority": 900}], "changes": {}, "matched": [{"rule": "leavers", "round": 1, "evidence": {"custom_fields.status": "left"}}, {"rule": "staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 166, '2026-11-30 09:39:23.811597+00', 'hold.placed', '00000000-0000-4000-8000-000000000113', NULL, 157, '{"wish": {"field": "portal_role", "rules": ["sales"], "value": "admin"}, "field": "portal_role", "rules": {"portal_role": ["sales"]}, "reason": "revert"}'),
	('default', 167, '2026-11-30 09:39:23.811597+00', 'decision.made', '00000000-0000-4000-8000-000000000113', NULL, 157, '{"basis": {"at": "2026-11-30T09:39:23.798290Z", "grants": {"portal_role": {"from": "admin", "field": "portal_role", "rules": ["sales"], "value": "no_access"}}}, "email": "lea@sales.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [], "reverted": [{"rule": "sales", "field": "portal_role", "value": "admin", "evidence": {"email.domain": "sales.example", "custom_fields.department": "Support"}, "needs_person": true}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 168, '2026-11-30 09:39:23.811597+00', 'decision.made', '00000000-0000-4000-8000-000000000114', 168, 156, '{"basis": {"at": "2026-11-30T09:39:23.798290Z"}, "email": "max@firm.example", "rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["insists"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('beta', 11, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000221', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000221", "name": "A Person", "email": "b21@bulk.example", "emails": ["b21@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 169, '2026-11-30 09:39:23.811597+00', 'decision.made', '00000000-0000-4000-8000-000000000115', 169, 155, '{"basis": {"at": "2026-11-30T09:39:23.798290Z"}, "email": "nia@flip.example", "rules": {"custom_fields.department": ["late-names"]}, "before": {"custom_fields.department": "Early"}, "result": "action", "changes": {"custom_fields.department": "Late"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Early", "field": "custom_fields.department", "rules": ["late-names"], "state": "change", "value": "Late", "priority": 100}], "changes": {"custom_fields.department": "Late"}, "matched": [{"rule": "late-names", "round": 1, "evidence": {"name": "Zed", "email.domain": "flip.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 170, '2026-11-30 09:39:23.84174+00', 'alert.raised', '00000000-0000-4000-8000-000000000104', NULL, NULL, '{"code": "drift", "message": "drift: a person or another program raised portal_role of contact 00000000-0000-4000-8000-000000000104 above the value set by leavers; it is left alone; to enforce the rules again: usher release 00000000-0000-4000-8000-000000000104 --reason …; all drift: usher drift"}'),
	('default', 171, '2026-11-30 09:39:23.84174+00', 'alert.raised', '00000000-0000-4000-8000-000000000113', NULL, NULL, '{"code": "revert", "message": "a change of portal_role of contact 00000000-0000-4000-8000-000000000113 is held: the revert would raise access; to make it: usher release 00000000-0000-4000-8000-000000000113 --reason …; all held changes: usher holds"}'),
	('default', 172, '2026-11-30 09:39:23.848877+00', 'patch.intended', '00000000-0000-4000-8000-000000000115', 169, 169, '{"rules": {"custom_fields.department": ["late-names"]}, "before": {"custom_fields.department": "Early"}, "values": {"custom_fields.department": "Late"}, "attempt": 1}'),
	('default', 173, '2026-11-30 09:39:23.848877+00', 'patch.intended', '00000000-0000-4000-8000-000000000114', 168, 168, '{"rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 174, '2026-11-30 09:39:23.860773+00', 'patch.applied', '00000000-0000-4000-8000-000000000114', 168, 173, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "905dac4a-1fb9-4ffb-9ede-eef802121108", "http_status": 200, "milliseconds": 7}'),
	('default', 175, '2026-11-30 09:39:23.864372+00', 'patch.applied', '00000000-0000-4000-8000-000000000115', 169, 172, '{"after": {"custom_fields.department": "Late"}, "rules": {"custom_fields.department": ["late-names"]}, "before": {"custom_fields.department": "Early"}, "values": {"custom_fields.department": "Late"}, "attempt": 1, "changed": ["custom_fields.department"], "outcome": "applied", "request_id": "b82f16dc-b269-45f7-8865-23585b9bf9ba", "http_status": 200, "milliseconds": 8}'),
	('default', 176, '2026-11-30 09:39:23.89554+00', 'decision.made', '00000000-0000-4000-8000-000000000114', NULL, 174, '{"basis": {"at": "2026-11-30T09:39:23.872777Z"}, "email": "max@firm.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 177, '2026-11-30 09:39:23.89554+00', 'decision.made', '00000000-0000-4000-8000-000000000115', NULL, 175, '{"basis": {"at": "2026-11-30T09:39:23.872777Z"}, "email": "nia@flip.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Late", "field": "custom_fields.department", "rules": ["late-names"], "state": "already_so", "value": "Late", "priority": 100}], "changes": {}, "matched": [{"rule": "late-names", "round": 1, "evidence": {"name": "Zed", "email.domain": "flip.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 178, '2026-11-30 09:39:24.333321+00', 'contact.updated', '00000000-0000-4000-8000-000000000115', NULL, NULL, '{"by": "other", "after": {"name": "Abe"}, "before": {"name": "Zed"}, "changed": ["name"]}'),
	('default', 179, '2026-11-30 09:39:24.333321+00', 'contact.updated', '00000000-0000-4000-8000-000000000114', NULL, NULL, '{"by": "other", "after": {"portal_role": "no_access", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001"}, "before": {"portal_role": "member", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role", "portal_role_id"]}'),
	('default', 180, '2026-11-30 09:39:24.344177+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 4}'),
	('default', 181, '2026-11-30 09:39:24.357964+00', 'decision.made', '00000000-0000-4000-8000-000000000114', 181, 179, '{"basis": {"at": "2026-11-30T09:39:24.340341Z"}, "email": "max@firm.example", "rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["insists"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 182, '2026-11-30 09:39:24.357964+00', 'decision.made', '00000000-0000-4000-8000-000000000115', 182, 178, '{"basis": {"at": "2026-11-30T09:39:24.340341Z"}, "email": "nia@flip.example", "rules": {"custom_fields.department": ["early-names"]}, "before": {"custom_fields.department": "Late"}, "result": "action", "changes": {"custom_fields.department": "Early"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Late", "field": "custom_fields.department", "rules": ["early-names"], "state": "change", "value": "Early", "priority": 100}], "changes": {"custom_fields.department": "Early"}, "matched": [{"rule": "early-names", "round": 1, "evidence": {"name": "Abe", "email.domain": "flip.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 183, '2026-11-30 09:39:24.371442+00', 'patch.intended', '00000000-0000-4000-8000-000000000115', 182, 182, '{"rules": {"custom_fields.department": ["early-names"]}, "before": {"custom_fields.department": "Late"}, "values": {"custom_fields.department": "Early"}, "attempt": 1}'),
	('default', 184, '2026-11-30 09:39:24.371442+00', 'patch.intended', '00000000-0000-4000-8000-000000000114', 181, 181, '{"rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 185, '2026-11-30 09:39:24.385795+00', 'patch.applied', '00000000-0000-4000-8000-000000000115', 182, 183, '{"after": {"custom_fields.department": "Early"}, "rules": {"custom_fields.department": ["early-names"]}, "before": {"custom_fields.department": "Late"}, "values": {"custom_fields.department": "Early"}, "attempt": 1, "changed": ["custom_fields.department"], "outcome": "applied", "request_id": "38ebea97-ebf6-445f-85f0-784a752b0f3f", "http_status": 200, "milliseconds": 8}'),
	('default', 186, '2026-11-30 09:39:24.399119+00', 'patch.applied', '00000000-0000-4000-8000-000000000114', 181, 184, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["insists"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "a1b35bff-035b-4fa8-abfc-fea25dbaa64d", "http_status": 200, "milliseconds": 9}'),
	('default', 187, '2026-11-30 09:39:24.404627+00', 'decision.made', '00000000-0000-4000-8000-000000000115', NULL, 185, '{"basis": {"at": "2026-11-30T09:39:24.396375Z"}, "email": "nia@flip.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Early", "field": "custom_fields.department", "rules": ["early-names"], "state": "already_so", "value": "Early", "priority": 100}], "changes": {}, "matched": [{"rule": "early-names", "round": 1, "evidence": {"name": "Abe", "email.domain": "flip.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 229, '2026-11-30 09:39:30.177922+00', 'ruleset.activated', NULL, NULL, NULL, '{"who": "root@vm", "files": ["customers.csv", "customers.yaml", "people.yaml", "queue.yaml", "staff.txt"], "rules": 24, "shadow": 1, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}'),
	('default', 188, '2026-11-30 09:39:24.418708+00', 'decision.made', '00000000-0000-4000-8000-000000000114', NULL, 186, '{"basis": {"at": "2026-11-30T09:39:24.407703Z"}, "email": "max@firm.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 189, '2026-11-30 09:39:24.850695+00', 'contact.updated', '00000000-0000-4000-8000-000000000115', NULL, NULL, '{"by": "other", "after": {"name": "Zac"}, "before": {"name": "Abe"}, "changed": ["name"]}'),
	('default', 190, '2026-11-30 09:39:24.850695+00', 'contact.updated', '00000000-0000-4000-8000-000000000114', NULL, NULL, '{"by": "other", "after": {"portal_role": "no_access", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001"}, "before": {"portal_role": "member", "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role", "portal_role_id"]}'),
	('default', 191, '2026-11-30 09:39:24.865821+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 5}'),
	('default', 192, '2026-11-30 09:39:24.888423+00', 'hold.placed', '00000000-0000-4000-8000-000000000114', NULL, 190, '{"wish": {"field": "portal_role", "rules": ["insists"], "value": "member"}, "field": "portal_role", "rules": {"portal_role": ["insists"]}, "reason": "own_changes"}'),
	('default', 193, '2026-11-30 09:39:24.888423+00', 'decision.made', '00000000-0000-4000-8000-000000000114', NULL, 190, '{"basis": {"at": "2026-11-30T09:39:24.864185Z"}, "email": "max@firm.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["insists"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "insists", "round": 1, "evidence": {"email.domain": "firm.example"}}], "conflicts": []}, "passed_over": {"insists": ["portal_role"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 194, '2026-11-30 09:39:24.888423+00', 'hold.placed', '00000000-0000-4000-8000-000000000115', NULL, 189, '{"wish": {"field": "custom_fields.department", "rules": ["late-names"], "value": "Late"}, "field": "custom_fields.department", "rules": {"custom_fields.department": ["late-names"]}, "reason": "own_changes"}'),
	('default', 195, '2026-11-30 09:39:24.888423+00', 'decision.made', '00000000-0000-4000-8000-000000000115', NULL, 189, '{"basis": {"at": "2026-11-30T09:39:24.864185Z"}, "email": "nia@flip.example", "rules": {}, "before": {}, "result": "held", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Early", "field": "custom_fields.department", "rules": ["late-names"], "state": "change", "value": "Late", "priority": 100}], "changes": {"custom_fields.department": "Late"}, "matched": [{"rule": "late-names", "round": 1, "evidence": {"name": "Zac", "email.domain": "flip.example"}}], "conflicts": []}, "passed_over": {"late-names": ["custom_fields.department"]}, "ruleset_hash": "a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2"}'),
	('default', 196, '2026-11-30 09:39:24.896043+00', 'alert.raised', '00000000-0000-4000-8000-000000000114', NULL, NULL, '{"code": "own_changes", "message": "a change of portal_role of contact 00000000-0000-4000-8000-000000000114 is held: Usher changed the field three times within an hour; to make it: usher release 00000000-0000-4000-8000-000000000114 --reason …; all held changes: usher holds"}');
INSERT INTO usher.event_2026_11 VALUES
	('default', 197, '2026-11-30 09:39:25.153549+00', 'ruleset.activated', NULL, NULL, NULL, '{"who": "root@vm", "files": ["customers.csv", "customers.yaml", "people.yaml", "staff.txt"], "rules": 22, "shadow": 1, "renamed": {"staff": "acme-staff"}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 198, '2026-11-30 09:39:25.31437+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 6}'),
	('default', 199, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000100', NULL, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z"}, "email": "ana@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["acme-staff"], "state": "already_so", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "acme-staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 200, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000101', NULL, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z", "drifts": {"portal_role": {"acme-staff": {"field": "portal_role", "value": "admin"}}}, "grants": {"portal_role": {"from": "no_access", "field": "portal_role", "rules": [], "value": "admin"}}}, "email": "bob@acme.example", "rules": {}, "before": {}, "result": "drift", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["acme-staff"], "state": "drift", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "acme-staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 201, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000102', NULL, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z"}, "email": "ext-cyd@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "denied": [{"rule": "acme-staff", "field": "portal_role", "value": "admin", "guardrail": "no-external-admins"}], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "acme-staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 209, '2026-11-30 09:39:25.364519+00', 'patch.applied', '00000000-0000-4000-8000-000000000125', 204, 207, '{"after": {"custom_fields.department": ""}, "rules": {"custom_fields.department": ["welcome"]}, "before": {"custom_fields.department": "Welcome"}, "values": {"custom_fields.department": ""}, "attempt": 1, "changed": ["custom_fields.department"], "outcome": "applied", "request_id": "11f1dca0-3933-4c10-985b-0e540cdb1e4d", "http_status": 200, "milliseconds": 9}'),
	('default', 242, '2026-11-30 09:39:30.92439+00', 'hold.released', '00000000-0000-4000-8000-000000000117', NULL, 38, '{"who": "root@vm", "rule": "many-labels", "reason": "agreed with the account team"}'),
	('default', 202, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000104', NULL, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z", "drifts": {"portal_role": {"leavers": {"field": "portal_role", "value": "no_access"}}}, "grants": {"portal_role": {"from": "admin", "field": "portal_role", "rules": [], "value": "no_access"}}}, "email": "eve@acme.example", "rules": {}, "before": {}, "result": "drift", "changes": {}, "decision": {"beaten": [{"by": ["leavers"], "rule": "acme-staff", "field": "portal_role", "value": "admin"}], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["leavers"], "state": "drift", "value": "no_access", "priority": 900}], "changes": {}, "matched": [{"rule": "acme-staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}, {"rule": "leavers", "round": 1, "evidence": {"custom_fields.status": "left"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 203, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000105', NULL, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z"}, "email": "lena@acme.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "admin", "field": "portal_role", "rules": ["acme-staff"], "state": "already_so", "value": "admin", "priority": 200}], "changes": {}, "matched": [{"rule": "acme-staff", "round": 1, "evidence": {"email.domain": "acme.example", "account.external_ids.crm": "0015e00001"}}], "excepted": [{"rule": "leavers", "exception": "ex-lena"}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 204, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000125', 204, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z", "grants": {"custom_fields.department": {"field": "custom_fields.department", "rules": ["welcome"], "value": "Welcome"}}}, "email": "quinn@hello.example", "rules": {"custom_fields.department": ["welcome"]}, "before": {"custom_fields.department": "Welcome"}, "result": "action", "changes": {"custom_fields.department": ""}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Welcome", "field": "custom_fields.department", "rules": ["welcome"], "state": "change", "value": "", "priority": -1}, {"from": "Dr. quinn", "field": "name", "rules": ["names"], "state": "already_so", "value": "Dr. quinn", "priority": 100}], "changes": {"custom_fields.department": ""}, "matched": [{"rule": "names", "round": 1, "evidence": {"email.domain": "hello.example"}}], "reverted": [{"rule": "welcome", "field": "custom_fields.department", "value": "", "evidence": {}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 205, '2026-11-30 09:39:25.33548+00', 'decision.made', '00000000-0000-4000-8000-000000000129', 205, 197, '{"basis": {"at": "2026-11-30T09:39:25.300435Z"}, "email": "uma@east.example", "rules": {"portal_role": ["customers[east.example]"]}, "before": {"portal_role": "no_access"}, "result": "action", "changes": {"portal_role": "member"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "no_access", "field": "portal_role", "rules": ["customers[east.example]"], "state": "change", "value": "member", "priority": 100}], "changes": {"portal_role": "member"}, "matched": [{"rule": "customers[east.example]", "round": 1, "evidence": {"email.domain": "east.example", "account.external_ids.crm": "0015e00002"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 206, '2026-11-30 09:39:25.346427+00', 'patch.intended', '00000000-0000-4000-8000-000000000126', 117, 117, '{"rules": {"custom_fields.seats": ["seats"]}, "before": {}, "values": {"custom_fields.seats": "many"}, "attempt": 2}'),
	('default', 207, '2026-11-30 09:39:25.346427+00', 'patch.intended', '00000000-0000-4000-8000-000000000125', 204, 204, '{"rules": {"custom_fields.department": ["welcome"]}, "before": {"custom_fields.department": "Welcome"}, "values": {"custom_fields.department": ""}, "attempt": 1}'),
	('default', 208, '2026-11-30 09:39:25.346427+00', 'patch.intended', '00000000-0000-4000-8000-000000000129', 205, 205, '{"rules": {"portal_role": ["customers[east.example]"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1}'),
	('default', 210, '2026-11-30 09:39:25.381258+00', 'patch.refused', '00000000-0000-4000-8000-000000000126', 117, 206, '{"code": "invalid_request", "reason": "custom field seats takes a number", "values": {"custom_fields.seats": "many"}, "attempt": 2, "request_id": "e6ae405e-4130-479d-995d-7e358640214c", "http_status": 400, "milliseconds": 10}'),
	('default', 211, '2026-11-30 09:39:25.381258+00', 'action.blocked', '00000000-0000-4000-8000-000000000126', 117, 206, '{"rules": {"custom_fields.seats": ["seats"]}, "reason": "the API refused it", "refused": {"custom_fields.seats": {"code": "invalid_request", "status": 400, "message": "custom field seats takes a number"}}}'),
	('default', 212, '2026-11-30 09:39:25.381258+00', 'patch.applied', '00000000-0000-4000-8000-000000000129', 205, 208, '{"after": {"portal_role": "member"}, "rules": {"portal_role": ["customers[east.example]"]}, "before": {"portal_role": "no_access"}, "values": {"portal_role": "member"}, "attempt": 1, "brought": {"portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002"}, "changed": ["portal_role"], "outcome": "applied", "request_id": "877201eb-0a98-4acb-939e-7d51efcb633d", "http_status": 200, "milliseconds": 8}'),
	('default', 213, '2026-11-30 09:39:25.386252+00', 'decision.made', '00000000-0000-4000-8000-000000000125', NULL, 209, '{"basis": {"at": "2026-11-30T09:39:25.369553Z"}, "email": "quinn@hello.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Dr. quinn", "field": "name", "rules": ["names"], "state": "already_so", "value": "Dr. quinn", "priority": 100}], "changes": {}, "matched": [{"rule": "names", "round": 1, "evidence": {"email.domain": "hello.example"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 214, '2026-11-30 09:39:25.401762+00', 'decision.made', '00000000-0000-4000-8000-000000000129', NULL, 212, '{"basis": {"at": "2026-11-30T09:39:25.397406Z"}, "email": "uma@east.example", "rules": {}, "before": {}, "result": "already_so", "changes": {}, "decision": {"beaten": [], "shadow": [], "wishes": [], "changes": {}, "matched": [{"rule": "customers[east.example]", "round": 1, "evidence": {"email.domain": "east.example", "account.external_ids.crm": "0015e00002"}}], "conflicts": []}, "ruleset_hash": "acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68"}'),
	('default', 215, '2026-11-30 09:39:25.769515+00', 'ruleset.activated', NULL, NULL, NULL, '{"who": "root@vm", "files": ["customers.csv", "customers.yaml", "people.yaml", "queue.yaml", "staff.txt"], "rules": 23, "shadow": 1, "ruleset_hash": "24542466b4bc768d3049e565037d9e9a9920db7a670c477e9007ab5040ff37e9"}'),
	('default', 216, '2026-11-30 09:39:25.92549+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 7}'),
	('default', 217, '2026-11-30 09:39:26.438886+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 32, "sweep_id": 8}'),
	('default', 218, '2026-11-30 09:39:26.844662+00', 'patch.intended', '00000000-0000-4000-8000-000000000126', 117, 117, '{"rules": {"custom_fields.seats": ["seats"]}, "before": {}, "values": {"custom_fields.seats": "many"}, "attempt": 3}'),
	('default', 219, '2026-11-30 09:39:26.852995+00', 'patch.refused', '00000000-0000-4000-8000-000000000126', 117, 218, '{"code": "invalid_request", "reason": "custom field seats takes a number", "values": {"custom_fields.seats": "many"}, "attempt": 3, "request_id": "0924b5b3-64ca-4386-a360-3eba33b27c39", "http_status": 400, "milliseconds": 4}'),
	('default', 220, '2026-11-30 09:39:26.852995+00', 'action.blocked', '00000000-0000-4000-8000-000000000126', 117, 218, '{"rules": {"custom_fields.seats": ["seats"]}, "reason": "the API refused it", "refused": {"custom_fields.seats": {"code": "invalid_request", "status": 400, "message": "custom field seats takes a number"}}}'),
	('beta', 1, '2026-11-30 09:39:27.552106+00', 'ruleset.activated', NULL, NULL, NULL, '{"who": "root@vm", "files": ["rules.yaml"], "rules": 2, "shadow": 0, "ruleset_hash": "4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790"}'),
	('beta', 2, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000230', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000230", "name": "A Person", "email": "b30@bulk.example", "emails": ["b30@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 3, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000229', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000229", "name": "A Person", "email": "b29@bulk.example", "emails": ["b29@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 4, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000228', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000228", "name": "A Person", "email": "b28@bulk.example", "emails": ["b28@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 5, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000227', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000227", "name": "A Person", "email": "b27@bulk.example", "emails": ["b27@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 6, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000226', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000226", "name": "A Person", "email": "b26@bulk.example", "emails": ["b26@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 7, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000225', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000225", "name": "A Person", "email": "b25@bulk.example", "emails": ["b25@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 8, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000224', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000224", "name": "A Person", "email": "b24@bulk.example", "emails": ["b24@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 9, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000223', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000223", "name": "A Person", "email": "b23@bulk.example", "emails": ["b23@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 10, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000222', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000222", "name": "A Person", "email": "b22@bulk.example", "emails": ["b22@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('default', 243, '2026-11-30 09:39:30.92439+00', 'hold.released', '00000000-0000-4000-8000-000000000118', NULL, 38, '{"who": "root@vm", "rule": "many-labels", "reason": "agreed with the account team"}'),
	('default', 244, '2026-11-30 09:39:30.92439+00', 'hold.released', '00000000-0000-4000-8000-000000000119', NULL, 38, '{"who": "root@vm", "rule": "many-labels", "reason": "agreed with the account team"}'),
	('beta', 13, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000219', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000219", "name": "A Person", "email": "b19@bulk.example", "emails": ["b19@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 14, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000218', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000218", "name": "A Person", "email": "b18@bulk.example", "emails": ["b18@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 15, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000217', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000217", "name": "A Person", "email": "b17@bulk.example", "emails": ["b17@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 16, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000216', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000216", "name": "A Person", "email": "b16@bulk.example", "emails": ["b16@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 17, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000215', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000215", "name": "A Person", "email": "b15@bulk.example", "emails": ["b15@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 18, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000214', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000214", "name": "A Person", "email": "b14@bulk.example", "emails": ["b14@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 19, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000213', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000213", "name": "A Person", "email": "b13@bulk.example", "emails": ["b13@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 20, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000212', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000212", "name": "A Person", "email": "b12@bulk.example", "emails": ["b12@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 21, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000211', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000211", "name": "A Person", "email": "b11@bulk.example", "emails": ["b11@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 22, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000210', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000210", "name": "A Person", "email": "b10@bulk.example", "emails": ["b10@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 23, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000209', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000209", "name": "A Person", "email": "b09@bulk.example", "emails": ["b09@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 24, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000208', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000208", "name": "A Person", "email": "b08@bulk.example", "emails": ["b08@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 25, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000207', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000207", "name": "A Person", "email": "b07@bulk.example", "emails": ["b07@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 26, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000206', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000206", "name": "A Person", "email": "b06@bulk.example", "emails": ["b06@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 27, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000205', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000205", "name": "A Person", "email": "b05@bulk.example", "emails": ["b05@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 28, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000204', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000204", "name": "A Person", "email": "b04@bulk.example", "emails": ["b04@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 29, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000203', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000203", "name": "A Person", "email": "b03@bulk.example", "emails": ["b03@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 30, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000202', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000202", "name": "A Person", "email": "b02@bulk.example", "emails": ["b02@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 31, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000201', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000201", "name": "A Person", "email": "b01@bulk.example", "emails": ["b01@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 32, '2026-11-30 09:39:27.677732+00', 'contact.created', '00000000-0000-4000-8000-000000000200', NULL, NULL, '{"by": "other", "after": {"id": "00000000-0000-4000-8000-000000000200", "name": "A Person", "email": "b00@bulk.example", "emails": ["b00@bulk.example"], "portal_role": "member", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000002", "integration_user_ids": []}}'),
	('beta', 33, '2026-11-30 09:39:27.692621+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 31, "sweep_id": 1}'),
	('beta', 34, '2026-11-30 09:39:27.728456+00', 'decision.made', '00000000-0000-4000-8000-000000000229', 34, 3, '{"basis": {"at": "2026-11-30T09:39:27.714487Z"}, "email": "b29@bulk.example", "rules": {"custom_fields.seats": ["seats"]}, "before": {}, "result": "action", "changes": {"custom_fields.seats": "many"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.seats", "rules": ["seats"], "state": "change", "value": "many", "priority": 100}], "changes": {"custom_fields.seats": "many"}, "matched": [{"rule": "seats", "round": 1, "evidence": {"email": "b29@bulk.example"}}], "conflicts": []}, "ruleset_hash": "4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790"}'),
	('beta', 35, '2026-11-30 09:39:27.752507+00', 'patch.intended', '00000000-0000-4000-8000-000000000229', 34, 34, '{"rules": {"custom_fields.seats": ["seats"]}, "before": {}, "values": {"custom_fields.seats": "many"}, "attempt": 1}'),
	('beta', 36, '2026-11-30 09:39:27.765918+00', 'patch.refused', '00000000-0000-4000-8000-000000000229', 34, 35, '{"code": "invalid_request", "reason": "custom field seats takes a number", "values": {"custom_fields.seats": "many"}, "attempt": 1, "request_id": "3f7df352-09ac-41c9-83ec-dce108ce26d4", "http_status": 400, "milliseconds": 5}'),
	('beta', 37, '2026-11-30 09:39:27.765918+00', 'action.blocked', '00000000-0000-4000-8000-000000000229', 34, 35, '{"rules": {"custom_fields.seats": ["seats"]}, "reason": "the API refused it", "refused": {"custom_fields.seats": {"code": "invalid_request", "status": 400, "message": "custom field seats takes a number"}}}'),
	('beta', 38, '2026-11-30 09:39:27.767923+00', 'alert.raised', '00000000-0000-4000-8000-000000000229', NULL, NULL, '{"code": "blocked", "message": "the action for contact 00000000-0000-4000-8000-000000000229 is blocked: the API refused it; see: usher why 00000000-0000-4000-8000-000000000229; more within the hour: usher status"}'),
	('beta', 39, '2026-11-30 09:39:28.23567+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 28, "contacts": 3, "sweep_id": 2}'),
	('beta', 40, '2026-11-30 09:39:28.23567+00', 'hold.placed', NULL, NULL, NULL, '{"wish": {"missing": 28}, "field": "contacts", "reason": "mass_delete"}'),
	('beta', 41, '2026-11-30 09:39:28.239418+00', 'alert.raised', NULL, NULL, NULL, '{"code": "mass_delete", "message": "28 of 31 contacts are missing; nothing is deleted until a person runs: usher release mass-delete --reason …"}'),
	('beta', 42, '2026-11-30 09:39:28.766666+00', 'contact.updated', '00000000-0000-4000-8000-000000000230', NULL, NULL, '{"by": "other", "after": {"custom_fields.status": "left"}, "before": {}, "changed": ["custom_fields.status"]}'),
	('beta', 43, '2026-11-30 09:39:28.772497+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 28, "contacts": 3, "sweep_id": 3}'),
	('beta', 44, '2026-11-30 09:39:28.78644+00', 'decision.made', '00000000-0000-4000-8000-000000000230', 44, 42, '{"basis": {"at": "2026-11-30T09:39:28.774692Z"}, "email": "b30@bulk.example", "rules": {"portal_role": ["leavers"]}, "before": {"portal_role": "member"}, "result": "action", "changes": {"portal_role": "no_access"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "member", "field": "portal_role", "rules": ["leavers"], "state": "change", "value": "no_access", "priority": 100}], "changes": {"portal_role": "no_access"}, "matched": [{"rule": "leavers", "round": 1, "evidence": {"custom_fields.status": "left"}}], "conflicts": []}, "ruleset_hash": "4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790"}'),
	('beta', 45, '2026-11-30 09:39:28.807882+00', 'patch.intended', '00000000-0000-4000-8000-000000000230', 44, 44, '{"rules": {"portal_role": ["leavers"]}, "before": {"portal_role": "member"}, "values": {"portal_role": "no_access"}, "attempt": 1}'),
	('beta', 46, '2026-11-30 09:39:28.829932+00', 'patch.throttled', '00000000-0000-4000-8000-000000000230', 44, 45, '{"values": {"portal_role": "no_access"}, "attempt": 1, "request_id": "dbb2cfcc-2403-455a-8781-07645fb175c3", "http_status": 429, "milliseconds": 5}'),
	('beta', 47, '2026-11-30 09:39:28.831763+00', 'alert.raised', NULL, NULL, NULL, '{"code": "api_failing", "message": "the API''s endpoint update has given no good answer since 2026-11-30T09:39:28Z, the last because: the API asks to wait for 3000 s; single requests are tried until it is well, and everything else for it waits; see: usher status", "subject": "update"}'),
	('beta', 48, '2026-11-30 09:39:29.083341+00', 'alert.raised', NULL, NULL, NULL, '{"code": "unauthorized", "message": "workspace beta is paused: me, request e4da8ac7-e78a-4b13-8c7a-eee0b8b4ea32: not authorised (401 invalid_api_token); the token is unknown or revoked; an admin of the workspace can make a new one. Replace its token; it goes on by itself when GET /me answers, or at once with: usher resume"}'),
	('default', 221, '2026-11-30 09:39:30.016976+00', 'contact.created', '9be6fb51-4cba-4855-b8e5-f2e62a2a63e5', NULL, NULL, '{"by": "other", "after": {"id": "9be6fb51-4cba-4855-b8e5-f2e62a2a63e5", "name": "A Person", "email": "q2@queue.example", "emails": ["q2@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 222, '2026-11-30 09:39:30.016976+00', 'contact.created', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', NULL, NULL, '{"by": "other", "after": {"id": "b8379e96-b65d-4edc-98ad-3e74a15fad33", "name": "A Person", "email": "q1@queue.example", "emails": ["q1@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 224, '2026-11-30 09:39:30.046766+00', 'decision.made', '9be6fb51-4cba-4855-b8e5-f2e62a2a63e5', 224, 221, '{"basis": {"at": "2026-11-30T09:39:30.034420Z"}, "email": "q2@queue.example", "rules": {"custom_fields.department": ["queued"]}, "before": {}, "result": "action", "changes": {"custom_fields.department": "Queue"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["queued"], "state": "change", "value": "Queue", "priority": 100}], "changes": {"custom_fields.department": "Queue"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "24542466b4bc768d3049e565037d9e9a9920db7a670c477e9007ab5040ff37e9"}'),
	('default', 225, '2026-11-30 09:39:30.046766+00', 'decision.made', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', 225, 222, '{"basis": {"at": "2026-11-30T09:39:30.034420Z"}, "email": "q1@queue.example", "rules": {"custom_fields.department": ["queued"]}, "before": {}, "result": "action", "changes": {"custom_fields.department": "Queue"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["queued"], "state": "change", "value": "Queue", "priority": 100}], "changes": {"custom_fields.department": "Queue"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "24542466b4bc768d3049e565037d9e9a9920db7a670c477e9007ab5040ff37e9"}'),
	('default', 226, '2026-11-30 09:39:30.058904+00', 'patch.intended', '9be6fb51-4cba-4855-b8e5-f2e62a2a63e5', 224, 224, '{"rules": {"custom_fields.department": ["queued"]}, "before": {}, "values": {"custom_fields.department": "Queue"}, "attempt": 1}'),
	('default', 227, '2026-11-30 09:39:30.058904+00', 'patch.intended', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', 225, 225, '{"rules": {"custom_fields.department": ["queued"]}, "before": {}, "values": {"custom_fields.department": "Queue"}, "attempt": 1}'),
	('default', 228, '2026-11-30 09:39:30.078109+00', 'patch.unknown', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', 225, 227, '{"reason": "update of contact b8379e96-b65d-4edc-98ad-3e74a15fad33, request 4d233cba-5ae6-4860-a366-3c1c12420e69: the API failed (500); it may have been applied", "values": {"custom_fields.department": "Queue"}, "attempt": 1, "request_id": "4d233cba-5ae6-4860-a366-3c1c12420e69", "http_status": 500, "milliseconds": 8}'),
	('default', 233, '2026-11-30 09:39:30.570548+00', 'sweep.completed', NULL, NULL, NULL, '{"pages": 1, "missing": 0, "contacts": 37, "sweep_id": 10}'),
	('default', 230, '2026-11-30 09:39:30.558962+00', 'contact.created', '7098442a-5f1e-488b-96ae-0afda8aede2a', NULL, NULL, '{"by": "other", "after": {"id": "7098442a-5f1e-488b-96ae-0afda8aede2a", "name": "A Person", "email": "q5@queue.example", "emails": ["q5@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 231, '2026-11-30 09:39:30.558962+00', 'contact.created', '739de06f-3db8-4213-88b2-00e3546f0e2b', NULL, NULL, '{"by": "other", "after": {"id": "739de06f-3db8-4213-88b2-00e3546f0e2b", "name": "A Person", "email": "q4@queue.example", "emails": ["q4@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 232, '2026-11-30 09:39:30.558962+00', 'contact.created', 'd9360bab-bee6-4033-a12b-7998c7ebffe3', NULL, NULL, '{"by": "other", "after": {"id": "d9360bab-bee6-4033-a12b-7998c7ebffe3", "name": "A Person", "email": "q3@queue.example", "emails": ["q3@queue.example"], "portal_role": "no_access", "external_ids": [], "custom_fields": {}, "phone_numbers": [], "portal_role_id": "5b0c7a52-8c1e-4d0b-9a55-000000000001", "integration_user_ids": []}}'),
	('default', 234, '2026-11-30 09:39:30.622004+00', 'decision.made', '7098442a-5f1e-488b-96ae-0afda8aede2a', 234, 230, '{"basis": {"at": "2026-11-30T09:39:30.603159Z"}, "email": "q5@queue.example", "rules": {"custom_fields.tier": ["queued-tiers"], "custom_fields.department": ["queued"]}, "before": {}, "result": "action", "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["queued"], "state": "change", "value": "Queue", "priority": 100}, {"field": "custom_fields.tier", "rules": ["queued-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}, {"rule": "queued-tiers", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}'),
	('default', 235, '2026-11-30 09:39:30.622004+00', 'decision.made', '739de06f-3db8-4213-88b2-00e3546f0e2b', 235, 231, '{"basis": {"at": "2026-11-30T09:39:30.603159Z"}, "email": "q4@queue.example", "rules": {"custom_fields.tier": ["queued-tiers"], "custom_fields.department": ["queued"]}, "before": {}, "result": "action", "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["queued"], "state": "change", "value": "Queue", "priority": 100}, {"field": "custom_fields.tier", "rules": ["queued-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}, {"rule": "queued-tiers", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}'),
	('default', 236, '2026-11-30 09:39:30.622004+00', 'decision.made', 'd9360bab-bee6-4033-a12b-7998c7ebffe3', 236, 232, '{"basis": {"at": "2026-11-30T09:39:30.603159Z"}, "email": "q3@queue.example", "rules": {"custom_fields.tier": ["queued-tiers"], "custom_fields.department": ["queued"]}, "before": {}, "result": "action", "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"field": "custom_fields.department", "rules": ["queued"], "state": "change", "value": "Queue", "priority": 100}, {"field": "custom_fields.tier", "rules": ["queued-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze", "custom_fields.department": "Queue"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}, {"rule": "queued-tiers", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}'),
	('default', 237, '2026-11-30 09:39:30.690109+00', 'decision.made', '9be6fb51-4cba-4855-b8e5-f2e62a2a63e5', 237, 229, '{"basis": {"at": "2026-11-30T09:39:30.631999Z", "sent": {"custom_fields.department": "Queue"}}, "email": "q2@queue.example", "rules": {"custom_fields.tier": ["queued-tiers"]}, "before": {}, "result": "action", "changes": {"custom_fields.tier": "bronze"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Queue", "field": "custom_fields.department", "rules": ["queued"], "state": "already_so", "value": "Queue", "priority": 100}, {"field": "custom_fields.tier", "rules": ["queued-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}, {"rule": "queued-tiers", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}'),
	('default', 238, '2026-11-30 09:39:30.690109+00', 'decision.made', 'b8379e96-b65d-4edc-98ad-3e74a15fad33', 238, 229, '{"basis": {"at": "2026-11-30T09:39:30.631999Z", "sent": {"custom_fields.department": "Queue"}}, "email": "q1@queue.example", "rules": {"custom_fields.tier": ["queued-tiers"]}, "before": {}, "result": "action", "changes": {"custom_fields.tier": "bronze"}, "decision": {"beaten": [], "shadow": [], "wishes": [{"from": "Queue", "field": "custom_fields.department", "rules": ["queued"], "state": "already_so", "value": "Queue", "priority": 100}, {"field": "custom_fields.tier", "rules": ["queued-tiers"], "state": "change", "value": "bronze", "priority": 100}], "changes": {"custom_fields.tier": "bronze"}, "matched": [{"rule": "queued", "round": 1, "evidence": {"email.domain": "queue.example"}}, {"rule": "queued-tiers", "round": 1, "evidence": {"email.domain": "queue.example"}}], "conflicts": []}, "ruleset_hash": "d1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda"}'),
	('default', 239, '2026-11-30 09:39:30.92439+00', 'operator.acted', NULL, NULL, NULL, '{"who": "root@vm", "hold": 38, "rule": "many-labels", "what": "approved the hold on rule many-labels", "reason": "agreed with the account team"}'),
	('default', 240, '2026-11-30 09:39:30.92439+00', 'hold.released', NULL, NULL, 38, '{"who": "root@vm", "rule": "many-labels", "reason": "agreed with the account team"}'),
	('default', 241, '2026-11-30 09:39:30.92439+00', 'hold.released', '00000000-0000-4000-8000-000000000116', NULL, 38, '{"who": "root@vm", "rule": "many-labels", "reason": "agreed with the account team"}');
INSERT INTO usher.hold VALUES
	('default', '00000000-0000-4000-8000-000000000113', 'portal_role', 'revert', '{"field": "portal_role", "rules": ["sales"], "value": "admin"}', 166, '2026-11-30 09:39:23.811597+00', NULL, NULL, NULL),
	('default', '00000000-0000-4000-8000-000000000114', 'portal_role', 'own_changes', '{"field": "portal_role", "rules": ["insists"], "value": "member"}', 192, '2026-11-30 09:39:24.888423+00', NULL, NULL, NULL),
	('default', '00000000-0000-4000-8000-000000000115', 'custom_fields.department', 'own_changes', '{"field": "custom_fields.department", "rules": ["late-names"], "value": "Late"}', 194, '2026-11-30 09:39:24.888423+00', NULL, NULL, NULL),
	('beta', '*', 'contacts', 'mass_delete', '{"missing": 28}', 40, '2026-11-30 09:39:28.230304+00', NULL, NULL, NULL);
INSERT INTO usher.lease VALUES
	('beta', 'pause:update', 'vm:11949:B66336B2', 1, '2026-11-30 10:29:28.815572+00', 'rate_limited', '2026-11-30 09:39:28.815572+00'),
	('beta', 'sweep', 'vm:11949:B66336B2', 3, '2026-11-30 09:39:28.843882+00', NULL, NULL),
	('beta', 'pause', 'vm:11986:7552A4D2', 1, '2026-11-30 09:39:44.079833+00', 'unauthorized', '2026-11-30 09:39:29.079833+00'),
	('beta', 'evaluate', 'vm:11986:7552A4D2', 4, '2026-11-30 09:39:29.191815+00', NULL, NULL),
	('default', 'sweep', 'vm:12027:3360274A', 8, '2026-11-30 09:39:45.565453+00', NULL, NULL),
	('default', 'evaluate', 'vm:12027:3360274A', 8, '2026-11-30 09:39:45.63173+00', NULL, NULL);
INSERT INTO usher.migration VALUES
	('0001_log', '\x6b6ae041ed9fb83b979ad57319fa73c0c99b2a8bb6244a7c985cc83c84fa19c8', '2026-11-30 09:39:20.965709+00'),
	('0002_snapshot', '\x4166931fd5943a4d05f05c67e815f4d4361f6fe3ac869a568669d17101959e51', '2026-11-30 09:39:20.977152+00'),
	('0003_work', '\x41add8b8215ca860ddc7a89887a652dfe5f3ea48dbbbb112e531ce21921d5f92', '2026-11-30 09:39:20.988115+00'),
	('0004_audit', '\xa283468fc43f79ab38cc0b484d656185e37036fbd7cb77f825a258126741c137', '2026-11-30 09:39:20.999648+00'),
	('0005_rechecks', '\xf315f2955a75518a8000e0d876acacd4c88f7801b5944768b8c58a3dc2298227', '2026-11-30 09:39:21.00125+00'),
	('0006_limits', '\x5442f5d6fdaf12c539925f630aadb343e0b2b7487306910862f3dc532ee83835', '2026-11-30 09:39:21.013132+00'),
	('0007_reverts', '\xa9ed71ef86cfd8f2e38e395af7305526e06c2c351a6fb36a65a223033db77a03', '2026-11-30 09:39:21.015506+00'),
	('0008_ages', '\x8a3ff09b76eb796640efdba46bceede0b4cda62ac1b1273aa1b2b325611b3f08', '2026-11-30 09:39:21.01823+00'),
	('0009_unordered', '\x4b11bfc74cef9c8e3c1e22710fed9fa72ef9be553769bdbe6c3afa28ea9f4227', '2026-11-30 09:39:21.020796+00'),
	('0010_holds', '\x176ede4e9cdf13670ddcdcd21a867575f720c11c9ba4be4ed38867fb8e9f0ae5', '2026-11-30 09:39:21.029114+00'),
	('0011_access', '\x0e683cdcba6ef5ee390c22b693c4fb6d68b0b926da50fe54361bfb3b985a4b86', '2026-11-30 09:39:21.056871+00'),
	('0012_alerts', '\x11180c73fe182f23d76ea45153f87bef55094e1ca35dc3198ac7300d65da190a', '2026-11-30 09:39:21.068665+00'),
	('0013_unreadable', '\xbf107871b7424205e3c70c02ff53134ea3b3a558e8805e228623b40f1c76323c', '2026-11-30 09:39:21.072692+00'),
	('0014_breakers', '\xcb137daac1ab31b54432d2fe7f781d28175ac720ccd4beb0c7e38f5c6675dd24', '2026-11-30 09:39:21.07537+00'),
	('0015_absence', '\xc9d83e910a2bc75325d107fc9eb2fb4af875cb5e483b6bd5777eec90c13efb2f', '2026-11-30 09:39:21.084913+00'),
	('0016_forgotten', '\x3571c89d2668eba39e4c9f6adbd80cfa889a57dc7d75ebeec7ec06bd688dd07e', '2026-11-30 09:39:21.088799+00'),
	('0017_audit', '\x5983ef991976f9245473faaa41d7372b37b7eb287a0b238e3c9d2ab360ea6c1a', '2026-11-30 09:39:21.141922+00');
INSERT INTO usher.permit VALUES
	('default', 'update', 1, '2026-11-30 09:49:45.054158+00', 'vm:12027:3360274A', 1),
	('default', 'update', 2, '2026-11-30 09:49:30.069735+00', NULL, 1);
INSERT INTO usher.rule_hold VALUES
	('default', 'support-leads', 'approval', '397ab38a117cf41b52957db56aa4d61d97b9365bd7f0ab91f7a98fa16967f1ae', 'approval: required', 37, '2026-11-30 09:39:21.425961+00', NULL, NULL),
	('default', 'closing', 'lowering', '2e9bcf2156439bc5904103776dcd911ecae71dfd942785aff0ad20b0a7789953', 'lowering per_hour: 1, of the rule closing', 41, '2026-11-30 09:39:21.425961+00', NULL, NULL),
	('default', 'many-tiers', 'limit', '12969acfe4066e669ae21efddebfadc6e668a0b5d5cc56da7330efa3985f76c3', 'per_hour: 1, of the rule many-tiers', 40, '2026-11-30 09:39:21.425961+00', '2026-11-30 09:39:23.083701+00', NULL);
INSERT INTO usher.ruleset VALUES
	('default', 'a9ea2780102534a558271a22f5156f3a765aae8d7abb88192e8399e7d39937c2', '[{"path": "customers.csv", "text": "domain,portal_role\nnorth.example,member\nsouth.example,admin\n"}, {"path": "customers.yaml", "text": "# A second file with limits: an error from 0018 on, and still what the log was decided with.\nversion: 1\n\nlimits:\n  per_hour: 20\n  privileged: { per_hour: 10 }\n\ntables:\n  customers: { file: customers.csv }\n\nrules:\n  - id: customers\n    mode: enforce\n    when: { in_table: customers, account.external_ids.crm: \"0015e00002\" }\n    set: { portal_role: { at_least: \"${customers.portal_role}\" } }\n"}, {"path": "people.yaml", "text": "# The rules of the first activation.\nversion: 1\n\nfields:\n  tier: { type: text, values: [gold, silver, bronze] }\n  status: { type: text, values: [active, left] }\n  department: { type: text }\n  seats: { type: text }\n\nlimits:\n  per_hour: 100\n  per_day: 200\n  percent_of_contacts: 100\n  privileged: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n  lowering: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n\nlists:\n  staff_domains: { file: staff.txt }\n\nguardrails:\n  - id: no-external-admins\n    deny: { portal_role: admin }\n    when: { email.local: { starts_with: ext- } }\n    reason: Contractors do not administer the portal.\n\nexceptions:\n  - id: ex-lena\n    rules: [leavers]\n    contact: lena@acme.example\n    until: 2099-12-31\n    reason: Hands over until her successor arrives.\n\nrules:\n  - id: staff\n    priority: 200\n    mode: enforce\n    when:\n      all:\n        - email.domain: { in_list: staff_domains }\n        - account.external_ids.crm: \"0015e00001\"\n    set: { portal_role: admin }\n\n  - id: leavers\n    priority: 900\n    mode: enforce\n    when: { custom_fields.status: left }\n    set: { portal_role: no_access }\n\n  - id: free-mail\n    mode: enforce\n    when: { email.class: [public, disposable] }\n    set: { portal_role: { at_most: member } }\n\n  - id: gold\n    mode: enforce\n    when: { custom_fields.tier: gold }\n    set: { portal_role: { at_least: member } }\n\n  - id: silver\n    mode: shadow\n    when: { custom_fields.tier: silver }\n    set: { portal_role: { at_least: member } }\n\n  - id: pilot-members\n    mode: enforce\n    when: { email.domain: tie.example }\n    set: { portal_role: member }\n\n  - id: pilot-admins\n    mode: enforce\n    when: { email.domain: tie.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: sales\n    mode: enforce\n    on_unmatch: revert\n    when: { email.domain: sales.example, custom_fields.department: Sales }\n    set: { portal_role: no_access }\n\n  - id: insists\n    mode: enforce\n    on_drift: reassert\n    when: { email.domain: firm.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: early-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: A } }\n    set: { custom_fields.department: Early }\n\n  - id: late-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: Z } }\n    set: { custom_fields.department: Late }\n\n  - id: many-members\n    mode: enforce\n    limits: { per_hour: 2 }\n    when: { email.domain: many.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: many-labels\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.department: Many }\n\n  - id: many-tiers\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.tier: bronze }\n\n  - id: closing\n    mode: enforce\n    limits: { lowering: { per_hour: 1 } }\n    when: { email.domain: closing.example }\n    set: { portal_role: no_access }\n\n  - id: support-leads\n    mode: enforce\n    approval: required\n    when: { email.domain: support.example }\n    set: { portal_role: support-lead }\n\n  - id: partner-admins\n    mode: enforce\n    approval: required\n    when: { email.domain: partner.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: names\n    mode: enforce\n    when: { email.domain: hello.example }\n    set: { name: \"Dr. ${email.local}\" }\n\n  - id: seats\n    mode: enforce\n    when: { email.domain: seats.example }\n    set: { custom_fields.seats: many, portal_role: { at_least: member } }\n\n  - id: welcome\n    mode: enforce\n    when: { email.domain: hello.example }\n    set: { custom_fields.department: Welcome }\n"}, {"path": "staff.txt", "text": "# Domains of our own staff.\nacme.example\n"}]', '2026-11-30 09:39:21.249454+00'),
	('default', 'acf6201a117241dea258643b3804a303b0080a5527171d00d5ffc5fd43015f68', '[{"path": "customers.csv", "text": "domain,portal_role\nnorth.example,member\nsouth.example,admin\neast.example,member\n"}, {"path": "customers.yaml", "text": "# The table has another row.\nversion: 1\n\ntables:\n  customers: { file: customers.csv }\n\nrules:\n  - id: customers\n    mode: enforce\n    when: { in_table: customers, account.external_ids.crm: \"0015e00002\" }\n    set: { portal_role: { at_least: \"${customers.portal_role}\" } }\n"}, {"path": "people.yaml", "text": "# A rule has another id, and one is retired.\nversion: 1\n\nfields:\n  tier: { type: text, values: [gold, silver, bronze] }\n  status: { type: text, values: [active, left] }\n  department: { type: text }\n  seats: { type: text }\n\nlimits:\n  per_hour: 100\n  per_day: 200\n  percent_of_contacts: 100\n  privileged: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n  lowering: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n\nlists:\n  staff_domains: { file: staff.txt }\n\nguardrails:\n  - id: no-external-admins\n    deny: { portal_role: admin }\n    when: { email.local: { starts_with: ext- } }\n    reason: Contractors do not administer the portal.\n\nexceptions:\n  - id: ex-lena\n    rules: [leavers]\n    contact: lena@acme.example\n    until: 2099-12-31\n    reason: Hands over until her successor arrives.\n\nrules:\n  - id: acme-staff\n    priority: 200\n    mode: enforce\n    when:\n      all:\n        - email.domain: { in_list: staff_domains }\n        - account.external_ids.crm: \"0015e00001\"\n    set: { portal_role: admin }\n\n  - id: leavers\n    priority: 900\n    mode: enforce\n    when: { custom_fields.status: left }\n    set: { portal_role: no_access }\n\n  - id: free-mail\n    mode: enforce\n    when: { email.class: [public, disposable] }\n    set: { portal_role: { at_most: member } }\n\n  - id: gold\n    mode: enforce\n    when: { custom_fields.tier: gold }\n    set: { portal_role: { at_least: member } }\n\n  - id: silver\n    mode: shadow\n    when: { custom_fields.tier: silver }\n    set: { portal_role: { at_least: member } }\n\n  - id: pilot-members\n    mode: enforce\n    when: { email.domain: tie.example }\n    set: { portal_role: member }\n\n  - id: pilot-admins\n    mode: enforce\n    when: { email.domain: tie.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: sales\n    mode: enforce\n    on_unmatch: revert\n    when: { email.domain: sales.example, custom_fields.department: Sales }\n    set: { portal_role: no_access }\n\n  - id: insists\n    mode: enforce\n    on_drift: reassert\n    when: { email.domain: firm.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: early-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: A } }\n    set: { custom_fields.department: Early }\n\n  - id: late-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: Z } }\n    set: { custom_fields.department: Late }\n\n  - id: many-members\n    mode: enforce\n    limits: { per_hour: 2 }\n    when: { email.domain: many.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: many-labels\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.department: Many }\n\n  - id: many-tiers\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.tier: bronze }\n\n  - id: closing\n    mode: enforce\n    limits: { lowering: { per_hour: 1 } }\n    when: { email.domain: closing.example }\n    set: { portal_role: no_access }\n\n  - id: support-leads\n    mode: enforce\n    approval: required\n    when: { email.domain: support.example }\n    set: { portal_role: support-lead }\n\n  - id: partner-admins\n    mode: enforce\n    approval: required\n    when: { email.domain: partner.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: names\n    mode: enforce\n    when: { email.domain: hello.example }\n    set: { name: \"Dr. ${email.local}\" }\n\n  - id: seats\n    mode: enforce\n    when: { email.domain: seats.example }\n    set: { custom_fields.seats: many, portal_role: { at_least: member } }\n\nrenamed:\n  - { from: staff, to: acme-staff }\n\nretired:\n  - { rule: welcome, fields: [custom_fields.department], reason: The campaign has ended. }\n"}, {"path": "staff.txt", "text": "# Domains of our own staff.\nacme.example\n"}]', '2026-11-30 09:39:25.153549+00'),
	('default', '24542466b4bc768d3049e565037d9e9a9920db7a670c477e9007ab5040ff37e9', '[{"path": "customers.csv", "text": "domain,portal_role\nnorth.example,member\nsouth.example,admin\neast.example,member\n"}, {"path": "customers.yaml", "text": "# The table has another row.\nversion: 1\n\ntables:\n  customers: { file: customers.csv }\n\nrules:\n  - id: customers\n    mode: enforce\n    when: { in_table: customers, account.external_ids.crm: \"0015e00002\" }\n    set: { portal_role: { at_least: \"${customers.portal_role}\" } }\n"}, {"path": "people.yaml", "text": "# As before.\nversion: 1\n\nfields:\n  tier: { type: text, values: [gold, silver, bronze] }\n  status: { type: text, values: [active, left] }\n  department: { type: text }\n  seats: { type: text }\n\nlimits:\n  per_hour: 100\n  per_day: 200\n  percent_of_contacts: 100\n  privileged: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n  lowering: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n\nlists:\n  staff_domains: { file: staff.txt }\n\nguardrails:\n  - id: no-external-admins\n    deny: { portal_role: admin }\n    when: { email.local: { starts_with: ext- } }\n    reason: Contractors do not administer the portal.\n\nexceptions:\n  - id: ex-lena\n    rules: [leavers]\n    contact: lena@acme.example\n    until: 2099-12-31\n    reason: Hands over until her successor arrives.\n\nrules:\n  - id: acme-staff\n    priority: 200\n    mode: enforce\n    when:\n      all:\n        - email.domain: { in_list: staff_domains }\n        - account.external_ids.crm: \"0015e00001\"\n    set: { portal_role: admin }\n\n  - id: leavers\n    priority: 900\n    mode: enforce\n    when: { custom_fields.status: left }\n    set: { portal_role: no_access }\n\n  - id: free-mail\n    mode: enforce\n    when: { email.class: [public, disposable] }\n    set: { portal_role: { at_most: member } }\n\n  - id: gold\n    mode: enforce\n    when: { custom_fields.tier: gold }\n    set: { portal_role: { at_least: member } }\n\n  - id: silver\n    mode: shadow\n    when: { custom_fields.tier: silver }\n    set: { portal_role: { at_least: member } }\n\n  - id: pilot-members\n    mode: enforce\n    when: { email.domain: tie.example }\n    set: { portal_role: member }\n\n  - id: pilot-admins\n    mode: enforce\n    when: { email.domain: tie.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: sales\n    mode: enforce\n    on_unmatch: revert\n    when: { email.domain: sales.example, custom_fields.department: Sales }\n    set: { portal_role: no_access }\n\n  - id: insists\n    mode: enforce\n    on_drift: reassert\n    when: { email.domain: firm.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: early-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: A } }\n    set: { custom_fields.department: Early }\n\n  - id: late-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: Z } }\n    set: { custom_fields.department: Late }\n\n  - id: many-members\n    mode: enforce\n    limits: { per_hour: 2 }\n    when: { email.domain: many.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: many-labels\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.department: Many }\n\n  - id: many-tiers\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.tier: bronze }\n\n  - id: closing\n    mode: enforce\n    limits: { lowering: { per_hour: 1 } }\n    when: { email.domain: closing.example }\n    set: { portal_role: no_access }\n\n  - id: support-leads\n    mode: enforce\n    approval: required\n    when: { email.domain: support.example }\n    set: { portal_role: support-lead }\n\n  - id: partner-admins\n    mode: enforce\n    approval: required\n    when: { email.domain: partner.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: names\n    mode: enforce\n    when: { email.domain: hello.example }\n    set: { name: \"Dr. ${email.local}\" }\n\n  - id: seats\n    mode: enforce\n    when: { email.domain: seats.example }\n    set: { custom_fields.seats: many, portal_role: { at_least: member } }\n\nrenamed:\n  - { from: staff, to: acme-staff }\n\nretired:\n  - { rule: welcome, fields: [custom_fields.department], reason: The campaign has ended. }\n"}, {"path": "queue.yaml", "text": "# What is to be sent when the version ends.\nversion: 1\n\nrules:\n  - id: queued\n    mode: enforce\n    when: { email.domain: queue.example }\n    set: { custom_fields.department: Queue }\n"}, {"path": "staff.txt", "text": "# Domains of our own staff.\nacme.example\n"}]', '2026-11-30 09:39:25.769515+00'),
	('beta', '4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790', '[{"path": "rules.yaml", "text": "version: 1\n\nfields:\n  status: { type: text, values: [active, left] }\n  seats: { type: text }\n\nrules:\n  - id: leavers\n    mode: enforce\n    when: { custom_fields.status: left }\n    set: { portal_role: no_access }\n\n  # The API takes numbers only.\n  - id: seats\n    mode: enforce\n    when: { email: b29@bulk.example }\n    set: { custom_fields.seats: many }\n"}]', '2026-11-30 09:39:27.552106+00'),
	('default', 'd1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda', '[{"path": "customers.csv", "text": "domain,portal_role\nnorth.example,member\nsouth.example,admin\neast.example,member\n"}, {"path": "customers.yaml", "text": "# The table has another row.\nversion: 1\n\ntables:\n  customers: { file: customers.csv }\n\nrules:\n  - id: customers\n    mode: enforce\n    when: { in_table: customers, account.external_ids.crm: \"0015e00002\" }\n    set: { portal_role: { at_least: \"${customers.portal_role}\" } }\n"}, {"path": "people.yaml", "text": "# As before.\nversion: 1\n\nfields:\n  tier: { type: text, values: [gold, silver, bronze] }\n  status: { type: text, values: [active, left] }\n  department: { type: text }\n  seats: { type: text }\n\nlimits:\n  per_hour: 100\n  per_day: 200\n  percent_of_contacts: 100\n  privileged: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n  lowering: { per_hour: 50, per_day: 100, percent_of_contacts: 100 }\n\nlists:\n  staff_domains: { file: staff.txt }\n\nguardrails:\n  - id: no-external-admins\n    deny: { portal_role: admin }\n    when: { email.local: { starts_with: ext- } }\n    reason: Contractors do not administer the portal.\n\nexceptions:\n  - id: ex-lena\n    rules: [leavers]\n    contact: lena@acme.example\n    until: 2099-12-31\n    reason: Hands over until her successor arrives.\n\nrules:\n  - id: acme-staff\n    priority: 200\n    mode: enforce\n    when:\n      all:\n        - email.domain: { in_list: staff_domains }\n        - account.external_ids.crm: \"0015e00001\"\n    set: { portal_role: admin }\n\n  - id: leavers\n    priority: 900\n    mode: enforce\n    when: { custom_fields.status: left }\n    set: { portal_role: no_access }\n\n  - id: free-mail\n    mode: enforce\n    when: { email.class: [public, disposable] }\n    set: { portal_role: { at_most: member } }\n\n  - id: gold\n    mode: enforce\n    when: { custom_fields.tier: gold }\n    set: { portal_role: { at_least: member } }\n\n  - id: silver\n    mode: shadow\n    when: { custom_fields.tier: silver }\n    set: { portal_role: { at_least: member } }\n\n  - id: pilot-members\n    mode: enforce\n    when: { email.domain: tie.example }\n    set: { portal_role: member }\n\n  - id: pilot-admins\n    mode: enforce\n    when: { email.domain: tie.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: sales\n    mode: enforce\n    on_unmatch: revert\n    when: { email.domain: sales.example, custom_fields.department: Sales }\n    set: { portal_role: no_access }\n\n  - id: insists\n    mode: enforce\n    on_drift: reassert\n    when: { email.domain: firm.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: early-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: A } }\n    set: { custom_fields.department: Early }\n\n  - id: late-names\n    mode: enforce\n    when: { email.domain: flip.example, name: { starts_with: Z } }\n    set: { custom_fields.department: Late }\n\n  - id: many-members\n    mode: enforce\n    limits: { per_hour: 2 }\n    when: { email.domain: many.example }\n    set: { portal_role: { at_least: member } }\n\n  - id: many-labels\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.department: Many }\n\n  - id: many-tiers\n    mode: enforce\n    limits: { per_hour: 1 }\n    when: { email.domain: many.example }\n    set: { custom_fields.tier: bronze }\n\n  - id: closing\n    mode: enforce\n    limits: { lowering: { per_hour: 1 } }\n    when: { email.domain: closing.example }\n    set: { portal_role: no_access }\n\n  - id: support-leads\n    mode: enforce\n    approval: required\n    when: { email.domain: support.example }\n    set: { portal_role: support-lead }\n\n  - id: partner-admins\n    mode: enforce\n    approval: required\n    when: { email.domain: partner.example, account.external_ids.crm: \"0015e00001\" }\n    set: { portal_role: admin }\n\n  - id: names\n    mode: enforce\n    when: { email.domain: hello.example }\n    set: { name: \"Dr. ${email.local}\" }\n\n  - id: seats\n    mode: enforce\n    when: { email.domain: seats.example }\n    set: { custom_fields.seats: many, portal_role: { at_least: member } }\n\nrenamed:\n  - { from: staff, to: acme-staff }\n\nretired:\n  - { rule: welcome, fields: [custom_fields.department], reason: The campaign has ended. }\n"}, {"path": "queue.yaml", "text": "# Put in force while requests are under way.\nversion: 1\n\nrules:\n  - id: queued\n    mode: enforce\n    when: { email.domain: queue.example }\n    set: { custom_fields.department: Queue }\n\n  - id: queued-tiers\n    mode: enforce\n    when: { email.domain: queue.example }\n    set: { custom_fields.tier: bronze }\n"}, {"path": "staff.txt", "text": "# Domains of our own staff.\nacme.example\n"}]', '2026-11-30 09:39:30.177922+00');
INSERT INTO usher.sweep VALUES
	('default', 1, 'completed', '2026-11-30 09:39:21.337537+00', '2026-11-30 09:39:21.391417+00', NULL, 1, 32, 32, NULL, NULL, 0),
	('default', 2, 'completed', '2026-11-30 09:39:23.321205+00', '2026-11-30 09:39:23.345738+00', NULL, 1, 32, 0, NULL, NULL, 31),
	('default', 3, 'completed', '2026-11-30 09:39:23.771897+00', '2026-11-30 09:39:23.791316+00', NULL, 1, 32, 6, NULL, NULL, 31),
	('default', 4, 'completed', '2026-11-30 09:39:24.295577+00', '2026-11-30 09:39:24.33817+00', NULL, 1, 32, 2, NULL, NULL, 31),
	('default', 5, 'completed', '2026-11-30 09:39:24.827182+00', '2026-11-30 09:39:24.862086+00', NULL, 1, 32, 2, NULL, NULL, 31),
	('default', 6, 'completed', '2026-11-30 09:39:25.236544+00', '2026-11-30 09:39:25.296648+00', NULL, 1, 32, 0, NULL, NULL, 31),
	('default', 7, 'completed', '2026-11-30 09:39:25.890161+00', '2026-11-30 09:39:25.921409+00', NULL, 1, 32, 0, NULL, NULL, 31),
	('default', 8, 'completed', '2026-11-30 09:39:26.424046+00', '2026-11-30 09:39:26.436672+00', NULL, 1, 32, 0, NULL, NULL, 31),
	('beta', 1, 'completed', '2026-11-30 09:39:27.659546+00', '2026-11-30 09:39:27.68959+00', NULL, 1, 31, 31, NULL, NULL, 0),
	('beta', 2, 'completed', '2026-11-30 09:39:28.210891+00', '2026-11-30 09:39:28.230304+00', NULL, 1, 3, 0, NULL, NULL, 31),
	('beta', 3, 'completed', '2026-11-30 09:39:28.750944+00', '2026-11-30 09:39:28.769245+00', NULL, 1, 3, 1, NULL, NULL, 31),
	('default', 9, 'completed', '2026-11-30 09:39:29.989443+00', '2026-11-30 09:39:30.03225+00', NULL, 1, 34, 2, NULL, NULL, 31),
	('default', 10, 'completed', '2026-11-30 09:39:30.542351+00', '2026-11-30 09:39:30.56622+00', NULL, 1, 37, 3, NULL, NULL, 33);
INSERT INTO usher.sweep_page VALUES
	('beta', 3, 1, '{2,3,1}'),
	('default', 10, 1, '{32,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,33,1,34,35,36}');
INSERT INTO usher.unreadable VALUES
	('default', '00000000-0000-4000-8000-000000000130', '\xba0351dd5e86e3ff74031b4c304cfb3cd4d5825cb44fa4b8aa1ec3a5b0c565d1', 'name has another type than the API''s reference says', '{"page": 1, "place": 2, "sweep_id": 3}', 160, '2026-11-30 09:39:23.787131+00', 10, NULL, NULL),
	('default', '00000000-0000-4000-8000-000000000131', '\x175e588107107fc2e751f503329348e91e387bd43de65046b8aedd6a914b163f', 'name has another type than the API''s reference says', '{"page": 1, "place": 1, "sweep_id": 1}', 33, '2026-11-30 09:39:21.368201+00', 10, NULL, NULL);
INSERT INTO usher.worker VALUES
	('default', 'vm:11609:DE88CA47', '0.1.0', '2026-11-30 09:39:21.297404+00', '2026-11-30 09:39:21.297404+00', '2026-11-30 09:39:21.848571+00', 0.5),
	('default', 'vm:11687:8A939B12', '0.1.0', '2026-11-30 09:39:23.248636+00', '2026-11-30 09:39:23.248636+00', '2026-11-30 09:39:23.437763+00', 0.5),
	('default', 'vm:11725:9E30594E', '0.1.0', '2026-11-30 09:39:23.706444+00', '2026-11-30 09:39:23.706444+00', '2026-11-30 09:39:23.976062+00', 0.5),
	('default', 'vm:11759:EC46048A', '0.1.0', '2026-11-30 09:39:24.20392+00', '2026-11-30 09:39:24.20392+00', '2026-11-30 09:39:24.491657+00', 0.5),
	('default', 'vm:11785:CBF918B2', '0.1.0', '2026-11-30 09:39:24.75242+00', '2026-11-30 09:39:24.75242+00', '2026-11-30 09:39:24.914484+00', 0.5),
	('default', 'vm:11809:A34FEB15', '0.1.0', '2026-11-30 09:39:25.171182+00', '2026-11-30 09:39:25.171182+00', '2026-11-30 09:39:25.47292+00', 0.5),
	('default', 'vm:11837:BEBC34E6', '0.1.0', '2026-11-30 09:39:25.806036+00', '2026-11-30 09:39:25.806036+00', '2026-11-30 09:39:26.90809+00', 0.5),
	('beta', 'vm:11898:062B6E51', '0.1.0', '2026-11-30 09:39:27.573731+00', '2026-11-30 09:39:27.573731+00', '2026-11-30 09:39:27.864056+00', 0.5),
	('beta', 'vm:11924:CFFD1192', '0.1.0', '2026-11-30 09:39:28.131166+00', '2026-11-30 09:39:28.131166+00', '2026-11-30 09:39:28.321839+00', 0.5),
	('beta', 'vm:11949:B66336B2', '0.1.0', '2026-11-30 09:39:28.51988+00', '2026-11-30 09:39:28.51988+00', '2026-11-30 09:39:28.844897+00', 0.5),
	('beta', 'vm:11986:7552A4D2', '0.1.0', '2026-11-30 09:39:29.046564+00', '2026-11-30 09:39:29.046564+00', '2026-11-30 09:39:29.198185+00', 0.5),
	('default', 'vm:12027:3360274A', '0.1.0', '2026-11-30 09:39:29.921093+00', '2026-11-30 09:39:29.921093+00', NULL, 0.5);
INSERT INTO usher.workspace VALUES
	('default', 244, 236, 36, 10, 'd1ec7bcae91f97bbf39cb8ae2789cc2547d884aea61b4571e03d934db6cc2eda', 229, NULL, '2100-01-01 00:00:00+00', '5b0c7a52-8c1e-4d0b-9a55-0000000000ff', '2026-11-30 09:39:21.224086+00', 229, true, '{"files": {"queue.yaml": {"all": {"per_day": 5000, "per_hour": 500, "percent_of_contacts": 20}, "lowering": {"per_day": 500, "per_hour": 100, "percent_of_contacts": 5}, "privileged": {"per_day": 60, "per_hour": 20, "percent_of_contacts": 1}}, "people.yaml": {"all": {"per_day": 200, "per_hour": 100, "percent_of_contacts": 100}, "lowering": {"per_day": 100, "per_hour": 50, "percent_of_contacts": 100}, "privileged": {"per_day": 100, "per_hour": 50, "percent_of_contacts": 100}}, "customers.yaml": {"all": {"per_day": 5000, "per_hour": 500, "percent_of_contacts": 20}, "lowering": {"per_day": 500, "per_hour": 100, "percent_of_contacts": 5}, "privileged": {"per_day": 60, "per_hour": 20, "percent_of_contacts": 1}}}, "rules": {"closing": {"all": {}, "lowering": {"per_hour": 1}, "privileged": {}}, "many-tiers": {"all": {"per_hour": 1}, "lowering": {}, "privileged": {}}, "many-labels": {"all": {"per_hour": 1}, "lowering": {}, "privileged": {}}, "many-members": {"all": {"per_hour": 2}, "lowering": {}, "privileged": {}}}}', NULL, '2026-11-30 09:39:21.391417+00', '{}', '2026-11-30 09:39:30.177922+00', 'Acme', 6, NULL),
	('beta', 48, 48, 31, 3, '4068f5d37149fc7d958630ef7c8f8711d746ad3ca25cb2f01818370d9f098790', 1, NULL, NULL, '5b0c7a52-8c1e-4d0b-9a55-0000000000ff', '2026-11-30 09:39:27.543049+00', 1, true, '{"files": {"rules.yaml": {"all": {"per_day": 5000, "per_hour": 500, "percent_of_contacts": 20}, "lowering": {"per_day": 500, "per_hour": 100, "percent_of_contacts": 5}, "privileged": {"per_day": 60, "per_hour": 20, "percent_of_contacts": 1}}}, "rules": {}}', NULL, '2026-11-30 09:39:27.68959+00', '{}', '2026-11-30 09:39:27.552106+00', 'Acme', 1, NULL);
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
ALTER TABLE ONLY usher.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (workspace, seq, recorded_at);
ALTER TABLE ONLY usher.event_2026_11
    ADD CONSTRAINT event_2026_11_pkey PRIMARY KEY (workspace, seq, recorded_at);
ALTER TABLE ONLY usher.event_2026_12
    ADD CONSTRAINT event_2026_12_pkey PRIMARY KEY (workspace, seq, recorded_at);
ALTER TABLE ONLY usher.event_2027_01
    ADD CONSTRAINT event_2027_01_pkey PRIMARY KEY (workspace, seq, recorded_at);
ALTER TABLE usher.event
    ADD CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'contact.restored'::text, 'contact.unreadable'::text, 'contact.readable'::text, 'decision.made'::text, 'patch.intended'::text, 'patch.applied'::text, 'patch.confirmed'::text, 'patch.refused'::text, 'patch.throttled'::text, 'patch.unknown'::text, 'patch.not_applied'::text, 'patch.not_taken'::text, 'patch.late'::text, 'action.superseded'::text, 'action.moot'::text, 'action.blocked'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text, 'drift.found'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'alert.raised'::text, 'alert.resolved'::text, 'operator.acted'::text]))) NOT VALID;
ALTER TABLE ONLY usher.event_rest
    ADD CONSTRAINT event_rest_pkey PRIMARY KEY (workspace, seq, recorded_at);
ALTER TABLE ONLY usher.former_contact
    ADD CONSTRAINT former_contact_pkey PRIMARY KEY (workspace, contact_id);
ALTER TABLE ONLY usher.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (workspace, contact_id, field);
ALTER TABLE ONLY usher.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (workspace, name);
ALTER TABLE ONLY usher.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);
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
CREATE INDEX action_due ON usher.action USING btree (workspace, state, priority, due_at);
CREATE INDEX contact_alerts ON usher.contact USING btree (workspace, contact_id) WHERE (alerts <> '{}'::text[]);
CREATE INDEX contact_approved ON usher.contact USING btree (workspace, contact_id) WHERE (approved IS NOT NULL);
CREATE INDEX contact_by_age ON usher.contact USING btree (workspace, known_since) WHERE (known_since IS NOT NULL);
CREATE INDEX contact_by_drift ON usher.contact USING btree (workspace, contact_id) WHERE (drifts <> '{}'::jsonb);
CREATE INDEX contact_by_email ON usher.contact USING btree (workspace, email);
CREATE INDEX contact_declined ON usher.contact USING btree (workspace, contact_id) WHERE (declined IS NOT NULL);
CREATE INDEX contact_drifted ON usher.contact USING btree (workspace, contact_id) WHERE (drifts <> '{}'::jsonb);
CREATE INDEX contact_held ON usher.contact USING btree (workspace, contact_id) WHERE (held IS NOT NULL);
CREATE INDEX event_by_action ON ONLY usher.event USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);
CREATE INDEX event_2026_11_workspace_action_id_seq_idx ON usher.event_2026_11 USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);
CREATE INDEX event_by_hold ON ONLY usher.event USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));
CREATE INDEX event_2026_11_workspace_cause_seq_idx ON usher.event_2026_11 USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));
CREATE INDEX event_by_contact ON ONLY usher.event USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);
CREATE INDEX event_2026_11_workspace_contact_id_seq_idx ON usher.event_2026_11 USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);
CREATE INDEX event_unordered ON ONLY usher.event USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));
CREATE INDEX event_2026_11_workspace_contact_id_seq_idx1 ON usher.event_2026_11 USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));
CREATE INDEX event_by_rare_kind ON ONLY usher.event USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));
CREATE INDEX event_2026_11_workspace_kind_seq_idx ON usher.event_2026_11 USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));
CREATE INDEX event_by_resolution ON ONLY usher.event USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);
CREATE INDEX event_2026_11_workspace_seq_idx ON usher.event_2026_11 USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);
CREATE INDEX event_by_aside ON ONLY usher.event USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));
CREATE INDEX event_2026_11_workspace_seq_idx1 ON usher.event_2026_11 USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));
CREATE INDEX event_2026_12_workspace_action_id_seq_idx ON usher.event_2026_12 USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);
CREATE INDEX event_2026_12_workspace_cause_seq_idx ON usher.event_2026_12 USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));
CREATE INDEX event_2026_12_workspace_contact_id_seq_idx ON usher.event_2026_12 USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);
CREATE INDEX event_2026_12_workspace_contact_id_seq_idx1 ON usher.event_2026_12 USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));
CREATE INDEX event_2026_12_workspace_kind_seq_idx ON usher.event_2026_12 USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));
CREATE INDEX event_2026_12_workspace_seq_idx ON usher.event_2026_12 USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);
CREATE INDEX event_2026_12_workspace_seq_idx1 ON usher.event_2026_12 USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));
CREATE INDEX event_2027_01_workspace_action_id_seq_idx ON usher.event_2027_01 USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);
CREATE INDEX event_2027_01_workspace_cause_seq_idx ON usher.event_2027_01 USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));
CREATE INDEX event_2027_01_workspace_contact_id_seq_idx ON usher.event_2027_01 USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);
CREATE INDEX event_2027_01_workspace_contact_id_seq_idx1 ON usher.event_2027_01 USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));
CREATE INDEX event_2027_01_workspace_kind_seq_idx ON usher.event_2027_01 USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));
CREATE INDEX event_2027_01_workspace_seq_idx ON usher.event_2027_01 USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);
CREATE INDEX event_2027_01_workspace_seq_idx1 ON usher.event_2027_01 USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));
CREATE INDEX event_rest_workspace_action_id_seq_idx ON usher.event_rest USING btree (workspace, action_id, seq) WHERE (action_id IS NOT NULL);
CREATE INDEX event_rest_workspace_cause_seq_idx ON usher.event_rest USING btree (workspace, cause_seq) WHERE (kind = ANY (ARRAY['hold.released'::text, 'hold.refused'::text, 'hold.withdrawn'::text, 'hold.expired'::text]));
CREATE INDEX event_rest_workspace_contact_id_seq_idx ON usher.event_rest USING btree (workspace, contact_id, seq) WHERE (contact_id IS NOT NULL);
CREATE INDEX event_rest_workspace_contact_id_seq_idx1 ON usher.event_rest USING btree (workspace, contact_id, seq) WHERE ((kind = 'decision.made'::text) AND ((body #> '{decision,unordered}'::text[]) IS NOT NULL));
CREATE INDEX event_rest_workspace_kind_seq_idx ON usher.event_rest USING btree (workspace, kind, seq) WHERE (kind = ANY (ARRAY['alert.raised'::text, 'operator.acted'::text, 'ruleset.activated'::text, 'ruleset.refused'::text, 'sweep.completed'::text, 'sweep.aborted'::text, 'hold.placed'::text, 'hold.released'::text, 'hold.withdrawn'::text, 'drift.found'::text, 'action.blocked'::text, 'patch.late'::text]));
CREATE INDEX event_rest_workspace_seq_idx ON usher.event_rest USING btree (workspace, seq) WHERE (kind = 'alert.resolved'::text);
CREATE INDEX event_rest_workspace_seq_idx1 ON usher.event_rest USING btree (workspace, seq) WHERE (kind = ANY (ARRAY['contact.unreadable'::text, 'contact.readable'::text]));
ALTER INDEX usher.event_pkey ATTACH PARTITION usher.event_2026_11_pkey;
ALTER INDEX usher.event_by_action ATTACH PARTITION usher.event_2026_11_workspace_action_id_seq_idx;
ALTER INDEX usher.event_by_hold ATTACH PARTITION usher.event_2026_11_workspace_cause_seq_idx;
ALTER INDEX usher.event_by_contact ATTACH PARTITION usher.event_2026_11_workspace_contact_id_seq_idx;
ALTER INDEX usher.event_unordered ATTACH PARTITION usher.event_2026_11_workspace_contact_id_seq_idx1;
ALTER INDEX usher.event_by_rare_kind ATTACH PARTITION usher.event_2026_11_workspace_kind_seq_idx;
ALTER INDEX usher.event_by_resolution ATTACH PARTITION usher.event_2026_11_workspace_seq_idx;
ALTER INDEX usher.event_by_aside ATTACH PARTITION usher.event_2026_11_workspace_seq_idx1;
ALTER INDEX usher.event_pkey ATTACH PARTITION usher.event_2026_12_pkey;
ALTER INDEX usher.event_by_action ATTACH PARTITION usher.event_2026_12_workspace_action_id_seq_idx;
ALTER INDEX usher.event_by_hold ATTACH PARTITION usher.event_2026_12_workspace_cause_seq_idx;
ALTER INDEX usher.event_by_contact ATTACH PARTITION usher.event_2026_12_workspace_contact_id_seq_idx;
ALTER INDEX usher.event_unordered ATTACH PARTITION usher.event_2026_12_workspace_contact_id_seq_idx1;
ALTER INDEX usher.event_by_rare_kind ATTACH PARTITION usher.event_2026_12_workspace_kind_seq_idx;
ALTER INDEX usher.event_by_resolution ATTACH PARTITION usher.event_2026_12_workspace_seq_idx;
ALTER INDEX usher.event_by_aside ATTACH PARTITION usher.event_2026_12_workspace_seq_idx1;
ALTER INDEX usher.event_pkey ATTACH PARTITION usher.event_2027_01_pkey;
ALTER INDEX usher.event_by_action ATTACH PARTITION usher.event_2027_01_workspace_action_id_seq_idx;
ALTER INDEX usher.event_by_hold ATTACH PARTITION usher.event_2027_01_workspace_cause_seq_idx;
ALTER INDEX usher.event_by_contact ATTACH PARTITION usher.event_2027_01_workspace_contact_id_seq_idx;
ALTER INDEX usher.event_unordered ATTACH PARTITION usher.event_2027_01_workspace_contact_id_seq_idx1;
ALTER INDEX usher.event_by_rare_kind ATTACH PARTITION usher.event_2027_01_workspace_kind_seq_idx;
ALTER INDEX usher.event_by_resolution ATTACH PARTITION usher.event_2027_01_workspace_seq_idx;
ALTER INDEX usher.event_by_aside ATTACH PARTITION usher.event_2027_01_workspace_seq_idx1;
ALTER INDEX usher.event_pkey ATTACH PARTITION usher.event_rest_pkey;
ALTER INDEX usher.event_by_action ATTACH PARTITION usher.event_rest_workspace_action_id_seq_idx;
ALTER INDEX usher.event_by_hold ATTACH PARTITION usher.event_rest_workspace_cause_seq_idx;
ALTER INDEX usher.event_by_contact ATTACH PARTITION usher.event_rest_workspace_contact_id_seq_idx;
ALTER INDEX usher.event_unordered ATTACH PARTITION usher.event_rest_workspace_contact_id_seq_idx1;
ALTER INDEX usher.event_by_rare_kind ATTACH PARTITION usher.event_rest_workspace_kind_seq_idx;
ALTER INDEX usher.event_by_resolution ATTACH PARTITION usher.event_rest_workspace_seq_idx;
ALTER INDEX usher.event_by_aside ATTACH PARTITION usher.event_rest_workspace_seq_idx1;
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
