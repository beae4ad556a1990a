/* Errors and their details. */
#include "base/err.h"

#include <criterion/criterion.h>
#include <string.h>

static Arena *arena;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(err, .init = setup, .fini = teardown);

static const Err OVER_CREDIT = {.kind = ERR_RULE, .message = "Credit limit exceeded", .keep = true};

Test(err, a_list_keeps_the_order)
{
    ErrList list = {.arena = arena};
    char field[] = "items[0].qty";
    cr_expect_null(errlist_result(&list, &ERR_VALIDATION));
    errlist_add(&list, field, "must be at least %s", "0.001");
    errlist_add(&list, "customerId", "is required");
    field[0] = 'X';
    const Err *err = errlist_result(&list, &ERR_VALIDATION);
    cr_assert_not_null(err);
    cr_expect_eq(err->kind, ERR_INVALID);
    cr_expect_str_eq(err->message, "Validation failed");
    cr_expect_str_eq(err->details->field, "items[0].qty");
    cr_expect_str_eq(err->details->message, "must be at least 0.001");
    cr_expect_str_eq(err->details->next->field, "customerId");
    cr_expect_null(err->details->next->next);
    cr_expect(err_is(err, &ERR_VALIDATION));
}

Test(err, a_list_is_bounded)
{
    ErrList list = {.arena = arena};
    for (int i = 0; i < 2000; i++)
        errlist_add(&list, "field", "fault %d", i);
    cr_expect_eq(list.count, ERR_DETAILS_MAX);
    cr_expect_str_eq(list.last->message, "fault 999");
    cr_expect_null(list.last->next);
}

Test(err, a_list_knows_what_it_names)
{
    ErrList list = {.arena = arena};
    cr_expect_not(errlist_names(&list, "items"));
    for (int i = 0; i < 500; i++) {
        char *field = arena_printf(arena, "items[%d].qty", i);
        cr_expect_not(errlist_names(&list, field), "%s", field);
        errlist_add(&list, field, "is required");
        errlist_add(&list, field, "must not be 0");
        field[0] = 'x';
    }
    for (int i = 0; i < 500; i++)
        cr_expect(errlist_names(&list, arena_printf(arena, "items[%d].qty", i)), "%d", i);
    cr_expect_not(errlist_names(&list, "items[500].qty"));
    cr_expect_not(errlist_names(&list, ""));
}

Test(err, copies_remember_their_base)
{
    const Err *err = err_with_detail(arena, &OVER_CREDIT, "total", "exceeds %d", 7);
    err = err_with_cause(arena, err, "limit of %s", "CUST-00001");
    err = err_with_retry(arena, err, 30);
    err = err_with_detail(arena, err, "customerId", "owes");
    cr_expect(err_is(err, &OVER_CREDIT));
    cr_expect(!err_is(err, &ERR_VALIDATION));
    cr_expect(!err_is(NULL, &OVER_CREDIT));
    cr_expect(err_is(&OVER_CREDIT, &OVER_CREDIT));
    cr_expect_eq(err->kind, ERR_RULE);
    cr_expect(err->keep);
    cr_expect_eq(err->retry_after, 30);
    cr_expect_str_eq(err->cause, "limit of CUST-00001");
    cr_expect_str_eq(err->details->field, "customerId");
    cr_expect_str_eq(err->details->next->message, "exceeds 7");
    cr_expect_null(OVER_CREDIT.details, "the constant stays as it is");
}

static const Err *tried(const Err *inner, int *steps)
{
    ++*steps;
    TRY(inner);
    ++*steps;
    return NULL;
}

Test(err, try_returns_early)
{
    int steps = 0;
    cr_expect_eq(tried(&OVER_CREDIT, &steps), &OVER_CREDIT);
    cr_expect_eq(steps, 1);
    cr_expect_null(tried(NULL, &steps));
    cr_expect_eq(steps, 3);
}

Test(err, every_kind_has_its_phrase)
{
    static const ErrKind KINDS[] = {400, 401, 403, 404, 405, 409, 411,
                                    412, 413, 415, 422, 429, 431, 503};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        cr_expect_str_neq(err_phrase(KINDS[i]), "Internal Server Error", "%d", (int)KINDS[i]);
    cr_expect_str_eq(err_phrase(ERR_INVALID), "Bad Request");
    cr_expect_str_eq(err_phrase(ERR_INTERNAL), "Internal Server Error");
}
