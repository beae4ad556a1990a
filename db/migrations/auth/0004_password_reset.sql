-- Links by which somebody who forgot his password sets a new one. The token itself is nowhere: it follows from the uuid
-- under a secret of the daemon, so that a mail can be sent again, and who reads this table learns nothing that signs in.
CREATE TABLE password_reset (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid       uuid NOT NULL,  -- also the mail's Message-ID
    hash       bytea NOT NULL, -- the token's keyed hash
    user_id    bigint,         -- NULL: nobody has that address, or he asked too often; kept so that it takes as long
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    sent_at    timestamptz,
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL, -- of the next attempt to send it
    CONSTRAINT password_reset_uuid_key UNIQUE (uuid),
    CONSTRAINT password_reset_hash_key UNIQUE (hash),
    CONSTRAINT password_reset_hash_size CHECK (octet_length(hash) = 32),
    CONSTRAINT password_reset_user_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
);
CREATE INDEX password_reset_user ON password_reset (user_id, created_at);
CREATE INDEX password_reset_pending ON password_reset (next_at) WHERE sent_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX password_reset_expires ON password_reset (expires_at);
