-- Also where somebody changes a user, a role or a session with another search_path (an operator's SQL).
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION identity_changed() SET search_path = %I, pg_temp', current_schema());
END
$$;
