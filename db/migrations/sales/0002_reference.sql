-- The few columns of inventory's master data that sales shows and decides by: fed by its events, by the look-up of
-- references that are not here yet, and by its exports. A row never goes away; the newer version wins.
CREATE TABLE item_copy (
    uuid      uuid PRIMARY KEY,
    code      text NOT NULL,
    name      text NOT NULL,
    uom       text NOT NULL,
    price     numeric(15,2) NOT NULL,
    is_active boolean NOT NULL,
    deleted   boolean NOT NULL,
    version   bigint NOT NULL
);

CREATE TABLE warehouse_copy (
    uuid    uuid PRIMARY KEY,
    code    text NOT NULL,
    name    text NOT NULL,
    version bigint NOT NULL
);
