/* Exact decimals. The only file that computes in 128 bits. */
#include "base/decimal.h"

#include <string.h>

__extension__ typedef __int128 Wide;

static const int64_t POW10[] = {1,      10,      100,      1000,      10000,
                                100000, 1000000, 10000000, 100000000, 1000000000};

typedef struct Token {
    bool negative;
    const char *digits; /* integer digits, then fraction digits behind a point */
    size_t whole, fraction;
    int64_t exponent;
} Token;

static size_t count_digits(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && p[n] >= '0' && p[n] <= '9')
        n++;
    return n;
}

static bool token_exponent(const char **at, const char *end, int64_t *ret_exponent)
{
    const char *p = *at + 1;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    size_t n = count_digits(p, end);
    if (!n)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < n; i++)
        if (value < INT64_C(1000000000000))
            value = value * 10 + (p[i] - '0');
    *ret_exponent = negative ? -value : value;
    *at = p + n;
    return true;
}

/* RFC 8259, section 6 */
static bool token_scan(const char *text, size_t length, Token *ret_token)
{
    const char *p = text, *end = text + length;
    *ret_token = (Token){0};
    if (p < end && *p == '-') {
        ret_token->negative = true;
        p++;
    }
    ret_token->digits = p;
    ret_token->whole = count_digits(p, end);
    if (!ret_token->whole || (*p == '0' && ret_token->whole > 1))
        return false;
    p += ret_token->whole;
    if (p < end && *p == '.') {
        ret_token->fraction = count_digits(p + 1, end);
        if (!ret_token->fraction)
            return false;
        p += 1 + ret_token->fraction;
    }
    if (p < end && (*p == 'e' || *p == 'E') && !token_exponent(&p, end, &ret_token->exponent))
        return false;
    return p == end;
}

static char token_digit(const Token *token, size_t i)
{
    return i < token->whole ? token->digits[i] : token->digits[i + 1];
}

DecimalStatus decimal_parse(const char *text, size_t length, unsigned scale, int64_t *ret_value)
{
    Token token;
    if (!token_scan(text, length, &token))
        return DECIMAL_SYNTAX;
    size_t n = token.whole + token.fraction;
    while (n && token_digit(&token, n - 1) == '0')
        n--; /* trailing zeros; their places are in the power below */
    size_t first = 0;
    while (first < n && token_digit(&token, first) == '0')
        first++;
    *ret_value = 0;
    if (first == n)
        return DECIMAL_OK;
    /* value × 10^scale = digits[first..n) × 10^power */
    int64_t power = token.exponent + (int64_t)token.whole - (int64_t)n + (int64_t)scale;
    if (power < 0)
        return DECIMAL_TOO_PRECISE;
    if (power > 19 || n - first > 19)
        return DECIMAL_RANGE;
    int64_t value = 0;
    for (size_t i = first; i < n + (size_t)power; i++) {
        int digit = i < n ? token_digit(&token, i) - '0' : 0;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return DECIMAL_RANGE;
    }
    if (!token.negative && value == INT64_MIN)
        return DECIMAL_RANGE;
    *ret_value = token.negative ? value : -value;
    return DECIMAL_OK;
}

size_t decimal_format(int64_t value, unsigned scale, char *text)
{
    char digits[DECIMAL_TEXT];
    size_t n = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    while (scale && rest % 10 == 0) {
        rest /= 10;
        scale--;
    }
    do {
        if (n && n == scale)
            digits[n++] = '.', scale = 0;
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest || (scale && n < scale + 1));
    char *out = text;
    if (value < 0)
        *out++ = '-';
    while (n)
        *out++ = digits[--n];
    *out = '\0';
    return (size_t)(out - text);
}

static bool narrow(Wide value, int64_t *ret_value)
{
    if (value > INT64_MAX || value < INT64_MIN)
        return false;
    *ret_value = (int64_t)value;
    return true;
}

static Wide divide_rounded(Wide value, Wide by)
{
    if (by < 0)
        value = -value, by = -by;
    Wide half = by / 2;
    return value < 0 ? -((-value + half) / by) : (value + half) / by;
}

bool decimal_mul(int64_t a, int64_t b, unsigned drop, int64_t *ret_value)
{
    return narrow(divide_rounded((Wide)a * b, POW10[drop]), ret_value);
}

bool decimal_mul_div(int64_t a, int64_t b, int64_t c, int64_t *ret_value)
{
    return narrow(divide_rounded((Wide)a * b, c), ret_value);
}

bool decimal_line_total(int64_t qty, int64_t price, int64_t discount_pct, int64_t *ret_total)
{
    /* 10^15 × 10^15 × 10^4 stays below 2^127; 10^7 takes off the thousandths and the percentage */
    Wide exact = (Wide)qty * price;
    if (__builtin_mul_overflow(exact, (Wide)10000 - discount_pct, &exact))
        return false;
    return narrow(divide_rounded(exact, (Wide)POW10[7]), ret_total);
}

bool decimal_add(int64_t a, int64_t b, int64_t *ret_value)
{
    return !__builtin_add_overflow(a, b, ret_value);
}
