/* Counting attempts. Names are known here by their keyed hash: people type passwords there. */
#include "login_attempt.h"

#include "auth.sql.h"
#include "login_rules.h"
#include "tokens.h"

static const Err TOO_MANY = {.kind = ERR_LIMIT, .message = "Too many wrong passwords: wait"};

static const DbColumn HISTORY[] = {DB_COLUMN_INT(LoginHistory, name_wait),
                                   DB_COLUMN_INT(LoginHistory, address_wait),
                                   DB_COLUMN_INT(LoginHistory, pair_failures),
                                   DB_COLUMN_INT(LoginHistory, pair_idle),
                                   DB_COLUMN_BOOL(LoginHistory, known),
                                   DB_COLUMN_BOOL(LoginHistory, known_lately),
                                   DB_END};

Attempt attempt_of(const Request *rq, const char *name)
{
    Attempt attempt = {.name = name, .address = rq->address ? rq->address : ""};
    keyed_hash(arena_printf(rq->arena, "name:%s", name), attempt.name_hash);
    return attempt;
}

const Err *attempt_check(Request *rq, const Attempt *attempt)
{
    LoginHistory history = {0};
    TRY(db_run(rq->db, &LOGIN_HISTORY,
               ARG(arg_bytes("name_hash", attempt->name_hash, TOKEN_HASH),
                   arg_text("address", attempt->address), arg_text("name", attempt->name),
                   arg_text("now", rq_now(rq))),
               INTO_STRUCT(HISTORY, &history)));
    if (history.known_lately && rq->rank < RANK_KNOWN)
        rq->rank = RANK_KNOWN;
    uint32_t wait = login_wait(&history);
    return wait ? err_with_retry(rq->arena, &TOO_MANY, wait) : NULL;
}

const Err *attempt_judge(Request *rq, const Attempt *attempt)
{
    db_queue(rq->db, &LOGIN_LOCK,
             ARG(arg_bytes("name_hash", attempt->name_hash, TOKEN_HASH),
                 arg_text("address", attempt->address)),
             INTO_NOTHING);
    return attempt_check(rq, attempt);
}

void attempt_fail(Request *rq, const Attempt *attempt)
{
    db_queue(rq->db, &LOGIN_FAIL,
             ARG(arg_bytes("name_hash", attempt->name_hash, TOKEN_HASH),
                 arg_text("address", attempt->address), arg_text("now", rq_now(rq))),
             INTO_NOTHING);
}

void attempt_forgive(Request *rq, const Attempt *attempt)
{
    db_queue(rq->db, &LOGIN_FORGIVE,
             ARG(arg_bytes("name_hash", attempt->name_hash, TOKEN_HASH),
                 arg_text("address", attempt->address)),
             INTO_NOTHING);
}
