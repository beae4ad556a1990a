/* Sixteen clients trade without pause: whatever they do, everything adds up. FAULT_SEED replays a
 * run's choices, FAULT_COMMANDS says how many commands it takes. With kills: fault_chaos.c. */
#include <stdio.h>
#include <stdlib.h>

#include "fault.h"

enum { WRITERS = 16, COMMANDS = 3000, ALL_MS = 40000 };

static void trade(int commands)
{
    int64_t began = now_ms();
    Load *load = load_start(chance_seed(), (LoadPlan){WRITERS, 0, 100});
    while (load_answers(load) < commands && !load_fault(load) &&
           (now_ms() < began + ALL_MS || getenv("FAULT_COMMANDS")))
        pause_ms(5);
    load_stop(load);
    int64_t ms = now_ms() - began;
    int64_t quiet = load_check(load);
    printf("%d commands of %d clients in %lld ms, %d of them with an effect, quiet after %lld ms\n",
           load_answers(load), WRITERS, (long long)ms, load_count(load), (long long)quiet);
    (void)fflush(stdout);
}

TestSuite(trade, .init = system_restore, .fini = system_restore);

Test(trade, everything_adds_up)
{
    const char *given = getenv("FAULT_COMMANDS");
    trade(given ? (int)strtol(given, NULL, 10) : COMMANDS);
}
