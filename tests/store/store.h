/* The store tests' fixture: a schema of the test's own in the cluster that DB_* name, a connection.
 * Not for services' tables: those are prepared by prepare.c. */
#ifndef SF_TESTS_STORE_H
#define SF_TESTS_STORE_H

#include <criterion/criterion.h>

#include "kit/contract.h"
#include "kit/db.h"
#include "shapes.pb-c.h"
#include "store_test.sql.h"

extern Db *db;
extern Arena *arena;
extern const PbRule QUERY_RULE, PAGE_RULE, THING_RULE;
extern const Err CODE_TAKEN, QTY_NEGATIVE, NO_MAKER;

void store_open(void);
void store_close(void);
/* Another connection to the same schema. */
Db *store_connect(void);
/* Runs SQL text beside the connections under test. */
void store_exec(const char *sql);
int64_t store_int(const char *sql);
/* Ends the server's side of a connection, and returns when it is gone. */
void store_terminate(Db *victim);

/* Fails the test where there is an error. */
#define MUST(expression) store_must((expression), __FILE__, __LINE__)
void store_must(const Err *err, const char *file, int line);
/* Fails the test where the error is another one. */
#define MUST_FAIL(base, expression) store_must_fail(&(base), (expression), __FILE__, __LINE__)
void store_must_fail(const Err *base, const Err *err, const char *file, int line);

Shapes__Thing *thing_new(void);

#endif
