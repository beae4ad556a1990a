/* Blocks as C: constants of kit/db.h and kit/dblist.h, and arrays of all of them.
 * Not formatting: nobody reads the output but the compiler. */

#include "sqlembed.h"

static void write_upper(FILE *out, const char *text)
{
    for (; *text; text++)
        (void)fputc(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A'
                    : *text == '-'               ? '_'
                                                 : *text,
                    out);
}

static void write_text(FILE *out, const char *text)
{
    if (!text) {
        (void)fputs("(const char *)0", out);
        return;
    }
    (void)fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            (void)fprintf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f || c == '?')
            (void)fprintf(out, "\\%03o", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('"', out);
}

static void write_param(FILE *out, const Param *param)
{
    (void)fputc('{', out);
    write_text(out, param->name);
    (void)fprintf(out, ", %s, %u, %s}", param->kind, param->scale, param->array ? "true" : "false");
}

/* A reference to the array PREFIX_NAME, or a null pointer where it is empty; then its length. */
static void write_array(FILE *out, const char *prefix, const char *name, size_t count)
{
    if (count) {
        (void)fprintf(out, "%s_", prefix);
        write_upper(out, name);
    } else {
        (void)fputs("0", out);
    }
    (void)fprintf(out, ", %zu", count);
}

static void write_array_head(FILE *out, const char *type, const char *prefix, const char *name)
{
    (void)fprintf(out, "static const %s %s_", type, prefix);
    write_upper(out, name);
    (void)fputs("[] = {\n", out);
}

static void write_query(FILE *out, const Block *block)
{
    if (block->sql.param_count) {
        write_array_head(out, "DbParam", "PARAMS", block->name);
        for (size_t i = 0; i < block->sql.param_count; i++) {
            (void)fputs("    ", out);
            write_param(out, &block->sql.params[i]);
            (void)fputs(",\n", out);
        }
        (void)fputs("};\n", out);
    }
    (void)fputs("const DbQuery ", out);
    write_upper(out, block->name);
    (void)fputs(" = {\n    ", out);
    write_text(out, block->name);
    (void)fputs(",\n    ", out);
    write_text(out, block->sql.text.data);
    (void)fputs(",\n    ", out);
    write_array(out, "PARAMS", block->name, block->sql.param_count);
    (void)fputs("};\n\n", out);
}

static void write_sorts(FILE *out, const Block *block)
{
    write_array_head(out, "DbSortKey", "SORTS", block->name);
    for (size_t i = 0; i < block->sort_count; i++) {
        (void)fputs("    {", out);
        write_text(out, block->sorts[i].name);
        (void)fputs(", ", out);
        write_text(out, block->sorts[i].column);
        (void)fputs(", ", out);
        write_text(out, block->sorts[i].type);
        (void)fputs("},\n", out);
    }
    (void)fputs("};\n", out);
}

static void write_filters(FILE *out, const Block *block)
{
    if (!block->filter_count)
        return;
    write_array_head(out, "DbFilter", "FILTERS", block->name);
    for (size_t i = 0; i < block->filter_count; i++) {
        const Filter *filter = &block->filters[i];
        (void)fputs("    {", out);
        write_text(out, filter->name);
        (void)fputs(", ", out);
        write_text(out, filter->sql.text.data);
        (void)fputs(", ", out);
        write_param(out, &filter->sql.params[0]);
        (void)fputs("},\n", out);
    }
    (void)fputs("};\n", out);
}

static void write_list(FILE *out, const Block *block)
{
    write_sorts(out, block);
    write_filters(out, block);
    (void)fputs("const DbList ", out);
    write_upper(out, block->name);
    (void)fputs(" = {\n    ", out);
    write_text(out, block->name);
    (void)fputs(",\n    ", out);
    write_text(out, block->sql.text.data);
    (void)fputs(",\n    ", out);
    write_text(out, block->id);
    (void)fputs(", ", out);
    write_array(out, "SORTS", block->name, block->sort_count);
    (void)fputs(", ", out);
    write_text(out, block->search);
    (void)fputs(", ", out);
    write_text(out, block->prefix);
    (void)fputs(", ", out);
    write_array(out, "FILTERS", block->name, block->filter_count);
    (void)fprintf(out, ", %zu, ", block->sql.from);
    write_text(out, block->count);
    (void)fputs(", ", out);
    write_text(out, block->related);
    (void)fputs(", ", out);
    write_text(out, block->related ? block->related_sql.text.data : NULL);
    (void)fputs("};\n\n", out);
}

/* <NAME>_QUERIES and <NAME>_QUERY_COUNT, or the same for lists. */
static void write_all(FILE *out, const char *name, const Blocks *blocks, bool list)
{
    size_t count = 0;
    (void)fprintf(out, "const %s *const ", list ? "DbList" : "DbQuery");
    write_upper(out, name);
    (void)fprintf(out, "_%s[] = {", list ? "LISTS" : "QUERIES");
    for (const Block *block = blocks->first; block; block = block->next) {
        if (block->list != list)
            continue;
        (void)fputs("\n    &", out);
        write_upper(out, block->name);
        (void)fputc(',', out);
        count++;
    }
    (void)fprintf(out, "%s};\nconst size_t ", count ? "\n" : "0");
    write_upper(out, name);
    (void)fprintf(out, "_%s_COUNT = %zu;\n", list ? "LIST" : "QUERY", count);
}

void write_source(FILE *out, const char *name, const Blocks *blocks)
{
    (void)fprintf(out, "/* Made by sqlembed; not for editing. */\n#include \"%s.sql.h\"\n\n", name);
    (void)fputs("#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n", out);
    for (const Block *block = blocks->first; block; block = block->next) {
        if (block->list)
            write_list(out, block);
        else
            write_query(out, block);
    }
    write_all(out, name, blocks, false);
    write_all(out, name, blocks, true);
}

static void write_guard(FILE *out, const char *before, const char *name)
{
    (void)fputs(before, out);
    write_upper(out, name);
    (void)fputs("_SQL_H\n", out);
}

void write_header(FILE *out, const char *name, const Blocks *blocks)
{
    (void)fputs("/* Made by sqlembed; not for editing. */\n", out);
    write_guard(out, "#ifndef SF_GEN_", name);
    write_guard(out, "#define SF_GEN_", name);
    (void)fputs("\n#include \"kit/db.h\"\n#include \"kit/dblist.h\"\n\n", out);
    for (const Block *block = blocks->first; block; block = block->next) {
        (void)fprintf(out, "extern const %s ", block->list ? "DbList" : "DbQuery");
        write_upper(out, block->name);
        (void)fputs(";\n", out);
    }
    static const char *const ARRAYS[][2] = {{"DbQuery", "QUERIES"}, {"DbList", "LISTS"}};
    static const char *const COUNTS[] = {"QUERY", "LIST"};
    for (size_t i = 0; i < 2; i++) {
        (void)fprintf(out, "\nextern const %s *const ", ARRAYS[i][0]);
        write_upper(out, name);
        (void)fprintf(out, "_%s[];\nextern const size_t ", ARRAYS[i][1]);
        write_upper(out, name);
        (void)fprintf(out, "_%s_COUNT;\n", COUNTS[i]);
    }
    (void)fputs("\n#endif\n", out);
}
