/* Making the event stream, and comparing it with what a service has written down. */
#include "svc/stream.h"

#include "base/str.h"
#include "kit/config.h"
#include "kit/envelope.h"

enum { STREAM_AGE_S = 7 * 86400, WALK_STEP = 64 };

const Err *stream_ensure(BusStream *stream, Arena *arena)
{
    static const char *subjects[] = {"so.*",        "do.*",   "po.*",       "wo.*",    "bom.*",
                                     "plan.*",      "inv.*",  "customer.*", "item.*",  "vendor.*",
                                     "warehouse.*", "user.*", "role.*",     "alert.*", "audit.*"};
    return bus_stream_ensure(stream, arena, subjects, (int)(sizeof subjects / sizeof *subjects),
                             config_int("EVENTS_MAX_BYTES"), STREAM_AGE_S);
}

typedef struct Row {
    const char *event_id;
    int64_t stream_sequence;
} Row;

static const DbColumn ROW[] = {DB_COLUMN_TEXT(Row, event_id), DB_COLUMN_INT(Row, stream_sequence),
                               DB_END};

static const Err *row_held(BusStream *stream, Arena *arena, const Row *row,
                           const BusStreamState *state, bool *ret_held)
{
    BusMessage message;
    *ret_held = (uint64_t)row->stream_sequence < state->first;
    if (*ret_held)
        return NULL;
    const Err *err = bus_stream_get(stream, arena, (uint64_t)row->stream_sequence, &message);
    if (err_is(err, &ERR_NO_DOCUMENT))
        return NULL;
    TRY(err);
    *ret_held = str_eq(bus_header(&message, HDR_CE_ID), row->event_id);
    return NULL;
}

const Err *stream_walk_back(BusStream *stream, Request *rq, const DbQuery *query,
                            const BusStreamState *state, int64_t *ret_sequence)
{
    int64_t before = INT64_MAX;
    *ret_sequence = 0;
    for (int64_t skip = 0;; skip = skip ? skip * 2 : WALK_STEP) {
        Row row = {0};
        bool found = false, held = false;
        TRY(db_run(rq->db, query, ARG(arg_int("before", before), arg_int("skip", skip)),
                   TRY_STRUCT(ROW, &row, &found)));
        if (!found)
            return NULL;
        TRY(row_held(stream, rq->arena, &row, state, &held));
        if (held) {
            *ret_sequence = row.stream_sequence;
            return NULL;
        }
        before = row.stream_sequence;
    }
}
