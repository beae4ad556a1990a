/* Exact decimals: an int64 scaled by 10^scale. Money has scale 2, quantities 3, unit costs 4,
 * percentages 2. Never binary floating point; products are computed in 128 bits, here alone. */
#ifndef SF_BASE_DECIMAL_H
#define SF_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    SCALE_MONEY = 2,
    SCALE_QTY = 3,
    DECIMAL_TEXT = 24, /* room for any value as text */
};

#define MONEY_MAX INT64_C(999999999999999) /* numeric(15,2): 9 999 999 999 999.99 */
#define QTY_MAX   INT64_C(999999999999999) /* numeric(15,3): 999 999 999 999.999 */

typedef enum DecimalStatus {
    DECIMAL_OK,
    DECIMAL_SYNTAX,
    DECIMAL_TOO_PRECISE,
    DECIMAL_RANGE
} DecimalStatus;

/* Reads a JSON number token (sign, no leading zeros, optional fraction, optional exponent) as a
 * value of that scale. 1.50, 1.5 and 15e-1 are the same value; trailing zeros of the fraction don't
 * count as decimals; 1.005 at scale 2 is DECIMAL_TOO_PRECISE, never rounded. A huge exponent is
 * DECIMAL_RANGE (or zero), in bounded time. */
DecimalStatus decimal_parse(const char *text, size_t length, unsigned scale, int64_t *ret_value);

/* Shortest text: 6175000, 0.5, -12.34. `text` holds DECIMAL_TEXT bytes. Returns the length. */
size_t decimal_format(int64_t value, unsigned scale, char *text);

/* a × b ÷ 10^drop, rounded half away from zero; false where the result leaves int64. */
bool decimal_mul(int64_t a, int64_t b, unsigned drop, int64_t *ret_value);
/* a × b ÷ c (c ≠ 0), rounded half away from zero; false where the result leaves int64. */
bool decimal_mul_div(int64_t a, int64_t b, int64_t c, int64_t *ret_value);
/* round(qty × price × (1 − discount/100)) to money, from thousandths, minor units and hundredths of
 * a percent: one rounding at the end, as lineTotal is computed. */
bool decimal_line_total(int64_t qty, int64_t price, int64_t discount_pct, int64_t *ret_total);
bool decimal_add(int64_t a, int64_t b, int64_t *ret_value);

#endif
