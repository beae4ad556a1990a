/* Ids and times of new rows. Not the clock of tokens, which is the wall's. */
#include "stamp.h"

#include "base/clock.h"
#include "base/id.h"

const char *stamp_uuid(Request *rq)
{
    char *text = arena_alloc(rq->arena, UUID_TEXT);
    uuid_v7(text);
    return text;
}

const char *stamp_now(Request *rq)
{
    char *text = arena_alloc(rq->arena, INSTANT_TEXT);
    instant_format(rq->now, text);
    return text;
}
