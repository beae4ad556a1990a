/* The tokens of JSON, strictly by RFC 8259. Not their meaning: json_read.c. */
#include "kit/json_token.h"

#include <stdint.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "kit/json.h"

char json_peek(JsonIn *in)
{
    while (in->at < in->end &&
           (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
        in->at++;
    return in->at < in->end ? *in->at : '\0';
}

bool json_fail(JsonIn *in, const char *reason)
{
    in->reason = reason;
    return false;
}

/* Four hexadecimal digits; -1 where they are none. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Behind "\u": one code point, of one or two units. Moves `at` behind it. */
static int32_t code_point(const char **at, const char *end)
{
    int32_t unit = hex4(*at, end);
    if (unit <= 0 || is_low(unit))
        return -1;
    *at += 4;
    if (!is_high(unit))
        return unit;
    if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return -1;
    int32_t low = hex4(*at + 2, end);
    if (!is_low(low))
        return -1;
    *at += 6;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static bool escape_scan(JsonIn *in)
{
    in->at++;
    char c = in->at < in->end ? *in->at : '\0';
    if (c == 'u') {
        const char *at = in->at + 1;
        if (code_point(&at, in->end) < 0)
            return json_fail(in, "bad \\u escape, lone surrogate or U+0000");
        in->at = at;
        return true;
    }
    if (!c || !strchr("\"\\/bfnrt", c))
        return json_fail(in, "unknown escape");
    in->at++;
    return true;
}

bool json_text(JsonIn *in, JsonText *ret_text)
{
    if (json_peek(in) != '"')
        return json_fail(in, "a string was expected");
    const char *raw = ++in->at;
    bool escaped = false;
    while (in->at < in->end && *in->at != '"') {
        if ((unsigned char)*in->at < 0x20)
            return json_fail(in, "control character in a string");
        if (*in->at == '\\') {
            escaped = true;
            if (!escape_scan(in))
                return false;
        } else {
            in->at++;
        }
    }
    if (in->at == in->end)
        return json_fail(in, "string without an end");
    *ret_text = (JsonText){raw, (size_t)(in->at - raw), escaped};
    if (!utf8_valid(raw, ret_text->length))
        return json_fail(in, "invalid UTF-8 in a string");
    in->at++;
    return true;
}

static char *utf8_put(char *out, int32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *out++ = (char)(0xe0 | code >> 12);
        } else {
            *out++ = (char)(0xf0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (code & 0x3f));
    return out;
}

static char escape_value(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
    }
}

char *json_text_copy(Arena *arena, const JsonText *text)
{
    if (!text->escaped)
        return arena_strndup(arena, text->raw, text->length);
    char *copy = arena_alloc(arena, text->length + 1); /* no escape is shorter than its meaning */
    char *out = copy;
    const char *p = text->raw, *end = text->raw + text->length;
    while (p < end) {
        if (*p != '\\') {
            *out++ = *p++;
        } else if (p[1] == 'u') {
            p += 2;
            out = utf8_put(out, code_point(&p, end));
        } else {
            *out++ = escape_value(p[1]);
            p += 2;
        }
    }
    return copy;
}

bool json_number(JsonIn *in, const char **ret_token, size_t *ret_length)
{
    const char *p = in->at;
    int64_t value;
    while (p < in->end && ((*p >= '0' && *p <= '9') || *p == '-' || *p == '+' || *p == '.' ||
                           *p == 'e' || *p == 'E'))
        p++;
    *ret_token = in->at;
    *ret_length = (size_t)(p - in->at);
    if (decimal_parse(*ret_token, *ret_length, 0, &value) == DECIMAL_SYNTAX)
        return json_fail(in, "a value was expected");
    in->at = p;
    return true;
}

bool json_word(JsonIn *in, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(in->end - in->at) < n || memcmp(in->at, word, n) != 0)
        return json_fail(in, "a value was expected");
    in->at += n;
    return true;
}

bool json_key(JsonIn *in, JsonText *ret_key)
{
    if (json_peek(in) != '"')
        return json_fail(in, "a key was expected");
    if (!json_text(in, ret_key))
        return false;
    if (json_peek(in) != ':')
        return json_fail(in, "a colon was expected");
    in->at++;
    return true;
}

bool json_open(JsonIn *in, char bracket)
{
    if (json_peek(in) != bracket)
        return json_fail(in, "an object was expected");
    if (++in->depth > JSON_DEPTH_MAX)
        return json_fail(in, "nested too deeply");
    in->at++;
    return true;
}

bool json_next(JsonIn *in, char close, bool first, bool *ret_more)
{
    char c = json_peek(in);
    *ret_more = c != close;
    if (c == close) {
        in->at++;
        in->depth--;
        return true;
    }
    if (first)
        return true;
    if (c != ',')
        return json_fail(in, "a comma or a closing bracket was expected");
    in->at++;
    return true;
}

static bool skip_members(JsonIn *in, char open, char close)
{
    bool more, first = true;
    JsonText key;
    if (!json_open(in, open))
        return false;
    for (;; first = false) {
        if (!json_next(in, close, first, &more))
            return false;
        if (!more)
            return true;
        if (open == '{' && !json_key(in, &key))
            return false;
        if (!json_skip(in))
            return false;
    }
}

bool json_skip(JsonIn *in)
{
    JsonText text;
    const char *token;
    size_t length;
    switch (json_peek(in)) {
    case '"': return json_text(in, &text);
    case '{': return skip_members(in, '{', '}');
    case '[': return skip_members(in, '[', ']');
    case 't': return json_word(in, "true");
    case 'f': return json_word(in, "false");
    case 'n': return json_word(in, "null");
    default: return json_number(in, &token, &length);
    }
}
