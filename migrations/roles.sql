-- The roles are shared by all databases of a cluster, so they are no numbered migration; running
-- this again changes nothing. Whoever may create roles runs it once in Usher's database.
DO $$
DECLARE
    name text;
BEGIN
    -- Two workers that start together would trip over each other's grants.
    PERFORM pg_advisory_xact_lock(hashtext('usher roles'));
    FOREACH name IN ARRAY ARRAY['usher_app', 'usher_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            -- Another database of the cluster was faster.
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
END
$$;

-- The worker: everything but to rewrite the log, and no DDL.
GRANT USAGE ON SCHEMA usher, audit TO usher_app;
GRANT SELECT ON ALL TABLES IN SCHEMA usher, audit TO usher_app;
GRANT INSERT ON usher.event, usher.ruleset TO usher_app;
GRANT INSERT, UPDATE, DELETE ON usher.approval TO usher_app;
GRANT INSERT, UPDATE, DELETE ON
    usher.workspace, usher.lease, usher.contact, usher.sweep, usher.sweep_page, usher.action,
    usher.hold, usher.budget, usher.permit, usher.rule_hold, usher.change_count, usher.alert,
    usher.worker
    TO usher_app;
GRANT EXECUTE ON FUNCTION usher.make_event_partitions(integer) TO usher_app;

-- Auditors: the views.
GRANT USAGE ON SCHEMA audit TO usher_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA audit TO usher_auditor;

-- Whoever runs this works as the application; a superuser may become any role anyway.
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'usher_app', 'MEMBER') THEN
        EXECUTE format('GRANT usher_app TO %I', current_user);
    END IF;
END
$$;
