/* An attempt to prove who one is by a password, and what earlier ones make of it: counting failures
 * by name and address in PostgreSQL. Not the rule (login_rules.h), nor the password. */
#ifndef SF_AUTH_LOGIN_ATTEMPT_H
#define SF_AUTH_LOGIN_ATTEMPT_H

#include "kit/token.h"
#include "svc/request.h"

typedef struct Attempt {
    const char *name; /* as the database compares it */
    uint8_t name_hash[TOKEN_HASH];
    const char *address;
} Attempt;

/* Of the request's address, under a name as it is compared (user_account.username_key). */
Attempt attempt_of(const Request *rq, const char *name);
/* 429 where it must wait, first; a known pair of user and address raises the request's rank. */
const Err *attempt_check(Request *rq, const Attempt *attempt);
/* The same under locks that the transaction keeps: of many attempts at once, no more count than one
 * after another. Then one of the next two. */
const Err *attempt_judge(Request *rq, const Attempt *attempt);
/* Queued: counted as a failure; the error that is answered must be a kept one. */
void attempt_fail(Request *rq, const Attempt *attempt);
/* Queued: who knows the password has not been guessing. */
void attempt_forgive(Request *rq, const Attempt *attempt);

#endif
