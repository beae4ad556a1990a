/* Passwords as Argon2id hashes, made and checked on a small pool of threads of its own.
 * One computation takes 64 MiB and about 0.3 s: the bound of the pool is the bound of both. Not for
 * tokens. */
#ifndef SF_KIT_PASSWORD_H
#define SF_KIT_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

extern const Err PASSWORD_BUSY; /* 503, Retry-After 1: the queue is full, or there is no memory */

/* A hash that no known password matches, as dear to check as a real one: for users that do not
 * exist. */
extern const char PASSWORD_NOBODY[];

/* Starts the threads, one less than there are cores at the most, so that others always have one;
 * they run until the process ends; at most `queue` computations wait for them. Once. Signals stay
 * with the threads of the caller. */
void password_pool_start(size_t threads, size_t queue);

/* Both wait for the pool, so they belong into no transaction. The password is not kept; wiping it
 * is the caller's. PASSWORD_BUSY at once where the queue is full. */
const Err *password_hash(Arena *arena, const char *password, const char **ret_hash);
/* ret_rehash: it matches, but was hashed with other parameters than today's. */
const Err *password_verify(const char *hash, const char *password, bool *ret_ok, bool *ret_rehash);

/* Overwrites a password where it lies. NULL is allowed. */
void password_wipe(const char *password);

#endif
