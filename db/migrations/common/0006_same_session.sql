-- What a role casts to, to go on only where it still runs on the connection that took its lock (docs/adr/0002).
CREATE DOMAIN same_session AS boolean CONSTRAINT session_is_the_same CHECK (VALUE);
