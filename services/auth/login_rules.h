/* Who must wait before he may try a password again. Pure; not the counting (sql/login.sql). */
#ifndef SF_AUTH_LOGIN_RULES_H
#define SF_AUTH_LOGIN_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* What is known of a username and an address when somebody signs in; times in seconds. */
typedef struct LoginHistory {
    int64_t name_wait;     /* until the name has fewer than 5 failures in 15 minutes; 0: it has */
    int64_t address_wait;  /* until the address has fewer than 20 */
    int64_t pair_failures; /* of this name from this address, in 15 minutes */
    int64_t pair_idle;     /* since the last of them */
    bool known;            /* this user signed in from this address, some day */
    bool known_lately;     /* in the last 30 days */
} LoginHistory;

/* Seconds to wait; 0: go ahead. Guessers wait until their failures are old. A known pair of user
 * and address never does, so that nobody is locked out by others: from its own 5th failure on it
 * waits 1, 2, 4 … 30 seconds after each. */
uint32_t login_wait(const LoginHistory *history);

#endif
