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
    const char *token;
    const char *path; /* of the script */
} LoadOptions;

/* load -p PORT -c CONNECTIONS -s SECONDS [-w WARMUP_SECONDS] [-g LINES] [-1] SCRIPT
 * The access token is in the environment: TOKEN. Ends the process where something is wrong. */
LoadOptions options_read(int argc, char **argv);

/* A request, ready to be sent. */
typedef struct Line {
    char *bytes;
    size_t length;
} Line;

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
