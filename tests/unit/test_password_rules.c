/* What a new password must be. Not hashing. */
#include "password_rules.h"

#include <criterion/criterion.h>
#include <string.h>

Test(password_rules, password_fault)
{
    static const struct {
        const char *password, *username;
        const char *fault; /* a word of the sentence; NULL: none */
    } CASES[] = {
        {"Password123!", "admin", NULL},
        {"12345678", "admin", NULL},
        {"1234567", "admin", "8 characters"},
        {"éééé", "admin", "8 characters"}, /* eight bytes */
        {"éééééééé", "admin", NULL},
        {"warehouse", "warehouse", "username"},
        {"WareHouse", "warehouse", "username"},
        {"warehouse1", "warehouse", NULL},
        {"JÉRÔME-Ñandú", "jérôme-ñANDÚ", "username"},
        {"ПЕТР-ПЕТРОВ", "петр-петров", "username"},
        {"jerome-ñandu", "jérôme-ñandú", NULL},
        {"Password123!", NULL, NULL}, /* a change that leaves the username out */
        {"        ", "admin", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *fault = password_fault(CASES[i].password, CASES[i].username);
        if (!CASES[i].fault)
            cr_expect_null(fault, "%s: %s", CASES[i].password, fault);
        else
            cr_expect(fault && strstr(fault, CASES[i].fault), "%s: %s", CASES[i].password, fault);
    }
}
