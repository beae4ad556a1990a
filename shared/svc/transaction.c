/* How a handler's work becomes one effect: BEGIN, the idempotency key, the handler, the stored
 * answer, COMMIT; again where the database asks for it; looked up where the outcome of a COMMIT is
 * unknown. */
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "svc.sql.h"
#include "svc/crash.h"
#include "svc/runtime.h"

enum { TRIES = 3, CLAIM_NOT_RUN = -1, CLAIM_TAKEN = 0 };

static const Err KEY_RUNNING = {.kind = ERR_CONFLICT,
                                .message = "A request with this Idempotency-Key is still running",
                                .retry_after = 1};
static const Err KEY_OTHER_REQUEST = {
    .kind = ERR_RULE, .message = "This Idempotency-Key was used for another request"};

/* A write under way. */
typedef struct Write {
    Request *rq;
    const MethodCode *code;
    const ProtobufCMessage *in;
    const char *principal;
    uint8_t hash[32];
    bool stores; /* the answer is kept under the key */
    bool
        claims; /* the key may have been used before: the client gave it, or a COMMIT went astray */
    int64_t claimed;
} Write;

static bool rule_has_secret(const PbRule *rule)
{
    for (unsigned i = 0; i < rule->descriptor->n_fields; i++)
        if (rule->fields[i].secret)
            return true;
    return false;
}

/* Keyed, since a request may hold a password. */
static void request_hash(const Request *rq, const ProtobufCMessage *in, uint8_t hash[32])
{
    size_t length = 0;
    uint8_t *data = pb_pack(rq->arena, in, &length);
    const Runtime *runtime = rq->worker->runtime;
    (void)crypto_generichash(hash, 32, data, length, runtime->hash_key, sizeof runtime->hash_key);
}

static void queue_context(Request *rq)
{
    db_queue(rq->db, &RT_CONTEXT,
             ARG(arg_text("username", rq->username ? rq->username : ""),
                 arg_text("request", rq->request_id ? rq->request_id : ""),
                 arg_text("address", rq->address ? rq->address : "")),
             INTO_NOTHING);
}

static void queue_claim(Write *write)
{
    Request *rq = write->rq;
    write->claimed = CLAIM_NOT_RUN;
    if (write->claims)
        db_queue(rq->db, &RT_CLAIM,
                 ARG(arg_text("principal", write->principal), arg_text("key", rq->idempotency_key),
                     arg_text("subject", rq->method->subject),
                     arg_bytes("hash", write->hash, sizeof write->hash)),
                 INTO_COUNT(&write->claimed));
}

static void queue_answer(Write *write, const Answer *answer)
{
    const DbQuery *query = write->claims ? &RT_ANSWER : &RT_RECORD;
    Request *rq = write->rq;
    if (write->stores)
        db_queue(rq->db, query,
                 ARG(arg_text("principal", write->principal), arg_text("key", rq->idempotency_key),
                     arg_text("subject", rq->method->subject),
                     arg_bytes("hash", write->hash, sizeof write->hash),
                     arg_bytes("answer", answer->data, answer->length)),
                 INTO_NOTHING);
}

typedef struct Stored {
    const char *subject;
    ProtobufCBinaryData hash, answer;
} Stored;

static const DbColumn STORED[] = {DB_COLUMN_TEXT(Stored, subject), DB_COLUMN_BYTES(Stored, hash),
                                  DB_COLUMN_BYTES(Stored, answer), DB_END};

/* The answer under the key, if there is one. */
static const Err *stored_answer(Write *write, bool *ret_found, Answer *ret_answer)
{
    Request *rq = write->rq;
    Stored stored = {0};
    TRY(db_run(rq->db, &RT_STORED,
               ARG(arg_text("principal", write->principal), arg_text("key", rq->idempotency_key)),
               TRY_STRUCT(STORED, &stored, ret_found)));
    if (!*ret_found)
        return NULL;
    if (!str_eq(stored.subject, rq->method->subject) || stored.hash.len != sizeof write->hash ||
        memcmp(stored.hash.data, write->hash, sizeof write->hash) != 0)
        return &KEY_OTHER_REQUEST;
    if (!stored.answer.data)
        return &KEY_RUNNING;
    *ret_answer = (Answer){stored.answer.data, stored.answer.len, true};
    return NULL;
}

static void answer_pack(Request *rq, const ProtobufCMessage *out, Answer *ret_answer)
{
    ret_answer->data = pb_pack(rq->arena, out, &ret_answer->length);
}

/* One attempt, up to and without COMMIT. An error of a key that was used before comes before the
 * handler's own. */
static const Err *write_handle(Write *write, Answer *ret_answer)
{
    Request *rq = write->rq;
    ProtobufCMessage *out = pb_new(rq->arena, rq->method->out);
    rq->queued_events = 0;
    db_begin(rq->db);
    queue_context(rq);
    queue_claim(write);
    const Err *err = write->code->handler(rq, write->in, out);
    if (write->claims && write->claimed == CLAIM_NOT_RUN) {
        const Err *claim = db_flush(rq->db);
        if (err_is(claim, &DB_LOCKED))
            return &KEY_RUNNING;
        err = err ? err : claim;
    }
    if (write->claimed == CLAIM_NOT_RUN && write->claims && err_is(err, &DB_LOCKED))
        return &KEY_RUNNING;
    if (err || (write->claims && write->claimed == CLAIM_TAKEN))
        return err;
    answer_pack(rq, out, ret_answer);
    return NULL;
}

static const Err *write_once(Write *write, Answer *ret_answer)
{
    Request *rq = write->rq;
    const Err *err = write_handle(write, ret_answer);
    if (write->claims && write->claimed == CLAIM_TAKEN) {
        bool found = false;
        db_rollback(rq->db);
        TRY(stored_answer(write, &found, ret_answer));
        return found ? NULL : &DB_CONFLICT; /* the first one rolled back meanwhile: try again */
    }
    if (err && !err->keep) {
        db_rollback(rq->db);
        return err;
    }
    if (!err)
        queue_answer(write, ret_answer);
    crash_point("request_before_commit");
    const Err *commit = db_commit(rq->db);
    if (commit) {
        db_rollback(rq->db);
        return commit;
    }
    crash_point("request_after_commit");
    if (rq->queued_events)
        runtime_wake(rq->worker->runtime);
    return err;
}

/* After a COMMIT whose outcome is unknown: the key tells. Absent, the work is done again; a
 * transaction that is still committing holds the key, and the claim waits for it. */
static const Err *write_after_doubt(Write *write, Answer *ret_answer, bool *ret_done)
{
    *ret_done = false;
    if (!write->stores)
        return NULL;
    write->claims = true;
    TRY(stored_answer(write, ret_done, ret_answer));
    ret_answer->replayed = false;
    return NULL;
}

static void pause_before_retry(int attempt)
{
    struct timespec pause = {.tv_nsec = (long)(1 + randombytes_uniform(10)) * 1000000L << attempt};
    (void)nanosleep(&pause, NULL);
}

static bool worth_retrying(const Err *err)
{
    return err_is(err, &DB_CONFLICT) || err_is(err, &DB_AWAY) || err_is(err, &DB_AMBIGUOUS);
}

/* Whether preparing is for the lane's threads, and this is none. */
static bool is_for_lane(const Request *rq)
{
    return rq->worker->runtime->lane && !rq->worker->slow;
}

/* ON_DEMAND: prepares between two runs, once. */
static const Err *prepare_on_demand(Request *rq, const MethodCode *code, const ProtobufCMessage *in,
                                    const Err *err, bool *ret_again)
{
    static const char NOTHING_PREPARED;
    *ret_again = false;
    if (!err_is(err, &RETRY_PREPARED) || rq->prepared || is_for_lane(rq))
        return err;
    TRY(code->prepare(rq, in));
    if (!rq->prepared)
        rq->prepared = (void *)(uintptr_t)&NOTHING_PREPARED;
    *ret_again = true;
    return NULL;
}

static const Err *run_write(Request *rq, const MethodCode *code, const ProtobufCMessage *in,
                            Answer *ret_answer)
{
    Write write = {
        .rq = rq,
        .code = code,
        .in = in,
        .principal = rq->user ? rq->user : NOBODY,
        .stores = !rule_has_secret(rq->method->out),
    };
    write.claims = write.stores && rq->idempotency_key;
    if (!rq->idempotency_key)
        rq->idempotency_key = rq->request_id;
    if (write.stores)
        request_hash(rq, in, write.hash);
    for (int attempt = 0;; attempt++) {
        bool again = false;
        const Err *err = write_once(&write, ret_answer);
        err = prepare_on_demand(rq, code, in, err, &again);
        if (again)
            continue;
        if (!worth_retrying(err) || attempt >= TRIES || clock_monotonic_ms() >= rq->deadline_ms)
            return err;
        pause_before_retry(attempt);
        if (err_is(err, &DB_AMBIGUOUS)) {
            bool done = false;
            TRY(write_after_doubt(&write, ret_answer, &done));
            if (done)
                return NULL;
        }
    }
}

static const Err *run_plain(Request *rq, const MethodCode *code, const ProtobufCMessage *in,
                            Answer *ret_answer)
{
    for (int attempt = 0;; attempt++) {
        bool again = false;
        ProtobufCMessage *out = pb_new(rq->arena, rq->method->out);
        const Err *err = code->handler(rq, in, out);
        if (rq->db)
            db_rollback(rq->db);
        err = prepare_on_demand(rq, code, in, err, &again);
        if (again)
            continue;
        if (!err) {
            answer_pack(rq, out, ret_answer);
            return NULL;
        }
        if (!worth_retrying(err) || attempt >= 1 || clock_monotonic_ms() >= rq->deadline_ms)
            return err;
        pause_before_retry(attempt);
    }
}

const Err *transaction_run(Request *rq, const MethodCode *code, const ProtobufCMessage *in,
                           Answer *ret_answer)
{
    bool always = rq->method->prepare == PREPARE_ALWAYS;
    if (always && is_for_lane(rq))
        return &RETRY_PREPARED;
    if (always)
        TRY(code->prepare(rq, in));
    return rq->method->tx == TX_WRITE ? run_write(rq, code, in, ret_answer)
                                      : run_plain(rq, code, in, ret_answer);
}

const Err *transaction_body(Request *rq, TransactionBody function, void *context)
{
    for (int attempt = 0;; attempt++) {
        rq->queued_events = 0;
        db_begin(rq->db);
        queue_context(rq);
        const Err *err = function(rq, context);
        err = err ? err : db_commit(rq->db);
        if (!err) {
            if (rq->queued_events)
                runtime_wake(rq->worker->runtime);
            return NULL;
        }
        db_rollback(rq->db);
        if (!err_is(err, &DB_CONFLICT) || attempt >= TRIES)
            return err;
        pause_before_retry(attempt);
    }
}
