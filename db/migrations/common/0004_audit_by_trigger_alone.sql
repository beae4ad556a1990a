-- The service reads its audit and says what has left; only the trigger writes it, with its owner's rights.
DO $$
BEGIN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit FROM %I', current_schema());
    EXECUTE format('GRANT UPDATE (shipped_at) ON audit TO %I', current_schema());
    EXECUTE format('ALTER FUNCTION audit_row() SECURITY DEFINER SET search_path = %I, pg_temp', current_schema());
END
$$;
