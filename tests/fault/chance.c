/* Chance that a seed replays (splitmix64). Not for secrets. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "fault.h"

uint64_t chance_seed(void)
{
    static uint64_t seed;
    const char *given = getenv("FAULT_SEED");
    if (seed)
        return seed;
    if (given && *given)
        seed = strtoull(given, NULL, 10);
    else if (getrandom(&seed, sizeof seed, 0) == sizeof seed)
        seed %= 1000000000;
    printf("FAULT_SEED=%llu\n", (unsigned long long)seed);
    (void)fflush(stdout);
    return seed;
}

uint64_t chance_next(Chance *chance)
{
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

Chance chance_from(uint64_t seed, uint64_t stream)
{
    Chance chance = {seed};
    chance.state = chance_next(&chance) ^ stream;
    (void)chance_next(&chance);
    return chance;
}

int chance_between(Chance *chance, int low, int high)
{
    return low + (int)(chance_next(chance) % (uint64_t)(high - low + 1));
}
