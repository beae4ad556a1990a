/* UUIDs and random bytes. */
#include "base/id.h"

#include <criterion/criterion.h>
#include <string.h>

Test(id, version_7)
{
    char before[UUID_TEXT], text[UUID_TEXT];
    uuid_v7(before);
    for (int i = 0; i < 1000; i++) {
        uuid_v7(text);
        cr_assert(uuid_valid(text, strlen(text)), "%s", text);
        cr_assert_eq(text[14], '7', "%s", text);
        cr_assert_not_null(strchr("89ab", text[19]), "%s", text);
        cr_assert_str_neq(text, before);
        cr_assert(memcmp(before, text, 13) <= 0, "%s is older than %s", text, before);
        memcpy(before, text, sizeof before);
    }
}

Test(id, text_of_a_uuid)
{
    static const char *const REFUSED[] = {
        "",
        "0190a6a0-7d5e-7c3a-9b1e-0123456789a",
        "0190a6a0-7d5e-7c3a-9b1e-0123456789abc",
        "0190a6a07d5e7c3a9b1e0123456789abcdef",
        "{190a6a0-7d5e-7c3a-9b1e-0123456789a}",
        "0190a6a0-7d5e-7c3a-9b1e-0123456789ag",
        "0190a6a0-7d5e-7c3a-9b1e0-123456789ab",
        " 190a6a0-7d5e-7c3a-9b1e-0123456789ab",
        "0190a6a0_7d5e_7c3a_9b1e_0123456789ab",
        "-190a6a0-7d5e-7c3a-9b1e-0123456789ab",
    };
    char text[] = "0190A6A0-7D5e-7c3A-9B1E-0123456789AB";
    cr_assert(uuid_valid(text, strlen(text)));
    uuid_lower(text);
    cr_expect_str_eq(text, "0190a6a0-7d5e-7c3a-9b1e-0123456789ab");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        cr_expect(!uuid_valid(REFUSED[i], strlen(REFUSED[i])), "%s", REFUSED[i]);
}

Test(id, random_bytes_fill_everything)
{
    enum { LENGTH = 100000 };
    static unsigned char data[LENGTH + 1];
    size_t counts[256] = {0};
    random_bytes(data, LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        counts[data[i]]++;
    for (size_t i = 0; i < 256; i++) /* 390 expected, deviation 20 */
        cr_expect(counts[i] > 200 && counts[i] < 600, "byte %zu: %zu times", i, counts[i]);
    cr_expect_eq(data[LENGTH], 0, "wrote beyond the end");
}
