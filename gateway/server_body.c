/* Bodies in time. CivetWeb's mg_read() waits for all that was asked for and begins its timeout anew
 * with every byte; its wait ends early only when a signal interrupts it. So each thread has a timer
 * that interrupts it alone, four times a second, as long as it reads a body. */
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "server_private.h"

enum {
    BODY_DEADLINE_MS = 5000,
    BODY_GRACE_MS = 2000,
    BODY_RATE = 1024, /* bytes per second */
    LINGER_MS = 1000,
    TICK_NS = 250 * 1000 * 1000,
};

static _Thread_local volatile sig_atomic_t interrupted;

static void on_tick(int signal)
{
    (void)signal;
    interrupted = 1;
}

void body_signal_setup(void)
{
    struct sigaction action = {.sa_handler = on_tick};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGUSR1, &action, NULL);
}

static bool timer_make(Worker *worker)
{
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGUSR1;
    event._sigev_un._tid = gettid();
    worker->has_timer = timer_create(CLOCK_MONOTONIC, &event, &worker->timer) == 0;
    if (!worker->has_timer)
        log_error("no timer for a thread");
    return worker->has_timer;
}

static bool timer_run(Worker *worker, bool on)
{
    struct timespec tick = {.tv_nsec = on ? TICK_NS : 0};
    struct itimerspec every = {.it_interval = tick, .it_value = tick};
    if (!worker->has_timer && !timer_make(worker))
        return false;
    return timer_settime(worker->timer, 0, &every, NULL) == 0;
}

static bool too_slow(int64_t began_ms, size_t received)
{
    int64_t elapsed = clock_monotonic_ms() - began_ms;
    return elapsed >= BODY_DEADLINE_MS ||
           (elapsed >= BODY_GRACE_MS && (int64_t)received * 1000 < elapsed * BODY_RATE);
}

bool body_read_in_time(struct mg_connection *connection, Worker *worker, char *buffer,
                       size_t length)
{
    size_t received = 0;
    int64_t began = clock_monotonic_ms();
    if (!timer_run(worker, true))
        return false;
    while (received < length && !too_slow(began, received)) {
        interrupted = 0;
        int n = mg_read(connection, buffer + received, length - received);
        if (n <= 0 && !interrupted)
            break; /* the client is gone */
        received += n > 0 ? (size_t)n : 0;
    }
    (void)timer_run(worker, false);
    return received == length;
}

void body_linger(struct mg_connection *connection, Worker *worker)
{
    char scrap[16 * 1024];
    int64_t began = clock_monotonic_ms();
    if (!timer_run(worker, true))
        return;
    while (clock_monotonic_ms() - began < LINGER_MS) {
        interrupted = 0;
        if (mg_read(connection, scrap, sizeof scrap) <= 0 && !interrupted)
            break;
    }
    (void)timer_run(worker, false);
}
