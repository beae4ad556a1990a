/* The arena: a chain of blocks, filled from the front. Not a general allocator. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, BLOCK_SIZE = 16 * 1024 };

typedef struct Block {
    struct Block *next;
    size_t size;
    size_t used;
    size_t pad;
} Block;

struct Arena {
    Block *first; /* kept over resets, while it is within `keep` */
    Block *last;
    size_t keep;
    int debug; /* one malloc per allocation */
};

static Block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(Block))
        abort();
    Block *block = malloc(sizeof(Block) + size);
    if (!block)
        abort();
    *block = (Block){.size = size};
    return block;
}

static void blocks_delete(Block *block)
{
    while (block) {
        Block *next = block->next;
        free(block);
        block = next;
    }
}

Arena *arena_new(size_t keep)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        abort();
    const char *debug = getenv("SENTIENT_ARENA_DEBUG");
    arena->debug = debug && *debug == '1';
    arena->keep = keep;
    return arena;
}

void arena_reset(Arena *arena)
{
    Block *kept = NULL;
    if (arena->first && !arena->debug && arena->first->size <= arena->keep) {
        kept = arena->first;
        blocks_delete(kept->next);
        kept->next = NULL;
        kept->used = 0;
    } else {
        blocks_delete(arena->first);
    }
    arena->first = arena->last = kept;
}

void arena_trim(Arena *arena)
{
    blocks_delete(arena->first);
    arena->first = arena->last = NULL;
}

void arena_delete(Arena *arena)
{
    if (!arena)
        return;
    blocks_delete(arena->first);
    free(arena);
}

static Block *arena_grow(Arena *arena, size_t size)
{
    size_t wanted = size;
    if (!arena->debug && wanted < BLOCK_SIZE)
        wanted = arena->first || arena->keep < BLOCK_SIZE ? BLOCK_SIZE : arena->keep;
    Block *block = block_new(wanted);
    if (arena->last)
        arena->last->next = block;
    else
        arena->first = block;
    arena->last = block;
    return block;
}

void *arena_alloc(Arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        abort();
    size_t rounded = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (arena->debug)
        rounded = size ? size : 1;
    Block *block = arena->last;
    if (!block || arena->debug || block->size - block->used < rounded)
        block = arena_grow(arena, rounded);
    void *memory = (char *)(block + 1) + block->used;
    block->used += rounded;
    return memset(memory, 0, size);
}

void *arena_array(Arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(arena, total);
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        abort();
    char *text = arena_alloc(arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
