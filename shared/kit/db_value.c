/* The texts of PostgreSQL as values: numbers, instants, bytes, arrays.
 * Not where they go: see db_row.c and db_sink.c. */
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/str.h"
#include "kit/db_internal.h"

enum { OID_TIMESTAMPTZ = 1184 };

bool db_value_int(const PGresult *result, int row, int column, int64_t *ret_value)
{
    return str_to_int64(PQgetvalue(result, row, column), ret_value);
}

bool db_value_decimal(const PGresult *result, int row, int column, unsigned scale,
                      int64_t *ret_value)
{
    return decimal_parse(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column),
                         scale, ret_value) == DECIMAL_OK;
}

bool db_value_bool(const PGresult *result, int row, int column)
{
    return *PQgetvalue(result, row, column) == 't';
}

/* 2024-12-27 10:00:00.123456+00 → 2024-12-27T10:00:00.123Z; other forms (infinity) stay. */
static char *instant_text(Arena *arena, const char *text, size_t length)
{
    static const char FORM[] = "0000-00-00 00:00:00";
    enum { SECONDS = sizeof FORM - 1 };
    for (size_t i = 0; i < SECONDS; i++)
        if (i >= length || (FORM[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != FORM[i]))
            return arena_strndup(arena, text, length);
    char *instant = arena_alloc(arena, INSTANT_TEXT);
    memcpy(instant, text, SECONDS);
    instant[10] = 'T';
    memcpy(instant + SECONDS, ".000Z", 6);
    const char *digit = text + SECONDS + 1;
    if (text[SECONDS] == '.')
        for (size_t i = 0; i < 3 && digit[i] >= '0' && digit[i] <= '9'; i++)
            instant[SECONDS + 1 + i] = digit[i];
    return instant;
}

char *db_value_text(Arena *arena, const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue(result, row, column);
    size_t length = (size_t)PQgetlength(result, row, column);
    if (PQftype(result, column) == OID_TIMESTAMPTZ)
        return instant_text(arena, text, length);
    return arena_strndup(arena, text, length);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool db_value_bytes(Arena *arena, const PGresult *result, int row, int column,
                    ProtobufCBinaryData *ret_data)
{
    const char *text = PQgetvalue(result, row, column);
    size_t length = (size_t)PQgetlength(result, row, column);
    if (length < 2 || length % 2 || text[0] != '\\' || text[1] != 'x')
        return false;
    ret_data->len = length / 2 - 1;
    ret_data->data = arena_alloc(arena, ret_data->len);
    for (size_t i = 0; i < ret_data->len; i++) {
        int high = hex_digit(text[2 * i + 2]), low = hex_digit(text[2 * i + 3]);
        if (high < 0 || low < 0)
            return false;
        ret_data->data[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Copies the element at *at to *out, without its quotes; returns false where it is NULL. */
static bool element_read(const char **at, char **out)
{
    const char *p = *at;
    char *start = *out;
    bool quoted = *p == '"';
    p += quoted;
    while (*p && (quoted ? *p != '"' : *p != ',' && *p != '}')) {
        p += *p == '\\' && p[1];
        *(*out)++ = *p++;
    }
    p += quoted && *p;
    *at = p;
    *(*out)++ = '\0';
    return quoted || strcmp(start, "NULL") != 0;
}

bool db_value_array(Arena *arena, const PGresult *result, int row, int column, char ***ret_texts,
                    size_t *ret_count)
{
    const char *at = PQgetvalue(result, row, column);
    size_t length = (size_t)PQgetlength(result, row, column);
    if (*at++ != '{')
        return false;
    char *out = arena_alloc(arena, length + 1);
    size_t commas = 1;
    for (const char *p = at; *p; p++)
        commas += *p == ',';
    char **texts = arena_array(arena, commas, sizeof *texts);
    size_t count = 0;
    while (*at && *at != '}') {
        if (*at == '{')
            return false;
        texts[count] = out;
        count += element_read(&at, &out);
        at += *at == ',';
    }
    *ret_texts = texts;
    *ret_count = count;
    return true;
}
