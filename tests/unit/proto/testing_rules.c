/* The rules of testing.proto. Answers leave unset fields out, so that they can be read again; the
 * nullable ones show null. */
#include "testing_rules.h"

#include "base/decimal.h"

static const char *const STATES[] = {"draft", "approved", NULL};
static const char *const SORTS[] = {"createdAt", "total", NULL};

static const PbField LINE_FIELDS[] = {
    {.json = "itemId", .format = FORMAT_UUID, .required = true, .omit_unset = true},
    {.json = "qty",
     .decimals = 3,
     .required = true,
     .omit_unset = true,
     .has_min = true,
     .min = 1,
     .has_max = true,
     .max = QTY_MAX},
    {.json = "price",
     .decimals = 2,
     .nullable = true,
     .has_min = true,
     .min = 0,
     .has_max = true,
     .max = MONEY_MAX},
    {.json = "discountPct",
     .decimals = 2,
     .omit_unset = true,
     .has_min = true,
     .min = 0,
     .has_max = true,
     .max = 10000,
     .default_json = "0"},
    {.json = "marks", .omit_unset = true, .max_items = 2},
};
const PbRule LINE_RULE = {&testing__line__descriptor, LINE_FIELDS, -1};

static const PbField REF_FIELDS[] = {
    {.json = "uuid", .format = FORMAT_UUID, .required = true, .omit_unset = true},
    {.json = "code", .format = FORMAT_CODE, .nullable = true, .default_json = "\"A\\u002d1\""},
};
const PbRule REF_RULE = {&testing__ref__descriptor, REF_FIELDS, -1};

static const PbField ORDER_FIELDS[] = {
    [ORDER_UUID] = {.json = "uuid", .format = FORMAT_UUID, .omit_unset = true},
    [ORDER_CUSTOMER_ID] = {.json = "customerId",
                           .format = FORMAT_UUID,
                           .required = true,
                           .omit_unset = true},
    [ORDER_ORDER_DATE] = {.json = "orderDate",
                          .format = FORMAT_DATE,
                          .required = true,
                          .omit_unset = true},
    [ORDER_CUSTOMER_PO] = {.json = "customerPO", .nullable = true},
    [ORDER_NOTES] = {.json = "notes", .format = FORMAT_NOTES, .nullable = true},
    [ORDER_ITEMS] = {.json = "items",
                     .required = true,
                     .max_items = ITEMS_MAX,
                     .message = &LINE_RULE},
    [ORDER_DISCOUNT_AMOUNT] = {.json = "discountAmount",
                               .decimals = 2,
                               .omit_unset = true,
                               .has_min = true,
                               .min = 0,
                               .has_max = true,
                               .max = MONEY_MAX,
                               .default_json = "0"},
    [ORDER_STATUS] = {.json = "status", .omit_unset = true, .in = STATES},
    [ORDER_VERSION] = {.json = "version", .omit_unset = true},
    [ORDER_TAGS] = {.json = "tags", .omit_unset = true, .nullable = true, .max_items = TAGS_MAX},
    [ORDER_IS_OPEN] = {.json = "isOpen", .omit_unset = true, .default_json = "true"},
    [ORDER_TERM_DAYS] = {.json = "termDays",
                         .omit_unset = true,
                         .has_min = true,
                         .min = 0,
                         .has_max = true,
                         .max = 3650,
                         .default_json = "30"},
    [ORDER_PAGE] = {.json = "page", .omit_unset = true},
    [ORDER_SEAL] = {.json = "seal", .omit_unset = true},
    [ORDER_CODE] = {.json = "code", .omit_unset = true, .format = FORMAT_CODE},
    [ORDER_EMAIL] = {.json = "email", .omit_unset = true, .format = FORMAT_EMAIL},
    [ORDER_PASSWORD] = {.json = "password",
                        .omit_unset = true,
                        .format = FORMAT_PASSWORD,
                        .secret = true},
    [ORDER_SORT] = {.json = "sort", .omit_unset = true, .format = FORMAT_SORT, .in = SORTS},
    [ORDER_SEARCH] = {.json = "search", .omit_unset = true, .format = FORMAT_SEARCH},
    [ORDER_CURSOR] = {.json = "cursor", .omit_unset = true, .format = FORMAT_OPAQUE},
    [ORDER_SHIPPED_AT] = {.json = "shippedAt", .omit_unset = true, .format = FORMAT_INSTANT},
    [ORDER_CUSTOMER] = {.json = "customer", .omit_unset = true, .message = &REF_RULE},
    [ORDER_NUMBERS] = {.json = "numbers", .omit_unset = true, .max_items = 4},
    [ORDER_FLAGS] = {.json = "flags", .omit_unset = true, .max_items = 4},
    [ORDER_SEALS] = {.json = "seals", .omit_unset = true, .max_items = 4},
    [ORDER_COST] = {.json = "cost", .decimals = 4, .nullable = true, .default_json = "1.5"},
    [ORDER_SHORT_NAME] = {.json = "shortName",
                          .omit_unset = true,
                          .min_length = 2,
                          .max_length = 4},
    [ORDER_GIVEN] = {.json = "given", .max_items = 64},
};
const PbRule ORDER_RULE = {&testing__order__descriptor, ORDER_FIELDS, ORDER_GIVEN};

static const PbField DOCUMENT_FIELDS[] = {
    {.json = "uuid", .format = FORMAT_UUID},
    {.json = "customerPO", .nullable = true},
    {.json = "notes", .format = FORMAT_NOTES, .nullable = true},
    {.json = "items", .max_items = ITEMS_MAX, .message = &LINE_RULE},
    {.json = "termDays"},
    {.json = "customer"},
    {.json = "isOpen"},
    {.json = "discountAmount", .decimals = 2},
    {.json = "cost", .decimals = 2},
};
const PbRule DOCUMENT_RULE = {&testing__document__descriptor, DOCUMENT_FIELDS, -1};

static const char *const RIGHTS[] = {"so.read", "so.create", NULL};

static const PbField MOVE_FIELDS[] = {
    {.json = "fromId", .format = FORMAT_UUID},
    {.json = "toId", .format = FORMAT_UUID, .other_than = "from_id"},
    {.json = "qty",
     .decimals = 3,
     .has_min = true,
     .min = -QTY_MAX,
     .has_max = true,
     .max = QTY_MAX,
     .not_zero = true},
    {.json = "rights",
     .format = FORMAT_PERMISSION_NAME,
     .must_be_given = true,
     .max_items = 4,
     .in = RIGHTS},
    {.json = "reason", .format = FORMAT_NOTES, .required = true, .must_be_given = true},
    {.json = "note", .format = FORMAT_NOTES},
    {.json = "page",
     .has_min = true,
     .min = 1,
     .has_max = true,
     .max = 10000,
     .max_hint = "use cursor"},
    {.json = "limit", .has_min = true, .min = 1, .has_max = true, .max = 100},
    {.json = "cursor", .format = FORMAT_OPAQUE},
    {.json = "lines", .nullable = true, .max_items = ITEMS_MAX, .message = &LINE_RULE},
    {.json = "firstDay", .format = FORMAT_DATE},
    {.json = "lastDay", .format = FORMAT_DATE, .not_before = "first_day"},
    {.json = "given", .max_items = 64},
};
const PbRule MOVE_RULE = {&testing__move__descriptor, MOVE_FIELDS, 12};

static const PbRule *const RULES[] = {&LINE_RULE, &REF_RULE, &ORDER_RULE, &DOCUMENT_RULE,
                                      &MOVE_RULE};
const Contract TESTING_CONTRACT = {.service = "testing", .rules = RULES, .rule_count = 5};
