/* What the fault tests are written with, beside the testkit: chance that a seed replays, processes
 * by name, instances with settings of their own, a load of writes and the checking of what it left.
 * Not the starting of the system: ./sentient test fault and ./sentient chaos do that. */
#ifndef SF_FAULT_H
#define SF_FAULT_H

#include "testkit.h"

/* ---- chance ---- */

typedef struct Chance {
    uint64_t state;
} Chance;

/* FAULT_SEED, or a new one; printed once. */
uint64_t chance_seed(void);
Chance chance_from(uint64_t seed, uint64_t stream);
uint64_t chance_next(Chance *chance);
/* From `low` to `high`, both included. */
int chance_between(Chance *chance, int low, int high);

/* ---- processes (any thread) ---- */

/* Signals it; false where it does not run. After SIGSTOP none of its threads runs any more. */
bool unit_signal(const char *name, int signal);
/* Names of a daemon's instances in the plan, ended by NULL. */
const char **unit_instances(const char *daemon);
/* The instance of a service that leads a role (relay, consumer, jobs); NULL: none now. */
const char *unit_leader(const char *service, const char *role);
/* Every instance that runs. */
void unit_signal_all(const char *daemon, int signal);
void unit_kill_all(const char *daemon);
/* Holds the supervisor and kills every instance of the daemon. */
void unit_remove(const char *daemon);
/* Undoes all of it: continues what was stopped, waits until every unit is ready. */
void system_restore(void);
/* And until the events are where they belong. */
void system_settle(void);
/* Runs a shell command; returns its exit code. */
int run_command(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- an instance of one's own ---- */

typedef struct Instance Instance;

/* A further process of a daemon, with the first instance's environment and then `settings`
 * ("DB_PORT=1234", ended by NULL). It ends with the test. */
Instance *instance_start(const char *daemon, ...) __attribute__((sentinel));
bool instance_is_ready(const Instance *instance);
void instance_signal(const Instance *instance, int signal);
/* Its exit code (128 + signal) once it has ended; -1 where it still runs after `ms`. */
int instance_wait(Instance *instance, int ms);
/* SIGKILL; returns when it is gone. */
void instance_kill(Instance *instance);
int port_of(const char *url);

/* ---- a load of writes ---- */

typedef struct Load Load;

typedef struct LoadPlan {
    int writers;
    int pause_ms; /* of a writer between two commands, on average */
    int trading;  /* of 100 commands */
} LoadPlan;

/* Threads that write, each write with a key of its own, repeated with that key and through the
 * other gateway until it is answered. Those that trade move orders, deliveries and stock that all
 * of them share, often such as no longer may be moved so; the others create customers, items and
 * orders and change prices. */
Load *load_start(uint64_t seed, LoadPlan plan);
/* How many writers had an answer to an attempt that began after `since`. */
int load_recovered(Load *load, int64_t since);
/* When the last attempt began that failed; 0: none. */
int64_t load_last_failure(Load *load);
/* What no client may see, in words; NULL: nothing. */
const char *load_fault(Load *load);
/* Lets every write under way come to its end. */
void load_stop(Load *load);
/* Writes that had their effect; all that were answered, with those that were refused. */
int load_count(const Load *load);
int load_answers(Load *load);

/* Compares the database with what was answered, once the events are where they belong. Fails the
 * test with the first difference. Returns how long that took. */
int64_t load_check(Load *load);
/* Outboxes empty, positions at the end, nothing put aside, copies equal to their owners' rows. */
void expect_quiet(void);
/* What sales knows of an item. */
int price_in_sales(const char *item);

/* ---- ./sentient ---- */

/* What ./sentient prints, errors too; *ret_code is its exit code. */
const char *sentient_run(int *ret_code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* ./sentient doctor finds nothing. */
void expect_well(void);

#endif
