/* Exact decimals: reading, writing, multiplying. */
#include "base/decimal.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reading {
    const char *text;
    unsigned scale;
    DecimalStatus status;
    int64_t value;
} Reading;

static const Reading READINGS[] = {
    {"0", 2, DECIMAL_OK, 0},
    {"-0", 2, DECIMAL_OK, 0},
    {"-0.00", 2, DECIMAL_OK, 0},
    {"0.000000000000000000000000000000", 0, DECIMAL_OK, 0},
    {"1", 2, DECIMAL_OK, 100},
    {"1.5", 2, DECIMAL_OK, 150},
    {"1.50", 2, DECIMAL_OK, 150},
    {"1.500000000000000000000000000000", 2, DECIMAL_OK, 150},
    {"15e-1", 2, DECIMAL_OK, 150},
    {"0.15E1", 2, DECIMAL_OK, 150},
    {"0.015e+2", 2, DECIMAL_OK, 150},
    {"150e-2", 2, DECIMAL_OK, 150},
    {"0.10", 2, DECIMAL_OK, 10},
    {"-12.34", 2, DECIMAL_OK, -1234},
    {"1e-3", 3, DECIMAL_OK, 1},
    {"1e-3", 2, DECIMAL_TOO_PRECISE, 0},
    {"0.001", 3, DECIMAL_OK, 1},
    {"0.0010", 3, DECIMAL_OK, 1},
    {"0.0015", 3, DECIMAL_TOO_PRECISE, 0},
    {"1.005", 2, DECIMAL_TOO_PRECISE, 0},
    {"100000e-7", 2, DECIMAL_OK, 1},
    {"5.0", 0, DECIMAL_OK, 5},
    {"5e0", 0, DECIMAL_OK, 5},
    {"5.5", 0, DECIMAL_TOO_PRECISE, 0},
    {"55e-1", 0, DECIMAL_TOO_PRECISE, 0},
    {"12e2", 0, DECIMAL_OK, 1200},
    {"9999999999999.99", 2, DECIMAL_OK, MONEY_MAX},
    {"999999999999.999", 3, DECIMAL_OK, QTY_MAX},
    {"10000000000000", 2, DECIMAL_OK, INT64_C(1000000000000000)},
    {"9007199254740993", 0, DECIMAL_OK, INT64_C(9007199254740993)},
    {"90071992547409.93", 2, DECIMAL_OK, INT64_C(9007199254740993)},
    {"9223372036854775807", 0, DECIMAL_OK, INT64_MAX},
    {"92233720368547758.07", 2, DECIMAL_OK, INT64_MAX},
    {"-9223372036854775808", 0, DECIMAL_OK, INT64_MIN},
    {"-92233720368547758.08", 2, DECIMAL_OK, INT64_MIN},
    {"9223372036854775808", 0, DECIMAL_RANGE, 0},
    {"-9223372036854775809", 0, DECIMAL_RANGE, 0},
    {"92233720368547758.08", 2, DECIMAL_RANGE, 0},
    {"12345678901234567890", 0, DECIMAL_RANGE, 0},
    {"12345678901234567890", 2, DECIMAL_RANGE, 0},
    {"10000000000000000000", 0, DECIMAL_RANGE, 0},
    {"1e18", 0, DECIMAL_OK, INT64_C(1000000000000000000)},
    {"1e19", 0, DECIMAL_RANGE, 0},
    {"1e400", 2, DECIMAL_RANGE, 0},
    {"-1e400", 2, DECIMAL_RANGE, 0},
    {"1e99999999999999999999", 2, DECIMAL_RANGE, 0},
    {"1e-400", 2, DECIMAL_TOO_PRECISE, 0},
    {"1e-99999999999999999999", 2, DECIMAL_TOO_PRECISE, 0},
    {"0e99999999999999999999", 2, DECIMAL_OK, 0},
    {"0e-99999999999999999999", 2, DECIMAL_OK, 0},
    {"1000000000000000000000000000000e-28", 2, DECIMAL_OK, 10000},
    {"0.00000000000000000000000000001e29", 2, DECIMAL_OK, 100},
};

Test(decimal, reads_exactly)
{
    for (size_t i = 0; i < sizeof READINGS / sizeof *READINGS; i++) {
        const Reading *r = &READINGS[i];
        int64_t value = -1;
        DecimalStatus status = decimal_parse(r->text, strlen(r->text), r->scale, &value);
        cr_expect_eq(status, r->status, "%s at scale %u: status %d", r->text, r->scale, status);
        if (status == DECIMAL_OK)
            cr_expect_eq(value, r->value, "%s at scale %u: %" PRId64, r->text, r->scale, value);
    }
}

Test(decimal, refuses_what_is_no_json_number)
{
    static const char *const TEXTS[] = {
        "",    "-",   "+1",       "01",  "-01",   "00",  "1.",    ".5",   "-.5",   "1.e1",
        "1e",  "1e+", "1e-",      "1 ",  " 1",    "1-2", "1.2.3", "0x10", "1e1.5", "1e1e1",
        "--1", "NaN", "Infinity", "1,5", "1_000", "e1",  "-e1",   "1a",   "½",
    };
    int64_t value;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        cr_expect_eq(decimal_parse(TEXTS[i], strlen(TEXTS[i]), 2, &value), DECIMAL_SYNTAX, "%s",
                     TEXTS[i]);
    cr_expect_eq(decimal_parse("1\0", 2, 2, &value), DECIMAL_SYNTAX);
    cr_expect_eq(decimal_parse("123", 2, 0, &value), DECIMAL_OK);
    cr_expect_eq(value, 12, "reads beyond its length");
}

Test(decimal, reads_a_megabyte_of_digits)
{
    enum { LENGTH = 1024 * 1024 };
    char *text = malloc(LENGTH);
    int64_t value;
    memset(text, '0', LENGTH);
    memcpy(text, "0.", 2);
    cr_expect_eq(decimal_parse(text, LENGTH, 2, &value), DECIMAL_OK);
    text[LENGTH - 1] = '1';
    cr_expect_eq(decimal_parse(text, LENGTH, 2, &value), DECIMAL_TOO_PRECISE);
    memset(text, '9', LENGTH);
    cr_expect_eq(decimal_parse(text, LENGTH, 2, &value), DECIMAL_RANGE);
    memset(text, '0', LENGTH);
    text[0] = '1';
    memcpy(text + LENGTH - 9, "e-1048567", 9); /* 10^1048566 × 10^-1048567 */
    cr_expect_eq(decimal_parse(text, LENGTH, 2, &value), DECIMAL_OK);
    cr_expect_eq(value, 10);
    free(text);
}

typedef struct Writing {
    int64_t value;
    unsigned scale;
    const char *text;
} Writing;

static const Writing WRITINGS[] = {
    {0, 0, "0"},
    {0, 2, "0"},
    {5, 0, "5"},
    {-5, 0, "-5"},
    {10, 0, "10"},
    {5, 1, "0.5"},
    {10, 1, "1"},
    {5, 2, "0.05"},
    {50, 2, "0.5"},
    {-5, 2, "-0.05"},
    {-50, 2, "-0.5"},
    {-1234, 2, "-12.34"},
    {1, 3, "0.001"},
    {-1, 4, "-0.0001"},
    {100, 3, "0.1"},
    {1000, 3, "1"},
    {1001, 3, "1.001"},
    {617500000, 2, "6175000"},
    {100050, 2, "1000.5"},
    {MONEY_MAX, 2, "9999999999999.99"},
    {QTY_MAX, 3, "999999999999.999"},
    {INT64_MAX, 0, "9223372036854775807"},
    {INT64_MAX, 4, "922337203685477.5807"},
    {INT64_MIN, 0, "-9223372036854775808"},
    {INT64_MIN, 2, "-92233720368547758.08"},
    {INT64_MIN, 4, "-922337203685477.5808"},
    {INT64_MIN, 18, "-9.223372036854775808"},
    {INT64_MIN, 19, "-0.9223372036854775808"},
};

Test(decimal, writes_the_shortest_text)
{
    char text[DECIMAL_TEXT];
    for (size_t i = 0; i < sizeof WRITINGS / sizeof *WRITINGS; i++) {
        size_t n = decimal_format(WRITINGS[i].value, WRITINGS[i].scale, text);
        cr_expect_str_eq(text, WRITINGS[i].text);
        cr_expect_eq(n, strlen(text));
    }
}

Test(decimal, reads_back_what_it_wrote)
{
    char text[DECIMAL_TEXT];
    int64_t value = 1, back;
    for (unsigned round = 0; round < 4000; round++) {
        value = (int64_t)((uint64_t)value * UINT64_C(6364136223846793005) + 1442695040888963407);
        int64_t shown = value >> (round % 60);
        for (unsigned scale = 0; scale <= 4; scale++) {
            size_t n = decimal_format(shown, scale, text);
            cr_assert_eq(decimal_parse(text, n, scale, &back), DECIMAL_OK, "%s", text);
            cr_assert_eq(back, shown, "%s", text);
        }
    }
}

typedef struct Product {
    int64_t a, b, c; /* c: the divisor */
    bool fits;
    int64_t result;
} Product;

static const Product PRODUCTS[] = {
    {15, 1, 10, true, 2},
    {14, 1, 10, true, 1},
    {-15, 1, 10, true, -2},
    {-14, 1, 10, true, -1},
    {-16, 1, 10, true, -2},
    {5, -1, 10, true, -1},
    {-5, -1, 10, true, 1},
    {4, 1, 10, true, 0},
    {-4, 1, 10, true, 0},
    {1, 1, 3, true, 0},
    {2, 1, 3, true, 1},
    {-2, 1, 3, true, -1},
    {7, 1, -2, true, -4},
    {1, 1, 2, true, 1},
    {MONEY_MAX, QTY_MAX, 1000, false, 0},
    {MONEY_MAX, QTY_MAX, QTY_MAX, true, MONEY_MAX},
    {INT64_MAX, INT64_MAX, INT64_MAX, true, INT64_MAX},
    {INT64_MIN, 1, 1, true, INT64_MIN},
    {INT64_MIN, -1, 1, false, 0},
    {INT64_MIN, 1, -1, false, 0},
    {INT64_MIN, INT64_MIN, INT64_MIN, true, INT64_MIN},
};

Test(decimal, rounds_half_away_from_zero)
{
    for (size_t i = 0; i < sizeof PRODUCTS / sizeof *PRODUCTS; i++) {
        const Product *p = &PRODUCTS[i];
        int64_t result = 0;
        bool fits = decimal_mul_div(p->a, p->b, p->c, &result);
        cr_expect_eq(fits, p->fits, "row %zu", i);
        if (fits)
            cr_expect_eq(result, p->result, "row %zu: %" PRId64, i, result);
    }
    int64_t result;
    cr_expect(decimal_mul(12345, 10, 1, &result) && result == 12345);
    cr_expect(decimal_mul(12345, 1, 1, &result) && result == 1235);
    cr_expect(decimal_mul(-12345, 1, 1, &result) && result == -1235);
    cr_expect(decimal_mul(-12344, 1, 1, &result) && result == -1234);
    cr_expect(!decimal_mul(INT64_MAX, 2, 0, &result));
}

typedef struct LineTotal {
    const char *qty, *price, *discount, *total;
} LineTotal;

static const LineTotal LINES[] = {
    {"100", "65000", "5", "6175000"},    {"100", "65000", "0", "6500000"},
    {"100", "65000", "100", "0"},        {"1", "0.01", "50", "0.01"}, /* 0.005 */
    {"1", "0.01", "50.01", "0"},         {"0.001", "4.99", "0", "0"},
    {"0.001", "5", "0", "0.01"},         {"0.333", "9.99", "12.5", "2.91"}, /* 2.91083625 */
    {"3", "0.33", "33.33", "0.66"},      {"1", "9999999999999.99", "0", "9999999999999.99"},
    {"1.005", "1", "0", "1.01"},         {"2.5", "0.01", "0", "0.03"},
    {"999999999999.999", "0", "0", "0"}, {"1", "-0.01", "50", "-0.01"},
};

static int64_t scaled(const char *text, unsigned scale)
{
    int64_t value;
    cr_assert_eq(decimal_parse(text, strlen(text), scale, &value), DECIMAL_OK, "%s", text);
    return value;
}

Test(decimal, line_totals)
{
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        int64_t total;
        cr_assert(decimal_line_total(scaled(LINES[i].qty, 3), scaled(LINES[i].price, 2),
                                     scaled(LINES[i].discount, 2), &total));
        char text[DECIMAL_TEXT];
        decimal_format(total, 2, text);
        cr_expect_str_eq(text, LINES[i].total);
    }
    int64_t total;
    cr_expect(!decimal_line_total(QTY_MAX, MONEY_MAX, 0, &total));
    cr_expect(!decimal_line_total(INT64_MAX, INT64_MAX, 0, &total));
    cr_expect(!decimal_line_total(INT64_MIN, INT64_MIN, INT64_MIN, &total));
}

Test(decimal, sums)
{
    int64_t sum;
    cr_expect(decimal_add(INT64_MAX - 1, 1, &sum) && sum == INT64_MAX);
    cr_expect(decimal_add(-5, 3, &sum) && sum == -2);
    cr_expect(!decimal_add(INT64_MAX, 1, &sum));
    cr_expect(!decimal_add(INT64_MIN, -1, &sum));
}
