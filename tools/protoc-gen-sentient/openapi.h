/* Parts of the published documents: schemas of messages, operations, the Postman collection. */
#ifndef SENTIENT_GEN_OPENAPI_H
#define SENTIENT_GEN_OPENAPI_H

#include "json.h"
#include "model.h"

/* How a message is meant: replies show every field; bodies of POSTs have required fields and
 * defaults; bodies of PUTs have no defaults, and few required ones. The value is the SHOWN_… bit.
 */
typedef unsigned Flavour;

/* Whether the field may stand in the body of a request that takes the message. */
bool field_in_body(const Message *message, size_t index);
bool method_has_body(const Method *method);
/* The path with JSON names: /api/items/{itemId} */
const char *openapi_path(Arena *arena, const Method *method);

/* A field's schema as the member `key` of the object that is open. */
void schema_field(Json *json, const char *key, const Field *field, Flavour flavour);
/* Members of components.schemas: every message that a route shows. */
void schema_components(Json *json, const Model *model);
/* {"$ref": …} to a message's component. */
void schema_ref(Json *json, const char *key, const Message *message, Flavour flavour);

/* The members of a path item: "get": {…} */
void operation_write(Json *json, const Method *method);
/* Members of components.parameters, .headers and .responses. */
void operation_components(Json *json);

void postman_write(Buf *buf, const Model *model);

#endif
