/* State machines as tables: the rows decide and draw their diagram. */
#ifndef SF_BASE_FSM_H
#define SF_BASE_FSM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* One row: in state `from`, `event` leads to `to`, for users with `permission`. */
typedef struct FsmRow {
    const char *from;
    const char *event;
    const char *to;
    const char *permission; /* NULL: no user asks for it */
    const char *note;       /* what happens on the way, for the diagram */
} FsmRow;

typedef struct Fsm {
    const char *name;
    const FsmRow *rows;
    size_t count;
} Fsm;

/* The row, or NULL where the state does not know the event. */
const FsmRow *fsm_find(const Fsm *fsm, const char *from, const char *event);
/* The next state, or `illegal`. */
const Err *fsm_step(const Fsm *fsm, const char *from, const char *event, const Err *illegal,
                    const char **ret_to);

enum { FSM_ACTIONS_MAX = 8 }; /* of one state */

/* Whether the asking user has a permission. */
typedef bool (*FsmMay)(const void *asker, const char *permission);

/* The events that a user may ask for in that state; fills `actions` and returns how many. */
size_t fsm_allowed(const Fsm *fsm, const char *from, FsmMay may, const void *asker,
                   const char *actions[FSM_ACTIONS_MAX]);

#endif
