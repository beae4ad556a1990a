/* sqlembed: reads .sql files, writes the C source and header with their queries and lists.
 * Not a check of the SQL: the store test prepares every query against the migrated schema. */
#include "sqlembed.h"

#include <stdarg.h>
#include <stdlib.h>

void fail(const char *file, unsigned line, const char *format, ...)
{
    (void)fprintf(stderr, "%s:%u: error: ", file, line);
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    exit(1);
}

static FILE *open_or_fail(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (!file)
        fail(path, 0, "cannot be opened");
    return file;
}

/* Adds a file's blocks. */
static void read_file(Blocks *blocks, const char *path)
{
    FILE *file = open_or_fail(path, "r");
    Buf text = {.arena = blocks->arena};
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        buf_add(&text, part, n);
    (void)fclose(file);
    if (!text.length)
        return;
    Scan scan = {.blocks = blocks,
                 .file = arena_strdup(blocks->arena, path),
                 .at = text.data,
                 .end = text.data + text.length,
                 .line = 1};
    scan_sql(&scan);
    for (const Block *block = blocks->first; block; block = block->next) {
        if (block->list)
            check_list(block);
        if (!block->sql.text.length)
            fail(block->file, block->line, "%s has no statement", block->name);
    }
}

static void write_or_fail(const char *path, const char *name, const Blocks *blocks,
                          void (*write)(FILE *, const char *, const Blocks *))
{
    FILE *file = open_or_fail(path, "w");
    write(file, name, blocks);
    if (fclose(file) != 0)
        fail(path, 0, "cannot be written");
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: sqlembed <name> <out.c> <out.h> [file.sql ...]\n");
        return 2;
    }
    Blocks blocks = {.arena = arena_new(0)};
    for (int i = 4; i < argc; i++)
        read_file(&blocks, argv[i]);
    write_or_fail(argv[2], argv[1], &blocks, write_source);
    write_or_fail(argv[3], argv[1], &blocks, write_header);
    arena_delete(blocks.arena);
    return 0;
}
