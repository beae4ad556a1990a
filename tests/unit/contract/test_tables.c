/* The tables made from the real contract: what holds for every method and message, and a few rows
 * looked at closely. Not the plugin's refusals: broken.sh. */
#include <criterion/criterion.h>
#include <string.h>

#include "sentient/common.contract.h"
#include "sentient/contracts.h"
#include "sentient/inventory.contract.h"
#include "sentient/sales.contract.h"

static int field_index(const PbRule *rule, const char *name)
{
    for (unsigned i = 0; i < rule->descriptor->n_fields; i++)
        if (strcmp(rule->descriptor->fields[i].name, name) == 0)
            return (int)i;
    return -1;
}

static const PbField *field_of(const PbRule *rule, const char *name)
{
    int index = field_index(rule, name);
    cr_assert_geq(index, 0, "%s.%s", rule->descriptor->short_name, name);
    return &rule->fields[index];
}

static bool taken_by_put(const PbRule *rule)
{
    for (size_t c = 0; c < CONTRACT_COUNT; c++)
        for (size_t m = 0; m < CONTRACTS[c]->method_count; m++)
            if (CONTRACTS[c]->methods[m].verb == VERB_PUT && CONTRACTS[c]->methods[m].in == rule)
                return true;
    return false;
}

static bool must_be_given(const PbRule *rule)
{
    for (unsigned i = 0; i < rule->descriptor->n_fields; i++)
        if (rule->fields[i].must_be_given)
            return true;
    return false;
}

static void check_rule(const PbRule *rule)
{
    const ProtobufCMessageDescriptor *type = rule->descriptor;
    cr_expect_eq(rule->given >= 0, taken_by_put(rule) || must_be_given(rule), "%s", type->name);
    cr_expect_eq(rule->given, field_index(rule, "given"), "%s", type->name);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const PbField *field = &rule->fields[i];
        bool message = type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE;
        cr_expect_gt(field->max_items, 0);
        cr_expect_eq(*field->json == '\0', (int)i == rule->given, "%s.%s", type->name,
                     type->fields[i].name);
        if (message)
            cr_expect_eq(field->message->descriptor, type->fields[i].descriptor);
        else
            cr_expect_null(field->message);
    }
}

Test(tables, every_rule_fits_its_descriptor)
{
    for (size_t i = 0; i < COMMON_CONTRACT.rule_count; i++)
        check_rule(COMMON_CONTRACT.rules[i]);
    for (size_t c = 0; c < CONTRACT_COUNT; c++)
        for (size_t i = 0; i < CONTRACTS[c]->rule_count; i++)
            check_rule(CONTRACTS[c]->rules[i]);
}

static void check_method(const Contract *contract, const Method *method)
{
    size_t length = strlen(contract->service);
    cr_expect_eq(strncmp(method->subject, contract->service, length), 0, "%s", method->subject);
    cr_expect_eq(method->internal, method->verb == VERB_NONE, "%s", method->subject);
    cr_expect_eq(method->internal, method->path == NULL, "%s", method->subject);
    cr_expect_eq(method->partial, method->verb == VERB_PUT, "%s", method->subject);
    cr_expect(method->internal ||
                  (method->permission != NULL) == (method->access == ACCESS_PERMISSION),
              "%s", method->subject);
    for (const char *p = method->path; p && (p = strchr(p, '{')) != NULL; p++) {
        char name[64] = "";
        strncpy(name, p + 1, strcspn(p + 1, "}"));
        int index = field_index(method->in, name);
        cr_assert_geq(index, 0, "%s %s", method->subject, name);
        cr_expect(method->path_fields >> index & 1, "%s %s", method->subject, name);
    }
}

Test(tables, every_method_is_whole)
{
    cr_assert_gt(CONTRACT_COUNT, 0);
    for (size_t c = 0; c < CONTRACT_COUNT; c++)
        for (size_t m = 0; m < CONTRACTS[c]->method_count; m++)
            check_method(CONTRACTS[c], &CONTRACTS[c]->methods[m]);
}

Test(tables, an_update_says_what_the_contract_says)
{
    const Method *method = INVENTORY_ITEM_UPDATE;
    cr_expect_str_eq(method->subject, "inventory.item.update");
    cr_expect_str_eq(method->name, "item_update");
    cr_expect_str_eq(method->operation, "Items.Update");
    cr_expect_str_eq(method->path, "/api/items/{uuid}");
    cr_expect_str_eq(method->permission, "item.update");
    cr_expect_eq(method->tx, TX_WRITE);
    cr_expect_eq(method->status, 200);
    cr_expect_eq(method->in, &INVENTORY_ITEM_INPUT_RULE);
    cr_expect_eq(method->out, &INVENTORY_ITEM_RULE);
}

Test(tables, a_field_of_the_path_is_no_field_of_a_creation)
{
    const Method *method = INVENTORY_ITEM_CREATE;
    cr_expect_eq(method->status, 201);
    cr_expect_eq(method->path_fields, UINT64_C(1) << field_index(method->in, "uuid"));
}

Test(tables, rules_are_scaled_and_named)
{
    const PbField *price = field_of(&INVENTORY_ITEM_INPUT_RULE, "price");
    cr_expect_eq(price->decimals, 2);
    cr_expect(price->has_min && price->min == 0);
    cr_expect(price->has_max && price->max == INT64_C(999999999999999));
    cr_expect_str_eq(price->default_json, "0");

    const PbField *qty = field_of(&SALES_SALES_ORDER_LINE_INPUT_RULE, "qty");
    cr_expect(qty->required && qty->has_min && qty->min == 1);

    const PbField *items = field_of(&SALES_SALES_ORDER_INPUT_RULE, "items");
    cr_expect_eq(items->max_items, 500);
    cr_expect_eq(items->message, &SALES_SALES_ORDER_LINE_INPUT_RULE);
    cr_expect_str_eq(field_of(&SALES_SALES_ORDER_INPUT_RULE, "customer_po")->json, "customerPO");
    cr_expect_str_eq(field_of(&SALES_SALES_ORDER_INPUT_RULE, "order_date")->json, "orderDate");

    const PbField *type = field_of(&INVENTORY_ITEM_INPUT_RULE, "type");
    cr_expect_str_eq(type->in[0], "raw");
    cr_expect_str_eq(type->in[3], "consumable");
    cr_expect_null(type->in[4]);
}

Test(tables, events_name_their_payload)
{
    cr_expect_str_eq(EVENT_ITEM_CREATED.subject, "item.created");
    cr_expect_eq(EVENT_ITEM_CREATED.payload, &INVENTORY_ITEM_RULE);
    cr_expect_eq(&EVENT_ITEM_CREATED, INVENTORY_CONTRACT.events);
}

Test(tables, permissions_have_names_and_descriptions)
{
    bool found = false;
    for (size_t i = 0; i < PERMISSION_COUNT; i++) {
        cr_expect_gt(strlen(PERMISSIONS[i].description), 0, "%s", PERMISSIONS[i].name);
        if (strcmp(PERMISSIONS[i].name, "so.approve") == 0) {
            found = true;
            cr_expect_str_eq(PERMISSIONS[i].description, "Approve, reject and close sales orders");
        }
    }
    cr_expect(found);
}
