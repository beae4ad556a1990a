-- What a user is called now reaches gateways as his role does: a token that is out still tells the name of its making,
-- which may by now be somebody else's.
ALTER TABLE identity_change ADD COLUMN username text; -- of user_uuid; NULL in rows of before

CREATE OR REPLACE FUNCTION identity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(3, 0);
    IF TG_TABLE_NAME = 'role' THEN
        INSERT INTO identity_change (role_id) VALUES (NEW.id);
    ELSIF TG_TABLE_NAME = 'user_account' THEN
        INSERT INTO identity_change (role_id, user_uuid, username, until)
        VALUES (NEW.role_id, NEW.uuid, NEW.username, clock_timestamp() + interval '30 days');
    ELSE
        INSERT INTO identity_change (session_uuid, until)
        VALUES (NEW.uuid, coalesce(NEW.access_until, clock_timestamp() + interval '30 days'));
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER identity_user ON user_account;
CREATE TRIGGER identity_user AFTER UPDATE OF role_id, username ON user_account
    FOR EACH ROW WHEN (NEW.role_id <> OLD.role_id OR NEW.username <> OLD.username) EXECUTE FUNCTION identity_changed();
