-- The roles are shared by all databases of a cluster, so they are no numbered migration; running
-- this again changes nothing. The owner of the schemas runs it in Usher's database. Roles that it may
-- not create are left to whoever may, who runs it too.
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
            EXCEPTION
                -- Another database of the cluster was faster.
                WHEN duplicate_object OR unique_violation THEN NULL;
                -- Usher asks for it at the end.
                WHEN insufficient_privilege THEN NULL;
            END;
        END IF;
    END LOOP;
END
$$;

-- The worker: everything but to rewrite the log, and no DDL.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'usher_app') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA usher, audit TO usher_app;
    GRANT SELECT ON ALL TABLES IN SCHEMA usher, audit TO usher_app;
    GRANT INSERT ON usher.event, usher.ruleset TO usher_app;
    GRANT INSERT, UPDATE, DELETE ON usher.approval TO usher_app;
    GRANT INSERT, UPDATE, DELETE ON
        usher.workspace, usher.lease, usher.contact, usher.sweep, usher.sweep_page, usher.action,
        usher.hold, usher.budget, usher.permit, usher.rule_hold, usher.change_count,
        usher.alert, usher.worker, usher.absence, usher.clock,
        usher.unreadable, usher.breaker, usher.pause, usher.mass_delete
        TO usher_app;
    GRANT INSERT, UPDATE ON usher.former_contact TO usher_app;
    GRANT EXECUTE ON FUNCTION usher.make_event_partitions(integer) TO usher_app;
END
$$;

-- Auditors: the views.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'usher_auditor') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA audit TO usher_auditor;
    GRANT SELECT ON ALL TABLES IN SCHEMA audit TO usher_auditor;
END
$$;

-- Whoever runs this works as the application; a superuser may become any role anyway. From version 16
-- on, to have made a role or to be its member is not enough: SET is a right of its own.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'usher_app') THEN
        RETURN;
    END IF;
    IF current_setting('server_version_num')::integer < 160000 THEN
        IF NOT pg_has_role(session_user, 'usher_app', 'MEMBER') THEN
            EXECUTE format('GRANT usher_app TO %I', session_user);
        END IF;
    ELSIF NOT pg_has_role(session_user, 'usher_app', 'SET') THEN
        EXECUTE format('GRANT usher_app TO %I WITH SET TRUE, INHERIT FALSE', session_user);
    END IF;
EXCEPTION
    -- Somebody else made the role: the rights above count all the same, and Usher tells at its start
    -- what has to be granted by whom.
    WHEN insufficient_privilege THEN NULL;
    -- The same login of another database of the cluster was faster.
    WHEN unique_violation THEN NULL;
END
$$;
