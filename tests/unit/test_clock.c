/* Dates, instants, the business day and the shifted clock. */
#include "base/clock.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(clock, days_that_exist)
{
    static const char *const VALID[] = {"2000-01-01", "2099-12-31", "2024-02-29", "2000-02-29",
                                        "2023-02-28", "2023-04-30", "2023-12-31"};
    static const char *const REFUSED[] = {
        "",
        "2023-02-29",
        "2100-01-01",
        "1999-12-31",
        "2024-02-30",
        "2023-04-31",
        "2023-00-10",
        "2023-13-10",
        "2023-01-00",
        "2023-01-32",
        "2023-1-01",
        "2023-01-1",
        "2023/01/01",
        "20230101",
        "2023-01-01 ",
        " 2023-01-01",
        "2023-01-01T00:00:00Z",
        "+023-01-01",
        "2023-+1-01",
        "2023-01- 1",
        "२०२३-01",
    };
    for (size_t i = 0; i < sizeof VALID / sizeof *VALID; i++)
        cr_expect(date_valid(VALID[i], strlen(VALID[i])), "%s", VALID[i]);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!date_valid(REFUSED[i], strlen(REFUSED[i])), "%s", REFUSED[i]);
}

typedef struct Moment {
    const char *text;
    int64_t micros;
    const char *shown;
} Moment;

static const Moment MOMENTS[] = {
    {"1900-01-01T00:00:00Z", INT64_C(-2208988800000000), "1900-01-01T00:00:00.000Z"},
    {"1900-02-28T23:59:59Z", INT64_C(-2203891201000000), "1900-02-28T23:59:59.000Z"},
    {"2000-01-01T00:00:00Z", INT64_C(946684800000000), "2000-01-01T00:00:00.000Z"},
    {"2024-12-27T10:00:00Z", INT64_C(1735293600000000), "2024-12-27T10:00:00.000Z"},
    {"2024-12-27T10:00:00.5Z", INT64_C(1735293600500000), "2024-12-27T10:00:00.500Z"},
    {"2024-12-27T10:00:00.123456Z", INT64_C(1735293600123456), "2024-12-27T10:00:00.123Z"},
    {"2024-02-29T23:59:59.999999Z", INT64_C(1709251199999999), "2024-02-29T23:59:59.999Z"},
    {"2024-12-27T10:00:00.1234569Z", INT64_C(1735293600123456), "2024-12-27T10:00:00.123Z"},
    {"2024-12-27T10:00:00.999999999Z", INT64_C(1735293600999999), "2024-12-27T10:00:00.999Z"},
    {"2099-12-31T23:59:59Z", INT64_C(4102444799000000), "2099-12-31T23:59:59.000Z"},
};

Test(clock, instants)
{
    char shown[INSTANT_TEXT];
    for (size_t i = 0; i < sizeof MOMENTS / sizeof *MOMENTS; i++) {
        int64_t micros = 0;
        cr_expect(instant_parse(MOMENTS[i].text, strlen(MOMENTS[i].text), &micros), "%s",
                  MOMENTS[i].text);
        cr_expect_eq(micros, MOMENTS[i].micros, "%s: %" PRId64, MOMENTS[i].text, micros);
        instant_format(MOMENTS[i].micros, shown);
        cr_expect_str_eq(shown, MOMENTS[i].shown);
    }
    instant_format(-1, shown);
    cr_expect_str_eq(shown, "1969-12-31T23:59:59.999Z");
    instant_format(INT64_MAX, shown);
    instant_format(INT64_MIN, shown);
    cr_expect(strlen(shown) < INSTANT_TEXT);
}

Test(clock, texts_that_are_no_instants)
{
    static const char *const REFUSED[] = {
        "",
        "2024-12-27",
        "2024-12-27T10:00:00",
        "2024-12-27T10:00Z",
        "2024-12-27 10:00:00Z",
        "2024-12-27t10:00:00z",
        "2024-12-27T10:00:00+00:00",
        "2024-12-27T24:00:00Z",
        "2024-12-27T10:60:00Z",
        "2016-12-31T23:59:60Z",
        "2024-12-27T10:00:00.Z",
        "2024-12-27T10:00:00,5Z",
        "2024-12-27T10:00:00.1234567890Z",
        "1900-02-29T10:00:00Z",
        "2024-12-27T10:00:00.1a3Z",
        "2023-02-29T10:00:00Z",
        "2100-01-01T00:00:00Z",
        "1899-12-31T23:59:59Z",
        "2024-12-27T10:00:00ZZ",
        "2024-12-27T10:00:000Z",
        "2024-12-27T-1:00:00Z",
    };
    int64_t micros;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!instant_parse(REFUSED[i], strlen(REFUSED[i]), &micros), "%s", REFUSED[i]);
}

Test(clock, business_day_of_the_zone)
{
    char day[DATE_TEXT];
    int64_t micros;
    cr_assert(clock_setup("Asia/Jakarta", NULL)); /* UTC+7, no summer time */
    cr_assert(instant_parse("2024-12-31T16:59:59.999Z", 24, &micros));
    date_of(micros, day);
    cr_expect_str_eq(day, "2024-12-31");
    date_of(micros + 1000, day);
    cr_expect_str_eq(day, "2025-01-01");
    cr_assert(clock_setup("America/New_York", NULL));
    date_of(micros, day);
    cr_expect_str_eq(day, "2024-12-31");
    date_of(-1, day);
    cr_expect_str_eq(day, "1969-12-31");
}

Test(clock, month_of_a_day)
{
    cr_expect_eq(date_month("2024-12-27"), 202412);
    cr_expect_eq(date_month("2000-01-01"), 200001);
    cr_expect_eq(date_month("2099-08-31"), 209908);
}

Test(clock, unknown_zones)
{
    cr_expect(!clock_setup("", NULL));
    cr_expect(!clock_setup("Nowhere/Else", NULL));
    cr_expect(!clock_setup("../../../etc/passwd", NULL));
    cr_expect(clock_setup("UTC", ""));
}

Test(clock, shifted_by_a_file)
{
    char path[] = "/tmp/clock-XXXXXX";
    int file = mkstemp(path);
    cr_assert(file >= 0);
    cr_assert_eq(write(file, "86400\n", 6), 6);
    close(file);
    cr_assert(clock_setup("UTC", path));
    int64_t shift = clock_business() - clock_wall();
    unlink(path);
    cr_expect(llabs(shift - INT64_C(86400000000)) < 5000000, "%" PRId64, shift);
    cr_expect(clock_business() - clock_wall() > INT64_C(86000000000),
              "a lost file keeps its shift");
}

Test(clock, runs_forward)
{
    int64_t start = clock_monotonic_ms();
    cr_expect(clock_wall() > INT64_C(1700000000000000));
    cr_expect(clock_monotonic_ms() >= start);
}
