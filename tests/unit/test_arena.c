/* The arena: zeroed, aligned, never overlapping, reset. Not its debug mode's ASan reports. */
#include "base/arena.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void fill_and_check(Arena *arena)
{
    enum { COUNT = 500 };
    unsigned char *blocks[COUNT];
    size_t sizes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i * 37 % 3000;
        blocks[i] = arena_alloc(arena, sizes[i]);
        cr_assert_not_null(blocks[i]);
        cr_assert_eq((uintptr_t)blocks[i] % 16, 0, "allocation %zu is not aligned", i);
        for (size_t k = 0; k < sizes[i]; k++)
            cr_assert_eq(blocks[i][k], 0, "allocation %zu is not zeroed", i);
        memset(blocks[i], (int)(i & 0xff), sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            cr_assert_eq(blocks[i][k], (unsigned char)i, "allocation %zu was overwritten", i);
}

Test(arena, zeroed_aligned_apart_also_after_reset)
{
    static const size_t KEEPS[] = {0, 1024, 65536};
    for (size_t i = 0; i < 3; i++) {
        Arena *arena = arena_new(KEEPS[i]);
        for (int round = 0; round < 4; round++) {
            fill_and_check(arena);
            round == 1 ? arena_trim(arena) : arena_reset(arena);
        }
        arena_delete(arena);
    }
}

Test(arena, debug_mode_does_the_same)
{
    setenv("SENTIENT_ARENA_DEBUG", "1", 1);
    Arena *arena = arena_new(65536);
    fill_and_check(arena);
    arena_reset(arena);
    fill_and_check(arena);
    arena_delete(arena);
}

Test(arena, big_blocks)
{
    Arena *arena = arena_new(65536);
    char *small = arena_strdup(arena, "before");
    char *big = arena_alloc(arena, 5 * 1024 * 1024);
    memset(big, 'x', 5 * 1024 * 1024);
    char *after = arena_strdup(arena, "after");
    cr_assert_str_eq(small, "before");
    cr_assert_str_eq(after, "after");
    arena_delete(arena);
    arena_delete(NULL);
}

Test(arena, texts)
{
    Arena *arena = arena_new(0);
    cr_assert_null(arena_strdup(arena, NULL));
    cr_assert_str_eq(arena_strndup(arena, "abcdef", 3), "abc");
    cr_assert_str_eq(arena_strdup(arena, ""), "");
    cr_assert_str_eq(arena_printf(arena, "%s-%04d", "SO", 7), "SO-0007");
    char *long_text = arena_printf(arena, "%*s", 40000, "x");
    cr_assert_eq(strlen(long_text), 40000);
    cr_assert_eq(long_text[39999], 'x');
    arena_delete(arena);
}

Test(arena, overflow_aborts, .signal = SIGABRT)
{
    Arena *arena = arena_new(0);
    (void)arena_array(arena, SIZE_MAX / 2, 3);
}
