/* Options, requests, heads of answers, latencies, sockets of the load generator.
 * Not the loop: load.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

void load_die(const char *what)
{
    (void)fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

int64_t clock_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- options ---- */

static int64_t milliseconds(const char *text)
{
    return (int64_t)(strtod(text, NULL) * 1000);
}

LoadOptions options_read(int argc, char **argv)
{
    LoadOptions o = {.connections = 1, .group = 1, .run_ms = 5000, .token = getenv("TOKEN")};
    for (int c; (c = getopt(argc, argv, "p:c:s:w:g:f1")) != -1;) {
        switch (c) {
        case 'p': o.port = (int)strtol(optarg, NULL, 10); break;
        case 'c': o.connections = strtoul(optarg, NULL, 10); break;
        case 'g': o.group = strtoul(optarg, NULL, 10); break;
        case 's': o.run_ms = milliseconds(optarg); break;
        case 'w': o.warmup_ms = milliseconds(optarg); break;
        case 'f': o.flow = true; break;
        case '1': o.once = true; break;
        default: exit(2);
        }
    }
    if (optind != argc - 1 || !o.port || !o.connections || !o.group || !o.token) {
        (void)fprintf(stderr, "usage: TOKEN=… load -p PORT -c CONNECTIONS -s SECONDS "
                              "[-w WARMUP_SECONDS] [-g LINES] [-f] [-1] SCRIPT\n");
        exit(2);
    }
    o.path = argv[optind];
    return o;
}

/* ---- requests ---- */

static void line_find_uuid(Line *line)
{
    static const char MARK[] = "00000000-0000-0000-0000-00000000000";
    const char *found = strstr(line->bytes, MARK);
    if (!found)
        return;
    line->uuid_at = (size_t)(found - line->bytes);
    line->uuid_of = (size_t)(found[sizeof MARK - 1] - '0');
    if (line->length > LINE_MAX_BYTES || line->uuid_of < 1 || line->uuid_of > FLOW_MAX)
        load_die("a line that cannot take a uuid");
}

static Line line_make(const LoadOptions *options, char *text)
{
    char *path = strchr(text, ' ');
    if (!path)
        load_die("a line without a path");
    *path++ = '\0';
    char *body = strchr(path, ' ');
    if (body)
        *body++ = '\0';
    Line line = {0};
    int length = asprintf(&line.bytes,
                          "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          text, path, options->port, options->token, body ? strlen(body) : 0,
                          body ? body : "");
    if (length < 0)
        load_die("asprintf");
    line.length = (size_t)length;
    if (options->flow)
        line_find_uuid(&line);
    return line;
}

Script script_read(const LoadOptions *options)
{
    Script script = {0};
    size_t room = 0, size = 0;
    char *text = NULL;
    FILE *file = fopen(options->path, "r");
    if (!file)
        load_die(options->path);
    while (getline(&text, &size, file) > 0) {
        text[strcspn(text, "\n")] = '\0';
        if (script.count == room) {
            room = room ? room * 2 : 1024;
            script.lines = reallocarray(script.lines, room, sizeof *script.lines);
            if (!script.lines)
                load_die("reallocarray");
        }
        script.lines[script.count++] = line_make(options, text);
    }
    free(text);
    (void)fclose(file);
    script.count -= script.count % options->group;
    if (!script.count)
        load_die("the script is empty");
    return script;
}

/* ---- answers ---- */

const char *answer_uuid(const char *bytes, size_t length)
{
    static const char NAME[] = "\"uuid\":\"";
    const char *found = memmem(bytes, length, NAME, sizeof NAME - 1);
    if (!found || (size_t)(bytes + length - found) < sizeof NAME - 1 + UUID_LENGTH)
        load_die("an answer without a uuid");
    return found + sizeof NAME - 1;
}

static const char *header(const char *head, const char *end, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = head; line < end; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, name, length) == 0)
            return line + length + strspn(line + length, " ");
    return NULL;
}

bool head_read(const char *bytes, size_t length, Head *ret_head)
{
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end)
        return false;
    const char *body = header(bytes, end, "Content-Length:");
    const char *connection = header(bytes, end, "Connection:");
    *ret_head = (Head){
        .length = (size_t)(end - bytes) + 4,
        .body = body ? strtoul(body, NULL, 10) : 0,
        .status = (int)strtol(bytes + strcspn(bytes, " "), NULL, 10),
        .closes = connection && strncasecmp(connection, "close", 5) == 0,
    };
    return true;
}

/* ---- latencies ---- */

void latencies_add(Latencies *latencies, int64_t us)
{
    if (latencies->count == latencies->room) {
        latencies->room = latencies->room ? latencies->room * 2 : 4096;
        latencies->us = reallocarray(latencies->us, latencies->room, sizeof *latencies->us);
        if (!latencies->us)
            load_die("reallocarray");
    }
    latencies->us[latencies->count++] = (uint32_t)us;
    latencies->sorted = false;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

long long latencies_at(Latencies *latencies, int percent)
{
    if (!latencies->count)
        return 0;
    if (!latencies->sorted)
        qsort(latencies->us, latencies->count, sizeof *latencies->us, compare);
    latencies->sorted = true;
    return latencies->us[(latencies->count - 1) * (size_t)percent / 100];
}

/* ---- sockets ---- */

int socket_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        load_die("connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        load_die("fcntl");
    return fd;
}
