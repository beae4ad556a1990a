-- What gateways must learn of tokens that are already out, within a second: a feed in the order of commits, written by
-- triggers, so that no way of changing a role or ending a session passes it by. Times are the wall's, as those of tokens.

ALTER TABLE user_session ADD COLUMN access_until timestamptz; -- when its newest access token runs out

CREATE TABLE identity_change (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role_id      integer, -- alone: the role's permissions changed
    user_uuid    uuid,    -- has role_id now
    session_uuid uuid,    -- has ended
    until        timestamptz, -- no older token is valid from then on; NULL: never forgotten
    CONSTRAINT identity_change_subject CHECK (num_nonnulls(role_id, session_uuid) = 1)
);
CREATE INDEX identity_change_until ON identity_change (until);
CREATE INDEX identity_change_role ON identity_change (role_id, id) WHERE user_uuid IS NULL;

INSERT INTO identity_change (role_id) SELECT id FROM role ORDER BY id;

-- Each waits for the one before to commit, so that a reader who has seen an id has seen all smaller ones.
CREATE FUNCTION identity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(3, 0);
    IF TG_TABLE_NAME = 'role' THEN
        INSERT INTO identity_change (role_id) VALUES (NEW.id);
    ELSIF TG_TABLE_NAME = 'user_account' THEN
        INSERT INTO identity_change (role_id, user_uuid, until)
        VALUES (NEW.role_id, NEW.uuid, clock_timestamp() + interval '30 days');
    ELSE
        INSERT INTO identity_change (session_uuid, until)
        VALUES (NEW.uuid, coalesce(NEW.access_until, clock_timestamp() + interval '30 days'));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER identity_role AFTER INSERT OR UPDATE OF permissions ON role
    FOR EACH ROW EXECUTE FUNCTION identity_changed();
CREATE TRIGGER identity_user AFTER UPDATE OF role_id ON user_account
    FOR EACH ROW WHEN (NEW.role_id <> OLD.role_id) EXECUTE FUNCTION identity_changed();
CREATE TRIGGER identity_session AFTER UPDATE OF ended_at ON user_session
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL) EXECUTE FUNCTION identity_changed();
