-- What the throttling of sign-ins remembers.

-- Sign-ins that failed. The name is there by its keyed hash alone: people type passwords into the wrong field.
CREATE TABLE login_failure (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name_hash bytea NOT NULL,
    address   text COLLATE "C" NOT NULL,
    at        timestamptz NOT NULL,
    CONSTRAINT login_failure_hash_size CHECK (octet_length(name_hash) = 32)
);
CREATE INDEX login_failure_name ON login_failure (name_hash, at);
CREATE INDEX login_failure_address ON login_failure (address, at);
CREATE INDEX login_failure_at ON login_failure (at);

-- Where a user has signed in from, ever.
CREATE TABLE login_address (
    user_id bigint NOT NULL,
    address text COLLATE "C" NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT login_address_pkey PRIMARY KEY (user_id, address),
    CONSTRAINT login_address_user_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
);
