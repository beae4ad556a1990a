/* Loading and saving roles. Not the decision whether it may be done. */
#include "role_store.h"

#include "auth.sql.h"

const Err ROLE_NAME_TAKEN = {.kind = ERR_CONFLICT, .message = "There is a role of that name"};

static const DbColumn FACTS[] = {
    DB_COLUMN_TEXT(RoleFacts, uuid), DB_COLUMN_BOOL(RoleFacts, is_system),
    DB_COLUMN_INT(RoleFacts, version), DB_COLUMN_TEXT(RoleFacts, rights), DB_END};

const Err *role_lock(Request *rq, int64_t id, RoleFacts *ret_facts)
{
    return db_run(rq->db, &ROLE_FACTS, ARG(arg_int("id", id)), INTO_STRUCT(FACTS, ret_facts));
}
