-- What is set aside for documents of other services. Lines are guarded by the lock of their item.
CREATE TABLE reservation (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_type    text NOT NULL,
    owner_uuid    uuid NOT NULL,
    owner_number  text NOT NULL,
    owner_version bigint NOT NULL, -- of the owner's document, the newest seen: older events have no effect
    warehouse_id  bigint NOT NULL,
    is_closed     boolean NOT NULL DEFAULT false, -- wants nothing any more
    version       bigint NOT NULL DEFAULT 1, -- counts changes of the figures
    CONSTRAINT reservation_owner_key UNIQUE (owner_type, owner_uuid),
    CONSTRAINT reservation_warehouse_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT reservation_owner_type CHECK (owner_type IN ('sales_order', 'work_order')),
    CONSTRAINT reservation_version CHECK (version >= 1)
);

CREATE TABLE reservation_line (
    reservation_id bigint NOT NULL,
    line           integer NOT NULL, -- position in the document, from 1
    item_id        bigint NOT NULL,
    warehouse_id   bigint NOT NULL, -- the reservation's
    qty            numeric(15,3) NOT NULL, -- wanted
    allocated      numeric(15,3) NOT NULL, -- set aside so far, what was issued since included
    issued         numeric(15,3) NOT NULL DEFAULT 0,
    queued_at      timestamptz, -- waits for stock since then, where allocated < qty; NULL: does not wait
    CONSTRAINT reservation_line_pkey PRIMARY KEY (reservation_id, line),
    CONSTRAINT reservation_line_reservation_fkey FOREIGN KEY (reservation_id) REFERENCES reservation (id) ON DELETE CASCADE,
    CONSTRAINT reservation_line_item_fkey FOREIGN KEY (item_id) REFERENCES item (id),
    CONSTRAINT reservation_line_line CHECK (line >= 1),
    CONSTRAINT reservation_line_qty CHECK (qty >= 0),
    CONSTRAINT reservation_line_allocated CHECK (allocated >= 0 AND allocated <= qty),
    CONSTRAINT reservation_line_issued CHECK (issued >= 0 AND issued <= allocated)
);
CREATE INDEX reservation_line_waiting ON reservation_line (item_id, warehouse_id, queued_at, reservation_id, line)
    WHERE queued_at IS NOT NULL AND allocated < qty;
CREATE INDEX reservation_line_held ON reservation_line (item_id, warehouse_id) WHERE allocated > issued;
