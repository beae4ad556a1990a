/* Names: from a name in a .proto file to what protobuf-c, C, JSON and readers call it. Text only.
 */
#ifndef SENTIENT_GEN_NAMES_H
#define SENTIENT_GEN_NAMES_H

#include "base/arena.h"

/* protobuf-c's type of a full name: ".sales.SalesOrder" → "Sales__SalesOrder". */
const char *name_c(Arena *arena, const char *full);
/* protobuf-c's prefix of symbols: ".sales.SalesOrder" → "sales__sales_order". */
const char *name_lower(Arena *arena, const char *full);
/* Our constants: ".sales.SalesOrder" → "SALES_SALES_ORDER"; "so_create" → "SO_CREATE". */
const char *name_upper(Arena *arena, const char *full);
/* "customer_id" → "customerId". */
const char *name_json(Arena *arena, const char *field);
/* "SalesOrders" → "Sales orders". */
const char *name_title(Arena *arena, const char *camel);
/* `text` with every `from` replaced. */
const char *name_replace(Arena *arena, const char *text, char from, char to);
/* "sentient/sales.proto" → "sales". */
const char *name_base(Arena *arena, const char *path);

#endif
