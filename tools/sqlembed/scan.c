/* SQL text: comments out, white space squeezed, parameters numbered; quotes stay as they are.
 * Not the comments' meaning: see directive.c. */
#include <string.h>
#include <strings.h>

#include "sqlembed.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char peek(const Scan *scan, size_t ahead)
{
    return (size_t)(scan->end - scan->at) > ahead ? scan->at[ahead] : '\0';
}

static void put(Scan *scan, const char *text, size_t length)
{
    if (!scan->sql)
        fail(scan->file, scan->line, "text before the first '-- name:' or '-- list:'");
    if (!scan->filter && scan->block && scan->block->ended)
        fail(scan->file, scan->line, "%s holds more than one statement", scan->block->name);
    if (scan->space && scan->sql->text.length)
        buf_putc(&scan->sql->text, ' ');
    scan->space = false;
    buf_add(&scan->sql->text, text, length);
}

/* Puts `length` bytes as they stand and goes on behind them. */
static void take(Scan *scan, size_t length)
{
    put(scan, scan->at, length);
    for (size_t i = 0; i < length; i++)
        scan->line += scan->at[i] == '\n';
    scan->at += length;
}

static void take_quoted(Scan *scan, char quote, bool escapes)
{
    size_t n = 1;
    while (peek(scan, n) != quote) {
        if (escapes && peek(scan, n) == '\\')
            n++;
        if (scan->at + n >= scan->end)
            fail(scan->file, scan->line, "a quote is not closed");
        n++;
    }
    take(scan, n + 1);
}

static void take_dollar(Scan *scan)
{
    if (is_digit(peek(scan, 1)))
        fail(scan->file, scan->line, "write :name::type instead of a numbered parameter");
    size_t tag = 1;
    while (is_letter(peek(scan, tag)) || (tag > 1 && is_digit(peek(scan, tag))))
        tag++;
    if (peek(scan, tag) != '$') {
        take(scan, 1);
        return;
    }
    tag++;
    const char *body = scan->at + tag;
    const char *close = memmem(body, (size_t)(scan->end - body), scan->at, tag);
    if (!close)
        fail(scan->file, scan->line, "a dollar quote is not closed");
    take(scan, (size_t)(close - scan->at) + tag);
}

static void skip_block_comment(Scan *scan)
{
    unsigned depth = 0, line = scan->line;
    do {
        if (scan->at >= scan->end)
            fail(scan->file, line, "a comment is not closed");
        bool opens = peek(scan, 0) == '/' && peek(scan, 1) == '*';
        bool closes = peek(scan, 0) == '*' && peek(scan, 1) == '/';
        depth += opens;
        depth -= closes;
        scan->line += *scan->at == '\n';
        scan->at += opens || closes ? 2 : 1;
    } while (depth);
    scan->space = true;
}

static void take_line_comment(Scan *scan)
{
    const char *text = scan->at + 2;
    const char *end = memchr(text, '\n', (size_t)(scan->end - text));
    if (!end)
        end = scan->end;
    scan->at = end;
    scan->space = true;
    if (!scan->filter)
        read_directive(scan, text, (size_t)(end - text));
}

/* ---- words ---- */

/* A list is completed by " AND …", so what would bind looser or stand behind must not be there. */
static void check_list_word(Scan *scan, const char *word, size_t length)
{
    static const char *const BAD[] = {"ORDER",  "GROUP", "LIMIT",     "HAVING", "UNION",
                                      "OFFSET", "FOR",   "INTERSECT", "EXCEPT", "WINDOW"};
    Sql *sql = scan->sql;
    if (length == 4 && strncasecmp(word, "FROM", 4) == 0 && !sql->has_from) {
        sql->has_from = true;
        sql->from = sql->text.length + scan->space;
    }
    if (length == 5 && strncasecmp(word, "WHERE", 5) == 0)
        sql->has_where = true;
    if (length == 2 && strncasecmp(word, "OR", 2) == 0 && sql->has_where)
        fail(scan->file, scan->line, "put the OR of a list's WHERE into parentheses");
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (strlen(BAD[i]) == length && strncasecmp(word, BAD[i], length) == 0)
            fail(scan->file, scan->line, "a list ends inside its WHERE: no %s", BAD[i]);
}

static void take_word(Scan *scan)
{
    size_t n = 1;
    while (is_letter(peek(scan, n)) || is_digit(peek(scan, n)) || peek(scan, n) == '$')
        n++;
    if (scan->block && scan->block->list && !scan->filter && !scan->depth)
        check_list_word(scan, scan->at, n);
    bool escapes = n == 1 && (*scan->at == 'E' || *scan->at == 'e') && peek(scan, 1) == '\'';
    take(scan, n);
    if (escapes)
        take_quoted(scan, '\'', true);
}

/* ---- parameters ---- */

/* Length of a type at `text`: a name, perhaps with a schema, (15,2) and []. */
static size_t type_length(const char *text, const char *end)
{
    const char *p = text;
    while (p < end && (is_letter(*p) || (p > text && (is_digit(*p) || *p == '.'))))
        p++;
    if (p == text)
        return 0;
    if (p < end && *p == '(') {
        const char *close = memchr(p, ')', (size_t)(end - p));
        p = close ? close + 1 : p;
    }
    if (end - p >= 2 && p[0] == '[' && p[1] == ']')
        p += 2;
    return (size_t)(p - text);
}

static bool is_one_of(const char *word, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && strncasecmp(word, *words, length) == 0)
            return true;
    return false;
}

static void param_type(const Scan *scan, Param *param)
{
    static const char *const INTS[] = {"bigint", "integer", "smallint", "int",
                                       "int8",   "int4",    "int2",     NULL};
    static const char *const BOOLS[] = {"boolean", "bool", NULL};
    static const char *const BYTES[] = {"bytea", NULL};
    static const char *const NUMERICS[] = {"numeric", "decimal", NULL};
    const char *type = param->type;
    size_t base = strcspn(type, "([");
    param->array = strchr(type, '[') != NULL;
    param->kind = is_one_of(type, base, INTS)       ? "DB_INT"
                  : is_one_of(type, base, BOOLS)    ? "DB_BOOL"
                  : is_one_of(type, base, BYTES)    ? "DB_BYTEA"
                  : is_one_of(type, base, NUMERICS) ? "DB_NUMERIC"
                                                    : "DB_TEXT";
    if (strcmp(param->kind, "DB_NUMERIC") != 0)
        return;
    const char *comma = strchr(type + base, ',');
    if (!comma || !is_digit(comma[1]) || comma[2] != ')')
        fail(scan->file, scan->line, "parameter :%s needs a scale, as in numeric(15,2)",
             param->name);
    param->scale = (unsigned)(comma[1] - '0');
}

static size_t param_number(const Scan *scan, const Param *param)
{
    Sql *sql = scan->sql;
    for (size_t i = 0; i < sql->param_count; i++) {
        if (!str_eq(sql->params[i].name, param->name))
            continue;
        if (!str_eq(sql->params[i].type, param->type))
            fail(scan->file, scan->line, "parameter :%s is %s here and %s before", param->name,
                 param->type, sql->params[i].type);
        return i + 1;
    }
    if (scan->filter && sql->param_count)
        fail(scan->file, scan->line, "a filter has one parameter");
    if (sql->param_count == PARAMS_MAX)
        fail(scan->file, scan->line, "more than %d parameters", PARAMS_MAX);
    sql->params[sql->param_count] = *param;
    return ++sql->param_count;
}

static void take_param(Scan *scan)
{
    Arena *arena = scan->blocks->arena;
    put(scan, "", 0);
    size_t n = 1;
    while (is_letter(peek(scan, n)) || is_digit(peek(scan, n)) ||
           (peek(scan, n) == '.' && is_letter(peek(scan, n + 1))))
        n++;
    Param param = {.name = arena_strndup(arena, scan->at + 1, n - 1)};
    if (scan->block->list && !scan->filter)
        fail(scan->file, scan->line, "a list takes :%s through a '-- filter:'", param.name);
    size_t type = 0;
    if (peek(scan, n) == ':' && peek(scan, n + 1) == ':')
        type = type_length(scan->at + n + 2, scan->end);
    if (!type)
        fail(scan->file, scan->line, "parameter :%s has no type: write :%s::type", param.name,
             param.name);
    param.type = arena_strndup(arena, scan->at + n + 2, type);
    param_type(scan, &param);
    size_t number = param_number(scan, &param);
    if (scan->filter)
        buf_printf(&scan->sql->text, "$%%u::%s", param.type);
    else
        buf_printf(&scan->sql->text, "$%zu::%s", number, param.type);
    scan->at += n + 2 + type;
}

static void take_colon(Scan *scan)
{
    if (peek(scan, 1) == ':')
        take(scan, 2);
    else if (is_letter(peek(scan, 1)))
        take_param(scan);
    else
        take(scan, 1);
}

static void take_other(Scan *scan, char c)
{
    scan->depth += c == '(';
    scan->depth -= c == ')' && scan->depth;
    if (c == ';' && scan->filter)
        fail(scan->file, scan->line, "a filter is an expression: no ;");
    if (c != ';' || !scan->block) {
        take(scan, 1);
        return;
    }
    put(scan, "", 0);
    scan->block->ended = true;
    scan->at++;
}

void scan_sql(Scan *scan)
{
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (is_space(c)) {
            scan->line += c == '\n';
            scan->space = true;
            scan->at++;
        } else if (c == '-' && peek(scan, 1) == '-') {
            take_line_comment(scan);
        } else if (c == '/' && peek(scan, 1) == '*') {
            skip_block_comment(scan);
        } else if (c == '\'' || c == '"') {
            take_quoted(scan, c, false);
        } else if (c == '$') {
            take_dollar(scan);
        } else if (c == ':') {
            take_colon(scan);
        } else if (is_letter(c)) {
            take_word(scan);
        } else {
            take_other(scan, c);
        }
    }
}
