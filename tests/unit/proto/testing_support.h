/* What the tests of the codec share: reading an Order, and faults as text. No assertions. */
#ifndef SF_TESTS_TESTING_SUPPORT_H
#define SF_TESTS_TESTING_SUPPORT_H

#include "base/err.h"
#include "kit/json.h"
#include "kit/pb.h"
#include "testing_rules.h"

/* One Order read from JSON; every member lives in the arena. */
typedef struct Reading {
    Testing__Order *order;
    const Err *err;     /* malformed */
    ErrList errors;     /* faults */
    const char *faults; /* "path: sentence" lines, "" where there are none */
} Reading;

/* Reads, and nothing else. */
Reading order_read(Arena *arena, const char *text, size_t length);
/* Reads, then checks. */
Reading order_check(Arena *arena, const char *text, unsigned flags);
const char *faults_text(const ErrList *errors);
const char *order_write(Arena *arena, const Testing__Order *order);

#endif
