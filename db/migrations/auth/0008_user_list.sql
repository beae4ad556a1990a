-- The list of users by name, and the active or the inactive ones alone; each ends with the id, as the list does.
CREATE INDEX user_account_full_name ON user_account (full_name, id) WHERE deleted_at IS NULL;
CREATE INDEX user_account_active ON user_account (is_active, created_at, id) WHERE deleted_at IS NULL;
