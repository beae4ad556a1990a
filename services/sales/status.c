/* Steps of documents from status to status, and what users are told of them. Which steps there are
 * is the tables' business. */
#include "status.h"

#include <string.h>

#include "base/str.h"

static const Err STATUS_FORBIDS = {.kind = ERR_RULE,
                                   .message = "The document's status does not permit this"};

/* "draft", or "draft or rejected" */
static const char *status_wanted(Request *rq, const Fsm *fsm, const char *event)
{
    Buf text = {.arena = rq->arena};

    for (size_t i = 0; i < fsm->count; i++)
        if (str_eq(fsm->rows[i].event, event))
            buf_printf(&text, "%s%s", text.length ? " or " : "", fsm->rows[i].from);
    return text.data;
}

const Err *status_step(Request *rq, const Fsm *fsm, const char *status, const char *event,
                       const char **ret_to)
{
    const Err *err = fsm_step(fsm, status, event, &STATUS_FORBIDS, ret_to);

    if (!err)
        return NULL;
    Err *told = ARENA_NEW(rq->arena, Err);
    *told =
        *rq_detail(rq, err, "status", "is %s, must be %s", status, status_wanted(rq, fsm, event));
    told->message =
        arena_printf(rq->arena, "The document is in status %s: %s is not possible", status, event);
    return told;
}

/* Instants of one form sort as texts. */
char *status_instant_after(Request *rq, const char *last)
{
    char *now = rq_now(rq);

    return strcmp(now, last) < 0 ? arena_strdup(rq->arena, last) : now;
}

bool status_may(const void *asker, const char *permission)
{
    return rq_may(asker, permission);
}

void status_show_actions(Request *rq, const char *const *actions, size_t count, size_t *ret_count,
                         char ***ret_actions)
{
    *ret_actions = arena_array(rq->arena, count, sizeof **ret_actions);
    for (size_t i = 0; i < count; i++)
        (*ret_actions)[i] = arena_strdup(rq->arena, actions[i]);
    *ret_count = count;
}
