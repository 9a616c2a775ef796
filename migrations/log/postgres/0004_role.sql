-- The server gives up every right that it does not need: on its connections it takes the role
-- pupitre_log, which can add events and cannot change or delete any. Where the user who migrates may not
-- create roles, the server goes on as that user, who is no owner of the right to change the log either;
-- the triggers hold in any case.
REVOKE ALL ON events, heads, livechat_snapshots, pulse FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE ON events FROM CURRENT_USER;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pupitre_log') THEN
        BEGIN
            CREATE ROLE pupitre_log NOLOGIN;
        EXCEPTION
            -- Another database of this cluster was migrated at the same moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role('pupitre_log', 'MEMBER') THEN
        EXECUTE format('GRANT pupitre_log TO %I', current_user);
    END IF;
    GRANT USAGE ON SCHEMA public TO pupitre_log;
    GRANT SELECT, INSERT ON events TO pupitre_log;
    GRANT SELECT, INSERT, UPDATE ON heads, pulse TO pupitre_log;
    GRANT SELECT, INSERT, UPDATE, DELETE ON livechat_snapshots TO pupitre_log;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'the role pupitre_log is not there and cannot be created; the server goes on as %', current_user;
END
$$;
