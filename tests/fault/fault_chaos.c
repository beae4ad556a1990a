/* Processes die and freeze at random while clients write: nothing that was answered is lost,
 * nothing happens twice. FAULT_SEED replays a run's choices, FAULT_KILLS says how many processes
 * die. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

enum { KILLS = 20, WRITERS = 16, PAUSE_MS = 30, TRADING = 75, RECOVERY_MS = 30000, KINDS = 4 };

typedef struct Kind {
    const char *name;
    const char *const *units;
    int share; /* of a hand of 20 */
    int count;
    int64_t *times; /* until the last failed attempt had begun */
} Kind;

typedef struct Chaos {
    Load *load;
    Chance chance;
    Kind kinds[KINDS];
    int hand[KILLS];
    int dealt;
} Chaos;

static int kills_wanted(void)
{
    const char *given = getenv("FAULT_KILLS");
    int wanted = given ? (int)strtol(given, NULL, 10) : KILLS;
    return wanted > 0 ? wanted : KILLS;
}

static const char *const *instances_of(const char *const *daemons)
{
    const char **names = keep(64 * sizeof *names);
    size_t count = 0;
    for (; *daemons; daemons++)
        for (const char **name = unit_instances(*daemons); *name && count < 63; name++)
            names[count++] = *name;
    return names;
}

static const char *pick(Chaos *chaos, const char *const *names)
{
    int count = 0;
    while (names[count])
        count++;
    return names[chance_between(&chaos->chance, 0, count - 1)];
}

/* Kinds in a hand of 20 have their shares; the order is chance. */
static int deal(Chaos *chaos)
{
    int at = chaos->dealt++ % KILLS;
    for (int kind = 0, i = 0; at == 0 && kind < KINDS; kind++)
        for (int k = 0; k < chaos->kinds[kind].share; k++)
            chaos->hand[i++] = kind;
    int other = chance_between(&chaos->chance, at, KILLS - 1), kind = chaos->hand[other];
    chaos->hand[other] = chaos->hand[at];
    return kind;
}

/* Until half of the writers were answered, and the rest have ended what was under way. */
static void wait_recovered(Chaos *chaos, int64_t since, const char *what)
{
    int64_t until = now_ms() + RECOVERY_MS;
    while (load_recovered(chaos->load, since) < WRITERS / 2 && now_ms() < until &&
           !load_fault(chaos->load))
        pause_ms(5);
    if (load_fault(chaos->load))
        cr_assert_fail("after %s: %s", what, load_fault(chaos->load));
    if (now_ms() >= until)
        cr_assert_fail("%s: no answers for %d ms", what, RECOVERY_MS);
}

static void kill_one(Chaos *chaos)
{
    Kind *kind = &chaos->kinds[deal(chaos)];
    const char *unit = pick(chaos, kind->units);
    EVENTUALLY(RECOVERY_MS, service_pid(unit));
    int64_t at = now_ms();
    service_kill(unit);
    wait_recovered(chaos, now_ms(), unit);
    pause_ms(chance_between(&chaos->chance, 50, 1200));
    int64_t failed = load_last_failure(chaos->load);
    kind->times[kind->count++] = failed > at ? failed - at : 0;
}

static void freeze_one(Chaos *chaos)
{
    static const char *const ALL[] = {"sales", "inventory", "auth", "gateway", NULL};
    bool server = chance_between(&chaos->chance, 0, 4) == 0;
    const char *unit = server ? "nats-server" : pick(chaos, instances_of(ALL));
    if (!unit_signal(unit, SIGSTOP))
        return;
    pause_ms(chance_between(&chaos->chance, 100, 1500));
    (void)unit_signal(unit, SIGCONT);
    wait_recovered(chaos, now_ms(), text("freezing %s", unit));
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void report(Chaos *chaos, int kills, int64_t seconds, int64_t quiet)
{
    printf(
        "%d kills in %lld s, %d commands answered, %d of them with an effect, quiet %lld ms after "
        "the last\n",
        kills, (long long)seconds, load_answers(chaos->load), load_count(chaos->load),
        (long long)quiet);
    printf("from the kill to the beginning of the last attempt that failed, ms:\n");
    for (Kind *kind = chaos->kinds; kind < chaos->kinds + KINDS; kind++) {
        qsort(kind->times, (size_t)kind->count, sizeof *kind->times, by_value);
        if (kind->count)
            printf("  %-12s %4d kills  median %5lld  worst %5lld\n", kind->name, kind->count,
                   (long long)kind->times[kind->count / 2],
                   (long long)kind->times[kind->count - 1]);
    }
    (void)fflush(stdout);
}

TestSuite(chaos, .init = system_restore, .fini = system_restore);

Test(chaos, nothing_answered_is_lost_and_nothing_happens_twice)
{
    static const char *const DAEMONS[] = {"sales", "inventory", "auth", NULL};
    static const char *const GATEWAYS[] = {"gateway", NULL};
    static const char *const POSTGRES[] = {"postgres", NULL}, *const NATS[] = {"nats-server", NULL};
    int kills = kills_wanted();
    uint64_t seed = chance_seed();
    Chaos chaos = {.chance = chance_from(seed, 0),
                   .kinds = {{"daemon", instances_of(DAEMONS), 12, 0, NULL},
                             {"gateway", instances_of(GATEWAYS), 2, 0, NULL},
                             {"nats-server", NATS, 3, 0, NULL},
                             {"postgres", POSTGRES, 3, 0, NULL}}};
    for (int i = 0; i < KINDS; i++)
        chaos.kinds[i].times = keep((size_t)kills * sizeof(int64_t));
    int64_t began = now_ms();
    chaos.load = load_start(seed, (LoadPlan){WRITERS, PAUSE_MS, TRADING});
    wait_recovered(&chaos, began, "the start");
    for (int i = 0; i < kills; i++) {
        kill_one(&chaos);
        if (i % 5 == 4)
            freeze_one(&chaos);
    }
    int64_t seconds = (now_ms() - began) / 1000;
    load_stop(chaos.load);
    report(&chaos, kills, seconds, load_check(chaos.load));
}
