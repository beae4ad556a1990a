/* The NATS services protocol (ADR-32 of its designers): three questions, each to all, to a name, or
 * to one instance. */
#include "svc/discovery.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "svc/observe.h"

#define PROTOCOL "io.nats.micro.v1."
#define VERSION  "1.0.0"

static int64_t started_at;

static void write_head(Buf *buf, const Runtime *runtime, const char *type)
{
    buf_printf(buf,
               "{\"type\":\"" PROTOCOL
               "%s_response\",\"name\":\"%s\",\"id\":\"%s\",\"version\":\"" VERSION
               "\",\"metadata\":{}",
               type, runtime->name, runtime->instance);
}

static void write_stats(Buf *buf, const Method *method)
{
    MethodStats stats = observe_stats(method);
    int64_t average = stats.requests ? stats.nanos / stats.requests : 0;
    buf_printf(buf, ",\"num_requests\":%" PRId64 ",\"num_errors\":%" PRId64, stats.requests,
               stats.errors);
    buf_printf(buf, ",\"last_error\":\"\",\"processing_time\":%" PRId64, stats.nanos);
    buf_printf(buf, ",\"average_processing_time\":%" PRId64, average);
}

static void write_endpoints(Buf *buf, const Runtime *runtime, bool stats)
{
    const Contract *contract = runtime->service->contract;
    buf_puts(buf, ",\"endpoints\":[");
    for (size_t i = 0; i < contract->method_count; i++) {
        const Method *method = &contract->methods[i];
        buf_printf(buf, "%s{\"name\":\"%s\",\"subject\":\"%s\",\"queue_group\":\"%s\"",
                   i ? "," : "", method->name, method->subject, runtime->name);
        if (stats)
            write_stats(buf, method);
        buf_putc(buf, '}');
    }
    buf_putc(buf, ']');
}

static void write_answer(Buf *buf, const Runtime *runtime, const char *verb)
{
    char at[INSTANT_TEXT];
    instant_format(started_at, at);
    if (str_eq(verb, "PING")) {
        write_head(buf, runtime, "ping");
    } else if (str_eq(verb, "INFO")) {
        write_head(buf, runtime, "info");
        buf_printf(buf, ",\"description\":\"Sentient Factory: %s\"", runtime->name);
        write_endpoints(buf, runtime, false);
    } else {
        write_head(buf, runtime, "stats");
        buf_printf(buf, ",\"started\":\"%s\"", at);
        write_endpoints(buf, runtime, true);
    }
    buf_putc(buf, '}');
}

/* $SRV.<VERB>[.<name>[.<id>]] */
static bool asks_us(Arena *arena, const Runtime *runtime, const char *subject,
                    const char **ret_verb)
{
    static const char *const VERBS[] = {"PING", "INFO", "STATS"};
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        const char *all = arena_printf(arena, "$SRV.%s", VERBS[i]);
        const char *name = arena_printf(arena, "%s.%s", all, runtime->name);
        const char *one = arena_printf(arena, "%s.%s", name, runtime->instance);
        *ret_verb = VERBS[i];
        if (str_eq(subject, all) || str_eq(subject, name) || str_eq(subject, one))
            return true;
    }
    return false;
}

static void on_question(void *context, Arena *arena, const BusMessage *message)
{
    const Worker *worker = context;
    const char *verb = NULL;
    if (!message->reply || !asks_us(arena, worker->runtime, message->subject, &verb))
        return;
    Buf buf = {.arena = arena};
    write_answer(&buf, worker->runtime, verb);
    (void)bus_publish(worker->bus, arena, message->reply, NULL, buf.data, buf.length);
}

const Err *discovery_start(Worker *worker)
{
    started_at = clock_wall();
    return bus_listen(worker->bus, "$SRV.>", on_question, worker);
}
