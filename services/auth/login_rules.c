/* The throttling of sign-ins. Not a lock on accounts: a known pair is only slowed. */
#include "login_rules.h"

enum { FREE_FAILURES = 5, PAIR_WAIT_MAX = 30 };

/* 1, 2, 4, 8, 16, 30, 30 … for the 5th, 6th … failure. */
static int64_t pair_pause(int64_t failures)
{
    int64_t over = failures - FREE_FAILURES;
    return over >= 5 ? PAIR_WAIT_MAX : INT64_C(1) << over;
}

uint32_t login_wait(const LoginHistory *history)
{
    int64_t wait = 0;
    if (!history->known_lately)
        wait = history->name_wait;
    if (!history->known && history->address_wait > wait)
        wait = history->address_wait;
    if (history->pair_failures >= FREE_FAILURES) {
        int64_t pause = pair_pause(history->pair_failures) - history->pair_idle;
        wait = pause > wait ? pause : wait;
    }
    return wait > 0 ? (uint32_t)wait : 0;
}
