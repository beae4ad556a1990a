-- Who may sign in and what they may do.

-- The closed set of permissions with its descriptions: filled from the contract when the daemon starts.
CREATE TABLE permission (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text COLLATE "C" NOT NULL,
    description text NOT NULL,
    search_text text NOT NULL GENERATED ALWAYS AS (lower(name || ' ' || description)) STORED,
    CONSTRAINT permission_name_key UNIQUE (name)
);

-- `permissions` is a column and no table of pairs: a change of rights is one row, one version and one line of audit
-- with before and after. Its members are checked against the closed set before they come here.
CREATE TABLE role (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid        uuid NOT NULL,
    name        text NOT NULL,
    name_key    text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    description text,
    permissions text[] NOT NULL DEFAULT '{}',
    is_system   boolean NOT NULL DEFAULT false, -- Admin: has every permission, cannot be changed
    search_text text NOT NULL GENERATED ALWAYS AS (lower(name || ' ' || coalesce(description, ''))) STORED,
    version     bigint NOT NULL DEFAULT 1,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT role_uuid_key UNIQUE (uuid),
    CONSTRAINT role_name_key UNIQUE (name_key),
    CONSTRAINT role_name_length CHECK (length(name) BETWEEN 1 AND 100)
);

CREATE TABLE user_account (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid          uuid NOT NULL,
    username      text NOT NULL,
    username_key  text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(username)) STORED,
    email         text NOT NULL,
    email_key     text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
    full_name     text NOT NULL,
    phone         text,
    password_hash text NOT NULL,
    password_changed_at timestamptz NOT NULL, -- shows in the audit where the hash does not
    role_id       integer NOT NULL,
    language      text NOT NULL DEFAULT 'id',
    is_active     boolean NOT NULL DEFAULT true,
    search_text   text NOT NULL GENERATED ALWAYS AS (lower(username || ' ' || email || ' ' || full_name)) STORED,
    version       bigint NOT NULL DEFAULT 1,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    deleted_at    timestamptz,
    CONSTRAINT user_account_uuid_key UNIQUE (uuid),
    CONSTRAINT user_account_role_fkey FOREIGN KEY (role_id) REFERENCES role (id),
    CONSTRAINT user_account_language CHECK (language IN ('id', 'en'))
);
-- What a deleted user was called is free again.
CREATE UNIQUE INDEX user_account_username_key ON user_account (username_key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX user_account_email_key ON user_account (email_key) WHERE deleted_at IS NULL;
CREATE INDEX user_account_created ON user_account (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX user_account_role ON user_account (role_id) WHERE deleted_at IS NULL;
CREATE INDEX user_account_search ON user_account USING gin (search_text public.gin_trgm_ops) WHERE deleted_at IS NULL;

-- One sign-in and all that follows from it by refreshing.
CREATE TABLE user_session (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid       uuid NOT NULL,
    user_id    bigint NOT NULL,
    address    text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, -- of its newest refresh token
    ended_at   timestamptz,
    CONSTRAINT user_session_uuid_key UNIQUE (uuid),
    CONSTRAINT user_session_user_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
);
CREATE INDEX user_session_open ON user_session (user_id) WHERE ended_at IS NULL;
CREATE INDEX user_session_expires ON user_session (expires_at);

-- Refresh tokens by their keyed hash: who reads this table cannot sign in with it.
CREATE TABLE refresh_token (
    hash       bytea PRIMARY KEY,
    session_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at   timestamptz, -- used once already; used again, it ends its session
    CONSTRAINT refresh_token_session_fkey FOREIGN KEY (session_id) REFERENCES user_session (id) ON DELETE CASCADE,
    CONSTRAINT refresh_token_hash_size CHECK (octet_length(hash) = 32)
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON role
    FOR EACH ROW EXECUTE FUNCTION audit_row('name_key');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON user_account
    FOR EACH ROW EXECUTE FUNCTION audit_row('password_hash', 'username_key', 'email_key');
