/* Looking up a state machine's table. */
#include "base/fsm.h"

#include "base/str.h"

const FsmRow *fsm_find(const Fsm *fsm, const char *from, const char *event)
{
    for (size_t i = 0; i < fsm->count; i++)
        if (str_eq(fsm->rows[i].from, from) && str_eq(fsm->rows[i].event, event))
            return &fsm->rows[i];
    return NULL;
}

const Err *fsm_step(const Fsm *fsm, const char *from, const char *event, const Err *illegal,
                    const char **ret_to)
{
    const FsmRow *row = fsm_find(fsm, from, event);
    if (!row)
        return illegal;
    *ret_to = row->to;
    return NULL;
}

size_t fsm_allowed(const Fsm *fsm, const char *from, FsmMay may, const void *asker,
                   const char *actions[FSM_ACTIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < fsm->count && count < FSM_ACTIONS_MAX; i++) {
        const FsmRow *row = &fsm->rows[i];
        if (row->permission && str_eq(row->from, from) && may(asker, row->permission))
            actions[count++] = row->event;
    }
    return count;
}
