/* Comparing the position with the stream. */
#include "svc/position.h"

#include "base/log.h"
#include "base/str.h"
#include "kit/envelope.h"
#include "svc.sql.h"
#include "svc/snapshot.h"
#include "svc/stream.h"

typedef struct Position {
    int64_t created, sequence;
    const char *event;
} Position;

static const DbColumn POSITION[] = {DB_COLUMN_INT(Position, created),
                                    DB_COLUMN_INT(Position, sequence),
                                    DB_COLUMN_TEXT(Position, event), DB_END};

/* Whether the stream still holds, at the position's place, the event that stood there. */
static const Err *position_holds(RoleRun *run, BusStream *stream, const Position *position,
                                 const BusStreamState *state, bool *ret_holds)
{
    BusMessage message;
    *ret_holds = position->created == state->created && (uint64_t)position->sequence <= state->last;
    if (!*ret_holds || !position->event || (uint64_t)position->sequence < state->first)
        return NULL;
    *ret_holds = false;
    const Err *err =
        bus_stream_get(stream, run->worker->arena, (uint64_t)position->sequence, &message);
    if (err_is(err, &ERR_NO_DOCUMENT))
        return NULL;
    TRY(err);
    *ret_holds = str_eq(bus_header(&message, HDR_CE_ID), position->event);
    return NULL;
}

/* Where to read on in a stream that lost its end: behind the newest event that it shares with us. A
 * new stream is read from its beginning; the inbox knows what had its effect. */
static const Err *position_recover(BusStream *stream, Request *rq, const Position *position,
                                   const BusStreamState *state, uint64_t *ret_from)
{
    int64_t shared = 0;
    if (position->created == state->created)
        TRY(stream_walk_back(stream, rq, &RT_INBOX_TAIL, state, &shared));
    *ret_from = (uint64_t)shared + 1;
    log_warn("the stream is not what it was", LOG_INT("position", position->sequence),
             LOG_INT("last", state->last), LOG_INT("from", *ret_from));
    return NULL;
}

/* Events behind the position are gone: too old, or purged. The copies are built anew, and what is
 * left is read. */
static bool position_is_too_late(const Position *position, const BusStreamState *state)
{
    return position->created == state->created && (uint64_t)position->sequence + 1 < state->first;
}

const Err *position_begin(RoleRun *run, BusStream *stream, const BusStreamState *state,
                          uint64_t *ret_from)
{
    Position position = {0};
    bool found = false, holds = false;
    Request rq = worker_request(run->worker);
    TRY(db_run(rq.db, &RT_POSITION, NO_ARGS, TRY_STRUCT(POSITION, &position, &found)));
    *ret_from = state->last + 1;
    if (!found)
        return snapshot_load(run, stream, state);
    if (position_is_too_late(&position, state)) {
        BusStreamState gone = *state;
        *ret_from = state->first;
        gone.last = state->first - 1;
        log_warn("the stream has lost what was not read", LOG_INT("position", position.sequence),
                 LOG_INT("first", state->first));
        return snapshot_load(run, stream, &gone);
    }
    TRY(position_holds(run, stream, &position, state, &holds));
    if (!holds)
        return position_recover(stream, &rq, &position, state, ret_from);
    *ret_from = (uint64_t)position.sequence + 1;
    return NULL;
}

const Err *position_stand_by(RoleRun *run)
{
    Position position = {0};
    bool found = false;
    if (!snapshot_is_due())
        return NULL;
    TRY(db_run(run->worker->db, &RT_POSITION, NO_ARGS, TRY_STRUCT(POSITION, &position, &found)));
    if (found)
        snapshot_done();
    return NULL;
}
