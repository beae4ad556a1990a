/* Memory that lives as long as a request: bump allocation, one reset, no free.
 * Not thread-safe; an arena belongs to one thread. */
#ifndef SF_BASE_ARENA_H
#define SF_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

/* keep: bytes that survive arena_reset(); what was needed beyond goes back to the system. */
Arena *arena_new(size_t keep);
void arena_reset(Arena *arena);
/* The same, and what was kept goes back as well: for owners that wait long for their next use. */
void arena_trim(Arena *arena);
void arena_delete(Arena *arena);

/* Zeroed, aligned for every type, never NULL: a process without memory aborts and is restarted.
 * With SENTIENT_ARENA_DEBUG=1 in the environment each allocation is a malloc of its own, for ASan.
 */
void *arena_alloc(Arena *arena, size_t size);
/* Like arena_alloc(count × size), aborting where the product overflows. */
void *arena_array(Arena *arena, size_t count, size_t size);
char *arena_strdup(Arena *arena, const char *text);
char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list args);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
