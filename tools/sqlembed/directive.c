/* What stands in comments: the heads of blocks and the properties of lists.
 * Not SQL, except for the expressions of filters, which go back to scan.c. */
#include <string.h>

#include "sqlembed.h"

static bool is_name(const char *text)
{
    if (*text < 'a' || *text > 'z')
        return false;
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static char *trim(Arena *arena, const char *text, size_t length)
{
    while (length && strchr(" \t\r", *text))
        text++, length--;
    while (length && strchr(" \t\r", text[length - 1]))
        length--;
    return arena_strndup(arena, text, length);
}

static void open_block(Scan *scan, const char *name, bool list)
{
    Blocks *blocks = scan->blocks;
    if (!is_name(name))
        fail(scan->file, scan->line, "'%s' is no name: lower-case letters, digits and _", name);
    for (const Block *other = blocks->first; other; other = other->next)
        if (str_eq(other->name, name))
            fail(scan->file, scan->line, "%s stands at %s:%u already", name, other->file,
                 other->line);
    Block *block = ARENA_NEW(blocks->arena, Block);
    block->name = name;
    block->file = scan->file;
    block->line = scan->line;
    block->list = list;
    block->sql.text.arena = blocks->arena;
    if (blocks->last)
        blocks->last->next = block;
    else
        blocks->first = block;
    blocks->last = block;
    scan->block = block;
    scan->sql = &block->sql;
    scan->depth = 0;
    scan->space = false;
}

/* createdAt=c.created_at:timestamptz … ; a remark in parentheses may end the line. */
static void list_sorts(Scan *scan, char *text)
{
    Block *block = scan->block;
    char *remark = strstr(text, " (default");
    if (remark)
        *remark = '\0';
    char *rest = NULL;
    for (char *word = strtok_r(text, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        char *column = strchr(word, '=');
        char *type = strrchr(word, ':');
        if (!column || !type || type < column || !type[1])
            fail(scan->file, scan->line, "'%s': a sort is written name=column:type", word);
        if (block->sort_count == SORTS_MAX)
            fail(scan->file, scan->line, "more than %d sorts", SORTS_MAX);
        *column = *type = '\0';
        block->sorts[block->sort_count++] = (SortKey){word, column + 1, type + 1};
    }
}

static void list_search(Scan *scan, char *text)
{
    char *prefix = strstr(text, " prefix ");
    if (prefix) {
        *prefix = '\0';
        scan->block->prefix =
            trim(scan->blocks->arena, prefix + strlen(" prefix "), strlen(prefix + 8));
    }
    scan->block->search = trim(scan->blocks->arena, text, strlen(text));
}

/* isActive → is_active: either spelling names the request's field. */
static char *snake(Arena *arena, const char *name)
{
    Buf buf = {.arena = arena};
    for (const char *p = name; *p; p++) {
        bool upper = *p >= 'A' && *p <= 'Z';
        if (upper && p > name)
            buf_putc(&buf, '_');
        buf_putc(&buf, upper ? (char)(*p - 'A' + 'a') : *p);
    }
    return buf.data;
}

/* name = SQL with one parameter; tells the name. */
static char *list_equation(Scan *scan, const char *text, Sql *ret_sql)
{
    Arena *arena = scan->blocks->arena;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        fail(scan->file, scan->line, "'%s': write name = expression", text);
    ret_sql->text.arena = arena;
    Scan inner = *scan;
    inner.at = equals + 1;
    inner.end = text + strlen(text);
    inner.sql = ret_sql;
    inner.filter = true;
    inner.depth = 0;
    inner.space = false;
    scan_sql(&inner);
    if (ret_sql->param_count != 1)
        fail(scan->file, scan->line, "'%s' has no parameter", text);
    return trim(arena, text, (size_t)(equals - text));
}

static void list_filter(Scan *scan, const char *text)
{
    Block *block = scan->block;
    if (block->filter_count == FILTERS_MAX)
        fail(scan->file, scan->line, "more than %d filters", FILTERS_MAX);
    Filter *filter = &block->filters[block->filter_count++];
    filter->name = snake(scan->blocks->arena, list_equation(scan, text, &filter->sql));
    if (!is_name(filter->name))
        fail(scan->file, scan->line, "a filter is written field = expression");
}

static void list_count(Scan *scan, const char *value)
{
    if (strncmp(value, "FROM ", 5) != 0 || !strstr(value, " WHERE "))
        fail(scan->file, scan->line, "what is counted is written FROM … WHERE …");
    scan->block->count = value;
}

static void list_property(Scan *scan, const char *key, char *value)
{
    if (str_eq(key, "sort"))
        list_sorts(scan, value);
    else if (str_eq(key, "search"))
        list_search(scan, value);
    else if (str_eq(key, "related"))
        scan->block->related = list_equation(scan, value, &scan->block->related_sql);
    else if (str_eq(key, "filter"))
        list_filter(scan, value);
    else if (str_eq(key, "id"))
        scan->block->id = value;
    else if (str_eq(key, "count"))
        list_count(scan, value);
    else
        fail(scan->file, scan->line,
             "a list knows sort, search, related, filter, id and count, not '%s'", key);
}

void read_directive(Scan *scan, const char *text, size_t length)
{
    Arena *arena = scan->blocks->arena;
    char *line = trim(arena, text, length);
    size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz");
    if (!word || line[word] != ':')
        return;
    char *value = trim(arena, line + word + 1, strlen(line + word + 1));
    line[word] = '\0';
    if (str_eq(line, "name") || str_eq(line, "list"))
        open_block(scan, value, str_eq(line, "list"));
    else if (scan->block && scan->block->list && !scan->block->sql.text.length)
        list_property(scan, line, value);
}

void check_list(const Block *block)
{
    const char *missing = !block->sort_count      ? "'-- sort:'"
                          : !block->id            ? "'-- id:'"
                          : !block->sql.has_from  ? "FROM"
                          : !block->sql.has_where ? "WHERE (write WHERE true)"
                                                  : NULL;
    if (missing)
        fail(block->file, block->line, "list %s has no %s", block->name, missing);
}
