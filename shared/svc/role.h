/* A role is what only one instance of a service does at a time: relaying, consuming, the clock's
 * jobs. Each has a thread, and a session advisory lock on the very connection that carries out its
 * work: who loses the connection loses the lock and the transaction together, so a late leader
 * cannot act. */
#ifndef SF_SVC_ROLE_H
#define SF_SVC_ROLE_H

#include "base/log.h"
#include "svc/runtime.h"

typedef struct RoleRun RoleRun;

typedef struct Role {
    const char *name; /* relay, consumer, jobs */
    int32_t number;   /* second half of the lock's key */
    /* Once after the lock was taken, then again and again; an error or a lost lock begins anew with
     * `lead`. */
    const Err *(*lead)(RoleRun *run);
    const Err *(*step)(RoleRun *run);
    void (*leave)(RoleRun *run); /* after either failed, and at the end */
    /* Now and then while another instance holds the lock; NULL: nothing. */
    const Err *(*stand_by)(RoleRun *run);
} Role;

struct RoleRun {
    const Role *role;
    Worker *worker;
    void *state;    /* the role's own */
    int backend;    /* process id of the connection that holds the lock */
    LogRepeat said; /* of what interrupts it */
};

/* Starts the role's thread. False where it can't. */
bool role_start(Runtime *runtime, const Role *role, pthread_t *ret_thread);
/* Like transaction_body(), failing where the connection is no longer the one that holds the lock.
 */
const Err *role_transaction(RoleRun *run, Request *rq, TransactionBody function, void *context);

/* Sleeps, but not longer than the process runs. */
void role_pause(const RoleRun *run, int64_t ms);

extern const Role ROLE_RELAY, ROLE_CONSUMER, ROLE_JOBS;

#endif
