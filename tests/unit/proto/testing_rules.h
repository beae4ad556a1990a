/* The rules of testing.proto. Written by hand, as protoc-gen-sentient would write them. */
#ifndef SF_TESTS_TESTING_RULES_H
#define SF_TESTS_TESTING_RULES_H

#include "kit/contract.h"
#include "testing.pb-c.h"

extern const PbRule LINE_RULE, REF_RULE, ORDER_RULE, DOCUMENT_RULE, MOVE_RULE;
extern const Contract TESTING_CONTRACT;

/* Indexes of Order's fields, in the order of their tags. */
enum {
    ORDER_UUID,
    ORDER_CUSTOMER_ID,
    ORDER_ORDER_DATE,
    ORDER_CUSTOMER_PO,
    ORDER_NOTES,
    ORDER_ITEMS,
    ORDER_DISCOUNT_AMOUNT,
    ORDER_STATUS,
    ORDER_VERSION,
    ORDER_TAGS,
    ORDER_IS_OPEN,
    ORDER_TERM_DAYS,
    ORDER_PAGE,
    ORDER_SEAL,
    ORDER_CODE,
    ORDER_EMAIL,
    ORDER_PASSWORD,
    ORDER_SORT,
    ORDER_SEARCH,
    ORDER_CURSOR,
    ORDER_SHIPPED_AT,
    ORDER_CUSTOMER,
    ORDER_NUMBERS,
    ORDER_FLAGS,
    ORDER_SEALS,
    ORDER_COST,
    ORDER_SHORT_NAME,
    ORDER_GIVEN,
};

enum { ITEMS_MAX = 5, TAGS_MAX = 3 };

#endif
