/* The thread that reads the settings again and keeps Vault's token alive. Not how: config.c and
 * config_vault.c. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "kit/config_private.h"

enum { PAUSE_FIRST_MS = 1000, PAUSE_LAST_MS = 60000 };

static struct {
    pthread_t thread;
    int hangup, stop; /* descriptors: SIGHUP came; the end is wanted */
    bool running;
} watcher = {.hangup = -1, .stop = -1};

static void read_again(Watch *watch, int64_t now_ms)
{
    int64_t longer = watch->pause_ms ? watch->pause_ms * 2 : PAUSE_FIRST_MS;
    bool ok = config_reload();
    watch->pause_ms = ok ? 0 : longer < PAUSE_LAST_MS ? longer : PAUSE_LAST_MS;
    watch->read_at_ms = now_ms + (ok ? config_int("SETTINGS_REFRESH") * 1000 : watch->pause_ms);
}

/* Where the token is not renewed it may have been replaced: reading again takes the new one. */
static void renew(Watch *watch, int64_t now_ms)
{
    Arena *arena = arena_new(0);
    const Err *err = source_renew(arena, now_ms);
    if (err) {
        log_warn("vault token not renewed", LOG_ERR(err));
        read_again(watch, now_ms);
    }
    arena_delete(arena);
}

int64_t watch_step(Watch *watch, int64_t now_ms, bool asked)
{
    if (asked || now_ms >= watch->read_at_ms)
        read_again(watch, now_ms);
    if (now_ms >= source_renew_due())
        renew(watch, now_ms);
    int64_t due = source_renew_due();
    return due < watch->read_at_ms ? due : watch->read_at_ms;
}

/* Waits until that time, or SIGHUP. False: the end is wanted. */
static bool wait_until(int64_t at_ms, bool *ret_asked)
{
    struct pollfd ready[] = {{.fd = watcher.hangup, .events = POLLIN},
                             {.fd = watcher.stop, .events = POLLIN}};
    struct signalfd_siginfo info;
    int64_t left = at_ms - clock_monotonic_ms();
    left = left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : left;
    int n = poll(ready, 2, (int)left);
    *ret_asked = n > 0 && ready[0].revents && read(watcher.hangup, &info, sizeof info) > 0;
    return n <= 0 || !ready[1].revents;
}

static void *watch_main(void *unused)
{
    Watch watch = {.read_at_ms = clock_monotonic_ms() + config_int("SETTINGS_REFRESH") * 1000};
    int64_t renew_at = source_renew_due();
    int64_t due = renew_at < watch.read_at_ms ? renew_at : watch.read_at_ms;
    bool asked;
    (void)unused;
    while (wait_until(due, &asked))
        due = watch_step(&watch, clock_monotonic_ms(), asked);
    return NULL;
}

bool config_watch_start(void)
{
    sigset_t hangup;
    (void)sigemptyset(&hangup);
    (void)sigaddset(&hangup, SIGHUP); /* blocked by config_load() */
    watcher.hangup = signalfd(-1, &hangup, SFD_NONBLOCK | SFD_CLOEXEC);
    watcher.stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watcher.running = watcher.hangup >= 0 && watcher.stop >= 0 &&
                      pthread_create(&watcher.thread, NULL, watch_main, NULL) == 0;
    return watcher.running;
}

void config_watch_stop(void)
{
    uint64_t one = 1;
    if (!watcher.running)
        return;
    source_cancel();
    if (write(watcher.stop, &one, sizeof one) == sizeof one)
        (void)pthread_join(watcher.thread, NULL);
    watcher.running = false;
    (void)close(watcher.hangup);
    (void)close(watcher.stop);
    source_close();
}
