/* The parts of the load generator: options, requests, answers' heads, latencies.
 * Not the loop: load.c. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct LoadOptions {
    int port;
    size_t connections;
    size_t group; /* lines of the script that follow each other on one connection */
    int64_t warmup_ms, run_ms;
    bool once; /* every group once; otherwise from the beginning again */
    bool flow; /* a group is what is counted and timed; its lines hand uuids on and wait (-f) */
    const char *token;
    const char *path; /* of the script */
} LoadOptions;

/* load -p PORT -c CONNECTIONS -s SECONDS [-w WARMUP_SECONDS] [-g LINES] [-f] [-1] SCRIPT
 * With -f a line may hold the uuid 00000000-0000-0000-0000-00000000000N in place of the one that
 * line N of its group was answered with, and is sent again where the answer is 422: what it needs
 * is on its way in another service. The access token is in the environment: TOKEN. Ends the process
 * where something is wrong. */
LoadOptions options_read(int argc, char **argv);

/* A request, ready to be sent. */
typedef struct Line {
    char *bytes;
    size_t length;
    size_t uuid_at, uuid_of; /* where the uuid goes that line uuid_of was answered with; 0: none */
} Line;

enum { UUID_LENGTH = 36, LINE_MAX_BYTES = 4096, FLOW_MAX = 9 };

typedef struct Script {
    Line *lines;
    size_t count; /* a multiple of the group */
} Script;

/* A request per line: METHOD PATH BODY, the body up to the end of the line. */
Script script_read(const LoadOptions *options);

typedef struct Head {
    size_t length, body;
    int status;
    bool closes;
} Head;

/* The first "uuid" of an answer; ends the process where there is none. */
const char *answer_uuid(const char *bytes, size_t length);

/* False where the head is not complete. */
bool head_read(const char *bytes, size_t length, Head *ret_head);

typedef struct Latencies {
    uint32_t *us;
    size_t count, room;
    bool sorted;
} Latencies;

void latencies_add(Latencies *latencies, int64_t us);
/* In microseconds; 0 where there are none. */
long long latencies_at(Latencies *latencies, int percent);

int64_t clock_us(void);
/* To 127.0.0.1, without delay, not blocking. */
int socket_connect(int port);
_Noreturn void load_die(const char *what);

#endif
