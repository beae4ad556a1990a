/* Threads that start together. Not a pool. */
#include <pthread.h>
#include <stdlib.h>

#include "testkit.h"

typedef struct Runner {
    pthread_t thread;
    pthread_barrier_t *start;
    void (*run)(void *context, int index);
    void *context;
    int index;
} Runner;

static void *runner_main(void *argument)
{
    Runner *runner = argument;
    pthread_barrier_wait(runner->start);
    runner->run(runner->context, runner->index);
    return NULL;
}

void parallel(int count, void (*run)(void *context, int index), void *context)
{
    pthread_barrier_t start;
    Runner *runners = keep((size_t)count * sizeof *runners);
    if (pthread_barrier_init(&start, NULL, (unsigned)count))
        abort();
    for (int i = 0; i < count; i++) {
        runners[i] = (Runner){.start = &start, .run = run, .context = context, .index = i};
        if (pthread_create(&runners[i].thread, NULL, runner_main, &runners[i]))
            abort();
    }
    for (int i = 0; i < count; i++)
        pthread_join(runners[i].thread, NULL);
    pthread_barrier_destroy(&start);
}
