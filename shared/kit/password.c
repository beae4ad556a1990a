/* Argon2id (libsodium) on a bounded pool of threads. Not a store of passwords and no policy. */
#include "kit/password.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { POOL_NICE = 19 };

const Err PASSWORD_BUSY = {
    .kind = ERR_UNAVAILABLE, .message = "Too many sign-ins at once", .retry_after = 1};

/* Salt and hash are random: nobody knows a password for them. */
const char PASSWORD_NOBODY[] = "$argon2id$v=19$m=65536,t=2,p=1$4aTKWMZ/"
                               "eIhLJyfmZojZGw$mkbVuhK1UAIVx1LM6wfZWozp8fxvi/efi0py5TKUCDE";

/* One computation; lives on the stack of the thread that waits for it. */
typedef struct Task {
    struct Task *next;
    const char *password;
    const char *hash; /* to check; NULL: make one */
    char made[crypto_pwhash_STRBYTES];
    bool ok, rehash, failed, done;
    pthread_cond_t finished;
} Task;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    Task *first, **last;
    size_t waiting, limit;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER};

static void task_make(Task *task)
{
    task->failed = crypto_pwhash_str_alg(task->made, task->password, strlen(task->password),
                                         crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                         crypto_pwhash_MEMLIMIT_INTERACTIVE,
                                         crypto_pwhash_ALG_ARGON2ID13) != 0;
}

static void task_check(Task *task)
{
    errno = 0;
    task->ok = crypto_pwhash_str_verify(task->hash, task->password, strlen(task->password)) == 0;
    /* libsodium says EINVAL for a mismatch; anything else is no verdict. */
    task->failed = !task->ok && errno != EINVAL;
    task->rehash =
        task->ok && crypto_pwhash_str_needs_rehash(task->hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                                   crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0;
}

static Task *task_take(void)
{
    while (!pool.first)
        (void)pthread_cond_wait(&pool.arrived, &pool.lock);
    Task *task = pool.first;
    pool.first = task->next;
    if (!pool.first)
        pool.last = &pool.first;
    pool.waiting--;
    return task;
}

static void *pool_thread(void *unused)
{
    (void)unused;
    /* On Linux this is the thread's own: whoever only answers goes first. */
    (void)setpriority(PRIO_PROCESS, 0, POOL_NICE);
    (void)pthread_mutex_lock(&pool.lock);
    for (;;) {
        Task *task = task_take();
        (void)pthread_mutex_unlock(&pool.lock);
        if (task->hash)
            task_check(task);
        else
            task_make(task);
        (void)pthread_mutex_lock(&pool.lock);
        task->done = true;
        (void)pthread_cond_signal(&task->finished);
    }
    return NULL;
}

void password_pool_start(size_t threads, size_t queue)
{
    sigset_t all, before;
    if (sodium_init() < 0)
        abort();
    pool.limit = queue;
    pool.last = &pool.first;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores > 0 && threads >= (size_t)cores)
        threads = cores > 1 ? (size_t)cores - 1 : 1;
    for (size_t i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, pool_thread, NULL) != 0)
            abort();
        (void)pthread_detach(thread);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static const Err *task_run(Task *task)
{
    (void)pthread_mutex_lock(&pool.lock);
    if (pool.waiting >= pool.limit) {
        (void)pthread_mutex_unlock(&pool.lock);
        return &PASSWORD_BUSY;
    }
    (void)pthread_cond_init(&task->finished, NULL);
    *pool.last = task;
    pool.last = &task->next;
    pool.waiting++;
    (void)pthread_cond_signal(&pool.arrived);
    while (!task->done)
        (void)pthread_cond_wait(&task->finished, &pool.lock);
    (void)pthread_mutex_unlock(&pool.lock);
    (void)pthread_cond_destroy(&task->finished);
    return task->failed ? &PASSWORD_BUSY : NULL;
}

const Err *password_hash(Arena *arena, const char *password, const char **ret_hash)
{
    Task task = {.password = password};
    TRY(task_run(&task));
    *ret_hash = arena_strdup(arena, task.made);
    return NULL;
}

const Err *password_verify(const char *hash, const char *password, bool *ret_ok, bool *ret_rehash)
{
    Task task = {.password = password, .hash = hash};
    TRY(task_run(&task));
    *ret_ok = task.ok;
    *ret_rehash = task.rehash;
    return NULL;
}

void password_wipe(const char *password)
{
    if (!password)
        return;
    union {
        const char *given;
        char *memory;
    } cast = {.given = password};
    sodium_memzero(cast.memory, strlen(password));
}
