/* Log lines: each is one line of JSON, whatever is in it. */
#include "base/log.h"

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* What log_write() wrote, parsed; the test asserts that it was one line. */
static cJSON *line_read(void)
{
    static char text[8192];
    (void)fflush(stderr);
    FILE *lines = cr_get_redirected_stderr();
    size_t n = fread(text, 1, sizeof text - 1, lines);
    text[n] = '\0';
    cr_assert(n > 0 && n <= 4096, "%zu bytes", n);
    cr_assert_eq(strchr(text, '\n'), text + n - 1);
    cr_assert(utf8_valid(text, n));
    cJSON *line = cJSON_ParseWithOpts(text, NULL, 0);
    cr_assert_not_null(line, "%s", text);
    return line;
}

static const char *member(const cJSON *line, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, key));
}

Test(log, values_are_keys, .init = cr_redirect_stderr)
{
    log_setup("sales", LOG_INFO_LEVEL);
    log_debug("too small", LOG_INT("n", 1));
    log_info("request", LOG_STR("path", "/a\"b\\c\n"), LOG_INT("ms", -7), LOG_STR("none", NULL));
    cJSON *line = line_read();
    cr_expect_str_eq(member(line, "service"), "sales");
    cr_expect_str_eq(member(line, "level"), "info");
    cr_expect_str_eq(member(line, "message"), "request");
    cr_expect_str_eq(member(line, "path"), "/a\"b\\c ");
    cr_expect_str_eq(member(line, "none"), "");
    cr_expect_eq(cJSON_GetObjectItemCaseSensitive(line, "ms")->valueint, -7);
    cJSON_Delete(line);
}

Test(log, long_values_are_cut, .init = cr_redirect_stderr)
{
    static char quotes[5000], euros[5000];
    memset(quotes, '"', sizeof quotes - 1);
    for (size_t i = 0; i + 3 < sizeof euros; i += 3)
        memcpy(euros + i, "€", 3);
    log_error("long", LOG_STR("euros", euros), LOG_STR("quotes", quotes), LOG_STR("more", quotes),
              LOG_INT("last", 5));
    cJSON *line = line_read();
    cr_expect_eq(strlen(member(line, "euros")), 1023);
    cr_expect_eq(strlen(member(line, "quotes")), 1024);
    cr_expect_null(member(line, "more"), "no room for it");
    cr_expect_eq(cJSON_GetObjectItemCaseSensitive(line, "last")->valueint, 5);
    cJSON_Delete(line);
}

Test(log, what_repeats_itself_is_said_twice_a_minute)
{
    LogRepeat repeat = {0};
    cr_expect(log_is_news(&repeat, "refused", 1000));
    cr_expect_not(log_is_news(&repeat, "refused", 1500));
    cr_expect_not(log_is_news(&repeat, "refused", 30999));
    cr_expect(log_is_news(&repeat, "refused", 31000));
    cr_expect(log_is_news(&repeat, "starting up", 31001));
    cr_expect(log_is_news(&repeat, "refused", 31002));
    repeat = (LogRepeat){0};
    cr_expect(log_is_news(&repeat, "refused", 31003));
    char lengthy[1000];
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    cr_expect(log_is_news(&repeat, lengthy, 31004));
    cr_expect_not(log_is_news(&repeat, lengthy, 31005));
}
