-- Roles for an installation with a PostgreSQL of its own, run once as its owner after the migrations, and again after an
-- upgrade that added tables. The migrator (DATABASE_URL of `npm run db:deploy`) owns the tables; web and worker connect as
-- hookline_app, which can neither change the schema nor what the audit log says, whatever happens to them.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hookline_app') THEN
    CREATE ROLE hookline_app LOGIN;
  END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO hookline_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO hookline_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO hookline_app;
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM hookline_app;
-- The queue keeps its tables in a schema of its own, which the worker makes and brings up to date.
GRANT CREATE ON DATABASE :"database" TO hookline_app;
