-- A role's name may be as long as any other text.
ALTER TABLE role DROP CONSTRAINT role_name_length;
ALTER TABLE role ADD CONSTRAINT role_name_length CHECK (length(name) BETWEEN 1 AND 255);
