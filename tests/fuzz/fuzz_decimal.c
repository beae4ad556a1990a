/* A number token is read exactly: it comes back from its own text, and lies where the C library's
 * reading lies. The first byte is the scale. */
#include "base/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

static void near_the_c_library(const char *text, unsigned scale, int64_t value)
{
    long double exact = strtold(text, NULL) * powl(10, scale);
    require(fabsl(exact - (long double)value) <= 1e-15L * fabsl(exact));
}

static void back_from_its_text(unsigned scale, int64_t value)
{
    char text[DECIMAL_TEXT], again[DECIMAL_TEXT];
    int64_t back;
    size_t length = decimal_format(value, scale, text);
    require(length < sizeof text && strlen(text) == length);
    require(decimal_parse(text, length, scale, &back) == DECIMAL_OK && back == value);
    require(decimal_format(back, scale, again) == length && strcmp(text, again) == 0);
    const char *point = strchr(text, '.');
    require(!point || text[length - 1] != '0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[512];
    int64_t value;
    if (size < 1 || size > sizeof text)
        return 0;
    unsigned scale = data[0] % 5;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (decimal_parse(text, size - 1, scale, &value) == DECIMAL_OK) {
        near_the_c_library(text, scale, value);
        back_from_its_text(scale, value);
    }
    return 0;
}
