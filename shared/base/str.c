/* Text buffers and checks. */
#include "base/str.h"

#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

static void buf_reserve(Buf *buf, size_t more)
{
    if (more > SIZE_MAX / 4 || buf->length > SIZE_MAX / 4)
        abort();
    size_t needed = buf->length + more + 1;
    if (needed <= buf->capacity)
        return;
    size_t capacity = buf->capacity ? buf->capacity * 2 : 256;
    while (capacity < needed)
        capacity *= 2;
    char *data = arena_alloc(buf->arena, capacity);
    if (buf->length)
        memcpy(data, buf->data, buf->length);
    buf->data = data;
    buf->capacity = capacity;
}

void buf_add(Buf *buf, const void *data, size_t length)
{
    buf_reserve(buf, length);
    if (length)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_puts(Buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_putc(Buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_printf(Buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        abort();
    buf_reserve(buf, (size_t)length);
    (void)vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
    va_end(again);
    buf->length += (size_t)length;
}

static void buf_json_escape(Buf *buf, unsigned char c)
{
    switch (c) {
    case '"': buf_puts(buf, "\\\""); break;
    case '\\': buf_puts(buf, "\\\\"); break;
    case '\b': buf_puts(buf, "\\b"); break;
    case '\f': buf_puts(buf, "\\f"); break;
    case '\n': buf_puts(buf, "\\n"); break;
    case '\r': buf_puts(buf, "\\r"); break;
    case '\t': buf_puts(buf, "\\t"); break;
    default: buf_printf(buf, "\\u%04x", c);
    }
}

void buf_json(Buf *buf, const char *text)
{
    buf_putc(buf, '"');
    const char *run = text;
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        buf_add(buf, run, (size_t)(p - run));
        buf_json_escape(buf, c);
        run = p + 1;
    }
    buf_puts(buf, run);
    buf_putc(buf, '"');
}

bool str_eq(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_nocase(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_list_has(const char *list, const char *word, size_t length)
{
    for (const char *at = list; at && *at;) {
        size_t n = strcspn(at, ",");
        if (n == length && memcmp(at, word, n) == 0)
            return true;
        at += n + (at[n] == ',');
    }
    return false;
}

/* Length of the sequence that begins at p, 0 where it is not well-formed (Unicode 15, table 3-7).
 */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t n = p[0] >= 0xc2 && p[0] <= 0xdf   ? 2
               : p[0] >= 0xe0 && p[0] <= 0xef ? 3
               : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
                                              : 0;
    if (!n || left < n)
        return 0;
    unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

bool utf8_valid(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text;
    while (length) {
        size_t n = utf8_sequence(p, length);
        if (!n)
            return false;
        p += n;
        length -= n;
    }
    return true;
}

size_t utf8_count(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static locale_t letters;

static void letters_open(void)
{
    letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* The next code point in lower case. */
static wint_t utf8_lower(const unsigned char **text)
{
    const unsigned char *p = *text;
    size_t n = utf8_sequence(p, strlen((const char *)p));
    wint_t point = n < 2 ? p[0] : p[0] & (0xffU >> (n + 1));
    for (size_t i = 1; i < n; i++)
        point = point << 6 | (p[i] & 0x3fU);
    *text += n ? n : 1;
    return letters ? towlower_l(point, letters) : towlower(point);
}

bool utf8_eq_nocase(const char *a, const char *b)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    if (!a || !b)
        return a == b;
    (void)pthread_once(&once, letters_open);
    while (*x && *y)
        if (utf8_lower(&x) != utf8_lower(&y))
            return false;
    return *x == *y;
}

bool str_to_int64(const char *text, int64_t *ret_value)
{
    bool negative = *text == '-';
    const char *p = text + negative;
    if (*p < '0' || *p > '9' || (*p == '0' && (p[1] || negative)))
        return false;
    int64_t value = 0;
    for (; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        int digit = *p - '0';
        if (__builtin_mul_overflow(value, 10, &value))
            return false;
        if (negative ? __builtin_sub_overflow(value, digit, &value)
                     : __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

static const char BASE64URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *base64url_encode(Arena *arena, const uint8_t *data, size_t length)
{
    char *text = arena_alloc(arena, length / 3 * 4 + 5);
    char *out = text;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t bits = (uint32_t)data[i] << 16;
        size_t left = length - i;
        bits |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= left > 2 ? (uint32_t)data[i + 2] : 0;
        *out++ = BASE64URL[bits >> 18];
        *out++ = BASE64URL[bits >> 12 & 63];
        if (left > 1)
            *out++ = BASE64URL[bits >> 6 & 63];
        if (left > 2)
            *out++ = BASE64URL[bits & 63];
    }
    return text;
}

static int base64url_value(char c)
{
    const char *at = c ? strchr(BASE64URL, c) : NULL;
    return at ? (int)(at - BASE64URL) : -1;
}

bool base64url_decode(Arena *arena, const char *text, size_t length, uint8_t **ret_data,
                      size_t *ret_length)
{
    if (length % 4 == 1)
        return false;
    uint8_t *data = arena_alloc(arena, length / 4 * 3 + 3);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < length; i++) {
        int value = base64url_value(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            data[n++] = (uint8_t)(bits >> held & 0xff);
        }
    }
    if (bits & ((1u << held) - 1))
        return false;
    *ret_data = data;
    *ret_length = n;
    return true;
}

char *hex_encode(Arena *arena, const uint8_t *data, size_t length)
{
    char *text = arena_alloc(arena, length * 2 + 1);
    for (size_t i = 0; i < length; i++) {
        text[2 * i] = "0123456789abcdef"[data[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[data[i] & 15];
    }
    return text;
}
