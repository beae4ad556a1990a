/* Roles in the database. Not the rules. */
#ifndef SF_AUTH_ROLE_STORE_H
#define SF_AUTH_ROLE_STORE_H

#include "sentient/auth.pb-c.h"
#include "svc/request.h"

extern const Err ROLE_NAME_TAKEN; /* 409 */

/* A role about to be changed; its row is held until the transaction ends. */
typedef struct RoleFacts {
    const char *uuid;
    bool is_system;
    int64_t version;
    const char *rights; /* "so.read,so.create" */
} RoleFacts;

/* 404 where there is none. */
const Err *role_lock(Request *rq, int64_t id, RoleFacts *ret_facts);

#endif
